/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Timing beside a peer in one process, for machines that others use too.
 *
 * A case alternates: a batch of ours and one of the peer's, one of the peer's
 * and one of ours, and so on; these are pairs. What one run took is noted for
 * each run. The ratio of a pair is that of its batches' medians; what counts is
 * the median of these ratios, with the interval that holds it at 95 %. Mean,
 * 99th percentile and maximum are those of all single runs.
 */
#ifndef TENON_BENCH_MEASURE_H
#define TENON_BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>

enum {
    MEASURE_PAIRS = 31
};

/** What is timed. */
typedef struct measure_side {
    const char *name;
    /** gives the nanoseconds it took, or 0: the harness has timed it */
    uint64_t (*run)(void *data);
    void *data;
} measure_side;

/** Which figures are held against the goal. */
typedef enum measure_judge {
    MEASURE_MEDIAN,      /* the median ratio */
    MEASURE_MEAN_AND_P99 /* ratio of the means, and that of the percentiles */
} measure_judge;

typedef struct measure_case {
    const char *name;
    measure_side ours;
    measure_side peer;
    uint32_t pairs;
    uint32_t batch; /* runs of each side in a pair */
    double goal;    /* ours / peer, at most */
    measure_judge judge;
} measure_case;

/** Ends the program with a sentence. */
void measure_die(const char *format, ...)
    __attribute__((format(printf, 1, 2), noreturn));

/* The report: a table in Markdown, on stdout. Notes follow it. */

/** The line above it: the device, the peer. */
void measure_title(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
void measure_table_begin(void);
void measure_run(const measure_case *what);
/** A row of figures without a peer: their median against a limit. */
void measure_figures(const char *name, double *values, size_t count,
                     const char *unit, double goal);
/** A row that says why a case could not be measured. */
void measure_skip(const char *name, const char *why);

#endif
