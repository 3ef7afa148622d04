/* SPDX-License-Identifier: MIT */
/* How a backend is opened, and what the host lends to its plugin. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/nearest.h"
#include "runtime/error.h"
#include "runtime/objects.h"

enum {
    DEVICES_MAX = 4096 /* more than that is a plugin that lies */
};

/* ---- what a plugin may ask of its host ---- */

static void host_log(void *host_data, tn_log_level level, const char *line)
{
    const tn_backend *backend = host_data;

    tn_log(&backend->runtime->logger, level, "%s: %s", backend->name, line);
}

static void host_error(void *host_data, const char *sentence)
{
    (void)host_data;
    tn_error_offer(sentence);
}

static void host_build_log(void *host_data, const char *text, size_t size)
{
    (void)host_data;
    tn_error_offer_log(text, size);
}

static const tn_setting *own_setting(const tn_backend *backend, const char *key)
{
    char section[TN_CONFIG_SECTION_BYTES];

    tn_config_backend_section(backend->name, section);
    return tn_config_find(backend->runtime->config, section, key);
}

static const char *host_config(void *host_data, const char *key)
{
    const tn_setting *setting = own_setting(host_data, key);

    return setting != NULL ? setting->value : NULL;
}

static const char *host_config_origin(void *host_data, const char *key)
{
    const tn_setting *setting = own_setting(host_data, key);

    return setting != NULL ? setting->origin : NULL;
}

static void *host_allocate(void *host_data, size_t bytes, size_t alignment)
{
    void *pointer = NULL;

    (void)host_data;
    if (alignment <= _Alignof(max_align_t)) {
        return malloc(bytes);
    }
    return posix_memalign(&pointer, alignment, bytes) == 0 ? pointer : NULL;
}

static void host_release(void *host_data, void *pointer)
{
    (void)host_data;
    free(pointer);
}

static const tn_host host = {
    .size = sizeof(tn_host),
    .abi = TN_PLUGIN_ABI,
    .log = host_log,
    .error = host_error,
    .build_log = host_build_log,
    .config = host_config,
    .config_origin = host_config_origin,
    .allocate = host_allocate,
    .release = host_release,
};

/* ---- sentences ---- */

struct tn_text {
    tn_text *next;
    char *text;
};

tn_status tn_backend_failed(const tn_backend *backend, tn_status status,
                            const char *action)
{
    return tn_error_adopt(status, backend->name, action);
}

void tn_backend_set_reason(tn_backend *backend, const char *format, ...)
{
    char *reason = NULL;
    va_list values;

    va_start(values, format);
    int length = vasprintf(&reason, format, values);

    va_end(values);
    tn_text *text = length >= 0 ? malloc(sizeof *text) : NULL;

    if (text == NULL) { /* then the former reason stands */
        free(length >= 0 ? reason : NULL);
        return;
    }
    *text = (tn_text){.next = backend->reasons, .text = reason};
    backend->reasons = text;
    backend->reason = reason;
}

void tn_backend_reject(tn_backend *backend, tn_status status)
{
    const char *message = tn_error_message();
    size_t length = strlen(backend->name);

    /* without the name, which a table shows anyway */
    if (strncmp(message, backend->name, length) == 0 &&
        strncmp(message + length, ": ", 2) == 0) {
        message += length + 2;
    }
    backend->state = TN_BACKEND_REJECTED;
    backend->status = status;
    tn_backend_set_reason(backend, "%s", message);
}

/* ---- opening and closing ---- */

void tn_backend_locate(tn_backend *backend)
{
    const tn_setting *setting = own_setting(backend, "plugin");
    char name[TN_PLUGIN_NAME_BYTES + 4];

    snprintf(name, sizeof name, "%s.so", backend->name);
    const char *file = setting != NULL ? setting->value : name;

    if (backend->plugin_path == NULL) {
        backend->plugin_path =
            strchr(file, '/') != NULL
                ? strdup(file)
                : tn_folders_find(&backend->runtime->plugin_folders, file);
    }
}

