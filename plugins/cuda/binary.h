/* SPDX-License-Identifier: MIT */
/**
 * @file
 * PTX that was compiled before: its cubin in the user's cache.
 */
#ifndef TENON_CUDA_BINARY_H
#define TENON_CUDA_BINARY_H

#include <tenon/plugin.h>

#include "plugins/cuda/cuda.h"

/** What tells one cubin from another: text, options, device, driver. */
typedef struct cuda_binary_key {
    char *text; /* malloc()ed; NULL: nothing is kept */
    size_t bytes;
} cuda_binary_key;

/**
 * The key of PTX; an empty one where the configuration wants no cache, there
 * is none, or the driver has no linker.
 */
void cuda_binary_key_init(cuda_binary_key *key, const tn_plugin_device *device,
                          const char *options, const char *ptx, size_t bytes);
void cuda_binary_key_finish(cuda_binary_key *key);

/** Whether it was there and the driver took it; if not, it is removed. */
bool cuda_binary_load(tn_plugin_instance *instance, const cuda_binary_key *key,
                      cuda_code *code);

void cuda_binary_store(tn_plugin_instance *instance, const cuda_binary_key *key,
                       const void *cubin, size_t bytes);

#endif
