/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL(k, TN_OUT(float, a, x), TN_VALUE(float, x)) /* error: the extent of a is no whole number */
{
    TN_RANGE(i, 4) {
        a[i] = x;
    }
}