static tn_status find_plugin(tn_backend *backend)
{
    const tn_setting *setting = own_setting(backend, "plugin");
    char searched[512];

    tn_backend_locate(backend);
    if (backend->plugin_path != NULL) {
        return TN_OK;
    }
    return tn_fail(TN_ERROR_UNAVAILABLE,
                   "its plugin %s%s%s%s is not in %s; install it or name its "
                   "folder in plugin_path",
                   setting != NULL ? setting->value : backend->name,
                   setting != NULL ? "" : ".so", setting != NULL ? " of " : "",
                   setting != NULL ? setting->origin : "",
                   tn_folders_text(&backend->runtime->plugin_folders, searched,
                                   sizeof searched));
}

static void offer_plugin_keys(tn_nearest *nearest, const char *keys)
{
    char word[64];

    while (keys != NULL && *keys != '\0') {
        size_t length = strcspn(keys, " ");

        snprintf(word, sizeof word, "%.*s", (int)length, keys);
        tn_nearest_offer(nearest, word);
        keys += length;
        keys += strspn(keys, " ");
    }
}

static tn_status unknown_key(const tn_backend *backend,
                             const tn_setting *setting)
{
    const char *keys = backend->library->keys;
    tn_nearest nearest;
    char hint[96];

    tn_nearest_init(&nearest, setting->key);
    offer_plugin_keys(&nearest, keys);
    tn_key_offer(true, &nearest);
    return tn_fail(TN_ERROR_CONFIG, "%s: unknown key %s in [backend %s]%s",
                   setting->origin, setting->key, backend->name,
                   tn_nearest_hint(&nearest, hint, sizeof hint));
}

/* The plugin's note tells which keys its section may have. */
static tn_status check_keys(const tn_backend *backend)
{
    const tn_config *config = backend->runtime->config;
    tn_setting setting;

    for (size_t i = 0; i < tn_config_count(config); ++i) {
        tn_status status = tn_config_get(config, i, &setting);

        if (status != TN_OK) {
            return status;
        }
        const char *name = tn_config_backend_of(setting.section);

        if (name != NULL && strcmp(name, backend->name) == 0 &&
            tn_key_find(true, setting.key) == NULL &&
            !tn_library_lists(backend->library->keys, setting.key)) {
            return unknown_key(backend, &setting);
        }
    }
    return TN_OK;
}

/* What a plugin wrote is its word on a device, but not on memory of ours. */
static tn_status check_info(tn_device_info *info)
{
    info->size = sizeof *info;
    info->name[sizeof info->name - 1] = '\0';
    info->vendor[sizeof info->vendor - 1] = '\0';
    info->target[sizeof info->target - 1] = '\0';
    info->driver[sizeof info->driver - 1] = '\0';
    info->pci_address[sizeof info->pci_address - 1] = '\0';
    if (info->max_items == 0 || info->offset_alignment == 0) {
        return tn_fail(TN_ERROR_PLUGIN,
                       "its plugin describes a device without max_items or "
                       "offset_alignment");
    }
    return TN_OK;
}

static tn_status make_device(tn_backend *backend, uint32_t index)
{
    tn_device *device = &backend->devices[index];
    const tn_plugin *plugin = &backend->library->table;

    device->info.size = sizeof device->info;
    tn_status status =
        plugin->device_info(backend->instance, index, &device->info);

    if (status != TN_OK) {
        return tn_backend_failed(backend, status, "describing a device");
    }
    device->backend = backend;
    device->plugin = plugin;
    device->index = index;
    device->pool.limit = tn_config_cache_memory(
        backend->runtime->config, backend->name, device->info.memory_bytes);
    snprintf(device->name, sizeof device->name, "%s:%u", backend->name, index);
    return check_info(&device->info);
}

static tn_status make_devices(tn_backend *backend)
{
    const tn_plugin *plugin = &backend->library->table;
    uint32_t count = 0;
    tn_status status = plugin->device_count(backend->instance, &count);

    if (status != TN_OK) {
        return tn_backend_failed(backend, status, "counting devices");
    }
    if (count == 0) {
        return tn_fail(TN_ERROR_UNAVAILABLE, "has no device");
    }
    if (count > DEVICES_MAX) {
        return tn_fail(TN_ERROR_PLUGIN, "its plugin claims %u devices", count);
    }
    backend->devices = calloc(count, sizeof *backend->devices);
    if (backend->devices == NULL) {
        return tn_fail_memory("devices");
    }
    for (uint32_t i = 0; i < count; ++i) {
        pthread_mutex_init(&backend->devices[i].lock, NULL);
        backend->device_count++;
        status = make_device(backend, i);
        if (status != TN_OK) {
            return status;
        }
    }
    return TN_OK;
}

