/* SPDX-License-Identifier: MIT */
#include "tools/value.h"

#include <ctype.h>
#include <errno.h>
#include <fenv.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    tn_type type;
    uint32_t bytes;
} types[] = {
#define TYPE(constant, number, name, bytes) {name, number, bytes},
    TN_TYPE_LIST(TYPE)
#undef TYPE
};

enum {
    TYPE_COUNT = sizeof types / sizeof types[0]
};

tn_type value_type_find(const char *name, size_t length)
{
    for (size_t i = 0; i < TYPE_COUNT; ++i) {
        if (types[i].bytes > 0 && strlen(types[i].name) == length &&
            memcmp(types[i].name, name, length) == 0) {
            return types[i].type;
        }
    }
    return TN_TYPE_NONE;
}

const char *value_type_name(tn_type type)
{
    for (size_t i = 0; i < TYPE_COUNT; ++i) {
        if (types[i].type == type) {
            return types[i].name;
        }
    }
    return "?";
}

uint32_t value_type_bytes(tn_type type)
{
    for (size_t i = 0; i < TYPE_COUNT; ++i) {
        if (types[i].type == type) {
            return types[i].bytes;
        }
    }
    return 0;
}

/* ---- integers ------------------------------------------------------------ */

bool value_parse_count(const char *text, uint64_t *number)
{
    bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = hexadecimal ? text + 2 : text;
    char *end;

    *number = 0;
    if (!isxdigit((unsigned char)digits[0])) {
        return false;
    }
    errno = 0;
    unsigned long long value = strtoull(digits, &end, hexadecimal ? 16 : 10);

    if (end == digits || *end != '\0') {
        return false;
    }
    *number = value;
    return errno == 0;
}

bool value_parse_extents(const char *text, uint64_t *extents, uint32_t limit,
                         uint32_t *count)
{
    char number[32];

    for (*count = 0; *count < limit; ++*count) {
        size_t length = strcspn(text, ",");

        if (length >= sizeof number) {
            return false;
        }
        memcpy(number, text, length);
        number[length] = '\0';
        if (!value_parse_count(number, &extents[*count])) {
            return false;
        }
        if (text[length] == '\0') {
            ++*count;
            return true;
        }
        text += length + 1;
    }
    return false;
}

static bool parse_unsigned(tn_type type, const char *text, tn_argument *value,
                           tool_problem *problem)
{
    uint32_t bytes = value_type_bytes(type);
    uint64_t largest = UINT64_MAX >> (64 - 8 * bytes);
    bool negative = text[0] == '-';
    uint64_t number;
    bool read = value_parse_count(text + negative, &number);

    if (!read && number == 0) {
        return problem_set(problem, "'%s' is no integer", text);
    }
    if (!read || number > largest || (negative && number > 0)) {
        return problem_set(problem,
                           "%s is out of range, %s takes 0 to %" PRIu64, text,
                           value_type_name(type), largest);
    }
    *value = tn_argument_unsigned(type, bytes, number);
    return true;
}

static bool parse_signed(tn_type type, const char *text, tn_argument *value,
                         tool_problem *problem)
{
    uint32_t bytes = value_type_bytes(type);
    uint64_t largest = UINT64_MAX >> (65 - 8 * bytes);
    bool negative = text[0] == '-';
    uint64_t number;
    bool read = value_parse_count(text + negative, &number);

    if (!read && number == 0) {
        return problem_set(problem, "'%s' is no integer", text);
    }
    if (!read || number > largest + negative) {
        return problem_set(
            problem, "%s is out of range, %s takes -%" PRIu64 " to %" PRIu64,
            text, value_type_name(type), largest + 1, largest);
    }
    *value = tn_argument_signed(
        type, bytes,
        negative && number > 0 ? -(int64_t)(number - 1) - 1 : (int64_t)number);
    return true;
}

/* ---- floating point ------------------------------------------------------ */

double value_from_f16(uint16_t bits)
{
    int exponent = bits >> 10 & 31;
    int mantissa = bits & 1023;
    double value = exponent == 0 ? ldexp(mantissa, -24)
                                 : ldexp(mantissa + 1024, exponent - 25);

    if (exponent == 31) {
        value = mantissa == 0 ? HUGE_VAL : (double)NAN;
    }
    return bits & 0x8000 ? -value : value;
}

