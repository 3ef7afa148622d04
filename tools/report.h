/* SPDX-License-Identifier: MIT */
/**
 * @file
 * How the command ends: exit codes, and errors on one line.
 */
#ifndef TENON_TOOLS_REPORT_H
#define TENON_TOOLS_REPORT_H

#include <tenon/tenon.h>

/* X(NAME, code, meaning) */
#define REPORT_EXIT_LIST(X)                                                    \
    X(OK, 0, "fine")                                                           \
    X(FAILED, 1, "failed")                                                     \
    X(USAGE, 2, "wrong usage")                                                 \
    X(NO_DEVICE, 3, "no usable device")                                        \
    X(CONFIG, 4, "wrong configuration")                                        \
    X(PLUGIN, 5, "plugin rejected")                                            \
    X(LOST, 6, "device lost")                                                  \
    X(MODULE, 7, "module or kernel")

enum {
#define REPORT_EXIT(name, code, meaning) EXIT_##name = code,
    REPORT_EXIT_LIST(REPORT_EXIT)
#undef REPORT_EXIT
};

/** What a call was for; it decides what some of its answers mean. */
typedef enum report_stage {
    REPORT_OPENING, /**< configuration and device */
    REPORT_WORKING  /**< everything after that */
} report_stage;

/** Prints "tenon: ..." as one line on stderr, whatever the values hold. */
void report(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** The same; returns code. */
int report_error(int code, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** The same, with where to read on. Returns EXIT_USAGE. @param command "run" */
int report_usage(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Prints why a call of Tenon failed, and its log; returns the exit code. */
int report_status(report_stage stage, tn_status status);

#endif
