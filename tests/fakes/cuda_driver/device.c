/* SPDX-License-Identifier: MIT */
/* The driver itself, and who its devices are. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fakes/cuda_driver/fake.h"

static int visible[DEVICES_MAX]; /* the machine's number of each device */
static int visible_count;

static void uuid_of(int number, unsigned char uuid[16])
{
    static const unsigned char pattern[16] = {0x5a, 0x9e, 0x11, 0x0c, 0x27,
                                              0x4d, 0x4b, 0x81, 0x93, 0x66,
                                              0x1f, 0xd2, 0x70, 0x3e, 0xaa};

    memcpy(uuid, pattern, 16);
    uuid[0] = (unsigned char)(uuid[0] + number);
    uuid[15] = (unsigned char)number;
}

/* "GPU-5a9e110c-274d-4b81-9366-1fd2703eaa00" */
static void uuid_text(int number, char *text)
{
    unsigned char u[16];

    uuid_of(number, u);
    sprintf(text,
            "GPU-%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
            "%02x%02x%02x%02x%02x%02x",
            u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10],
            u[11], u[12], u[13], u[14], u[15]);
}

/* The machine's number of an element of CUDA_VISIBLE_DEVICES, or -1. */
static int number_of(const char *element)
{
    char uuid[48];
    char *end = NULL;
    long number = strtol(element, &end, 10);

    if (end != element && *end == '\0') {
        return number >= 0 && number < the_machine.devices ? (int)number : -1;
    }
    for (int i = 0; i < the_machine.devices && strlen(element) > 4; ++i) {
        uuid_text(i, uuid);
        if (strncmp(uuid, element, strlen(element)) == 0) {
            return i;
        }
    }
    return -1;
}

/* As the driver does: what follows a wrong element does not count. */
static void find_visible(void)
{
    const char *list = getenv("CUDA_VISIBLE_DEVICES");
    char copy[512];
    char *rest = NULL;

    visible_count = 0;
    if (list == NULL) {
        for (int i = 0; i < the_machine.devices; ++i) {
            visible[visible_count++] = i;
        }
        return;
    }
    snprintf(copy, sizeof copy, "%s", list);
    for (char *element = strtok_r(copy, ", ", &rest);
         element != NULL && visible_count < DEVICES_MAX;
         element = strtok_r(NULL, ", ", &rest)) {
        int number = number_of(element);

        if (number < 0) {
            return;
        }
        visible[visible_count++] = number;
    }
}

bool fake_device_is_there(CUdevice device)
{
    return device >= 0 && device < visible_count;
}

/* ---- the driver ---- */

DRIVER(cuInit, unsigned flags)
{
    ENTER(NEEDS_NOTHING);
    if (flags != 0) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    find_visible();
    if (visible_count == 0) {
        return CUDA_ERROR_NO_DEVICE;
    }
    fake_initialise();
    return CUDA_SUCCESS;
}

DRIVER(cuDriverGetVersion, int *version)
{
    ENTER(NEEDS_NOTHING);
    *version = the_machine.version;
    return CUDA_SUCCESS;
}

DRIVER(cuGetErrorName, CUresult error, const char **text)
{
    ENTER(NEEDS_NOTHING);
    *text = NULL;
    switch (error) {
#define FAKE_ERROR_NAME(name, number, words)                                   \
    case CUDA_##name:                                                          \
        *text = "CUDA_" #name;                                                 \
        return CUDA_SUCCESS;
        FAKE_ERRORS(FAKE_ERROR_NAME)
#undef FAKE_ERROR_NAME
    default:
        return CUDA_ERROR_INVALID_VALUE;
    }
}

DRIVER(cuGetErrorString, CUresult error, const char **text)
{
    ENTER(NEEDS_NOTHING);
    *text = NULL;
    switch (error) {
#define FAKE_ERROR_TEXT(name, number, words)                                   \
    case CUDA_##name:                                                          \
        *text = words;                                                         \
        return CUDA_SUCCESS;
        FAKE_ERRORS(FAKE_ERROR_TEXT)
#undef FAKE_ERROR_TEXT
    default:
        return CUDA_ERROR_INVALID_VALUE;
    }
}

