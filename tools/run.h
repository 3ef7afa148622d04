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

    char **compare; /* the backends of --compare, into compare_text */
    size_t compare_count;
    char *compare_text;
    double tolerance; /* negative: what suits the type */
    bool json;

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
 * Takes the one backend of an option, "NAME" or "NAME:DEVICE". Returns an exit
 * code. @param text stays with the run
 */
int run_choose(tool_run *run, const char *option, const char *text);

/**
 * Opens the device, loads the kernel, reads the arrays unless it has them, and
 * launches. Returns an exit code; run_close() follows in any case.
 */
int run_launch(tool_run *run);

/** "cpu:0 (AMD EPYC 9654): vector, ..."; free() it. NULL: no memory. */
char *run_describe(const tool_run *run);

/** Says on stderr what ran and, where it was asked for, how long it took. */
void run_report(const tool_run *run, const char *description, uint64_t median,
                uint64_t least);

/** Runs on each backend of --compare. Returns an exit code. */
int run_compare(tool_run *run);

/** Closes the device. The arguments and their arrays stay. */
void run_close(tool_run *run);

#endif
