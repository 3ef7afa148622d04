/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Time.
 */
#ifndef TENON_COMMON_CLOCK_H
#define TENON_COMMON_CLOCK_H

#include <stdint.h>
#include <time.h>

/** Nanoseconds of a clock that only goes forward. */
static inline uint64_t tn_clock_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/** A moment so many nanoseconds behind another one; UINT64_MAX is for ever. */
static inline uint64_t tn_clock_after(uint64_t moment, uint64_t nanoseconds)
{
    return nanoseconds < UINT64_MAX - moment ? moment + nanoseconds
                                             : UINT64_MAX;
}

#endif
