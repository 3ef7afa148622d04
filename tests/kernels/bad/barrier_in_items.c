/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL(k, TN_INOUT(float, a), TN_VALUE(tn_u32, n))
{
    TN_RANGE(i, n) {
        a[i] += 1.0f;
        TN_BARRIER; /* error: TN_BARRIER stands inside an item loop */
        a[i] += 1.0f;
    }
}
