/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What control groups let this process have: those of version 2 or 1, where
 * systems mount them.
 */
#ifndef TENON_COMMON_GROUPS_H
#define TENON_COMMON_GROUPS_H

#include <stdint.h>
#include <stdio.h>

#define TN_GROUP_UNBOUNDED UINT64_MAX

/** What the group in a folder may have; TN_GROUP_UNBOUNDED for all there is. */
typedef uint64_t tn_group_read(const char *folder);

/** A file of a group; NULL if it cannot be read. */
FILE *tn_group_open(const char *folder, const char *name);

/**
 * The least that the groups of this process, and those above them, may have.
 *
 * @param root        the folder that all is read below, "" but for tests
 * @param controller  whose groups they are: "cpu"
 * @param version_1   reads a group of version 1, and
 * @param version_2   one of version 2
 */
uint64_t tn_groups_least(const char *root, const char *controller,
                         tn_group_read *version_1, tn_group_read *version_2);

#endif
