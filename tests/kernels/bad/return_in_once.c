/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL(k, TN_INOUT(float, a))
{
    TN_ONCE {
        if (a[0] < 0.0f) {
            return; /* error: OpenMP */
        }
        a[0] += 1.0f;
    }
}
