/* SPDX-License-Identifier: MIT */
#include "plugins/opencl/source.h"

#include <string.h>

/* ---- characters, as a preprocessor sees them ---- */

/* clang takes blanks of Unicode too: whatever is not ASCII may be one. */
static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f' ||
           (unsigned char)c >= 0x80;
}

static bool is_newline(char c)
{
    return c == '\n' || c == '\r';
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_' || c == '$';
}

static bool stands(const char *text, size_t bytes, size_t at, const char *what)
{
    size_t length = strlen(what);

    return bytes - at >= length && memcmp(text + at, what, length) == 0;
}

/*
 * Skips what joins two lines: a backslash or its trigraph, blanks that some
 * compilers allow behind it, and the end of the line.
 */
static size_t skip_splices(const char *text, size_t bytes, size_t at)
{
    for (;;) {
        size_t next = at;

        if (next < bytes && text[next] == '\\') {
            next += 1;
        } else if (next < bytes && stands(text, bytes, next, "?\?/")) {
            next += 3;
        } else {
            return at;
        }
        while (next < bytes && is_blank(text[next])) {
            ++next;
        }
        if (next >= bytes || !is_newline(text[next])) {
            return at;
        }
        at = next + 1 +
             (text[next] == '\r' && next + 1 < bytes && text[next + 1] == '\n');
    }
}

/* Whether a character stands there, spliced or not; *after is behind it. */
static bool takes(const char *text, size_t bytes, size_t at, char wanted,
                  size_t *after)
{
    at = skip_splices(text, bytes, at);
    if (at < bytes && text[at] == wanted) {
        *after = at + 1;
        return true;
    }
    return false;
}

/* Skips a comment that begins there; an unended one reaches the end. */
static size_t skip_comment(const char *text, size_t bytes, size_t at)
{
    size_t next;

    if (!takes(text, bytes, at, '/', &next) ||
        !takes(text, bytes, next, '*', &next)) {
        return at;
    }
    while (next < bytes) {
        size_t end;

        if (takes(text, bytes, next, '*', &end) &&
            takes(text, bytes, end, '/', &end)) {
            return end;
        }
        ++next;
    }
    return bytes;
}

/* Skips blanks, splices and comments within a directive. */
static size_t skip_space(const char *text, size_t bytes, size_t at)
{
    size_t before;

    do {
        before = at;
        at = skip_splices(text, bytes, at);
        while (at < bytes && is_blank(text[at])) {
            ++at;
        }
        at = skip_comment(text, bytes, at);
    } while (at != before);
    return at;
}

/* Reads a name without what splices it; cut to the room. */
static size_t read_name(const char *text, size_t bytes, size_t at, char *name,
                        size_t room)
{
    size_t used = 0;

    for (;;) {
        size_t next = skip_splices(text, bytes, at);

        if (next >= bytes || !is_name(text[next])) {
            break;
        }
        if (used + 1 < room) {
            name[used++] = text[next];
        }
        at = next + 1;
    }
    name[used] = '\0';
    return at;
}

/* ---- directives ---- */

/*
 * Whether a line may begin there: only blanks stand between it and an end of
 * line, or the '/' that may end a comment, which that of "//" does not.
 */
static bool may_begin_line(const char *text, size_t at)
{
    while (at > 0 && is_blank(text[at - 1])) {
        --at;
    }
    return at == 0 || is_newline(text[at - 1]) ||
           (text[at - 1] == '/' && (at < 2 || text[at - 2] != '/'));
}

/* Skips the sign that begins a directive, in each of its three spellings. */
static bool skip_sign(const char *text, size_t bytes, size_t at, size_t *after)
{
    if (text[at] == '#') {
        *after = at + 1;
        return true;
    }
    if (stands(text, bytes, at, "?\?=")) {
        *after = at + 3;
        return true;
    }
    return text[at] == '%' && takes(text, bytes, at + 1, ':', after);
}

