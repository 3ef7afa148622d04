/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL_SIZED(k, 4 * 4, 8, 1, TN_IN(float, a)) /* error: plain numbers */
{
}
