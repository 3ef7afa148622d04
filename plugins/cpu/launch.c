/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <tenon/kernel/entry.h>

#include "common/size.h"
#include "plugins/cpu/command.h"
#include "plugins/cpu/cpu.h"
#include "plugins/cpu/memory.h"
#include "plugins/cpu/module.h"
#include "plugins/cpu/stream.h"

enum {
    /* How finely groups are shared out: by number, and by time if it is known. */
    CHUNKS_PER_THREAD = 8,
    CHUNK_TICKS = 5 * CPU_SHORT_TICKS,
    PACE_UNIT = 16 /* parts of a tick that a pace counts */
};

/* ---- running groups ---- */

void cpu_launch_run(const cpu_launch_work *work, void *const *arguments,
                    uint64_t begin, uint64_t end, tn_plugin_stream *stream,
                    const cpu_scratch *scratch)
{
    tn_group_range range = work->range;

    range.begin = begin;
    range.end = end;
    if (range.dynamic_bytes > 0) {
        if (scratch == NULL) {
            cpu_stream_fail(stream, TN_ERROR_NO_MEMORY,
                            "no memory for %llu bytes of group memory in "
                            "kernel %s",
                            (unsigned long long)range.dynamic_bytes,
                            work->kernel->name);
            return;
        }
        range.dynamic = scratch->block;
    }
    work->kernel->entry(&range, arguments);
}

bool cpu_launch_uses(const cpu_launch_work *work, const cpu_object *object)
{
    const tn_plugin_kernel *kernel = work->kernel;
    const tn_plugin_slot *slot = work->slots;
    bool uses = object == &kernel->module->object;

    for (uint32_t i = 0; i < kernel->parameter_count && !uses; ++i) {
        uint32_t type = cpu_kernel_type(kernel, i);

        uses = type == TN_TYPE_BUFFER && slot->words[1] == (uintptr_t)object;
        slot += cpu_slots_of(type, slot);
    }
    return uses;
}

/* ---- how long groups take ---- */

static uint64_t pace_of(const tn_plugin_kernel *kernel)
{
    return atomic_load_explicit(&kernel->pace, memory_order_relaxed);
}

/* One slow run among fast ones counts little: a thread had to wait, maybe. */
void cpu_launch_note_pace(tn_plugin_kernel *kernel, uint64_t ticks,
                          uint64_t groups)
{
    uint64_t known = pace_of(kernel);
    uint64_t pace = 1 + ticks * PACE_UNIT / groups;

    if (known != 0 && pace > 4 * known) {
        pace = 4 * known;
    }
    if (known == 0 || pace > 2 * known || pace < known / 2) {
        atomic_store_explicit(&kernel->pace, pace, memory_order_relaxed);
    }
}

bool cpu_launch_is_short(const tn_plugin_kernel *kernel, uint64_t groups)
{
    uint64_t pace = pace_of(kernel);
    uint64_t all;

    return pace != 0 && tn_size_multiply(pace, groups, &all) &&
           all <= CPU_SHORT_TICKS * PACE_UNIT;
}

uint64_t cpu_launch_time(const tn_plugin_kernel *kernel, uint64_t groups)
{
    uint64_t pace = pace_of(kernel);
    uint64_t time;

    return pace != 0 && tn_size_multiply(pace, groups, &time) ? time / PACE_UNIT
                                                              : TN_FOREVER;
}

/*
 * At the end threads wait for the last chunk: of a long launch an eighth of a
 * thread's share would be a large part.
 */
uint64_t cpu_launch_chunk(const tn_plugin_kernel *kernel, uint64_t groups)
{
    uint64_t threads = kernel->module->instance->places.threads;
    uint64_t chunk = groups / (threads * CHUNKS_PER_THREAD);
    uint64_t pace = pace_of(kernel);
    uint64_t timed =
        pace != 0 ? (uint64_t)CHUNK_TICKS * PACE_UNIT / pace : chunk;

    chunk = timed < chunk ? timed : chunk;
    return chunk > 0 ? chunk : 1;
}

/* ---- checks: the host has made them, a crash would be worse ---- */

/*
 * The kinds have been compared, and how many slots there are: without structs,
 * one for each.
 */
