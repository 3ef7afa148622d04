/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL(k, TN_INOUT(float, a), TN_VALUE(tn_u32, n))
{
    TN_ITEMS {
        TN_RANGE(i, n) { /* error: an item loop or TN_ONCE stands inside */
            a[i] += 1.0f;
        }
    }
}
