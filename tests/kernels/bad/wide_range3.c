/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL_WIDE(k, 4, TN_INOUT(float, a), TN_VALUE(tn_i32, n))
{
    TN_RANGE3(x, n, y, n, z, n) { /* error: TN_RANGE3 stands in a */
        a[x] = 1.0f;
    }
}
