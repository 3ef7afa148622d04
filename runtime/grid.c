/* SPDX-License-Identifier: MIT */
#include "runtime/grid.h"

#include <string.h>

#include "common/size.h"
#include "runtime/error.h"

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

void tn_grid_prepare(tn_kernel *kernel, const tn_device_info *info)
{
    uint32_t preferred = kernel->info.preferred_items;
    uint32_t *own = kernel->own_items;

    for (int d = 0; d < 3; ++d) {
        kernel->most_items[d] =
            info->max_items_dim[0] != 0 ? info->max_items_dim[d] : UINT32_MAX;
        kernel->most_groups[d] =
            info->max_groups_dim[d] != 0 ? info->max_groups_dim[d] : UINT32_MAX;
        own[d] = kernel->info.required_items[d];
    }
    if (own[0] == 0) {
        own[0] = smaller(preferred != 0 ? preferred : TN_DEFAULT_ITEMS,
                         smaller(kernel->max_items, kernel->most_items[0]));
        own[1] = 1;
        own[2] = 1;
    }
}

/* The most items of a group, up to a limit, that leave no rest. */
static uint32_t divisor(uint64_t items, uint32_t limit)
{
    while (limit > 1 && items % limit != 0) {
        --limit;
    }
    return limit;
}

static tn_status choose_items(const tn_kernel *kernel, const tn_grid *grid,
                              uint32_t items[3])
{
    const uint32_t *given = grid->group;

    if ((given[0] | given[1] | given[2]) == 0) {
        memcpy(items, kernel->own_items, 3 * sizeof *items);
        if (kernel->module->exact_grids &&
            kernel->info.required_items[0] == 0) {
            items[0] = divisor(grid->items[0], items[0]);
        }
        return TN_OK;
    }
    if (given[0] == 0 || given[1] == 0 || given[2] == 0) {
        return tn_fail(TN_ERROR_RANGE,
                       "kernel %s: a group of %u x %u x %u items; each side "
                       "is at least 1",
                       kernel->name, given[0], given[1], given[2]);
    }
    memcpy(items, given, 3 * sizeof *items);
    return TN_OK;
}

static tn_status fail_items(const tn_kernel *kernel, const uint32_t items[3])
{
    const uint32_t *side = kernel->most_items;

    if (side[0] == UINT32_MAX) {
        return tn_fail(TN_ERROR_RANGE,
                       "kernel %s: a group of %u x %u x %u items; at most %u "
                       "are possible here",
                       kernel->name, items[0], items[1], items[2],
                       kernel->max_items);
    }
    return tn_fail(TN_ERROR_RANGE,
                   "kernel %s: a group of %u x %u x %u items; at most %u in "
                   "all and %u x %u x %u are possible here",
                   kernel->name, items[0], items[1], items[2],
                   kernel->max_items, side[0], side[1], side[2]);
}

static tn_status check_items(const tn_kernel *kernel, const uint32_t items[3])
{
    const uint32_t *required = kernel->info.required_items;
    const uint32_t *side = kernel->most_items;
    uint64_t product = (uint64_t)items[0] * items[1];

    if (required[0] != 0 && memcmp(required, items, 3 * sizeof *items) != 0) {
        return tn_fail(TN_ERROR_RANGE,
                       "kernel %s: a group of %u x %u x %u items; it takes "
                       "only %u x %u x %u",
                       kernel->name, items[0], items[1], items[2], required[0],
                       required[1], required[2]);
    }
    return product <= kernel->max_items &&
                   product * items[2] <= kernel->max_items &&
                   items[0] <= side[0] && items[1] <= side[1] &&
                   items[2] <= side[2]
               ? TN_OK
               : fail_items(kernel, items);
}