static bool structs_fit(const tn_plugin_kernel *kernel,
                        const tn_plugin_slot *slot)
{
    if (kernel->slot_count == kernel->parameter_count) {
        return true;
    }
    for (uint32_t i = 0; i < kernel->parameter_count; ++i) {
        const tn_parameter *parameter = &kernel->parameters[i];

        if (parameter->type == TN_TYPE_STRUCT &&
            slot->bytes != parameter->bytes) {
            return false;
        }
        slot += cpu_parameter_slots(parameter);
    }
    return true;
}

static tn_status check_arguments(tn_plugin_instance *instance,
                                 const tn_plugin_kernel *kernel,
                                 const tn_plugin_launch *launch)
{
    if (launch->argument_count != kernel->parameter_count) {
        return cpu_fail(instance, TN_ERROR_SIGNATURE,
                        "kernel %s takes %u arguments, not %u", kernel->name,
                        (unsigned)kernel->parameter_count,
                        (unsigned)launch->argument_count);
    }
    if (memcmp(launch->kinds, kernel->kinds, sizeof kernel->kinds) != 0 ||
        launch->slot_count != kernel->slot_count ||
        !structs_fit(kernel, launch->slots)) {
        return cpu_fail(instance, TN_ERROR_SIGNATURE,
                        "arguments of other kinds or sizes than kernel %s "
                        "takes",
                        kernel->name);
    }
    return TN_OK;
}

static tn_status check_items(tn_plugin_instance *instance,
                             const tn_plugin_kernel *kernel,
                             const uint32_t items[3])
{
    uint64_t product = (uint64_t)items[0] * items[1];

    if (product == 0 || product > CPU_ITEMS_MAX || items[2] == 0 ||
        product * items[2] > CPU_ITEMS_MAX) {
        return cpu_fail(instance, TN_ERROR_RANGE,
                        "kernel %s: groups of %u x %u x %u items; they have 1 "
                        "to %d",
                        kernel->name, (unsigned)items[0], (unsigned)items[1],
                        (unsigned)items[2], CPU_ITEMS_MAX);
    }
    if (kernel->items[0] != 0 &&
        memcmp(items, kernel->items, sizeof kernel->items) != 0) {
        return cpu_fail(instance, TN_ERROR_RANGE,
                        "kernel %s: groups of %u x %u x %u items; it takes "
                        "%u x %u x %u only",
                        kernel->name, (unsigned)items[0], (unsigned)items[1],
                        (unsigned)items[2], (unsigned)kernel->items[0],
                        (unsigned)kernel->items[1], (unsigned)kernel->items[2]);
    }
    return TN_OK;
}

static tn_status count_groups(tn_plugin_instance *instance,
                              const tn_plugin_kernel *kernel,
                              const uint32_t groups[3], uint64_t *count)
{
    if (!tn_size_multiply((uint64_t)groups[0] * groups[1], groups[2], count) ||
        *count == 0 || *count > (uint64_t)INT64_MAX) {
        return cpu_fail(instance, TN_ERROR_RANGE,
                        "kernel %s: a grid of %u x %u x %u groups",
                        kernel->name, (unsigned)groups[0], (unsigned)groups[1],
                        (unsigned)groups[2]);
    }
    return TN_OK;
}

static tn_status check(tn_plugin_instance *instance,
                       const tn_plugin_kernel *kernel,
                       const tn_plugin_launch *launch, uint64_t *groups)
{
    tn_status status = check_arguments(instance, kernel, launch);

    if (status == TN_OK) {
        status = check_items(instance, kernel, launch->items);
    }
    if (status == TN_OK) {
        status = count_groups(instance, kernel, launch->groups, groups);
    }
    return status;
}

/* ---- the work ---- */

/*
 * Takes the next block of group memory; offsets are multiples of the alignment.
 */
static uint64_t place(uint64_t *used, uint64_t bytes)
{
    uint64_t offset = *used;

    if (bytes > CPU_LOCAL_BYTES) {
        bytes = CPU_LOCAL_BYTES + 1; /* too much; no sum can overflow */
    }
    *used += (bytes + CPU_ALIGNMENT - 1) / CPU_ALIGNMENT * CPU_ALIGNMENT;
    return offset;
}

