/* SPDX-License-Identifier: MIT */
/* Running commands: claiming units of their work, and finishing them. */
#include "plugins/cpu/clock.h"
#include "plugins/cpu/command.h"
#include "plugins/cpu/cpu.h"
#include "plugins/cpu/fpu.h"
#include "plugins/cpu/stream.h"

enum {
    FIRST_PART = 16 /* of short work is run first */
};

bool cpu_command_is_claimable(const cpu_command *command)
{
    return atomic_load_explicit(&command->claimed, memory_order_relaxed) <
           command->units;
}

bool cpu_command_is_short(const cpu_command *command)
{
    return atomic_load_explicit(&command->brief, memory_order_relaxed);
}

uint64_t cpu_command_shares(const cpu_command *command)
{
    return (command->units - 1) / command->chunk + 1;
}

uint64_t cpu_command_chunk_time(const cpu_command *command)
{
    enum {
        PIECE_TIME = 200000 /* of a copy, where memory is slow */
    };

    switch (command->kind) {
    case CPU_LAUNCH:
        return cpu_launch_time(command, command->chunk);
    case CPU_COPY:
    case CPU_FILL:
        return PIECE_TIME;
    default:
        return TN_FOREVER;
    }
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

/* @return how many units this thread has run; 0 when none was left */
static uint64_t claim(cpu_command *command, uint64_t chunk,
                      cpu_scratch *scratch)
{
    uint64_t begin = atomic_fetch_add_explicit(&command->claimed, chunk,
                                               memory_order_relaxed);

    if (begin >= command->units) {
        return 0;
    }
    uint64_t left = command->units - begin;
    uint64_t take = left < chunk ? left : chunk;

    run_units(command, begin, begin + take, scratch);
    return take;
}

/*
 * A command that should be short: some units, and then the rest. If the first
 * ones took so long that it is not, others are called.
 */
static uint64_t run_short(cpu_command *command, cpu_scratch *scratch)
{
    uint64_t some = 1 + command->units / FIRST_PART;
    uint64_t begin = cpu_ticks();
    uint64_t ran = claim(command, some, scratch);
    uint64_t took = cpu_ticks() - begin;

    if (took * command->units > 2 * CPU_SHORT_TICKS * some &&
        cpu_command_is_claimable(command)) {
        cpu_stream_share_head(command->stream, command);
    } else if (ran > 0) {
        ran += claim(command, command->units, scratch);
    }
    return ran;
}

/* Chunk by chunk. */
static uint64_t run_shared(cpu_command *command, cpu_scratch *scratch,
                           uint64_t limit, uint64_t ran)
{
    while (limit == TN_FOREVER || cpu_now() < limit) {
        uint64_t more = claim(command, command->chunk, scratch);

        if (more == 0) {
            break;
        }
        ran += more;
    }
    return ran;
}

static uint64_t run_mine(cpu_command *command, cpu_scratch *scratch,
                         uint64_t limit)
{
    uint64_t begin = cpu_ticks();
    uint64_t ran = 0;

    if (cpu_command_is_short(command)) {
        ran = run_short(command, scratch);
    }
    if (cpu_command_is_claimable(command)) {
        ran = run_shared(command, scratch, limit, ran);
    }
    if (command->kind == CPU_LAUNCH && ran > 0) {
        cpu_launch_note_pace(command, cpu_ticks() - begin, ran);
    }
    return ran;
}

/* Group memory for this run; NULL where none is needed, or none left. */
static cpu_scratch *find_scratch(cpu_command *command, const cpu_runner *runner)
{
    cpu_pool *pool = &command->instance->pool;

    if (command->kind != CPU_LAUNCH || command->as.launch.dynamic_bytes == 0) {
        return NULL;
    }
    return runner->arena != NULL ? runner->arena : cpu_scratch_borrow(pool);
}

static bool has_room(cpu_command *command, cpu_scratch *scratch)
{
    return scratch != NULL &&
           cpu_scratch_reserve(&command->instance->pool, scratch,
                               command->as.launch.dynamic_bytes);
}

/* @return how many units this thread has run */
static uint64_t run_with(cpu_command *command, cpu_scratch *scratch,
                         const cpu_runner *runner)
{
    cpu_fpu mode = cpu_fpu_enter();
    uint64_t ran = run_mine(
        command, has_room(command, scratch) ? scratch : NULL, runner->limit);

    cpu_fpu_leave(mode);
    if (scratch != NULL && scratch != runner->arena) {
        cpu_scratch_return(&command->instance->pool, scratch);
    }
    return ran;
}

void cpu_command_run(cpu_command *command, const cpu_runner *runner)
{
    uint64_t ran = run_with(command, find_scratch(command, runner), runner);

    if (ran > 0 && atomic_fetch_add_explicit(&command->finished, ran,
                                             memory_order_acq_rel) +
                           ran ==
                       command->units) {
        cpu_command_release_used(command);
        cpu_stream_finish_head(command->stream, command, runner->of_pool);
        return;
    }
    atomic_fetch_sub_explicit(&command->runners, 1, memory_order_relaxed);
    if (cpu_command_is_claimable(command)) {
        /* its limit is over, the work is not */
        cpu_pool_call(&command->instance->pool, 1);
    }
    cpu_command_unreference(command);
}
