/* SPDX-License-Identifier: MIT */
#include "plugins/opencl/kernel.h"

#include <stdio.h>
#include <string.h>

#include "common/nearest.h"
#include "common/size.h"
#include "plugins/opencl/device.h"
#include "plugins/opencl/module.h"

enum {
    PREFERRED_ITEMS = 256,
    LISTED_BYTES = 512
};

/* ---- what is known of a kernel ---- */

static size_t ask_size(const tn_plugin_kernel *kernel, cl_kernel object,
                       cl_kernel_work_group_info what)
{
    const tn_plugin_device *device = kernel->module->device;
    size_t value = 0;

    return device->instance->cl.GetKernelWorkGroupInfo(object, device->id, what,
                                                       sizeof value, &value,
                                                       NULL) == CL_SUCCESS
               ? value
               : 0;
}

static cl_ulong ask_bytes(const tn_plugin_kernel *kernel, cl_kernel object,
                          cl_kernel_work_group_info what)
{
    const tn_plugin_device *device = kernel->module->device;
    cl_ulong value = 0;

    return device->instance->cl.GetKernelWorkGroupInfo(object, device->id, what,
                                                       sizeof value, &value,
                                                       NULL) == CL_SUCCESS
               ? value
               : 0;
}

static uint32_t preferred_items(const tn_plugin_kernel *kernel,
                                cl_kernel object)
{
    size_t multiple =
        ask_size(kernel, object, CL_KERNEL_PREFERRED_WORK_GROUP_SIZE_MULTIPLE);
    uint32_t items = kernel->info.max_items < PREFERRED_ITEMS
                         ? kernel->info.max_items
                         : PREFERRED_ITEMS;

    return multiple > 1 && multiple <= items
               ? items / (uint32_t)multiple * (uint32_t)multiple
               : items;
}

static void describe_groups(tn_plugin_kernel *kernel, cl_kernel object)
{
    const tn_plugin_device *device = kernel->module->device;
    tn_kernel_info *info = &kernel->info;
    size_t required[3] = {0, 0, 0};
    size_t most = ask_size(kernel, object, CL_KERNEL_WORK_GROUP_SIZE);

    (void)device->instance->cl.GetKernelWorkGroupInfo(
        object, device->id, CL_KERNEL_COMPILE_WORK_GROUP_SIZE, sizeof required,
        required, NULL);
    for (int d = 0; d < 3; ++d) {
        info->required_items[d] = (uint32_t)required[d];
    }
    info->max_items = most == 0 || most > device->info.max_items
                          ? device->info.max_items
                          : (uint32_t)most;
    info->preferred_items = required[0] != 0 ? (uint32_t)required[0]
                                             : preferred_items(kernel, object);
    info->local_bytes = ask_bytes(kernel, object, CL_KERNEL_LOCAL_MEM_SIZE);
    info->private_bytes = ask_bytes(kernel, object, CL_KERNEL_PRIVATE_MEM_SIZE);
}

static tn_status describe_parameters(tn_plugin_kernel *kernel, cl_kernel object)
{
    tn_plugin_instance *instance = kernel->module->instance;
    cl_uint count = 0;
    cl_int code = instance->cl.GetKernelInfo(object, CL_KERNEL_NUM_ARGS,
                                             sizeof count, &count, NULL);

    if (code != CL_SUCCESS) {
        kernel->info.parameter_count = TN_UNKNOWN;
        return TN_OK;
    }
    if (count > TN_ARGUMENTS_MAX) {
        return ocl_fail(instance, TN_ERROR_SIGNATURE,
                        "kernel %s takes %u arguments; at most %d are possible",
                        kernel->name, (unsigned)count, TN_ARGUMENTS_MAX);
    }
    kernel->parameters =
        ocl_allocate(instance, (count + 1) * sizeof *kernel->parameters);
    if (kernel->parameters == NULL) {
        return ocl_fail_memory(instance, "a kernel's parameters");
    }
    kernel->info.parameter_count = count;
    if (ocl_binary_parameters(kernel->module, kernel->function,
                              kernel->parameters, count)) {
        return TN_OK;
    }
    for (cl_uint i = 0; i < count; ++i) {
        ocl_parameter_read(&instance->cl, object, i, &kernel->parameters[i]);
    }
    return TN_OK;
}

static tn_status describe_locked(tn_plugin_kernel *kernel)
{
    const tn_plugin_module *module = kernel->module;
    cl_int code = CL_SUCCESS;

    if (kernel->described) {
        return TN_OK;
    }
    cl_kernel object = module->instance->cl.CreateKernel(
        module->program, kernel->function, &code);

    if (object == NULL) {
        return ocl_fail_code(module->instance, code, "kernel %s", kernel->name);
    }
    kernel->info.size = sizeof kernel->info;
    describe_groups(kernel, object);
    tn_status status = describe_parameters(kernel, object);

    if (status != TN_OK) {
        (void)module->instance->cl.ReleaseKernel(object);
        return status;
    }
    kernel->spare = object;
    kernel->described = true;
    return TN_OK;
}

tn_status ocl_kernel_describe(tn_plugin_kernel *kernel)
{
    tn_plugin_device *device = kernel->module->device;

    pthread_mutex_lock(&device->lock);
    tn_status status = describe_locked(kernel);

    pthread_mutex_unlock(&device->lock);
    return status;
}

/* ---- finding ---- */

static tn_status fail_not_found(tn_plugin_module *module, const char *name)
{
    char hint[96];
    char list[LISTED_BYTES] = "";
    size_t used = 0;
    tn_nearest nearest;

    if (module->kernel_count == 0) {
        return ocl_fail(module->instance, TN_ERROR_NOT_FOUND,
                        "no kernel %s; the module has none", name);
    }
    tn_nearest_init(&nearest, name);
    for (uint32_t i = 0; i < module->kernel_count; ++i) {
        tn_nearest_offer(&nearest, module->names[i]);
        if (used < sizeof list) {
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s",
                                     i > 0 ? ", " : "", module->names[i]);
        }
    }
    tn_nearest_hint(&nearest, hint, sizeof hint);
    return ocl_fail(module->instance, TN_ERROR_NOT_FOUND,
                    "no kernel %s%s; the module has %s%s", name, hint, list,
                    used >= sizeof list ? "..." : "");
}

tn_status ocl_kernel_get(tn_plugin_module *module, const char *name,
                         tn_plugin_kernel **kernel)
{
    for (uint32_t i = 0; i < module->kernel_count; ++i) {
        tn_plugin_kernel *found = &module->kernels[i];

        if (strcmp(found->name, name) == 0) {
            tn_status status = ocl_kernel_describe(found);

            if (status == TN_OK) {
                *kernel = found;
            }
            return status;
        }
    }
    return fail_not_found(module, name);
}

tn_status ocl_kernel_info(tn_plugin_kernel *kernel, tn_kernel_info *info)
{
    tn_copy_sized(info, &kernel->info, sizeof kernel->info);
    return TN_OK;
}

tn_status ocl_kernel_parameter(tn_plugin_kernel *kernel, uint32_t index,
                               tn_parameter *parameter)
{
    if (kernel->parameters == NULL || index >= kernel->info.parameter_count) {
        return ocl_fail(kernel->module->instance, TN_ERROR_INVALID,
                        "kernel %s has no parameter of index %u that is known",
                        kernel->name, (unsigned)index);
    }
    tn_copy_sized(parameter, &kernel->parameters[index], sizeof *parameter);
    return TN_OK;
}
