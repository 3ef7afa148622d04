/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Kernels that were compiled as C++ have mangled names. People look them up by
 * the plain one.
 */
#ifndef TENON_COMMON_MANGLED_H
#define TENON_COMMON_MANGLED_H

#include <stddef.h>

/**
 * The plain name in a mangled one: "add" of _Z3addPKfS0_Pfi, "scale" of
 * _ZN4math5scaleIfEEvPT_i.
 *
 * @return name as it is where it is not mangled or not understood
 */
const char *tn_mangled_plain(const char *symbol, char *name, size_t size);

#endif
