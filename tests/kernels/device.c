/* SPDX-License-Identifier: MIT */
/*
 * Runs the tests of the dialect on a device, by the signatures that make has
 * written down.
 */
#define _GNU_SOURCE
#include "tests/kernels/device.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/Basic.h>

#include "common/signature.h"
#include "tests/unit/dialect.h"

enum {
    ARGUMENTS_MAX = 32,
    /* Buffers come without their size: this much of what follows is copied. */
    WINDOW_BYTES = 4 << 20,
    LOCAL_BYTES = 4096
};

/* Of tests that a device has no part in: they are about the cpu's entry. */
static const char *const about_the_entry[] = {
    "a_range_runs_its_groups_alone",
    "an_index_never_wraps_around",
    "a_range_runs_its_wide_groups_alone",
    "a_group_beyond_the_limit_runs_no_private_kernel",
    "atomics_hold_between_threads",
    "sin_and_cos_stay_bounded"};

static char *signatures; /* its bundle.ini */
static unsigned char *windows[ARGUMENTS_MAX];
static unsigned char *copies[ARGUMENTS_MAX];
static int memory = -1; /* this process's own */

/* ---- files ---- */

static char *read_text(const char *name)
{
    const char *folder = getenv("TN_BUILDDIR");
    char path[1024];
    size_t bytes = 0;
    char *text = calloc(1, WINDOW_BYTES);

    snprintf(path, sizeof path, "%s/tests/fixtures/%s",
             folder != NULL ? folder : ".", name);
    FILE *file = fopen(path, "r");

    if (file != NULL && text != NULL) {
        bytes = fread(text, 1, WINDOW_BYTES - 1, file);
    }
    if (file != NULL) {
        fclose(file);
    }
    if (bytes == 0) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(EXIT_FAILURE);
    }
    return text;
}

/* ---- a launch ---- */

/* The next line "arg.N = TEXT" of a kernel; false at its end. */
static bool next_parameter(const char **at, tn_parameter *parameter)
{
    tn_sentence why;
    const char *end = strchr(*at, '\n');

    while (islower((unsigned char)**at) && strncmp(*at, "arg.", 4) != 0) {
        *at = end + 1; /* of another key */
        end = strchr(*at, '\n');
    }
    if (strncmp(*at, "arg.", 4) != 0) {
        return false;
    }
    const char *text = strstr(*at, " = ") + 3;

    *parameter = (tn_parameter){.size = sizeof *parameter};
    if (tn_signature_parse(text, (size_t)(end - text), parameter, &why) !=
        TN_OK) {
        fprintf(stderr, "%s\n", why.text);
        abort();
    }
    *at = end + 1;
    return true;
}

/* What lies behind a pointer, as far as there is memory. */
static void open_window(device_argument *argument, uint32_t i, void *pointer)
{
    ssize_t bytes = 0;

    if (windows[i] == NULL) {
        windows[i] = malloc(WINDOW_BYTES);
        copies[i] = malloc(WINDOW_BYTES);
    }
    if (windows[i] != NULL && copies[i] != NULL) {
        bytes =
            pread(memory, windows[i], WINDOW_BYTES, (off_t)(uintptr_t)pointer);
    }
    if (bytes <= 0) {
        perror("/proc/self/mem");
        abort();
    }
    memcpy(copies[i], windows[i], (size_t)bytes);
    argument->value = windows[i];
    argument->bytes = (size_t)bytes;
}

/* What the kernel has changed, and nothing else: windows may overlap. */
static void close_window(const device_argument *argument, uint32_t i,
                         unsigned char *pointer)
{
    for (size_t k = 0; k < argument->bytes; ++k) {
        if (windows[i][k] != copies[i][k]) {
            pointer[k] = windows[i][k];
        }
    }
}

