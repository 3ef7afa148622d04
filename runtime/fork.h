/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Knowing whether this process is a fork of the one that touched a driver:
 * drivers do not survive fork(), and neither do threads.
 */
#ifndef TENON_RUNTIME_FORK_H
#define TENON_RUNTIME_FORK_H

/** How many forks lie between this process and the one that loaded Tenon. */
extern unsigned tn_fork_count __attribute__((visibility("hidden")));

/** Begins to count; cheap after the first time. */
void tn_fork_watch(void);

#endif
