/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Waiting for a word to change, asleep or awake.
 */
#ifndef TENON_COMMON_FUTEX_H
#define TENON_COMMON_FUTEX_H

#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <tenon/types.h>

/** Sleeps while the word is `seen`; may wake for nothing. */
static inline void tn_futex_wait(atomic_uint *word, unsigned seen,
                                 uint64_t nanoseconds)
{
    struct timespec limit = {(time_t)(nanoseconds / 1000000000u),
                             (long)(nanoseconds % 1000000000u)};

    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen,
            nanoseconds == TN_FOREVER ? NULL : &limit, NULL, 0);
}

static inline void tn_futex_wake(atomic_uint *word, uint64_t threads)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE,
            threads < INT_MAX ? (int)threads : INT_MAX, NULL, NULL, 0);
}

/** Lets a processor rest for a moment within a loop that waits. */
static inline void tn_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}

#endif
