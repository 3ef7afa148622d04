/* SPDX-License-Identifier: MIT */
/* The reference build of kernels finds what breaks the rules of the dialect. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tenon/kernel/entry.h>

#include "common/dl.h"
#include "tests/unit/suite.h"

enum {
    N_MOST = 1000,
    ITEMS = 64
};

static const char *const orders[] = {"forward", "backward", "1", "2", "3"};
static const int32_t sizes[] = {1, 63, 64, 65, 200, N_MOST};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The values before and after a run. */
typedef struct run {
    float a[N_MOST];
    float out[N_MOST];
} run;

static void prepare(run *run)
{
    for (int i = 0; i < N_MOST; ++i) {
        run->a[i] = (float)(i * 37 % 101);
        run->out[i] = (float)(i % 7);
    }
}

static tn_dl *open_build(const char *name)
{
    tn_sentence why;
    tn_dl *object = NULL;
    tn_status status =
        tn_dl_open(suite_built(suite_text("tests/fixtures/broken.%s.so", name)),
                   &object, &why);

    CU_ASSERT_FATAL(status == TN_OK);
    return object;
}

static void run_kernel(tn_dl *build, const char *kernel, int32_t n, run *run)
{
    uint32_t groups = (uint32_t)(n + ITEMS - 1) / ITEMS;
    const tn_group_range range = {.size = sizeof range,
                                  .groups = {groups, 1, 1},
                                  .items = {ITEMS, 1, 1},
                                  .end = groups};
    float *a = run->a, *out = run->out;
    void *arguments[] = {&a, &out, &n};
    tn_kernel_entry entry = (tn_kernel_entry)tn_dl_function(
        build, suite_text(TN_KERNEL_SYMBOL_PREFIX "%s", kernel));

    CU_ASSERT_FATAL(entry != NULL);
    prepare(run);
    entry(&range, arguments);
}

/* In how many sizes and orders the two builds give something else. */
static unsigned count_differences(const char *kernel)
{
    tn_dl *vectors = open_build(TN_KERNEL_BASELINE);
    tn_dl *reference = open_build("reference");
    unsigned differences = 0;
    static run first, second;

    for (size_t s = 0; s < COUNT(sizes); ++s) {
        run_kernel(vectors, kernel, sizes[s], &first);
        for (size_t o = 0; o < COUNT(orders); ++o) {
            setenv("TN_REFERENCE_ORDER", orders[o], 1);
            run_kernel(reference, kernel, sizes[s], &second);
            differences += memcmp(&first, &second, sizeof first) != 0;
        }
    }
    tn_dl_close(vectors);
    tn_dl_close(reference);
    return differences;
}

static void kernels_that_keep_the_rules_give_the_same(void)
{
    CU_ASSERT_EQUAL(count_differences("keeps_the_rules"), 0);
}

#define FINDS(kernel)                                                          \
    static void finds_##kernel(void)                                           \
    {                                                                          \
        CU_ASSERT(count_differences(#kernel) > 0);                             \
    }
FINDS(scalar_changed_in_items)
FINDS(no_barrier_before_read)
FINDS(no_barrier_before_write)
FINDS(no_barrier_before_group_level)
FINDS(store_at_group_level)
FINDS(item_reads_what_another_writes)
FINDS(group_reads_what_another_writes)
FINDS(private_value_not_set)

static void barriers_that_some_items_miss_end_the_program(void)
{
    int output[2];
    char text[256] = "";
    int status = 0;

    CU_ASSERT_FATAL(pipe(output) == 0);
    pid_t child = fork();

    CU_ASSERT_FATAL(child >= 0);
    if (child == 0) {
        static run run;

        dup2(output[1], STDERR_FILENO);
        run_kernel(open_build("reference"), "barrier_for_some", ITEMS, &run);
        _exit(0);
    }
    CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
    CU_ASSERT(WIFSIGNALED(status));
    CU_ASSERT(read(output[0], text, sizeof text - 1) > 0);
    CONTAINS(text, "kernel barrier_for_some: items of a group come to "
                   "different barriers");
    close(output[0]);
    close(output[1]);
}

#define TESTS(X)                                                               \
    X(kernels_that_keep_the_rules_give_the_same)                               \
    X(finds_scalar_changed_in_items)                                           \
    X(finds_no_barrier_before_read)                                            \
    X(finds_no_barrier_before_write)                                           \
    X(finds_no_barrier_before_group_level)                                     \
    X(finds_store_at_group_level)                                              \
    X(finds_item_reads_what_another_writes)                                    \
    X(finds_group_reads_what_another_writes)                                   \
    X(finds_private_value_not_set)                                             \
    X(barriers_that_some_items_miss_end_the_program)

SUITE_MAIN("reference", TESTS)
