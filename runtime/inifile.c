/* SPDX-License-Identifier: MIT */
#include "runtime/inifile.h"

#include <stdbool.h>
#include <string.h>

#include <ini.h>

#include "common/sentence.h"

/* Where reading stands: inih calls next_line() and, between two, on_entry() */
typedef struct cursor {
    const char *next; /* first byte that was not read yet */
    size_t left;
    unsigned line; /* of what next_line() gave last, from 1 */
    bool in_section;
    const tn_inifile_reader *reader;
} cursor;

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t\r\f\v");
}

static void trim_end(char *text)
{
    size_t length = strlen(text);

    while (length > 0 && strchr(" \t\r\f\v", text[length - 1]) != NULL) {
        text[--length] = '\0';
    }
}

/* Builds of inih differ in what a comment is: ours is " ;" and line starts. */
static void cut_comment(char *line)
{
    if (line[0] == ';' || line[0] == '#') {
        line[0] = '\0';
        return;
    }
    for (char *c = line; *c != '\0'; ++c) {
        if (*c == ';' && c > line && (c[-1] == ' ' || c[-1] == '\t')) {
            *c = '\0';
            return;
        }
    }
}

/* Why a section line cannot be read, or NULL. */
static const char *check_section(const char *line)
{
    const char *end = strchr(line, ']');

    if (end == NULL) {
        return "a section needs a closing bracket: [name]";
    }
    if (*skip_blanks(end + 1) != '\0') {
        return "text behind the bracket of a section; put it on its own line";
    }
    if (end == line + 1) {
        return "a section without a name";
    }
    if (end - line - 1 > TN_INIFILE_SECTION) {
        return "a section's name has at most 48 bytes";
    }
    return NULL;
}

/* Why a `key = value` line cannot be read, or NULL. */
static const char *check_entry(const cursor *at, const char *line)
{
    const char *separator = strpbrk(line, "=:");

    if (separator == NULL || *separator != '=') {
        return "is neither [section] nor key = value";
    }
    if (separator == line) {
        return "a value without a key";
    }
    if (!at->in_section) {
        return "a key before the first [section]";
    }
    return NULL;
}

/* Leaves in `line` what inih is to see of it; a refused line becomes empty. */
static void prepare_line(cursor *at, char *line)
{
    const char *why = NULL;
    bool indented = line[0] == ' ' || line[0] == '\t';

    trim_end(line);
    if (indented && *skip_blanks(line) != '\0' &&
        strchr(";#", *skip_blanks(line)) == NULL) {
        why = "an indented line; begin it in the first column";
    } else if (indented) {
        line[0] = '\0';
    }
    cut_comment(line);
    trim_end(line);
    if (why == NULL && line[0] == '[') {
        why = check_section(line);
        at->in_section = true; /* its keys are not the former section's */
    } else if (why == NULL && line[0] != '\0') {
        why = check_entry(at, line);
    }
    if (why != NULL) {
        at->reader->problem(at->reader->data, at->line, why);
        line[0] = '\0';
    }
}

/* Copies the next line without its end; NULL in `why` where all is well. */
static const char *take_line(cursor *at, char *line, size_t capacity)
{
    const char *newline = memchr(at->next, '\n', at->left);
    size_t length = newline != NULL ? (size_t)(newline - at->next) : at->left;
    size_t used = newline != NULL ? length + 1 : length;
    const char *why = NULL;

    if (length > 0 && at->next[length - 1] == '\r') {
        --length;
    }
    if (memchr(at->next, '\0', length) != NULL) {
        why = "a NUL byte; this is no text file";
    } else if (length > TN_INIFILE_LINE || length >= capacity) {
        why = "a line has at most 198 bytes; break it up";
    }
    if (why == NULL) {
        memcpy(line, at->next, length);
        line[length] = '\0';
    } else {
        line[0] = '\0';
    }
    at->next += used;
    at->left -= used;
    at->line++;
    return why;
}

/* The fgets() of ini_parse_stream(). */
static char *next_line(char *line, int capacity, void *stream)
{
    cursor *at = stream;

    if (at->left == 0) {
        return NULL;
    }
    const char *why = take_line(at, line, (size_t)capacity);

    if (why != NULL) {
        at->reader->problem(at->reader->data, at->line, why);
    } else {
        prepare_line(at, line);
    }
    return line;
}

static int on_entry(void *user, const char *section, const char *name,
                    const char *value)
{
    cursor *at = user;

    if (name != NULL) { /* some builds of inih tell of sections so */
        at->reader->entry(at->reader->data, section, name,
                          value != NULL ? value : "", at->line);
    }
    return 1;
}

void tn_inifile_read(const char *text, size_t size,
                     const tn_inifile_reader *reader)
{
    static const char mark[] = "\xEF\xBB\xBF";
    cursor at = {text, size, 0, false, reader};

    if (size >= 3 && memcmp(text, mark, 3) == 0) {
        at.next += 3;
        at.left -= 3;
    }
    ini_parse_stream(next_line, &at, on_entry, &at);
}