/* ---- devices ---- */

DRIVER(cuDeviceGetCount, int *count)
{
    ENTER(NEEDS_INIT);
    *count = visible_count;
    return CUDA_SUCCESS;
}

DRIVER(cuDeviceGet, CUdevice *device, int ordinal)
{
    ENTER(NEEDS_INIT);
    if (!fake_device_is_there(ordinal)) {
        return CUDA_ERROR_INVALID_DEVICE;
    }
    *device = ordinal;
    return CUDA_SUCCESS;
}

/* Begins a function that asks about one device. */
#define ENTER_DEVICE(device)                                                   \
    ENTER(NEEDS_INIT);                                                         \
    if (!fake_device_is_there(device)) {                                       \
        return CUDA_ERROR_INVALID_DEVICE;                                      \
    }

DRIVER(cuDeviceGetName, char *name, int bytes, CUdevice device)
{
    ENTER_DEVICE(device);
    snprintf(name, (size_t)bytes, "%s%s %d", the_machine.name,
             the_machine.mig ? " MIG 1g.18gb" : "", visible[device]);
    return CUDA_SUCCESS;
}

DRIVER(cuDeviceGetUuid, CUuuid *uuid, CUdevice device)
{
    ENTER_DEVICE(device);
    uuid_of(visible[device], (unsigned char *)uuid->bytes);
    return CUDA_SUCCESS;
}

DRIVER(cuDeviceGetUuid_v2, CUuuid *uuid, CUdevice device)
{
    ENTER_DEVICE(device);
    uuid_of(visible[device], (unsigned char *)uuid->bytes);
    uuid->bytes[14] = (char)(the_machine.mig ? 0x77 : uuid->bytes[14]);
    return CUDA_SUCCESS;
}

DRIVER(cuDeviceGetPCIBusId, char *text, int bytes, CUdevice device)
{
    ENTER_DEVICE(device);
    snprintf(text, (size_t)bytes, "0000:%02X:00.0", 0x65 + visible[device]);
    return CUDA_SUCCESS;
}

DRIVER(cuDeviceTotalMem_v2, size_t *bytes, CUdevice device)
{
    ENTER_DEVICE(device);
    *bytes = the_machine.memory;
    return CUDA_SUCCESS;
}

static int attribute(CUdevice_attribute what, int number)
{
    switch (what) {
    case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
    case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X:
    case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y:
        return 1024;
    case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z:
        return 64;
    case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X:
        return INT32_MAX;
    case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y:
    case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z:
        return 65535;
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK:
        return SHARED_PLAIN;
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN:
        return SHARED_MAX;
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR:
        return 228 << 10;
    case CU_DEVICE_ATTRIBUTE_RESERVED_SHARED_MEMORY_PER_BLOCK:
        return 1 << 10;
    case CU_DEVICE_ATTRIBUTE_TOTAL_CONSTANT_MEMORY:
    case CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK:
        return 64 << 10;
    case CU_DEVICE_ATTRIBUTE_WARP_SIZE:
        return 32;
    case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT:
        return 132;
    case CU_DEVICE_ATTRIBUTE_CLOCK_RATE:
        return 1980000;
    case CU_DEVICE_ATTRIBUTE_ASYNC_ENGINE_COUNT:
        return 3;
    case CU_DEVICE_ATTRIBUTE_PCI_BUS_ID:
        return 0x65 + number;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR:
        return the_machine.sm / 10;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR:
        return the_machine.sm % 10;
    case CU_DEVICE_ATTRIBUTE_CAN_MAP_HOST_MEMORY:
    case CU_DEVICE_ATTRIBUTE_CONCURRENT_KERNELS:
    case CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING:
    case CU_DEVICE_ATTRIBUTE_STREAM_PRIORITIES_SUPPORTED:
    case CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH:
        return 1;
    case CU_DEVICE_ATTRIBUTE_MANAGED_MEMORY:
    case CU_DEVICE_ATTRIBUTE_CONCURRENT_MANAGED_ACCESS:
        return the_machine.managed;
    case CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED:
        return the_machine.pools;
    default:
        return 0;
    }
}

