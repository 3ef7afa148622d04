/* SPDX-License-Identifier: MIT */
#include "tools/form.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/value.h"

/* ---- the signature -------------------------------------------------------- */

static void read_extent(tool_signature *s, uint32_t index)
{
    const char *text = s->parameters[index].extent;
    tn_sentence why;

    if (tn_extent_parse(text, strlen(text), s->parameters, s->count,
                        &s->extents[index], &why) != TN_OK) {
        s->extents[index].step_count = 0;
    }
}

bool signature_read(tn_kernel *kernel, tool_signature *signature)
{
    tn_kernel_info info = {.size = sizeof info};
    tool_signature s = {0};
    bool known = tn_kernel_info_get(kernel, &info) == TN_OK &&
                 info.parameter_count != TN_UNKNOWN;

    if (!known) {
        return false;
    }
    s.count = info.parameter_count;
    s.dimensions = info.dimensions;
    s.parameters = calloc(s.count + 1, sizeof *s.parameters);
    s.extents = calloc(s.count + 1, sizeof *s.extents);
    known = s.parameters != NULL && s.extents != NULL;
    for (uint32_t i = 0; i < s.count && known; ++i) {
        s.parameters[i].size = sizeof *s.parameters;
        known = tn_kernel_parameter(kernel, i, &s.parameters[i]) == TN_OK;
    }
    for (uint32_t i = 0; i < s.count && known; ++i) {
        read_extent(&s, i);
    }
    if (!known) {
        signature_free(&s);
        return false;
    }
    *signature = s;
    return true;
}

void signature_free(tool_signature *signature)
{
    free(signature->parameters);
    free(signature->extents);
}

/* ---- words ---------------------------------------------------------------- */

static void describe_array(FILE *out, const tn_parameter *parameter)
{
    static const char *const access[] = {
        "", " that is read", " that is written", " that is read and written"};

    fputs("an array", out);
    if (parameter->element != TN_TYPE_NONE) {
        fprintf(out, " of %s", value_type_name(parameter->element));
    }
    fputs(access[parameter->access & TN_ACCESS_READ_WRITE], out);
}

void form_describe(FILE *out, const tn_parameter *parameter)
{
    switch (parameter->type) {
    case TN_TYPE_BUFFER:
        describe_array(out, parameter);
        break;
    case TN_TYPE_LOCAL:
        fputs("memory of a group", out);
        break;
    case TN_TYPE_STRUCT:
        fprintf(out, "a struct of %" PRIu64 " bytes", parameter->bytes);
        break;
    case TN_TYPE_NONE:
        fprintf(out, "%" PRIu64 " bytes%s", parameter->bytes,
                parameter->bytes == 8 ? ", an array or a value" : "");
        break;
    default:
        fputs(value_type_name(parameter->type), out);
    }
}

/* ---- an argument ---------------------------------------------------------- */

static bool example_value(void *data, uint32_t parameter, int64_t *value)
{
    (void)data;
    (void)parameter;
    *value = FORM_NUMBER;
    return true;
}

static uint64_t elements_of(const tool_signature *signature, uint32_t index,
                            tn_extent_value value, void *data)
{
    const tn_extent *extent = &signature->extents[index];
    uint64_t elements = FORM_LENGTH;

    if (extent->step_count > 0 &&
        tn_extent_count(extent, value, data, &elements) != NULL) {
        return FORM_LENGTH;
    }
    return elements;
}

static void write_array(FILE *out, const tn_parameter *parameter,
                        uint32_t index, uint64_t elements)
{
    char name[TN_NAME_BYTES];

    snprintf(name, sizeof name, "%s", parameter->name);
    if (name[0] == '\0') {
        snprintf(name, sizeof name, "array%" PRIu32, index);
    }
    if (parameter->access == TN_ACCESS_READ) {
        fprintf(out, "in:%s.npy", name);
    } else if (parameter->access == TN_ACCESS_WRITE &&
               parameter->element != TN_TYPE_NONE) {
        fprintf(out, "out:%s:%" PRIu64 "=%s.npy",
                value_type_name(parameter->element), elements, name);
    } else {
        fprintf(out, "inout:%s.npy=%s-out.npy", name, name);
    }
}

/* Members of one size, the largest that leaves no rest. */
static void write_struct(FILE *out, uint64_t bytes)
{
    uint64_t member = bytes % 8 == 0   ? 8
                      : bytes % 4 == 0 ? 4
                      : bytes % 2 == 0 ? 2
                                       : 1;

    fputs("struct", out);
    for (uint64_t at = 0; at < bytes; at += member) {
        fprintf(out, "%cu%" PRIu64 ":0", at == 0 ? ':' : ',', 8 * member);
    }
}

void form_write(FILE *out, const tool_signature *signature, uint32_t index,
                tn_extent_value value, void *data)
{
    const tn_parameter *parameter = &signature->parameters[index];
    uint64_t elements = elements_of(
        signature, index, value != NULL ? value : example_value, data);
    uint64_t element = value_type_bytes(parameter->element);

    switch (parameter->type) {
    case TN_TYPE_BUFFER:
        write_array(out, parameter, index, elements);
        break;
    case TN_TYPE_LOCAL:
        elements = elements > 0 ? elements : 1;
        fprintf(out, "local:%" PRIu64, elements * (element > 0 ? element : 8));
        break;
    case TN_TYPE_STRUCT:
        write_struct(out, parameter->bytes);
        break;
    case TN_TYPE_NONE:
        fprintf(out, "u%" PRIu64 ":%d", 8 * parameter->bytes, FORM_NUMBER);
        break;
    default:
        fprintf(out, "%s:%d", value_type_name(parameter->type), FORM_NUMBER);
    }
}

void form_command(FILE *out, const tool_signature *signature,
                  const char *module, const char *kernel)
{
    static const char *const grids[] = {"16", "16", "16,16", "16,16,16"};
    bool array = false;

    for (uint32_t i = 0; i < signature->count; ++i) {
        array |= signature->parameters[i].type == TN_TYPE_BUFFER;
    }
    fputs("tenon run", out);
    if (signature->dimensions > 1 || !array) {
        fprintf(out, " -n %s", grids[signature->dimensions & 3]);
    }
    fprintf(out, " %s %s", module, kernel);
    for (uint32_t i = 0; i < signature->count; ++i) {
        fputc(' ', out);
        form_write(out, signature, i, NULL, NULL);
    }
}
