/* SPDX-License-Identifier: MIT */
#include "common/ptx.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- tokens: words such as ".entry", "sm_70", "40"; else one character ---- */

typedef struct token {
    const char *text;
    size_t bytes; /* 0: the end */
} token;

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || c == '%' ||
           c == '.';
}

/* Skips to the end of a comment; the second character tells which kind. */
static const char *skip_comment(const char *at, const char *end)
{
    bool line = at[1] == '/';

    for (at += 2; at < end; ++at) {
        if (line && *at == '\n') {
            return at + 1;
        }
        if (!line && *at == '*' && end - at >= 2 && at[1] == '/') {
            return at + 2;
        }
    }
    return end;
}

static const char *skip_string(const char *at, const char *end)
{
    for (++at; at < end && *at != '"'; ++at) {
        if (*at == '\\' && end - at >= 2) {
            ++at;
        }
    }
    return at < end ? at + 1 : end;
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end) {
        if (isspace((unsigned char)*at)) {
            ++at;
        } else if (*at == '/' && end - at >= 2 &&
                   (at[1] == '/' || at[1] == '*')) {
            at = skip_comment(at, end);
        } else if (*at == '"') {
            at = skip_string(at, end);
        } else {
            break;
        }
    }
    return at;
}

static token next_token(tn_ptx *ptx)
{
    const char *begin = skip_blanks(ptx->at, ptx->end);
    const char *at = begin;

    while (at < ptx->end && is_word(*at)) {
        ++at;
    }
    if (at == begin && at < ptx->end) {
        ++at;
    }
    ptx->at = at;
    return (token){begin, (size_t)(at - begin)};
}

static bool is(token t, const char *text)
{
    return t.bytes == strlen(text) && memcmp(t.text, text, t.bytes) == 0;
}

static void copy_token(token t, char *text, size_t size)
{
    snprintf(text, size, "%.*s", t.bytes < size ? (int)t.bytes : 0, t.text);
}

static uint32_t number_of(token t)
{
    char text[16];

    copy_token(t, text, sizeof text);
    return (uint32_t)strtoul(text, NULL, 0);
}

/* ---- the head of the file ---- */

bool tn_ptx_begin(tn_ptx *ptx, const char *text, size_t bytes, tn_sentence *why)
{
    *ptx = (tn_ptx){.at = text, .end = text + bytes};
    if (!is(next_token(ptx), ".version")) {
        tn_sentence_set(why, "is no PTX: it does not begin with .version");
        return false;
    }
    copy_token(next_token(ptx), ptx->version, sizeof ptx->version);
    if (!is(next_token(ptx), ".target")) {
        tn_sentence_set(why, "is no PTX: no .target follows its .version");
        return false;
    }
    copy_token(next_token(ptx), ptx->target, sizeof ptx->target);
    return true;
}

bool tn_ptx_target_parse(const char *text, size_t bytes, uint32_t *sm,
                         char *suffix)
{
    uint32_t number = 0;
    size_t at = 3;

    if (bytes < 5 || memcmp(text, "sm_", 3) != 0) {
        return false;
    }
    while (at < bytes && at < 7 && isdigit((unsigned char)text[at])) {
        number = number * 10 + (uint32_t)(text[at++] - '0');
    }
    *suffix = 0;
    if (at < bytes && (text[at] == 'a' || text[at] == 'f')) {
        *suffix = text[at++];
    }
    *sm = number;
    return at == bytes && number >= 10;
}

bool tn_ptx_runs(const char *target, uint32_t sm)
{
    uint32_t wanted = 0;
    char suffix = 0;

    if (!tn_ptx_target_parse(target, strlen(target), &wanted, &suffix)) {
        return true; /* the driver will say what it makes of it */
    }
    if (suffix == 'a') {
        return sm == wanted;
    }
    return sm >= wanted && (suffix != 'f' || sm / 10 == wanted / 10);
}

/* ---- parameters ---- */

/* X(name, bytes, what is certain of it) */
#define VALUES(X)                                                              \
    X(".u8", 1, TN_TYPE_NONE)                                                  \
    X(".s8", 1, TN_TYPE_NONE)                                                  \
    X(".b8", 1, TN_TYPE_NONE)                                                  \
    X(".u16", 2, TN_TYPE_NONE)                                                 \
    X(".s16", 2, TN_TYPE_NONE)                                                 \
    X(".b16", 2, TN_TYPE_NONE)                                                 \
    X(".f16", 2, TN_TYPE_F16)                                                  \
    X(".u32", 4, TN_TYPE_NONE)                                                 \
    X(".s32", 4, TN_TYPE_NONE)                                                 \
    X(".b32", 4, TN_TYPE_NONE)                                                 \
    X(".f32", 4, TN_TYPE_F32)                                                  \
    X(".u64", 8, TN_TYPE_NONE)                                                 \
    X(".s64", 8, TN_TYPE_NONE)                                                 \
    X(".b64", 8, TN_TYPE_NONE)                                                 \
    X(".f64", 8, TN_TYPE_F64)                                                  \
    X(".b128", 16, TN_TYPE_STRUCT)                                             \
    X(".texref", 8, TN_TYPE_NONE)                                              \
    X(".samplerref", 8, TN_TYPE_NONE)                                          \
    X(".surfref", 8, TN_TYPE_NONE)

