/* SPDX-License-Identifier: MIT */
/* Which backend and device is taken, and what is told of the others. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/backends.h"

static tn_runtime *rt;

/* The only value that an out parameter can have when a call failed. */
static tn_device *const untouched = (tn_device *)&rt;

/* The default device's name. */
static const char *chosen(void)
{
    tn_device *device = NULL;

    NEEDS(tn_device_default(rt, &device));
    return tn_device_name(device);
}

static void state_is(const char *backend, tn_backend_state state,
                     const char *reason)
{
    tn_backend_info info = backends_info(rt, backend);

    suite_check(info.state == state, backend,
                suite_text("state %u", info.state), __FILE__, __LINE__);
    CONTAINS(info.reason, reason);
}

static void close_it(void)
{
    tn_runtime_close(rt);
    rt = NULL;
}

/* How often some words stand in the log. */
static unsigned logged(const char *words)
{
    unsigned count = 0;

    for (const char *at = backends_log(); (at = strstr(at, words)) != NULL;
         ++at) {
        ++count;
    }
    return count;
}

/* ---- order ---- */

static void the_first_listed_backend_is_taken(void)
{
    backends_install("works spare");
    NEEDS(backends_open("spare, works", "", &rt));
    SAME(chosen(), "spare:0");
    state_is("spare", TN_BACKEND_CHOSEN, "the first in `backend = spare, ");
    state_is("works", TN_BACKEND_UNTRIED,
             "not tried: spare works and stands before it");
    state_is("cpu", TN_BACKEND_EXCLUDED, "not listed");
    CONTAINS(backends_info(rt, "spare").reason,
             suite_text("(%s:5)", suite_path("app.ini")));
    close_it();
    NEEDS(backends_open("works, spare", "", &rt));
    SAME(chosen(), "works:0");
    close_it();
}

static void auto_goes_by_rank(void)
{
    backends_install("works spare");
    NEEDS(backends_open(NULL,
                        "[backend works]\nrank = 900\n"
                        "[backend spare]\nrank = 901\n",
                        &rt));
    SAME(chosen(), "spare:0");
    state_is("spare", TN_BACKEND_CHOSEN, "in `backend = auto` (default)");
    CU_ASSERT_EQUAL(backends_info(rt, "works").rank, 900);
    CU_ASSERT_EQUAL(backends_info(rt, "cuda").rank, 80);
    CU_ASSERT_EQUAL(backends_info(rt, "opencl").rank, 50);
    CU_ASSERT_EQUAL(backends_info(rt, "cpu").rank, 10);
    close_it();
    NEEDS(backends_open("auto",
                        "[backend works]\nrank = 901\n"
                        "[backend spare]\nrank = 900\n",
                        &rt));
    SAME(chosen(), "works:0");
    close_it();
}

static void under_auto_a_cpu_behind_a_driver_stands_behind_cpu(void)
{
    const char *rank = "[backend processor]\nrank = 900\n";

    backends_install("processor");
    NEEDS(backends_open(NULL, rank, &rt));
    SAME(chosen(), "processor:0");
    state_is("processor", TN_BACKEND_CHOSEN, "in `backend = auto` (default)");
    close_it();
    backends_install("cpu");
    NEEDS(backends_open(NULL, rank, &rt));
    SAME(chosen(), "cpu:0");
    state_is("processor", TN_BACKEND_OPEN,
             "works, but under `auto` the backend cpu is taken before it, "
             "since processor:0 is this machine's CPU; write `backend = "
             "processor`");
    close_it();
    NEEDS(backends_open("processor, cpu", "", &rt)); /* a list is a list */
    SAME(chosen(), "processor:0");
    close_it();
}

static void equal_ranks_go_by_name(void)
{
    backends_install("works spare");
    NEEDS(backends_open(NULL,
                        "[backend works]\nrank = 900\n"
                        "[backend spare]\nrank = 900\n",
                        &rt));
    SAME(chosen(), "spare:0");
    CU_ASSERT_EQUAL(backends_info(rt, "cpu").rank, 10);
    close_it();
}

