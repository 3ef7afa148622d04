/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "common/sentence.h"
#include "plugins/opencl/device.h"
#include "plugins/opencl/names.h"
#include "plugins/opencl/opencl.h"

/* ---- what all parts use ---- */

tn_status ocl_fail_code(tn_plugin_instance *instance, cl_int code,
                        const char *format, ...)
{
    const ocl_code *known = ocl_code_find(code);
    tn_sentence what;
    va_list values;

    va_start(values, format);
    tn_sentence_vset(&what, format, values);
    va_end(values);
    return ocl_fail(instance, known->status, "%s: %s (%s, %d)", what.text,
                    known->meaning, known->name, (int)code);
}

tn_status ocl_fail_memory(tn_plugin_instance *instance, const char *what)
{
    return ocl_fail(instance, TN_ERROR_NO_MEMORY, "no memory left for %s",
                    what);
}

void *ocl_allocate(tn_plugin_instance *instance, size_t bytes)
{
    void *pointer = instance->host->allocate(instance->host_data, bytes, 0);

    return pointer != NULL ? memset(pointer, 0, bytes) : NULL;
}

void ocl_release(tn_plugin_instance *instance, void *pointer)
{
    instance->host->release(instance->host_data, pointer);
}

void ocl_answer(void *answer, const void *from, uint32_t from_bytes)
{
    uint32_t size;

    memcpy(&size, answer, sizeof size); /* what the host has room for */
    memcpy(answer, from, size < from_bytes ? size : from_bytes);
    memcpy(answer, &size, sizeof size);
}

uint64_t ocl_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t ocl_deadline(uint64_t timeout)
{
    uint64_t now = timeout != TN_FOREVER ? ocl_now() : 0;

    return timeout < TN_FOREVER - now ? now + timeout : TN_FOREVER;
}

/* ---- settings ---- */

static tn_status read_include(tn_plugin_instance *instance)
{
    const char *folder = instance->host->config(instance->host_data, "include");
    struct stat info;

    if (folder == NULL || *folder == '\0') {
        return TN_OK;
    }
    if (folder[0] != '/' || stat(folder, &info) != 0 ||
        !S_ISDIR(info.st_mode)) {
        return tn_host_fail_setting(instance->host, instance->host_data,
                                    "include",
                                    "is no folder; give its absolute path");
    }
    instance->include = folder;
    return TN_OK;
}

static tn_status read_settings(tn_plugin_instance *instance)
{
    const char *options =
        instance->host->config(instance->host_data, "options");
    tn_status status = tn_binaries_init(&instance->binaries, instance->host,
                                        instance->host_data, "opencl");

    instance->options = options != NULL ? options : "";
    if (status == TN_OK) {
        status =
            tn_host_read_yes(instance->host, instance->host_data,
                             "command_buffers", &instance->command_buffers);
    }
    return status == TN_OK ? read_include(instance) : status;
}

/* ---- operations ---- */

static tn_status open_library(tn_plugin_instance *instance)
{
    const char *library =
        instance->host->config(instance->host_data, "library");
    tn_sentence why;

    if (library == NULL || *library == '\0') {
        library = OCL_LIBRARY;
    }
    tn_status status = ocl_symbols_open(library, &instance->cl, &why);

    return status == TN_OK ? TN_OK : ocl_fail(instance, status, "%s", why.text);
}

tn_status ocl_instance_create(const tn_host *host, void *host_data,
                              tn_plugin_instance **instance)
{
    tn_plugin_instance *created = host->allocate(host_data, sizeof *created, 0);

    if (created == NULL) {
        host->error(host_data, "no memory left for the opencl backend");
        return TN_ERROR_NO_MEMORY;
    }
    memset(created, 0, sizeof *created);
    created->host = host;
    created->host_data = host_data;
    tn_status status = read_settings(created);

    if (status == TN_OK) {
        status = open_library(created);
    }
    if (status == TN_OK) {
        status = ocl_devices_find(created);
    }
    if (status != TN_OK) {
        ocl_instance_destroy(created);
        return status;
    }
    *instance = created;
    return TN_OK;
}

void ocl_instance_destroy(tn_plugin_instance *instance)
{
    ocl_devices_forget(instance);
    ocl_release(instance, instance);
}