typedef struct declaration {
    token name;
    uint32_t bytes; /* of one; 0: of no type that is known */
    tn_type type;
    bool pointer;
    bool array;
    uint32_t count;
} declaration;

static bool take_type(declaration *d, token word)
{
#define TAKE(text, size, certain)                                              \
    if (is(word, text)) {                                                      \
        d->bytes = size;                                                       \
        d->type = certain;                                                     \
        return true;                                                           \
    }
    VALUES(TAKE)
#undef TAKE
    return false;
}

/* One parameter, to its ',' or ')', which is given back. */
static token read_declaration(tn_ptx *ptx, declaration *d)
{
    token word;

    *d = (declaration){0};
    while ((word = next_token(ptx)).bytes > 0 && !is(word, ",") &&
           !is(word, ")")) {
        if (is(word, ".align")) {
            (void)next_token(ptx);
        } else if (is(word, ".ptr")) {
            d->pointer = true;
        } else if (is(word, "[")) {
            d->array = true;
            d->count = number_of(next_token(ptx));
        } else if (word.text[0] != '.') {
            d->name = is(word, "]") ? d->name : word;
        } else {
            (void)take_type(d, word);
        }
    }
    return word;
}

/* Compilers make up names such as add_param_3, which tell nobody anything. */
static bool is_made_up(token name, const tn_ptx_entry *entry)
{
    return name.bytes > entry->name_bytes &&
           memcmp(name.text, entry->name, entry->name_bytes) == 0 &&
           name.text[entry->name_bytes] == '_';
}

/*
 * PTX has sizes where C has types: an integer may be signed or not, and 64 bits
 * an address or a number. What is not certain is left open, with its size.
 */
static void describe(const declaration *d, const tn_ptx_entry *entry,
                     tn_parameter *parameter)
{
    *parameter = (tn_parameter){
        .size = sizeof *parameter, .type = d->type, .bytes = d->bytes};
    if (d->pointer) {
        parameter->type = TN_TYPE_BUFFER;
        parameter->bytes = 0;
    } else if (d->array) {
        parameter->bytes = (uint64_t)d->bytes * d->count;
        /* of 8 bytes, it may be a struct around an address, too */
        parameter->type = parameter->bytes == 8 ? TN_TYPE_NONE : TN_TYPE_STRUCT;
    }
    if (!is_made_up(d->name, entry)) {
        copy_token(d->name, parameter->name, sizeof parameter->name);
    }
}

static void read_parameters(tn_ptx *ptx, tn_ptx_entry *entry,
                            tn_parameter *parameters)
{
    token stop;
    declaration d;

    do {
        stop = read_declaration(ptx, &d);
        if (d.name.bytes == 0 && d.bytes == 0) {
            continue; /* none at all: "()" */
        }
        if (d.bytes == 0 || entry->count >= TN_ARGUMENTS_MAX) {
            entry->count = TN_UNKNOWN;
        }
        if (entry->count != TN_UNKNOWN) {
            entry->places[entry->count] = d.name.text;
            describe(&d, entry, &parameters[entry->count++]);
        }
    } while (is(stop, ","));
}

/* ---- kernels ---- */

/* What stands between the parameters and the body; false where none follows. */
static bool read_directives(tn_ptx *ptx, tn_ptx_entry *entry)
{
    token word;

    while ((word = next_token(ptx)).bytes > 0) {
        if (is(word, "{")) {
            return true;
        }
        if (is(word, ";")) {
            return false;
        }
        if (is(word, ".reqntid")) {
            for (int d = 0; d < 3; ++d) {
                entry->items[d] = 1;
            }
            entry->items[0] = number_of(next_token(ptx));
            for (int d = 1; d < 3; ++d) {
                const char *before = ptx->at;

                if (!is(next_token(ptx), ",")) {
                    ptx->at = before;
                    break;
                }
                entry->items[d] = number_of(next_token(ptx));
            }
        }
    }
    return false;
}

bool tn_ptx_next(tn_ptx *ptx, tn_ptx_entry *entry, tn_parameter *parameters)
{
    token word;

    while ((word = next_token(ptx)).bytes > 0) {
        if (!is(word, ".entry")) {
            continue;
        }
        token name = next_token(ptx);

        *entry = (tn_ptx_entry){.name = name.text, .name_bytes = name.bytes};
        const char *before = ptx->at;

        if (is(next_token(ptx), "(")) {
            read_parameters(ptx, entry, parameters);
        } else {
            ptx->at = before; /* a kernel without parameters */
        }
        if (name.bytes > 0 && read_directives(ptx, entry)) {
            return true;
        }
    }
    return false;
}
