/* SPDX-License-Identifier: MIT */
#include "runtime/inifile.h"

#include <stdbool.h>
#include <string.h>

#include <ini.h>

#include "common/sentence.h"

static const char blanks[] = " \t\r\f\v";
static const char mark[] = "\xEF\xBB\xBF"; /* of byte order */

/* Which section a key belongs to. */
typedef enum place {
    BEFORE_SECTIONS,
    IN_SECTION,
    BELOW_REFUSED /* nobody knows which was meant, so its keys are left out */
} place;

/* Where reading stands: inih calls next_line() and, between two, on_entry() */
typedef struct cursor {
    const char *next; /* first byte that was not read yet */
    size_t left;
    unsigned line; /* of what next_line() gave last, from 1 */
    place place;
    const tn_inifile_reader *reader;
} cursor;

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, blanks);
}

static bool is_blank(char c)
{
    return c != '\0' && strchr(blanks, c) != NULL;
}

static void trim_end(char *text)
{
    size_t length = strlen(text);

    while (length > 0 && is_blank(text[length - 1])) {
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
        if (*c == ';' && c > line && is_blank(c[-1])) {
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
    if (at->place == BEFORE_SECTIONS) {
        return "a key before the first [section]";
    }
    return NULL;
}

/* Tells of the section, or gives why it cannot be read. */
static const char *begin_section(cursor *at, const char *line)
{
    const char *why = check_section(line);
    char name[TN_INIFILE_SECTION + 1];

    at->place = why == NULL ? IN_SECTION : BELOW_REFUSED;
    if (why == NULL) {
        size_t length = strcspn(line + 1, "]");

        memcpy(name, line + 1, length);
        name[length] = '\0';
        at->reader->section(at->reader->data, name, at->line);
    }
    return why;
}

/* inih takes what follows for more of the value above. */
static const char *refuse_indented(cursor *at, const char *line)
{
    if (*skip_blanks(line) == '[') {
        at->place = BELOW_REFUSED;
    }
    return "an indented line; begin it in the first column";
}

/* Why a line cannot be read, or NULL. Comments and blanks are gone. */
static const char *check_line(cursor *at, const char *line)
{
    if (line[0] == '\0') {
        return NULL;
    }
    if (is_blank(line[0])) {
        return refuse_indented(at, line);
    }
    if (line[0] == '[') {
        return begin_section(at, line);
    }
    return check_entry(at, line);
}

/* Leaves in `line` what inih is to see of it; a refused line becomes empty. */
static void prepare_line(cursor *at, char *line)
{
    const char *text = skip_blanks(line);

    trim_end(line);
    if (*text == ';' || *text == '#') {
        line[0] = '\0';
    }
    cut_comment(line);
    trim_end(line);
    const char *why = check_line(at, line);

    if (why != NULL) {
        at->reader->problem(at->reader->data, at->line, why);
    }
    if (why != NULL || at->place == BELOW_REFUSED) {
        line[0] = '\0';
    }
}

/* Copies the next line without its end. Gives why that cannot be, or NULL. */
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
    } else if (at->line == 0 && length >= sizeof mark - 1 &&
               memcmp(at->next, mark, sizeof mark - 1) == 0) {
        why = "a second byte order mark"; /* some builds of inih skip it */
    }
    if (why == NULL) {
        memcpy(line, at->next, length);
        line[length] = '\0';
    } else {
        at->place = at->next[0] == '[' ? BELOW_REFUSED : at->place;
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
    cursor at = {text, size, 0, BEFORE_SECTIONS, reader};

    if (size >= sizeof mark - 1 && memcmp(text, mark, sizeof mark - 1) == 0) {
        at.next += sizeof mark - 1;
        at.left -= sizeof mark - 1;
    }
    if (ini_parse_stream(next_line, &at, on_entry, &at) != 0) {
        reader->problem(reader->data, at.line, "no memory to read on");
    }
}
