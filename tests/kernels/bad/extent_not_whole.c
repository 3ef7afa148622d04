/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL(k, TN_OUT(float, a, x), /* error: extent of a is no whole number */
          TN_VALUE(float, x))
{
    TN_RANGE(i, 4) {
        a[i] = x;
    }
}
