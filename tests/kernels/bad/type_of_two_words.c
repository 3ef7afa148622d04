/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL(k, TN_VALUE(unsigned int, n)) /* error: n: unsigned int */
{
}
