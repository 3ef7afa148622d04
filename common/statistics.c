/* SPDX-License-Identifier: MIT */
#include "common/statistics.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

tn_median tn_median_read(double *values, size_t count)
{
    double half = 0.98 * sqrt((double)count);
    double first = floor((double)count / 2 - half);
    double last = ceil((double)count / 2 + half);

    qsort(values, count, sizeof *values, compare);
    return (tn_median){
        .value = (values[(count - 1) / 2] + values[count / 2]) / 2,
        .low = values[first > 0 ? (size_t)first : 0],
        .high = values[last < (double)count ? (size_t)last : count - 1]};
}

void tn_figures_read(tn_figures *figures, double *values, size_t count)
{
    double sum = 0;

    figures->median = tn_median_read(values, count).value;
    for (size_t i = 0; i < count; ++i) {
        sum += values[i];
    }
    figures->mean = sum / (double)count;
    figures->p99 = values[(size_t)(0.99 * (double)(count - 1))];
    figures->max = values[count - 1];
}
