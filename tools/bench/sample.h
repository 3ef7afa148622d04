/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Timing two ways of the same work in one process, for machines that others
 * use too.
 *
 * A comparison alternates: a batch of ours and one of the peer's, one of the
 * peer's and one of ours, and so on; these are pairs. The ratio of a pair is
 * that of the medians of its batches; what counts is the median of these ratios
 * with the interval that holds it at 95 %. The other figures are of all single
 * runs.
 */
#ifndef TENON_TOOLS_BENCH_SAMPLE_H
#define TENON_TOOLS_BENCH_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "common/statistics.h"

enum {
    SAMPLE_PAIRS = 31,
    SAMPLE_BATCH_MAX = 128
};

/** One way to do it. */
typedef struct sample_side {
    const char *name;
    void (*run)(void *data);
    void (*settle)(void *data); /**< after each batch, untimed; may be NULL */
    void *data;
} sample_side;

/** What the runs of one side took, in nanoseconds. */
typedef struct sample_times {
    double *runs; /**< sorted, owned */
    size_t count;
    tn_figures figures;
} sample_times;

typedef struct sample_result {
    sample_times ours;
    sample_times peer; /**< count is 0 without a peer */
    tn_median ratio;   /**< ours / peer */
} sample_result;

/**
 * Times ours beside a peer. Ends the process when there is no memory.
 *
 * @param peer    NULL: ours alone
 * @param result  to be given to sample_free()
 */
void sample_compare(const sample_side *ours, const sample_side *peer,
                    sample_result *result);
void sample_free(sample_result *result);

#endif
