/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL_WIDE(k, 4, TN_INOUT(float, a), TN_VALUE(tn_i32, n))
{
    TN_RANGE2(x, n, y, n) { /* error: TN_RANGE2 stands in a TN_KERNEL_WIDE */
        a[x] = 1.0f;
    }
}
