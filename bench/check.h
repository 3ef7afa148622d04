/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Calls of Tenon that must succeed.
 */
#ifndef TENON_BENCH_CHECK_H
#define TENON_BENCH_CHECK_H

#include <tenon/tenon.h>

#include "bench/measure.h"

/** Ends the program where a call of Tenon failed. */
static inline void ours_check(tn_status status)
{
    if (status != TN_OK) {
        measure_die("%s", tn_error_message());
    }
}

#endif
