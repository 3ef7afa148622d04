/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A bundle `vector` in the folder of a test, in parts.
 */
#ifndef TENON_TESTS_BUNDLES_H
#define TENON_TESTS_BUNDLES_H

#include "tests/unit/suite.h"

#define KERNELS                                                                \
    "kernel add(in f32* a, in f32* b, out f32* c, u32 n)\nkernel nop()\n"

#define BUNDLE "[bundle]\nformat = 1\nname = vector\n"
#define ADD                                                                    \
    "[kernel add]\narg.0 = in f32* a [n]\narg.1 = in f32* b [n]\n"             \
    "arg.2 = out f32* c [n]\narg.3 = u32 n\n"
#define NOP "[kernel nop]\n"
#define PLAIN "[variant plain]\nformat = fake\nfile = vector.fake\n"

/* A bundle `vector` that is right, with another bundle.ini. */
static inline void write_bundle(const char *ini)
{
    suite_write("kernels/vector/bundle.ini", ini);
    suite_write("kernels/vector/vector.fake", KERNELS);
}

/* "bundle.ini:3: " with its path. */
static inline const char *ini_line(unsigned line)
{
    return suite_text("%s:%u: ", suite_path("kernels/vector/bundle.ini"), line);
}

#endif
