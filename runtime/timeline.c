/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "runtime/timeline.h"

#include <stdlib.h>

#include "runtime/objects.h"

/* ---- opening ---- */

/* One whose former stream's work has ended. */
static tn_timeline *find_spare_locked(const tn_pool *pool)
{
    for (uint32_t i = 0; i < pool->timeline_count; ++i) {
        tn_timeline *timeline = pool->timelines[i];

        if (timeline->closed && timeline->first == NULL &&
            tn_timeline_is_idle(timeline)) {
            timeline->marked = 0;
            return timeline;
        }
    }
    return NULL;
}

static tn_timeline *add_locked(tn_pool *pool)
{
    tn_timeline **grown = reallocarray(
        pool->timelines, pool->timeline_count + 1, sizeof(tn_timeline *));
    tn_timeline *added = grown != NULL ? calloc(1, sizeof *added) : NULL;

    if (grown != NULL) {
        pool->timelines = grown;
    }
    if (added != NULL) {
        added->index = pool->timeline_count++;
        grown[added->index] = added;
    }
    return added;
}

tn_timeline *tn_timeline_open(tn_device *device)
{
    tn_timelines_poll(device, NULL);
    pthread_mutex_lock(&device->lock);
    tn_timeline *timeline = find_spare_locked(&device->pool);

    if (timeline == NULL) {
        timeline = add_locked(&device->pool);
    }
    if (timeline != NULL) {
        timeline->closed = false;
        atomic_store(&timeline->failed, false);
        atomic_store(&timeline->wanted, false);
    }
    pthread_mutex_unlock(&device->lock);
    return timeline;
}

void tn_timeline_abandon(tn_device *device, tn_timeline *timeline)
{
    if (timeline != NULL) {
        pthread_mutex_lock(&device->lock);
        timeline->closed = true;
        pthread_mutex_unlock(&device->lock);
    }
}

/* ---- marks ---- */

/* Sets the event behind all that was submitted; an older mark moves there. */
static bool set_mark(tn_stream *stream)
{
    tn_device *device = stream->object.device;
    tn_timeline *timeline = stream->timeline;
    const tn_plugin_event_desc desc = {.size = sizeof desc};
    uint64_t count = tn_timeline_submitted(timeline);

    if ((timeline->event == NULL &&
         device->plugin->event_create(device->handle, &desc,
                                      &timeline->event) != TN_OK) ||
        device->plugin->event_record(timeline->event, stream->handle) !=
            TN_OK) {
        tn_error_withdraw();
        return false;
    }
    pthread_mutex_lock(&device->lock);
    timeline->marked = count;
    pthread_mutex_unlock(&device->lock);
    return true;
}

void tn_timeline_mark(tn_stream *stream)
{
    tn_device *device = stream->object.device;
    tn_timeline *timeline = stream->timeline;

    atomic_store_explicit(&timeline->wanted, false, memory_order_relaxed);
    pthread_mutex_lock(&device->lock);
    bool is_out = timeline->marked != 0;

    pthread_mutex_unlock(&device->lock);
    if (!is_out && !set_mark(stream)) {
        atomic_store_explicit(&timeline->failed, true, memory_order_relaxed);
    }
}

/*
 * Asks the mark that was found out as `marked`, without the lock. False while
 * it has not passed.
 */
static bool ask(tn_device *device, tn_timeline *timeline, uint64_t marked)
{
    tn_status status = device->plugin->event_status(timeline->event);

    tn_error_withdraw();
    if (status == TN_NOT_READY) {
        return false;
    }
    if (status != TN_OK) {
        atomic_store_explicit(&timeline->failed, true, memory_order_relaxed);
    }
    pthread_mutex_lock(&device->lock);
    if (status == TN_OK) {
        tn_timeline_pass_locked(timeline, marked);
    }
    if (timeline->marked == marked) { /* and not one that was set since */
        timeline->marked = 0;
    }
    pthread_mutex_unlock(&device->lock);
    return true;
}

/* The next timeline that blocks or other streams wait for, and its mark. */
static tn_timeline *next_awaited(tn_device *device, uint32_t *index,
                                 uint64_t *marked)
{
    const tn_pool *pool = &device->pool;
    tn_timeline *found = NULL;

    pthread_mutex_lock(&device->lock);
    while (found == NULL && *index < pool->timeline_count) {
        tn_timeline *timeline = pool->timelines[(*index)++];

        if (timeline->first != NULL ||
            (timeline->closed && timeline->marked != 0)) {
            found = timeline;
            *marked = timeline->marked;
        }
    }
    pthread_mutex_unlock(&device->lock);
    return found;
}

void tn_timelines_poll(tn_device *device, tn_stream *own)
{
    tn_timeline *timeline;
    uint64_t marked = 0;
    uint32_t index = 0;

    while ((timeline = next_awaited(device, &index, &marked)) != NULL) {
        bool is_out = marked != 0 && !ask(device, timeline, marked);

        if (is_out || tn_timeline_is_idle(timeline)) {
            continue;
        }
        if (own != NULL && own->timeline == timeline) {
            tn_timeline_mark(own);
        } else {
            tn_timeline_want(timeline);
        }
    }
}

/* ---- closing ---- */

/* Learns how far the work is, or leaves a mark to learn it by. */
static bool can_follow(tn_stream *stream)
{
    const tn_plugin *plugin = stream->object.device->plugin;
    tn_timeline *timeline = stream->timeline;
    uint64_t count = tn_timeline_submitted(timeline);

    if (tn_timeline_is_idle(timeline)) {
        return true;
    }
    tn_status status = plugin->stream_status(stream->handle);

    tn_error_withdraw();
    if (status == TN_OK) {
        tn_timeline_finish(timeline, count);
        return true;
    }
    return status == TN_NOT_READY && set_mark(stream);
}

void tn_timeline_close(tn_stream *stream)
{
    tn_device *device = stream->object.device;
    tn_timeline *timeline = stream->timeline;
    bool followed = can_follow(stream);

    pthread_mutex_lock(&device->lock);
    tn_buffer *lost = tn_pool_part_locked(&device->pool, timeline, followed);

    pthread_mutex_unlock(&device->lock);
    tn_pool_free(lost);
}

void tn_timelines_finish(tn_device *device)
{
    tn_pool *pool = &device->pool;

    for (uint32_t i = 0; i < pool->timeline_count; ++i) {
        tn_timeline *timeline = pool->timelines[i];

        if (timeline->event != NULL) {
            device->plugin->event_destroy(timeline->event);
        }
        free(timeline->bins);
        free(timeline);
    }
    free(pool->timelines);
    pool->timelines = NULL;
    pool->timeline_count = 0;
}
