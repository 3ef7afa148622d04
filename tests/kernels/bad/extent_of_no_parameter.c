/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL(k, TN_OUT(float, a, m), /* error: .m. undeclared|undeclared identifier .m. */
          TN_VALUE(tn_i32, n))
{
    TN_RANGE(i, n) {
        a[i] = 0.0f;
    }
}
