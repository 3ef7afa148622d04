/* SPDX-License-Identifier: MIT */
#include <tenon/kernel.h>

#define EIGHT(p)                                                               \
    TN_IN(int, p##0), TN_IN(int, p##1), TN_IN(int, p##2), TN_IN(int, p##3),    \
        TN_IN(int, p##4), TN_IN(int, p##5), TN_IN(int, p##6), TN_IN(int, p##7)
TN_KERNEL(k, EIGHT(a), EIGHT(b), /* error: 1 to 32 */
          EIGHT(c), EIGHT(d), TN_OUT(int, e))
{
}
