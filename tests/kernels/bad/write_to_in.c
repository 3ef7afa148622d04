/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL(k, TN_IN(float, a), TN_VALUE(tn_u32, n))
{
    TN_RANGE(i, n) {
        a[i] = 0.0f; /* error: read-only|const */
    }
}
