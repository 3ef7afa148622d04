/* SPDX-License-Identifier: MIT */
/* Running a graph's steps, one after another. */
#include "plugins/cpu/clock.h"
#include "plugins/cpu/cpu.h"
#include "plugins/cpu/fpu.h"
#include "plugins/cpu/graph.h"
#include "plugins/cpu/stream.h"

/* A thread that runs a graph. */
typedef struct running {
    cpu_command *command;
    const tn_plugin_graph *graph;
    const cpu_scratch *scratch;
    uint64_t limit;
    uint64_t ticks; /* when the step began that it runs */
} running;

static bool is_over(uint64_t limit)
{
    return limit != TN_FOREVER && cpu_now() >= limit;
}

static const cpu_step *open_step(const cpu_command *command)
{
    uint32_t step =
        atomic_load_explicit(&command->as.graph.step, memory_order_acquire);

    return &command->as.graph.graph->steps[step];
}

static bool is_short(const cpu_step *step)
{
    switch (step->kind) {
    case CPU_LAUNCH:
        return cpu_launch_is_short(step->as.launch.kernel,
                                   step->end - step->begin);
    case CPU_COPY:
        return cpu_copy_is_short(step->as.copy.bytes);
    default:
        return cpu_copy_is_short(step->as.fill.bytes);
    }
}

bool cpu_graph_is_short(const tn_plugin_graph *graph)
{
    uint32_t i = 0;

    while (i < graph->step_count && is_short(&graph->steps[i])) {
        ++i;
    }
    return i == graph->step_count;
}

uint64_t cpu_graph_shares(const cpu_command *command)
{
    const cpu_step *step = open_step(command);
    uint64_t units = step->end - step->begin;

    return units > 0 ? (units - 1) / step->chunk + 1 : 1;
}

uint64_t cpu_graph_chunk_time(const cpu_command *command)
{
    const cpu_step *step = open_step(command);

    return step->kind == CPU_LAUNCH
               ? cpu_launch_time(step->as.launch.kernel, step->chunk)
               : CPU_PIECE_TIME;
}

/* Units of the step, from 0. */
static void run_units(const running *r, const cpu_step *step, uint64_t begin,
                      uint64_t end)
{
    switch (step->kind) {
    case CPU_LAUNCH:
        (void)cpu_fpu_enter(); /* the step before may have changed it */
        cpu_launch_run(&step->as.launch,
                       r->command->as.graph.arguments + step->argument, begin,
                       end, r->command->stream, r->scratch);
        break;
    case CPU_COPY:
        cpu_copy_run(&step->as.copy, begin, end);
        break;
    default:
        cpu_fill_run(&step->as.fill, begin, end);
        break;
    }
}

static void note_pace(running *r, const cpu_step *step, uint64_t ran)
{
    uint64_t now = cpu_ticks();

    if (step->kind == CPU_LAUNCH) {
        cpu_launch_note_pace(step->as.launch.kernel, now - r->ticks, ran);
    }
    r->ticks = now;
}

/* ---- steps that others may share ---- */

/*
 * Takes some units of the open step. What is read of the step before the
 * exchange is right if that succeeds: until these units end, it stays open.
 */
static const cpu_step *claim(cpu_command *command, uint64_t *begin,
                             uint64_t *end)
{
    const cpu_step *step;

    *begin = atomic_load_explicit(&command->claimed, memory_order_relaxed);
    do {
        uint64_t units =
            atomic_load_explicit(&command->units, memory_order_acquire);

        if (*begin >= units) {
            return NULL;
        }
        step = open_step(command);
        *end = units - *begin < step->chunk ? units : *begin + step->chunk;
    } while (!atomic_compare_exchange_weak_explicit(&command->claimed, begin,
                                                    *end, memory_order_relaxed,
                                                    memory_order_relaxed));
    return step;
}

/* True for the thread that ended the step: the one to go on. */
static bool run_open(running *r, uint32_t *next)
{
    cpu_command *command = r->command;
    const cpu_step *step = NULL;
    uint64_t begin;
    uint64_t end;
    uint64_t ran = 0;

    while (!is_over(r->limit)) {
        const cpu_step *claimed = claim(command, &begin, &end);

        if (claimed == NULL) {
            break;
        }
        step = claimed; /* always the same: it cannot end before this thread */
        run_units(r, step, begin - step->begin, end - step->begin);
        ran += end - begin;
    }
    if (step == NULL) {
        return false;
    }
    note_pace(r, step, ran);
    *next = (uint32_t)(step - r->graph->steps) + 1;
    return atomic_fetch_add_explicit(&command->finished, ran,
                                     memory_order_acq_rel) +
               ran ==
           step->end;
}

/* Lets all claim what is left of a step. */
static void open_to_all(cpu_command *command, uint32_t index, uint64_t done)
{
    const cpu_step *step = &command->as.graph.graph->steps[index];
    uint64_t begin = step->begin + done;

    atomic_store_explicit(&command->as.graph.step, index, memory_order_release);
    atomic_store_explicit(&command->finished, begin, memory_order_relaxed);
    atomic_store_explicit(&command->claimed, begin, memory_order_relaxed);
    atomic_store_explicit(&command->units, step->end, memory_order_release);
    cpu_stream_share_head(command->stream, command, 0);
}

/* ---- steps that one thread runs ---- */

/* @return how many units it ran: not all if they are slow */
static uint64_t run_alone(running *r, const cpu_step *step)
{
    uint64_t units = step->end - step->begin;
    uint64_t some = cpu_first_part(units);

    run_units(r, step, 0, some);
    if (some < units) {
        if (cpu_is_slow(cpu_ticks() - r->ticks, some, units)) {
            return some;
        }
        run_units(r, step, some, units);
    }
    note_pace(r, step, units);
    return units;
}

/* True at the graph's end, false once a step is open. */
static bool advance(running *r, uint32_t next)
{
    const tn_plugin_stream *stream = r->command->stream;

    for (; next < r->graph->step_count; ++next) {
        const cpu_step *step = &r->graph->steps[next];
        uint64_t done = 0;

        if (cpu_stream_failure(stream) != TN_OK) {
            return true; /* the input of what follows is missing */
        }
        if (step->begin < step->end && is_short(step) && !is_over(r->limit)) {
            done = run_alone(r, step);
        }
        if (done < step->end - step->begin) {
            open_to_all(r->command, next, done);
            return false;
        }
    }
    return true;
}

static bool start(cpu_command *command)
{
    uint64_t none = 0;

    return atomic_compare_exchange_strong_explicit(&command->claimed, &none, 1,
                                                   memory_order_relaxed,
                                                   memory_order_relaxed);
}

bool cpu_graph_run(cpu_command *command, const cpu_scratch *scratch,
                   uint64_t limit)
{
    running r = {.command = command,
                 .graph = command->as.graph.graph,
                 .scratch = scratch,
                 .limit = limit,
                 .ticks = cpu_ticks()};
    uint32_t next = 0;
    bool mine = start(command) || run_open(&r, &next);

    while (mine) {
        if (advance(&r, next)) {
            return true;
        }
        /* who has a limit asks first whether a chunk fits */
        mine = limit == TN_FOREVER && run_open(&r, &next);
    }
    return false;
}