static tn_status open_plugin(tn_backend *backend)
{
    tn_status status = find_plugin(backend);

    if (status == TN_OK) {
        /* Should it end the process, this is the last line of the log. */
        tn_log(&backend->runtime->logger, TN_LOG_DEBUG, "%s: opening %s",
               backend->name, backend->plugin_path);
        status = tn_library_open(backend->plugin_path,
                                 tn_config_is_strict(backend->runtime->config),
                                 &backend->library);
    }
    if (status == TN_OK && strcmp(backend->library->name, backend->name) != 0) {
        status = tn_fail(TN_ERROR_PLUGIN,
                         "%s: is the plugin of backend %s; rename it to %s.so, "
                         "or name it in [backend %s] as plugin =",
                         backend->plugin_path, backend->library->name,
                         backend->library->name, backend->library->name);
    }
    if (status == TN_OK && backend->library->distrust != NULL) {
        tn_log(&backend->runtime->logger, TN_LOG_WARNING, "%s: %s",
               backend->plugin_path, backend->library->distrust);
    }
    if (status == TN_OK) {
        status = check_keys(backend);
    }
    if (status != TN_OK) {
        return status;
    }
    status = tn_library_touch(backend->library);
    if (status != TN_OK) {
        return status;
    }
    backend->fork_count = tn_fork_count;
    tn_log(&backend->runtime->logger, TN_LOG_DEBUG, "%s: starting",
           backend->name);
    status = backend->library->table.instance_create(&host, backend,
                                                     &backend->instance);
    if (status != TN_OK) {
        backend->instance = NULL;
        return tn_backend_failed(backend, status, "starting the backend");
    }
    atomic_fetch_add(&backend->runtime->held, 1);
    return make_devices(backend);
}

/*
 * Work of one device may use what hangs on another, so all of it ends first;
 * what hangs on one looks for graphs of all, so their locks go last.
 */
static void shut(tn_backend *backend)
{
    for (uint32_t i = 0; i < backend->device_count; ++i) {
        tn_device_drain(&backend->devices[i]);
    }
    for (uint32_t i = 0; i < backend->device_count; ++i) {
        tn_device_close(&backend->devices[i]);
    }
    for (uint32_t i = 0; i < backend->device_count; ++i) {
        pthread_mutex_destroy(&backend->devices[i].lock);
    }
    free(backend->devices);
    backend->devices = NULL;
    backend->device_count = 0;
    if (backend->instance != NULL) {
        backend->library->table.instance_destroy(backend->instance);
        backend->instance = NULL;
        atomic_fetch_sub(&backend->runtime->held, 1);
    }
}

/* A wrong configuration names its file first, all else the backend. */
static tn_status fail_rejected(const tn_backend *backend)
{
    return backend->status == TN_ERROR_CONFIG
               ? tn_fail(backend->status, "%s", backend->reason)
               : tn_fail(backend->status, "%s: %s", backend->name,
                         backend->reason);
}

tn_status tn_backend_open_locked(tn_backend *backend)
{
    if (backend->state == TN_BACKEND_REJECTED) {
        return fail_rejected(backend);
    }
    if (backend->state == TN_BACKEND_OPEN ||
        backend->state == TN_BACKEND_CHOSEN) {
        return TN_OK;
    }
    tn_status status = open_plugin(backend);

    if (status == TN_OK) {
        backend->state = TN_BACKEND_OPEN;
        if (backend->runtime->default_device == NULL) {
            tn_backend_set_reason(backend, "its devices were asked for");
        }
        tn_error_withdraw();
        return TN_OK;
    }
    tn_backend_reject(backend, status);
    shut(backend);
    return fail_rejected(backend);
}

void tn_backend_finish(tn_backend *backend)
{
    shut(backend);
    while (backend->reasons != NULL) {
        tn_text *text = backend->reasons;

        backend->reasons = text->next;
        free(text->text);
        free(text);
    }
    free(backend->plugin_path);
}
