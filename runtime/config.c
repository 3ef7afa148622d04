/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "runtime/config.h"

#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/bytes.h"
#include "common/nearest.h"
#include "common/yes.h"
#include "runtime/error.h"
#include "runtime/trust.h"

#define DEFAULT_ORIGIN "default"

typedef struct tn_config_entry {
    char *section;
    char *key;
    tn_setting setting; /* its texts are owned too */
    char *value;
    char *origin;
    unsigned source;
} entry;

/* ---- names ---- */

void tn_config_backend_section(const char *name, char *section)
{
    snprintf(section, TN_CONFIG_SECTION_BYTES, "backend %s", name);
}

const char *tn_config_backend_of(const char *section)
{
    static const char prefix[] = "backend ";

    return strncmp(section, prefix, sizeof prefix - 1) == 0
               ? section + sizeof prefix - 1
               : NULL;
}

void tn_config_problem(tn_config *config, const char *origin,
                       const char *format, ...)
{
    va_list values;

    va_start(values, format);
    tn_problems_vadd(&config->problems, origin, format, values);
    va_end(values);
}

/* ---- sections and keys ---- */

static void note_backend(tn_config *config, const char *name,
                         const char *origin)
{
    for (size_t i = 0; i < config->backend_count; ++i) {
        if (strcmp(config->backends[i], name) == 0) {
            return;
        }
    }
    char *copy = strdup(name);
    char **grown = reallocarray(config->backends, config->backend_count + 1,
                                sizeof *grown);

    config->backends = grown != NULL ? grown : config->backends;
    if (copy == NULL || grown == NULL) {
        free(copy);
        tn_config_problem(config, origin, "no memory");
        return;
    }
    grown[config->backend_count++] = copy;
}

bool tn_config_check_section(tn_config *config, const char *section,
                             const char *origin)
{
    const char *backend = tn_config_backend_of(section);
    char hint[96];
    tn_nearest nearest;

    if (backend != NULL && !tn_config_is_backend_name(backend)) {
        tn_config_problem(config, origin,
                          "[%s]: a backend's name is lower case letters, "
                          "digits, _ and -, a letter first, at most %d",
                          section, TN_PLUGIN_NAME_BYTES - 1);
        return false;
    }
    if (backend != NULL) {
        note_backend(config, backend, origin);
        return true;
    }
    if (strcmp(section, "runtime") == 0) {
        return true;
    }
    tn_nearest_init(&nearest, section);
    tn_nearest_offer(&nearest, "runtime");
    tn_nearest_offer(&nearest, "backend cuda");
    tn_nearest_offer(&nearest, "backend opencl");
    tn_nearest_offer(&nearest, "backend cpu");
    tn_config_problem(config, origin,
                      "unknown section [%s]%s; there are [runtime] and "
                      "[backend NAME]",
                      section, tn_nearest_hint(&nearest, hint, sizeof hint));
    return false;
}

/* The key of a setting; NULL for a plugin's own, which its note tells. */
static bool check_key(tn_config *config, const char *section, const char *key,
                      const char *origin, const tn_key **known)
{
    bool of_backend = tn_config_backend_of(section) != NULL;
    char hint[96];
    tn_nearest nearest;

    *known = tn_key_find(of_backend, key);
    if (*known != NULL || of_backend) {
        return true;
    }
    tn_nearest_init(&nearest, key);
    tn_key_offer(false, &nearest);
    tn_config_problem(
        config, origin, "unknown key %s in [runtime]%s%s", key,
        tn_nearest_hint(&nearest, hint, sizeof hint),
        tn_key_find(true, key) != NULL ? "; it belongs to [backend NAME]" : "");
    return false;
}

static bool check_value(tn_config *config, const tn_key *key, const char *value,
                        const char *origin)
{
    tn_key_value given = {.text = value, .in_file = config->in_file};
    char hint[96];

    tn_nearest_init(&given.nearest, value);
    const char *why = key != NULL ? key->check(&given) : NULL;

    if (why != NULL) {
        tn_config_problem(config, origin, "%s = %s: %s%s", key->name, value,
                          why,
                          tn_nearest_hint(&given.nearest, hint, sizeof hint));
    }
    return why == NULL;
}

/* ---- settings ---- */

static entry *find_entry(const tn_config *config, const char *section,
                         const char *key)
{
    for (size_t i = 0; i < config->count; ++i) {
        entry *found = &config->entries[i];

        if (strcmp(found->section, section) == 0 &&
            strcmp(found->key, key) == 0) {
            return found;
        }
    }
    return NULL;
}

static void finish_entry(entry *old)
{
    free(old->section);
    free(old->key);
    free(old->value);
    free(old->origin);
}

/* Behind the others of its section, so that a listing has each once. */
static size_t place_of(const tn_config *config, const char *section)
{
    size_t place = config->count;

    while (place > 0 &&
           strcmp(config->entries[place - 1].section, section) != 0) {
        --place;
    }
    return place > 0 ? place : config->count;
}

static entry *add_entry(tn_config *config, const char *section, const char *key)
{
    if (config->count == config->capacity) {
        size_t capacity = config->capacity * 2 + 16;
        entry *grown = reallocarray(config->entries, capacity, sizeof *grown);

        if (grown == NULL) {
            return NULL;
        }
        config->entries = grown;
        config->capacity = capacity;
    }
    entry made = {.section = strdup(section), .key = strdup(key)};

    if (made.section == NULL || made.key == NULL) {
        finish_entry(&made);
        return NULL;
    }
    size_t place = place_of(config, section);
    entry *added = &config->entries[place];

    memmove(added + 1, added, (config->count - place) * sizeof *added);
    *added = made;
    config->count++;
    return added;
}

