/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL(k, TN_IN(tn_f16, a), TN_OUT(float, b), TN_VALUE(tn_u32, n))
{
    TN_RANGE(i, n) {
        b[i] = a[i] + 1.0f; /* error: operand */
    }
}