uint16_t value_to_f16(double value)
{
    uint16_t sign = signbit(value) ? 0x8000 : 0;
    int exponent;

    if (isnan(value)) {
        return sign | 0x7e00;
    }
    value = fabs(value);
    if (value >= 65520) { /* halfway from the largest to 2^16 */
        return sign | 0x7c00;
    }
    /* In units of the last place nearbyint() rounds as f16 does. Below the
     * normal numbers that unit stays 2^-24. A carry into the exponent comes
     * out right because both fields lie side by side. */
    frexp(value, &exponent);
    if (value < 0x1p-14) {
        exponent = -13;
    }
    unsigned units = (unsigned)nearbyint(ldexp(value, 11 - exponent));

    if (value < 0x1p-14) {
        return (uint16_t)(sign | units);
    }
    return (uint16_t)(sign | (((unsigned)(exponent + 13) << 10) + units));
}

/*
 * strtod(), inexact results rounded to odd: rounding such a one again, to a
 * shorter format, gives what rounding the text once would have given.
 * Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", 2008.
 */
static double to_odd(const char *text)
{
    int mode = fegetround();
    uint64_t bits;

    fesetround(FE_DOWNWARD);
    double below = strtod(text, NULL);
    fesetround(FE_UPWARD);
    double above = strtod(text, NULL);
    fesetround(mode);
    memcpy(&bits, &below, sizeof bits);
    return below == above || (bits & 1) != 0 ? below : above;
}

static bool parse_float(tn_type type, const char *text, tn_argument *value,
                        tool_problem *problem)
{
    char *end;
    double wide = strtod(text, &end);
    double narrow = wide;

    if (end == text || *end != '\0' || isspace((unsigned char)text[0])) {
        return problem_set(problem, "'%s' is no number", text);
    }
    if (type == TN_TYPE_F16) {
        uint16_t bits = value_to_f16(isfinite(wide) ? to_odd(text) : wide);

        *value = tn_half(bits);
        narrow = value_from_f16(bits);
    } else if (type == TN_TYPE_F32) {
        *value = tn_argument_f32(strtof(text, NULL));
        narrow = (double)value->value.f32;
    } else {
        *value = tn_argument_f64(wide);
    }
    if (isinf(narrow) && strpbrk(text, "0123456789") != NULL) {
        return problem_set(problem, "%s is out of range of %s", text,
                           value_type_name(type));
    }
    return true;
}

bool value_parse(tn_type type, const char *text, tn_argument *value,
                 tool_problem *problem)
{
    switch (value_type_name(type)[0]) {
    case 'i':
        return parse_signed(type, text, value, problem);
    case 'u':
        return parse_unsigned(type, text, value, problem);
    default:
        return parse_float(type, text, value, problem);
    }
}

/* ---- printing ------------------------------------------------------------ */

static double round_trip(tn_type type, const char *text)
{
    switch (type) {
    case TN_TYPE_F16:
        return value_from_f16(value_to_f16(to_odd(text)));
    case TN_TYPE_F32:
        return (double)strtof(text, NULL);
    default:
        return strtod(text, NULL);
    }
}

static void print_float(FILE *file, tn_type type, double value)
{
    char text[32];

    if (!isfinite(value)) {
        snprintf(text, sizeof text, "%g", value);
    } else if (fabs(value) < 1e15 && value == trunc(value)) {
        snprintf(text, sizeof text, "%.0f", value);
    } else {
        int digits = 0;

        do {
            snprintf(text, sizeof text, "%.*g", ++digits, value);
        } while (digits < 17 && round_trip(type, text) != value);
    }
    fprintf(file, "%s\n", text);
}

static double read_float(tn_type type, const void *element)
{
    union {
        uint16_t f16;
        float f32;
        double f64;
    } value;

    memcpy(&value, element, value_type_bytes(type));
    switch (type) {
    case TN_TYPE_F16:
        return value_from_f16(value.f16);
    case TN_TYPE_F32:
        return (double)value.f32;
    default:
        return value.f64;
    }
}

/* Little-endian: moved up, then down with the sign. */
static int64_t read_signed(tn_type type, const void *element)
{
    unsigned unused = 64 - 8 * value_type_bytes(type);
    uint64_t bits = 0;

    memcpy(&bits, element, value_type_bytes(type));
    return (int64_t)(bits << unused) >> unused;
}

static uint64_t read_unsigned(tn_type type, const void *element)
{
    uint64_t bits = 0;

    memcpy(&bits, element, value_type_bytes(type));
    return bits;
}

long double value_read(tn_type type, const void *element)
{
    switch (value_type_name(type)[0]) {
    case 'i':
        return (long double)read_signed(type, element);
    case 'u':
        return (long double)read_unsigned(type, element);
    default:
        return (long double)read_float(type, element);
    }
}

void value_print(FILE *file, tn_type type, const void *element)
{
    switch (value_type_name(type)[0]) {
    case 'i':
        fprintf(file, "%" PRId64 "\n", read_signed(type, element));
        break;
    case 'u':
        fprintf(file, "%" PRIu64 "\n", read_unsigned(type, element));
        break;
    default:
        print_float(file, type, read_float(type, element));
    }
}