static void the_list_is_listed_backends_first_then_by_rank(void)
{
    tn_backend_info info = {.size = sizeof info};
    int last = 1001;

    backends_install("works spare");
    NEEDS(backends_open("works, cpu, works", "", &rt));
    WORKS(tn_runtime_backend(rt, 0, &info));
    SAME(info.name, "works");
    WORKS(tn_runtime_backend(rt, 1, &info));
    SAME(info.name, "cpu");
    for (size_t i = 2; i < tn_runtime_backend_count(rt); ++i) {
        WORKS(tn_runtime_backend(rt, i, &info));
        CU_ASSERT(info.rank <= last);
        CU_ASSERT_EQUAL(info.state, TN_BACKEND_EXCLUDED);
        last = info.rank;
    }
    CU_ASSERT(tn_runtime_backend_count(rt) >= 5);
    close_it();
}

static void a_section_makes_a_backend_known(void)
{
    backends_install("works");
    NEEDS(backends_open("works", "[backend acme]\nrank = 60\n", &rt));
    state_is("acme", TN_BACKEND_EXCLUDED, "not listed");
    CU_ASSERT_EQUAL(backends_info(rt, "acme").rank, 60);
    SAME(backends_info(rt, "acme").plugin, "");
    close_it();
}

/* What is not listed is not even looked into. */
/* What a vendor drops in may have all of its keys commented out. */
static void a_section_without_keys_makes_one_known_too(void)
{
    FAILS(backends_open("acme", "[backend acme]\n;rank = 60\n", &rt),
          TN_ERROR_UNAVAILABLE, "its plugin acme.so is not in");
    FAILS(backends_open("acme", "[backend acem]\n", &rt), TN_ERROR_CONFIG,
          "unknown backend acme (did you mean acem?)");
    backends_install("works");
    NEEDS(backends_open("works", "[backend acme]\n[backend acme]\n", &rt));
    state_is("acme", TN_BACKEND_EXCLUDED, "");
    close_it();
}

static void nothing_is_opened_that_is_not_listed(void)
{
    const fake_record *seen;
    unsigned queries;

    backends_install("works refuses");
    NEEDS(backends_open("works", "", &rt));
    tn_device *device = NULL;

    NEEDS(tn_device_default(rt, &device));
    seen = backends_record(device);
    queries = seen->queries;
    close_it();
    backends_install("spare");
    NEEDS(backends_open("spare", "", &rt));
    CU_ASSERT_EQUAL(seen->instances, 0);
    CU_ASSERT_EQUAL(seen->queries, queries);
    state_is("refuses", TN_BACKEND_EXCLUDED, "not listed");
    SAME(backends_info(rt, "works").version, "");
    SAME(backends_info(rt, "works").plugin, suite_path("plugins/works.so"));
    close_it();
}

/* ---- fallback ---- */

static void a_fallback_is_logged_once_as_a_warning(void)
{
    const char *before = suite_text("%s", tn_error_message());

    backends_install("works unavailable");
    NEEDS(backends_open("unavailable, works", "", &rt));
    SAME(chosen(), "works:0");
    SAME(chosen(), "works:0");
    WORKS(tn_runtime_probe(rt));
    CU_ASSERT_EQUAL(logged("warning: backend unavailable is not used: "
                           "libfake.so.1 is not here; install fake-driver\n"),
                    1);
    CU_ASSERT_EQUAL(logged("unavailable is not used"), 1);
    state_is("unavailable", TN_BACKEND_REJECTED, "install fake-driver");
    CU_ASSERT_EQUAL(backends_info(rt, "unavailable").status,
                    TN_ERROR_UNAVAILABLE);
    state_is("works", TN_BACKEND_CHOSEN, "the first that works in");
    SAME(tn_error_message(), before); /* no call has failed */
    close_it();
}

static void under_auto_a_fallback_is_no_warning(void)
{
    backends_install("works unavailable");
    NEEDS(backends_open(NULL,
                        "[backend unavailable]\nrank = 1000\n"
                        "[backend works]\nrank = 999\n",
                        &rt));
    CU_ASSERT_EQUAL(logged("info: backend unavailable is not used"), 1);
    CU_ASSERT_EQUAL(logged("warning: "), 0);
    close_it();
}

