/* SPDX-License-Identifier: MIT */
#include "common/signature.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "common/extent.h"
#include "common/nearest.h"

typedef struct span {
    const char *text;
    size_t bytes;
} span;

/* What is left to read, and the whole for sentences. */
typedef struct reader {
    span left;
    span whole;
    tn_sentence *why;
} reader;

enum {
    QUOTED_MAX = 120
};

#define QUOTE(s)                                                               \
    (int)((s).bytes < QUOTED_MAX ? (s).bytes : QUOTED_MAX), (s).text

/* Fails with: "in f23* a": SENTENCE */
#define REFUSE(r, format, ...)                                                 \
    (tn_sentence_set((r)->why, "\"%.*s\": " format, QUOTE((r)->whole),         \
                     __VA_ARGS__),                                             \
     TN_ERROR_INVALID)

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void skip(reader *r, size_t bytes)
{
    r->left.text += bytes;
    r->left.bytes -= bytes;
}

static void skip_space(reader *r)
{
    while (r->left.bytes > 0 && is_space(r->left.text[0])) {
        skip(r, 1);
    }
}

/* The next run of letters, digits and colons; empty at anything else. */
static span next_word(reader *r)
{
    skip_space(r);
    span word = {r->left.text, 0};

    while (r->left.bytes > 0 &&
           (is_letter(r->left.text[0]) || is_digit(r->left.text[0]) ||
            r->left.text[0] == ':')) {
        skip(r, 1);
        ++word.bytes;
    }
    return word;
}

static bool next_is(reader *r, char c)
{
    skip_space(r);
    if (r->left.bytes == 0 || r->left.text[0] != c) {
        return false;
    }
    skip(r, 1);
    return true;
}

static bool same(span word, const char *text)
{
    return word.bytes == strlen(text) &&
           memcmp(word.text, text, word.bytes) == 0;
}

typedef struct type_row {
    const char *name;
    tn_type type;
    uint64_t bytes;
} type_row;

static const type_row types[] = {
#define TYPE_ROW(name, number, text, bytes) {text, TN_TYPE_##name, bytes},
    TN_TYPE_LIST(TYPE_ROW)
#undef TYPE_ROW
};
enum {
    TYPE_COUNT = sizeof types / sizeof types[0]
};

static const char *const directions[] = {"in", "out", "inout", "local"};
static const tn_access accesses[] = {TN_ACCESS_READ, TN_ACCESS_WRITE,
                                     TN_ACCESS_READ_WRITE, 0};
enum {
    LOCAL_DIRECTION = 3,
    DIRECTION_COUNT = 4
};

static unsigned find_direction(span word)
{
    unsigned i = 0;

    while (i < DIRECTION_COUNT && !same(word, directions[i])) {
        ++i;
    }
    return i;
}

/* Only types with a value of fixed size have one. */
static const type_row *find_scalar(span word)
{
    for (unsigned i = 0; i < TYPE_COUNT; ++i) {
        if (types[i].bytes != 0 && same(word, types[i].name)) {
            return &types[i];
        }
    }
    return NULL;
}

static tn_status refuse_type(reader *r, span word)
{
    char wanted[TN_NAME_BYTES];
    char hint[96];
    tn_nearest nearest;

    if (word.bytes == 0) {
        return REFUSE(r, "%s", "a type is missing, such as f32 or u32");
    }
    if (word.bytes >= sizeof wanted) {
        return REFUSE(r, "%s", "that is no type; use one such as f32 or u32");
    }
    memcpy(wanted, word.text, word.bytes);
    wanted[word.bytes] = '\0';
    tn_nearest_init(&nearest, wanted);
    for (unsigned i = 0; i < TYPE_COUNT; ++i) {
        if (types[i].type != TN_TYPE_BUFFER && types[i].type != TN_TYPE_LOCAL) {
            tn_nearest_offer(&nearest, types[i].name);
        }
    }
    return REFUSE(r,
                  "%s is no type%s; i8 to i64, u8 to u64, f16 to f64 and "
                  "struct:BYTES are",
                  wanted, tn_nearest_hint(&nearest, hint, sizeof hint));
}

/* Behind a direction: "f32* ". */
static tn_status parse_pointer(reader *r, unsigned direction,
                               tn_parameter *parameter)
{
    span word = next_word(r);
    const type_row *row = find_scalar(word);

    if (row == NULL) {
        return refuse_type(r, word);
    }
    if (!next_is(r, '*')) {
        return REFUSE(r, "'%s' stands before a pointer, as in: %s %s* name",
                      directions[direction], directions[direction], row->name);
    }
    parameter->type =
        direction == LOCAL_DIRECTION ? TN_TYPE_LOCAL : TN_TYPE_BUFFER;
    parameter->element = row->type;
    parameter->access = accesses[direction];
    return TN_OK;
}

/* "struct:24": the number behind the colon. */
static tn_status parse_struct(reader *r, span word, tn_parameter *parameter)
{
    uint64_t bytes = 0;
    size_t i = sizeof "struct:" - 1;

    for (; i < word.bytes && is_digit(word.text[i]) &&
           bytes <= TN_STRUCT_BYTES_MAX;
         ++i) {
        bytes = bytes * 10 + (uint64_t)(word.text[i] - '0');
    }
    if (i != word.bytes || bytes == 0 || bytes > TN_STRUCT_BYTES_MAX) {
        return REFUSE(r, "a struct is written struct:BYTES with 1 to %d bytes",
                      TN_STRUCT_BYTES_MAX);
    }
    parameter->type = TN_TYPE_STRUCT;
    parameter->bytes = bytes;
    return TN_OK;
}

