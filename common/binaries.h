/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What a backend keeps of code that its driver compiled, as its keys `cache` and
 * `cache_size` say. Nothing of it can fail: code that is not there is compiled,
 * and what cannot be kept is told in the log, once.
 */
#ifndef TENON_COMMON_BINARIES_H
#define TENON_COMMON_BINARIES_H

#include <stdatomic.h>
#include <stdbool.h>

#include <tenon/plugin.h>

/** Zero: nothing is kept. */
typedef struct tn_binaries {
    const tn_host *host;
    void *host_data;
    const char *backend;
    bool wanted;
    uint64_t limit;     /**< bytes of all files */
    atomic_bool failed; /**< and the log tells it */
} tn_binaries;

/**
 * Reads the keys of the plugin's section.
 *
 * @param backend  its name, borrowed
 * @return TN_OK; TN_ERROR_CONFIG, told to the host
 */
tn_status tn_binaries_init(tn_binaries *binaries, const tn_host *host,
                           void *host_data, const char *backend);

/** Whether anything is kept: a key is worth being made. */
bool tn_binaries_wanted(const tn_binaries *binaries);

/**
 * What is kept for a key.
 *
 * @param value  malloc()ed
 * @return whether it was there
 */
bool tn_binaries_read(const tn_binaries *binaries, const void *key,
                      size_t key_bytes, void **value, size_t *value_bytes);

void tn_binaries_write(tn_binaries *binaries, const void *key, size_t key_bytes,
                       const void *value, size_t value_bytes);

/** For one that the driver refuses. */
void tn_binaries_remove(const tn_binaries *binaries, const void *key,
                        size_t key_bytes);

#endif
