/* SPDX-License-Identifier: MIT */
#include "tests/unit/dialect.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/Basic.h>

#include "common/dl.h"

/* clang-format off */
#define KERNELS(X)                                                             \
    X(range) X(range2) X(range3) X(items) X(skip_odd) X(local_range)           \
    X(wide_1) X(wide_2) X(wide_3) X(wide_4) X(wide_16) X(wide_count)           \
    X(wide_sums) X(far_wide)                                                   \
    X(far_u32) X(far_i64) X(far_u64) X(far_items) X(far_sized) X(reverse)      \
    X(dynamic) X(once) X(product) X(tiled) X(private_array) X(values)          \
    X(thirty_two) X(smooth) X(from_f16) X(to_f16) X(histogram)                 \
    X(atomics_u32) X(atomics_i32) X(atomics_u64) X(atomic_sum) X(abs) X(ceil)  \
    X(cos) X(erf) X(exp) X(floor) X(log) X(rsqrt) X(sin) X(sqrt) X(tanh)       \
    X(max) X(min) X(pow) X(fma)
/* clang-format on */

#define DECLARE(name)                                                          \
    void tn_k_##name(const tn_group_range *range, void *const *arguments);
KERNELS(DECLARE)

typedef struct linked_kernel {
    const char *name;
    tn_kernel_entry entry;
} linked_kernel;

static const linked_kernel linked[] = {
#define ROW(name) {#name, tn_k_##name},
    KERNELS(ROW)};
enum {
    LINKED_COUNT = sizeof linked / sizeof linked[0],
    BUILDS_MAX = 8
};

typedef struct build {
    char name[32];
    tn_dl *object;     /* NULL: the one linked in */
    const char *order; /* in which a reference build runs items, else NULL */
} build;

static build builds[BUILDS_MAX] = {{"linked in", NULL, NULL}};
static unsigned build_count = 1;
static int current = -1;

static _Alignas(64) unsigned char dynamic[DIALECT_DYNAMIC_BYTES];

static tn_kernel_entry find_linked(const char *name)
{
    for (unsigned i = 0; i < LINKED_COUNT; ++i) {
        if (strcmp(linked[i].name, name) == 0) {
            return linked[i].entry;
        }
    }
    return NULL;
}

/* The entry of a kernel in the build that is tested now. */
static tn_kernel_entry find_kernel(const char *name)
{
    char symbol[64];
    tn_kernel_entry entry;

    if (builds[current].object == NULL) {
        entry = find_linked(name);
    } else {
        snprintf(symbol, sizeof symbol, TN_KERNEL_SYMBOL_PREFIX "%s", name);
        entry = (tn_kernel_entry)tn_dl_function(builds[current].object, symbol);
    }
    if (entry == NULL) {
        fprintf(stderr, "%s: no kernel %s\n", builds[current].name, name);
        abort();
    }
    return entry;
}

void dialect_run_range(const char *name, dialect_shape groups,
                       dialect_shape items, uint64_t begin, uint64_t end,
                       void *const *arguments)
{
    const tn_group_range range = {.size = sizeof range,
                                  .groups = {groups.x, groups.y, groups.z},
                                  .items = {items.x, items.y, items.z},
                                  .begin = begin,
                                  .end = end,
                                  .dynamic = dynamic,
                                  .dynamic_bytes = sizeof dynamic};

    find_kernel(name)(&range, arguments);
}

void dialect_run(const char *name, dialect_shape groups, dialect_shape items,
                 void *const *arguments)
{
    uint64_t count = (uint64_t)groups.x * groups.y * groups.z;
    uint64_t first = count / 3;
    uint64_t second = count - count / 4;

    dialect_run_range(name, groups, items, second, count, arguments);
    dialect_run_range(name, groups, items, 0, first, arguments);
    dialect_run_range(name, groups, items, first, second, arguments);
}

void dialect_run_items(const char *name, uint64_t n, void *const *arguments)
{
    dialect_shape groups = {(uint32_t)((n + 255) / 256), 1, 1};

    dialect_run(name, groups, (dialect_shape){256, 1, 1}, arguments);
}

double dialect_ulps(double cpu, double any)
{
    (void)any;
    return cpu;
}

/* Whether this processor runs what was built for a level. */
static bool runs(const char *level)
{
#if defined(__x86_64__)
    if (strcmp(level, "x86-64-v4") == 0) {
        return __builtin_cpu_supports("avx512f") &&
               __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl");
    }
    if (strcmp(level, "x86-64-v3") == 0) {
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    }
#endif
    return level[0] != '\0';
}

static bool open_build(const char *level, const char *order)
{
    const char *folder = getenv("TN_BUILDDIR");
    build *next = &builds[build_count];
    char path[1024];
    tn_sentence why;

    snprintf(path, sizeof path, "%s/tests/fixtures/dialect%s.%s.so",
             folder != NULL ? folder : ".",
             strcmp(level, "reference") == 0 ? "" : "/dialect", level);
    if (tn_dl_open(path, &next->object, &why) != TN_OK) {
        fprintf(stderr, "%s: %s\n", path, why.text);
        return false;
    }
    next->order = order;
    snprintf(next->name, sizeof next->name, "%s%s%s", level,
             order != NULL ? ", " : "", order != NULL ? order : "");
    ++build_count;
    return true;
}

/* The builds of the levels that TN_KERNEL_LEVELS lists. */
static bool open_builds(void)
{
    char levels[] = TN_KERNEL_LEVELS;

    for (char *level = strtok(levels, " "); level != NULL;
         level = strtok(NULL, " ")) {
        if (strcmp(level, "reference") == 0) {
            if (!open_build(level, "forward") ||
                !open_build(level, "backward") || !open_build(level, "7")) {
                return false;
            }
        } else if (!runs(level)) {
            printf("not run, not for this processor: %s\n", level);
        } else if (!open_build(level, NULL)) {
            return false;
        }
    }
    return true;
}

/* Suites run in their order, so each one begins with the next build. */
static int next_build(void)
{
    const char *order = builds[++current].order;

    return order != NULL ? setenv("TN_REFERENCE_ORDER", order, 1) : 0;
}

int dialect_main(CU_TestInfo *tests)
{
    CU_SuiteInfo suites[BUILDS_MAX + 1] = {CU_SUITE_INFO_NULL};

    if (!open_builds() || CU_initialize_registry() != CUE_SUCCESS) {
        return EXIT_FAILURE;
    }
    for (unsigned i = 0; i < build_count; ++i) {
        suites[i] = (CU_SuiteInfo){
            .pName = builds[i].name, .pInitFunc = next_build, .pTests = tests};
    }
    if (CU_register_suites(suites) != CUE_SUCCESS) {
        return EXIT_FAILURE;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    bool passed = CU_get_number_of_failures() == 0;

    CU_cleanup_registry();
    for (unsigned i = 0; i < build_count; ++i) {
        tn_dl_close(builds[i].object);
    }
    return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}
