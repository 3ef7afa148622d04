/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL_SIZED(k, 64, 0, 1, TN_IN(float, a)) /* error: three plain numbers */
{
}
