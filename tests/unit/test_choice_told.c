/* SPDX-License-Identifier: MIT */
/* A choice that is made later, and what a runtime tells of its choice. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/choosing.h"

/* ---- deferred choice ---- */

static void a_deferred_choice_opens_nothing(void)
{
    backends_install("works unavailable");
    NEEDS(backends_open_with(TN_OPEN_DEFERRED, "unavailable, works", "", &rt));
    STATE_IS("unavailable", TN_BACKEND_UNTRIED, "no device was asked for yet");
    STATE_IS("works", TN_BACKEND_UNTRIED, "no device was asked for yet");
    CU_ASSERT_EQUAL(tn_device_count(rt), 0);
    SAME(backends_log(), "");
    SAME(chosen(), "works:0");
    CU_ASSERT_EQUAL(logged("unavailable is not used"), 1);
    STATE_IS("works", TN_BACKEND_CHOSEN, "the first that works");
    close_it();
}

static void a_deferred_choice_answers_as_opening_would(void)
{
    tn_device *device = untouched;

    backends_install("unavailable refuses");
    NEEDS(
        backends_open_with(TN_OPEN_DEFERRED, "unavailable, refuses", "", &rt));
    for (int i = 0; i < 3; ++i) {
        FAILS(tn_device_default(rt, &device), TN_ERROR_UNAVAILABLE,
              "no backend works: unavailable: libfake.so.1 is not here",
              "; refuses: ");
        CU_ASSERT_PTR_EQUAL(device, untouched);
    }
    CU_ASSERT_EQUAL(logged("unavailable is not used"), 1);
    close_it();
}

/* Texts were handed out before the state changed, and stay valid. */
static void reasons_stay_valid_as_long_as_the_runtime(void)
{
    backends_install("works spare");
    NEEDS(backends_open_with(TN_OPEN_DEFERRED, "works, spare", "", &rt));
    tn_backend_info first = backends_info(rt, "works");
    tn_backend_info second = backends_info(rt, "spare");

    SAME(chosen(), "works:0");
    WORKS(tn_runtime_probe(rt));
    SAME(first.reason, "no device was asked for yet");
    SAME(second.reason, "no device was asked for yet");
    STATE_IS("works", TN_BACKEND_CHOSEN, "the first");
    STATE_IS("spare", TN_BACKEND_OPEN, "works and stands before it");
    close_it();
}

static void probing_tries_what_is_listed_and_nothing_else(void)
{
    const char *before = suite_text("%s", tn_error_message());

    backends_install("works unavailable spare");
    NEEDS(backends_open_with(TN_OPEN_DEFERRED, "works, unavailable", "", &rt));
    WORKS(tn_runtime_probe(rt));
    SAME(tn_error_message(), before);
    STATE_IS("works", TN_BACKEND_OPEN, "its devices were asked for");
    STATE_IS("unavailable", TN_BACKEND_REJECTED, "libfake.so.1");
    STATE_IS("spare", TN_BACKEND_EXCLUDED, "not listed");
    FAILS(tn_runtime_probe(NULL), TN_ERROR_INVALID, "runtime is NULL");
    close_it();
}

static void explain_tells_the_whole_choice(void)
{
    backends_install("works unavailable spare");
    NEEDS(backends_open("unavailable, works", "", &rt));
    const char *text = tn_runtime_explain(rt);

    CONTAINS(text, suite_text("backend = unavailable, works (%s:5)\n",
                              suite_path("app.ini")));
    CONTAINS(text, "\nunavailable: rejected: libfake.so.1 is not here; install "
                   "fake-driver\n");
    CONTAINS(text, "\nworks: chosen: the first that works in ");
    CONTAINS(text, suite_text("plugin %s\n", suite_path("plugins/works.so")));
    CONTAINS(text, "works:0 Fake Device A (fake-1), the default\n");
    CONTAINS(text, "works:1 Fake Device B (fake-1)\n");
    CONTAINS(text, "\nspare: excluded: not listed in `backend =`\n");
    CONTAINS(text, suite_text("plugins are looked for in %s, ",
                              suite_path("plugins")));
    CONTAINS(text, suite_text("bundles are looked for in %s "
                              "(No such file or directory), ",
                              suite_path("kernels")));
    SAME(tn_runtime_explain(NULL), "");
    close_it();
}

/* Which one is loaded, and that explain tells it. */
static void of_two_bundles_of_a_name_the_first_is_taken(void)
{
    static const char ini[] = "[bundle]\nformat = 1\nname = vector\n"
                              "[kernel nop]\n[variant plain]\n"
                              "format = fake\nfile = vector.fake\n";
    tn_device *device = NULL;
    tn_module *module = NULL;

    backends_install("works");
    for (int i = 0; i < 3; ++i) {
        const char *folder = suite_text("path%d", i);

        suite_write(suite_text("%s/vector/bundle.ini", folder), ini);
        suite_write(suite_text("%s/vector/vector.fake", folder),
                    "kernel nop()\n");
        suite_write(suite_text("%s/note/README", folder), "no bundle");
    }
    suite_write("path2/only/bundle.ini", ini);
    suite_link(suite_path("path0"), "same");
    setenv("TENON_KERNEL_PATH",
           suite_text("%s:%s:%s:%s", suite_path("path0"), suite_path("same"),
                      suite_path("path1"), suite_path("path2")),
           1);
    NEEDS(backends_open("works", "", &rt));
    NEEDS(tn_device_default(rt, &device));
    NEEDS(tn_module_load(device, "vector", &module));
    CONTAINS(tn_module_description(module),
             suite_path("path0/vector/vector.fake"));
    const char *text = tn_runtime_explain(rt);

    CONTAINS(text, suite_text(
                       "\n    %s is hidden by %s\n    %s is hidden by "
                       "%s\n",
                       suite_path("path1/vector"), suite_path("path0/vector"),
                       suite_path("path2/vector"), suite_path("path0/vector")));
    LACKS(text, suite_path("same/vector"));
    LACKS(text, "note");
    LACKS(text, "only");
    close_it();
}

