/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A device that runs the kernels of tests/fixtures/dialect.c: what
 * tests/kernels/device.c needs to be the other half of tests/unit/dialect.h.
 * Implemented once for each driver; a program has one of them.
 */
#ifndef TENON_TESTS_DEVICE_H
#define TENON_TESTS_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tenon/status.h>
#include <tenon/types.h>

#include "common/sentence.h"

typedef struct device_argument {
    tn_type type;
    void *value;  /* a scalar, a struct, or what a buffer holds */
    size_t bytes; /* of it, or of a block of group memory */
} device_argument;

/* A launch in one dimension may begin with another group than the first. */
typedef struct device_launch {
    const char *kernel; /* its symbol */
    uint32_t groups[3];
    uint32_t items[3];
    uint64_t first;
    device_argument *arguments;
    uint32_t count;
} device_launch;

/** The file of the dialect's kernels that device_open() takes. */
extern const char device_file[];

/** Whether launches may begin with another group than the first. */
extern const bool device_has_offsets;

/**
 * Opens the driver's first device and builds a NUL-terminated program on it.
 *
 * @return TN_OK; TN_ERROR_UNAVAILABLE where there is none; TN_ERROR_BUILD
 */
tn_status device_open(const char *program, tn_sentence *why);

/** Items that a group may have. */
uint32_t device_max_items(void);

/** Runs a kernel and copies its buffers back. Aborts where that fails. */
void device_run(const device_launch *launch);

void device_close(void);

#endif
