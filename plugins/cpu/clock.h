/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Clocks: nanoseconds, and ticks where a call of the system's clock would take
 * longer than what is measured.
 */
#ifndef TENON_CPU_CLOCK_H
#define TENON_CPU_CLOCK_H

#include <stdint.h>
#include <time.h>

/** Now, in nanoseconds of CLOCK_MONOTONIC. */
static inline uint64_t cpu_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/**
 * Now, in ticks of a fifth of a nanosecond to one: enough to tell a short time
 * from a long one.
 */
static inline uint64_t cpu_ticks(void)
{
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#else
    return cpu_now();
#endif
}

enum {
    /**
     * Some microseconds: what another thread needs to take work over. Less work
     * than that is left to who waits for it, and who waits looks that long
     * before it sleeps.
     */
    CPU_SHORT_TICKS = 40000
};

#endif
