/* SPDX-License-Identifier: MIT */
/* Running commands: claiming units of their work, and finishing them. */
#include "plugins/cpu/clock.h"
#include "plugins/cpu/command.h"
#include "plugins/cpu/cpu.h"
#include "plugins/cpu/fpu.h"
#include "plugins/cpu/graph.h"
#include "plugins/cpu/stream.h"

enum {
    FIRST_PART = 16, /* of short work is run first */
    WORTH_A_LOOK_TICKS = CPU_SHORT_TICKS / 16
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

bool cpu_command_has_seat_locked(const cpu_command *command)
{
    return command->active && cpu_command_is_claimable(command) &&
           command->runners < command->instance->places.threads;
}

uint64_t cpu_command_shares(const cpu_command *command)
{
    return command->kind == CPU_GRAPH
               ? cpu_graph_shares(command)
               : (command->units - 1) / command->chunk + 1;
}

uint64_t cpu_command_chunk_time(const cpu_command *command)
{
    switch (command->kind) {
    case CPU_LAUNCH:
        return cpu_launch_time(command->as.launch.kernel, command->chunk);
    case CPU_COPY:
    case CPU_FILL:
        return CPU_PIECE_TIME;
    case CPU_GRAPH:
        return cpu_graph_chunk_time(command);
    default:
        return TN_FOREVER;
    }
}

static void run_units(cpu_command *command, uint64_t begin, uint64_t end,
                      cpu_scratch *scratch)
{
    switch (command->kind) {
    case CPU_LAUNCH:
        cpu_launch_run(&command->as.launch, command->as.launch.arguments, begin,
                       end, command->stream, scratch);
        break;
    case CPU_COPY:
        cpu_copy_run(&command->as.copy, begin, end);
        break;
    case CPU_FILL:
        cpu_fill_run(&command->as.fill, begin, end);
        break;
    case CPU_CALL:
        command->as.call.function(command->as.call.data,
                                  cpu_stream_failure(command->stream));
        break;
    case CPU_RETIRE:
        cpu_object_unreference(command->as.retired);
        break;
    case CPU_GRAPH: /* claims by itself */
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

uint64_t cpu_first_part(uint64_t units)
{
    return 1 + units / FIRST_PART;
}

bool cpu_is_slow(uint64_t ticks, uint64_t ran, uint64_t units)
{
    return ticks * units > 2 * CPU_SHORT_TICKS * ran;
}

/* What a launch took, extrapolated from what has run of it. */
static void note_pace(const cpu_command *command, uint64_t ticks, uint64_t ran)
{
    if (command->kind == CPU_LAUNCH) {
        cpu_launch_note_pace(command->as.launch.kernel, ticks, ran);
    }
}

/*
 * Runs some units and tells from the clock whether the work is slow. If it is
 * not, the rest follows, and is timed too where it is long enough for that.
 * Nothing is learnt from less: the pace is short enough, and many may read it.
 *
 * @param done  units that ran before; those that ran then
 */
static bool run_timed(cpu_command *command, cpu_scratch *scratch,
                      uint64_t *done)
{
    uint64_t units = command->units;
    uint64_t first = *done;
    uint64_t ran = first > 0 ? 1 : cpu_first_part(units);
    uint64_t begin = cpu_ticks();

    run_units(command, first, first + ran, scratch);
    *done = first + ran;
    uint64_t took = cpu_ticks() - begin;
    bool is_slow = *done < units && cpu_is_slow(took, ran, units);
    bool is_worth_a_look = took * units > WORTH_A_LOOK_TICKS * ran;

    if (!is_slow && *done < units) {
        run_units(command, *done, units, scratch);
        *done = units;
        if (is_worth_a_look) {
            took = cpu_ticks() - begin;
            ran = units - first;
        }
    }
    if (is_worth_a_look) {
        note_pace(command, took, ran);
    }
    command->stream->looked_at = begin + took;
    return is_slow;
}

/*
 * The clock is a tenth of a launch of almost nothing, so it is asked once where
 * launches follow fast on each other: the first units cannot have begun before
 * the stream's last look. False where that does not tell that the work is short.
 */
static bool run_fast(cpu_command *command, cpu_scratch *scratch, uint64_t *done)
{
    tn_plugin_stream *stream = command->stream;
    uint64_t units = command->units;
    uint64_t ran = cpu_first_part(units);

    if (ran == units) {
        return false;
    }
    run_units(command, 0, ran, scratch);
    uint64_t now = cpu_ticks();
    bool is_fast = !cpu_is_slow(now - stream->looked_at, ran, units);

    stream->looked_at = now;
    *done = ran;
    if (is_fast) {
        run_units(command, ran, units, scratch);
    }
    return is_fast;
}

/*
 * A command taken as a whole, since it should be short. False if it is not, and
 * others were called.
 */
static bool run_whole(cpu_command *command, cpu_scratch *scratch)
{
    uint64_t done = 0;

    if (run_fast(command, scratch, &done) ||
        !run_timed(command, scratch, &done)) {
        return true;
    }
    cpu_stream_share_head(command->stream, command, done);
    return false;
}

/* Chunk by chunk. */
static uint64_t run_shared(cpu_command *command, cpu_scratch *scratch,
                           uint64_t limit)
{
    uint64_t begin = cpu_ticks();
    uint64_t ran = 0;

    while (limit == TN_FOREVER || cpu_now() < limit) {
        uint64_t more = claim(command, command->chunk, scratch);

        if (more == 0) {
            break;
        }
        ran += more;
    }
    if (ran > 0) {
        note_pace(command, cpu_ticks() - begin, ran);
    }
    return ran;
}

/* True if this thread ended the command. */
static bool run_claimed(cpu_command *command, cpu_scratch *scratch,
                        uint64_t limit)
{
    if (command->kind == CPU_GRAPH) {
        return cpu_graph_run(command, scratch, limit);
    }
    if (command->whole && run_whole(command, scratch)) {
        return true;
    }
    uint64_t ran = run_shared(command, scratch, limit);

    return ran > 0 && atomic_fetch_add_explicit(&command->finished, ran,
                                                memory_order_acq_rel) +
                              ran ==
                          command->units;
}

static uint64_t dynamic_bytes_of(const cpu_command *command)
{
    switch (command->kind) {
    case CPU_LAUNCH:
        return command->as.launch.range.dynamic_bytes;
    case CPU_GRAPH:
        return command->as.graph.graph->dynamic_bytes;
    default:
        return 0;
    }
}

/* Group memory for this run; NULL where none is needed, or none left. */
static cpu_scratch *find_scratch(cpu_command *command, const cpu_runner *runner)
{
    cpu_pool *pool = &command->instance->pool;

    if (dynamic_bytes_of(command) == 0) {
        return NULL;
    }
    return runner->arena != NULL ? runner->arena : cpu_scratch_borrow(pool);
}

static bool has_room(cpu_command *command, cpu_scratch *scratch)
{
    return scratch != NULL &&
           cpu_scratch_reserve(&command->instance->pool, scratch,
                               dynamic_bytes_of(command));
}

/* True if this thread ended the command. */
static bool run_with(cpu_command *command, cpu_scratch *scratch,
                     const cpu_runner *runner)
{
    cpu_fpu mode = cpu_fpu_enter();
    bool ended = run_claimed(
        command, has_room(command, scratch) ? scratch : NULL, runner->limit);

    cpu_fpu_leave(mode);
    if (scratch != NULL && scratch != runner->arena) {
        cpu_scratch_return(&command->instance->pool, scratch);
    }
    return ended;
}

void cpu_command_run(cpu_command *command, const cpu_runner *runner)
{
    if (run_with(command, find_scratch(command, runner), runner)) {
        cpu_stream_finish_head(command->stream, command, runner->of_pool);
        return;
    }
    atomic_fetch_sub_explicit(&command->runners, 1, memory_order_relaxed);
    if (cpu_command_is_claimable(command)) {
        /* its limit is over, the work is not: others have its seat */
        cpu_stream_share_head(command->stream, command, 0);
    }
    cpu_command_unreference(command);
}
