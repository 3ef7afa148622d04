/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

typedef struct pair {
    tn_f32 x, y;
} pair;
TN_KERNEL(k, TN_STRUCT(pair, 12, p)) /* error: size of pair */
{
}
