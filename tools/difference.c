/* SPDX-License-Identifier: MIT */
#include "tools/difference.h"

#include <math.h>

#include "tools/value.h"

/* long double holds every value of every type, and their distances. */
static long double distance(long double a, long double b)
{
    if (a == b || (isnan(a) && isnan(b))) {
        return 0;
    }
    return isfinite(a) && isfinite(b) ? fabsl(a - b) : (long double)INFINITY;
}

static long double larger(long double largest, long double value)
{
    value = fabsl(value);
    return isfinite(value) && value > largest ? value : largest;
}

tool_difference difference_of(tn_type type, const void *first,
                              const void *second, uint64_t count)
{
    uint32_t bytes = value_type_bytes(type);
    tool_difference found = {0, 0, 0, 0};

    for (uint64_t i = 0; i < count; ++i) {
        long double a = value_read(type, (const char *)first + i * bytes);
        long double b = value_read(type, (const char *)second + i * bytes);
        long double apart = distance(a, b);

        found.largest = larger(larger(found.largest, a), b);
        found.count += apart > 0;
        if (apart > found.absolute) {
            found.absolute = apart;
            found.at = i;
        }
    }
    return found;
}

long double difference_relative(const tool_difference *difference)
{
    if (difference->absolute == 0) {
        return 0;
    }
    return difference->largest > 0 ? difference->absolute / difference->largest
                                   : (long double)INFINITY;
}

double difference_tolerance(tn_type type)
{
    switch (type) {
    case TN_TYPE_F16:
        return 1e-3;
    case TN_TYPE_F32:
    case TN_TYPE_F64:
        return 1e-4;
    default:
        return 0;
    }
}
