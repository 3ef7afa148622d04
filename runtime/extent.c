/* SPDX-License-Identifier: MIT */
#include "runtime/extent.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/error.h"
#include "runtime/launch.h"

tn_status tn_kernel_read_extents(tn_kernel *kernel)
{
    uint32_t count = kernel->info.parameter_count;
    tn_sentence why;

    for (uint32_t i = 0; kernel->parameters != NULL && i < count; ++i) {
        const char *text = kernel->parameters[i].extent;

        if (text[0] == '\0') {
            continue;
        }
        if (kernel->extents == NULL) {
            kernel->extents = calloc(count, sizeof *kernel->extents);
        }
        if (kernel->extents == NULL) {
            return tn_fail_memory(kernel->name);
        }
        if (tn_extent_parse(text, strlen(text), kernel->parameters, count,
                            &kernel->extents[i], &why) != TN_OK) {
            return tn_fail(TN_ERROR_SIGNATURE, "kernel %s: argument %u %s: %s",
                           kernel->name, i, kernel->parameters[i].name,
                           why.text);
        }
    }
    return TN_OK;
}

/* ---- the values of a launch ---- */

static bool value_of(void *data, uint32_t parameter, int64_t *value)
{
    const tn_argument *arguments = data;
    const tn_argument *argument = &arguments[parameter];

    switch (argument->type) {
    case TN_TYPE_I8:
        *value = (int8_t)argument->value.u;
        return true;
    case TN_TYPE_U8:
        *value = (uint8_t)argument->value.u;
        return true;
    case TN_TYPE_I16:
        *value = (int16_t)argument->value.u;
        return true;
    case TN_TYPE_U16:
        *value = (uint16_t)argument->value.u;
        return true;
    case TN_TYPE_I32:
        *value = (int32_t)argument->value.u;
        return true;
    case TN_TYPE_U32:
        *value = (uint32_t)argument->value.u;
        return true;
    default:
        *value = argument->value.i;
        return argument->type == TN_TYPE_I64 || *value >= 0;
    }
}

const char *tn_extent_of_launch(const tn_extent *extent,
                                const tn_argument *arguments,
                                uint64_t *elements)
{
    /* it is only read */
    return tn_extent_count(extent, value_of, (void *)(uintptr_t)arguments,
                           elements);
}

static bool is_open(const tn_extent *extent, const tn_argument *arguments,
                    uint32_t index)
{
    unsigned operand = 0;
    bool open = arguments[index].open != 0;

    for (unsigned i = 0; i < extent->step_count; ++i) {
        if (extent->steps[i] == 'p') {
            open |= arguments[extent->operands[operand]].open != 0;
        }
        operand += extent->steps[i] == 'p' || extent->steps[i] == 'n';
    }
    return open;
}

/* ---- comparing ---- */

/* Where the value of an extent is more than what stands in it. */
static bool is_number(const tn_extent *extent)
{
    return extent->step_count == 1 && extent->steps[0] == 'n';
}

static tn_status fail_no_count(const tn_kernel *kernel, uint32_t index,
                               const char *why)
{
    const tn_parameter *parameter = &kernel->parameters[index];

    return tn_fail(TN_ERROR_RANGE,
                   "kernel %s: argument %u %s needs %s elements, which %s; "
                   "pass other values",
                   kernel->name, index, parameter->name, parameter->extent,
                   why);
}

static tn_status fail_short(const tn_kernel *kernel, uint32_t index,
                            const tn_argument *argument, uint64_t available,
                            uint64_t needed)
{
    const tn_parameter *parameter = &kernel->parameters[index];
    uint64_t bytes = tn_type_bytes(parameter->element);
    uint64_t most = (UINT64_MAX - argument->offset) / bytes;
    tn_sentence needs;
    tn_sentence fix;

    if (is_number(&kernel->extents[index])) {
        tn_sentence_set(&needs, "%s", parameter->extent);
    } else {
        tn_sentence_set(&needs, "%s = %llu", parameter->extent,
                        (unsigned long long)needed);
    }
    if (needed > most) {
        tn_sentence_set(&fix, "pass smaller values");
    } else if (argument->type == TN_TYPE_LOCAL) {
        tn_sentence_set(&fix, "pass tn_local(%llu)",
                        (unsigned long long)(needed * bytes));
    } else {
        tn_sentence_set(
            &fix, "pass a buffer of %llu bytes or more",
            (unsigned long long)(argument->offset + needed * bytes));
    }
    return tn_fail(TN_ERROR_RANGE,
                   "kernel %s: argument %u %s holds %llu elements%s, needs "
                   "%s; %s",
                   kernel->name, index, parameter->name,
                   (unsigned long long)(available / bytes),
                   argument->offset != 0 ? " from its offset on" : "",
                   needs.text, fix.text);
}

static tn_status check_extent(const tn_kernel *kernel, uint32_t index,
                              const tn_argument *arguments)
{
    const tn_extent *extent = &kernel->extents[index];
    const tn_argument *argument = &arguments[index];
    uint64_t available = argument->type == TN_TYPE_LOCAL
                             ? argument->bytes
                             : argument->value.buffer->bytes - argument->offset;
    uint64_t needed = 0;
    const char *why = tn_extent_of_launch(extent, arguments, &needed);

    if (why != NULL) {
        return fail_no_count(kernel, index, why);
    }
    return needed <=
                   available / tn_type_bytes(kernel->parameters[index].element)
               ? TN_OK
               : fail_short(kernel, index, argument, available, needed);
}

tn_status tn_check_extents(const tn_kernel *kernel,
                           const tn_argument *arguments)
{
    uint32_t count = kernel->extents != NULL ? kernel->info.parameter_count : 0;
    tn_status status = TN_OK;

    for (uint32_t i = 0; i < count && status == TN_OK; ++i) {
        const tn_extent *extent = &kernel->extents[i];

        if (extent->step_count > 0 && !is_open(extent, arguments, i)) {
            status = check_extent(kernel, i, arguments);
        }
    }
    return status;
}
