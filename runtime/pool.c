/* SPDX-License-Identifier: MIT */
#include "runtime/pool.h"

#include <stdlib.h>

#include "common/size.h"
#include "runtime/objects.h"

enum {
    UNIT_BYTES = 512,
    STEPS_LOG = 4, /* sizes of each power of two: 16 */
    STEPS = 1 << STEPS_LOG,
    FIRST_POWER = 13, /* up to UNIT_BYTES * STEPS one size follows each unit */
    LOOK_AT = 8       /* blocks of a size, for the kind and the alignment */
};

/* ---- sizes ---- */

/* Where blocks of a size are kept, TN_BINS where none are; its largest size. */
static uint32_t bin_of(uint64_t bytes, uint64_t *largest)
{
    uint64_t below = bytes - 1;

    if (below < UNIT_BYTES * STEPS) {
        *largest = (below / UNIT_BYTES + 1) * UNIT_BYTES;
        return (uint32_t)(below / UNIT_BYTES);
    }
    uint32_t power = 63 - (uint32_t)__builtin_clzll(below);
    uint64_t step = (uint64_t)1 << (power - STEPS_LOG);
    uint64_t steps = below / step; /* STEPS to 2 STEPS - 1 */
    uint64_t bin =
        STEPS + (uint64_t)(power - FIRST_POWER) * STEPS + steps - STEPS;

    *largest = (steps + 1) * step;
    return bin < TN_BINS ? (uint32_t)bin : TN_BINS;
}

uint64_t tn_pool_capacity(const tn_device *device,
                          const tn_plugin_memory_desc *desc)
{
    uint64_t limit = device->info.allocation_bytes;
    uint64_t bytes = 0;

    if (device->pool.limit < desc->bytes || desc->kind > TN_MEMORY_PINNED ||
        bin_of(desc->bytes, &bytes) == TN_BINS) {
        return 0;
    }
    return limit == 0 || bytes <= limit ? bytes : 0;
}

/* ---- lists; all with the lock of the device ---- */

static void bin_add(tn_bins **bins, tn_buffer *buffer)
{
    tn_block *block = &buffer->block;
    uint64_t largest;

    block->bins = NULL;
    if (*bins == NULL) {
        *bins = calloc(1, sizeof **bins);
    }
    if (*bins == NULL) {
        return; /* then nobody finds it, until it is moved or trimmed */
    }
    tn_buffer **first = &(*bins)->first[bin_of(block->bytes, &largest)];

    block->bins = *bins;
    block->bin_previous = NULL;
    block->bin_next = *first;
    if (*first != NULL) {
        (*first)->block.bin_previous = buffer;
    }
    *first = buffer;
}

static void bin_remove(tn_buffer *buffer)
{
    tn_block *block = &buffer->block;
    uint64_t largest;

    if (block->bins == NULL) {
        return;
    }
    if (block->bin_next != NULL) {
        block->bin_next->block.bin_previous = block->bin_previous;
    }
    if (block->bin_previous != NULL) {
        block->bin_previous->block.bin_next = block->bin_next;
    } else {
        block->bins->first[bin_of(block->bytes, &largest)] = block->bin_next;
    }
    block->bins = NULL;
}

static void queue_add(tn_buffer **first, tn_buffer **last, tn_buffer *buffer)
{
    buffer->block.next = NULL;
    buffer->block.previous = *last;
    *(*last != NULL ? &(*last)->block.next : first) = buffer;
    *last = buffer;
}

static void queue_remove(tn_buffer **first, tn_buffer **last, tn_buffer *buffer)
{
    tn_buffer *next = buffer->block.next;
    tn_buffer *previous = buffer->block.previous;

    *(previous != NULL ? &previous->block.next : first) = next;
    *(next != NULL ? &next->block.previous : last) = previous;
}

/* Takes a block off all lists. */
static void withdraw(tn_pool *pool, tn_buffer *buffer)
{
    tn_timeline *timeline = buffer->block.timeline;

    bin_remove(buffer);
    pool->stats.cached_bytes -= buffer->block.bytes;
    if (timeline == NULL) {
        queue_remove(&pool->first, &pool->last, buffer);
        return;
    }
    pool->stats.waiting_bytes -= buffer->block.bytes;
    queue_remove(&timeline->first, &timeline->last, buffer);
}

