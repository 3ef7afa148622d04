/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL_WIDE(k, 4, TN_INOUT(float, a), TN_VALUE(tn_i32, n))
{
    TN_RANGE(i, n) {
        a[i] += TN_GROUPS(0); /* error: TN_GROUPS stands in */
    }
}
