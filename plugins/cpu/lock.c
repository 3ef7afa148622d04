/* SPDX-License-Identifier: MIT */
#include "plugins/cpu/lock.h"

#include <stdbool.h>

enum {
    LOOKS = 100 /* a microsecond or two */
};

static bool look_on(cpu_lock *lock)
{
    for (int i = 0; i < LOOKS; ++i) {
        unsigned free = CPU_LOCK_FREE;

        tn_pause();
        if (atomic_load_explicit(lock, memory_order_relaxed) == free &&
            atomic_compare_exchange_strong_explicit(lock, &free, CPU_LOCK_TAKEN,
                                                    memory_order_acquire,
                                                    memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

void cpu_lock_await(cpu_lock *lock)
{
    if (look_on(lock)) {
        return;
    }
    while (atomic_exchange_explicit(lock, CPU_LOCK_WANTED,
                                    memory_order_acquire) != CPU_LOCK_FREE) {
        tn_futex_wait(lock, CPU_LOCK_WANTED, TN_FOREVER);
    }
}
