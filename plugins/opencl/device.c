/* SPDX-License-Identifier: MIT */
#include "plugins/opencl/device.h"

#include <stdio.h>
#include <string.h>

#include "common/size.h"
#include "plugins/opencl/graph.h"
#include "plugins/opencl/stream.h"

enum {
    TEXT_BYTES_MAX = 1 << 20 /* a longer one is nonsense */
};

/* ---- asking a driver ---- */

static bool ask(const tn_plugin_device *device, cl_device_info what,
                void *value, size_t bytes)
{
    size_t filled = 0;

    return device->instance->cl.GetDeviceInfo(device->id, what, bytes, value,
                                              &filled) == CL_SUCCESS &&
           filled == bytes;
}

static cl_uint ask_uint(const tn_plugin_device *device, cl_device_info what,
                        cl_uint otherwise)
{
    cl_uint value;

    return ask(device, what, &value, sizeof value) ? value : otherwise;
}

static cl_ulong ask_ulong(const tn_plugin_device *device, cl_device_info what)
{
    cl_ulong value;

    return ask(device, what, &value, sizeof value) ? value : 0;
}

static size_t ask_size(const tn_plugin_device *device, cl_device_info what)
{
    size_t value;

    return ask(device, what, &value, sizeof value) ? value : 0;
}

/* The whole text in memory of the host's allocator; NULL for none. */
static char *whole_text(const tn_plugin_device *device, cl_device_info what,
                        size_t *length)
{
    const ocl_symbols *cl = &device->instance->cl;
    size_t bytes = 0;

    if (cl->GetDeviceInfo(device->id, what, 0, NULL, &bytes) != CL_SUCCESS ||
        bytes == 0 || bytes > TEXT_BYTES_MAX) {
        return NULL;
    }
    char *text = ocl_allocate(device->instance, bytes + 1);

    if (text != NULL &&
        cl->GetDeviceInfo(device->id, what, bytes, text, NULL) != CL_SUCCESS) {
        text[0] = '\0';
    }
    if (text != NULL) {
        *length = strlen(text);
    }
    return text;
}

void ocl_device_text(const tn_plugin_device *device, cl_device_info what,
                     char *text, size_t size)
{
    size_t length;
    char *whole = whole_text(device, what, &length);

    snprintf(text, size, "%s", whole != NULL ? whole : "");
    ocl_release(device->instance, whole);
}

bool ocl_device_has(const tn_plugin_device *device, const char *extension,
                    size_t bytes)
{
    const char *found = device->extensions;

    while (found != NULL && bytes > 0 && *found != '\0') {
        size_t length = strcspn(found, " ");

        if (length == bytes && memcmp(found, extension, bytes) == 0) {
            return true;
        }
        found += length + (found[length] == ' ');
    }
    return false;
}

/* ---- describing ---- */

/* "OpenCL 1.2 ..." and "OpenCL C 3.0 ..." as 12 and 30; 0 for another text. */
static uint32_t version_of(const char *text, const char *prefix)
{
    unsigned major;
    unsigned minor;
    size_t length = strlen(prefix);

    if (strncmp(text, prefix, length) != 0 ||
        sscanf(text + length, "%u.%u", &major, &minor) != 2 || major > 9 ||
        minor > 9) {
        return 0;
    }
    return 10 * major + minor;
}

/* The highest OpenCL C: 3.0 devices tell 1.2 in the older question. */
static uint32_t find_language(const tn_plugin_device *device)
{
    cl_name_version versions[32];
    char text[128];
    size_t bytes = 0;

    if (ask_uint(device, CL_DEVICE_COMPILER_AVAILABLE, CL_FALSE) == CL_FALSE) {
        return 0;
    }
    ocl_device_text(device, CL_DEVICE_OPENCL_C_VERSION, text, sizeof text);
    uint32_t highest = version_of(text, "OpenCL C ");

    if (device->instance->cl.GetDeviceInfo(
            device->id, CL_DEVICE_OPENCL_C_ALL_VERSIONS, sizeof versions,
            versions, &bytes) != CL_SUCCESS ||
        bytes > sizeof versions) {
        return highest;
    }
    for (size_t i = 0; i < bytes / sizeof *versions; ++i) {
        cl_version version = versions[i].version;
        uint32_t found =
            10 * CL_VERSION_MAJOR(version) + CL_VERSION_MINOR(version);

        highest = found > highest && found < 100 ? found : highest;
    }
    return highest;
}

static void find_svm(tn_plugin_device *device, uint32_t version)
{
    cl_device_svm_capabilities has = 0;

    if (version < 20 || !ocl_symbols_have_svm(&device->instance->cl) ||
        !ask(device, CL_DEVICE_SVM_CAPABILITIES, &has, sizeof has)) {
        return;
    }
    device->svm = (has & CL_DEVICE_SVM_COARSE_GRAIN_BUFFER) != 0;
    device->fine = device->svm && (has & CL_DEVICE_SVM_FINE_GRAIN_BUFFER) != 0;
}

