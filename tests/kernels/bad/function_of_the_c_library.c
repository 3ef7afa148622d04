/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL(k, TN_INOUT(float, a), TN_VALUE(tn_u32, n))
{
    TN_RANGE(i, n) {
        a[i] = expm1f(a[i]); /* error: implicit.*declar|undeclared */
    }
}
