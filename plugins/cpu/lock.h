/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A lock that is held for moments only: who wants it looks on for a while
 * before it sleeps. Taken and released in one locked instruction each, within
 * the caller; a launch and its wait take three.
 */
#ifndef TENON_CPU_LOCK_H
#define TENON_CPU_LOCK_H

#include <stdatomic.h>
#include <stddef.h>

#include "common/futex.h"

enum {
    CPU_LOCK_FREE, /* zeroed memory is a free lock; nothing is to be ended */
    CPU_LOCK_TAKEN,
    CPU_LOCK_WANTED /* taken, and somebody may sleep for it */
};

typedef atomic_uint cpu_lock;

/*
 * A program under ThreadSanitizer runs its own code within, as host functions
 * and as kernels. The sanitizer knows glibc's locks; it is told of these.
 */
extern __attribute__((weak)) void __tsan_acquire(void *object);
extern __attribute__((weak)) void __tsan_release(void *object);

/** Takes a lock that was not free. */
void cpu_lock_await(cpu_lock *lock);

static inline void cpu_lock_take(cpu_lock *lock)
{
    unsigned free = CPU_LOCK_FREE;

    if (__builtin_expect(!atomic_compare_exchange_strong_explicit(
                             lock, &free, CPU_LOCK_TAKEN, memory_order_acquire,
                             memory_order_relaxed),
                         0)) {
        cpu_lock_await(lock);
    }
    if (__builtin_expect(__tsan_acquire != NULL, 0)) {
        __tsan_acquire(lock);
    }
}

static inline void cpu_lock_release(cpu_lock *lock)
{
    if (__builtin_expect(__tsan_release != NULL, 0)) {
        __tsan_release(lock);
    }
    if (__builtin_expect(atomic_exchange_explicit(lock, CPU_LOCK_FREE,
                                                  memory_order_release) ==
                             CPU_LOCK_WANTED,
                         0)) {
        tn_futex_wake(lock, 1);
    }
}

#endif
