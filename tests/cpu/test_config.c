/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/cpu/cpu_test.h"

static void refuse_threads(const char *value)
{
    fake_host host;
    tn_plugin_instance *instance = NULL;

    fake_host_init(&host);
    host.key = "threads";
    host.value = value;
    FAILS(the.plugin.instance_create(&host.table, &host, &instance),
          TN_ERROR_CONFIG);
    CU_ASSERT_PTR_NULL(instance);
    CU_ASSERT_PTR_NOT_NULL(strstr(fake_host_error(), "/etc/fake.ini:7"));
    CU_ASSERT_PTR_NOT_NULL(strstr(fake_host_error(), value));
    CU_ASSERT_PTR_NOT_NULL(strstr(fake_host_error(), "1 to 1024"));
    CU_ASSERT_EQUAL(host.blocks, 0);
}

static void wrong_threads(void)
{
    static const char *const values[] = {
        "0", "-1", "1025", "100000", "99999999999999999999999", "4x", "all",
        "",  " ",  "0x10", "1.5"};

    for (size_t i = 0; i < sizeof values / sizeof values[0]; ++i) {
        refuse_threads(values[i]);
    }
}

static uint32_t units_of(opened *o)
{
    tn_device_info info = {.size = sizeof info};

    WORKS(the.plugin.device_info(o->instance, 0, &info));
    return info.compute_units;
}

static void right_threads(void)
{
    opened o;

    open_with(&o, "1");
    CU_ASSERT_EQUAL(units_of(&o), 1);
    close_opened(&o);
    open_with(&o, "1024");
    CU_ASSERT_EQUAL(units_of(&o), 1024);
    close_opened(&o);
    open_with(&o, NULL);
    CU_ASSERT(units_of(&o) >= 1);
    CU_ASSERT(units_of(&o) <= 1024);
    close_opened(&o);
}

static uint32_t rank_of(opened *o, const char *requirements)
{
    uint32_t rank = UINT32_MAX;

    WORKS(the.plugin.module_rank(o->device, "so", requirements, &rank));
    return rank;
}

static void ranks_of_threads(void)
{
    opened o;

    open_with(&o, "6");
    CU_ASSERT_EQUAL(rank_of(&o, ""), 1);
    CU_ASSERT_EQUAL(rank_of(&o, " \t"), 1);
    CU_ASSERT(rank_of(&o, "threads >= 6") > 1);
    CU_ASSERT(rank_of(&o, "threads>=2") > 1);
    CU_ASSERT_EQUAL(rank_of(&o, "threads >= 7"), 0);
    CU_ASSERT_EQUAL(rank_of(&o, "threads >= 9999999999"), 0);
    CU_ASSERT_EQUAL(rank_of(&o, "threads >= "), 0);
    CU_ASSERT_EQUAL(rank_of(&o, "threads >= -1"), 0);
    CU_ASSERT_EQUAL(rank_of(&o, "threads > 1"), 0);
    CU_ASSERT_EQUAL(rank_of(&o, "threads"), 0);
    CU_ASSERT_EQUAL(rank_of(&o, ">= 1"), 0);
    CU_ASSERT_EQUAL(rank_of(&o, "sm_70"), 0);
    close_opened(&o);
}

static void ranks_of_levels(void)
{
#if defined(__x86_64__)
    static const char *const levels[] = {"x86-64", "x86-64-v2", "x86-64-v3",
                                         "x86-64-v4"};
    bool has = true;
    opened o;

    open_with(&o, "6");
    for (uint32_t i = 0; i < 4; ++i) {
        char both[64];
        uint32_t rank = rank_of(&o, levels[i]);

        CU_ASSERT_EQUAL(rank, has ? 10 * (i + 1) : 0);
        snprintf(both, sizeof both, "threads >= 2, %s", levels[i]);
        CU_ASSERT((rank_of(&o, both) > rank) == has);
        snprintf(both, sizeof both, "%s, threads >= 7", levels[i]);
        CU_ASSERT_EQUAL(rank_of(&o, both), 0);
        /* the device's target is its best level */
        has = has && strcmp(the.info.target, levels[i]) != 0;
    }
    CU_ASSERT_EQUAL(rank_of(&o, "x86-64-v5"), 0);
    CU_ASSERT_EQUAL(rank_of(&o, "x86-64-"), 0);
    CU_ASSERT_EQUAL(rank_of(&o, "aarch64"), 0);
    CU_ASSERT_EQUAL(rank_of(&o, "x86-64, sm_70"), 0);
    close_opened(&o);
#else
    skip("levels are for x86-64");
#endif
}

/* The compiler knows the processor by another way. */
static void level_is_true(void)
{
#if defined(__x86_64__)
    bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
              __builtin_cpu_supports("bmi2");
    bool v4 = v3 && __builtin_cpu_supports("avx512f") &&
              __builtin_cpu_supports("avx512bw") &&
              __builtin_cpu_supports("avx512vl");

    CU_ASSERT_EQUAL(strcmp(the.info.target, "x86-64-v4") == 0, v4);
    CU_ASSERT_EQUAL(strcmp(the.info.target, "x86-64-v3") == 0, v3 && !v4);
#else
    skip("levels are for x86-64");
#endif
}

void add_config_tests(CU_pSuite tests)
{
    CU_add_test(tests, "a wrong number of threads is told with its origin",
                wrong_threads);
    CU_add_test(tests, "1 to 1024 threads are taken", right_threads);
    CU_add_test(tests, "requirements of threads hold or not", ranks_of_threads);
    CU_add_test(tests, "higher levels of x86-64 rank higher", ranks_of_levels);
    CU_add_test(tests, "the level is that of this processor", level_is_true);
}
