/* SPDX-License-Identifier: MIT */
/**
 * @file
 * `tenon cc`: what was asked for, and the parts that do it.
 */
#ifndef TENON_TOOLS_CC_CC_H
#define TENON_TOOLS_CC_CC_H

#include <stdbool.h>

#include "tools/cc/words.h"
#include "tools/problem.h"

/* X(NAME, word of --target) */
#define CC_TARGET_LIST(X)                                                      \
    X(CPU, "cpu")                                                              \
    X(OPENCL, "opencl")                                                        \
    X(PTX, "ptx")

typedef enum cc_target {
#define CC_TARGET(name, word) CC_TARGET_##name,
    CC_TARGET_LIST(CC_TARGET)
#undef CC_TARGET
    CC_TARGETS
} cc_target;

typedef struct cc_options {
    const char *source;
    const char *folder;       /**< of the bundle; NULL: none was named */
    const char *level;        /**< of -O; NULL: 3 */
    cc_words defines;         /**< -D, -U and -I, in their order */
    cc_words flags;           /**< --cflags, for the native compiler */
    bool targets[CC_TARGETS]; /**< --target; none: all that is possible */
    bool targets_named;
    cc_words arch;            /**< --arch */
    const char *dependencies; /**< --depfile */
    unsigned jobs;            /**< 0: as many as CPUs */
    bool verbose;
    /* of --inspect and --add */
    const char *config;
    const char *name;
    const char *requirements;
    bool json;
} cc_options;

/** Builds a bundle of a source; returns the exit code. */
int cc_build(const cc_options *options);

/** Shows the bundle options->folder; returns the exit code. */
int cc_inspect(const cc_options *options);

/** Adds the file options->source to the bundle options->folder. */
int cc_add(const cc_options *options);

#endif