bool ocl_source_next(const char *text, size_t bytes, size_t *at, unsigned *line,
                     ocl_directive *directive)
{
    for (size_t i = *at; i < bytes; ++i) {
        size_t after;

        *line += text[i] == '\n';
        if (!skip_sign(text, bytes, i, &after) || !may_begin_line(text, i)) {
            continue;
        }
        directive->begin = i;
        directive->line = *line;
        after = skip_space(text, bytes, after);
        directive->rest = read_name(text, bytes, after, directive->name,
                                    sizeof directive->name);
        *at = i + 1;
        return true;
    }
    *at = bytes;
    return false;
}

static bool is_one_of(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; ++i) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

#define IS_ONE_OF(name, names)                                                 \
    is_one_of(name, names, sizeof(names) / sizeof((names)[0]))

bool ocl_source_includes(const ocl_directive *directive)
{
    static const char *const names[] = {
        "include", "include_next",     "import",         "__import",
        "embed",   "__include_macros", "include_macros", "include_alias",
    };

    return IS_ONE_OF(directive->name, names);
}

bool ocl_source_included(const char *text, size_t bytes,
                         const ocl_directive *directive, char *name,
                         size_t room, size_t *end, unsigned *line)
{
    size_t at = skip_space(text, bytes, directive->rest);

    if (strcmp(directive->name, "include") != 0 || at >= bytes ||
        (text[at] != '"' && text[at] != '<')) {
        return false;
    }
    char close = text[at] == '"' ? '"' : '>';
    size_t begin = ++at;

    while (at < bytes && text[at] != close && !is_newline(text[at])) {
        ++at;
    }
    if (at >= bytes || text[at] != close || at == begin || at - begin >= room ||
        memchr(text + begin, '\\', at - begin) != NULL) {
        return false;
    }
    memcpy(name, text + begin, at - begin);
    name[at - begin] = '\0';
    at = skip_space(text, bytes, at + 1);
    if (stands(text, bytes, at, "//")) {
        while (at < bytes && !is_newline(text[at])) {
            at = skip_splices(text, bytes, at + 1);
        }
    }
    if (at < bytes && !is_newline(text[at])) {
        return false;
    }
    *end = at;
    *line = directive->line;
    for (size_t i = directive->begin; i < at; ++i) {
        *line += text[i] == '\n';
    }
    return true;
}

/* ---- what else reads files, or undoes the guards ---- */

/* Names that ask for files wherever they stand. */
static bool asks_for_files(const char *name)
{
    static const char *const names[] = {
        "__has_include",
        "__has_include_next",
        "__has_embed",
    };

    return IS_ONE_OF(name, names);
}

/* Names that the guards are made of. */
static bool is_guarded(const char *name)
{
    static const char *const names[] = {"asm", "__asm", "__asm__"};

    return IS_ONE_OF(name, names) || asks_for_files(name);
}

/* Whether one of these words stands in the rest of a directive's line. */
static bool rest_has(const char *text, size_t bytes, size_t at,
                     const char *const *words, size_t count)
{
    char name[32];

    while ((at = skip_space(text, bytes, at)) < bytes &&
           !is_newline(text[at])) {
        if (!is_name(text[at])) {
            ++at;
            continue;
        }
        at = read_name(text, bytes, at, name, sizeof name);
        if (is_one_of(name, words, count)) {
            return true;
        }
    }
    return false;
}

static bool pragma_reads(const char *text, size_t bytes, size_t at)
{
    static const char *const words[] = {
        "dependency", "include_alias", "module", "import", "include", "embed",
    };

    return rest_has(text, bytes, at, words, sizeof words / sizeof words[0]);
}

