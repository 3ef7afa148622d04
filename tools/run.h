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
    char backend[64];          /* of -b; "": what the configuration says */
    const char *device_wanted; /* the whole of -b, when it names a device */
    tn_grid grid;
    bool has_items;
    uint64_t repeat; /* 0: once, without telling the time */
    const char *module_name;
    const char *kernel_name;
    tool_argument *arguments;
    size_t count;

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

#endif