static bool begins_struct(span word)
{
    const size_t bytes = sizeof "struct" - 1;

    return word.bytes >= bytes && memcmp(word.text, "struct", bytes) == 0 &&
           (word.bytes == bytes || word.text[bytes] == ':');
}

static tn_status parse_value(reader *r, span word, tn_parameter *parameter)
{
    if (begins_struct(word)) {
        return parse_struct(r, word, parameter);
    }
    const type_row *row = find_scalar(word);

    if (row == NULL) {
        return refuse_type(r, word);
    }
    if (next_is(r, '*')) {
        return REFUSE(r,
                      "a pointer says what the kernel does with it: in, "
                      "out, inout or local %s*",
                      row->name);
    }
    parameter->type = row->type;
    parameter->bytes = row->bytes;
    return TN_OK;
}

static tn_status parse_name(reader *r, tn_parameter *parameter)
{
    span word = next_word(r);

    if (word.bytes == 0) {
        return REFUSE(r, "%s", "a name is missing behind the type");
    }
    if (word.bytes >= sizeof parameter->name) {
        return REFUSE(r, "the name has %zu bytes, more than %zu", word.bytes,
                      sizeof parameter->name - 1);
    }
    if (is_digit(word.text[0]) || memchr(word.text, ':', word.bytes) != NULL) {
        return REFUSE(r,
                      "'%.*s' is no name: letters, digits and _, a letter "
                      "first",
                      QUOTE(word));
    }
    memcpy(parameter->name, word.text, word.bytes);
    return TN_OK;
}

/* What stands in brackets, without spaces around it; none in "[]". */
static tn_status take_extent(reader *r, span text, tn_parameter *parameter)
{
    tn_extent extent;
    tn_sentence why;

    while (text.bytes > 0 && is_space(text.text[0])) {
        ++text.text;
        --text.bytes;
    }
    while (text.bytes > 0 && is_space(text.text[text.bytes - 1])) {
        --text.bytes;
    }
    if (text.bytes == 0) {
        return TN_OK;
    }
    if (parameter->element == TN_TYPE_NONE) {
        return REFUSE(r, "%s", "only a pointer has an extent");
    }
    if (tn_extent_parse(text.text, text.bytes, NULL, 0, &extent, &why) !=
        TN_OK) {
        tn_sentence_set(r->why, "%s", why.text);
        return TN_ERROR_INVALID;
    }
    memcpy(parameter->extent, text.text, text.bytes);
    return TN_OK;
}

/* "[n]", then nothing more. */
static tn_status parse_end(reader *r, tn_parameter *parameter)
{
    if (next_is(r, '[')) {
        const char *end = memchr(r->left.text, ']', r->left.bytes);

        if (end == NULL) {
            return REFUSE(r, "%s", "the extent lacks its ']'");
        }
        const span text = {r->left.text, (size_t)(end - r->left.text)};
        tn_status status = take_extent(r, text, parameter);

        if (status != TN_OK) {
            return status;
        }
        skip(r, text.bytes + 1);
    }
    skip_space(r);
    if (r->left.bytes != 0) {
        return REFUSE(r, "unexpected '%.*s' at the end", QUOTE(r->left));
    }
    return TN_OK;
}

tn_status tn_signature_parse(const char *text, size_t bytes,
                             tn_parameter *parameter, tn_sentence *why)
{
    reader r = {{text, bytes}, {text, bytes}, why};
    tn_parameter parsed = {.size = sizeof parsed};
    span word = next_word(&r);
    unsigned direction = find_direction(word);
    tn_status status = direction < DIRECTION_COUNT
                           ? parse_pointer(&r, direction, &parsed)
                           : parse_value(&r, word, &parsed);

    if (status == TN_OK) {
        status = parse_name(&r, &parsed);
    }
    if (status == TN_OK) {
        status = parse_end(&r, &parsed);
    }
    if (status == TN_OK) {
        *parameter = parsed;
    }
    return status;
}

/* A local block is an offset or an address, where code does not say local. */
static uint64_t bytes_in_code(const tn_parameter *told)
{
    return told->type == TN_TYPE_BUFFER || told->type == TN_TYPE_LOCAL
               ? sizeof(uint64_t)
               : told->bytes;
}

bool tn_signature_agrees(const tn_parameter *code, const tn_parameter *told)
{
    uint64_t told_bytes = bytes_in_code(told);
    bool same_type = code->type == TN_TYPE_NONE || code->type == told->type;
    bool same_element = code->element == TN_TYPE_NONE ||
                        told->element == TN_TYPE_NONE ||
                        code->element == told->element;
    bool same_bytes =
        code->bytes == 0 || told_bytes == 0 || code->bytes == told_bytes;
    bool same_access =
        code->access == 0 || told->access == 0 || code->access == told->access;

    return same_type && same_element && same_bytes && same_access;
}