static void without_fallback_the_first_must_work(void)
{
    backends_install("works unavailable refuses");
    FAILS(
        backends_open("unavailable, works", "[runtime]\nfallback = no\n", &rt),
        TN_ERROR_UNAVAILABLE, "unavailable: libfake.so.1 is not here");
    FAILS(backends_open("refuses, works", "[runtime]\nfallback = no\n", &rt),
          TN_ERROR_PLUGIN, "refuses: ", "refuses.so: the plugin refused");
    CU_ASSERT_PTR_NULL(rt);
    WORKS(backends_open("works, refuses", "[runtime]\nfallback = no\n", &rt));
    close_it();
}

static void when_none_works_each_reason_is_told(void)
{
    backends_install("unavailable refuses no_device locked");
    FAILS(backends_open("unavailable, refuses, no_device, locked", "", &rt),
          TN_ERROR_UNAVAILABLE,
          "no backend works: ", "unavailable: libfake.so.1 is not here",
          "; refuses: ", "; no_device: has no device",
          "; locked: locked:0: another process has the device");
    CU_ASSERT_PTR_NULL(rt);
}

static void a_plugin_that_is_not_installed_says_where_it_was_looked_for(void)
{
    suite_mkdir("plugins");
    FAILS(backends_open("acme", "[backend acme]\nrank = 1\n", &rt),
          TN_ERROR_UNAVAILABLE, "acme: its plugin acme.so is not in ",
          suite_path("plugins"), "install it");
    FAILS(backends_open("acme", "[backend acme]\nplugin = gone.so\n", &rt),
          TN_ERROR_UNAVAILABLE, "its plugin gone.so of ",
          "app.ini:7 is not in");
    FAILS(backends_open("acme", "[backend acme]\nplugin = /gone/a.so\n", &rt),
          TN_ERROR_UNAVAILABLE, "acme: /gone/a.so: No such file");
}

static void a_plugin_may_have_another_file(void)
{
    suite_link(suite_built("tests/fakes/.libs/works.so"), "plugins/other.so");
    NEEDS(backends_open("works", "[backend works]\nplugin = other.so\n", &rt));
    SAME(backends_info(rt, "works").plugin, suite_path("plugins/other.so"));
    SAME(backends_info(rt, "works").version, "7.0");
    close_it();
    NEEDS(backends_open("works",
                        suite_text("[backend works]\nplugin = %s\n",
                                   suite_path("plugins/other.so")),
                        &rt));
    close_it();
    FAILS(backends_open("other", "", &rt), TN_ERROR_PLUGIN,
          "other.so: is the plugin of backend works");
}

/* ---- configuration of backends ---- */

static void an_unknown_backend_is_told_with_the_nearest(void)
{
    backends_install("works");
    FAILS(backends_open("wroks", "", &rt), TN_ERROR_CONFIG,
          suite_text("%s:5: unknown backend wroks (did you mean works?)",
                     suite_path("app.ini")),
          "[backend wroks]");
    FAILS(backends_open("cpu, nonesuch", "", &rt), TN_ERROR_CONFIG,
          "unknown backend nonesuch; ");
    CU_ASSERT_PTR_NULL(rt);
    WORKS(backends_open("works", "", &rt));
    close_it();
}

static void a_plugins_own_key_is_checked_by_its_note(void)
{
    backends_install("colour works");
    FAILS(
        backends_open("colour, works", "[backend colour]\ncolor = red\n", &rt),
        TN_ERROR_CONFIG,
        suite_text("%s:7: unknown key color in [backend colour] (did you "
                   "mean colour?)",
                   suite_path("app.ini")));
    FAILS(backends_open("works", "[backend works]\nquux = 1\n", &rt),
          TN_ERROR_CONFIG, ":7: unknown key quux in [backend works]");
    FAILS(backends_open("works", "[backend works]\ndevcie = 1\n", &rt),
          TN_ERROR_CONFIG, "(did you mean device?)");
    CU_ASSERT_PTR_NULL(rt);
    /* nobody asks a backend that is not used */
    NEEDS(backends_open("works", "[backend colour]\ncolor = red\n", &rt));
    close_it();
}

