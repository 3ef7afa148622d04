/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL(k, TN_INOUT(float, a))
{
    TN_ONCE {
        a[0] += 1.0f;
        TN_BARRIER; /* error: TN_BARRIER stands */
    }
}
