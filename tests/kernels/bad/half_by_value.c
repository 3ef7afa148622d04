/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

TN_KERNEL(k, TN_VALUE(tn_f16, x)) /* error: parameter x: tn_f16 is none of */
{
}
