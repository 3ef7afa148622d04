/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Copies between devices.
 */
#ifndef TENON_CUDA_PEER_H
#define TENON_CUDA_PEER_H

#include "plugins/cuda/memory.h"

/**
 * Copies where one of the buffers is on another device than the stream, whose
 * context is current. Devices that can reach each other's memory do so from
 * then on; for others the driver copies through the host.
 */
cuda_result cuda_peer_copy(tn_plugin_stream *stream, tn_plugin_memory *to,
                           uint64_t to_offset, tn_plugin_memory *from,
                           uint64_t from_offset, size_t bytes);

#endif
