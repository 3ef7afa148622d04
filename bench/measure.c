/* SPDX-License-Identifier: MIT */
#include "bench/measure.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    WARM_UP_RUNS = 3,
    SETTLE_NANOSECONDS = 4000000 /* libgomp's threads spin that long */
};

/* What all runs of one side took, in nanoseconds. */
typedef struct times {
    double *runs; /* one batch behind the other */
    double mean;
    double p99;
    double max;
} times;

uint64_t measure_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

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

/* ---- figures ---- */

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static void sort(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
}

static double median_of_sorted(const double *values, size_t count)
{
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

/* Sorts it. */
static double median(double *values, size_t count)
{
    sort(values, count);
    return median_of_sorted(values, count);
}

/*
 * The order statistics between which the median of the distribution lies with
 * 95 %: those 1.96 standard deviations of B(n, 1/2) around the middle.
 */
static void interval_of_sorted(const double *values, size_t count, double *low,
                               double *high)
{
    double half = 0.98 * sqrt((double)count);
    double first = floor((double)count / 2 - half);
    double last = ceil((double)count / 2 + half);

    *low = values[first > 0 ? (size_t)first : 0];
    *high = values[last < (double)count ? (size_t)last : count - 1];
}

/* Sorts the runs. */
static void sum_up(times *t, size_t count)
{
    double sum = 0;

    sort(t->runs, count);
    for (size_t i = 0; i < count; ++i) {
        sum += t->runs[i];
    }
    t->mean = sum / (double)count;
    t->p99 = t->runs[(size_t)(0.99 * (double)(count - 1))];
    t->max = t->runs[count - 1];
}

/* ---- measuring ---- */

static void settle(void)
{
    nanosleep(&(struct timespec){0, SETTLE_NANOSECONDS}, NULL);
}

static void run_batch(const measure_side *side, uint32_t batch, double *runs)
{
    settle();
    uint64_t before = measure_now();

    for (uint32_t i = 0; i < batch; ++i) {
        uint64_t own = side->run(side->data);
        uint64_t after = measure_now();

        runs[i] = (double)(own != 0 ? own : after - before);
        before = after;
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

static void alternate(const measure_case *what, times *ours, times *peer,
                      double *ratios)
{
    double *scratch = new_numbers(what->batch);
    size_t bytes = what->batch * sizeof *scratch;

    for (uint32_t i = 0; i < what->pairs; ++i) {
        double *a = ours->runs + (size_t)i * what->batch;
        double *b = peer->runs + (size_t)i * what->batch;

        run_batch(&what->ours, what->batch, a);
        run_batch(&what->peer, what->batch, b);
        memcpy(scratch, a, bytes);
        double top = median(scratch, what->batch);

        memcpy(scratch, b, bytes);
        ratios[i] = top / median(scratch, what->batch);
    }
    free(scratch);
}

/* ---- the table ---- */

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

static void print_row(const measure_case *what, const times *ours,
                      const times *peer, double *ratios)
{
    size_t runs = (size_t)what->pairs * what->batch;
    double ratio = median(ratios, what->pairs);
    double of_means = ours->mean / peer->mean;
    double of_p99 = ours->p99 / peer->p99;
    double low, high;

    interval_of_sorted(ratios, what->pairs, &low, &high);
    printf(
        "| %s | %s | %.2f | %.2f | %.4f (%.4f to %.4f) | %.3f | %.3f "
        "| %.1f | %.1f | %.0f | %.0f | %s %.4g | %s |\n",
        what->name, what->peer.name, 1e-3 * median_of_sorted(ours->runs, runs),
        1e-3 * median_of_sorted(peer->runs, runs), ratio, low, high, of_means,
        of_p99, 1e-3 * ours->p99, 1e-3 * peer->p99, 1e-3 * ours->max,
        1e-3 * peer->max,
        what->judge == MEASURE_MEDIAN ? "ratio" : "means and p99", what->goal,
        is_met(what, ratio, of_means, of_p99) ? "met" : "**missed**");
    fflush(stdout);
}

void measure_run(const measure_case *what)
{
    size_t runs = (size_t)what->pairs * what->batch;
    times ours = {.runs = new_numbers(runs)};
    times peer = {.runs = new_numbers(runs)};
    double *ratios = new_numbers(what->pairs);

    warm_up(what);
    alternate(what, &ours, &peer, ratios);
    sum_up(&ours, runs);
    sum_up(&peer, runs);
    print_row(what, &ours, &peer, ratios);
    free(ours.runs);
    free(peer.runs);
    free(ratios);
}

void measure_figures(const char *name, double *values, size_t count,
                     const char *unit, double goal)
{
    double middle = median(values, count);

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