static const char *judge_directive(const char *text, size_t bytes,
                                   const ocl_directive *directive)
{
    char name[32];

    if (ocl_source_includes(directive)) {
        return directive->name;
    }
    if (strcmp(directive->name, "pragma") == 0 &&
        pragma_reads(text, bytes, directive->rest)) {
        return "pragma that reads files";
    }
    if (strcmp(directive->name, "define") == 0 ||
        strcmp(directive->name, "undef") == 0) {
        (void)read_name(text, bytes, skip_space(text, bytes, directive->rest),
                        name, sizeof name);
        if (is_guarded(name)) {
            return strcmp(directive->name, "undef") == 0
                       ? "undef of a name that is guarded"
                       : "define of a name that is guarded";
        }
    }
    return NULL;
}

/* A pragma as an operator takes one plain string here, so that it is seen. */
static bool operator_reads(const char *text, size_t bytes, size_t at)
{
    at = skip_space(text, bytes, at);
    while (at < bytes && is_newline(text[at])) {
        at = skip_space(text, bytes, at + 1);
    }
    if (at >= bytes || text[at] != '(') {
        return true;
    }
    at = skip_space(text, bytes, at + 1);
    if (at >= bytes || text[at] != '"') {
        return true;
    }
    size_t length = 0;

    for (++at; at + length < bytes && text[at + length] != '"'; ++length) {
        if (text[at + length] == '\\' || text[at + length] == '?' ||
            is_newline(text[at + length])) {
            return true;
        }
    }
    return at + length >= bytes || pragma_reads(text, at + length, at);
}

static tn_status check_directives(const char *text, size_t bytes,
                                  tn_sentence *why)
{
    ocl_directive directive;
    unsigned line = 1;
    size_t at = 0;

    while (ocl_source_next(text, bytes, &at, &line, &directive)) {
        const char *what = judge_directive(text, bytes, &directive);

        if (what != NULL) {
            tn_sentence_set(why, "line %u: #%s", directive.line, what);
            return TN_ERROR_DENIED;
        }
    }
    return TN_OK;
}

static tn_status check_names(const char *text, size_t bytes, tn_sentence *why)
{
    unsigned line = 1;
    char name[32];

    for (size_t at = 0; at < bytes;) {
        size_t begin = at;

        if (!is_name(text[at])) {
            line += text[at++] == '\n';
            continue;
        }
        at = read_name(text, bytes, at, name, sizeof name);
        if (asks_for_files(name) ||
            (strcmp(name, "_Pragma") == 0 && operator_reads(text, bytes, at))) {
            tn_sentence_set(why, "line %u: %s%s", line, name,
                            name[1] == 'P' ? " of other than a plain string"
                                           : "");
            return TN_ERROR_DENIED;
        }
        for (; begin < at; ++begin) {
            line += text[begin] == '\n';
        }
    }
    return TN_OK;
}

tn_status ocl_source_check(const char *text, size_t bytes, tn_sentence *why)
{
    tn_status status = check_directives(text, bytes, why);

    return status == TN_OK ? check_names(text, bytes, why) : status;
}

/* Whether names can be pasted of parts: ## in each of its spellings. */
static bool pastes(const char *text, size_t bytes)
{
    size_t next;

    for (size_t at = 0; at < bytes; ++at) {
        if (skip_sign(text, bytes, at, &next)) {
            next = skip_splices(text, bytes, next);
            if (next < bytes && skip_sign(text, bytes, next, &next)) {
                return true;
            }
        }
    }
    return false;
}

void ocl_source_guards(const char *text, size_t bytes, bool native,
                       char guards[OCL_GUARDS_BYTES])
{
    guards[0] = '\0';
    if (pastes(text, bytes)) { /* else the compiler need not warn of it */
        strcat(guards, " -D__has_include=tenon_refuses_it"
                       " -D__has_include_next=tenon_refuses_it"
                       " -D__has_embed=tenon_refuses_it");
    }
    if (native) {
        strcat(guards, " -Dasm=tenon_refuses_it -D__asm=tenon_refuses_it"
                       " -D__asm__=tenon_refuses_it");
    }
}
