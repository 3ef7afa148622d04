/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/error.h"
#include "runtime/file.h"
#include "runtime/objects.h"

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

const char *tn_version(void)
{
    return TEXT(TN_VERSION_MAJOR) "." TEXT(TN_VERSION_MINOR) "." TEXT(
        TN_VERSION_PATCH);
}

/* ---- opening and closing ---- */

static tn_status init_folders(tn_runtime *runtime)
{
    tn_status status = tn_folders_init(
        &runtime->plugin_folders,
        tn_config_value(runtime->config, "runtime", "plugin_path"), "plugins",
        TN_PLUGINDIR);

    if (status != TN_OK) {
        return status;
    }
    return tn_folders_init(
        &runtime->kernel_folders,
        tn_config_value(runtime->config, "runtime", "kernel_path"), "kernels",
        TN_KERNELDIR);
}

static void init_logger(tn_runtime *runtime, const tn_options *options)
{
    const char *level = tn_config_value(runtime->config, "runtime", "log");

    tn_logger_init(&runtime->logger, tn_log_level_of(level),
                   options != NULL ? options->log : NULL,
                   options != NULL ? options->log_data : NULL);
}

static tn_status init(tn_runtime *runtime, const tn_options *options)
{
    tn_status status = tn_config_open(options, &runtime->config);

    if (status != TN_OK) {
        return status;
    }
    init_logger(runtime, options);
    if (runtime->config->distrusted.count > 0) {
        tn_log(&runtime->logger, TN_LOG_WARNING, "%s",
               runtime->config->distrusted.text);
    }
    status = init_folders(runtime);
    if (status == TN_OK) {
        status = tn_registry_init(runtime);
    }
    if (status != TN_OK ||
        (options != NULL && (options->flags & TN_OPEN_DEFERRED) != 0)) {
        return status;
    }
    return tn_select_locked(runtime); /* nobody else knows it yet */
}

tn_status tn_runtime_open_with(const tn_options *options, tn_runtime **runtime)
{
    TN_REQUIRE(runtime);
    tn_runtime *made = calloc(1, sizeof *made);
    tn_error_kept kept;

    if (made == NULL) {
        return tn_fail_memory("the runtime");
    }
    tn_fork_watch();
    made->fork_count = tn_fork_count;
    pthread_mutex_init(&made->lock, NULL);
    tn_error_keep(&kept); /* a fallback is no failure */
    tn_status status = tn_error_settle(&kept, init(made, options));

    if (status != TN_OK) {
        tn_runtime_close(made);
        return status;
    }
    *runtime = made;
    return TN_OK;
}

tn_status tn_runtime_open(const char *file, tn_runtime **runtime)
{
    const tn_options options = {.size = sizeof options, .file = file};

    return tn_runtime_open_with(&options, runtime);
}

/*
 * Whether this process is a fork of the one that used the runtime. One that
 * holds nothing yet belongs to whoever uses it first. Asked before the lock: in
 * a fork nobody may be left to give that back.
 */
static bool is_forked(const tn_runtime *runtime)
{
    tn_runtime *own = (tn_runtime *)(uintptr_t)runtime;

    if (atomic_load(&own->fork_count) == tn_fork_count) {
        return false;
    }
    if (atomic_load(&own->held) > 0) {
        /* not where another thread has just taken it over */
        return atomic_load(&own->fork_count) != tn_fork_count;
    }
    atomic_store(&own->fork_count, tn_fork_count);
    return false;
}

static void lock(tn_runtime *runtime)
{
    atomic_fetch_add(&runtime->held, 1);
    pthread_mutex_lock(&runtime->lock);
}

static void unlock(tn_runtime *runtime)
{
    pthread_mutex_unlock(&runtime->lock);
    atomic_fetch_sub(&runtime->held, 1);
}

/* Returns from a function of the API that needs a runtime of this process. */
#define REQUIRE_RUNTIME(runtime)                                               \
    do {                                                                       \
        TN_REQUIRE(runtime);                                                   \
        if (is_forked(runtime)) {                                              \
            return tn_fail_forked(__func__, "the runtime");                    \
        }                                                                      \
    } while (0)

void tn_runtime_close(tn_runtime *runtime)
{
    if (runtime == NULL || is_forked(runtime)) {
        return;
    }
    tn_registry_finish(runtime);
    tn_folders_finish(&runtime->plugin_folders);
    tn_folders_finish(&runtime->kernel_folders);
    tn_config_close(runtime->config);
    pthread_mutex_destroy(&runtime->lock);
    free(runtime->explanation);
    free(runtime);
}

