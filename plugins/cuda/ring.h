/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Page-locked chunks that copies of one direction go through, one copy at a
 * time, and the threads that fill or empty them.
 */
#ifndef TENON_CUDA_RING_H
#define TENON_CUDA_RING_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <tenon/plugin.h>

#include "plugins/cuda/crew.h"
#include "plugins/cuda/driver.h"

enum {
    CUDA_RING_BLOCKS = 4
};
#define CUDA_BLOCK_BYTES ((uint64_t)8 << 20)

typedef struct cuda_ring {
    atomic_bool broken; /* no memory for it, or it is in use for ever */
    pthread_mutex_t lock;
    pthread_cond_t served;
    uint64_t next_turn; /* the lock */
    uint64_t turn;

    /* for whose turn it is */
    unsigned char *blocks[CUDA_RING_BLOCKS];
    unsigned block_count;
    unsigned block_limit;            /* the system gives no more */
    uint64_t slot_bytes;             /* that the blocks are cut into */
    cuda_mark marks[CUDA_SLOTS_MAX]; /* behind what uses a slot */
    unsigned mark_count;
    bool busy[CUDA_SLOTS_MAX]; /* the mark may not have passed */
    bool crew_works;
    cuda_crew crew;
} cuda_ring;

void cuda_ring_init(cuda_ring *ring);
void cuda_ring_destroy(cuda_ring *ring);

/** Waits for a turn, in the order of the calls; and gives it to the next. */
void cuda_ring_take(cuda_ring *ring);
void cuda_ring_give(cuda_ring *ring);

/**
 * Makes what is not there yet, memory for a copy of so many bytes and helpers.
 * The context is current.
 *
 * @return what the driver refused page-locked memory with
 */
cuda_result cuda_ring_prepare(cuda_ring *ring, tn_plugin_device *device,
                              uint64_t bytes);

/**
 * Cuts the memory into slots, a job's.
 *
 * @param bytes  of a slot: a block's, or that halved some times
 */
cuda_result cuda_ring_cut(cuda_ring *ring, const cuda_driver *driver,
                          uint64_t bytes, cuda_job *job);

/** Ends the helpers and, where nothing uses it, frees the memory. */
void cuda_ring_empty(cuda_ring *ring, const cuda_driver *driver, bool unused);

/** Whether a slot may be used again: SUCCESS, NOT_READY, or what went wrong. */
cuda_result cuda_ring_ask(cuda_ring *ring, const cuda_driver *driver,
                          unsigned slot);
/** Marks a slot as in use by what is queued. */
cuda_result cuda_ring_mark(cuda_ring *ring, const cuda_driver *driver,
                           unsigned slot, cuda_queue queue);

#endif
