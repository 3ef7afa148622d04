/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <sys/stat.h>

#include "common/clock.h"
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

uint64_t ocl_deadline(uint64_t timeout)
{
    return tn_clock_after(timeout != TN_FOREVER ? tn_clock_now() : 0, timeout);
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
    tn_plugin_instance *created =
        tn_host_allocate(host, host_data, sizeof *created);

    if (created == NULL) {
        return tn_host_fail_memory(host, host_data, "the opencl backend");
    }
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
