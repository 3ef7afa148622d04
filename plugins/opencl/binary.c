/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "plugins/opencl/binary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/binaries.h"
#include "plugins/opencl/device.h"
#include "plugins/opencl/module.h"

/*
 * A value is a list of kernels, then the driver's binary. A kernel is its
 * function's name with a NUL, the number of its parameters, and these; an empty
 * name ends the list.
 */

/* ---- keys ---- */

void ocl_binary_key_init(ocl_binary_key *key, const tn_plugin_device *device,
                         const char *options, const char *source,
                         size_t source_bytes)
{
    const tn_device_info *info = &device->info;
    FILE *out;

    *key = (ocl_binary_key){NULL, 0};
    if (!tn_binaries_wanted(&device->instance->binaries) ||
        (out = open_memstream(&key->text, &key->bytes)) == NULL) {
        return;
    }
    fprintf(out, "opencl " OCL_VERSION " %zu\n%s\n%s\n%s\n%s\n%s\n",
            sizeof(tn_parameter), info->name, info->vendor, info->driver,
            device->driver_version, options);
    fwrite(source, 1, source_bytes, out);
    if (fclose(out) != 0) {
        ocl_binary_key_finish(key);
    }
}

void ocl_binary_key_finish(ocl_binary_key *key)
{
    free(key->text);
    *key = (ocl_binary_key){NULL, 0};
}

/* ---- the list of kernels ---- */

/* The next kernel of a list; false at its end, *at behind it. */
static bool next_kernel(const char *list, size_t bytes, size_t *at,
                        const char **function, uint32_t *count,
                        const char **parameters)
{
    const char *name = list + *at;
    size_t length = strnlen(name, bytes - *at);
    size_t left = bytes - *at - length;

    if (left == 0 || length == 0) {
        *at += left > 0 ? 1 : 0;
        return false;
    }
    --left;
    if (left < sizeof *count) {
        return false;
    }
    memcpy(count, name + length + 1, sizeof *count);
    left -= sizeof *count;
    if (*count > TN_ARGUMENTS_MAX || left < *count * sizeof(tn_parameter)) {
        return false;
    }
    *function = name;
    *parameters = name + length + 1 + sizeof *count;
    *at += length + 1 + sizeof *count + *count * sizeof(tn_parameter);
    return true;
}

/* Bytes of the list; 0 where it has no end. */
static size_t list_bytes(const char *list, size_t bytes)
{
    const char *function;
    const char *parameters;
    uint32_t count;
    size_t at = 0;

    while (next_kernel(list, bytes, &at, &function, &count, &parameters)) {
    }
    return at > 0 && at <= bytes && list[at - 1] == '\0' ? at : 0;
}

bool ocl_binary_parameters(const tn_plugin_module *module, const char *function,
                           tn_parameter *parameters, uint32_t count)
{
    const char *found;
    const char *from;
    uint32_t found_count;
    size_t at = 0;

    while (module->kept != NULL &&
           next_kernel(module->kept, module->kept_bytes, &at, &found,
                       &found_count, &from)) {
        if (strcmp(found, function) == 0) {
            if (found_count == count) {
                memcpy(parameters, from, count * sizeof *parameters);
            }
            return found_count == count;
        }
    }
    return false;
}

static void write_kernels(tn_plugin_module *module, FILE *out)
{
    for (uint32_t i = 0; i < module->kernel_count; ++i) {
        const tn_plugin_kernel *kernel = &module->kernels[i];

        if (ocl_kernel_describe(&module->kernels[i]) == TN_OK &&
            kernel->info.parameter_count <= TN_ARGUMENTS_MAX) {
            uint32_t count = kernel->info.parameter_count;

            fwrite(kernel->function, 1, strlen(kernel->function) + 1, out);
            fwrite(&count, 1, sizeof count, out);
            fwrite(kernel->parameters, sizeof *kernel->parameters, count, out);
        }
    }
    fputc('\0', out);
}

/* ---- reading ---- */

static bool make_program(tn_plugin_module *module, const char *binary,
                         size_t bytes, const char *options)
{
    const ocl_symbols *cl = &module->instance->cl;
    const unsigned char *image = (const unsigned char *)binary;
    cl_device_id id = module->device->id;
    cl_int taken = CL_SUCCESS;
    cl_int code = CL_SUCCESS;
    cl_program program = cl->CreateProgramWithBinary(
        module->device->context, 1, &id, &bytes, &image, &taken, &code);

    if (program == NULL) {
        return false;
    }
    if (taken != CL_SUCCESS ||
        cl->BuildProgram(program, 1, &id, options, NULL, NULL) != CL_SUCCESS) {
        (void)cl->ReleaseProgram(program);
        return false;
    }
    module->program = program;
    return true;
}

bool ocl_binary_load(tn_plugin_module *module, const ocl_binary_key *key,
                     const char *options)
{
    const tn_binaries *binaries = &module->instance->binaries;
    void *value = NULL;
    size_t bytes = 0;

    if (key->text == NULL ||
        !tn_binaries_read(binaries, key->text, key->bytes, &value, &bytes)) {
        return false;
    }
    char *list = value;
    size_t kernels = list_bytes(list, bytes);

    if (kernels == 0 || kernels >= bytes ||
        !make_program(module, list + kernels, bytes - kernels, options)) {
        tn_binaries_remove(binaries, key->text, key->bytes);
        free(value);
        return false;
    }
    module->kept = list;
    module->kept_bytes = kernels;
    return true;
}

/* ---- writing ---- */

/* The driver's binary for the one device; false where it gives none. */
static bool write_binary(const tn_plugin_module *module, FILE *out)
{
    const ocl_symbols *cl = &module->instance->cl;
    size_t bytes = 0;

    if (cl->GetProgramInfo(module->program, CL_PROGRAM_BINARY_SIZES,
                           sizeof bytes, &bytes, NULL) != CL_SUCCESS ||
        bytes == 0) {
        return false;
    }
    unsigned char *binary = malloc(bytes);
    bool there =
        binary != NULL &&
        cl->GetProgramInfo(module->program, CL_PROGRAM_BINARIES, sizeof binary,
                           &binary, NULL) == CL_SUCCESS &&
        fwrite(binary, 1, bytes, out) == bytes;

    free(binary);
    return there;
}

void ocl_binary_store(tn_plugin_module *module, const ocl_binary_key *key)
{
    char *value = NULL;
    size_t bytes = 0;
    FILE *out = key->text != NULL ? open_memstream(&value, &bytes) : NULL;

    if (out == NULL) {
        return;
    }
    write_kernels(module, out);
    bool there = write_binary(module, out);

    if (fclose(out) == 0 && there) {
        tn_binaries_write(&module->instance->binaries, key->text, key->bytes,
                          value, bytes);
    }
    free(value);
}
