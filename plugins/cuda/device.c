/* SPDX-License-Identifier: MIT */
#include "plugins/cuda/device.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "common/size.h"
#include "plugins/cuda/call.h"
#include "plugins/cuda/cuda.h"
#include "plugins/cuda/graph.h"
#include "plugins/cuda/reap.h"
#include "plugins/cuda/signals.h"
#include "plugins/cuda/stream.h"

/* How long closing waits for work that a sync did not see the end of. */
#define CLOSE_NANOSECONDS 2000000000u

/* ---- errors ---- */

tn_status cuda_report_loss(tn_plugin_device *device)
{
    tn_sentence loss;

    pthread_mutex_lock(&device->lock);
    loss = device->loss;
    pthread_mutex_unlock(&device->lock);
    return cuda_fail(device->instance, TN_ERROR_DEVICE_LOST, "%s", loss.text);
}

static void lose(tn_plugin_device *device, const char *doing, const char *text)
{
    pthread_mutex_lock(&device->lock);
    bool first = !atomic_load(&device->lost);

    if (first) {
        tn_sentence_set(&device->loss,
                        "%s is lost to this process since %s: %s; start the "
                        "program again",
                        device->info.name, doing, text);
        atomic_store(&device->lost, true);
        for (tn_plugin_stream *s = device->streams; s != NULL; s = s->next) {
            atomic_store(&s->odd, UINT64_MAX);
        }
    }
    pthread_mutex_unlock(&device->lock);
    if (first) {
        cuda_calls_give_up(device);
    }
}

tn_status cuda_check(tn_plugin_device *device, cuda_result result,
                     const char *doing)
{
    tn_sentence text;

    if (__builtin_expect(result == TN_CUDA_SUCCESS, 1)) {
        return TN_OK;
    }
    cuda_result_text(&device->instance->driver, result, &text);
    if (cuda_result_is_final(result)) {
        lose(device, doing, text.text);
        return cuda_report_loss(device);
    }
    return cuda_fail(device->instance, cuda_result_status(result), "%s: %s",
                     doing, text.text);
}

/* ---- the context ---- */

tn_status cuda_enter(tn_plugin_device *device)
{
    if (__builtin_expect(
            atomic_load_explicit(&device->lost, memory_order_relaxed), 0)) {
        return cuda_report_loss(device);
    }
    return cuda_check(
        device, device->instance->driver.cuCtxPushCurrent_v2(device->context),
        "making the context current");
}

void cuda_leave(tn_plugin_device *device)
{
    cuda_context own = NULL;

    (void)device->instance->driver.cuCtxPopCurrent_v2(&own);
}

/* ---- what a device is ---- */

static uint32_t attribute(const tn_plugin_device *device, unsigned number)
{
    int value = 0;

    if (device->instance->driver.cuDeviceGetAttribute(
            &value, number, device->ordinal) != TN_CUDA_SUCCESS ||
        value < 0) {
        return 0;
    }
    return (uint32_t)value;
}

/* The NUMA node that the PCI address belongs to, -1 where nobody knows. */
static int32_t numa_node(const char *pci_address)
{
    char path[80];
    char address[16];
    int node = -1;

    snprintf(address, sizeof address, "%s", pci_address);
    for (char *c = address; *c != '\0'; ++c) {
        *c = (char)tolower((unsigned char)*c);
    }
    snprintf(path, sizeof path, "/sys/bus/pci/devices/%s/numa_node", address);
    FILE *file = fopen(path, "re");

    if (file == NULL) {
        return -1;
    }
    if (fscanf(file, "%d", &node) != 1 || node < 0) {
        node = -1;
    }
    fclose(file);
    return node;
}

