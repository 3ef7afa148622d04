/* SPDX-License-Identifier: MIT */
#include "tools/npy_header.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/value.h"

/* A header while it is read. */
typedef struct reader {
    const char *file;
    const char *at; /* ends with NUL */
    npy_array array;
    bool has_type;
    bool has_order;
    bool has_shape;
    tool_problem *problem;
} reader;

static bool malformed(reader *r, const char *expected)
{
    return problem_set(r->problem,
                       "%s: malformed .npy header: %s expected at '%.20s', "
                       "save the array again",
                       r->file, expected, r->at);
}

static void skip_space(reader *r)
{
    r->at += strspn(r->at, " \t\r\n");
}

/** Takes a character after white space, if it is the next one. */
static bool take(reader *r, char wanted)
{
    skip_space(r);
    if (*r->at != wanted) {
        return false;
    }
    ++r->at;
    return true;
}

static bool take_word(reader *r, const char *word)
{
    size_t length = strlen(word);

    skip_space(r);
    if (strncmp(r->at, word, length) != 0) {
        return false;
    }
    r->at += length;
    return true;
}

/** A string in either kind of quotes, without escapes. */
static bool take_string(reader *r, char *text, size_t size)
{
    skip_space(r);
    char quote = *r->at;

    if (quote != '\'' && quote != '"') {
        return false;
    }
    const char *begin = r->at + 1;
    const char *end = strchr(begin, quote);

    if (end == NULL || (size_t)(end - begin) >= size) {
        return false;
    }
    memcpy(text, begin, (size_t)(end - begin));
    text[end - begin] = '\0';
    r->at = end + 1;
    return true;
}

static bool read_type(reader *r)
{
    char text[32];
    char name[16] = "";
    uint32_t bytes = 0;

    skip_space(r);
    if (*r->at == '[' || *r->at == '(') {
        return problem_set(r->problem,
                           "%s: holds records, use one of the dtypes %s",
                           r->file, VALUE_TYPES);
    }
    if (!take_string(r, text, sizeof text)) {
        return malformed(r, "a dtype");
    }
    if (strlen(text) == 3 && strchr("iuf", text[1]) != NULL &&
        strchr("1248", text[2]) != NULL) {
        bytes = (uint32_t)(text[2] - '0');
        snprintf(name, sizeof name, "%c%u", text[1], 8 * bytes);
        r->array.type = value_type_find(name, strlen(name));
    }
    if (r->array.type == TN_TYPE_NONE) {
        return problem_set(r->problem,
                           "%s: holds dtype '%s', use one of the dtypes %s",
                           r->file, text, VALUE_TYPES);
    }
    if (text[0] != '<' && !(bytes == 1 && text[0] == '|')) {
        return problem_set(
            r->problem, "%s: dtype '%s' is not little-endian, save it as '<%s'",
            r->file, text, text + 1);
    }
    r->has_type = true;
    return true;
}

static bool read_order(reader *r)
{
    if (take_word(r, "True")) {
        return problem_set(r->problem,
                           "%s: is in Fortran order, save it in C order "
                           "(numpy.ascontiguousarray)",
                           r->file);
    }
    r->has_order = take_word(r, "False");
    return r->has_order || malformed(r, "True or False");
}

static bool read_extent(reader *r)
{
    char *end;

    skip_space(r);
    if (*r->at < '0' || *r->at > '9') {
        return malformed(r, "a number");
    }
    if (r->array.rank == NPY_RANK_LIMIT) {
        return problem_set(r->problem,
                           "%s: has too many dimensions, at most %d are read",
                           r->file, NPY_RANK_LIMIT);
    }
    errno = 0;
    r->array.shape[r->array.rank++] = strtoull(r->at, &end, 10);
    if (errno != 0) {
        return malformed(r, "a number below 2^64");
    }
    r->at = end;
    return true;
}

static bool read_shape(reader *r)
{
    if (!take(r, '(')) {
        return malformed(r, "'('");
    }
    while (!take(r, ')')) {
        if (!read_extent(r)) {
            return false;
        }
        if (!take(r, ',')) {
            if (r->array.rank == 1) { /* (3) is a number, (3,) a shape */
                return malformed(r, "','");
            }
            if (!take(r, ')')) {
                return malformed(r, "',' or ')'");
            }
            break;
        }
    }
    r->has_shape = true;
    return true;
}

static bool read_entry(reader *r)
{
    char key[32];

    if (!take_string(r, key, sizeof key)) {
        return malformed(r, "a key");
    }
    if (!take(r, ':')) {
        return malformed(r, "':'");
    }
    if (strcmp(key, "descr") == 0 && !r->has_type) {
        return read_type(r);
    }
    if (strcmp(key, "fortran_order") == 0 && !r->has_order) {
        return read_order(r);
    }
    if (strcmp(key, "shape") == 0 && !r->has_shape) {
        return read_shape(r);
    }
    return problem_set(r->problem,
                       "%s: unknown or second key '%s' in the .npy header, "
                       "save the array again",
                       r->file, key);
}

static bool read_dict(reader *r)
{
    if (!take(r, '{')) {
        return malformed(r, "'{'");
    }
    while (!take(r, '}')) {
        if (!read_entry(r)) {
            return false;
        }
        if (!take(r, ',')) {
            if (!take(r, '}')) {
                return malformed(r, "',' or '}'");
            }
            break;
        }
    }
    skip_space(r);
    if (*r->at != '\0') {
        return malformed(r, "the end");
    }
    if (!r->has_type || !r->has_order || !r->has_shape) {
        return malformed(r, "'descr', 'fortran_order' and 'shape'");
    }
    return npy_measure(&r->array) ||
           problem_set(r->problem, "%s: its shape overflows, save it again",
                       r->file);
}

bool npy_header_parse(const char *file, const char *text, npy_array *array,
                      tool_problem *problem)
{
    reader r = {.file = file, .at = text, .problem = problem};

    if (!read_dict(&r)) {
        return false;
    }
    *array = r.array;
    return true;
}

size_t npy_header_format(const npy_array *array, char *text, size_t size)
{
    uint32_t bytes = value_type_bytes(array->type);
    size_t n = (size_t)snprintf(
        text, size, "{'descr': '%c%c%" PRIu32 "', 'fortran_order': False, ",
        bytes == 1 ? '|' : '<', value_type_name(array->type)[0], bytes);

    n += (size_t)snprintf(text + n, size - n, "'shape': (");
    for (uint32_t i = 0; i < array->rank; ++i) {
        n += (size_t)snprintf(text + n, size - n, "%s%" PRIu64,
                              i > 0 ? ", " : "", array->shape[i]);
    }
    n += (size_t)snprintf(text + n, size - n, "%s), }",
                          array->rank == 1 ? "," : "");
    return n;
}
