/* SPDX-License-Identifier: MIT */
#include "common/extent.h"

#include <string.h>

#include "common/nearest.h"

typedef struct reader {
    const char *at;
    const char *end;
    const char *text; /* the whole, for sentences */
    int text_bytes;
    const tn_parameter *parameters;
    uint32_t count;
    tn_extent *extent;
    tn_sentence *why;
} reader;

/* Fails with: the extent "n * m": SENTENCE */
#define REFUSE(r, format, ...)                                                 \
    (tn_sentence_set((r)->why, "the extent \"%.*s\": " format,                 \
                     (r)->text_bytes, (r)->text, __VA_ARGS__),                 \
     TN_ERROR_INVALID)

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The next character that is no blank; NUL at the end. */
static char peek(reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t')) {
        ++r->at;
    }
    return r->at < r->end ? *r->at : '\0';
}

/* The next run of letters, digits and _, which there is. */
static int word_bytes(const reader *r)
{
    int bytes = 0;

    while (r->at + bytes < r->end &&
           (is_letter(r->at[bytes]) || is_digit(r->at[bytes]))) {
        ++bytes;
    }
    return bytes;
}

/* Each operator but the first operand brings one more, so steps fit too. */
static tn_status push(reader *r, char step, int64_t operand)
{
    tn_extent *extent = r->extent;

    if (extent->operand_count == TN_EXTENT_OPERANDS_MAX) {
        return REFUSE(r, "has more than %d names and numbers",
                      TN_EXTENT_OPERANDS_MAX);
    }
    extent->operands[extent->operand_count++] = operand;
    extent->steps[extent->step_count++] = (uint8_t)step;
    return TN_OK;
}

static tn_status read_number(reader *r)
{
    int bytes = word_bytes(r);
    int64_t number = 0;
    bool fits = bytes == 1 || r->at[0] != '0'; /* C has octal ones */

    for (int i = 0; i < bytes && fits; ++i) {
        fits = is_digit(r->at[i]) &&
               !__builtin_mul_overflow(number, 10, &number) &&
               !__builtin_add_overflow(number, r->at[i] - '0', &number);
    }
    if (!fits) {
        return REFUSE(r, "%.*s is no plain number; write digits only", bytes,
                      r->at);
    }
    r->at += bytes;
    return push(r, 'n', number);
}

static tn_status fail_unknown(reader *r, int bytes)
{
    tn_nearest nearest;
    char wanted[TN_NAME_BYTES];
    char hint[96];

    if ((size_t)bytes >= sizeof wanted) {
        return REFUSE(r, "%s", "there is no parameter of so long a name");
    }
    memcpy(wanted, r->at, (size_t)bytes);
    wanted[bytes] = '\0';
    tn_nearest_init(&nearest, wanted);
    for (uint32_t i = 0; i < r->count; ++i) {
        if (tn_extent_takes(r->parameters[i].type)) {
            tn_nearest_offer(&nearest, r->parameters[i].name);
        }
    }
    return REFUSE(r, "the kernel has no parameter %s%s", wanted,
                  tn_nearest_hint(&nearest, hint, sizeof hint));
}

/* A signature has the bytes of a struct, and nothing of what is in it. */
static tn_status fail_member(reader *r, int bytes)
{
    const char *name = r->at;

    r->at += bytes + 1;
    int member = word_bytes(r);

    return REFUSE(r,
                  "%.*s is a member of a struct, and no parameter; pass it by "
                  "itself, as in TN_VALUE(tn_i32, %.*s), and write %.*s",
                  bytes + 1 + member, name, member, r->at, member, r->at);
}

static tn_status read_name(reader *r)
{
    int bytes = word_bytes(r);
    uint32_t i = 0;

    if (r->at + bytes < r->end && r->at[bytes] == '.') {
        return fail_member(r, bytes);
    }
    if (r->parameters == NULL) {
        r->at += bytes;
        return push(r, 'p', 0);
    }
    while (i < r->count &&
           (strncmp(r->parameters[i].name, r->at, (size_t)bytes) != 0 ||
            r->parameters[i].name[bytes] != '\0')) {
        ++i;
    }
    if (i == r->count) {
        return fail_unknown(r, bytes);
    }
    if (!tn_extent_takes(r->parameters[i].type)) {
        return REFUSE(r, "%s is no integer passed by value",
                      r->parameters[i].name);
    }
    r->at += bytes;
    return push(r, 'p', i);
}

static tn_status read_sum(reader *r);

