/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What `tenon run` is asked to do, and what it holds while it does it.
 */
#ifndef TENON_TOOLS_RUN_H
#define TENON_TOOLS_RUN_H

#include <stdbool.h>

#include <tenon/tenon.h>

#include "tools/argument.h"

typedef struct tool_run {
    const char *config;        /* NULL for none */
    char backend[64];          /* "": what the configuration says */
    const char *device_wanted; /* the whole of -b, when it names a device */
    const char *chosen_by;     /* the option that names the backend */
    char *options;             /* for the device's compiler; NULL: none */
    tn_grid grid;
    bool has_items;
    uint64_t repeat; /* 0: once, without telling the time */
    const char *module_name;
    const char *kernel_name;
    tool_argument *arguments;
    size_t count;
    bool has_arrays; /* the files have been read */

    tn_runtime *runtime;
    tn_device *device;
    tn_stream *stream;
    tn_module *module;
    tn_kernel *kernel;
    uint64_t median; /* nanoseconds of a launch */
    uint64_t least;
} tool_run;

/** Reads the command line. Returns an exit code; EXIT_OK goes on. */
int run_parse(tool_run *run, int argc, char **argv);

/**
 * Opens the device, loads the kernel, reads the arrays unless it has them, and
 * launches. Returns an exit code; run_close() follows in any case.
 */
int run_launch(tool_run *run);

/** Closes the device. The arguments and their arrays stay. */
void run_close(tool_run *run);

#endif
