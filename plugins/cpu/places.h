/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The processors that this process may use, and its threads on them.
 *
 * Everything is read below a root folder, "" but for tests.
 */
#ifndef TENON_CPU_PLACES_H
#define TENON_CPU_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cpu_places {
    uint32_t threads; /* that run groups, at most */
    uint32_t usable;  /* processors that this process may use */
    int node;         /* of memory that all of them belong to, or -1 */
    bool pinned;      /* thread i to processors[i mod usable] */
    int *processors;
} cpu_places;

/**
 * Processors by number, in `processors` with room for `room` of them.
 *
 * @return how many this process may use, which can be more than room; 0 where
 *         the system does not tell
 */
uint32_t cpu_processors(int *processors, uint32_t room);

/**
 * Orders processors so that each one is of another node of memory than the one
 * before, as far as there are several.
 *
 * @return the node of all of them, or -1
 */
int cpu_order_by_nodes(const char *root, int *processors, uint32_t count);

/**
 * Processors that the quota of this process's control groups lets it use at a
 * time, rounded up; 0 without a quota.
 */
uint32_t cpu_quota(const char *root);

#endif
