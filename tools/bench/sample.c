/* SPDX-License-Identifier: MIT */
#include "tools/bench/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/report.h"

enum {
    WARM_UP_RUNS = 3,
    BATCH_NANOSECONDS = 2000000 /* about; a batch of long runs is one */
};

uint64_t sample_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void settle(const sample_side *side)
{
    if (side->settle != NULL) {
        side->settle(side->data);
    }
}

/* ---- figures ---- */

static double *new_numbers(size_t count)
{
    double *numbers = malloc(count * sizeof *numbers);

    if (numbers == NULL) {
        exit(report_error(EXIT_FAILED, "no memory for %zu times", count));
    }
    return numbers;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median_of_sorted(const double *values, size_t count)
{
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

static double median(const double *values, size_t count, double *scratch)
{
    memcpy(scratch, values, count * sizeof *values);
    qsort(scratch, count, sizeof *scratch, compare);
    return median_of_sorted(scratch, count);
}

static void sum_up(sample_times *times)
{
    double sum = 0;

    qsort(times->runs, times->count, sizeof *times->runs, compare);
    for (size_t i = 0; i < times->count; ++i) {
        sum += times->runs[i];
    }
    times->median = median_of_sorted(times->runs, times->count);
    times->mean = sum / (double)times->count;
    times->p99 = times->runs[(size_t)(0.99 * (double)(times->count - 1))];
    times->max = times->runs[times->count - 1];
}

/*
 * The order statistics between which the median of the distribution lies at
 * 95 %: those 1.96 standard deviations of B(n, 1/2) around the middle.
 */
static void judge(double *ratios, sample_result *result)
{
    double half = 0.98 * sqrt(SAMPLE_PAIRS);

    qsort(ratios, SAMPLE_PAIRS, sizeof *ratios, compare);
    result->ratio = median_of_sorted(ratios, SAMPLE_PAIRS);
    result->low = ratios[(size_t)floor(SAMPLE_PAIRS / 2.0 - half)];
    result->high = ratios[(size_t)ceil(SAMPLE_PAIRS / 2.0 + half)];
}

/* ---- runs ---- */

static void run_batch(const sample_side *side, size_t batch, double *runs)
{
    uint64_t before = sample_now();

    for (size_t i = 0; i < batch; ++i) {
        side->run(side->data);
        uint64_t after = sample_now();

        runs[i] = (double)(after - before);
        before = after;
    }
    settle(side);
}

/* As many as take some milliseconds on the slower side. */
static size_t choose_batch(const sample_side *ours, const sample_side *peer)
{
    double runs[WARM_UP_RUNS];
    double slowest = 1;

    for (int side = 0; side < (peer != NULL ? 2 : 1); ++side) {
        run_batch(side == 0 ? ours : peer, WARM_UP_RUNS, runs); /* cold */
        run_batch(side == 0 ? ours : peer, WARM_UP_RUNS, runs);
        slowest = fmax(slowest, fmin(runs[0], runs[WARM_UP_RUNS - 1]));
    }
    return (size_t)fmax(1, fmin(SAMPLE_BATCH_MAX, BATCH_NANOSECONDS / slowest));
}

void sample_compare(const sample_side *ours, const sample_side *peer,
                    sample_result *result)
{
    size_t batch = choose_batch(ours, peer);
    double *scratch = new_numbers(batch);
    double ratios[SAMPLE_PAIRS];

    memset(result, 0, sizeof *result);
    result->ours.count = SAMPLE_PAIRS * batch;
    result->ours.runs = new_numbers(result->ours.count);
    if (peer != NULL) {
        result->peer.count = SAMPLE_PAIRS * batch;
        result->peer.runs = new_numbers(result->peer.count);
    }
    for (size_t pair = 0; pair < SAMPLE_PAIRS; ++pair) {
        double *a = result->ours.runs + pair * batch;

        run_batch(ours, batch, a);
        if (peer != NULL) {
            double *b = result->peer.runs + pair * batch;

            run_batch(peer, batch, b);
            ratios[pair] =
                median(a, batch, scratch) / median(b, batch, scratch);
        }
    }
    free(scratch);
    sum_up(&result->ours);
    if (peer != NULL) {
        sum_up(&result->peer);
        judge(ratios, result);
    }
}

void sample_free(sample_result *result)
{
    free(result->ours.runs);
    free(result->peer.runs);
    memset(result, 0, sizeof *result);
}
