/* SPDX-License-Identifier: MIT */
/* What clGetKernelArgInfo() tells of a parameter, in Tenon's words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/opencl/kernel.h"

typedef struct named_type {
    const char *name;
    tn_type type;
    uint32_t bytes;
} named_type;

static const named_type scalars[] = {{"char", TN_TYPE_I8, 1},
                                     {"uchar", TN_TYPE_U8, 1},
                                     {"unsigned char", TN_TYPE_U8, 1},
                                     {"short", TN_TYPE_I16, 2},
                                     {"ushort", TN_TYPE_U16, 2},
                                     {"unsigned short", TN_TYPE_U16, 2},
                                     {"int", TN_TYPE_I32, 4},
                                     {"uint", TN_TYPE_U32, 4},
                                     {"unsigned int", TN_TYPE_U32, 4},
                                     {"long", TN_TYPE_I64, 8},
                                     {"ulong", TN_TYPE_U64, 8},
                                     {"unsigned long", TN_TYPE_U64, 8},
                                     {"half", TN_TYPE_F16, 2},
                                     {"float", TN_TYPE_F32, 4},
                                     {"double", TN_TYPE_F64, 8},
/* the names of the portable dialect */
#define DIALECT(name, number, text, size) {"tn_" text, TN_TYPE_##name, size},
                                     TN_TYPE_LIST(DIALECT)
#undef DIALECT
};

/*
 * A scalar, or a vector of them ("float4"), which counts as a struct of its
 * size; elements of a vector of three take the room of four.
 */
static bool find_type(const char *name, tn_type *type, uint32_t *bytes)
{
    for (size_t i = 0; i < sizeof scalars / sizeof scalars[0]; ++i) {
        size_t length = strlen(scalars[i].name);

        if (strncmp(name, scalars[i].name, length) != 0) {
            continue;
        }
        char *end = NULL;
        unsigned long width =
            name[length] == '\0' ? 1 : strtoul(name + length, &end, 10);

        if (width == 1 && name[length] == '\0') {
            *type = scalars[i].type;
            *bytes = scalars[i].bytes;
            return true;
        }
        if (end != name + length && *end == '\0' && width >= 2 && width <= 16) {
            *type = TN_TYPE_STRUCT;
            *bytes = scalars[i].bytes * (uint32_t)(width == 3 ? 4 : width);
            return true;
        }
    }
    return false;
}

static bool is_opaque(const char *name)
{
    return strncmp(name, "image", 5) == 0 || strcmp(name, "sampler_t") == 0 ||
           strncmp(name, "pipe", 4) == 0 || strcmp(name, "queue_t") == 0;
}

/* A name as the driver spells it: without pointer, qualifiers and spaces. */
static void clean_name(char *name)
{
    size_t length = strlen(name);

    while (length > 0 && (name[length - 1] == '*' || name[length - 1] == ' ')) {
        name[--length] = '\0';
    }
    if (strncmp(name, "const ", 6) == 0) {
        memmove(name, name + 6, length - 5);
    }
}

static void read_pointer(tn_parameter *parameter, const char *type,
                         cl_kernel_arg_address_qualifier address,
                         cl_kernel_arg_type_qualifier qualifiers)
{
    uint32_t bytes;

    parameter->type =
        address == CL_KERNEL_ARG_ADDRESS_LOCAL ? TN_TYPE_LOCAL : TN_TYPE_BUFFER;
    if (!find_type(type, &parameter->element, &bytes) ||
        parameter->element == TN_TYPE_STRUCT) {
        parameter->element = TN_TYPE_NONE;
    }
    if (address == CL_KERNEL_ARG_ADDRESS_CONSTANT ||
        (address == CL_KERNEL_ARG_ADDRESS_GLOBAL &&
         (qualifiers & CL_KERNEL_ARG_TYPE_CONST) != 0)) {
        parameter->access = TN_ACCESS_READ;
    }
}

void ocl_parameter_read(const ocl_symbols *cl, cl_kernel object, uint32_t index,
                        tn_parameter *parameter)
{
    cl_kernel_arg_address_qualifier address = 0;
    cl_kernel_arg_type_qualifier qualifiers = 0;
    char type[128] = "";
    uint32_t bytes;

    *parameter = (tn_parameter){.size = sizeof *parameter};
    if (cl->GetKernelArgInfo == NULL ||
        cl->GetKernelArgInfo(object, index, CL_KERNEL_ARG_ADDRESS_QUALIFIER,
                             sizeof address, &address, NULL) != CL_SUCCESS ||
        cl->GetKernelArgInfo(object, index, CL_KERNEL_ARG_TYPE_NAME,
                             sizeof type - 1, type, NULL) != CL_SUCCESS) {
        return;
    }
    (void)cl->GetKernelArgInfo(object, index, CL_KERNEL_ARG_TYPE_QUALIFIER,
                               sizeof qualifiers, &qualifiers, NULL);
    if (cl->GetKernelArgInfo(object, index, CL_KERNEL_ARG_NAME,
                             sizeof parameter->name - 1, parameter->name,
                             NULL) != CL_SUCCESS) {
        parameter->name[0] = '\0';
    }
    clean_name(type);
    if (is_opaque(type)) {
        return;
    }
    if (address != CL_KERNEL_ARG_ADDRESS_PRIVATE) {
        read_pointer(parameter, type, address, qualifiers);
    } else if (find_type(type, &parameter->type, &bytes)) {
        parameter->bytes = bytes;
    }
}