static void put_free(tn_pool *pool, tn_buffer *buffer)
{
    buffer->block.timeline = NULL;
    pool->stats.cached_bytes += buffer->block.bytes;
    queue_add(&pool->first, &pool->last, buffer);
    bin_add(&pool->bins, buffer);
}

static void put_waiting(tn_pool *pool, tn_buffer *buffer, tn_timeline *timeline)
{
    tn_block *block = &buffer->block;

    block->timeline = timeline;
    block->count = tn_timeline_submitted(timeline);
    block->bins = NULL;
    pool->stats.cached_bytes += block->bytes;
    pool->stats.waiting_bytes += block->bytes;
    queue_add(&timeline->first, &timeline->last, buffer);
    if (block->in_order) {
        bin_add(&timeline->bins, buffer);
    } else if (timeline->marked == 0) { /* somebody will ask for it */
        tn_timeline_want(timeline);
    }
}

/* A list of blocks that leave the pool, linked by their `next`. */
static void put_lost(tn_buffer **lost, tn_buffer *buffer)
{
    buffer->block.next = *lost;
    *lost = buffer;
}

void tn_pool_free(tn_buffer *blocks)
{
    while (blocks != NULL) {
        tn_buffer *next = blocks->block.next;

        blocks->object.device->plugin->memory_destroy(blocks->handle, NULL);
        free(blocks);
        blocks = next;
    }
}

/* ---- waiting ---- */

/* Notes when a timeline had submitted so much. False for one that is idle. */
static bool look_at(tn_pool *pool, tn_timeline *timeline)
{
    uint64_t submitted = tn_timeline_submitted(timeline);

    if (tn_timeline_finished(timeline) >= submitted) {
        return false;
    }
    if (timeline->seen != submitted) {
        timeline->seen = submitted;
        timeline->seen_at = ++pool->clock;
    }
    return true;
}

/* The time of a block that is handed out: what was seen before, is older. */
static uint64_t birth(tn_pool *pool)
{
    for (uint32_t i = 0; i < pool->timeline_count; ++i) {
        (void)look_at(pool, pool->timelines[i]);
    }
    return ++pool->clock;
}

/* Whether work of a timeline that has not ended may use a block. */
static bool may_use(tn_pool *pool, tn_timeline *timeline, const tn_block *block)
{
    return look_at(pool, timeline) && block->born <= timeline->seen_at;
}

static tn_timeline *next_user(tn_pool *pool, const tn_block *block,
                              uint32_t index)
{
    while (index < pool->timeline_count &&
           !may_use(pool, pool->timelines[index], block)) {
        ++index;
    }
    return index < pool->timeline_count ? pool->timelines[index] : NULL;
}

/* Puts a block where it belongs; NULL: nobody uses it any more. */
static void place(tn_pool *pool, tn_buffer *buffer, tn_timeline *user,
                  tn_buffer **lost)
{
    if (buffer->block.born <= pool->suspect ||
        (user != NULL && atomic_load(&user->failed))) {
        put_lost(lost, buffer);
    } else if (user != NULL) {
        put_waiting(pool, buffer, user);
    } else {
        put_free(pool, buffer);
    }
}

/* The one that a block waits for after the timeline of an index. */
static tn_timeline *user_after(tn_pool *pool, const tn_block *block,
                               uint32_t index)
{
    return block->in_order ? NULL : next_user(pool, block, index + 1);
}

/* Moves on what waits for a timeline no more. */
static void reap_timeline(tn_pool *pool, tn_timeline *timeline,
                          tn_buffer **lost)
{
    uint64_t finished = tn_timeline_finished(timeline);
    bool failed = atomic_load(&timeline->failed);
    tn_buffer *buffer;

    while ((buffer = timeline->first) != NULL &&
           (failed || buffer->block.count <= finished)) {
        withdraw(pool, buffer);
        if (buffer->block.count <= finished) {
            place(pool, buffer,
                  user_after(pool, &buffer->block, timeline->index), lost);
        } else {
            put_lost(lost, buffer);
        }
    }
    if (failed && timeline->closed) { /* nobody will ever know */
        pool->suspect = ++pool->clock;
        tn_timeline_pass_locked(timeline, tn_timeline_submitted(timeline));
        atomic_store(&timeline->failed, false);
    }
}

