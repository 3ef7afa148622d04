/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL(k, TN_INOUT(float, a))
{
    TN_ITEMS {
        if (a[TN_GLOBAL_ID(0)] < 0.0f) {
            goto done; /* error: OpenMP|undeclared label */
        }
        a[TN_GLOBAL_ID(0)] += 1.0f;
    }
done:
    TN_BARRIER;
}
