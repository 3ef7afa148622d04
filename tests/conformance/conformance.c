/* SPDX-License-Identifier: MIT */
#include "tests/conformance/conformance.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <CUnit/Basic.h>

suite the;

/* ---- opening and closing ---- */

static bool complain(const char *what, const char *why)
{
    fprintf(stderr, "conformance: %s: %s\n", what, why);
    return false;
}

void *read_file(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    char *data = NULL;
    long size = -1;

    if (file != NULL && fseek(file, 0, SEEK_END) == 0) {
        size = ftell(file);
    }
    if (size >= 0 && fseek(file, 0, SEEK_SET) == 0) {
        data = malloc((size_t)size + 1);
    }
    if (data != NULL && fread(data, 1, (size_t)size, file) != (size_t)size) {
        free(data);
        data = NULL;
    }
    if (data == NULL) {
        complain(path, strerror(errno));
    }
    if (file != NULL) {
        fclose(file);
    }
    *bytes = size > 0 ? (size_t)size : 0;
    return data;
}

static void found_slow(void *data, tn_status status)
{
    struct timespec moment = {0, 50000000};

    (void)status;
    nanosleep(&moment, NULL);
    __atomic_store_n((int *)data, 1, __ATOMIC_RELEASE);
}

/* A backend that works at once would wait for ever at a closed gate. */
static void find_whether_synchronous(void)
{
    static int done; /* the callback may end after this function */
    tn_plugin_stream *stream = new_stream();

    the.synchronous = true;
    if (the.plugin.stream_call != NULL &&
        the.plugin.stream_call(stream, found_slow, &done) == TN_OK) {
        the.synchronous = __atomic_load_n(&done, __ATOMIC_ACQUIRE) != 0;
    }
    the.plugin.stream_sync(stream, TN_FOREVER);
    the.plugin.stream_destroy(stream);
}

/* Says why an operation failed, or that the plugin did not say it [5]. */
static bool opened(const char *operation, tn_status status)
{
    if (status != TN_OK) {
        fprintf(stderr, "conformance: %s: %s answers status %u: %s\n", the.path,
                operation, (unsigned)status,
                fake_host_error()[0] != '\0'
                    ? fake_host_error()
                    : "[5] without a sentence through host->error()");
    }
    return status == TN_OK;
}

static bool open_device(void)
{
    the.info.size = sizeof the.info;
    return opened("instance_create",
                  the.plugin.instance_create(&the.host.table, &the.host,
                                             &the.instance)) &&
           opened("device_info",
                  the.plugin.device_info(the.instance, 0, &the.info)) &&
           opened("device_open",
                  the.plugin.device_open(the.instance, 0, &the.device));
}

bool suite_load(const char *path)
{
    tn_sentence why;

    the.path = path;
    if (tn_dl_open(path, &the.library, &why) != TN_OK) {
        return complain(path, why.text);
    }
    the.query =
        (tn_plugin_query_function)tn_dl_function(the.library, TN_PLUGIN_ENTRY);
    if (the.query == NULL) {
        return complain(path, "it does not export " TN_PLUGIN_ENTRY);
    }
    if (the.query(TN_PLUGIN_ABI, &the.table) != TN_OK || the.table == NULL) {
        return complain(path, "its query refuses this host, or gives no table");
    }
    memcpy(&the.plugin, the.table,
           the.table->size < sizeof the.plugin ? the.table->size
                                               : sizeof the.plugin);
    if (the.plugin.instance_create == NULL || the.plugin.device_info == NULL ||
        the.plugin.device_open == NULL || the.plugin.stream_create == NULL ||
        the.plugin.stream_sync == NULL || the.plugin.stream_destroy == NULL) {
        return complain(path, "it has no devices or no streams");
    }
    return true;
}

bool suite_open(const char *path)
{
    fake_host_init(&the.host);
    return suite_load(path) && open_device();
}

bool suite_offer_kernels(const char *format, const char *path)
{
    static uint32_t best;
    uint32_t rank = 0;

    if (the.plugin.module_rank == NULL ||
        the.plugin.module_rank(the.device, format, "", &rank) != TN_OK ||
        rank <= best) {
        return true;
    }
    best = rank;
    free(the.kernels.image);
    the.kernels.format = format;
    the.kernels.path = path;
    the.kernels.image = read_file(path, &the.kernels.bytes);
    return the.kernels.image != NULL;
}

bool suite_load_kernels(void)
{
    if (the.kernels.format != NULL) {
        the.module = new_module();
    }
    find_whether_synchronous();
    return the.kernels.format == NULL || the.module != NULL;
}