/* ---- backends ---- */

size_t tn_runtime_backend_count(const tn_runtime *runtime)
{
    return runtime != NULL ? runtime->backend_count : 0;
}

static void describe_backend(const tn_backend *backend, tn_backend_info *info)
{
    info->state = backend->state;
    info->status = backend->status;
    info->rank = backend->rank;
    info->device_count = backend->device_count;
    info->reserved = 0;
    info->name = backend->name;
    info->plugin = backend->plugin_path != NULL ? backend->plugin_path : "";
    info->version =
        backend->library != NULL && backend->library->table.version != NULL
            ? backend->library->table.version
            : "";
    info->reason = backend->reason;
}

tn_status tn_runtime_backend(const tn_runtime *runtime, size_t index,
                             tn_backend_info *info)
{
    REQUIRE_RUNTIME(runtime);
    TN_REQUIRE(info);
    if (info->size < sizeof *info) {
        return tn_fail(TN_ERROR_INVALID,
                       "tn_backend_info.size is %u; set it to "
                       "sizeof(tn_backend_info)",
                       info->size);
    }
    if (index >= runtime->backend_count) {
        return tn_fail(TN_ERROR_RANGE,
                       "there are %zu backends, none has the index %zu",
                       runtime->backend_count, index);
    }
    /* another thread may be opening it; nothing else is changed */
    tn_runtime *own = (tn_runtime *)(uintptr_t)runtime;

    lock(own);
    describe_backend(&runtime->backends[index], info);
    unlock(own);
    return TN_OK;
}

tn_status tn_runtime_probe(tn_runtime *runtime)
{
    tn_error_kept kept;

    REQUIRE_RUNTIME(runtime);
    tn_error_keep(&kept);
    lock(runtime);
    for (size_t i = 0; i < runtime->listed_count; ++i) {
        (void)tn_backend_open_locked(&runtime->backends[i]);
    }
    unlock(runtime);
    return tn_error_settle(&kept, TN_OK);
}

static const char *state_text(tn_backend_state state)
{
    static const char *const texts[] = {
#define TEXT_OF(id, number, text) [number] = text,
        TN_BACKEND_STATE_LIST(TEXT_OF)
#undef TEXT_OF
    };

    return texts[state];
}

static void explain_backend(FILE *out, const tn_backend *backend)
{
    fprintf(out, "%s: %s: %s\n", backend->name, state_text(backend->state),
            backend->reason);
    if (backend->plugin_path != NULL) {
        fprintf(out, "    plugin %s\n", backend->plugin_path);
    }
    for (uint32_t i = 0; i < backend->device_count; ++i) {
        const tn_device *device = &backend->devices[i];

        fprintf(out, "    %s %s", device->name, device->info.name);
        if (device->info.target[0] != '\0') {
            fprintf(out, " (%s)", device->info.target);
        }
        fputs(device == backend->runtime->default_device ? ", the default\n"
                                                         : "\n",
              out);
    }
}

static void explain_folders(FILE *out, const char *what,
                            const tn_folders *folders)
{
    fprintf(out, "%s are looked for in", what);
    for (size_t i = 0; i < folders->count; ++i) {
        fprintf(out, "%s %s", i > 0 ? "," : "", folders->items[i]);
        if (access(folders->items[i], R_OK | X_OK) != 0) {
            fprintf(out, " (%s)", strerror(errno));
        }
    }
    fputc('\n', out);
}

static void explain_hidden(void *data, const char *hidden, const char *first)
{
    fprintf(data, "    %s is hidden by %s\n", hidden, first);
}

static bool is_plugin(const char *path)
{
    size_t length = strlen(path);

    return length > 3 && strcmp(path + length - 3, ".so") == 0;
}

static bool is_bundle(const char *path)
{
    char *file = tn_path_join(path, "bundle.ini");
    bool is_one = file != NULL && access(file, F_OK) == 0;

    free(file);
    return is_one;
}

static char *explain_locked(const tn_runtime *runtime)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    const tn_setting *setting =
        tn_config_find(runtime->config, "runtime", "backend");

    if (out == NULL) {
        return NULL;
    }
    fprintf(out, "backend = %s (%s)\n", setting->value, setting->origin);
    for (size_t i = 0; i < runtime->backend_count; ++i) {
        explain_backend(out, &runtime->backends[i]);
    }
    explain_folders(out, "plugins", &runtime->plugin_folders);
    tn_folders_each_hidden(&runtime->plugin_folders, is_plugin, explain_hidden,
                           out);
    explain_folders(out, "bundles", &runtime->kernel_folders);
    tn_folders_each_hidden(&runtime->kernel_folders, is_bundle, explain_hidden,
                           out);
    fclose(out);
    return text;
}

