/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Element types by name, and single values as text.
 */
#ifndef TENON_TOOLS_VALUE_H
#define TENON_TOOLS_VALUE_H

#include <stddef.h>
#include <stdio.h>

#include <tenon/tenon.h>

#include "tools/problem.h"

/** Every dtype, for messages. */
#define VALUE_TYPES "i8 u8 i16 u16 i32 u32 i64 u64 f16 f32 f64"

/** The scalar type of that name, or TN_TYPE_NONE. */
tn_type value_type_find(const char *name, size_t length);

/** "f32"; "?" for what is no type. */
const char *value_type_name(tn_type type);

/** Bytes of an element; 0 for what is no scalar. */
uint32_t value_type_bytes(tn_type type);

/**
 * Reads digits as a number: decimal, or hexadecimal after 0x, nothing around it.
 * False for what is no such number and for one beyond 64 bits, which is then
 * UINT64_MAX in *number (else it is 0).
 */
bool value_parse_count(const char *text, uint64_t *number);

/** Reads "X,Y,Z": at most limit numbers. False for anything else. */
bool value_parse_extents(const char *text, uint64_t *extents, uint32_t limit,
                         uint32_t *count);

/** Reads one value of a type; false with the reason. */
bool value_parse(tn_type type, const char *text, tn_argument *value,
                 tool_problem *problem);

/** Prints an element: the shortest text that reads back as the same value. */
void value_print(FILE *file, tn_type type, const void *element);

/** An element as a number, which holds every value of every type. */
long double value_read(tn_type type, const void *element);

/** f16 <-> double; to f16 is rounded to nearest, ties to even. */
double value_from_f16(uint16_t bits);
uint16_t value_to_f16(double value);

#endif
