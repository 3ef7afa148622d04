/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL_WIDE(k, 4, TN_INOUT(float, a), TN_VALUE(tn_i32, n))
{
    TN_LOCAL_RANGE(l, n) { /* error: TN_LOCAL_RANGE stands in a */
        a[l] = 1.0f;
    }
}
