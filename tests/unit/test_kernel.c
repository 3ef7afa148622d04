/* SPDX-License-Identifier: MIT */
/* The kernel dialect, each macro against a plain loop. */
#include "tests/unit/kernel_tests.h"

int main(void)
{
    CU_TestInfo *const parts[] = {kernel_loops_tests, kernel_wide_tests,
                                  kernel_groups_tests, kernel_values_tests};
    CU_TestInfo tests[64] = {CU_TEST_INFO_NULL};
    size_t count = 0;

    for (size_t i = 0; i < COUNT(parts); ++i) {
        for (CU_TestInfo *test = parts[i]; test->pName != NULL; ++test) {
            if (count == COUNT(tests) - 1) {
                abort(); /* the last one stays empty */
            }
            tests[count++] = *test;
        }
    }
    return dialect_main(tests);
}
