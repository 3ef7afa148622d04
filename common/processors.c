/* SPDX-License-Identifier: MIT */
#include "common/processors.h"

#include <errno.h>
#include <sched.h>

enum {
    KNOWN_BITS_MAX = 1 << 20
};

static uint32_t list_set(const cpu_set_t *set, size_t bytes, int bits,
                         int *processors, uint32_t room)
{
    uint32_t count = 0;

    for (int i = 0; i < bits; ++i) {
        if (CPU_ISSET_S((size_t)i, bytes, set)) {
            if (count < room) {
                processors[count] = i;
            }
            ++count;
        }
    }
    return count;
}

uint32_t tn_processors(int *processors, uint32_t room)
{
    for (int bits = CPU_SETSIZE; bits <= KNOWN_BITS_MAX; bits *= 2) {
        cpu_set_t *set = CPU_ALLOC(bits);
        size_t bytes = CPU_ALLOC_SIZE(bits);

        if (set == NULL) {
            return 0;
        }
        int failed = sched_getaffinity(0, bytes, set) != 0 ? errno : 0;
        uint32_t count =
            failed == 0 ? list_set(set, bytes, bits, processors, room) : 0;

        CPU_FREE(set);
        if (failed != EINVAL) { /* EINVAL: the kernel knows more of them */
            return count;
        }
    }
    return 0;
}

uint32_t tn_processors_allowed(void)
{
    uint32_t usable = tn_processors(NULL, 0);
    uint32_t quota = tn_processors_quota("");

    if (usable == 0) {
        usable = 1;
    }
    return quota != 0 && quota < usable ? quota : usable;
}
