/* SPDX-License-Identifier: MIT */
#include "common/binaries.h"

#include <limits.h>

#include "common/bytes.h"
#include "common/cache.h"
#include "common/host.h"

tn_status tn_binaries_init(tn_binaries *binaries, const tn_host *host,
                           void *host_data, const char *backend)
{
    const char *size = host->config(host_data, "cache_size");

    binaries->host = host;
    binaries->host_data = host_data;
    binaries->backend = backend;
    binaries->wanted = true;
    if (!tn_bytes_read(size != NULL ? size : TN_CACHE_SIZE_DEFAULT,
                       &binaries->limit)) {
        return tn_host_fail_setting(host, host_data, "cache_size",
                                    TN_CACHE_SIZE_WRONG);
    }
    return tn_host_read_yes(host, host_data, "cache", &binaries->wanted);
}

static bool find_folder(const tn_binaries *binaries, char folder[PATH_MAX])
{
    return binaries->wanted && binaries->limit > 0 &&
           tn_cache_folder(binaries->backend, folder, PATH_MAX) == TN_OK;
}

bool tn_binaries_wanted(const tn_binaries *binaries)
{
    char folder[PATH_MAX];

    return find_folder(binaries, folder);
}

bool tn_binaries_read(const tn_binaries *binaries, const void *key,
                      size_t key_bytes, void **value, size_t *value_bytes)
{
    char folder[PATH_MAX];

    return find_folder(binaries, folder) &&
           tn_cache_read(folder, key, key_bytes, value, value_bytes) == TN_OK;
}

void tn_binaries_write(tn_binaries *binaries, const void *key, size_t key_bytes,
                       const void *value, size_t value_bytes)
{
    char folder[PATH_MAX];
    tn_sentence why;

    if (find_folder(binaries, folder) &&
        tn_cache_write(folder, binaries->limit, key, key_bytes, value,
                       value_bytes, &why) != TN_OK &&
        !atomic_exchange(&binaries->failed, true)) {
        tn_host_log(binaries->host, binaries->host_data, TN_LOG_WARNING,
                    "code is compiled anew in each process, since it cannot be "
                    "kept: %s; set cache = no to have it so",
                    why.text);
    }
}

void tn_binaries_remove(const tn_binaries *binaries, const void *key,
                        size_t key_bytes)
{
    char folder[PATH_MAX];

    if (find_folder(binaries, folder)) {
        tn_cache_remove(folder, key, key_bytes);
    }
}
