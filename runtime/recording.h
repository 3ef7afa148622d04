/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A stream's work kept as the ABI's plain records, and what is still open in
 * it.
 */
#ifndef TENON_RUNTIME_RECORDING_H
#define TENON_RUNTIME_RECORDING_H

#include "runtime/launch.h"

/** Fails when the stream is being recorded; what is "a wait" ... */
tn_status tn_check_not_recording(const tn_stream *stream, const char *what);

/** An empty one; NULL: no memory. */
tn_recording *tn_recording_create(void);

/** Drops what an object of the device has recorded; NULL is fine. */
void tn_recording_drop(tn_device *device, tn_recording **recording);

/* Each keeps a copy of the work, checked by the caller as for running it. */
tn_status tn_record_launch(tn_recording *recording, tn_kernel *kernel,
                           const tn_encoded_launch *launch,
                           const tn_argument *arguments);
tn_status tn_record_copy(tn_recording *recording, tn_buffer *to,
                         uint64_t to_offset, tn_buffer *from,
                         uint64_t from_offset, uint64_t bytes);
tn_status tn_record_fill(tn_recording *recording, tn_buffer *buffer,
                         uint64_t offset, uint64_t bytes, const void *pattern,
                         uint32_t pattern_bytes);

/** The commands, in their order. */
const tn_plugin_command *tn_recording_commands(const tn_recording *recording,
                                               uint32_t *count);

/** Whether something that it needs was destroyed. */
bool tn_recording_is_lost(const tn_recording *recording);

/** How many arguments are open. */
uint32_t tn_recording_open_count(const tn_recording *recording);

/**
 * Whether it can be run: all that it needs is there, and every open argument
 * has a value that fits; else a sentence.
 */
tn_status tn_recording_check(const tn_recording *recording,
                             const tn_binding *bindings, size_t count);

/** Writes the values, checked before, into the recorded launches. */
void tn_recording_bind(tn_recording *recording, const tn_binding *bindings,
                       size_t count);

/** Writes them as the ABI's bindings, one for each open argument. */
void tn_recording_encode(const tn_recording *recording,
                         const tn_binding *bindings, size_t count,
                         tn_plugin_binding *encoded);

/**
 * A buffer or module is about to be destroyed: if the recording needs it, it is
 * lost. Called on any thread that holds the lock of the recording's device.
 */
void tn_recording_lose_locked(tn_recording *recording, const tn_object *object);

#endif
