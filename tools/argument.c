/* SPDX-License-Identifier: MIT */
#include "tools/argument.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/nearest.h"
#include "tools/value.h"

/* ---- from text ------------------------------------------------------------ */

static bool parse_in(tool_argument *a, char *rest, tool_problem *problem)
{
    a->kind = ARGUMENT_IN;
    a->input = rest;
    if (*rest == '\0') {
        return problem_set(problem, "%s: a file is missing, in:FILE.npy",
                           a->text);
    }
    return true;
}

static bool parse_inout(tool_argument *a, char *rest, tool_problem *problem)
{
    char *equals = strrchr(rest, '=');

    a->kind = ARGUMENT_INOUT;
    a->input = rest;
    if (equals == NULL && *rest != '\0' && !a->with_output) {
        return true;
    }
    if (equals == NULL || equals == rest || equals[1] == '\0') {
        return problem_set(
            problem, "%s: a file is missing, inout:FILE.npy=OUT.npy", a->text);
    }
    *equals = '\0';
    a->output = equals + 1;
    return true;
}

static bool unknown_type(const tool_argument *a, const char *name,
                         tool_problem *problem)
{
    return problem_set(problem, "%s: no dtype '%s', use one of %s", a->text,
                       name, VALUE_TYPES);
}

static bool parse_out(tool_argument *a, char *rest, tool_problem *problem)
{
    npy_array *array = &a->array;
    char *shape = strchr(rest, ':');
    char *equals = shape == NULL ? NULL : strchr(shape, '=');

    a->kind = ARGUMENT_OUT;
    if (shape == NULL ||
        (equals == NULL ? a->with_output : equals[1] == '\0')) {
        return problem_set(problem,
                           "%s: not of the form out:DTYPE:D0,D1...=FILE.npy",
                           a->text);
    }
    *shape++ = '\0';
    if (equals != NULL) {
        *equals = '\0';
        a->output = equals + 1;
    }
    array->type = value_type_find(rest, strlen(rest));
    if (array->type == TN_TYPE_NONE) {
        return unknown_type(a, rest, problem);
    }
    if (!value_parse_extents(shape, array->shape, NPY_RANK_LIMIT,
                             &array->rank)) {
        return problem_set(problem, "%s: '%s' is no shape, write D0,D1...",
                           a->text, shape);
    }
    return npy_measure(array) ||
           problem_set(problem, "%s: the shape %s overflows", a->text, shape);
}

static bool parse_local(tool_argument *a, char *rest, tool_problem *problem)
{
    uint64_t bytes;

    if (!value_parse_count(rest, &bytes) || bytes == 0 || bytes > UINT32_MAX) {
        return problem_set(problem,
                           "%s: local memory takes 1 to %" PRIu32
                           " bytes, local:BYTES",
                           a->text, UINT32_MAX);
    }
    a->launch = tn_local((uint32_t)bytes);
    return true;
}

static bool parse_struct(tool_argument *a, char *rest, tool_problem *problem)
{
    tool_problem inner;

    if (!structure_parse(rest, &a->structure, &inner)) {
        return problem_set(problem, "%s: %s", a->text, inner.text);
    }
    a->launch = tn_struct(a->structure.data, a->structure.bytes);
    return true;
}

static bool parse_value(tool_argument *a, tn_type type, const char *text,
                        tool_problem *problem)
{
    tool_problem inner;

    if (!value_parse(type, text, &a->launch, &inner)) {
        return problem_set(problem, "%s: %s", a->text, inner.text);
    }
    return true;
}

static const struct {
    const char *word;
    bool (*parse)(tool_argument *a, char *rest, tool_problem *problem);
} forms[] = {
    {"in", parse_in},       {"out", parse_out},       {"inout", parse_inout},
    {"local", parse_local}, {"struct", parse_struct},
};

enum {
    FORM_COUNT = sizeof forms / sizeof forms[0]
};

