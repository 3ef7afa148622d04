/* SPDX-License-Identifier: MIT */
/* Choice: the first listed backend whose device works, and why. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/error.h"
#include "runtime/objects.h"

/* ---- a device by what the user calls it ---- */

enum {
    UUID_TEXT_BYTES = 37
};

static void write_uuid(const uint8_t uuid[16], char text[UUID_TEXT_BYTES])
{
    size_t used = 0;

    for (size_t i = 0; i < 16; ++i) {
        const char *dash = i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "";

        used += (size_t)snprintf(text + used, UUID_TEXT_BYTES - used, "%s%02x",
                                 dash, uuid[i]);
    }
}

static bool is_index(const char *wanted, uint32_t index)
{
    char text[16];

    snprintf(text, sizeof text, "%u", index);
    return strcmp(wanted, text) == 0;
}

/* A UUID with or without the vendor's prefix: "GPU-0c5a..." */
static bool is_uuid(const char *wanted, const tn_device_info *info)
{
    static const uint8_t none[16];
    char text[UUID_TEXT_BYTES];
    size_t length = strlen(wanted);

    if (memcmp(info->uuid, none, sizeof none) == 0 ||
        length < sizeof text - 1) {
        return false;
    }
    write_uuid(info->uuid, text);
    return strcasecmp(wanted + length - (sizeof text - 1), text) == 0;
}

/* The kind that a word names; OTHER for no such word. */
static tn_device_kind kind_of(const char *wanted)
{
    return strcasecmp(wanted, "gpu") == 0           ? TN_DEVICE_GPU
           : strcasecmp(wanted, "cpu") == 0         ? TN_DEVICE_CPU
           : strcasecmp(wanted, "accelerator") == 0 ? TN_DEVICE_ACCELERATOR
                                                    : TN_DEVICE_OTHER;
}

/* A number is an index and a kind is a kind, and they are nothing else. */
static bool matches(const tn_device *device, const char *wanted)
{
    const tn_device_info *info = &device->info;
    tn_device_kind kind = kind_of(wanted);

    if (wanted[strspn(wanted, "0123456789")] == '\0') {
        return is_index(wanted, device->index);
    }
    if (kind != TN_DEVICE_OTHER) {
        return info->kind == kind;
    }
    return is_uuid(wanted, info) ||
           strcasecmp(wanted, info->pci_address) == 0 ||
           strcasestr(info->name, wanted) != NULL ||
           strcasestr(info->driver, wanted) != NULL;
}

static tn_status fail_no_match(const tn_backend *backend, const char *wanted,
                               const char *origin)
{
    char list[TN_SENTENCE_BYTES / 2];
    size_t used = 0;

    list[0] = '\0';
    for (uint32_t i = 0; i < backend->device_count && used < sizeof list; ++i) {
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%u: %s",
                                 i > 0 ? ", " : "", i,
                                 backend->devices[i].info.name);
    }
    return tn_fail(TN_ERROR_NOT_FOUND,
                   "%s: no device matches '%s'%s%s; there is %s", backend->name,
                   wanted, origin != NULL ? " of " : "",
                   origin != NULL ? origin : "", list);
}

tn_status tn_backend_find_device(tn_backend *backend, const char *wanted,
                                 const char *origin, tn_device **device)
{
    for (uint32_t i = 0; i < backend->device_count; ++i) {
        if (matches(&backend->devices[i], wanted)) {
            *device = &backend->devices[i];
            return TN_OK;
        }
    }
    return fail_no_match(backend, wanted, origin);
}

/* ---- the default device ---- */

static tn_status configured_device(tn_backend *backend, tn_device **device)
{
    char section[TN_CONFIG_SECTION_BYTES];

    tn_config_backend_section(backend->name, section);
    const tn_setting *wanted =
        tn_config_find(backend->runtime->config, section, "device");
    tn_status status =
        tn_backend_find_device(backend, wanted != NULL ? wanted->value : "0",
                               wanted != NULL ? wanted->origin : NULL, device);

    return status == TN_ERROR_NOT_FOUND ? TN_ERROR_UNAVAILABLE : status;
}

