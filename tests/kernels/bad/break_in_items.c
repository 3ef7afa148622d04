/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL(k, TN_INOUT(float, a), TN_VALUE(tn_u32, n))
{
    TN_RANGE(i, n) {
        if (a[i] < 0.0f) {
            break; /* error: OpenMP */
        }
        a[i] += 1.0f;
    }
}
