/* SPDX-License-Identifier: MIT */
#include "plugins/cpu/command.h"

#include "plugins/cpu/cpu.h"
#include "plugins/cpu/graph.h"
#include "plugins/cpu/memory.h"
#include "plugins/cpu/stream.h"

enum {
    TAIL_ALIGNMENT = 16,
    TAIL_BYTES = 512, /* sixteen arguments, or a small copy */
    MADE_AT_ONCE = 2,
    KEPT = 256 /* at most, for a stream that queued more */
};

static size_t tail_offset(void)
{
    return (sizeof(cpu_command) + TAIL_ALIGNMENT - 1) / TAIL_ALIGNMENT *
           TAIL_ALIGNMENT;
}

void *cpu_command_tail(cpu_command *command)
{
    return (char *)command + tail_offset();
}

/* ---- where they come from ---- */

static cpu_command *allocate(tn_plugin_stream *stream, size_t tail)
{
    tn_plugin_instance *instance = stream->instance;
    size_t bytes = tail_offset() + (tail > TAIL_BYTES ? tail : TAIL_BYTES);
    cpu_command *command =
        instance->host->allocate(instance->host_data, bytes, 0);

    if (command != NULL) {
        command->instance = instance;
        command->stream = stream;
        command->standard = tail <= TAIL_BYTES;
    }
    return command;
}

/*
 * Two: the next launch has one while the last one's comes back, and as few are
 * in the processor's caches.
 */
static void make_spare(tn_plugin_stream *stream)
{
    for (int i = 0; i < MADE_AT_ONCE; ++i) {
        cpu_command *command = allocate(stream, 0);

        if (command == NULL) {
            return;
        }
        command->next = stream->spare;
        stream->spare = command;
    }
}

static uint32_t returned_count(const tn_plugin_stream *stream)
{
    return atomic_load_explicit(&stream->returned_count, memory_order_relaxed);
}

static void set_returned_count(tn_plugin_stream *stream, uint32_t count)
{
    atomic_store_explicit(&stream->returned_count, count, memory_order_relaxed);
}

void cpu_command_take_back_locked(tn_plugin_stream *stream)
{
    cpu_command *last = stream->returned;

    if (last != NULL) {
        stream->returned = last->next;
        last->next = stream->spare;
        stream->spare = last;
        set_returned_count(stream, returned_count(stream) - 1);
    }
}

static void take_back_all(tn_plugin_stream *stream)
{
    cpu_lock_take(&stream->lock);
    stream->spare = stream->returned;
    stream->returned = NULL;
    set_returned_count(stream, 0);
    cpu_lock_release(&stream->lock);
}

/* Only the thread that uses the stream takes from its spare ones. */
static cpu_command *take_spare(tn_plugin_stream *stream)
{
    if (stream->spare == NULL && returned_count(stream) > 0) {
        take_back_all(stream);
    }
    if (stream->spare == NULL) {
        make_spare(stream);
    }
    cpu_command *command = stream->spare;

    if (command != NULL) {
        stream->spare = command->next;
    }
    return command;
}

void cpu_command_recycle_locked(cpu_command *command)
{
    tn_plugin_stream *stream = command->stream;

    if (command->kind == CPU_GRAPH) { /* late threads have looked at it */
        cpu_graph_destroy(command->as.graph.graph);
    }
    uint32_t kept = returned_count(stream);

    if (!command->standard || kept >= KEPT) {
        cpu_release(command->instance, command);
        return;
    }
    command->next = stream->returned;
    stream->returned = command;
    set_returned_count(stream, kept + 1);
}

static void init(cpu_command *command, cpu_kind kind)
{
    command->kind = kind;
    command->next = NULL;
    command->active = false;
    command->whole = false;
    atomic_init(&command->units, 0);
    command->chunk = 1;
    atomic_init(&command->references, 1);
    atomic_init(&command->brief, false);
    atomic_init(&command->runners, 0);
    atomic_init(&command->claimed, 0);
    atomic_init(&command->finished, 0);
}

cpu_command *cpu_command_create(tn_plugin_stream *stream, cpu_kind kind,
                                size_t tail)
{
    cpu_command *command =
        tail <= TAIL_BYTES ? take_spare(stream) : allocate(stream, tail);

    if (command == NULL) {
        cpu_fail_memory(stream->instance, "queued work");
        return NULL;
    }
    init(command, kind);
    if (kind == CPU_RECORD) {
        cpu_stream_reference(stream); /* events outlive streams */
    }
    return command;
}

cpu_command *cpu_command_create_retire(tn_plugin_stream *stream,
                                       cpu_object *object)
{
    cpu_command *command = allocate(stream, 0);

    if (command != NULL) {
        init(command, CPU_RETIRE);
        atomic_init(&command->units, 1);
        atomic_init(&command->brief, true);
        command->as.retired = object;
        cpu_object_reference(object);
    }
    return command;
}

void cpu_command_reference(cpu_command *command)
{
    atomic_fetch_add_explicit(&command->references, 1, memory_order_relaxed);
}

void cpu_command_unreference(cpu_command *command)
{
    if (atomic_fetch_sub_explicit(&command->references, 1,
                                  memory_order_acq_rel) != 1) {
        return;
    }
    tn_plugin_stream *stream = command->stream;
    bool outlived = command->kind == CPU_RECORD;

    cpu_lock_take(&stream->lock);
    cpu_command_recycle_locked(command);
    cpu_lock_release(&stream->lock);
    if (outlived) {
        cpu_stream_unreference(stream);
    }
}

/* ---- what they use ---- */

static bool is_object(const tn_plugin_memory *memory, const cpu_object *object)
{
    return memory != NULL && &memory->object == object;
}

bool cpu_command_uses(const cpu_command *command, const cpu_object *object)
{
    switch (command->kind) {
    case CPU_LAUNCH:
        return cpu_launch_uses(&command->as.launch, object);
    case CPU_COPY:
        return is_object(command->as.copy.memories[0], object) ||
               is_object(command->as.copy.memories[1], object);
    case CPU_FILL:
        return is_object(command->as.fill.memory, object);
    case CPU_GRAPH:
        return true;
    case CPU_CALL:
    case CPU_RECORD:
    case CPU_WAIT:
    case CPU_RETIRE:
        break;
    }
    return false;
}

/* ---- points ---- */

bool cpu_point_is_passed(cpu_command *point)
{
    return atomic_load_explicit(&point->as.record.waiting,
                                memory_order_acquire) == point;
}

cpu_command *cpu_point_pass(cpu_command *point)
{
    return atomic_exchange_explicit(&point->as.record.waiting, point,
                                    memory_order_acq_rel);
}

bool cpu_point_await(cpu_command *point, cpu_command *wait)
{
    cpu_command *first =
        atomic_load_explicit(&point->as.record.waiting, memory_order_acquire);

    do {
        if (first == point) {
            return false;
        }
        wait->as.wait.next = first;
    } while (!atomic_compare_exchange_weak_explicit(
        &point->as.record.waiting, &first, wait, memory_order_acq_rel,
        memory_order_acquire));
    return true;
}
