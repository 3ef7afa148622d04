/* SPDX-License-Identifier: MIT */
/* Which backend is taken, and what is told of the others. */
#include <stdint.h>
#include <string.h>

#include "tests/unit/choosing.h"

/* ---- order ---- */

static void the_first_listed_backend_is_taken(void)
{
    backends_install("works spare");
    NEEDS(backends_open("spare, works", "", &rt));
    SAME(chosen(), "spare:0");
    STATE_IS("spare", TN_BACKEND_CHOSEN, "the first in `backend = spare, ");
    STATE_IS("works", TN_BACKEND_UNTRIED, "spare works and stands before it");
    CU_ASSERT_PTR_NULL(strstr(backends_info(rt, "works").reason, "not tried"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(tn_runtime_explain(rt),
               "works: not tried: spare works and stands before it\n"));
    STATE_IS("cpu", TN_BACKEND_EXCLUDED, "not listed");
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
    STATE_IS("spare", TN_BACKEND_CHOSEN, "in `backend = auto` (default)");
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
    STATE_IS("processor", TN_BACKEND_CHOSEN, "in `backend = auto` (default)");
    close_it();
    backends_install("cpu");
    NEEDS(backends_open(NULL, rank, &rt));
    SAME(chosen(), "cpu:0");
    STATE_IS("processor", TN_BACKEND_OPEN,
             "under `auto` the backend cpu is taken before it, "
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
    STATE_IS("acme", TN_BACKEND_EXCLUDED, "not listed");
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
    STATE_IS("acme", TN_BACKEND_EXCLUDED, "");
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
    STATE_IS("refuses", TN_BACKEND_EXCLUDED, "not listed");
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
    STATE_IS("unavailable", TN_BACKEND_REJECTED, "install fake-driver");
    CU_ASSERT_EQUAL(backends_info(rt, "unavailable").status,
                    TN_ERROR_UNAVAILABLE);
    STATE_IS("works", TN_BACKEND_CHOSEN, "the first that works in");
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
          "other.so: is the plugin of backend works; rename it to works.so, "
          "or name it in [backend works] as plugin =");
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
    X(a_plugin_that_misbehaves_is_rejected_with_the_reason)                    \
    X(a_rejected_backend_shows_no_devices)                                     \
    X(texts_without_an_end_get_one)

SUITE_MAIN("choice", TESTS)
