/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A launch's grid, cut into the groups of a kernel.
 */
#ifndef TENON_RUNTIME_GRID_H
#define TENON_RUNTIME_GRID_H

#include "runtime/objects.h"

/** Items of a group where neither launch nor kernel say. */
#define TN_DEFAULT_ITEMS 256

/** Works out a kernel's limits and its own group, when all else is known of it. */
void tn_grid_prepare(tn_kernel *kernel, const tn_device_info *info);

static inline bool tn_grid_is_empty(const tn_grid *grid)
{
    return grid->items[0] == 0 || grid->items[1] == 0 || grid->items[2] == 0;
}

/**
 * Fills groups, items and local bytes of a launch's record, all of them where it
 * succeeds.
 *
 * @param arguments  only those of type LOCAL matter
 *
 * @return TN_OK; TN_ERROR_RANGE
 */
tn_status tn_grid_encode(const tn_kernel *kernel, const tn_grid *grid,
                         const tn_argument *arguments, size_t count,
                         tn_plugin_launch *record);

#endif
