/* SPDX-License-Identifier: MIT */
#include "common/processors.h"

#include <errno.h>
#include <sched.h>

enum {
    KNOWN_BITS_MAX = 1 << 20
};

/* Those of the calling thread, to be freed; NULL: the system does not tell. */
static cpu_set_t *affinity(int *bits)
{
    for (*bits = CPU_SETSIZE; *bits <= KNOWN_BITS_MAX; *bits *= 2) {
        cpu_set_t *set = CPU_ALLOC(*bits);

        if (set == NULL ||
            sched_getaffinity(0, CPU_ALLOC_SIZE(*bits), set) == 0) {
            return set;
        }
        int error = errno;

        CPU_FREE(set);
        if (error != EINVAL) { /* EINVAL: the kernel knows more of them */
            return NULL;
        }
    }
    return NULL;
}

uint32_t tn_processors(int *processors, uint32_t room)
{
    int bits;
    cpu_set_t *set = affinity(&bits);
    uint32_t count = 0;

    for (int i = 0; set != NULL && i < bits; ++i) {
        if (CPU_ISSET_S((size_t)i, CPU_ALLOC_SIZE(bits), set)) {
            if (count < room) {
                processors[count] = i;
            }
            ++count;
        }
    }
    CPU_FREE(set);
    return count;
}

bool tn_processors_has_all(const int *processors, uint32_t count)
{
    int bits;
    cpu_set_t *set = affinity(&bits);
    bool all = set != NULL;

    for (uint32_t i = 0; all && i < count; ++i) {
        all = CPU_ISSET_S((size_t)processors[i], CPU_ALLOC_SIZE(bits), set);
    }
    CPU_FREE(set);
    return all;
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
