/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL_WIDE(k, 4, TN_INOUT(float, a), TN_VALUE(tn_i32, n))
{
    TN_SHARED float tile[4]; /* error: TN_SHARED stands in|local address */
    TN_RANGE(i, n) {
        a[i] += 1.0f;
    }
}
