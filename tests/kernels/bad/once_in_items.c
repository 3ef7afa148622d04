/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL(k, TN_INOUT(float, a), TN_VALUE(tn_u32, n))
{
    TN_RANGE2(x, n, y, n) {
        TN_ONCE { /* error: an item loop or TN_ONCE stands inside another */
            a[x + y] += 1.0f;
        }
    }
}
