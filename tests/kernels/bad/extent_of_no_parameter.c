/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL(k, TN_OUT(float, a, m), /* error: undeclared */
          TN_VALUE(tn_i32, n))
{
    TN_RANGE(i, n) {
        a[i] = 0.0f;
    }
}
