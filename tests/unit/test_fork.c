/* SPDX-License-Identifier: MIT */
/*
 * runtime/fork.c: what a fork of a process that uses Tenon may do, and what it
 * is told.
 *
 * The first test needs a process that has touched no driver yet, so they run in
 * the order of their list.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/forked.h"

static void use_the_deferred_runtime(void)
{
    tn_device *device = NULL;

    EXPECT(tn_device_default(parent.runtime, &device) == TN_OK);
    EXPECT(tn_device_status(device) == TN_OK);
    tn_runtime_close(parent.runtime);
}

static void a_fork_takes_over_what_has_touched_no_driver(void)
{
    backends_install("cuda");
    NEEDS(backends_open_with(TN_OPEN_DEFERRED, "cuda", "", &parent.runtime));
    CU_ASSERT_TRUE(forked_passes(use_the_deferred_runtime));
    NEEDS(tn_device_default(parent.runtime, &parent.device));
    WORKS(tn_device_status(parent.device));
    tn_runtime_close(parent.runtime);
}

/* ---- calls on what is the parent's ---- */

static void every_call_of_a_fork_is_refused_by(forked_backend kind)
{
    forked_open(kind);
    CU_ASSERT_TRUE(forked_passes(forked_use_everything));
    CU_ASSERT_TRUE(forked_passes(forked_use_everything));
    if (kind != FAKE_CUDA) {
        CU_ASSERT_TRUE(forked_computes());
    }
    WORKS(tn_graph_launch(parent.graph, parent.stream, NULL, 0));
    WORKS(tn_stream_sync(parent.stream));
    tn_runtime_close(parent.runtime);
}

static void every_call_of_a_fork_is_refused(void)
{
    every_call_of_a_fork_is_refused_by(FAKE_CUDA);
}

static void so_is_it_with_the_cuda_backend(void)
{
    if (access(suite_built(FORKED_CUDA_PLUGIN), F_OK) != 0) {
        CU_PASS("skipped: it was left out of this build");
        return;
    }
    every_call_of_a_fork_is_refused_by(REAL_CUDA);
}

static void so_is_it_without_a_driver_library(void)
{
    every_call_of_a_fork_is_refused_by(REAL_CPU);
}

/* How many functions a header declares, each of which a table has to name. */
static unsigned functions_of(const char *path)
{
    FILE *header = fopen(path, "r");
    char line[256];
    unsigned functions = 0;

    CU_ASSERT_FATAL(header != NULL);
    while (fgets(line, sizeof line, header) != NULL) {
        char *name =
            strncmp(line, "TN_API ", 7) == 0 ? strstr(line, "tn_") : NULL;
        char *bracket = strchr(line, '(');

        if (name != NULL && bracket != NULL) {
            bracket[1] = '\0';
            while (strchr(name, ' ') != NULL) { /* the type before it */
                name = strchr(name, ' ') + 1;
            }
            name += *name == '*';
            suite_check(forked_uses(name), "is in no table", name, __FILE__,
                        __LINE__);
            functions++;
        }
    }
    fclose(header);
    return functions;
}

static void the_tables_name_every_function(void)
{
    glob_t headers;
    unsigned functions = 0;

    CU_ASSERT_EQUAL_FATAL(
        glob(suite_source("include/tenon/api/*.h"), 0, NULL, &headers), 0);
    for (size_t i = 0; i < headers.gl_pathc; ++i) {
        functions += functions_of(headers.gl_pathv[i]);
    }
    globfree(&headers);
    CU_ASSERT_TRUE(functions > 70);
}

/* ---- a runtime of its own ---- */

static void a_fork_may_use_a_cpu_of_its_own(void)
{
    forked_open(REAL_CPU);
    forked_file = suite_path("app.ini");
    CU_ASSERT_TRUE(forked_passes(forked_compute));
    CU_ASSERT_TRUE(forked_computes());
    CU_ASSERT_TRUE(forked_passes(forked_compute));
    tn_runtime_close(parent.runtime);
}

#define DRIVER_IN_USE "its driver was in use when this process was forked"

static void be_refused_a_driver(void)
{
    tn_runtime *runtime = NULL;

    EXPECT(backends_open("cuda", "", &runtime) == TN_ERROR_FORKED);
    EXPECT(runtime == NULL);
    EXPECT(strstr(tn_error_message(), "cuda: " DRIVER_IN_USE) != NULL);
    EXPECT(strstr(tn_error_message(), "fork before the first use") != NULL);
}

static void fall_back_from_a_driver(void)
{
    tn_runtime *runtime = NULL;
    tn_device *device = NULL;

    if (EXPECT(backends_open("cuda, cpu", "", &runtime) == TN_OK) &&
        EXPECT(tn_device_default(runtime, &device) == TN_OK)) {
        tn_backend_info info = backends_info(runtime, "cuda");

        EXPECT(strcmp(tn_device_name(device), "cpu:0") == 0);
        EXPECT(info.state == TN_BACKEND_REJECTED);
        EXPECT(info.status == TN_ERROR_FORKED);
        EXPECT(strstr(info.reason, DRIVER_IN_USE) != NULL);
        EXPECT(strstr(tn_runtime_explain(runtime), DRIVER_IN_USE) != NULL);
        EXPECT(strstr(backends_log(), DRIVER_IN_USE) != NULL);
    }
    tn_runtime_close(runtime);
}

static void a_fork_is_told_why_it_gets_no_driver(void)
{
    forked_open(FAKE_CUDA);
    (void)forked_install(REAL_CPU);
    CU_ASSERT_TRUE(forked_passes(be_refused_a_driver));
    CU_ASSERT_TRUE(forked_passes(fall_back_from_a_driver));
    WORKS(tn_device_status(parent.device));
    tn_runtime_close(parent.runtime);
}

/* ---- the end of a fork ---- */

/* Unlike _exit() this runs what the program and its libraries have left. */
static void leave_by_exit(void)
{
#ifndef SANITIZED /* it would look for leaks in what is the parent's */
    exit(forked_failures > 0);
#endif
}

static void a_fork_can_exit(void)
{
    forked_open(REAL_CPU);
    WORKS(forked_launch());
    CU_ASSERT_TRUE(forked_passes(leave_by_exit));
    WORKS(tn_stream_sync(parent.stream));
    tn_runtime_close(parent.runtime);
}

#define TESTS(X)                                                               \
    X(a_fork_takes_over_what_has_touched_no_driver)                            \
    X(the_tables_name_every_function)                                          \
    X(every_call_of_a_fork_is_refused)                                         \
    X(so_is_it_with_the_cuda_backend)                                          \
    X(so_is_it_without_a_driver_library)                                       \
    X(a_fork_may_use_a_cpu_of_its_own)                                         \
    X(a_fork_is_told_why_it_gets_no_driver)                                    \
    X(a_fork_can_exit)

SUITE_MAIN("fork", TESTS)
