/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Runs the kernels of tests/fixtures/dialect.c, in each of its builds: one
 * linked into the test, with the test's own flags and without OpenMP's
 * pragmas, those that make builds as bundles are built, and the reference build
 * with its items in three orders.
 */
#ifndef TENON_TESTS_DIALECT_H
#define TENON_TESTS_DIALECT_H

#include <stddef.h>
#include <stdint.h>

#include <CUnit/CUnit.h>

#include <tenon/kernel/entry.h>

typedef struct dialect_shape {
    uint32_t x, y, z;
} dialect_shape;

/** Bytes of group memory that a kernel is run with. */
#define DIALECT_DYNAMIC_BYTES 65536

/** Runs groups begin to end of a grid. */
void dialect_run_range(const char *name, dialect_shape groups,
                       dialect_shape items, uint64_t begin, uint64_t end,
                       void *const *arguments);

/** Runs a whole grid, as three ranges of which the last is the first. */
void dialect_run(const char *name, dialect_shape groups, dialect_shape items,
                 void *const *arguments);

/** dialect_run() over at least n items in groups of 256. */
void dialect_run_items(const char *name, uint64_t n, void *const *arguments);

/** What kernel.h allows: on a CPU, on any target. In units of the last place. */
double dialect_ulps(double cpu, double any);

/**
 * Runs the tests, whose array ends with an empty one, with each build.
 *
 * @return what main() returns
 */
int dialect_main(CU_TestInfo *tests);

#endif
