/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL(k, TN_INOUT(float, a))
{
    a[TN_LOCAL_ID(0)] = 0.0f; /* error: tn_x */
}
