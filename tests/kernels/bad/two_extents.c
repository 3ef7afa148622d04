/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL(k, TN_OUT(float, a, n, n), /* error: has 1 to 32 parameters */
          TN_VALUE(int, n))
{
    TN_RANGE(i, n) {
        a[i] = 0.0f;
    }
}