/* Which one is opened, that explain tells it, and which folder is not there. */
static void of_two_plugins_of_a_name_the_first_is_taken(void)
{
    backends_install("works");
    suite_write("early/README", "no plugin");
    suite_write("late/README", "no plugin");
    suite_link(suite_path("plugins/works.so"), "early/works.so");
    suite_write("late/works.so", "another");
    setenv("TENON_PLUGIN_PATH",
           suite_text("%s:%s:%s:%s", suite_path("early"), suite_path("absent"),
                      suite_path("plugins"), suite_path("late")),
           1);
    NEEDS(backends_open("works", "", &rt));
    const char *text = tn_runtime_explain(rt);

    CONTAINS(text,
             suite_text("\n    plugin %s\n", suite_path("early/works.so")));
    CONTAINS(text, suite_text("\n    %s is hidden by %s\n",
                              suite_path("late/works.so"),
                              suite_path("early/works.so")));
    LACKS(text, suite_path("plugins/works.so is"));
    LACKS(text, "README");
    CONTAINS(text, suite_text(" %s (No such file or directory), ",
                              suite_path("absent")));
    close_it();
}

/* Who looks for the plugin that ends the process finds it in the last line. */
static void the_log_names_a_plugin_before_its_code_runs(void)
{
    backends_install("works unavailable");
    NEEDS(backends_open("unavailable, works", "", &rt));
    const char *opening = strstr(
        backends_log(), suite_text("debug: unavailable: opening %s\n",
                                   suite_path("plugins/unavailable.so")));
    const char *starting =
        strstr(backends_log(), "debug: unavailable: starting\n");
    const char *rejected = strstr(backends_log(), "unavailable is not used");

    CU_ASSERT_PTR_NOT_NULL(opening);
    CU_ASSERT_TRUE(opening < starting);
    CU_ASSERT_TRUE(starting < rejected);
    CONTAINS(rejected, "debug: works: starting\n");
    close_it();
}

static void infos_of_another_size_are_refused(void)
{
    tn_backend_info info = {.size = 8};

    backends_install("works");
    NEEDS(backends_open("works", "", &rt));
    FAILS(tn_runtime_backend(rt, 0, &info), TN_ERROR_INVALID, "size is 8");
    info.size = sizeof info;
    FAILS(tn_runtime_backend(rt, 999, &info), TN_ERROR_RANGE,
          "none has the index 999");
    FAILS(tn_runtime_backend(NULL, 0, &info), TN_ERROR_INVALID, "runtime");
    CU_ASSERT_EQUAL(tn_runtime_backend_count(NULL), 0);
    FAILS(tn_runtime_open("app.ini", NULL), TN_ERROR_INVALID, "runtime");
    tn_runtime_close(NULL);
    close_it();
}

/* ---- threads ---- */

static void *use_runtime(void *data)
{
    const char *backend = data;
    tn_device *device = NULL;
    tn_stream *stream = NULL;
    tn_backend_info info = {.size = sizeof info};
    uintptr_t failed = 0;

    failed += tn_device_default(rt, &device) != TN_OK;
    failed += tn_device_find(rt, backend, &device) != TN_OK;
    failed += tn_stream_create(device, &stream) != TN_OK;
    for (size_t i = 0; i < tn_runtime_backend_count(rt); ++i) {
        failed += tn_runtime_backend(rt, i, &info) != TN_OK;
        failed += info.reason[0] == '\0';
    }
    failed += tn_stream_sync(stream) != TN_OK;
    tn_stream_destroy(stream);
    return (void *)failed;
}

static void many_threads_open_a_device_once(void)
{
    enum {
        THREADS = 8
    };
    static char first[] = "works:1";
    static char second[] = "spare:1";
    pthread_t threads[THREADS];
    void *failed = NULL;
    tn_device *device = NULL;

    backends_install("works spare");
    NEEDS(backends_open_with(TN_OPEN_DEFERRED, "works, spare", "", &rt));
    for (int i = 0; i < THREADS; ++i) {
        CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, use_runtime,
                                             i % 2 == 0 ? first : second),
                              0);
    }
    for (int i = 0; i < THREADS; ++i) {
        CU_ASSERT_EQUAL(pthread_join(threads[i], &failed), 0);
        CU_ASSERT_PTR_NULL(failed);
    }
    NEEDS(tn_device_default(rt, &device));
    CU_ASSERT_EQUAL(backends_record(device)->devices, 2);
    close_it();
}

#define TESTS(X)                                                               \
    X(a_deferred_choice_opens_nothing)                                         \
    X(a_deferred_choice_answers_as_opening_would)                              \
    X(reasons_stay_valid_as_long_as_the_runtime)                               \
    X(probing_tries_what_is_listed_and_nothing_else)                           \
    X(explain_tells_the_whole_choice)                                          \
    X(of_two_bundles_of_a_name_the_first_is_taken)                             \
    X(of_two_plugins_of_a_name_the_first_is_taken)                             \
    X(the_log_names_a_plugin_before_its_code_runs)                             \
    X(infos_of_another_size_are_refused)                                       \
    X(many_threads_open_a_device_once)

SUITE_MAIN("choice told", TESTS)
