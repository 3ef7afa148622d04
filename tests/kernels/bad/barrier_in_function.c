/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_FUNCTION void wait(void)
{
    TN_BARRIER; /* error: tn_g */
}

TN_KERNEL(k, TN_INOUT(float, a), TN_VALUE(tn_u32, n))
{
    wait();
    TN_RANGE(i, n) {
        a[i] += 1.0f;
    }
}
