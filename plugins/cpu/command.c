/* SPDX-License-Identifier: MIT */
#include "plugins/cpu/command.h"

#include "plugins/cpu/cpu.h"
#include "plugins/cpu/fpu.h"
#include "plugins/cpu/memory.h"
#include "plugins/cpu/stream.h"

enum {
    TAIL_ALIGNMENT = 16
};

static size_t tail_offset(void)
{
    return (sizeof(cpu_command) + TAIL_ALIGNMENT - 1) / TAIL_ALIGNMENT *
           TAIL_ALIGNMENT;
}

cpu_command *cpu_command_create(tn_plugin_stream *stream, cpu_kind kind,
                                size_t tail)
{
    cpu_command *command = cpu_allocate(stream->instance, tail_offset() + tail);

    if (command == NULL) {
        cpu_fail_memory(stream->instance, "queued work");
        return NULL;
    }
    command->instance = stream->instance;
    command->stream = stream;
    command->kind = kind;
    command->chunk = 1;
    command->holding = true;
    atomic_init(&command->references, 1);
    if (kind == CPU_RECORD) {
        cpu_stream_reference(stream); /* events outlive streams */
    }
    return command;
}

void *cpu_command_tail(cpu_command *command)
{
    return (char *)command + tail_offset();
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
    tn_plugin_instance *instance = command->instance;

    if (command->kind == CPU_RECORD) {
        cpu_stream_unreference(command->stream);
    }
    cpu_release(instance, command);
}

void cpu_command_release_used(cpu_command *command)
{
    if (!command->holding) {
        return;
    }
    command->holding = false;
    switch (command->kind) {
    case CPU_LAUNCH:
        cpu_launch_release(command);
        break;
    case CPU_COPY:
        for (int i = 0; i < 2; ++i) {
            if (command->as.copy.memories[i] != NULL) {
                cpu_memory_unreference(command->as.copy.memories[i]);
            }
        }
        break;
    case CPU_FILL:
        cpu_memory_unreference(command->as.fill.memory);
        break;
    case CPU_WAIT:
        cpu_command_unreference(command->as.wait.point);
        break;
    case CPU_CALL:
    case CPU_RECORD:
        break;
    }
}

bool cpu_command_is_claimable(const cpu_command *command)
{
    return atomic_load_explicit(&command->claimed, memory_order_relaxed) <
           command->units;
}

static void run_units(cpu_command *command, uint64_t begin, uint64_t end,
                      cpu_scratch *scratch)
{
    switch (command->kind) {
    case CPU_LAUNCH:
        cpu_launch_run(command, begin, end, scratch);
        break;
    case CPU_COPY:
        cpu_copy_run(command, begin, end);
        break;
    case CPU_FILL:
        cpu_fill_run(command, begin, end);
        break;
    case CPU_CALL:
        command->as.call.function(command->as.call.data,
                                  cpu_stream_failure(command->stream));
        break;
    case CPU_RECORD:
    case CPU_WAIT:
        break; /* nothing to claim */
    }
}

/* @return how many units this thread has run */
static uint64_t claim_and_run(cpu_command *command, cpu_scratch *scratch)
{
    uint64_t ran = 0;

    for (;;) {
        uint64_t begin = atomic_fetch_add_explicit(
            &command->claimed, command->chunk, memory_order_relaxed);

        if (begin >= command->units) {
            return ran;
        }
        uint64_t left = command->units - begin;
        uint64_t take = left < command->chunk ? left : command->chunk;

        run_units(command, begin, begin + take, scratch);
        ran += take;
    }
}

void cpu_command_run(cpu_command *command)
{
    cpu_pool *pool = &command->instance->pool;
    cpu_scratch *scratch = NULL;

    if (!cpu_command_is_claimable(command)) {
        return;
    }
    if (command->kind == CPU_LAUNCH && command->as.launch.dynamic_bytes > 0) {
        scratch = cpu_pool_borrow(pool, command->as.launch.dynamic_bytes);
    }
    cpu_fpu mode = cpu_fpu_enter();
    uint64_t ran = claim_and_run(command, scratch);

    cpu_fpu_leave(mode);
    cpu_pool_return(pool, scratch);
    if (ran > 0 && atomic_fetch_add_explicit(&command->finished, ran,
                                             memory_order_acq_rel) +
                           ran ==
                       command->units) {
        cpu_command_release_used(command);
        cpu_pool_remove(pool, command);
        cpu_stream_finish_head(command->stream);
    }
}

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
