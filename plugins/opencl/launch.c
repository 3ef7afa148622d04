/* SPDX-License-Identifier: MIT */
/*
 * The way of a launch: the stream's object for the kernel, the arguments that
 * changed, the grid.
 */
#include <string.h>

#include "plugins/opencl/device.h"
#include "plugins/opencl/kernel.h"
#include "plugins/opencl/module.h"
#include "plugins/opencl/names.h"
#include "plugins/opencl/stream.h"

/* Whether all arguments are set already. */
static inline bool is_set(const ocl_bound *bound,
                          const tn_plugin_stream *stream,
                          const tn_plugin_launch *launch)
{
    uint64_t differing =
        (bound->argument_count ^ launch->argument_count) |
        (bound->slot_count ^ launch->slot_count) |
        (bound->changes ^
         atomic_load_explicit(&stream->device->changes, memory_order_acquire));

    for (uint32_t i = 0; i * 16 < launch->argument_count; ++i) {
        differing |= bound->kinds[i] ^ launch->kinds[i];
    }
    return differing == 0 &&
           memcmp(bound->slots, launch->slots,
                  launch->slot_count * sizeof *launch->slots) == 0;
}

static tn_status fail_launch(const tn_plugin_kernel *kernel,
                             const tn_plugin_launch *launch, cl_int code)
{
    const tn_plugin_device *device = kernel->module->device;
    const uint32_t *side = device->info.max_items_dim;

    return ocl_fail_code(
        device->instance, code,
        "kernel %s: %u x %u x %u groups of %u x %u x %u items, with %u "
        "arguments; %s takes groups of at most %u items and %u x %u x %u",
        kernel->name, (unsigned)launch->groups[0], (unsigned)launch->groups[1],
        (unsigned)launch->groups[2], (unsigned)launch->items[0],
        (unsigned)launch->items[1], (unsigned)launch->items[2],
        (unsigned)launch->argument_count, device->info.name,
        (unsigned)kernel->info.max_items, (unsigned)side[0], (unsigned)side[1],
        (unsigned)side[2]);
}

tn_status ocl_launch(tn_plugin_stream *stream, tn_plugin_kernel *kernel,
                     const tn_plugin_launch *launch)
{
    const ocl_symbols *cl = &stream->instance->cl;
    ocl_bound *bound = stream->recent;
    const size_t group[3] = {launch->items[0], launch->items[1],
                             launch->items[2]};
    const size_t items[3] = {group[0] * launch->groups[0],
                             group[1] * launch->groups[1],
                             group[2] * launch->groups[2]};
    cl_event event = NULL;

    if (bound == NULL ||
        atomic_load_explicit(&bound->kernel, memory_order_relaxed) != kernel) {
        bound = ocl_bound_find(stream, kernel);
        if (bound == NULL) {
            return TN_ERROR_NO_MEMORY;
        }
    }
    if (!is_set(bound, stream, launch)) {
        tn_status status = ocl_bound_set(bound, stream, kernel, launch);

        if (status != TN_OK) {
            return status;
        }
    }
    cl_int code = cl->EnqueueNDRangeKernel(stream->queue, bound->object, 3,
                                           NULL, items, group, 0, NULL, &event);

    if (__builtin_expect(code != CL_SUCCESS, 0)) {
        return fail_launch(kernel, launch, code);
    }
    ocl_stream_advance(stream, event);
    (void)cl->Flush(stream->queue); /* what it fails for, a wait tells */
    return TN_OK;
}