static void describe_identity(tn_plugin_device *device, const char *version)
{
    cl_device_pci_bus_info_khr pci;
    tn_device_info *info = &device->info;
    cl_device_type type = ask_ulong(device, CL_DEVICE_TYPE);
    char driver[64];
    char platform[64] = "";

    info->kind = (type & CL_DEVICE_TYPE_GPU) != 0   ? TN_DEVICE_GPU
                 : (type & CL_DEVICE_TYPE_CPU) != 0 ? TN_DEVICE_CPU
                 : (type & CL_DEVICE_TYPE_ACCELERATOR) != 0
                     ? TN_DEVICE_ACCELERATOR
                     : TN_DEVICE_OTHER;
    ocl_device_text(device, CL_DEVICE_VENDOR, info->vendor,
                    sizeof info->vendor);
    ocl_device_text(device, CL_DRIVER_VERSION, driver, sizeof driver);
    (void)device->instance->cl.GetPlatformInfo(
        device->platform, CL_PLATFORM_NAME, sizeof platform - 1, platform,
        NULL);
    snprintf(info->driver, sizeof info->driver, "%.40s %.20s", platform,
             driver);
    snprintf(device->driver_version, sizeof device->driver_version, "%s; %s",
             driver, version);
    if (ask(device, CL_DEVICE_PCI_BUS_INFO_KHR, &pci, sizeof pci)) {
        snprintf(info->pci_address, sizeof info->pci_address,
                 "%04x:%02x:%02x.%x", pci.pci_domain & 0xffff,
                 pci.pci_bus & 0xff, pci.pci_device & 0xff,
                 pci.pci_function & 0xf);
    }
    if (!ask(device, CL_DEVICE_UUID_KHR, info->uuid, sizeof info->uuid)) {
        memset(info->uuid, 0, sizeof info->uuid);
    }
}

static void describe_memory(tn_plugin_device *device)
{
    tn_device_info *info = &device->info;
    uint32_t bits = ask_uint(device, CL_DEVICE_MEM_BASE_ADDR_ALIGN, 0);

    info->memory_bytes = ask_ulong(device, CL_DEVICE_GLOBAL_MEM_SIZE);
    info->allocation_bytes = ask_ulong(device, CL_DEVICE_MAX_MEM_ALLOC_SIZE);
    if (info->allocation_bytes > info->memory_bytes) {
        info->allocation_bytes = info->memory_bytes;
    }
    info->local_bytes = ask_ulong(device, CL_DEVICE_LOCAL_MEM_SIZE);
    info->argument_bytes = ask_size(device, CL_DEVICE_MAX_PARAMETER_SIZE);
    /* bits that are no power of two would be nonsense */
    device->sub_buffer_alignment =
        bits >= 8 && (bits & (bits - 1)) == 0 ? bits / 8 : 128;
    info->offset_alignment = device->svm ? 1 : device->sub_buffer_alignment;
}

static void describe_groups(tn_plugin_device *device)
{
    tn_device_info *info = &device->info;
    size_t sides[16] = {1, 1, 1};
    size_t most = ask_size(device, CL_DEVICE_MAX_WORK_GROUP_SIZE);
    size_t bytes = 0;

    (void)device->instance->cl.GetDeviceInfo(
        device->id, CL_DEVICE_MAX_WORK_ITEM_SIZES, sizeof sides, sides, &bytes);
    info->max_items = most == 0           ? 1
                      : most > UINT32_MAX ? UINT32_MAX
                                          : (uint32_t)most;
    for (int d = 0; d < 3; ++d) {
        info->max_items_dim[d] = sides[d] == 0 ? 1
                                 : sides[d] > info->max_items
                                     ? info->max_items
                                     : (uint32_t)sides[d];
        info->max_groups_dim[d] = UINT32_MAX;
    }
    info->compute_units = ask_uint(device, CL_DEVICE_MAX_COMPUTE_UNITS, 0);
    info->subgroup_items = info->kind == TN_DEVICE_CPU ? 1 : 0;
}

static uint32_t features_of(const tn_plugin_device *device)
{
    bool f64 = ask_ulong(device, CL_DEVICE_DOUBLE_FP_CONFIG) != 0;

    return TN_FEATURE_PINNED | TN_FEATURE_MAP | TN_FEATURE_IMPORT |
           (uint32_t)(device->command_buffers.create != NULL ? TN_FEATURE_GRAPH
                                                             : 0) |
           (uint32_t)(device->fine ? TN_FEATURE_SHARED : 0) |
           (uint32_t)(f64 ? TN_FEATURE_F64 : 0) |
           (uint32_t)(device->fine && device->info.kind == TN_DEVICE_CPU
                          ? TN_FEATURE_HOST_MEMORY
                          : 0);
}