static bool put(tn_config *config, entry *target, const char *value,
                const char *origin)
{
    char *own_value = strdup(value);
    char *own_origin = strdup(origin);

    if (own_value == NULL || own_origin == NULL) {
        free(own_value);
        free(own_origin);
        return false;
    }
    free(target->value);
    free(target->origin);
    target->value = own_value;
    target->origin = own_origin;
    target->source = config->source;
    target->setting =
        (tn_setting){target->section, target->key, own_value, own_origin};
    return true;
}

void tn_config_set(tn_config *config, const char *section, const char *key,
                   const char *value, const char *origin)
{
    const tn_key *known = NULL;

    if (!tn_config_check_section(config, section, origin) ||
        !check_key(config, section, key, origin, &known) ||
        !check_value(config, known, value, origin)) {
        return;
    }
    entry *target = find_entry(config, section, key);

    if (target != NULL && target->source == config->source) {
        tn_config_problem(config, origin,
                          "%s is set twice in [%s], first at %s; remove one",
                          key, section, target->origin);
        return;
    }
    if (target == NULL) {
        target = add_entry(config, section, key);
    }
    if (target == NULL || !put(config, target, value, origin)) {
        tn_config_problem(config, origin, "no memory");
        return;
    }
    /* who is not trusted cannot ask for trust */
    if (!config->distrusts && strcmp(section, "runtime") == 0 &&
        strcmp(key, "strict") == 0) {
        config->strict = tn_config_yes(config, "strict");
    }
}

const tn_setting *tn_config_find(const tn_config *config, const char *section,
                                 const char *key)
{
    const entry *found = find_entry(config, section, key);

    return found != NULL ? &found->setting : NULL;
}

const char *tn_config_value(const tn_config *config, const char *section,
                            const char *key)
{
    const tn_setting *setting = tn_config_find(config, section, key);

    return setting != NULL ? setting->value : NULL;
}

bool tn_config_yes(const tn_config *config, const char *key)
{
    bool yes = false;
    const char *value = tn_config_value(config, "runtime", key);

    return value != NULL && tn_yes_read(value, &yes) && yes;
}

bool tn_config_is_strict(const tn_config *config)
{
    return tn_process_is_secure() || config->strict ||
           tn_config_yes(config, "strict");
}

uint64_t tn_config_cache_memory(const tn_config *config, const char *backend,
                                uint64_t memory_bytes)
{
    char section[TN_CONFIG_SECTION_BYTES];
    uint64_t number = 0;
    bool is_percent = false;

    tn_config_backend_section(backend, section);
    const char *value = tn_config_value(config, section, "cache_memory");

    if (value == NULL) {
        value = tn_config_value(config, "runtime", "cache_memory");
    }
    if (value == NULL || !tn_bytes_read_share(value, &number, &is_percent)) {
        return 0;
    }
    return is_percent ? memory_bytes / 100 * number : number;
}

/* ---- opening ---- */

static void set_defaults(tn_config *config)
{
#define SET_DEFAULT(key, value)                                                \
    tn_config_set(config, "runtime", #key, value, DEFAULT_ORIGIN);
    TN_RUNTIME_KEYS(SET_DEFAULT)
#undef SET_DEFAULT
}

static tn_status judge(const tn_config *config)
{
    tn_status status = tn_problems_fail(&config->problems, TN_ERROR_CONFIG);

    return status == TN_OK && tn_config_is_strict(config)
               ? tn_problems_fail(&config->distrusted, TN_ERROR_CONFIG)
               : status;
}

tn_status tn_config_open_from(const tn_config_roots *roots,
                              const tn_options *options, tn_config **config)
{
    TN_REQUIRE(config);
    if (options != NULL && options->size < sizeof(tn_options)) {
        return tn_fail(TN_ERROR_INVALID,
                       "tn_options.size is %u; set it to sizeof(tn_options)",
                       options->size);
    }
    if (options != NULL && options->setting_count > 0) {
        TN_REQUIRE(options->settings);
    }
    tn_config *made = calloc(1, sizeof *made);
    tn_error_kept kept;

    if (made == NULL) {
        return tn_fail_memory("the configuration");
    }
    tn_error_keep(&kept); /* that an optional file is not there is no failure */
    set_defaults(made);
    tn_config_read_sources(made, roots, options);
    tn_status status = tn_error_settle(&kept, judge(made));

    if (status != TN_OK) {
        tn_config_close(made);
        return status;
    }
    *config = made;
    return TN_OK;
}

tn_status tn_config_open(const tn_options *options, tn_config **config)
{
    return tn_config_open_from(&tn_system_roots, options, config);
}

void tn_config_close(tn_config *config)
{
    if (config == NULL) {
        return;
    }
    for (size_t i = 0; i < config->count; ++i) {
        finish_entry(&config->entries[i]);
    }
    for (size_t i = 0; i < config->backend_count; ++i) {
        free(config->backends[i]);
    }
    free(config->backends);
    free(config->entries);
    tn_problems_finish(&config->problems);
    tn_problems_finish(&config->distrusted);
    free(config);
}

size_t tn_config_count(const tn_config *config)
{
    return config != NULL ? config->count : 0;
}

tn_status tn_config_get(const tn_config *config, size_t index,
                        tn_setting *setting)
{
    TN_REQUIRE(config);
    TN_REQUIRE(setting);
    if (index >= config->count) {
        return tn_fail(TN_ERROR_RANGE,
                       "there are %zu settings, none has "
                       "the index %zu",
                       config->count, index);
    }
    *setting = config->entries[index].setting;
    return TN_OK;
}