static tn_buffer *reap(tn_pool *pool)
{
    tn_buffer *lost = NULL;

    for (uint32_t i = 0; i < pool->timeline_count; ++i) {
        reap_timeline(pool, pool->timelines[i], &lost);
    }
    return lost;
}

tn_buffer *tn_pool_part_locked(tn_pool *pool, tn_timeline *timeline,
                               bool followed)
{
    tn_buffer *lost = NULL;

    timeline->closed = true;
    if (!followed) {
        atomic_store(&timeline->failed, true);
    }
    reap_timeline(pool, timeline, &lost);
    return lost;
}

/* ---- taking ---- */

static tn_buffer *find(const tn_bins *bins, const tn_plugin_memory_desc *desc)
{
    uint64_t largest;
    uint32_t first = bin_of(desc->bytes, &largest);

    if (bins == NULL) {
        return NULL;
    }
    /* one size more wastes no more than an eighth */
    for (uint32_t bin = first; bin < TN_BINS && bin <= first + 1; ++bin) {
        tn_buffer *at = bins->first[bin];

        for (int i = 0; at != NULL && i < LOOK_AT; ++i) {
            if (at->block.kind == desc->kind &&
                at->block.alignment >= desc->alignment) {
                return at;
            }
            at = at->block.bin_next;
        }
    }
    return NULL;
}

/* Off the lists and ready for its new owner, but for what the caller knows. */
static tn_buffer *take(tn_pool *pool, const tn_plugin_memory_desc *desc,
                       const tn_timeline *timeline)
{
    tn_buffer *found = timeline != NULL ? find(timeline->bins, desc) : NULL;

    if (found == NULL) {
        found = find(pool->bins, desc);
    }
    if (found == NULL) {
        return NULL;
    }
    withdraw(pool, found);
    if (found->block.timeline == NULL) { /* else older work may still use it */
        found->block.born = birth(pool);
    }
    return found;
}

static void begin_use(tn_pool *pool, tn_buffer *buffer, tn_stream *stream)
{
    tn_block *block = &buffer->block;

    block->allocated_on = stream != NULL ? stream->timeline : NULL;
    block->allocated_at =
        stream != NULL ? tn_timeline_submitted(stream->timeline) : 0;
    pool->stats.buffers++;
    pool->stats.used_bytes += block->bytes;
    pool->stats.asked_bytes += buffer->bytes;
}

tn_buffer *tn_pool_take(tn_device *device, const tn_plugin_memory_desc *desc,
                        tn_stream *stream)
{
    tn_pool *pool = &device->pool;
    tn_timeline *timeline = stream != NULL ? stream->timeline : NULL;
    tn_buffer *lost = NULL;

    pthread_mutex_lock(&device->lock);
    tn_buffer *taken = take(pool, desc, timeline);

    if (taken == NULL && pool->stats.waiting_bytes > 0) {
        pthread_mutex_unlock(&device->lock);
        tn_timelines_poll(device, stream);
        pthread_mutex_lock(&device->lock);
        lost = reap(pool);
        taken = take(pool, desc, timeline);
    }
    if (taken != NULL) {
        taken->bytes = desc->bytes;
        taken->object.recorded = false;
        pool->stats.hits++;
        begin_use(pool, taken, stream);
        tn_object_link_locked(&taken->object);
    }
    pthread_mutex_unlock(&device->lock);
    tn_pool_free(lost);
    return taken;
}

void tn_pool_count(tn_buffer *buffer, const tn_plugin_memory_desc *desc,
                   tn_stream *stream)
{
    tn_device *device = buffer->object.device;
    tn_pool *pool = &device->pool;
    tn_memory_stats *stats = &pool->stats;
    tn_block *block = &buffer->block;

    block->bytes = desc->bytes;
    block->kind = desc->kind;
    block->alignment = desc->alignment;
    block->pooled = tn_pool_capacity(device, desc) == desc->bytes;
    pthread_mutex_lock(&device->lock);
    block->born = birth(pool);
    stats->misses++;
    begin_use(pool, buffer, stream);
    block->allocated_at++; /* the allocation is work of the stream itself */
    if (stats->used_bytes + stats->cached_bytes > stats->peak_bytes) {
        stats->peak_bytes = stats->used_bytes + stats->cached_bytes;
    }
    pthread_mutex_unlock(&device->lock);
}

