/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "runtime/keys.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <tenon/plugin.h>

#include "common/bytes.h"
#include "common/yes.h"
#include "runtime/log.h"

bool tn_config_is_backend_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");

    return length > 0 && length < TN_PLUGIN_NAME_BYTES &&
           name[length] == '\0' && name[0] >= 'a' && name[0] <= 'z';
}

/* ---- checking of values; each gives what is wrong, or NULL ---- */

static const char *check_backend(tn_key_value *value)
{
    char copy[256];
    char *rest = NULL;

    if (strcmp(value->text, "auto") == 0) {
        return NULL;
    }
    if (strlen(value->text) >= sizeof copy) {
        return "too many backends";
    }
    strcpy(copy, value->text);
    char *name = strtok_r(copy, ", \t", &rest);

    if (name == NULL) {
        return "name one or more backends (backend = cuda, cpu), or auto";
    }
    for (; name != NULL; name = strtok_r(NULL, ", \t", &rest)) {
        if (strcmp(name, "auto") == 0) {
            return "auto stands alone";
        }
        if (!tn_config_is_backend_name(name)) {
            return "a backend's name is lower case letters, digits, _ and -";
        }
    }
    return NULL;
}

static const char *check_yes(tn_key_value *value)
{
    bool yes = false;

    if (tn_yes_read(value->text, &yes)) {
        return NULL;
    }
    tn_nearest_offer(&value->nearest, "yes");
    tn_nearest_offer(&value->nearest, "no");
    return "takes yes or no";
}

static const char *check_log(tn_key_value *value)
{
    const char *name;

    if (tn_log_level_of(value->text) != TN_UNKNOWN) {
        return NULL;
    }
    for (tn_log_level level = 0; (name = tn_log_level_name(level)) != NULL;
         ++level) {
        tn_nearest_offer(&value->nearest, name);
    }
    return "takes off, error, warning, info or debug";
}

/*
 * Folders that are not there hold nothing. A relative one in a file would be
 * another for each program that reads it.
 */
static const char *check_path(tn_key_value *value)
{
    const char *folder = value->text;

    while (value->in_file && *(folder += strspn(folder, ":")) != '\0') {
        if (*folder != '/') {
            return "takes folders by their whole paths, which begin with /";
        }
        folder += strcspn(folder, ":");
    }
    return NULL;
}

static const char *check_plugin(tn_key_value *value)
{
    bool relative = value->text[0] != '/' && strchr(value->text, '/') != NULL;

    return value->text[0] != '\0' && !(relative && value->in_file)
               ? NULL
               : "takes a file's name in the plugin folders, or a whole path, "
                 "which begins with /";
}

static const char *check_rank(tn_key_value *value)
{
    const char *text = value->text;
    char *end = NULL;

    errno = 0;
    long rank = strtol(text, &end, 10);

    return end == text || *end != '\0' || isspace((unsigned char)*text) ||
                   errno != 0 || rank < -1000 || rank > 1000
               ? "takes a whole number from -1000 to 1000"
               : NULL;
}

static const char *check_device(tn_key_value *value)
{
    return value->text[0] != '\0' ? NULL
                                  : "takes an index, a kind (gpu, cpu, "
                                    "accelerator), a UUID, a PCI "
                                    "address or part of a name";
}

static const char *check_cache_memory(tn_key_value *value)
{
    uint64_t number;
    bool is_percent;

    return tn_bytes_read_share(value->text, &number, &is_percent)
               ? NULL
               : "takes bytes (256M, 2G; 0 for no cache) or a share of the "
                 "device's memory (10%)";
}

/* ---- the keys ---- */

#define check_fallback check_yes
#define check_strict check_yes
#define check_plugin_path check_path
#define check_kernel_path check_path
#define RUNTIME_KEY(key, value) {#key, check_##key},
#define BACKEND_KEY(key) {#key, check_##key},
static const tn_key runtime_keys[] = {TN_RUNTIME_KEYS(RUNTIME_KEY)};
static const tn_key backend_keys[] = {TN_BACKEND_KEYS(BACKEND_KEY)};
#undef RUNTIME_KEY
#undef BACKEND_KEY
#undef check_fallback
#undef check_strict
#undef check_plugin_path
#undef check_kernel_path

static const tn_key *keys_of(bool of_backend, size_t *count)
{
    *count = of_backend ? sizeof backend_keys / sizeof backend_keys[0]
                        : sizeof runtime_keys / sizeof runtime_keys[0];
    return of_backend ? backend_keys : runtime_keys;
}

const tn_key *tn_key_find(bool of_backend, const char *name)
{
    size_t count = 0;
    const tn_key *keys = keys_of(of_backend, &count);

    for (size_t i = 0; i < count; ++i) {
        if (strcmp(keys[i].name, name) == 0) {
            return &keys[i];
        }
    }
    return NULL;
}

void tn_key_offer(bool of_backend, tn_nearest *nearest)
{
    size_t count = 0;
    const tn_key *keys = keys_of(of_backend, &count);

    for (size_t i = 0; i < count; ++i) {
        tn_nearest_offer(nearest, keys[i].name);
    }
}
