/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tools/bench/bench.h"

#include <stdlib.h>
#include <string.h>

#include "tools/report.h"

static const raw_driver *const raw_drivers[] = {&raw_cuda, &raw_opencl,
                                                &raw_cpu};

void bench_check(tn_status status)
{
    if (status != TN_OK) {
        exit(report_status(REPORT_WORKING, status));
    }
}

void raw_check_first(float result)
{
    if (result != 2) {
        exit(report_error(EXIT_FAILED, "saxpy gave %g instead of 2", result));
    }
}

/* ---- opening ---- */

tn_status bench_open_device(const bench *b, tn_runtime **runtime,
                            tn_device **device)
{
    const tn_options options = {
        .size = sizeof options, .flags = TN_OPEN_DEFERRED, .file = b->config};
    tn_status status = tn_runtime_open_with(&options, runtime);

    if (status != TN_OK) {
        return status;
    }
    return b->wanted != NULL ? tn_device_find(*runtime, b->wanted, device)
                             : tn_device_default(*runtime, device);
}

static void open_raw(bench *b)
{
    const char *name = tn_device_name(b->device);

    b->no_raw = "no driver to compare with is known for this backend";
    for (size_t i = 0; i < sizeof raw_drivers / sizeof raw_drivers[0]; ++i) {
        size_t length = strlen(raw_drivers[i]->backend);

        if (strncmp(name, raw_drivers[i]->backend, length) == 0 &&
            name[length] == ':') {
            b->no_raw = raw_drivers[i]->open(&b->info);
            b->raw = b->no_raw == NULL ? raw_drivers[i] : NULL;
        }
    }
}

/*
 * That of the peer, where both take the same code: its registers count. Such a
 * kernel gets groups of RAW_ITEMS unasked, as programs launch it; a bundle's may
 * want others, and has as many of them as the peer.
 */
static void load_empty(bench *b)
{
    tn_kernel_info info = {.size = sizeof info};
    const char *code = b->raw != NULL ? b->raw->code : NULL;
    tn_module *module = b->module;

    if (code != NULL) {
        bench_check(
            tn_module_load_data(b->device, code, strlen(code), NULL, &module));
    }
    bench_check(tn_kernel_get(module, "add", &b->empty));
    bench_check(tn_kernel_info_get(b->empty, &info));
    b->empty_grid = tn_items((uint64_t)RAW_GROUPS * RAW_ITEMS * info.elements);
    if (code == NULL) {
        b->empty_grid = tn_in_groups(b->empty_grid, RAW_ITEMS, 1, 1);
    }
}

void bench_open(bench *b)
{
    /* the driver's own cache would make of a cold load a warm one */
    setenv("CUDA_CACHE_DISABLE", "1", 0);
    tn_status status = bench_open_device(b, &b->runtime, &b->device);

    if (status != TN_OK) {
        exit(report_status(REPORT_OPENING, status));
    }
    b->info.size = sizeof b->info;
    bench_check(tn_device_info_get(b->device, &b->info));
    bench_check(tn_stream_create(b->device, &b->stream));
    bench_check(tn_module_load(b->device, "vector", &b->module));
    bench_check(tn_kernel_get(b->module, "saxpy", &b->saxpy));
    bench_check(tn_kernel_get(b->module, "sum", &b->sum));
    open_raw(b);
    load_empty(b);
    bench_reserve(b, 4096);
}

void bench_close(bench *b)
{
    for (size_t i = 0; i < b->count; ++i) {
        sample_free(&b->rows[i].result);
    }
    free(b->rows);
    tn_runtime_close(b->runtime); /* with all that hangs on it */
    if (b->raw != NULL) {
        b->raw->close();
    }
}

void bench_reserve(bench *b, uint64_t bytes)
{
    const uint32_t zero = 0;

    if (bytes <= b->bytes) {
        return;
    }
    tn_graph_destroy(b->graph);
    b->graph = NULL;
    tn_buffer_destroy(b->x);
    tn_buffer_destroy(b->y);
    bench_check(tn_buffer_create(b->device, bytes, &b->x));
    bench_check(tn_buffer_create(b->device, bytes, &b->y));
    bench_check(tn_fill(b->stream, b->x, 0, bytes, &zero, sizeof zero));
    bench_check(tn_fill(b->stream, b->y, 0, bytes, &zero, sizeof zero));
    bench_check(tn_stream_sync(b->stream));
    b->bytes = bytes;
    if (b->raw != NULL) {
        b->raw->reserve(bytes);
    }
}

/* ---- comparing ---- */

static bench_row *add_row(bench *b)
{
    bench_row *grown = reallocarray(b->rows, b->count + 1, sizeof *grown);

    if (grown == NULL) {
        exit(report_error(EXIT_FAILED, "no memory for the table"));
    }
    b->rows = grown;
    memset(&grown[b->count], 0, sizeof *grown);
    return &grown[b->count++];
}

static void tell(const bench *b, const char *measure, uint64_t bytes)
{
    if (!b->progress) {
        return;
    }
    fprintf(stderr, "\r\033[K%s", measure);
    if (bytes != 0) {
        fprintf(stderr, ", %llu KiB", (unsigned long long)(bytes >> 10));
    }
    fflush(stderr);
}

void bench_compare(bench *b, const char *measure, uint64_t bytes,
                   const sample_side *ours, const char *peer,
                   void (*run)(void *data), void *data)
{
    const sample_side other = {.name = peer,
                               .run = run,
                               .settle = b->raw != NULL ? b->raw->wait : NULL,
                               .data = data};

    tell(b, measure, bytes);
    bench_row *row = add_row(b);

    row->measure = measure;
    row->bytes = bytes;
    row->peer = run != NULL ? peer : NULL;
    sample_compare(ours, run != NULL ? &other : NULL, &row->result);
}
