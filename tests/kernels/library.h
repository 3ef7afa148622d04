/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What the tests of the kernel library share: each kernel runs through the
 * public API on one backend, over several cases, beside plain C in double.
 */
#ifndef TENON_TESTS_LIBRARY_H
#define TENON_TESTS_LIBRARY_H

#include <stddef.h>

#include <tenon/tenon.h>

/* ---- a kernel and its cases ---- */

/**
 * The tests of a kernel begin.
 *
 * @param tolerance  that the largest error may reach, 0 for exact results
 * @param of         what an error is a part of, in words: "|y|"
 */
tn_kernel *library_begin(const char *bundle, const char *kernel,
                         double tolerance, const char *of);

/** The next case, by its sizes; what the case before has made is gone. */
void library_case(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/** The tests of the kernel end: its line is printed. */
void library_end(void);

/* ---- values; they live as long as the case ---- */

/** Random numbers from low to high, the same ones in each run. */
float *library_floats(size_t n, double low, double high);

/** A random word. */
uint32_t library_word(void);

/** Zeros. */
void *library_zeros(size_t n, size_t bytes);
#define LIBRARY_ZEROS(n, type) ((type *)library_zeros(n, sizeof(type)))

/* ---- buffers; behind their end stands what nobody may read or write ---- */

tn_buffer *library_in(const void *values, size_t bytes);
/** The same of n floats. */
tn_buffer *library_in_floats(const float *values, size_t n);
/** A buffer of NaN. */
tn_buffer *library_out(size_t bytes);
tn_buffer *library_out_floats(size_t n);

/* ---- running and comparing ---- */

tn_stream *library_stream(void);

/** Ends the program where a call fails. */
void library_check(tn_status status, const char *call);

#define LIBRARY_LAUNCH(kernel, ...)                                            \
    library_check(tn_launch(library_stream(), kernel, __VA_ARGS__),            \
                  tn_kernel_name(kernel))

/**
 * n floats are as expected: each error is |got - expected| / scale.
 *
 * @param scale  for each element, NULL: |expected|
 */
void library_compare(tn_buffer *got, const double *expected,
                     const double *scale, size_t n);

/** The bytes are exactly these. */
void library_compare_bytes(tn_buffer *got, const void *expected, size_t bytes);

/** Some condition of the case holds. */
void library_expect(int holds, const char *what);

/* ---- the tests of each bundle ---- */

void library_test_image(void);
void library_test_matrix(void);
void library_test_nbody(void);
void library_test_nn(void);
void library_test_random(void);
void library_test_scan(void);
void library_test_vector(void);

#endif
