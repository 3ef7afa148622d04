/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The configuration: settings, each with the place that it came from, and the
 * problems that were met while reading.
 */
#ifndef TENON_RUNTIME_CONFIG_H
#define TENON_RUNTIME_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include <tenon/plugin.h>
#include <tenon/tenon.h>

#include "runtime/keys.h"
#include "runtime/problems.h"

/** Folders that hold tenon.ini and conf.d; the later ones win. */
typedef struct tn_config_roots {
    const char *vendor;  /**< /usr/lib/tenon: what packages drop in */
    const char *runtime; /**< /run/tenon: until the next boot */
    const char *system;  /**< /etc/tenon: the administrator's */
} tn_config_roots;

/** Those of this machine. */
extern const tn_config_roots tn_system_roots;

struct tn_config {
    struct tn_config_entry *entries;
    size_t count;
    size_t capacity;
    char **backends; /* that have a section, even an empty one */
    size_t backend_count;
    unsigned source; /* number of the file, variable or call being read */
    bool in_file;    /* it is a file, */
    bool distrusts;  /* which others may have written */
    bool strict;     /* what those say that others could not have written */
    tn_problems problems;
    tn_problems distrusted; /* files that others may have written */
};

/** tn_config_open() from other folders, for tests. */
tn_status tn_config_open_from(const tn_config_roots *roots,
                              const tn_options *options, tn_config **config);

/** A setting, NULL where it is not set and has no default. */
const tn_setting *tn_config_find(const tn_config *config, const char *section,
                                 const char *key);

/** Its value, NULL where it is not set. */
const char *tn_config_value(const tn_config *config, const char *section,
                            const char *key);

/** Whether a key of [runtime] is yes. */
bool tn_config_yes(const tn_config *config, const char *key);

/**
 * Bytes that `cache_memory` lets a device of a backend cache.
 *
 * @param memory_bytes  of the device, 0 where unknown
 */
uint64_t tn_config_cache_memory(const tn_config *config, const char *backend,
                                uint64_t memory_bytes);

/** Whether what others may have written is refused: `strict`, AT_SECURE. */
bool tn_config_is_strict(const tn_config *config);

/** "backend NAME"; @param section at least TN_CONFIG_SECTION_BYTES */
#define TN_CONFIG_SECTION_BYTES (sizeof "backend " + TN_PLUGIN_NAME_BYTES)
void tn_config_backend_section(const char *name, char *section);

/** The NAME of a section [backend NAME], NULL for another section. */
const char *tn_config_backend_of(const char *section);

/**
 * Whether there can be such a section; else a problem is noted. A backend's is
 * remembered.
 */
bool tn_config_check_section(tn_config *config, const char *section,
                             const char *origin);

/**
 * Sets a value, checked as far as the host knows the key. A wrong one is noted
 * as a problem. (While the configuration is read.)
 */
void tn_config_set(tn_config *config, const char *section, const char *key,
                   const char *value, const char *origin);

/** Notes a problem; the reading goes on, so that all are told. */
void tn_config_problem(tn_config *config, const char *origin,
                       const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Reads every source in its order; problems are noted. */
void tn_config_read_sources(tn_config *config, const tn_config_roots *roots,
                            const tn_options *options);

#endif