void cpu_slot_set_buffer(tn_plugin_slot *slot, tn_plugin_memory *memory,
                         uint64_t offset)
{
    void *address = memory != NULL ? memory->bytes + offset : NULL;

    memcpy(&slot->words[0], &address, sizeof address);
    slot->words[1] = (uintptr_t)memory;
}

/*
 * Copies one argument and makes of it what a kernel wants to see. A buffer that
 * a graph binds later is missing.
 *
 * @return what its value begins with
 */
static tn_plugin_slot *put_argument(uint32_t type, const tn_plugin_slot *from,
                                    tn_plugin_slot *to, uint64_t *local_bytes)
{
    switch (type) {
    case TN_TYPE_BUFFER:
        cpu_slot_set_buffer(to, from->buffer.memory, from->buffer.offset);
        return to;
    case TN_TYPE_LOCAL:
        to->words[0] = place(local_bytes, from->bytes);
        return to;
    case TN_TYPE_STRUCT: /* follows its size */
        memcpy(to, from, cpu_struct_slots(from->bytes) * sizeof *to);
        return to + 1;
    default:
        *to = *from;
        return to;
    }
}

static void put_arguments(const cpu_launch_work *work,
                          const tn_plugin_slot *from, uint64_t *local_bytes)
{
    const tn_plugin_kernel *kernel = work->kernel;
    tn_plugin_slot *to = work->slots;

    for (uint32_t i = 0; i < kernel->parameter_count; ++i) {
        uint32_t type = cpu_kernel_type(kernel, i);
        uint32_t slots = cpu_slots_of(type, from);

        work->arguments[i] = put_argument(type, from, to, local_bytes);
        from += slots;
        to += slots;
    }
}

static void set_range(tn_group_range *range, const tn_plugin_launch *launch)
{
    range->size = sizeof *range;
    memcpy(range->groups, launch->groups, sizeof range->groups);
    memcpy(range->items, launch->items, sizeof range->items);
    range->reserved = 0;
    range->dynamic = NULL;
}

tn_status cpu_launch_set(cpu_launch_work *work, tn_plugin_instance *instance,
                         tn_plugin_kernel *kernel,
                         const tn_plugin_launch *launch, tn_plugin_slot *slots,
                         void **arguments, uint64_t *units)
{
    uint64_t local_bytes = 0;
    tn_status status = check(instance, kernel, launch, units);

    if (status != TN_OK) {
        return status;
    }
    work->kernel = kernel;
    work->slots = slots;
    work->arguments = arguments;
    set_range(&work->range, launch);
    place(&local_bytes, launch->local_bytes); /* the first block */
    put_arguments(work, launch->slots, &local_bytes);
    work->range.dynamic_bytes = local_bytes;
    if (local_bytes > CPU_LOCAL_BYTES) {
        return cpu_fail(instance, TN_ERROR_RANGE,
                        "kernel %s: more group memory than the %d bytes that "
                        "a group has",
                        kernel->name, CPU_LOCAL_BYTES);
    }
    return TN_OK;
}

/* ---- queueing ---- */

tn_status cpu_launch(tn_plugin_stream *stream, tn_plugin_kernel *kernel,
                     const tn_plugin_launch *launch)
{
    tn_plugin_instance *instance = stream->instance;
    size_t slot_bytes = kernel->slot_count * sizeof(tn_plugin_slot);
    size_t argument_bytes = kernel->parameter_count * sizeof(void *);
    uint64_t groups = 0;
    cpu_command *command =
        cpu_command_create(stream, CPU_LAUNCH, slot_bytes + argument_bytes);

    if (command == NULL) {
        return TN_ERROR_NO_MEMORY;
    }
    char *tail = cpu_command_tail(command);
    tn_status status =
        cpu_launch_set(&command->as.launch, instance, kernel, launch,
                       (tn_plugin_slot *)(void *)tail,
                       (void **)(void *)(tail + slot_bytes), &groups);

    if (status != TN_OK) {
        cpu_command_unreference(command);
        return status;
    }
    atomic_init(&command->units, groups);
    if (cpu_launch_is_short(kernel, groups)) {
        atomic_init(&command->brief, true);
    } else {
        command->chunk = cpu_launch_chunk(kernel, groups);
    }
    return cpu_stream_enqueue(stream, command);
}
