/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/sentence.h"
#include "plugins/cuda/cuda.h"
#include "plugins/cuda/signals.h"
#include "plugins/cuda/stage.h"

/* Polling: so long without sleeping, then naps of a growing share of it. */
enum {
    SPIN_NANOSECONDS = 50000,
    NAP_LEAST = 20000,
    NAP_MOST = 1000000,
    NAP_SHARE = 16
};

/* ---- time ---- */

cuda_wait cuda_wait_begin(uint64_t timeout)
{
    uint64_t now = tn_clock_now();

    return (cuda_wait){.begin = now, .deadline = tn_clock_after(now, timeout)};
}

bool cuda_wait_more(const cuda_wait *wait)
{
    uint64_t now = tn_clock_now();
    uint64_t nap = (now - wait->begin) / NAP_SHARE;
    struct timespec time = {0, 0};

    if (now >= wait->deadline) {
        return false;
    }
    if (now - wait->begin < SPIN_NANOSECONDS) {
        return true;
    }
    nap = nap < NAP_LEAST ? NAP_LEAST : nap > NAP_MOST ? NAP_MOST : nap;
    if (nap > wait->deadline - now) {
        nap = wait->deadline - now;
    }
    time.tv_nsec = (long)nap;
    nanosleep(&time, NULL);
    return true;
}

/* ---- the instance ---- */

static tn_status read_settings(tn_plugin_instance *instance)
{
    const tn_host *host = instance->host;
    const char *library = host->config(instance->host_data, "library");
    const char *legacy = host->config(instance->host_data, "legacy_stream");

    instance->driver.library =
        library != NULL && library[0] != '\0' ? library : "libcuda.so.1";
    tn_status status = tn_binaries_init(&instance->binaries, host,
                                        instance->host_data, "cuda");

    if (status == TN_OK) {
        status = cuda_stage_settings(instance);
    }
    if (status != TN_OK) {
        return status;
    }
    if (legacy == NULL || strcmp(legacy, "ignore") == 0) {
        return TN_OK;
    }
    if (strcmp(legacy, "wait") == 0) {
        instance->wait_for_legacy = true;
        return TN_OK;
    }
    return tn_host_fail_setting(host, instance->host_data, "legacy_stream",
                                "is neither ignore nor wait");
}

static tn_status start_driver(tn_plugin_instance *instance)
{
    tn_sentence why;
    cuda_signals signals;
    tn_status status =
        cuda_driver_open(&instance->driver, instance->driver.library, &why);

    if (status == TN_OK) {
        cuda_signals_block(&signals); /* the driver starts threads */
        status = cuda_driver_start(&instance->driver, &why);
        cuda_signals_restore(&signals);
    }
    return status == TN_OK ? TN_OK
                           : cuda_fail(instance, status, "%s", why.text);
}

static tn_status find_devices(tn_plugin_instance *instance)
{
    int count = 0;
    tn_sentence text;
    cuda_result result = instance->driver.cuDeviceGetCount(&count);

    if (result != TN_CUDA_SUCCESS || count <= 0) {
        return cuda_fail(
            instance, TN_ERROR_UNAVAILABLE,
            "%s; see what nvidia-smi and CUDA_VISIBLE_DEVICES say",
            cuda_result_text(&instance->driver,
                             result != TN_CUDA_SUCCESS
                                 ? result
                                 : (cuda_result)TN_CUDA_ERROR_NO_DEVICE,
                             &text));
    }
    instance->devices =
        cuda_allocate(instance, (size_t)count * sizeof *instance->devices);
    if (instance->devices == NULL) {
        return cuda_fail_memory(instance, "devices");
    }
    tn_status status = TN_OK;

    for (int i = 0; i < count && status == TN_OK; ++i) {
        status = cuda_device_init(&instance->devices[i], instance, (uint32_t)i);
        instance->device_count += status == TN_OK;
    }
    for (uint32_t i = 0; i < instance->device_count && count > 1; ++i) {
        instance->devices[i].info.features |= TN_FEATURE_PEER;
    }
    return status;
}

tn_status cuda_instance_create(const tn_host *host, void *host_data,
                               tn_plugin_instance **instance)
{
    tn_plugin_instance *created =
        tn_host_allocate(host, host_data, sizeof *created);

    if (created == NULL) {
        return tn_host_fail_memory(host, host_data, "the cuda backend");
    }
    created->host = host;
    created->host_data = host_data;
    tn_status status = read_settings(created);

    if (status == TN_OK) {
        status = start_driver(created);
    }
    if (status == TN_OK) {
        status = find_devices(created);
    }
    if (status != TN_OK) {
        cuda_instance_destroy(created);
        return status;
    }
    *instance = created;
    return TN_OK;
}

void cuda_instance_destroy(tn_plugin_instance *instance)
{
    if (instance->abandoned) {
        return;
    }
    for (uint32_t i = 0; i < instance->device_count; ++i) {
        cuda_device_finish(&instance->devices[i]);
    }
    cuda_release(instance, instance->devices);
    cuda_release(instance, instance);
}