/* ---- giving ---- */

/* The oldest first; what work may still use only where nothing else is left. */
static tn_buffer *oldest(const tn_pool *pool)
{
    tn_buffer *found = pool->first;

    for (uint32_t i = 0; found == NULL && i < pool->timeline_count; ++i) {
        found = pool->timelines[i]->first;
    }
    return found;
}

static void shrink(tn_pool *pool, uint64_t limit, tn_buffer **lost)
{
    tn_buffer *buffer;

    while (pool->stats.cached_bytes > limit &&
           (buffer = oldest(pool)) != NULL) {
        withdraw(pool, buffer);
        put_lost(lost, buffer);
    }
}

/*
 * Whether all uses of a buffer come before what a stream does from now on:
 * nobody queues work behind our back, and the buffer was not allocated in the
 * order of another stream that has not come so far.
 */
static bool is_in_order(const tn_block *block, const tn_stream *stream)
{
    return stream != NULL && !stream->native &&
           (block->allocated_on == NULL ||
            block->allocated_on == stream->timeline ||
            tn_timeline_finished(block->allocated_on) >= block->allocated_at);
}

static void keep(tn_pool *pool, tn_buffer *buffer, const tn_stream *stream,
                 tn_buffer **lost)
{
    tn_block *block = &buffer->block;
    tn_timeline *user = NULL;

    block->in_order = is_in_order(block, stream);
    if (!block->in_order) {
        user = next_user(pool, block, 0);
    } else if (!tn_timeline_is_idle(stream->timeline)) {
        user = stream->timeline;
    }
    place(pool, buffer, user, lost);
    shrink(pool, pool->limit, lost);
}

bool tn_pool_give(tn_buffer *buffer, const tn_stream *stream)
{
    tn_device *device = buffer->object.device;
    tn_pool *pool = &device->pool;
    const tn_block *block = &buffer->block;
    bool kept = block->pooled && !atomic_load(&block->exposed) &&
                atomic_load(&block->maps) == 0;
    tn_buffer *lost = NULL;

    pthread_mutex_lock(&device->lock);
    tn_object_unlink_locked(&buffer->object);
    if (block->bytes > 0) {
        pool->stats.buffers--;
        pool->stats.used_bytes -= block->bytes;
        pool->stats.asked_bytes -= buffer->bytes;
    }
    if (kept) {
        keep(pool, buffer, stream, &lost);
    }
    pthread_mutex_unlock(&device->lock);
    tn_pool_free(lost);
    return kept;
}

uint64_t tn_pool_trim(tn_device *device)
{
    tn_pool *pool = &device->pool;
    tn_buffer *lost = NULL;

    pthread_mutex_lock(&device->lock);
    uint64_t bytes = pool->stats.cached_bytes;

    shrink(pool, 0, &lost);
    pthread_mutex_unlock(&device->lock);
    tn_pool_free(lost);
    return bytes;
}

void tn_pool_finish(tn_device *device)
{
    tn_pool_trim(device);
    tn_timelines_finish(device);
    free(device->pool.bins);
    device->pool.bins = NULL;
}

/* ---- what is told ---- */

void tn_pool_stats(tn_device *device, tn_memory_stats *stats)
{
    pthread_mutex_lock(&device->lock);
    tn_memory_stats own = device->pool.stats;

    pthread_mutex_unlock(&device->lock);
    own.limit_bytes = device->pool.limit;
    tn_copy_sized(stats, &own, sizeof own);
}

tn_status tn_pool_fail(tn_device *device, tn_status status)
{
    tn_memory_stats stats = {.size = sizeof stats};

    tn_pool_stats(device, &stats);
    if (stats.buffers == 0) {
        return status; /* the plugin's sentence says it all */
    }
    return tn_fail(status,
                   "%s; %u buffers hold %llu bytes, and what was cached has "
                   "been given back",
                   tn_error_message(), stats.buffers,
                   (unsigned long long)stats.used_bytes);
}
