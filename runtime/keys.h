/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The keys that the host knows, and which values they take.
 */
#ifndef TENON_RUNTIME_KEYS_H
#define TENON_RUNTIME_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/nearest.h"

/* Every key of [runtime] with its default. X(key, default) */
#define TN_RUNTIME_KEYS(X)                                                     \
    X(backend, "auto")                                                         \
    X(fallback, "yes")                                                         \
    X(log, "warning")                                                          \
    X(plugin_path, "")                                                         \
    X(kernel_path, "")                                                         \
    X(cache_memory, "10%")                                                     \
    X(strict, "no")

/* Every key of [backend NAME] that is the host's own. X(key) */
#define TN_BACKEND_KEYS(X)                                                     \
    X(plugin)                                                                  \
    X(rank)                                                                    \
    X(device)                                                                  \
    X(cache_memory)

/** A value and where it stands; `nearest` is offered what would be right. */
typedef struct tn_key_value {
    const char *text;
    bool in_file; /**< a path begins with '/' then */
    tn_nearest nearest;
} tn_key_value;

typedef struct tn_key {
    const char *name;
    /** What is wrong with the value, or NULL. */
    const char *(*check)(tn_key_value *value);
} tn_key;

/** A key of [runtime] or, of_backend, of [backend NAME]; NULL for none. */
const tn_key *tn_key_find(bool of_backend, const char *name);

/** Offers the names of all such keys. */
void tn_key_offer(bool of_backend, tn_nearest *nearest);

/** See TN_PLUGIN_NAME_BYTES. */
bool tn_config_is_backend_name(const char *name);

#endif
