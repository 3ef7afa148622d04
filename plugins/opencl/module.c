/* SPDX-License-Identifier: MIT */
#include "plugins/opencl/module.h"

#include <stdlib.h>
#include <string.h>

#include <tenon/kernel/entry.h>

#include "plugins/opencl/device.h"

enum {
    NAMES_BYTES_MAX = 1 << 24 /* more is nonsense */
};

/* The kernels' functions, each NUL-terminated in place of its ';'. */
static tn_status read_functions(tn_plugin_module *module)
{
    const ocl_symbols *cl = &module->instance->cl;
    size_t bytes = 0;
    cl_int code = cl->GetProgramInfo(module->program, CL_PROGRAM_KERNEL_NAMES,
                                     0, NULL, &bytes);

    if (code != CL_SUCCESS || bytes > NAMES_BYTES_MAX) {
        return ocl_fail_code(module->instance, code,
                             "listing the kernels of a program");
    }
    module->functions = ocl_allocate(module->instance, bytes + 1);
    if (module->functions == NULL) {
        return ocl_fail_memory(module->instance, "a module's kernels");
    }
    code = cl->GetProgramInfo(module->program, CL_PROGRAM_KERNEL_NAMES, bytes,
                              module->functions, NULL);
    return code == CL_SUCCESS
               ? TN_OK
               : ocl_fail_code(module->instance, code,
                               "listing the kernels of a program");
}

static uint32_t count_functions(const char *names)
{
    uint32_t count = *names != '\0' ? 1 : 0;

    for (; *names != '\0'; ++names) {
        count += *names == ';';
    }
    return count;
}

/* Kernels of the portable dialect are called without their prefix. */
static const char *name_of(const char *function)
{
    size_t length = strlen(TN_KERNEL_SYMBOL_PREFIX);

    return strncmp(function, TN_KERNEL_SYMBOL_PREFIX, length) == 0
               ? function + length
               : function;
}

static tn_status list_kernels(tn_plugin_module *module)
{
    tn_status status = read_functions(module);

    if (status != TN_OK) {
        return status;
    }
    uint32_t count = count_functions(module->functions);
    char *function = module->functions;

    module->kernels =
        ocl_allocate(module->instance, (count + 1) * sizeof *module->kernels);
    module->names =
        ocl_allocate(module->instance, (count + 1) * sizeof *module->names);
    if (module->kernels == NULL || module->names == NULL) {
        return ocl_fail_memory(module->instance, "a module's kernels");
    }
    for (uint32_t i = 0; i < count; ++i) {
        char *end = function + strcspn(function, ";");
        bool more = *end == ';';

        *end = '\0';
        module->names[i] = name_of(function);
        module->kernels[i] = (tn_plugin_kernel){.module = module,
                                                .name = module->names[i],
                                                .function = function,
                                                .number = i};
        function = end + more;
    }
    module->kernel_count = count;
    return TN_OK;
}

tn_status ocl_module_create(tn_plugin_device *device,
                            const tn_plugin_module_desc *desc,
                            tn_plugin_module **module)
{
    tn_plugin_module *created = ocl_allocate(device->instance, sizeof *created);

    if (created == NULL) {
        return ocl_fail_memory(device->instance, "a module");
    }
    created->instance = device->instance;
    created->device = device;
    ocl_binary_key key = {NULL, 0};
    tn_status status = ocl_program_build(created, desc, &key);

    if (status == TN_OK) {
        status = list_kernels(created);
    }
    if (status == TN_OK) {
        ocl_binary_store(created, &key);
    }
    ocl_binary_key_finish(&key);
    if (status != TN_OK) {
        ocl_module_destroy(created);
        return status;
    }
    *module = created;
    return TN_OK;
}

void ocl_module_destroy(tn_plugin_module *module)
{
    tn_plugin_instance *instance = module->instance;

    for (uint32_t i = 0; i < module->kernel_count; ++i) {
        ocl_kernel_unload(&module->kernels[i]);
    }
    if (module->program != NULL) {
        (void)instance->cl.ReleaseProgram(module->program);
    }
    ocl_release(instance, module->kernels);
    ocl_release(instance, module->names);
    ocl_release(instance, module->functions);
    free(module->kept);
    ocl_release(instance, module);
}

tn_status ocl_module_kernels(tn_plugin_module *module,
                             const char *const **names, uint32_t *count)
{
    *names = module->names;
    *count = module->kernel_count;
    return TN_OK;
}
