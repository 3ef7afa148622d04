/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Recording: a stream's work kept as the ABI's plain records.
 */
#ifndef TENON_RUNTIME_GRAPH_H
#define TENON_RUNTIME_GRAPH_H

#include "runtime/launch.h"

/** Fails when the stream is being recorded; what is "a wait" ... */
tn_status tn_check_not_recording(const tn_stream *stream, const char *what);

/* Each keeps a copy of the work, checked by the caller as for running it. */
tn_status tn_record_launch(tn_recording *recording, tn_kernel *kernel,
                           const tn_encoded_launch *launch);
tn_status tn_record_copy(tn_recording *recording, const tn_buffer *to,
                         uint64_t to_offset, const tn_buffer *from,
                         uint64_t from_offset, uint64_t bytes);
tn_status tn_record_fill(tn_recording *recording, const tn_buffer *buffer,
                         uint64_t offset, uint64_t bytes, const void *pattern,
                         uint32_t pattern_bytes);

/** Drops what was recorded; NULL is fine. */
void tn_recording_destroy(tn_recording *recording);

#endif
