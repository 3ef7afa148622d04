/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL(k, TN_OUT(float, a, n, n), TN_VALUE(int, n)) /* error: a kernel has 1 to 32 parameters */
{
    TN_RANGE(i, n) {
        a[i] = 0.0f;
    }
}
