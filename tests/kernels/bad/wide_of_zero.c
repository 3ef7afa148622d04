/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL_WIDE(k, 0, TN_IN(float, a)) /* error: 1 to 16 elements */
{
}