static uint32_t open_arguments(const char *kernel, void *const *values,
                               device_argument *arguments)
{
    char section[80];
    uint32_t count = 0;
    tn_parameter parameter;

    snprintf(section, sizeof section, "[kernel %s]\n", kernel);
    const char *at = strstr(signatures, section);

    if (at == NULL) {
        fprintf(stderr, "no kernel %s\n", kernel);
        abort();
    }
    at += strlen(section);
    while (next_parameter(&at, &parameter)) {
        device_argument *argument = &arguments[count];

        *argument =
            (device_argument){parameter.type, values[count], parameter.bytes};
        if (parameter.type == TN_TYPE_BUFFER) {
            open_window(argument, count, *(void **)values[count]);
        } else if (parameter.type == TN_TYPE_LOCAL) {
            argument->bytes = LOCAL_BYTES;
        }
        ++count;
    }
    return count;
}

static void run(const char *kernel, dialect_shape groups, dialect_shape items,
                uint64_t first, void *const *values)
{
    device_argument arguments[ARGUMENTS_MAX];
    char symbol[80];
    device_launch launch = {.kernel = symbol,
                            .groups = {groups.x, groups.y, groups.z},
                            .items = {items.x, items.y, items.z},
                            .first = first,
                            .arguments = arguments};

    if ((uint64_t)items.x * items.y * items.z > device_max_items()) {
        printf("\n    no group of %u x %u x %u items here ", items.x, items.y,
               items.z);
        return;
    }
    snprintf(symbol, sizeof symbol, TN_KERNEL_SYMBOL_PREFIX "%s", kernel);
    launch.count = open_arguments(kernel, values, arguments);
    device_run(&launch);
    for (uint32_t i = 0; i < launch.count; ++i) {
        if (arguments[i].type == TN_TYPE_BUFFER) {
            close_window(&arguments[i], i, *(unsigned char **)values[i]);
        }
    }
}

/* ---- dialect.h ---- */

void dialect_run_range(const char *name, dialect_shape groups,
                       dialect_shape items, uint64_t begin, uint64_t end,
                       void *const *arguments)
{
    (void)groups; /* of one dimension where this is used */
    if (begin < end) {
        run(name, (dialect_shape){(uint32_t)(end - begin), 1, 1}, items, begin,
            arguments);
    }
}

void dialect_run(const char *name, dialect_shape groups, dialect_shape items,
                 void *const *arguments)
{
    if (groups.x > 0 && groups.y > 0 && groups.z > 0) {
        run(name, groups, items, 0, arguments);
    }
}

void dialect_run_items(const char *name, uint64_t n, void *const *arguments)
{
    dialect_run(name, (dialect_shape){(uint32_t)((n + 255) / 256), 1, 1},
                (dialect_shape){256, 1, 1}, arguments);
}

double dialect_ulps(double cpu, double any)
{
    (void)cpu;
    return any;
}

static bool has_part(const char *test)
{
    for (size_t i = 0; i < sizeof about_the_entry / sizeof *about_the_entry;
         ++i) {
        if (strcmp(test, about_the_entry[i]) == 0) {
            return false;
        }
    }
    return device_has_offsets || strstr(test, "largest_index") == NULL;
}

static bool run_tests(CU_TestInfo *tests)
{
    CU_pSuite suite = CU_initialize_registry() == CUE_SUCCESS
                          ? CU_add_suite(device_file, NULL, NULL)
                          : NULL;

    if (suite == NULL) {
        return false;
    }
    for (; tests->pName != NULL; ++tests) {
        if (has_part(tests->pName)) {
            CU_add_test(suite, tests->pName, tests->pTestFunc);
        }
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    bool passed = CU_get_number_of_failures() == 0;

    CU_cleanup_registry();
    return passed;
}

int dialect_main(CU_TestInfo *tests)
{
    bool passed = false;
    tn_sentence why;
    char *program;

    memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    signatures = read_text("dialect/bundle.ini");
    program = read_text(device_file);
    tn_status status = device_open(program, &why);

    if (status == TN_OK) {
        passed = run_tests(tests);
        device_close();
    } else {
        puts(why.text);
    }
    for (uint32_t i = 0; i < ARGUMENTS_MAX; ++i) {
        free(windows[i]);
        free(copies[i]);
    }
    free(program);
    free(signatures);
    close(memory);
    return status == TN_ERROR_UNAVAILABLE ? 77 : !passed;
}
