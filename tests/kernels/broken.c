/* SPDX-License-Identifier: MIT */
/*
 * Runs a kernel of tests/fixtures/broken.c over 200 items:
 *     broken FILE KERNEL
 */
#include <stdio.h>
#include <stdlib.h>

#include <tenon/kernel/entry.h>

#include "common/dl.h"

enum {
    N = 200,
    ITEMS = 64,
    GROUPS = (N + ITEMS - 1) / ITEMS
};

int main(int argc, char **argv)
{
    static float values[N], results[N];
    const tn_group_range range = {.size = sizeof range,
                                  .groups = {GROUPS, 1, 1},
                                  .items = {ITEMS, 1, 1},
                                  .end = GROUPS};
    const float *a = values;
    float *out = results;
    int32_t n = N;
    void *arguments[] = {&a, &out, &n};
    char symbol[128];
    tn_sentence why = {.text = "wrong use"};
    tn_dl *object = NULL;

    if (argc != 3 || tn_dl_open(argv[1], &object, &why) != TN_OK) {
        fprintf(stderr, "broken FILE KERNEL: %s\n", why.text);
        return EXIT_FAILURE;
    }
    snprintf(symbol, sizeof symbol, TN_KERNEL_SYMBOL_PREFIX "%s", argv[2]);
    tn_kernel_entry entry = (tn_kernel_entry)tn_dl_function(object, symbol);

    if (entry == NULL) {
        fprintf(stderr, "%s has no kernel %s\n", argv[1], argv[2]);
        return EXIT_FAILURE;
    }
    entry(&range, arguments);
    tn_dl_close(object);
    return EXIT_SUCCESS;
}
