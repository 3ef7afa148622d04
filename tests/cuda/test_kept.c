/* SPDX-License-Identifier: MIT */
/* Compiled PTX that is kept. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/cuda/cuda_test.h"

static char home[64];

static bool begin(void)
{
    snprintf(home, sizeof home, "/tmp/tenon-kept-XXXXXX");
    return mkdtemp(home) != NULL && setenv("XDG_CACHE_HOME", home, 1) == 0 &&
           fake_host_set("cache", "yes");
}

static void end(const char *before)
{
    char command[96];

    snprintf(command, sizeof command, "rm -r %s", home);
    CU_ASSERT_EQUAL(system(command), 0);
    CU_ASSERT(fake_host_set("cache", "no"));
    if (before != NULL) {
        setenv("XDG_CACHE_HOME", before, 1);
    } else {
        unsetenv("XDG_CACHE_HOME");
    }
}

/* Loads code and runs it; how often the compiler was called. */
static long compiles(const char *more)
{
    char script[128];
    opened o;

    snprintf(script, sizeof script, "cuLinkComplete=0; %s", more);
    open_script(&o, script);
    CU_ASSERT(still_works(&o));
    close_opened(&o);
    return raw.tn_fake_cuda_calls("cuLinkComplete");
}

static void compiled_once(void)
{
    const char *before = getenv("XDG_CACHE_HOME");

    CU_ASSERT_FATAL(begin());
    CU_ASSERT_EQUAL(compiles(""), 1);
    CU_ASSERT_EQUAL(compiles(""), 0);
    CU_ASSERT_EQUAL(compiles("sm=75"), 1); /* for another GPU */
    CU_ASSERT_EQUAL(compiles("version=12040"), 1);
    CU_ASSERT_EQUAL(compiles(""), 0);
    CU_ASSERT_EQUAL(compiles("cuModuleLoadDataEx:1=200"), 1); /* damaged */
    CU_ASSERT_EQUAL(compiles(""), 0);
    CU_ASSERT(fake_host_set("cache", "no"));
    CU_ASSERT_EQUAL(compiles(""), 0);
    end(before);
}

/* Then it is compiled as it is without a cache. */
static void compiled_all_the_same(void)
{
    static const char *const scripts[] = {
        "missing=cuLinkCreate_v2", "cuLinkCreate_v2=999",
        "cuLinkAddData_v2=999", "cuModuleLoadDataEx:1=999"};
    const char *before = getenv("XDG_CACHE_HOME");

    CU_ASSERT_FATAL(begin());
    for (int i = 0; i < 4; ++i) {
        (void)compiles(scripts[i]);
    }
    CU_ASSERT_EQUAL(compiles(""), 1); /* nothing was kept */
    end(before);
}

static void no_more_than_wanted(void)
{
    const char *before = getenv("XDG_CACHE_HOME");

    CU_ASSERT_FATAL(begin());
    CU_ASSERT(fake_host_set("cache_size", "100"));
    CU_ASSERT_EQUAL(compiles(""), 1);
    CU_ASSERT_EQUAL(compiles(""), 1);
    CU_ASSERT(fake_host_set("cache_size", "0"));
    CU_ASSERT_EQUAL(compiles(""), 0); /* as without a cache */
    CU_ASSERT(fake_host_set("cache_size", "1M"));
    CU_ASSERT_EQUAL(compiles(""), 1);
    CU_ASSERT_EQUAL(compiles(""), 0);
    CU_ASSERT(fake_host_set("cache_size", NULL));
    end(before);
}

void add_kept_tests(CU_pSuite tests)
{
    CU_add_test(tests, "PTX is compiled once for a GPU and a driver",
                compiled_once);
    CU_add_test(tests, "no more is kept than cache_size says",
                no_more_than_wanted);
    CU_add_test(tests, "where that fails, it is compiled all the same",
                compiled_all_the_same);
}
