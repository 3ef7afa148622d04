/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The same work as calls of the driver itself, as people write them by hand.
 *
 * A raw driver is open once in a process. Its calls end the process with what
 * the driver answered when one fails: there is nothing to compare with then.
 */
#ifndef TENON_TOOLS_BENCH_RAW_H
#define TENON_TOOLS_BENCH_RAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tenon/tenon.h>

/** Launches of a chain; groups of an empty launch, and items of each. */
enum {
    RAW_CHAIN = 64,
    RAW_GROUPS = 16,
    RAW_ITEMS = 256
};

/** A copy between `host` and the driver's own memory. */
typedef struct raw_copy {
    void *host;
    uint64_t bytes;
    bool to_device;
} raw_copy;

/** What a driver lacks is NULL. */
typedef struct raw_driver {
    const char *backend; /**< the one that stands on it */
    const char *name;    /**< "CUDA driver" */

    /** Opens the very device; NULL, or why not, in words that stay valid. */
    const char *(*open)(const tn_device_info *info);
    void (*close)(void);

    /* each takes a pointer that it does not need, to be a sample_side's */
    void (*submit)(void *unused); /**< add of no elements */
    void (*wait)(void *unused);
    void (*launch)(void *unused); /**< both */
    void (*chain)(void *unused);  /**< RAW_CHAIN launches and one wait */
    void (*graph)(void *unused);  /**< the same as the driver's own graph */

    void (*allocate)(void *bytes);         /**< and free; uint64_t * */
    void (*allocate_ordered)(void *bytes); /**< on a stream; uint64_t * */

    /** Grows the device's buffers for what comes; bytes of each of two. */
    void (*reserve)(uint64_t bytes);
    /** Page-locked memory, freed by close(). */
    void *(*pinned)(uint64_t bytes);
    void (*copy)(void *copy); /**< raw_copy *; waits */

    void (*saxpy)(void *count); /**< y = k x + y; uint32_t *; waits */
    void (*sum)(void *count);   /**< by groups of 256; uint32_t *; waits */

    /**
     * From nothing to a first result: a context of its own where the driver has
     * such, a stream, code, memory, a launch of saxpy on one element, its
     * result; and all of it gone again.
     */
    void (*first)(void *unused);

    /** Loads code, looks a kernel up, and unloads it. */
    void (*load)(void *unused);
    const char *code; /**< the text of it */
} raw_driver;

/** Ends the process where 1 * 1 + 1 is another number. */
void raw_check_first(float result);

extern const raw_driver raw_cuda;
extern const raw_driver raw_opencl;
extern const raw_driver raw_cpu;

#endif
