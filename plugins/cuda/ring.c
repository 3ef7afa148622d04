/* SPDX-License-Identifier: MIT */
#include "plugins/cuda/ring.h"

#include "plugins/cuda/cuda.h"

void cuda_ring_init(cuda_ring *ring)
{
    pthread_mutex_init(&ring->lock, NULL);
    pthread_cond_init(&ring->served, NULL);
    ring->block_limit = CUDA_RING_BLOCKS;
}

void cuda_ring_destroy(cuda_ring *ring)
{
    pthread_cond_destroy(&ring->served);
    pthread_mutex_destroy(&ring->lock);
}

/* ---- turns ---- */

void cuda_ring_take(cuda_ring *ring)
{
    pthread_mutex_lock(&ring->lock);
    uint64_t own = ring->next_turn++;

    while (ring->turn != own) {
        pthread_cond_wait(&ring->served, &ring->lock);
    }
    pthread_mutex_unlock(&ring->lock);
}

void cuda_ring_give(cuda_ring *ring)
{
    pthread_mutex_lock(&ring->lock);
    ++ring->turn;
    pthread_cond_broadcast(&ring->served);
    pthread_mutex_unlock(&ring->lock);
}

/* ---- memory ---- */

static cuda_result add_marks(cuda_ring *ring, const cuda_driver *driver)
{
    cuda_result result = TN_CUDA_SUCCESS;

    while (ring->mark_count < CUDA_SLOTS_MAX && result == TN_CUDA_SUCCESS) {
        result = driver->cuEventCreate(&ring->marks[ring->mark_count],
                                       TN_CU_EVENT_DISABLE_TIMING);
        ring->mark_count += result == TN_CUDA_SUCCESS;
    }
    return result;
}

static cuda_result add_block(cuda_ring *ring, const cuda_driver *driver)
{
    void *memory = NULL;
    cuda_result result =
        driver->cuMemHostAlloc(&memory, (size_t)CUDA_BLOCK_BYTES, 0);

    if (result == TN_CUDA_SUCCESS) {
        ring->blocks[ring->block_count++] = memory;
    } else {
        ring->block_limit = ring->block_count;
    }
    return result;
}

/* A ring of fewer blocks is as right. */
cuda_result cuda_ring_prepare(cuda_ring *ring, tn_plugin_device *device,
                              uint64_t bytes)
{
    const cuda_driver *driver = &device->instance->driver;
    cuda_result result = add_marks(ring, driver);

    while (ring->block_count < ring->block_limit &&
           ring->block_count * CUDA_BLOCK_BYTES < bytes &&
           result == TN_CUDA_SUCCESS) {
        result = add_block(ring, driver);
    }
    if (ring->mark_count < CUDA_SLOTS_MAX || ring->block_count == 0) {
        return result;
    }
    if (!ring->crew_works) {
        cuda_crew_start(&ring->crew, device->instance->staging_threads - 1);
        ring->crew_works = true;
    }
    return TN_CUDA_SUCCESS;
}

void cuda_ring_empty(cuda_ring *ring, const cuda_driver *driver, bool unused)
{
    if (ring->crew_works) {
        cuda_crew_end(&ring->crew);
    }
    while (ring->mark_count > 0 && unused) {
        (void)driver->cuEventDestroy_v2(ring->marks[--ring->mark_count]);
    }
    while (ring->block_count > 0 && unused) {
        (void)driver->cuMemFreeHost(ring->blocks[--ring->block_count]);
    }
    ring->crew_works = false;
    ring->mark_count = 0;
    ring->block_count = 0;
    ring->block_limit = CUDA_RING_BLOCKS;
    atomic_store(&ring->broken, false);
}

/* ---- slots ---- */

/* Waits until nothing uses the memory. */
static cuda_result drain(cuda_ring *ring, const cuda_driver *driver)
{
    cuda_result result = TN_CUDA_SUCCESS;

    for (unsigned i = 0; i < CUDA_SLOTS_MAX && result == TN_CUDA_SUCCESS; ++i) {
        if (ring->busy[i]) {
            result = driver->cuEventSynchronize(ring->marks[i]);
            ring->busy[i] = result != TN_CUDA_SUCCESS;
        }
    }
    return result;
}

cuda_result cuda_ring_cut(cuda_ring *ring, const cuda_driver *driver,
                          uint64_t bytes, cuda_job *job)
{
    unsigned each = (unsigned)(CUDA_BLOCK_BYTES / bytes);
    unsigned count = ring->block_count * each;
    cuda_result result = TN_CUDA_SUCCESS;

    job->slot_count = count < CUDA_SLOTS_MAX ? count : CUDA_SLOTS_MAX;
    for (unsigned i = 0; i < job->slot_count; ++i) {
        job->slots[i] = ring->blocks[i / each] + i % each * bytes;
    }
    if (ring->slot_bytes != bytes) {
        result = drain(ring, driver);
    }
    if (result == TN_CUDA_SUCCESS) {
        ring->slot_bytes = bytes;
    }
    return result;
}

cuda_result cuda_ring_ask(cuda_ring *ring, const cuda_driver *driver,
                          unsigned slot)
{
    if (!ring->busy[slot]) {
        return TN_CUDA_SUCCESS;
    }
    cuda_result result = driver->cuEventQuery(ring->marks[slot]);

    ring->busy[slot] = result != TN_CUDA_SUCCESS;
    return result;
}

cuda_result cuda_ring_mark(cuda_ring *ring, const cuda_driver *driver,
                           unsigned slot, cuda_queue queue)
{
    cuda_result result = driver->cuEventRecord(ring->marks[slot], queue);

    ring->busy[slot] = result == TN_CUDA_SUCCESS;
    return result;
}