const char *tn_runtime_explain(tn_runtime *runtime)
{
    if (runtime == NULL || is_forked(runtime)) {
        return "";
    }
    lock(runtime);
    char *text = explain_locked(runtime);

    if (text != NULL) {
        free(runtime->explanation);
        runtime->explanation = text;
    }
    unlock(runtime);
    return text != NULL ? text : "";
}

/* ---- the devices of all backends ---- */

tn_status tn_device_default(tn_runtime *runtime, tn_device **device)
{
    tn_error_kept kept;

    REQUIRE_RUNTIME(runtime);
    TN_REQUIRE(device);
    tn_error_keep(&kept); /* a fallback is no failure */
    lock(runtime);
    tn_status status = tn_error_settle(&kept, tn_select_locked(runtime));

    if (status == TN_OK) {
        *device = runtime->default_device;
    }
    unlock(runtime);
    return status;
}

static tn_status find_locked(tn_runtime *runtime, const char *backend_name,
                             const char *wanted, tn_device **device)
{
    tn_device *found = NULL;
    tn_backend *backend = tn_registry_find(runtime, backend_name);
    char hint[96];

    if (backend == NULL) {
        return tn_fail(
            TN_ERROR_NOT_FOUND,
            "there is no backend %s%s; `tenon list` shows them", backend_name,
            tn_registry_hint(runtime, backend_name, hint, sizeof hint));
    }
    tn_status status = tn_backend_open_locked(backend);

    if (status == TN_OK) {
        status = tn_backend_find_device(backend, wanted, NULL, &found);
    }
    if (status == TN_OK) {
        status = tn_device_ready(found);
    }
    if (status == TN_OK) {
        *device = found;
    }
    return status;
}

tn_status tn_device_find(tn_runtime *runtime, const char *name,
                         tn_device **device)
{
    char backend[TN_PLUGIN_NAME_BYTES];

    REQUIRE_RUNTIME(runtime);
    TN_REQUIRE(name);
    TN_REQUIRE(device);
    size_t length = strcspn(name, ":");
    const char *wanted = name[length] == ':' ? name + length + 1 : "0";

    if (length >= sizeof backend) {
        return tn_fail(TN_ERROR_NOT_FOUND, "there is no backend %.*s",
                       (int)length, name);
    }
    memcpy(backend, name, length);
    backend[length] = '\0';
    lock(runtime);
    tn_status status = find_locked(runtime, backend, wanted, device);

    unlock(runtime);
    return status;
}

/* The index-th device: the default's backend first, then in list order. */
static tn_device *device_at_locked(tn_runtime *runtime, size_t index,
                                   size_t *count)
{
    tn_backend *first = runtime->default_device != NULL
                            ? runtime->default_device->backend
                            : NULL;
    tn_device *found = NULL;

    *count = 0;
    for (size_t i = 0; i <= runtime->backend_count; ++i) {
        tn_backend *backend = i == 0 ? first : &runtime->backends[i - 1];

        if (backend == NULL || (i > 0 && backend == first) ||
            backend->state == TN_BACKEND_REJECTED) {
            continue;
        }
        if (index >= *count && index - *count < backend->device_count) {
            found = &backend->devices[index - *count];
        }
        *count += backend->device_count;
    }
    return found;
}

size_t tn_device_count(tn_runtime *runtime)
{
    size_t count = 0;

    if (runtime != NULL && !is_forked(runtime)) {
        lock(runtime);
        (void)device_at_locked(runtime, 0, &count);
        unlock(runtime);
    }
    return count;
}

tn_status tn_device_get(tn_runtime *runtime, size_t index, tn_device **device)
{
    size_t count = 0;

    REQUIRE_RUNTIME(runtime);
    TN_REQUIRE(device);
    lock(runtime);
    tn_device *found = device_at_locked(runtime, index, &count);

    unlock(runtime);
    if (found == NULL) {
        return tn_fail(TN_ERROR_RANGE,
                       "there are %zu devices, none has the index %zu", count,
                       index);
    }
    *device = found;
    return TN_OK;
}
