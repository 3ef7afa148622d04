/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Copies and fills.
 */
#ifndef TENON_OPENCL_COPY_H
#define TENON_OPENCL_COPY_H

#include <tenon/plugin.h>

tn_status ocl_copy_to(tn_plugin_stream *stream, tn_plugin_memory *memory,
                      uint64_t offset, const void *host, uint64_t bytes);
tn_status ocl_copy_from(tn_plugin_stream *stream, tn_plugin_memory *memory,
                        uint64_t offset, void *host, uint64_t bytes);
tn_status ocl_copy_to_async(tn_plugin_stream *stream, tn_plugin_memory *memory,
                            uint64_t offset, const void *host, uint64_t bytes);
tn_status ocl_copy_from_async(tn_plugin_stream *stream,
                              tn_plugin_memory *memory, uint64_t offset,
                              void *host, uint64_t bytes);
tn_status ocl_copy(tn_plugin_stream *stream, tn_plugin_memory *to,
                   uint64_t to_offset, tn_plugin_memory *from,
                   uint64_t from_offset, uint64_t bytes);
tn_status ocl_fill(tn_plugin_stream *stream, tn_plugin_memory *memory,
                   uint64_t offset, uint64_t bytes, const void *pattern,
                   uint32_t pattern_bytes);

#endif
