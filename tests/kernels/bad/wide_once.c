/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL_WIDE(k, 4, TN_INOUT(float, a), TN_VALUE(tn_i32, n))
{
    TN_ONCE { /* error: TN_ONCE stands in a TN_KERNEL_WIDE */
        a[0] = 1.0f;
    }
}
