/* SPDX-License-Identifier: MIT */
/**
 * @file
 * One ARG of `tenon run`: an array in a file, a value, or local memory.
 */
#ifndef TENON_TOOLS_ARGUMENT_H
#define TENON_TOOLS_ARGUMENT_H

#include <tenon/tenon.h>

#include "tools/npy.h"
#include "tools/problem.h"
#include "tools/structure.h"

typedef enum argument_kind {
    ARGUMENT_VALUE, /* a scalar, a struct or local memory */
    ARGUMENT_IN,
    ARGUMENT_OUT,
    ARGUMENT_INOUT
} argument_kind;

typedef struct tool_argument {
    const char *text; /**< as the user wrote it; borrowed */
    argument_kind kind;
    bool with_output;         /**< else "=FILE" may be left out */
    char *words;              /**< what input and output point into */
    const char *input;        /**< file to read; NULL for none */
    const char *output;       /**< file to write, "-" to print; NULL for none */
    tool_structure structure; /**< behind launch, when that is a struct */
    npy_array array; /**< of OUT from the start, else once it is read */
    tn_buffer *buffer;
    tn_argument launch; /**< what the kernel gets */
} tool_argument;

/**
 * Understands in:FILE, out:DTYPE:D0,D1...=FILE, inout:FILE=FILE, DTYPE:VALUE,
 * struct:DTYPE:VALUE,... and local:BYTES. Opens nothing.
 *
 * @param with_output  whether what is written needs a file
 * @param argument     argument_free() it
 */
bool argument_parse(const char *text, bool with_output, tool_argument *argument,
                    tool_problem *problem);

/** Reads the file of an input, makes room for an output. */
bool argument_prepare(tool_argument *argument, tool_problem *problem);

/** Makes the buffer and fills argument->launch. */
tn_status argument_create(tool_argument *argument, tn_device *device);

/** Brings the buffer to what it is before a launch; outputs become 0. */
tn_status argument_reset(tool_argument *argument, tn_stream *stream);

/** Whether it is a buffer that the kernel writes. */
bool argument_is_written(const tool_argument *argument);

/** Brings what is written back from the device. @param to array.bytes */
tn_status argument_fetch(const tool_argument *argument, tn_stream *stream,
                         void *to);

/** Writes or prints an output. */
bool argument_store(const tool_argument *argument, tool_problem *problem);

/** Frees all but the buffer, which is the runtime's to free. */
void argument_free(tool_argument *argument);

#endif
