/* SPDX-License-Identifier: MIT */
#include "tools/bench/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/report.h"

enum {
    WARM_UP_RUNS = 3,
    BATCH_NANOSECONDS = 2000000 /* about; a batch of long runs is one */
};

static void settle(const sample_side *side)
{
    if (side->settle != NULL) {
        side->settle(side->data);
    }
}

static double *new_numbers(size_t count)
{
    double *numbers = malloc(count * sizeof *numbers);

    if (numbers == NULL) {
        exit(report_error(EXIT_FAILED, "no memory for %zu times", count));
    }
    return numbers;
}

/* ---- runs ---- */

/* The runs stay in their order. */
static double median_of(const double *runs, size_t count, double *scratch)
{
    memcpy(scratch, runs, count * sizeof *runs);
    return tn_median_read(scratch, count).value;
}

static void run_batch(const sample_side *side, size_t batch, double *runs)
{
    uint64_t before = tn_clock_now();

    for (size_t i = 0; i < batch; ++i) {
        side->run(side->data);
        uint64_t after = tn_clock_now();

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

/* Who begins takes turns, too: the other finds the machine as it was left. */
static void run_pair(const sample_side *ours, const sample_side *peer,
                     size_t pair, size_t batch, sample_result *result)
{
    double *a = result->ours.runs + pair * batch;
    double *b = result->peer.runs + pair * batch;

    if (pair % 2 == 0) {
        run_batch(ours, batch, a);
        run_batch(peer, batch, b);
    } else {
        run_batch(peer, batch, b);
        run_batch(ours, batch, a);
    }
}

static void read_ratio(sample_result *result, size_t batch)
{
    double *scratch = new_numbers(batch);
    double ratios[SAMPLE_PAIRS];

    for (size_t pair = 0; pair < SAMPLE_PAIRS; ++pair) {
        ratios[pair] =
            median_of(result->ours.runs + pair * batch, batch, scratch) /
            median_of(result->peer.runs + pair * batch, batch, scratch);
    }
    free(scratch);
    result->ratio = tn_median_read(ratios, SAMPLE_PAIRS);
}

static void begin(sample_times *times, size_t batch)
{
    times->count = SAMPLE_PAIRS * batch;
    times->runs = new_numbers(times->count);
}

void sample_compare(const sample_side *ours, const sample_side *peer,
                    sample_result *result)
{
    size_t batch = choose_batch(ours, peer);

    memset(result, 0, sizeof *result);
    begin(&result->ours, batch);
    if (peer != NULL) {
        begin(&result->peer, batch);
    }
    for (size_t pair = 0; pair < SAMPLE_PAIRS; ++pair) {
        if (peer != NULL) {
            run_pair(ours, peer, pair, batch, result);
        } else {
            run_batch(ours, batch, result->ours.runs + pair * batch);
        }
    }
    if (peer != NULL) {
        read_ratio(result, batch); /* while runs are in their order */
        tn_figures_read(&result->peer.figures, result->peer.runs,
                        result->peer.count);
    }
    tn_figures_read(&result->ours.figures, result->ours.runs,
                    result->ours.count);
}

void sample_free(sample_result *result)
{
    free(result->ours.runs);
    free(result->peer.runs);
    memset(result, 0, sizeof *result);
}
