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

/* The runs stay in their order, to be drawn and summed up later. */
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
                median_of(a, batch, scratch) / median_of(b, batch, scratch);
        }
    }
    free(scratch);
    tn_figures_read(&result->ours.figures, result->ours.runs,
                    result->ours.count);
    if (peer != NULL) {
        tn_figures_read(&result->peer.figures, result->peer.runs,
                        result->peer.count);
        result->ratio = tn_median_read(ratios, SAMPLE_PAIRS);
    }
}

void sample_free(sample_result *result)
{
    free(result->ours.runs);
    free(result->peer.runs);
    memset(result, 0, sizeof *result);
}
