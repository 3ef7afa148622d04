/* SPDX-License-Identifier: MIT */
/* A host that watches what a plugin does with it. */
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/conformance.h"

static _Thread_local char last_error[2048];

const char *fake_host_error(void)
{
    return last_error;
}

void fake_host_forget(void)
{
    last_error[0] = '\0';
}

/* Each call gives back the host_data that its instance was created with [1]. */
static fake_host *host_of(void *data)
{
    fake_host *host = data;

    if (host->self != host) {
        __atomic_fetch_add(&host->strangers, 1, __ATOMIC_RELAXED);
    }
    return host;
}

static void take_log(void *data, tn_log_level level, const char *line)
{
    fake_host *host = host_of(data);

    if (level == TN_LOG_WARNING && strchr(line, '\n') == NULL) {
        __atomic_fetch_add(&host->warnings, 1, __ATOMIC_RELAXED);
    }
}

static void take_error(void *data, const char *sentence)
{
    host_of(data);
    snprintf(last_error, sizeof last_error, "%s", sentence);
}

static void take_build_log(void *data, const char *text, size_t size)
{
    (void)text;
    __atomic_fetch_add(&host_of(data)->logged, size, __ATOMIC_RELAXED);
}

/* ---- configuration ---- */

enum {
    SETTINGS_MAX = 8
};

/* What each host gives, unless it has the key itself. */
static struct {
    const char *key;
    const char *value;
} settings[SETTINGS_MAX];
static unsigned setting_count;

bool fake_host_set(const char *key, const char *value)
{
    unsigned i = 0;

    while (i < setting_count && strcmp(settings[i].key, key) != 0) {
        ++i;
    }
    if (i == SETTINGS_MAX) {
        return false;
    }
    settings[i].key = key;
    settings[i].value = value;
    setting_count += i == setting_count;
    return true;
}

static const char *give_config(void *data, const char *key)
{
    const fake_host *host = host_of(data);

    if (host->key != NULL && strcmp(host->key, key) == 0) {
        return host->value;
    }
    for (unsigned i = 0; i < setting_count; ++i) {
        if (strcmp(settings[i].key, key) == 0) {
            return settings[i].value;
        }
    }
    return NULL;
}

static const char *give_origin(void *data, const char *key)
{
    return give_config(data, key) != NULL ? "/etc/fake.ini:7" : NULL;
}

/* ---- memory ---- */

static void *give_memory(void *data, size_t bytes, size_t alignment)
{
    fake_host *host = host_of(data);
    void *pointer = NULL;

    if (__atomic_load_n(&host->refuse, __ATOMIC_RELAXED) ||
        bytes > (uint64_t)1 << 40) { /* sanitizers end at huge sizes */
        return NULL;
    }
    if (alignment == 0) {
        pointer = malloc(bytes);
    } else if (posix_memalign(&pointer,
                              alignment < sizeof pointer ? sizeof pointer
                                                         : alignment,
                              bytes) != 0) {
        pointer = NULL;
    }
    if (pointer != NULL) {
        __atomic_fetch_add(&host->blocks, 1, __ATOMIC_RELAXED);
    }
    return pointer;
}

static void take_memory(void *data, void *pointer)
{
    fake_host *host = host_of(data);

    if (pointer != NULL) {
        __atomic_fetch_sub(&host->blocks, 1, __ATOMIC_RELAXED);
        free(pointer);
    }
}

void fake_host_init(fake_host *host)
{
    *host = (fake_host){.table = {.size = sizeof host->table,
                                  .abi = TN_PLUGIN_ABI,
                                  .log = take_log,
                                  .error = take_error,
                                  .build_log = take_build_log,
                                  .config = give_config,
                                  .config_origin = give_origin,
                                  .allocate = give_memory,
                                  .release = take_memory}};
    host->self = host;
}
