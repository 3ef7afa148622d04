/* SPDX-License-Identifier: MIT */
/* Which devices there are. What a driver answers is taken with care. */
#include <stdio.h>
#include <string.h>

#include "plugins/opencl/device.h"
#include "plugins/opencl/names.h"

enum {
    PLATFORMS_MAX = 64, /* more is nonsense */
    DEVICES_MAX = 256   /* of one platform */
};

static const char install_driver[] = "install a driver such as pocl-opencl-icd";

static void platform_name(const tn_plugin_instance *instance,
                          cl_platform_id platform, char *name, size_t size)
{
    memset(name, 0, size);
    if (instance->cl.GetPlatformInfo(platform, CL_PLATFORM_NAME, size - 1, name,
                                     NULL) != CL_SUCCESS ||
        name[0] == '\0') {
        snprintf(name, size, "a platform without a name");
    }
}

static void skip_platform(tn_plugin_instance *instance, cl_platform_id platform,
                          cl_int code, cl_uint count)
{
    char name[128];

    platform_name(instance, platform, name, sizeof name);
    if (code != CL_SUCCESS) {
        const ocl_code *known = ocl_code_find(code);

        ocl_log(instance, TN_LOG_WARNING,
                "%s is left out: it does not list its devices: %s (%s, %d)",
                name, known->meaning, known->name, (int)code);
    } else {
        ocl_log(instance, TN_LOG_WARNING,
                "%s is left out: it claims %u devices", name, (unsigned)count);
    }
}

/* The devices of a platform; 0 where it has none or answers nonsense. */
static cl_uint list_devices(tn_plugin_instance *instance,
                            cl_platform_id platform,
                            cl_device_id ids[DEVICES_MAX])
{
    const ocl_symbols *cl = &instance->cl;
    cl_uint count = 0;
    cl_int code =
        platform == NULL
            ? CL_INVALID_PLATFORM
            : cl->GetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, NULL, &count);

    if (code == CL_DEVICE_NOT_FOUND || (code == CL_SUCCESS && count == 0)) {
        return 0;
    }
    if (code == CL_SUCCESS && count <= DEVICES_MAX) {
        memset(ids, 0, DEVICES_MAX * sizeof *ids);
        code = cl->GetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, count, ids, NULL);
    }
    if (code != CL_SUCCESS || count > DEVICES_MAX) {
        skip_platform(instance, platform, code, count);
        return 0;
    }
    return count;
}

static void add_device(tn_plugin_instance *instance, cl_platform_id platform,
                       cl_device_id id)
{
    tn_plugin_device *device = &instance->devices[instance->device_count];

    memset(device, 0, sizeof *device);
    device->instance = instance;
    device->platform = platform;
    device->id = id;
    device->info.dlpack_ordinal = (int32_t)instance->device_count;
    if (ocl_device_describe(device)) {
        ++instance->device_count;
    } else {
        ocl_release(instance, device->extensions);
    }
}

static tn_status add_platform(tn_plugin_instance *instance,
                              cl_platform_id platform)
{
    cl_device_id ids[DEVICES_MAX];
    cl_uint count = list_devices(instance, platform, ids);
    size_t all = (size_t)instance->device_count + count;

    if (count == 0) {
        return TN_OK;
    }
    tn_plugin_device *devices = ocl_allocate(instance, all * sizeof *devices);

    if (devices == NULL) {
        return ocl_fail_memory(instance, "the list of devices");
    }
    if (instance->device_count > 0) {
        memcpy(devices, instance->devices,
               instance->device_count * sizeof *devices);
    }
    ocl_release(instance, instance->devices);
    instance->devices = devices;
    for (cl_uint i = 0; i < count; ++i) {
        if (ids[i] != NULL) {
            add_device(instance, platform, ids[i]);
        }
    }
    return TN_OK;
}

static tn_status list_platforms(tn_plugin_instance *instance,
                                cl_platform_id ids[PLATFORMS_MAX],
                                cl_uint *count)
{
    cl_uint found = 0;
    cl_int code = instance->cl.GetPlatformIDs(0, NULL, &found);

    if (code == CL_PLATFORM_NOT_FOUND_KHR ||
        (code == CL_SUCCESS && found == 0)) {
        return ocl_fail(instance, TN_ERROR_UNAVAILABLE,
                        "the loader found no platform; %s", install_driver);
    }
    if (code == CL_SUCCESS && found <= PLATFORMS_MAX) {
        memset(ids, 0, PLATFORMS_MAX * sizeof *ids);
        code = instance->cl.GetPlatformIDs(found, ids, NULL);
    }
    if (code != CL_SUCCESS) {
        (void)ocl_fail_code(instance, code,
                            "the loader cannot list its platforms");
        return TN_ERROR_UNAVAILABLE;
    }
    if (found > PLATFORMS_MAX) {
        return ocl_fail(instance, TN_ERROR_UNAVAILABLE,
                        "the loader claims %u platforms; reinstall it "
                        "(ocl-icd-libopencl1)",
                        (unsigned)found);
    }
    *count = found;
    return TN_OK;
}

/* PoCL has no device where it cannot make a folder for what it compiles. */
static const char *remedy(tn_plugin_instance *instance,
                          const cl_platform_id *ids, cl_uint count)
{
    char name[128];
    cl_uint devices = 0;

    for (cl_uint i = 0; i < count; ++i) {
        platform_name(instance, ids[i], name, sizeof name);
        if (strcmp(name, "Portable Computing Language") == 0 &&
            instance->cl.GetDeviceIDs(ids[i], CL_DEVICE_TYPE_ALL, 0, NULL,
                                      &devices) == CL_DEVICE_NOT_FOUND) {
            return "PoCL needs a folder that it can write: set HOME, or "
                   "POCL_CACHE_DIR";
        }
    }
    return install_driver;
}

tn_status ocl_devices_find(tn_plugin_instance *instance)
{
    cl_platform_id ids[PLATFORMS_MAX];
    cl_uint count = 0;
    tn_status status = list_platforms(instance, ids, &count);

    for (cl_uint i = 0; i < count && status == TN_OK; ++i) {
        status = add_platform(instance, ids[i]);
    }
    if (status == TN_OK && instance->device_count == 0) {
        char name[128];

        platform_name(instance, ids[0], name, sizeof name);
        status =
            ocl_fail(instance, TN_ERROR_UNAVAILABLE,
                     "%u platform%s (%s%s), but no device that works; %s",
                     (unsigned)count, count == 1 ? "" : "s", name,
                     count == 1 ? "" : " ...", remedy(instance, ids, count));
    }
    return status;
}

void ocl_devices_forget(tn_plugin_instance *instance)
{
    for (uint32_t i = 0; i < instance->device_count; ++i) {
        ocl_release(instance, instance->devices[i].extensions);
    }
    ocl_release(instance, instance->devices);
}
