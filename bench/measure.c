/* SPDX-License-Identifier: MIT */
#include "bench/measure.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/statistics.h"

enum {
    WARM_UP_RUNS = 3,
    SETTLE_NANOSECONDS = 9000000 /* libgomp spins for 8 ms: measured */
};

/* What all runs of one side took, in nanoseconds. */
typedef struct times {
    double *runs; /* one batch behind the other */
    tn_figures figures;
} times;

void measure_die(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
    va_end(values);
    exit(EXIT_FAILURE);
}

/* ---- measuring ---- */

static void settle(void)
{
    nanosleep(&(struct timespec){0, SETTLE_NANOSECONDS}, NULL);
}

/*
 * A counter that is read in a third of the clock's time: an empty launch takes
 * no more than four readings of the clock.
 */
static uint64_t ticks(void)
{
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#else
    return tn_clock_now();
#endif
}

/* Puts ticks into `runs`; false if these are the side's own nanoseconds. */
static bool time_runs(const measure_side *side, uint32_t batch, double *runs)
{
    bool by_side = false;
    uint64_t before = ticks();

    for (uint32_t i = 0; i < batch; ++i) {
        uint64_t own = side->run(side->data);
        uint64_t after = ticks();

        runs[i] = (double)(own != 0 ? own : after - before);
        by_side |= own != 0;
        before = after;
    }
    return !by_side;
}

/* The clock is read around a batch, and so tells what a tick of that is. */
static void run_batch(const measure_side *side, uint32_t batch, double *runs)
{
    settle();
    memset(runs, 0, batch * sizeof *runs); /* no run waits for that memory */
    uint64_t begin = tn_clock_now();
    uint64_t first = ticks();

    if (!time_runs(side, batch, runs)) {
        return;
    }
    uint64_t counted = ticks() - first;
    double tick = (double)(tn_clock_now() - begin) / (double)counted;

    for (uint32_t i = 0; i < batch; ++i) {
        runs[i] *= tick;
    }
}

static double *new_numbers(size_t count)
{
    double *numbers = malloc(count * sizeof *numbers);

    if (numbers == NULL) {
        measure_die("no memory for %zu times", count);
    }
    return numbers;
}

static void warm_up(const measure_case *what)
{
    for (int i = 0; i < WARM_UP_RUNS; ++i) {
        what->ours.run(what->ours.data);
        what->peer.run(what->peer.data);
    }
}

/* Who begins takes turns, too: the other finds the machine as it was left. */
static void alternate(const measure_case *what, times *ours, times *peer)
{
    for (size_t i = 0; i < what->pairs; ++i) {
        double *a = ours->runs + i * what->batch;
        double *b = peer->runs + i * what->batch;

        if (i % 2 == 0) {
            run_batch(&what->ours, what->batch, a);
            run_batch(&what->peer, what->batch, b);
        } else {
            run_batch(&what->peer, what->batch, b);
            run_batch(&what->ours, what->batch, a);
        }
    }
}

/* Sorts the runs of each pair. */
static void read_ratios(const measure_case *what, times *ours, times *peer,
                        double *ratios)
{
    for (size_t i = 0; i < what->pairs; ++i) {
        size_t first = i * what->batch;

        ratios[i] = tn_median_read(ours->runs + first, what->batch).value /
                    tn_median_read(peer->runs + first, what->batch).value;
    }
}

/* ---- the table ---- */

void measure_title(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    vprintf(format, values);
    va_end(values);
    puts("\n");
}

void measure_table_begin(void)
{
    puts("| case | peer | median us, ours | peer's | ratio (95 %) "
         "| of means | of p99 | p99 us, ours | peer's | max us, ours | peer's "
         "| goal | |");
    puts("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    fflush(stdout);
}

static bool is_met(const measure_case *what, double ratio, double of_means,
                   double of_p99)
{
    return what->judge == MEASURE_MEDIAN
               ? ratio <= what->goal
               : of_means <= what->goal && of_p99 <= what->goal;
}

static void print_row(const measure_case *what, const tn_figures *ours,
                      const tn_figures *peer, double *ratios)
{
    tn_median ratio = tn_median_read(ratios, what->pairs);
    double of_means = ours->mean / peer->mean;
    double of_p99 = ours->p99 / peer->p99;

    printf(
        "| %s | %s | %.2f | %.2f | %.4f (%.4f to %.4f) | %.3f | %.3f "
        "| %.2f | %.2f | %.0f | %.0f | %s %.4g | %s |\n",
        what->name, what->peer.name, 1e-3 * ours->median, 1e-3 * peer->median,
        ratio.value, ratio.low, ratio.high, of_means, of_p99, 1e-3 * ours->p99,
        1e-3 * peer->p99, 1e-3 * ours->max, 1e-3 * peer->max,
        what->judge == MEASURE_MEDIAN ? "ratio" : "means and p99", what->goal,
        is_met(what, ratio.value, of_means, of_p99) ? "met" : "**missed**");
    fflush(stdout);
}

void measure_run(const measure_case *what)
{
    size_t runs = (size_t)what->pairs * what->batch;
    times ours = {.runs = new_numbers(runs)};
    times peer = {.runs = new_numbers(runs)};
    double *ratios = new_numbers(what->pairs);

    warm_up(what);
    alternate(what, &ours, &peer);
    read_ratios(what, &ours, &peer, ratios);
    tn_figures_read(&ours.figures, ours.runs, runs);
    tn_figures_read(&peer.figures, peer.runs, runs);
    print_row(what, &ours.figures, &peer.figures, ratios);
    free(ours.runs);
    free(peer.runs);
    free(ratios);
}

void measure_figures(const char *name, double *values, size_t count,
                     const char *unit, double goal)
{
    double middle = tn_median_read(values, count).value;

    printf("| %s | | %.3g %s | | | | | | | %.3g %s | | at most %.3g %s | %s "
           "|\n",
           name, middle, unit, values[count - 1], unit, goal, unit,
           middle <= goal ? "met" : "**missed**");
    fflush(stdout);
}

void measure_skip(const char *name, const char *why)
{
    printf("| %s | | | | | | | | | | | | not measured: %s |\n", name, why);
    fflush(stdout);
}
