/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tools/run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tools/fit.h"
#include "tools/report.h"

/* ---- device and kernel ---------------------------------------------------- */

/* The one backend of -b takes the place of the configured list. */
static tn_status open_runtime(tool_run *run)
{
    const tn_setting settings[] = {
        {"runtime", "backend", run->backend, run->chosen_by},
        {"runtime", "fallback", "no", run->chosen_by},
    };
    const tn_options options = {
        .size = sizeof options,
        .flags = TN_OPEN_DEFERRED,
        .file = run->config,
        .settings = settings,
        .setting_count = run->backend[0] != '\0' ? 2 : 0,
    };

    return tn_runtime_open_with(&options, &run->runtime);
}

static int open_device(tool_run *run)
{
    tn_status status = open_runtime(run);

    if (status == TN_OK) {
        status =
            run->device_wanted != NULL
                ? tn_device_find(run->runtime, run->device_wanted, &run->device)
                : tn_device_default(run->runtime, &run->device);
    }
    if (status == TN_OK) {
        status = tn_stream_create(run->device, &run->stream);
    }
    return status == TN_OK ? EXIT_OK : report_status(REPORT_OPENING, status);
}

/* "kernels.ptx" is a file, as in "./kernels.ptx", when there is one. */
static bool is_code_file(const char *name)
{
    static const char *const extensions[] = {".so", ".ptx", ".cubin", ".fatbin",
                                             ".cl"};
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; ++i) {
        if (dot != NULL && strcmp(dot, extensions[i]) == 0) {
            return strchr(name, '/') == NULL && access(name, F_OK) == 0;
        }
    }
    return false;
}

static int load_kernel(tool_run *run)
{
    char *path;

    if (asprintf(&path, "%s%s", is_code_file(run->module_name) ? "./" : "",
                 run->module_name) < 0) {
        return report_error(EXIT_FAILED, "no memory for the module's name");
    }
    tn_status status = tn_module_load_with(
        run->device, path, run->options != NULL ? run->options : "",
        &run->module);

    free(path);
    if (status == TN_OK) {
        status = tn_kernel_get(run->module, run->kernel_name, &run->kernel);
    }
    return status == TN_OK ? EXIT_OK : report_status(REPORT_WORKING, status);
}

/* ---- arguments ------------------------------------------------------------ */

static int read_arrays(tool_run *run)
{
    tool_problem problem;

    for (size_t i = 0; i < run->count && !run->has_arrays; ++i) {
        if (!argument_prepare(&run->arguments[i], &problem)) {
            return report_error(EXIT_FAILED, "%s", problem.text);
        }
    }
    run->has_arrays = true;
    return EXIT_OK;
}

/* -n, or the elements of the first array; without either there are none. */
static void choose_items(tool_run *run)
{
    for (size_t i = 0; i < run->count && !run->has_items; ++i) {
        if (run->arguments[i].kind != ARGUMENT_VALUE) {
            run->grid.items[0] = run->arguments[i].array.count;
            run->grid.items[1] = 1;
            run->grid.items[2] = 1;
            run->grid.dimensions = 1;
            run->has_items = true;
        }
    }
}

/* The launch would refuse it, too, and name functions of C. */
static int choose_grid(tool_run *run)
{
    tn_kernel_info info = {.size = sizeof info};
    uint32_t given;

    choose_items(run);
    given = run->grid.dimensions;
    if (tn_kernel_info_get(run->kernel, &info) != TN_OK ||
        info.dimensions <= (given > 0 ? given : 1)) {
        return EXIT_OK;
    }
    return report_error(
        EXIT_FAILED,
        "kernel %s has %" PRIu32 " dimensions, the grid %" PRIu32
        ": all but index 0 of the others would be left out; "
        "give -n %s",
        run->kernel_name, info.dimensions, given > 0 ? given : 1,
        info.dimensions == 2 ? "X,Y" : "X,Y,Z");
}

static int create_buffers(tool_run *run)
{
    tn_status status = TN_OK;

    for (size_t i = 0; i < run->count && status == TN_OK; ++i) {
        status = argument_create(&run->arguments[i], run->device);
    }
    return status == TN_OK ? EXIT_OK : report_status(REPORT_WORKING, status);
}

/* ---- launches ------------------------------------------------------------- */

static uint64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* Every launch finds the same contents, so N of them do not change the result. */
static tn_status reset(tool_run *run, bool first)
{
    tn_status status = TN_OK;

    for (size_t i = 0; i < run->count && status == TN_OK; ++i) {
        if (first || run->arguments[i].kind != ARGUMENT_IN) {
            status = argument_reset(&run->arguments[i], run->stream);
        }
    }
    return status != TN_OK ? status : tn_stream_sync(run->stream);
}

static tn_status launch_once(tool_run *run, const tn_argument *arguments,
                             uint64_t *nanoseconds)
{
    uint64_t begin = now();
    tn_status status = tn_launch_arguments(run->stream, run->kernel, run->grid,
                                           arguments, run->count);

    if (status == TN_OK) {
        status = tn_stream_sync(run->stream);
    }
    *nanoseconds = now() - begin;
    return status;
}

static int ascending(const void *a, const void *b)
{
    uint64_t first = *(const uint64_t *)a;
    uint64_t second = *(const uint64_t *)b;

    return (first > second) - (first < second);
}

static int launch(tool_run *run)
{
    uint64_t times_count = run->repeat > 0 ? run->repeat : 1;
    uint64_t *times = calloc(times_count, sizeof *times);
    tn_argument *arguments = calloc(run->count + 1, sizeof *arguments);
    tn_status status = TN_OK;
    int code = EXIT_OK;

    if (times == NULL || arguments == NULL) {
        code = report_error(EXIT_FAILED, "no memory for the launch");
        goto free_both;
    }
    for (size_t i = 0; i < run->count; ++i) {
        arguments[i] = run->arguments[i].launch;
    }
    for (uint64_t i = 0; i < times_count && status == TN_OK; ++i) {
        status = reset(run, i == 0);
        if (status == TN_OK) {
            status = launch_once(run, arguments, &times[i]);
        }
    }
    if (status != TN_OK) {
        code = report_status(REPORT_WORKING, status);
    } else if (!run->has_items) { /* after what the kernel says is missing */
        code = report_usage("run", "no array tells the number of items, "
                                   "give -n");
    }
    qsort(times, times_count, sizeof *times, ascending);
    run->median = times[times_count / 2];
    run->least = times[0];
free_both:
    free(arguments);
    free(times);
    return code;
}

int run_launch(tool_run *run)
{
    static int (*const steps[])(tool_run * run) = {
        open_device, load_kernel,    read_arrays, fit_check,
        choose_grid, create_buffers, launch,
    };
    int code = EXIT_OK;

    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && code == EXIT_OK;
         ++i) {
        code = steps[i](run);
    }
    return code;
}

char *run_describe(const tool_run *run)
{
    tn_device_info info = {.size = sizeof info};
    char *text = NULL;

    (void)tn_device_info_get(run->device, &info);
    return asprintf(&text, "%s (%s): %s", tn_device_name(run->device),
                    info.name, tn_module_description(run->module)) >= 0
               ? text
               : NULL;
}

void run_report(const tool_run *run, const char *description, uint64_t median,
                uint64_t least)
{
    report("%s", description);
    if (run->repeat > 0) {
        report("%" PRIu64 " launches, each: median %.3f us, least %.3f us",
               run->repeat, (double)median / 1e3, (double)least / 1e3);
    }
}

void run_close(tool_run *run)
{
    tn_runtime_close(run->runtime); /* and all that was made on it */
    run->runtime = NULL;
}
