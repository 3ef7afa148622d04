/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Streams, in which work runs in order, and events that mark a place there.
 */
#ifndef TENON_API_STREAM_H
#define TENON_API_STREAM_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/** @param stream owned by the caller */
TN_API tn_status tn_stream_create(tn_device *device, tn_stream **stream);

/**
 * @param priority 0: normal; lower numbers go first; clamped to what the device
 *                 has
 */
TN_API tn_status tn_stream_create_priority(tn_device *device, int32_t priority,
                                           tn_stream **stream);

/**
 * Wraps the driver's own queue (CUstream, cl_command_queue), which stays the
 * caller's. TN_ERROR_UNSUPPORTED.
 */
TN_API tn_status tn_stream_wrap(tn_device *device, uint64_t native,
                                tn_stream **stream);

/** Legal while work is queued, which still runs. */
TN_API void tn_stream_destroy(tn_stream *stream);
TN_API tn_device *tn_stream_device(const tn_stream *stream);
TN_API tn_status tn_stream_native(tn_stream *stream, uint64_t *handle);

/** Waits until all that is queued has finished. */
TN_API tn_status tn_stream_sync(tn_stream *stream);

/**
 * The same, at most `timeout` nanoseconds: TN_TIMEOUT when work is left then.
 */
TN_API tn_status tn_stream_sync_for(tn_stream *stream, uint64_t timeout);

/** TN_OK when idle, TN_NOT_READY while work is left. */
TN_API tn_status tn_stream_status(tn_stream *stream);

/**
 * Holds later work back until the event has passed; of another backend too,
 * then by waiting on the host.
 */
TN_API tn_status tn_stream_wait(tn_stream *stream, tn_event *event);

/**
 * Calls function(data, status) on a thread of the backend after earlier work;
 * it calls nothing of Tenon.
 */
TN_API tn_status tn_stream_call(tn_stream *stream,
                                void (*function)(void *data, tn_status status),
                                void *data);

/** An event for order alone. @param event owned by the caller */
TN_API tn_status tn_event_create(tn_device *device, tn_event **event);

/** An event that also takes the time. */
TN_API tn_status tn_event_create_timed(tn_device *device, tn_event **event);
TN_API void tn_event_destroy(tn_event *event);

/**
 * Sets it behind what is queued now; recorded again, it moves. An event never
 * recorded has passed.
 */
TN_API tn_status tn_event_record(tn_event *event, tn_stream *stream);

/** TN_OK when passed, else TN_NOT_READY. */
TN_API tn_status tn_event_status(tn_event *event);
TN_API tn_status tn_event_sync(tn_event *event);
TN_API tn_status tn_event_sync_for(tn_event *event, uint64_t timeout);

/**
 * Time between two timed events that have passed. TN_NOT_READY;
 * TN_ERROR_INVALID for events without time.
 */
TN_API tn_status tn_event_elapsed(tn_event *start, tn_event *end,
                                  uint64_t *nanoseconds);

#ifdef __cplusplus
}
#endif

#endif