static tn_status read_atom(reader *r)
{
    char next = peek(r);

    if (is_digit(next)) {
        return read_number(r);
    }
    if (is_letter(next)) {
        return read_name(r);
    }
    if (next != '(') {
        return REFUSE(r, "%s",
                      "takes names of integers, numbers, + - * / and "
                      "parentheses");
    }
    ++r->at;
    tn_status status = read_sum(r);

    if (status == TN_OK && peek(r) != ')') {
        return REFUSE(r, "%s", "a ')' is missing");
    }
    ++r->at;
    return status;
}

static tn_status read_product(reader *r)
{
    tn_status status = read_atom(r);
    char next;

    while (status == TN_OK && ((next = peek(r)) == '*' || next == '/')) {
        ++r->at;
        if (next == '/' && peek(r) == '0' && word_bytes(r) == 1) {
            return REFUSE(r, "%s", "divides by 0");
        }
        status = read_atom(r);
        if (status == TN_OK) {
            r->extent->steps[r->extent->step_count++] = (uint8_t)next;
        }
    }
    return status;
}

/* Parentheses nest as deep as a text is long: TN_EXTENT_BYTES. */
static tn_status read_sum(reader *r)
{
    tn_status status = read_product(r);
    char next;

    while (status == TN_OK && ((next = peek(r)) == '+' || next == '-')) {
        ++r->at;
        status = read_product(r);
        if (status == TN_OK) {
            r->extent->steps[r->extent->step_count++] = (uint8_t)next;
        }
    }
    return status;
}

bool tn_extent_takes(tn_type type)
{
    return type >= TN_TYPE_I8 && type <= TN_TYPE_U64;
}

tn_status tn_extent_parse(const char *text, size_t bytes,
                          const tn_parameter *parameters, uint32_t count,
                          tn_extent *extent, tn_sentence *why)
{
    size_t shown = bytes < TN_EXTENT_BYTES ? bytes : TN_EXTENT_BYTES;
    reader r = {text,       text + bytes, text,   (int)shown,
                parameters, count,        extent, why};

    *extent = (tn_extent){0};
    if (bytes >= TN_EXTENT_BYTES) {
        return REFUSE(&r, "has %zu bytes, more than %d", bytes,
                      TN_EXTENT_BYTES - 1);
    }
    tn_status status = read_sum(&r);

    if (status == TN_OK && peek(&r) != '\0') {
        status = REFUSE(&r, "takes no '%c' there", *r.at);
    }
    return status;
}

tn_status tn_extents_check(const tn_parameter *parameters, uint32_t count,
                           tn_sentence *why)
{
    tn_status status = TN_OK;
    tn_extent extent;

    for (uint32_t i = 0; i < count && status == TN_OK; ++i) {
        const char *text = parameters[i].extent;

        if (text[0] != '\0') {
            status = tn_extent_parse(text, strlen(text), parameters, count,
                                     &extent, why);
        }
    }
    return status;
}

/* ---- calculating ---- */

static const char beyond[] = "is beyond 64 bits";

static const char *join(char step, int64_t *left, int64_t right)
{
    bool overflow = false;

    switch (step) {
    case '+':
        overflow = __builtin_add_overflow(*left, right, left);
        break;
    case '-':
        overflow = __builtin_sub_overflow(*left, right, left);
        break;
    case '*':
        overflow = __builtin_mul_overflow(*left, right, left);
        break;
    default:
        if (right == 0) {
            return "divides by 0";
        }
        overflow = *left == INT64_MIN && right == -1;
        *left = overflow ? 0 : *left / right;
    }
    return overflow ? beyond : NULL;
}

const char *tn_extent_count(const tn_extent *extent, tn_extent_value value,
                            void *data, uint64_t *elements)
{
    int64_t stack[TN_EXTENT_OPERANDS_MAX];
    const int64_t *operand = extent->operands;
    const char *why = NULL;
    unsigned depth = 0;

    for (unsigned i = 0; i < extent->step_count && why == NULL; ++i) {
        char step = (char)extent->steps[i];

        if (step == 'n') {
            stack[depth++] = *operand++;
        } else if (step == 'p') {
            why = value(data, (uint32_t)*operand++, &stack[depth++]) ? NULL
                                                                     : beyond;
        } else {
            --depth;
            why = join(step, &stack[depth - 1], stack[depth]);
        }
    }
    if (why == NULL) {
        *elements = stack[0] > 0 ? (uint64_t)stack[0] : 0;
    }
    return why;
}
