/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The processors that this process may use.
 */
#ifndef TENON_COMMON_PROCESSORS_H
#define TENON_COMMON_PROCESSORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Processors by number, in `processors` with room for `room` of them.
 *
 * @return how many this process may use, which can be more than room; 0 where
 *         the system does not tell
 */
uint32_t tn_processors(int *processors, uint32_t room);

/** Whether the calling thread may use all of these; false where unknown. */
bool tn_processors_has_all(const int *processors, uint32_t count);

/**
 * Processors that the quota of this process's control groups lets it use at a
 * time, rounded up; 0 without a quota.
 *
 * @param root  the folder that all is read below, "" but for tests
 */
uint32_t tn_processors_quota(const char *root);

/** Threads that may run at a time: by affinity and quota, at least 1. */
uint32_t tn_processors_allowed(void);

#endif
