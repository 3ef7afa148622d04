/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

typedef float real;
TN_KERNEL(k, TN_IN(real, a)) /* error: parameter a: real is none of tn_i8 */
{
}