static tn_status try_backend(tn_backend *backend, tn_device **device)
{
    tn_status status = tn_backend_open_locked(backend);

    if (status != TN_OK) {
        return status;
    }
    status = configured_device(backend, device);
    if (status == TN_OK) {
        status = tn_device_ready(*device);
    }
    if (status != TN_OK) {
        tn_backend_reject(backend, status);
    }
    return status;
}

static void choose(tn_runtime *runtime, tn_backend *backend, size_t place,
                   tn_device *device)
{
    const tn_setting *setting =
        tn_config_find(runtime->config, "runtime", "backend");

    backend->state = TN_BACKEND_CHOSEN;
    tn_backend_set_reason(backend, "%s in `backend = %s` (%s)",
                          place == 0 ? "the first" : "the first that works",
                          setting->value, setting->origin);
    runtime->default_device = device;
    for (size_t i = place + 1; i < runtime->listed_count; ++i) {
        if (runtime->backends[i].state != TN_BACKEND_REJECTED) {
            tn_backend_set_reason(&runtime->backends[i],
                                  "%s works and stands before it",
                                  backend->name);
        }
    }
}

static bool is_auto(const tn_runtime *runtime)
{
    return strcmp(tn_config_value(runtime->config, "runtime", "backend"),
                  "auto") == 0;
}

/*
 * A fallback is never silent. Under `auto` nobody asked for the backend that
 * is not there, so it is no warning.
 */
static void log_fallback(const tn_runtime *runtime, tn_backend *backend)
{
    tn_log_level level = is_auto(runtime) ? TN_LOG_INFO : TN_LOG_WARNING;

    if (!backend->fallback_told) {
        backend->fallback_told = true;
        tn_log(&runtime->logger, level, "backend %s is not used: %s",
               backend->name, backend->reason);
    }
}

/* Several backends failed: one sentence with each one's reason. */
static tn_status fail_all(const tn_runtime *runtime)
{
    char *reasons = NULL;

    for (size_t i = 0; i < runtime->listed_count; ++i) {
        char *joined = NULL;

        if (asprintf(&joined, "%s%s%s: %s", reasons != NULL ? reasons : "",
                     reasons != NULL ? "; " : "", runtime->backends[i].name,
                     runtime->backends[i].reason) >= 0) {
            free(reasons);
            reasons = joined;
        }
    }
    tn_status status = tn_fail(TN_ERROR_UNAVAILABLE, "no backend works: %s",
                               reasons != NULL ? reasons : "out of memory");

    free(reasons);
    return status;
}

/*
 * Under `auto`, whether another backend's device is only the CPU of this
 * machine: then the cpu backend is the better choice, with no driver between.
 */
static bool stands_behind_cpu(const tn_backend *backend,
                              const tn_device *device)
{
    return device->info.kind == TN_DEVICE_CPU &&
           strcmp(backend->name, "cpu") != 0 && is_auto(backend->runtime);
}

static void tell_passed_over(tn_backend *backend, const tn_device *device)
{
    tn_backend_set_reason(backend,
                          "under `auto` the backend cpu is taken "
                          "before it, since %s is this machine's CPU; write "
                          "`backend = %s` to prefer it",
                          device->name, backend->name);
}

tn_status tn_select_locked(tn_runtime *runtime)
{
    bool fallback = tn_config_yes(runtime->config, "fallback");
    tn_device *device = NULL;
    tn_device *behind = NULL; /* a device that stands behind cpu */
    size_t behind_place = 0;
    tn_status status = TN_ERROR_UNAVAILABLE;

    if (runtime->default_device != NULL) {
        return TN_OK;
    }
    for (size_t i = 0; i < runtime->listed_count; ++i) {
        tn_backend *backend = &runtime->backends[i];

        status = try_backend(backend, &device);
        if (status == TN_OK && stands_behind_cpu(backend, device)) {
            if (behind == NULL) {
                behind = device;
                behind_place = i;
            }
            tell_passed_over(backend, device);
            continue;
        }
        if (status == TN_OK) {
            choose(runtime, backend, i, device);
            return TN_OK;
        }
        if (status == TN_ERROR_CONFIG || !fallback) {
            return status;
        }
        if (i + 1 < runtime->listed_count) {
            log_fallback(runtime, backend);
        }
    }
    if (behind != NULL) {
        choose(runtime, behind->backend, behind_place, behind);
        return TN_OK;
    }
    return runtime->listed_count == 1 ? status : fail_all(runtime);
}