/* A loop over rows would see the first one alone, and nobody would be told. */
static tn_status check_dimensions(const tn_kernel *kernel, const tn_grid *grid)
{
    uint32_t wanted = kernel->info.dimensions;
    uint32_t counted = grid->items[2] > 1 ? 3 : grid->items[1] > 1 ? 2 : 1;
    uint32_t given = grid->dimensions > counted ? grid->dimensions : counted;

    return wanted <= given
               ? TN_OK
               : tn_fail(TN_ERROR_RANGE,
                         "kernel %s has %u dimensions, the grid %u: all but "
                         "index 0 of the others would be left out; launch %s",
                         kernel->name, wanted, given,
                         wanted == 2 ? "tn_items2(x, y)"
                                     : "tn_items3(x, y, z)");
}

/* Groups of `width` elements in dimension d. */
static inline tn_status cut(const tn_kernel *kernel, const tn_grid *grid, int d,
                            uint64_t width, uint32_t *cut_groups)
{
    uint64_t groups =
        width == 1 ? grid->items[d] : tn_size_parts(grid->items[d], width);
    uint64_t items;

    if (groups > kernel->most_groups[d] && !tn_grid_is_empty(grid)) {
        return tn_fail(TN_ERROR_RANGE,
                       "kernel %s: %llu groups in %c; at most %u are "
                       "possible here",
                       kernel->name, (unsigned long long)groups, "xyz"[d],
                       kernel -> most_groups[d]);
    }
    if ((!tn_size_multiply(groups, width, &items) || items > TN_ITEMS_MAX) &&
        !tn_grid_is_empty(grid)) {
        return tn_fail(TN_ERROR_RANGE,
                       "kernel %s: %llu items in %c; kernels count to "
                       "%llu; launch it in parts",
                       kernel->name, (unsigned long long)(groups * width),
                       "xyz"[d], (unsigned long long)TN_ITEMS_MAX);
    }
    *cut_groups = (uint32_t)groups;
    return TN_OK;
}

static tn_status cut_into_groups(const tn_kernel *kernel, const tn_grid *grid,
                                 tn_plugin_launch *record)
{
    const uint32_t *items = record->items;
    tn_status status =
        cut(kernel, grid, 0, (uint64_t)items[0] * kernel->info.elements,
            &record->groups[0]);

    if (status == TN_OK) {
        status = cut(kernel, grid, 1, items[1], &record->groups[1]);
    }
    return status == TN_OK ? cut(kernel, grid, 2, items[2], &record->groups[2])
                           : status;
}

static tn_status check_local(const tn_kernel *kernel,
                             const tn_device_info *info, const tn_grid *grid,
                             const tn_argument *arguments, size_t count)
{
    uint64_t bytes = kernel->info.local_bytes + grid->local_bytes;

    if (bytes == 0 && !kernel->has_local) {
        return TN_OK;
    }
    for (size_t i = 0; i < count; ++i) {
        if (arguments[i].type == TN_TYPE_LOCAL) {
            bytes += arguments[i].bytes; /* at most 64 times 4 GiB */
        }
    }
    return info->local_bytes == 0 || bytes <= info->local_bytes
               ? TN_OK
               : tn_fail(TN_ERROR_RANGE,
                         "kernel %s: %llu bytes of group memory; a group has "
                         "at most %llu here",
                         kernel->name, (unsigned long long)bytes,
                         (unsigned long long)info->local_bytes);
}

tn_status tn_grid_encode(const tn_kernel *kernel, const tn_grid *grid,
                         const tn_argument *arguments, size_t count,
                         tn_plugin_launch *record)
{
    const tn_device_info *info = &kernel->module->object.device->info;
    tn_status status = check_dimensions(kernel, grid);

    if (status == TN_OK) {
        status = choose_items(kernel, grid, record->items);
    }
    if (status == TN_OK) {
        status = check_items(kernel, record->items);
    }
    if (status == TN_OK) {
        status = cut_into_groups(kernel, grid, record);
    }
    if (status == TN_OK) {
        status = check_local(kernel, info, grid, arguments, count);
    }
    record->local_bytes = grid->local_bytes;
    return status;
}
