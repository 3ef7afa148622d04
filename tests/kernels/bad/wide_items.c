/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL_WIDE(k, 4, TN_INOUT(float, a), TN_VALUE(tn_i32, n))
{
    TN_ITEMS { /* error: TN_ITEMS stands in a TN_KERNEL_WIDE */
        a[0] = 1.0f;
    }
}
