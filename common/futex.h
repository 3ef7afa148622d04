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

/*
 * On 32 bits the plain call takes the time in 32 bits, and timespec may have
 * been built with 64.
 */
#if defined(SYS_futex_time64) && defined(SYS_futex)
#define TN_SYS_FUTEX                                                           \
    (sizeof(time_t) > sizeof(long) ? SYS_futex_time64 : SYS_futex)
#elif defined(SYS_futex_time64)
#define TN_SYS_FUTEX SYS_futex_time64
#else
#define TN_SYS_FUTEX SYS_futex
#endif

/** Sleeps while the word is `seen`; may wake for nothing. */
static inline void tn_futex_wait(atomic_uint *word, unsigned seen,
                                 uint64_t nanoseconds)
{
    struct timespec limit = {(time_t)(nanoseconds / 1000000000u),
                             (long)(nanoseconds % 1000000000u)};

    syscall(TN_SYS_FUTEX, word, FUTEX_WAIT_PRIVATE, seen,
            nanoseconds == TN_FOREVER ? NULL : &limit, NULL, 0);
}

static inline void tn_futex_wake(atomic_uint *word, uint64_t threads)
{
    syscall(TN_SYS_FUTEX, word, FUTEX_WAKE_PRIVATE,
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
