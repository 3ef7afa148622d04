/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Figures of times and of their ratios. A library of its own: only what measures
 * links it.
 */
#ifndef TENON_COMMON_STATISTICS_H
#define TENON_COMMON_STATISTICS_H

#include <stddef.h>

#include "common/clock.h"

typedef struct tn_figures {
    double median;
    double mean;
    double p99; /**< 99th percentile */
    double max;
} tn_figures;

/** Figures of values, at least one, which it sorts. */
void tn_figures_read(tn_figures *figures, double *values, size_t count);

/** A median and the interval that holds it with 95 %. */
typedef struct tn_median {
    double value;
    double low;
    double high;
} tn_median;

/**
 * The median of values, at least one, which it sorts. The interval is made of
 * order statistics: those 1.96 standard deviations of B(count, 1/2) around the
 * middle, as far as there are that many.
 */
tn_median tn_median_read(double *values, size_t count);

#endif