/* Features of OpenCL C 3.0 are asked for apart from extensions. */
static void find_extensions(tn_plugin_device *device)
{
    size_t length;

    device->extensions = whole_text(device, CL_DEVICE_EXTENSIONS, &length);
}

static bool leave_out(tn_plugin_device *device, const char *why)
{
    ocl_log(device->instance, TN_LOG_WARNING, "%s (%s) is left out: %s",
            device->info.name[0] != '\0' ? device->info.name
                                         : "a device without a name",
            device->info.driver, why);
    return false;
}

bool ocl_device_describe(tn_plugin_device *device)
{
    tn_device_info *info = &device->info;
    char version[128];

    info->size = sizeof *info;
    ocl_device_text(device, CL_DEVICE_NAME, info->name, sizeof info->name);
    ocl_device_text(device, CL_DEVICE_VERSION, version, sizeof version);
    describe_identity(device, version);
    uint32_t number = version_of(version, "OpenCL ");

    if (info->name[0] == '\0' || number == 0) {
        return leave_out(device, "its driver tells neither name nor version");
    }
    if (number < 12) {
        return leave_out(device, "it has less than OpenCL 1.2");
    }
    if (ask_uint(device, CL_DEVICE_AVAILABLE, CL_FALSE) == CL_FALSE) {
        return leave_out(device, "its driver says that it is not available");
    }
    find_svm(device, number);
    find_extensions(device);
    describe_memory(device);
    if (info->memory_bytes == 0) {
        return leave_out(device, "its driver says that it has no memory");
    }
    describe_groups(device);
    device->address_bits = ask_uint(device, CL_DEVICE_ADDRESS_BITS, 64);
    device->language = find_language(device);
    if (device->language != 0) {
        snprintf(info->target, sizeof info->target, "clc-%u.%u",
                 device->language / 10, device->language % 10);
    }
    info->dlpack_type = 4;
    info->numa_node = -1;
    ocl_command_buffers_find(device);
    info->features = features_of(device);
    return true;
}

/* ---- operations ---- */

tn_status ocl_device_count(tn_plugin_instance *instance, uint32_t *count)
{
    *count = instance->device_count;
    return TN_OK;
}

static tn_status check_index(tn_plugin_instance *instance, uint32_t index)
{
    if (index >= instance->device_count) {
        return ocl_fail(instance, TN_ERROR_NOT_FOUND,
                        "the opencl backend has %u devices, none of index %u",
                        (unsigned)instance->device_count, (unsigned)index);
    }
    return TN_OK;
}

tn_status ocl_device_info(tn_plugin_instance *instance, uint32_t index,
                          tn_device_info *info)
{
    tn_status status = check_index(instance, index);

    if (status == TN_OK) {
        tn_copy_sized(info, &instance->devices[index].info, sizeof *info);
    }
    return status;
}

tn_status ocl_device_open(tn_plugin_instance *instance, uint32_t index,
                          tn_plugin_device **device)
{
    const ocl_symbols *cl = &instance->cl;
    tn_status status = check_index(instance, index);
    cl_int code;

    if (status != TN_OK) {
        return status;
    }
    tn_plugin_device *opened = &instance->devices[index];
    const cl_context_properties properties[] = {
        CL_CONTEXT_PLATFORM, (cl_context_properties)opened->platform, 0};

    opened->context =
        cl->CreateContext(properties, 1, &opened->id, NULL, NULL, &code);
    if (opened->context == NULL) {
        return ocl_fail_code(instance, code, "%s cannot be opened",
                             opened->info.name);
    }
    opened->queue =
        cl->CreateCommandQueue(opened->context, opened->id, 0, &code);
    if (opened->queue == NULL) {
        (void)cl->ReleaseContext(opened->context);
        opened->context = NULL;
        return ocl_fail_code(instance, code, "%s gives no queue",
                             opened->info.name);
    }
    pthread_mutex_init(&opened->lock, NULL);
    atomic_init(&opened->serial, 1);
    atomic_init(&opened->changes, 1);
    *device = opened;
    return TN_OK;
}

void ocl_device_close(tn_plugin_device *device)
{
    const ocl_symbols *cl = &device->instance->cl;

    ocl_streams_finish(device);
    ocl_graphs_finish(device);
    (void)cl->ReleaseCommandQueue(device->queue);
    (void)cl->ReleaseContext(device->context);
    device->queue = NULL;
    device->context = NULL;
    pthread_mutex_destroy(&device->lock);
}

tn_status ocl_device_status(tn_plugin_device *device)
{
    (void)device; /* OpenCL has no question for it that is not a wait */
    return TN_OK;
}

tn_status ocl_device_native(tn_plugin_device *device, uint64_t *handle)
{
    *handle = (uint64_t)(uintptr_t)device->id;
    return TN_OK;
}
