/* SPDX-License-Identifier: MIT */
/* Which backends there are, and in which order they are tried. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/nearest.h"
#include "runtime/error.h"
#include "runtime/objects.h"

/* Backends that this release knows by name, with their rank under `auto`. */
static const struct {
    const char *name;
    int rank;
} known_backends[] = {{"cuda", 80}, {"opencl", 50}, {"cpu", 10}};

enum {
    KNOWN_BACKENDS = sizeof known_backends / sizeof known_backends[0],
    OTHER_RANK = 40
};

/* ---- the list ---- */

static int rank_of(const tn_runtime *runtime, const char *name)
{
    char section[TN_CONFIG_SECTION_BYTES];

    tn_config_backend_section(name, section);
    const char *value = tn_config_value(runtime->config, section, "rank");

    if (value != NULL) {
        return (int)strtol(value, NULL, 10); /* checked when it was read */
    }
    for (size_t i = 0; i < KNOWN_BACKENDS; ++i) {
        if (strcmp(known_backends[i].name, name) == 0) {
            return known_backends[i].rank;
        }
    }
    return OTHER_RANK;
}

tn_backend *tn_registry_find(const tn_runtime *runtime, const char *name)
{
    for (size_t i = 0; i < runtime->backend_count; ++i) {
        if (strcmp(runtime->backends[i].name, name) == 0) {
            return &runtime->backends[i];
        }
    }
    return NULL;
}

const char *tn_registry_hint(const tn_runtime *runtime, const char *name,
                             char *text, size_t size)
{
    tn_nearest nearest;

    tn_nearest_init(&nearest, name);
    for (size_t i = 0; i < runtime->backend_count; ++i) {
        tn_nearest_offer(&nearest, runtime->backends[i].name);
    }
    return tn_nearest_hint(&nearest, text, size);
}

static tn_status add_backend(tn_runtime *runtime, const char *name, bool listed)
{
    tn_backend *backend = tn_registry_find(runtime, name);

    if (backend != NULL) {
        backend->listed = backend->listed || listed;
        return TN_OK;
    }
    tn_backend *grown = reallocarray(runtime->backends,
                                     runtime->backend_count + 1, sizeof *grown);

    if (grown == NULL) {
        return tn_fail_memory("the list of backends");
    }
    runtime->backends = grown;
    backend = &grown[runtime->backend_count];
    *backend = (tn_backend){
        .runtime = runtime, .rank = rank_of(runtime, name), .listed = listed};
    snprintf(backend->name, sizeof backend->name, "%s", name);
    runtime->backend_count++;
    return TN_OK;
}

typedef struct plugin_visit {
    tn_runtime *runtime;
    tn_status status;
} plugin_visit;

/* NAME.so in a plugin folder is a backend NAME. */
static void on_plugin_file(void *data, const char *folder, const char *file)
{
    plugin_visit *visit = data;
    size_t length = strlen(file);
    char name[TN_PLUGIN_NAME_BYTES];

    (void)folder;
    if (visit->status != TN_OK || length <= 3 || length - 3 >= sizeof name ||
        strcmp(file + length - 3, ".so") != 0) {
        return;
    }
    memcpy(name, file, length - 3);
    name[length - 3] = '\0';
    if (tn_config_is_backend_name(name)) {
        visit->status = add_backend(visit->runtime, name, false);
    }
}

/* All that the configuration, this release or a folder knows. */
static tn_status add_known(tn_runtime *runtime)
{
    const tn_config *config = runtime->config;
    plugin_visit visit = {runtime, TN_OK};

    for (size_t i = 0; i < KNOWN_BACKENDS && visit.status == TN_OK; ++i) {
        visit.status = add_backend(runtime, known_backends[i].name, false);
    }
    for (size_t i = 0; i < config->backend_count && visit.status == TN_OK;
         ++i) {
        visit.status = add_backend(runtime, config->backends[i], false);
    }
    if (visit.status == TN_OK) {
        tn_folders_each(&runtime->plugin_folders, on_plugin_file, &visit);
    }
    return visit.status;
}

/* A listed backend that nobody has heard of is a typing error. */
static tn_status list_backend(tn_runtime *runtime, const char *name,
                              const tn_setting *setting, size_t place)
{
    tn_backend *backend = tn_registry_find(runtime, name);
    char hint[96];

    if (backend == NULL) {
        return tn_fail(TN_ERROR_CONFIG,
                       "%s: unknown backend %s%s; `tenon list` shows those "
                       "that are known, a section [backend %s] adds one",
                       setting->origin, name,
                       tn_registry_hint(runtime, name, hint, sizeof hint),
                       name);
    }
    if (backend->listed) {
        return TN_OK; /* named twice: the first place counts */
    }
    backend->listed = true;
    tn_backend moved = *backend;

    /* to its place; the others keep their order */
    memmove(&runtime->backends[place + 1], &runtime->backends[place],
            (size_t)(backend - &runtime->backends[place]) * sizeof moved);
    runtime->backends[place] = moved;
    runtime->listed_count++;
    return TN_OK;
}

static int by_rank(const void *a, const void *b)
{
    const tn_backend *first = a;
    const tn_backend *second = b;

    return first->rank != second->rank ? second->rank - first->rank
                                       : strcmp(first->name, second->name);
}

static tn_status list_backends(tn_runtime *runtime)
{
    const tn_setting *setting =
        tn_config_find(runtime->config, "runtime", "backend");
    char *rest = NULL;
    tn_status status = TN_OK;

    if (strcmp(setting->value, "auto") == 0) {
        for (size_t i = 0; i < runtime->backend_count; ++i) {
            runtime->backends[i].listed = true;
        }
        runtime->listed_count = runtime->backend_count;
        return TN_OK;
    }
    char *names = strdup(setting->value);

    if (names == NULL) {
        return tn_fail_memory("the list of backends");
    }
    for (char *name = strtok_r(names, ", \t", &rest);
         name != NULL && status == TN_OK;
         name = strtok_r(NULL, ", \t", &rest)) {
        status = list_backend(runtime, name, setting, runtime->listed_count);
    }
    free(names);
    return status;
}

tn_status tn_registry_init(tn_runtime *runtime)
{
    tn_status status = add_known(runtime);

    if (status != TN_OK) {
        return status;
    }
    qsort(runtime->backends, runtime->backend_count, sizeof(tn_backend),
          by_rank);
    status = list_backends(runtime);
    for (size_t i = 0; i < runtime->backend_count && status == TN_OK; ++i) {
        tn_backend *backend = &runtime->backends[i];

        backend->state =
            backend->listed ? TN_BACKEND_UNTRIED : TN_BACKEND_EXCLUDED;
        tn_backend_set_reason(backend, "%s",
                              backend->listed ? "no device was asked for yet"
                                              : "not listed in `backend =`");
        tn_backend_locate(backend);
        if (backend->reason == NULL) {
            status = tn_fail_memory("the list of backends");
        }
    }
    return status;
}

void tn_registry_finish(tn_runtime *runtime)
{
    for (size_t i = 0; i < runtime->backend_count; ++i) {
        tn_backend_finish(&runtime->backends[i]);
    }
    free(runtime->backends);
}
