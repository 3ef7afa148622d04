/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The processors that this process may use, and its threads on them.
 */
#ifndef TENON_CPU_PLACES_H
#define TENON_CPU_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cpu_places {
    uint32_t threads; /* that run groups, at most */
    uint32_t usable;  /* processors that this process may use, 0: unknown */
    int node;         /* of memory that all of them belong to, or -1 */
    bool pinned;      /* thread i to processors[i mod usable] */
    int *processors;
} cpu_places;

/**
 * Orders processors so that each one is of another node of memory than the one
 * before, as far as there are several.
 *
 * @param root  the folder that all is read below, "" but for tests
 * @return the node of all of them, or -1
 */
int cpu_order_by_nodes(const char *root, int *processors, uint32_t count);

#endif