void suite_close(void)
{
    if (the.module != NULL) {
        the.plugin.module_destroy(the.module);
    }
    if (the.device != NULL) {
        the.plugin.device_close(the.device);
    }
    if (the.instance != NULL) {
        the.plugin.instance_destroy(the.instance);
    }
    free(the.kernels.image);
    the.module = NULL;
    the.device = NULL;
    the.instance = NULL;
    the.kernels.image = NULL;
}

/* ---- the tests ---- */

enum {
    SKIPPED_MAX = 128
};

static struct {
    const char *test;
    const char *why;
} skipped[SKIPPED_MAX];
static unsigned skipped_count;

void skip(const char *why)
{
    if (skipped_count < SKIPPED_MAX) {
        skipped[skipped_count].test = CU_get_current_test()->pName;
        skipped[skipped_count].why = why;
        ++skipped_count;
    }
    CU_PASS("skipped");
}

unsigned suite_run(void)
{
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();

    for (unsigned i = 0; i < skipped_count; ++i) {
        printf("skipped: %s: %s\n", skipped[i].test, skipped[i].why);
    }
    CU_cleanup_registry();
    return failures;
}

bool succeeded(tn_status status, const char *call, const char *file, int line)
{
    if (status != TN_OK) {
        fprintf(stderr, "\n%s:%d: %s: status %u: %s\n", file, line, call,
                (unsigned)status, fake_host_error());
    }
    return status == TN_OK;
}

/* ---- objects ---- */

tn_plugin_memory *new_memory(uint64_t bytes)
{
    tn_plugin_memory_desc desc = {.size = sizeof desc, .bytes = bytes};
    tn_plugin_memory *memory = NULL;

    WORKS_FATAL(the.plugin.memory_create(the.device, &desc, &memory));
    CU_ASSERT_PTR_NOT_NULL_FATAL(memory);
    return memory;
}

tn_plugin_stream *new_stream(void)
{
    tn_plugin_stream_desc desc = {.size = sizeof desc};
    tn_plugin_stream *stream = NULL;

    if (the.plugin.stream_create(the.device, &desc, &stream) != TN_OK ||
        stream == NULL) {
        complain("stream_create", fake_host_error());
        abort(); /* nothing can be tested; threads come here too */
    }
    return stream;
}

tn_plugin_event *new_event(bool timed)
{
    tn_plugin_event_desc desc = {.size = sizeof desc, .timed = timed};
    tn_plugin_event *event = NULL;

    WORKS_FATAL(the.plugin.event_create(the.device, &desc, &event));
    CU_ASSERT_PTR_NOT_NULL_FATAL(event);
    return event;
}

tn_plugin_module *new_module(void)
{
    tn_plugin_module_desc desc = {.size = sizeof desc,
                                  .name = "conformance",
                                  .format = the.kernels.format,
                                  .image = the.kernels.image,
                                  .image_bytes = the.kernels.bytes,
                                  .path = the.kernels.path,
                                  .options = ""};
    tn_plugin_module *module = NULL;

    if (the.plugin.module_create(the.device, &desc, &module) != TN_OK) {
        complain("module_create", fake_host_error());
    }
    return module;
}

tn_plugin_kernel *kernel_of(tn_plugin_module *module, const char *name)
{
    tn_plugin_kernel *kernel = NULL;

    WORKS_FATAL(the.plugin.kernel_get(module, name, &kernel));
    CU_ASSERT_PTR_NOT_NULL_FATAL(kernel);
    return kernel;
}

void fill_u32(tn_plugin_stream *stream, tn_plugin_memory *memory,
              uint32_t value, uint64_t count)
{
    WORKS(the.plugin.fill(stream, memory, 0, count * sizeof value, &value,
                          sizeof value));
}

void fetch_u32(tn_plugin_stream *stream, tn_plugin_memory *memory,
               uint32_t *numbers, uint64_t count)
{
    memset(numbers, 0xee, count * sizeof *numbers);
    WORKS(the.plugin.copy_from(stream, memory, 0, numbers,
                               count * sizeof *numbers));
}

/* ---- gates ---- */

static void stand_in_gate(void *data, tn_status status)
{
    gate *held = data;
    struct timespec moment = {0, 200000};

    (void)status;
    while (!__atomic_load_n(&held->open, __ATOMIC_ACQUIRE)) {
        nanosleep(&moment, NULL);
    }
    __atomic_store_n(&held->passed, 1, __ATOMIC_RELEASE);
}

void gate_close(gate *held, tn_plugin_stream *stream)
{
    *held = (gate){0, 0};
    WORKS_FATAL(the.plugin.stream_call(stream, stand_in_gate, held));
}

void gate_open(gate *held)
{
    __atomic_store_n(&held->open, 1, __ATOMIC_RELEASE);
}
