/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The memory that buffers of a device gave back, kept for the next ones.
 *
 * A block is a tn_buffer without an owner. It is free when no queued work can
 * use it, and else waits for timelines:
 *
 *     tn_buffer_destroy_on(S)  for what S has submitted; allocations in the
 *                              order of S take it before that
 *     tn_buffer_destroy()      for one timeline after the other, each with what
 *                              it has submitted when its turn comes
 *
 * A timeline that has submitted nothing since the block was handed out cannot
 * use it: the pool's clock tells. Blocks that a timeline would never release,
 * since it failed, and those that others may know of (native handles, peers)
 * go back to the plugin, which knows its work. Nothing of the plugin is called
 * with the lock held.
 */
#ifndef TENON_RUNTIME_POOL_H
#define TENON_RUNTIME_POOL_H

#include "runtime/timeline.h"

/* Sixteen sizes for each power of two, none finer than 512 bytes. */
enum {
    TN_BINS = 576
};

struct tn_bins {
    tn_buffer *first[TN_BINS];
};

/** What the pool knows of a buffer; in a block the lists that it is on. */
typedef struct tn_block {
    uint64_t bytes; /* of the plugin's memory; 0: it is foreign */
    uint64_t alignment;
    tn_memory_kind kind;
    bool pooled;               /* of a size that others may have, too */
    bool in_order;             /* waits for no other timeline */
    atomic_bool exposed;       /* somebody else may know its memory */
    atomic_int maps;           /* that are not undone */
    uint64_t born;             /* when it was handed out, free */
    tn_timeline *allocated_on; /* in whose order; NULL: none */
    uint64_t allocated_at;     /* what that had submitted then */
    tn_timeline *timeline;     /* that it waits for; NULL: free */
    uint64_t count;            /* of that one's submissions */
    tn_buffer *next;           /* in its timeline's queue, or of free ones */
    tn_buffer *previous;
    tn_bins *bins; /* NULL: on no list of its size */
    tn_buffer *bin_next;
    tn_buffer *bin_previous;
} tn_block;

typedef struct tn_pool {
    uint64_t limit;   /* of cached bytes */
    tn_bins *bins;    /* of free blocks; NULL: none yet */
    tn_buffer *first; /* free blocks, the oldest first */
    tn_buffer *last;
    tn_timeline **timelines;
    uint32_t timeline_count;
    uint64_t clock;
    /* work of a stream that failed may use all that was handed out until then */
    uint64_t suspect;
    tn_memory_stats stats;
} tn_pool;

/**
 * Bytes to ask the plugin for, so that the block fits others later.
 *
 * @return 0 where such memory is not pooled
 */
uint64_t tn_pool_capacity(const tn_device *device,
                          const tn_plugin_memory_desc *desc);

/**
 * A buffer of a block that fits, or NULL.
 *
 * @param stream  in whose order; NULL: usable at once everywhere
 */
tn_buffer *tn_pool_take(tn_device *device, const tn_plugin_memory_desc *desc,
                        tn_stream *stream);

/** Counts a new buffer of memory that the plugin made from `desc`. */
void tn_pool_count(tn_buffer *buffer, const tn_plugin_memory_desc *desc,
                   tn_stream *stream);

/**
 * Takes a buffer off its device, and keeps its block, ordered behind a stream's
 * work or, with NULL, behind all that is queued now.
 *
 * @return whether it was kept; else plugin memory and struct are the caller's
 */
bool tn_pool_give(tn_buffer *buffer, const tn_stream *stream);

/** What the pool holds now, as far as stats->size reaches. */
void tn_pool_stats(tn_device *device, tn_memory_stats *stats);

/** Gives the plugin back all that is cached. @return bytes */
uint64_t tn_pool_trim(tn_device *device);

/** The same, and frees all of the pool; no object of the device is left. */
void tn_pool_finish(tn_device *device);

/**
 * Parts with the stream of a timeline.
 *
 * @param followed  whether the timeline will know when the rest of its work has
 *                  ended
 * @return blocks for tn_pool_free(), linked by block.next
 */
tn_buffer *tn_pool_part_locked(tn_pool *pool, tn_timeline *timeline,
                               bool followed);

/** Gives blocks back to the plugin, which waits for work that uses them. */
void tn_pool_free(tn_buffer *blocks);

/** tn_fail() for memory that the plugin does not have, with what is held. */
tn_status tn_pool_fail(tn_device *device, tn_status status);

#endif
