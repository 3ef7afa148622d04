/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL(k, TN_IN(float, a), TN_BUFFER(float, b)) /* error: each of them */
{
}
