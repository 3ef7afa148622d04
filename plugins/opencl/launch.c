/* SPDX-License-Identifier: MIT */
/*
 * The way of a launch: the stream's object for the kernel, the arguments that
 * changed, the grid.
 */
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
    const tn_plugin_slot *slots = launch->slots;
    uint64_t differing =
        (bound->argument_count ^ launch->argument_count) |
        (bound->slot_count ^ launch->slot_count) |
        (bound->changes ^
         atomic_load_explicit(&stream->device->changes, memory_order_acquire));

    for (int i = 0; i < OCL_KIND_WORDS; ++i) {
        differing |= bound->kinds[i] ^ launch->kinds[i];
    }
    if (differing != 0) {
        return false;
    }
    for (uint32_t i = 0; i < launch->slot_count; ++i) {
        differing |= (bound->slots[i].words[0] ^ slots[i].words[0]) |
                     (bound->slots[i].words[1] ^ slots[i].words[1]);
    }
    return differing == 0;
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
    size_t items[3];
    size_t group[3];
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
    for (int d = 0; d < 3; ++d) {
        group[d] = launch->items[d];
        items[d] = group[d] * launch->groups[d];
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