static bool unknown_form(const tool_argument *a, bool colon,
                         tool_problem *problem)
{
    tn_nearest search;

    tn_nearest_init(&search, a->words);
    for (size_t i = 0; i < FORM_COUNT; ++i) {
        tn_nearest_offer(&search, forms[i].word);
    }
    for (tn_type type = TN_TYPE_I8; type <= TN_TYPE_F64; ++type) {
        tn_nearest_offer(&search, value_type_name(type));
    }
    if (colon && search.best[0] != '\0') {
        return problem_set(problem, "%s: no such argument (did you mean %s:?)",
                           a->text, search.best);
    }
    return problem_set(problem,
                       "%s: no such argument, it begins with in: out: inout: "
                       "local: struct: or a dtype (%s)",
                       a->text, VALUE_TYPES);
}

bool argument_parse(const char *text, bool with_output, tool_argument *argument,
                    tool_problem *problem)
{
    memset(argument, 0, sizeof *argument);
    argument->with_output = with_output;
    argument->text = text;
    argument->words = strdup(text);
    if (argument->words == NULL) {
        return problem_set(problem, "%s: no memory", text);
    }
    char *colon = strchr(argument->words, ':');

    if (colon != NULL) {
        *colon = '\0';
    }
    for (size_t i = 0; colon != NULL && i < FORM_COUNT; ++i) {
        if (strcmp(argument->words, forms[i].word) == 0) {
            return forms[i].parse(argument, colon + 1, problem);
        }
    }
    tn_type type = value_type_find(argument->words, strlen(argument->words));

    if (colon != NULL && type != TN_TYPE_NONE) {
        return parse_value(argument, type, colon + 1, problem);
    }
    return unknown_form(argument, colon != NULL, problem);
}

void argument_free(tool_argument *argument)
{
    npy_free(&argument->array);
    free(argument->structure.data);
    free(argument->words);
}

bool argument_is_written(const tool_argument *argument)
{
    return argument->kind == ARGUMENT_OUT || argument->kind == ARGUMENT_INOUT;
}

/* ---- files ---------------------------------------------------------------- */

bool argument_prepare(tool_argument *argument, tool_problem *problem)
{
    npy_array *array = &argument->array;

    if (argument->input != NULL) {
        return npy_read(argument->input, array, problem);
    }
    if (argument->kind == ARGUMENT_OUT) {
        array->data = calloc(1, array->bytes > 0 ? array->bytes : 1);
        if (array->data == NULL) {
            return problem_set(problem, "%s: no memory for %" PRIu64 " bytes",
                               argument->text, array->bytes);
        }
    }
    return true;
}

bool argument_store(const tool_argument *argument, tool_problem *problem)
{
    const npy_array *array = &argument->array;
    uint32_t bytes = value_type_bytes(array->type);

    if (argument->output == NULL) {
        return true;
    }
    if (strcmp(argument->output, "-") != 0) {
        return npy_write(argument->output, array, problem);
    }
    for (uint64_t i = 0; i < array->count; ++i) {
        value_print(stdout, array->type, (const char *)array->data + i * bytes);
    }
    return true;
}

/* ---- the device ----------------------------------------------------------- */

tn_status argument_create(tool_argument *argument, tn_device *device)
{
    uint64_t bytes = argument->array.bytes;

    if (argument->kind == ARGUMENT_VALUE) {
        return TN_OK;
    }
    /* an array without elements still needs an address */
    tn_status status =
        tn_buffer_create(device, bytes > 0 ? bytes : 1, &argument->buffer);

    if (status == TN_OK) {
        argument->launch = tn_at(argument->buffer, 0);
    }
    return status;
}

tn_status argument_reset(tool_argument *argument, tn_stream *stream)
{
    static const char zero = 0;
    const npy_array *array = &argument->array;

    switch (argument->kind) {
    case ARGUMENT_IN:
    case ARGUMENT_INOUT:
        return tn_copy_to(stream, argument->buffer, 0, array->data,
                          array->bytes);
    case ARGUMENT_OUT:
        return tn_fill(stream, argument->buffer, 0, array->bytes, &zero, 1);
    case ARGUMENT_VALUE:
        break;
    }
    return TN_OK;
}

tn_status argument_fetch(const tool_argument *argument, tn_stream *stream,
                         void *to)
{
    if (!argument_is_written(argument)) {
        return TN_OK;
    }
    return tn_copy_from(stream, argument->buffer, 0, to, argument->array.bytes);
}
