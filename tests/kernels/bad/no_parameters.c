/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL(k, ) /* error: 1 to 32 parameters */
{
}
