/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL_SIZED(k, 64, 32, 1, TN_IN(float, a)) /* error: at most 1024 */
{
}
