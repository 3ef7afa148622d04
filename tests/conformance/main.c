/* SPDX-License-Identifier: MIT */
/* conformance [-c KEY=VALUE | -x TEST]... PLUGIN [FORMAT=KERNELS]... */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/conformance.h"

static int usage(void)
{
    fputs("usage: conformance [OPTION...] PLUGIN [FORMAT=KERNELS]...\n"
          "Proves a backend's plugin against the rules of the plugin ABI.\n"
          "  -c KEY=VALUE  a key of the backend's own section\n"
          "  -x TEXT       leaves out the tests whose name has this text\n",
          stderr);
    return 2;
}

/* Hands both sides of "NAME=VALUE" on. */
static bool split(char *argument,
                  bool (*take)(const char *name, const char *value))
{
    char *equals = strchr(argument, '=');

    if (equals == NULL) {
        return false;
    }
    *equals = '\0';
    return take(argument, equals + 1);
}

static void add_tests(void)
{
    add_instance_tests(CU_add_suite("instance", NULL, NULL));
    add_device_tests(CU_add_suite("device", NULL, NULL));
    add_memory_tests(CU_add_suite("memory", NULL, NULL));
    add_copy_tests(CU_add_suite("copies and fills", NULL, NULL));
    add_stream_tests(CU_add_suite("streams", NULL, NULL));
    add_event_tests(CU_add_suite("events", NULL, NULL));
    add_module_tests(CU_add_suite("modules and kernels", NULL, NULL));
    add_launch_tests(CU_add_suite("launches", NULL, NULL));
    add_graph_tests(CU_add_suite("graphs", NULL, NULL));
    add_lifetime_tests(CU_add_suite("lifetimes", NULL, NULL));
    add_thread_tests(CU_add_suite("threads", NULL, NULL));
    add_devices_tests(CU_add_suite("several devices", NULL, NULL));
}

/* Tools that watch a process may not bear what some tests do in it. */
static bool leave_out(const char *text)
{
    bool found = false;
    CU_pSuite tests;
    CU_pTest test;

    for (unsigned i = 1; (tests = CU_get_suite_at_pos(i)) != NULL; ++i) {
        for (unsigned j = 1; (test = CU_get_test_at_pos(tests, j)) != NULL;
             ++j) {
            if (strstr(test->pName, text) != NULL) {
                CU_set_test_active(test, CU_FALSE);
                printf("left out: %s\n", test->pName);
                found = true;
            }
        }
    }
    if (!found) {
        fprintf(stderr, "conformance: no test is named \"%s\"\n", text);
    }
    return found;
}

/* What only the end can tell [3]. */
static unsigned check_end(void)
{
    unsigned failures = 0;

    if (the.host.blocks != 0) {
        printf("FAILED: [3] %ld blocks of the host's allocator were not "
               "released\n",
               the.host.blocks);
        ++failures;
    }
    if (the.host.strangers != 0) {
        printf("FAILED: [1] %d calls of the host came without its host_data\n",
               the.host.strangers);
        ++failures;
    }
    return failures;
}

/* Takes the options; 0 where one is none. */
static int read_options(int argc, char **argv)
{
    int i = 1;

    for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
        if (strcmp(argv[i], "-x") == 0) {
            if (!leave_out(argv[i + 1])) {
                return 0;
            }
        } else if (strcmp(argv[i], "-c") != 0 ||
                   !split(argv[i + 1], fake_host_set)) {
            return 0;
        }
    }
    return i < argc ? i : 0;
}

/* A plugin that calls exit() would have passed. */
static bool ended;

static void fail_early_exit(void)
{
    if (!ended) {
        fputs("FAILED: [5] the plugin called exit()\n", stderr);
        _Exit(1);
    }
}

static bool open_quietly(const char *path)
{
    printing of;

    printf("opening %s\n", path);
    printing_begin(&of);
    bool opened = suite_open(path);

    the.printed = printing_end(&of);
    return opened;
}

static int run(int argc, char **argv)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_set_fail_on_inactive(CU_FALSE);
    add_tests();
    int i = read_options(argc, argv);

    if (i == 0) {
        return usage();
    }
    char *path = realpath(argv[i], NULL); /* dlopen() would search for a name */

    if (path == NULL) {
        perror(argv[i]);
        return 1;
    }
    if (!open_quietly(path)) {
        free(path);
        return 1;
    }
    while (++i < argc) {
        if (!split(argv[i], suite_offer_kernels)) {
            return usage();
        }
    }
    if (!suite_load_kernels()) {
        return 1;
    }
    unsigned failures = suite_run();

    suite_close();
    free(path);
    failures += check_end();
    return failures == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IONBF, 0); /* a crash leaves the test's name */
    atexit(fail_early_exit);
    int code = run(argc, argv);

    ended = true;
    return code;
}