static void describe_limits(const tn_plugin_device *device,
                            tn_device_info *info)
{
    info->compute_units =
        attribute(device, TN_CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
    info->subgroup_items = attribute(device, TN_CU_DEVICE_ATTRIBUTE_WARP_SIZE);
    info->max_items =
        attribute(device, TN_CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK);
    for (unsigned d = 0; d < 3; ++d) {
        info->max_items_dim[d] =
            attribute(device, TN_CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X + d);
        info->max_groups_dim[d] =
            attribute(device, TN_CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X + d);
    }
    info->memory_bytes = device->memory_bytes;
    info->allocation_bytes = device->memory_bytes;
    info->local_bytes = device->shared_bytes;
    info->argument_bytes = CUDA_ARGUMENT_BYTES;
}

static void describe(tn_plugin_device *device, const cuda_uuid *uuid)
{
    const cuda_driver *driver = &device->instance->driver;
    tn_device_info *info = &device->info;

    info->size = sizeof *info;
    info->kind = TN_DEVICE_GPU;
    snprintf(info->vendor, sizeof info->vendor, "NVIDIA Corporation");
    snprintf(info->target, sizeof info->target, "sm_%u", device->sm);
    snprintf(info->driver, sizeof info->driver, "CUDA %d.%d",
             driver->version / 1000, driver->version % 1000 / 10);
    if (driver->cuDeviceGetPCIBusId(info->pci_address, sizeof info->pci_address,
                                    device->ordinal) != TN_CUDA_SUCCESS) {
        info->pci_address[0] = '\0';
    }
    memcpy(info->uuid, uuid->bytes, sizeof info->uuid);
    info->dlpack_type = 2;
    info->dlpack_ordinal = device->ordinal;
    info->numa_node = numa_node(info->pci_address);
    info->offset_alignment = 1;
    info->features = TN_FEATURE_PINNED | TN_FEATURE_MAP | TN_FEATURE_IMPORT |
                     TN_FEATURE_SYMBOLS | TN_FEATURE_F64 |
                     (cuda_graphs_are_there(driver) ? TN_FEATURE_GRAPH : 0);
    describe_limits(device, info);
}

/* A part of a GPU (MIG) has a UUID of its own, which the later function tells.
 */
static cuda_result get_uuid(const tn_plugin_device *device, cuda_uuid *uuid)
{
    const cuda_driver *driver = &device->instance->driver;

    return driver->cuDeviceGetUuid_v2 != NULL
               ? driver->cuDeviceGetUuid_v2(uuid, device->ordinal)
               : driver->cuDeviceGetUuid(uuid, device->ordinal);
}

tn_status cuda_device_init(tn_plugin_device *device,
                           tn_plugin_instance *instance, uint32_t index)
{
    const cuda_driver *driver = &instance->driver;
    cuda_uuid uuid = {{0}};
    tn_sentence text;
    size_t bytes = 0;

    device->instance = instance;
    device->index = index;
    cuda_result result = driver->cuDeviceGet(&device->ordinal, (int)index);

    if (result == TN_CUDA_SUCCESS) {
        result = driver->cuDeviceGetName(
            device->info.name, (int)sizeof device->info.name, device->ordinal);
    }
    if (result == TN_CUDA_SUCCESS) {
        result = driver->cuDeviceTotalMem_v2(&bytes, device->ordinal);
    }
    if (result == TN_CUDA_SUCCESS) {
        result = get_uuid(device, &uuid);
    }
    if (result != TN_CUDA_SUCCESS) {
        return cuda_fail(instance, TN_ERROR_UNAVAILABLE, "asking device %u: %s",
                         (unsigned)index,
                         cuda_result_text(driver, result, &text));
    }
    device->memory_bytes = bytes;
    device->sm =
        attribute(device, TN_CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR) *
            10 +
        attribute(device, TN_CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    device->shared_bytes = attribute(
        device, TN_CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN);
    if (device->shared_bytes == 0) {
        device->shared_bytes = attribute(
            device, TN_CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK);
    }
    describe(device, &uuid);
    pthread_mutex_init(&device->lock, NULL);
    cuda_ring_init(&device->rings[0]);
    cuda_ring_init(&device->rings[1]);
    return TN_OK;
}

void cuda_device_finish(tn_plugin_device *device)
{
    cuda_ring_destroy(&device->rings[0]);
    cuda_ring_destroy(&device->rings[1]);
    pthread_mutex_destroy(&device->lock);
}

tn_status cuda_device_count(tn_plugin_instance *instance, uint32_t *count)
{
    *count = instance->device_count;
    return TN_OK;
}

static tn_status check_index(tn_plugin_instance *instance, uint32_t index)
{
    if (index >= instance->device_count) {
        return cuda_fail(instance, TN_ERROR_NOT_FOUND,
                         "the cuda backend has %u devices and no device %u",
                         (unsigned)instance->device_count, (unsigned)index);
    }
    return TN_OK;
}

tn_status cuda_device_info(tn_plugin_instance *instance, uint32_t index,
                           tn_device_info *info)
{
    tn_status status = check_index(instance, index);

    if (status == TN_OK) {
        tn_copy_sized(info, &instance->devices[index].info,
                      sizeof(tn_device_info));
    }
    return status;
}

/* ---- opening ---- */

/*
 * A pool of our own, so that nobody else's changes. It keeps what is freed, and
 * never has one stream wait for another: memory that is not free yet is not
 * given out.
 */
static cuda_result create_pool(tn_plugin_device *device)
{
    const cuda_driver *driver = &device->instance->driver;
    cuda_pool_properties properties = {
        .allocation = TN_CU_MEM_ALLOCATION_TYPE_PINNED,
        .location = {TN_CU_MEM_LOCATION_TYPE_DEVICE, device->ordinal}};
    uint64_t keep = UINT64_MAX;
    int wait = 0;

    if (driver->cuMemPoolCreate == NULL || driver->cuMemPoolDestroy == NULL ||
        driver->cuMemPoolSetAttribute == NULL ||
        driver->cuMemPoolTrimTo == NULL ||
        driver->cuMemAllocFromPoolAsync == NULL ||
        driver->cuMemFreeAsync == NULL ||
        attribute(device, TN_CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED) == 0) {
        return TN_CUDA_SUCCESS;
    }
    cuda_result result = driver->cuMemPoolCreate(&device->pool, &properties);

    if (result != TN_CUDA_SUCCESS) {
        device->pool = NULL;
        return result == TN_CUDA_ERROR_NOT_SUPPORTED ? TN_CUDA_SUCCESS : result;
    }
    result = driver->cuMemPoolSetAttribute(
        device->pool, TN_CU_MEMPOOL_ATTR_RELEASE_THRESHOLD, &keep);
    if (result == TN_CUDA_SUCCESS) {
        result = driver->cuMemPoolSetAttribute(
            device->pool, TN_CU_MEMPOOL_ATTR_REUSE_ALLOW_INTERNAL_DEPENDENCIES,
            &wait);
    }
    return result;
}

/* What hangs on the context, which is current. */
static cuda_result create_parts(tn_plugin_device *device)
{
    const cuda_driver *driver = &device->instance->driver;
    cuda_result result = driver->cuCtxGetStreamPriorityRange(
        &device->priority_least, &device->priority_most);

    if (result == TN_CUDA_SUCCESS) {
        result = create_pool(device);
    }
    if (result == TN_CUDA_SUCCESS) {
        result = driver->cuStreamCreateWithPriority(
            &device->maker, TN_CU_STREAM_NON_BLOCKING, 0);
    }
    if (result == TN_CUDA_SUCCESS) {
        result = driver->cuStreamCreateWithPriority(
            &device->reaper, TN_CU_STREAM_NON_BLOCKING, 0);
    }
    return result;
}

static void destroy_parts(tn_plugin_device *device)
{
    const cuda_driver *driver = &device->instance->driver;

    if (device->reaper != NULL) {
        (void)driver->cuStreamDestroy_v2(device->reaper);
    }
    if (device->maker != NULL) {
        (void)driver->cuStreamDestroy_v2(device->maker);
    }
    if (device->pool != NULL) {
        (void)driver->cuMemPoolDestroy(device->pool);
    }
    device->reaper = NULL;
    device->maker = NULL;
    device->pool = NULL;
}

static void release_context(tn_plugin_device *device)
{
    (void)device->instance->driver.cuDevicePrimaryCtxRelease_v2(
        device->ordinal);
    device->context = NULL;
}

static tn_status open_context(tn_plugin_device *device)
{
    const cuda_driver *driver = &device->instance->driver;
    tn_status status = cuda_check(
        device,
        driver->cuDevicePrimaryCtxRetain(&device->context, device->ordinal),
        "opening the device");

    if (status != TN_OK) {
        return status;
    }
    status = cuda_enter(device);
    if (status == TN_OK) {
        status = cuda_check(device, create_parts(device), "opening the device");
        if (status != TN_OK) {
            destroy_parts(device);
        }
        cuda_leave(device);
    }
    if (status != TN_OK) {
        release_context(device);
    }
    return status;
}

tn_status cuda_device_open(tn_plugin_instance *instance, uint32_t index,
                           tn_plugin_device **device)
{
    tn_status status = check_index(instance, index);
    cuda_signals signals;

    if (status != TN_OK) {
        return status;
    }
    tn_plugin_device *opened = &instance->devices[index];

    cuda_signals_block(&signals); /* the driver starts threads */
    status = open_context(opened);
    cuda_signals_restore(&signals);
    if (status == TN_OK) {
        *device = opened;
    }
    return status;
}

/* ---- closing ---- */

/*
 * Work that a sync has not seen the end of may have none, so that closing does
 * not wait for it for ever. False where it is still there.
 */
static bool await_work(tn_plugin_device *device)
{
    uint64_t timeout =
        atomic_load(&device->overdue) > 0 ? CLOSE_NANOSECONDS : TN_FOREVER;

    cuda_reap_order(device);
    return cuda_queue_poll(&device->instance->driver, device->reaper,
                           timeout) != TN_CUDA_ERROR_NOT_READY;
}

static void empty_rings(tn_plugin_device *device, bool unused)
{
    for (int i = 0; i < 2; ++i) {
        cuda_ring_empty(&device->rings[i], &device->instance->driver, unused);
    }
}

void cuda_device_close(tn_plugin_device *device)
{
    const tn_host *host = device->instance->host;

    if (device->context == NULL) {
        return;
    }
    bool entered = device->instance->driver.cuCtxPushCurrent_v2(
                       device->context) == TN_CUDA_SUCCESS;

    bool finished = atomic_load(&device->lost) || !entered
                        ? !cuda_calls_running(device)
                        : await_work(device);

    empty_rings(device, finished);
    if (!finished) {
        /* what it uses stays: the driver ends it with the process */
        host->log(device->instance->host_data, TN_LOG_WARNING,
                  "closing the device: work that did not end in time was "
                  "abandoned");
        cuda_calls_abandon(device);
        cuda_garbage_abandon(device);
        device->instance->abandoned = true;
    } else {
        cuda_garbage_empty(device);
        destroy_parts(device);
        cuda_calls_free(device);
        release_context(device);
    }
    if (entered) {
        cuda_leave(device);
    }
    device->context = NULL;
}

/* ---- questions ---- */

tn_status cuda_device_status(tn_plugin_device *device)
{
    return atomic_load(&device->lost) ? cuda_report_loss(device) : TN_OK;
}

/* What the pool keeps for us is free as well. */
static uint64_t pool_free(const tn_plugin_device *device)
{
    const cuda_driver *driver = &device->instance->driver;
    uint64_t reserved = 0;
    uint64_t used = 0;

    if (device->pool == NULL || driver->cuMemPoolGetAttribute == NULL ||
        driver->cuMemPoolGetAttribute(device->pool,
                                      TN_CU_MEMPOOL_ATTR_RESERVED_MEM_CURRENT,
                                      &reserved) != TN_CUDA_SUCCESS ||
        driver->cuMemPoolGetAttribute(device->pool,
                                      TN_CU_MEMPOOL_ATTR_USED_MEM_CURRENT,
                                      &used) != TN_CUDA_SUCCESS) {
        return 0;
    }
    return reserved - used;
}

tn_status cuda_device_memory_free(tn_plugin_device *device, uint64_t *bytes)
{
    const cuda_driver *driver = &device->instance->driver;
    size_t available = 0;
    size_t total = 0;
    tn_status status = cuda_enter(device);

    if (status != TN_OK) {
        return status;
    }
    status = cuda_check(device, driver->cuMemGetInfo_v2(&available, &total),
                        "asking for free memory");
    if (status == TN_OK) {
        *bytes = available + pool_free(device);
    }
    cuda_leave(device);
    return status;
}

tn_status cuda_device_native(tn_plugin_device *device, uint64_t *handle)
{
    *handle = (uint64_t)(uintptr_t)device->context;
    return TN_OK;
}
