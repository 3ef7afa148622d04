/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL_WIDE(k, 4, TN_INOUT(float, a), TN_VALUE(tn_i32, n))
{
    TN_PRIVATE(float, sum); /* error: TN_PRIVATE stands in a TN_KERNEL_WIDE */
    TN_RANGE(i, n) {
        a[i] += 1.0f;
    }
}