static void a_plugins_own_value_is_checked_by_the_plugin(void)
{
    backends_install("colour works");
    FAILS(backends_open("colour, works", "[backend colour]\ncolour = blue\n",
                        &rt),
          TN_ERROR_CONFIG,
          suite_text("%s:7: colour = blue: takes red", suite_path("app.ini")));
    CU_ASSERT_PTR_NULL(rt);
    NEEDS(backends_open("colour", "[backend colour]\ncolour = red\n", &rt));
    SAME(chosen(), "colour:0");
    close_it();
    NEEDS(backends_open("colour", "", &rt));
    close_it();
}

/* ---- deferred choice ---- */

static void a_deferred_choice_opens_nothing(void)
{
    backends_install("works unavailable");
    NEEDS(backends_open_with(TN_OPEN_DEFERRED, "unavailable, works", "", &rt));
    state_is("unavailable", TN_BACKEND_UNTRIED, "not tried");
    state_is("works", TN_BACKEND_UNTRIED, "not tried");
    CU_ASSERT_EQUAL(tn_device_count(rt), 0);
    SAME(backends_log(), "");
    SAME(chosen(), "works:0");
    CU_ASSERT_EQUAL(logged("unavailable is not used"), 1);
    state_is("works", TN_BACKEND_CHOSEN, "the first that works");
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
    SAME(first.reason, "not tried");
    SAME(second.reason, "not tried");
    state_is("works", TN_BACKEND_CHOSEN, "the first");
    state_is("spare", TN_BACKEND_OPEN, "works");
    close_it();
}