/* Attributes that a driver does not know yet are wrong values to it. */
static int newest_attribute(void)
{
    return the_machine.version < 11020   ? 114
           : the_machine.version < 12000 ? 119
                                         : 160;
}

DRIVER(cuDeviceGetAttribute, int *value, CUdevice_attribute what,
       CUdevice device)
{
    ENTER_DEVICE(device);
    if ((int)what < 1 || (int)what > newest_attribute()) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    *value = attribute(what, visible[device]);
    return CUDA_SUCCESS;
}

DRIVER(cuDeviceCanAccessPeer, int *can, CUdevice from, CUdevice to)
{
    ENTER_DEVICE(from);
    if (!fake_device_is_there(to)) {
        return CUDA_ERROR_INVALID_DEVICE;
    }
    *can = from != to && the_machine.peer;
    return CUDA_SUCCESS;
}

/* ---- functions by name ---- */

/* Functions whose newest version has a number, and that version's driver. */
static const struct {
    const char *name;
    const char *versioned;
    int since;
} versioned[] = {
    {"cuMemAlloc", "cuMemAlloc_v2", 3020},
    {"cuMemFree", "cuMemFree_v2", 3020},
    {"cuMemGetInfo", "cuMemGetInfo_v2", 3020},
    {"cuMemcpyHtoDAsync", "cuMemcpyHtoDAsync_v2", 3020},
    {"cuMemcpyDtoHAsync", "cuMemcpyDtoHAsync_v2", 3020},
    {"cuMemcpyDtoDAsync", "cuMemcpyDtoDAsync_v2", 3020},
    {"cuModuleGetGlobal", "cuModuleGetGlobal_v2", 3020},
    {"cuStreamDestroy", "cuStreamDestroy_v2", 4000},
    {"cuEventDestroy", "cuEventDestroy_v2", 4000},
    {"cuCtxPushCurrent", "cuCtxPushCurrent_v2", 4000},
    {"cuCtxPopCurrent", "cuCtxPopCurrent_v2", 4000},
    {"cuDevicePrimaryCtxRelease", "cuDevicePrimaryCtxRelease_v2", 11000},
    {"cuDeviceTotalMem", "cuDeviceTotalMem_v2", 3020},
    {"cuDeviceGetUuid", "cuDeviceGetUuid_v2", 11040},
};

static void *own_function(const char *name)
{
    Dl_info info;
    void *found = NULL;
    void *library = dladdr(&the_machine, &info) != 0
                        ? dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD)
                        : NULL;

    if (library != NULL) {
        found = dlsym(library, name);
        dlclose(library);
    }
    return found;
}

DRIVER(cuGetProcAddress_v2, const char *name, void **function, int version,
       cuuint64_t flags, CUdriverProcAddressQueryResult *found)
{
    ENTER(NEEDS_NOTHING);
    (void)flags;
    *function = NULL;
    for (size_t i = 0; i < sizeof versioned / sizeof versioned[0]; ++i) {
        if (strcmp(versioned[i].name, name) == 0 &&
            version >= versioned[i].since) {
            *function = own_function(versioned[i].versioned);
        }
    }
    if (*function == NULL) {
        *function = own_function(name);
    }
    if (found != NULL) {
        *found = *function != NULL ? CU_GET_PROC_ADDRESS_SUCCESS
                                   : CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
    }
    return *function != NULL ? CUDA_SUCCESS : CUDA_ERROR_NOT_FOUND;
}