static void probing_tries_what_is_listed_and_nothing_else(void)
{
    const char *before = suite_text("%s", tn_error_message());

    backends_install("works unavailable spare");
    NEEDS(backends_open_with(TN_OPEN_DEFERRED, "works, unavailable", "", &rt));
    WORKS(tn_runtime_probe(rt));
    SAME(tn_error_message(), before);
    state_is("works", TN_BACKEND_OPEN, "works");
    state_is("unavailable", TN_BACKEND_REJECTED, "libfake.so.1");
    state_is("spare", TN_BACKEND_EXCLUDED, "not listed");
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
    CONTAINS(text, suite_text("bundles are looked for in %s, ",
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

/* ---- plugins that misbehave ---- */

static void rejected_as(const char *plugin, tn_status status, const char *words)
{
    tn_runtime *none = NULL;

    backends_install(plugin);
    FAILS(backends_open(plugin, "", &none), status, plugin, words);
    CU_ASSERT_PTR_NULL(none);
    NEEDS(backends_open("works", "", &rt)); /* the next call works */
    close_it();
}

static void a_plugin_that_misbehaves_is_rejected_with_the_reason(void)
{
    backends_install("works");
    rejected_as("no_entry", TN_ERROR_PLUGIN, "does not export tn_plugin_query");
    rejected_as("refuses", TN_ERROR_PLUGIN,
                "the plugin refused: this backend cannot do that");
    rejected_as("no_table", TN_ERROR_PLUGIN, "gave no table");
    rejected_as("too_small", TN_ERROR_PLUGIN, "its table claims 32 bytes");
    rejected_as("too_large", TN_ERROR_PLUGIN, "claims 4294967295 bytes");
    rejected_as("halved", TN_ERROR_PLUGIN, "its table claims ");
    rejected_as("misnamed", TN_ERROR_PLUGIN,
                "its table and its note tell different names");
    rejected_as("nameless", TN_ERROR_PLUGIN,
                "its table and its note tell different names");
    rejected_as("unlike", TN_ERROR_PLUGIN,
                "its table and its note tell different names or ABIs");
    rejected_as("bad_name", TN_ERROR_PLUGIN, "no valid backend name");
    rejected_as("long_name", TN_ERROR_PLUGIN, "no valid backend name");
    rejected_as("too_old", TN_ERROR_PLUGIN,
                "built for plugin ABI 0.9, this Tenon has 1.");
    rejected_as("too_new", TN_ERROR_PLUGIN,
                "built for plugin ABI 2.0, this Tenon has 1.");
    rejected_as("wrapped", TN_ERROR_PLUGIN, "built for plugin ABI ");
    rejected_as("no_device", TN_ERROR_UNAVAILABLE, "has no device");
    rejected_as("crowd", TN_ERROR_PLUGIN, "claims 4294967295 devices");
    rejected_as("no_limits", TN_ERROR_PLUGIN, "without max_items or");
    rejected_as("locked", TN_ERROR_UNAVAILABLE,
                "another process has the device");
}

static void a_rejected_backend_shows_no_devices(void)
{
    backends_install("works no_limits");
    NEEDS(backends_open("no_limits, works", "", &rt));
    tn_backend_info info = backends_info(rt, "no_limits");

    CU_ASSERT_EQUAL(info.state, TN_BACKEND_REJECTED);
    CU_ASSERT_EQUAL(info.device_count, 0);
    CU_ASSERT_EQUAL(info.status, TN_ERROR_PLUGIN);
    CU_ASSERT_EQUAL(tn_device_count(rt), 2);
    LACKS(tn_runtime_explain(rt), "no_limits:0");
    close_it();
}

static void texts_without_an_end_get_one(void)
{
    backends_fixture the;
    tn_device_info info = {.size = sizeof info};

    backends_begin(&the, "unended");
    WORKS(tn_device_info_get(the.device, &info));
    CU_ASSERT_EQUAL(info.size, sizeof info);
    CU_ASSERT_EQUAL(strlen(info.name), sizeof info.name - 1);
    CU_ASSERT_EQUAL(strlen(info.vendor), sizeof info.vendor - 1);
    CU_ASSERT_EQUAL(strlen(info.target), sizeof info.target - 1);
    CU_ASSERT_EQUAL(strlen(info.driver), sizeof info.driver - 1);
    CU_ASSERT_EQUAL(strlen(info.pci_address), sizeof info.pci_address - 1);
    CONTAINS(tn_runtime_explain(the.runtime), "(ttt");
    backends_end(&the);
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
    X(the_first_listed_backend_is_taken)                                       \
    X(auto_goes_by_rank)                                                       \
    X(under_auto_a_cpu_behind_a_driver_stands_behind_cpu)                      \
    X(equal_ranks_go_by_name)                                                  \
    X(the_list_is_listed_backends_first_then_by_rank)                          \
    X(a_section_makes_a_backend_known)                                         \
    X(a_section_without_keys_makes_one_known_too)                              \
    X(nothing_is_opened_that_is_not_listed)                                    \
    X(a_fallback_is_logged_once_as_a_warning)                                  \
    X(under_auto_a_fallback_is_no_warning)                                     \
    X(without_fallback_the_first_must_work)                                    \
    X(when_none_works_each_reason_is_told)                                     \
    X(a_plugin_that_is_not_installed_says_where_it_was_looked_for)             \
    X(a_plugin_may_have_another_file)                                          \
    X(an_unknown_backend_is_told_with_the_nearest)                             \
    X(a_plugins_own_key_is_checked_by_its_note)                                \
    X(a_plugins_own_value_is_checked_by_the_plugin)                            \
    X(a_deferred_choice_opens_nothing)                                         \
    X(a_deferred_choice_answers_as_opening_would)                              \
    X(reasons_stay_valid_as_long_as_the_runtime)                               \
    X(probing_tries_what_is_listed_and_nothing_else)                           \
    X(of_two_bundles_of_a_name_the_first_is_taken)                             \
    X(explain_tells_the_whole_choice)                                          \
    X(infos_of_another_size_are_refused)                                       \
    X(a_plugin_that_misbehaves_is_rejected_with_the_reason)                    \
    X(a_rejected_backend_shows_no_devices)                                     \
    X(texts_without_an_end_get_one)                                            \
    X(many_threads_open_a_device_once)

SUITE_MAIN("choice", TESTS)
