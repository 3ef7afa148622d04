/* SPDX-License-Identifier: MIT */
/*
 * A copy takes its turn at the ring when all before it in its stream has ended:
 * so the ring is never held by what waits for something else.
 */
#include "plugins/cuda/stage.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/host.h"
#include "common/processors.h"
#include "plugins/cuda/cuda.h"
#include "plugins/cuda/ring.h"

enum {
    THREADS_MAX = CUDA_HELPERS_MAX + 1,
    THREADS_DEFAULT = 8,
    /* With fewer the driver alone is faster. */
    THREADS_IN = 2,
    THREADS_OUT = 3,
    /* So small are chunks that a copy has so many: its ends overlap, too. */
    CHUNKS_LEAST = 16,
    /* That a thread copies: who queues chunks is busy with one no longer. */
    PIECE_BYTES = 128 << 10
};

/* How long a copy that does not move on asks before it sleeps. */
#define ASK_NANOSECONDS 1000000

#define CHUNK_LEAST ((uint64_t)512 << 10)

/* Copies from it on are staged. */
#define STAGED_BYTES ((uint64_t)1 << 20)
/* After so many bytes others have their turn. */
#define TURN_BYTES ((uint64_t)256 << 20)

/* ---- settings ---- */

static tn_status read_threads(tn_plugin_instance *instance, const char *text)
{
    char *end = NULL;

    errno = 0;
    long value = strtol(text, &end, 10);

    if (end == text || *end != '\0' || errno != 0 || value < 1 ||
        value > THREADS_MAX) {
        return tn_host_fail_setting(instance->host, instance->host_data,
                                    "staging_threads",
                                    "is no number of threads from 1 to 32");
    }
    instance->staging_threads = (unsigned)value;
    return TN_OK;
}

tn_status cuda_stage_settings(tn_plugin_instance *instance)
{
    const tn_host *host = instance->host;
    const char *threads = host->config(instance->host_data, "staging_threads");
    uint32_t allowed = tn_processors_allowed();

    instance->staging = true;
    tn_status status = tn_host_read_yes(host, instance->host_data, "staging",
                                        &instance->staging);

    instance->staging_threads =
        allowed < THREADS_DEFAULT ? allowed : THREADS_DEFAULT;
    if (status == TN_OK && threads != NULL) {
        status = read_threads(instance, threads);
    }
    return status;
}

/* ---- a copy on its way ---- */

typedef struct pipeline {
    const cuda_transfer *transfer;
    const cuda_driver *driver;
    cuda_ring *ring;
    uint64_t at; /* of the job's bytes in the transfer */
    cuda_job job;
    /* chunks, all in their order */
    uint64_t opened; /* for the threads */
    uint64_t queued; /* for the device */
    uint64_t done;   /* out of their slots */
} pipeline;

static unsigned slot_of(const pipeline *p, uint64_t chunk)
{
    return (unsigned)(chunk % p->job.slot_count);
}

static cuda_result queue_chunk(pipeline *p)
{
    unsigned slot = slot_of(p, p->queued);
    cuda_queue queue = p->transfer->queue;
    size_t bytes = (size_t)cuda_job_bytes(&p->job, p->queued);
    cuda_address address =
        p->transfer->address + p->at + p->queued * p->job.chunk_bytes;
    cuda_result result =
        p->job.out ? p->driver->cuMemcpyDtoHAsync_v2(p->job.slots[slot],
                                                     address, bytes, queue)
                   : p->driver->cuMemcpyHtoDAsync_v2(
                         address, p->job.slots[slot], bytes, queue);

    if (result == TN_CUDA_SUCCESS) {
        result = cuda_ring_mark(p->ring, p->driver, slot, queue);
    }
    p->queued += result == TN_CUDA_SUCCESS;
    return result;
}

/* Opens the next chunk, if the device has done its part of the slot. */
static cuda_result open_chunk(pipeline *p, bool *moved)
{
    cuda_result result =
        cuda_ring_ask(p->ring, p->driver, slot_of(p, p->opened));

    if (result == TN_CUDA_ERROR_NOT_READY) {
        return TN_CUDA_SUCCESS;
    }
    if (result == TN_CUDA_SUCCESS) {
        cuda_crew_open(&p->ring->crew, p->opened++);
        *moved = true;
    }
    return result;
}

/* Threads fill a slot, then the device empties it. */
static cuda_result step_in(pipeline *p, bool *moved)
{
    cuda_result result = TN_CUDA_SUCCESS;

    if (p->queued < p->opened && cuda_job_copied(&p->job, p->queued)) {
        *moved = true;
        result = queue_chunk(p);
        p->done = p->queued;
    }
    if (result == TN_CUDA_SUCCESS && p->opened < p->job.chunks &&
        p->opened - p->done < p->job.slot_count) {
        result = open_chunk(p, moved);
    }
    return result;
}

/* The device fills a slot, then threads empty it. */
static cuda_result step_out(pipeline *p, bool *moved)
{
    cuda_result result = TN_CUDA_SUCCESS;

    if (p->done < p->opened && cuda_job_copied(&p->job, p->done)) {
        *moved = true;
        ++p->done;
    }
    if (p->queued < p->job.chunks && p->queued - p->done < p->job.slot_count) {
        *moved = true;
        result = queue_chunk(p);
    }
    if (result == TN_CUDA_SUCCESS && p->opened < p->queued) {
        result = open_chunk(p, moved);
    }
    return result;
}

static void pause_shortly(const cuda_wait *idle)
{
    if (tn_clock_now() - idle->begin < ASK_NANOSECONDS) {
        sched_yield(); /* a helper may need the processor */
    } else {
        (void)cuda_wait_more(idle);
    }
}

static cuda_result run(pipeline *p)
{
    cuda_result result = TN_CUDA_SUCCESS;
    cuda_wait idle = cuda_wait_begin(TN_FOREVER);

    cuda_crew_begin(&p->ring->crew, &p->job);
    while (p->done < p->job.chunks && result == TN_CUDA_SUCCESS) {
        bool moved = false;

        result = p->job.out ? step_out(p, &moved) : step_in(p, &moved);
        if (moved || cuda_job_help(&p->job)) {
            idle = cuda_wait_begin(TN_FOREVER);
        } else if (result == TN_CUDA_SUCCESS) {
            pause_shortly(&idle);
        }
    }
    cuda_crew_finish(&p->ring->crew);
    return result;
}

static cuda_result plan(pipeline *p, uint64_t bytes)
{
    uint64_t chunk = CUDA_BLOCK_BYTES;

    while (chunk > CHUNK_LEAST && bytes < CHUNKS_LEAST * chunk) {
        chunk /= 2;
    }
    p->job.out = p->transfer->out;
    p->job.host = p->transfer->host + p->at;
    p->job.bytes = bytes;
    p->job.chunk_bytes = chunk;
    p->job.piece_bytes = PIECE_BYTES;
    p->opened = 0;
    p->queued = 0;
    p->done = 0;
    return cuda_ring_cut(p->ring, p->driver, chunk, &p->job);
}

/* ---- staging ---- */

static void break_ring(tn_plugin_device *device, cuda_ring *ring,
                       cuda_result why)
{
    tn_plugin_instance *instance = device->instance;
    tn_sentence text;
    tn_sentence message;

    atomic_store(&ring->broken, true);
    if (!atomic_exchange(&instance->staging_failed, true)) {
        tn_sentence_set(&message,
                        "large copies of pageable memory are left to the "
                        "driver, which is slower: page-locking memory: %s",
                        cuda_result_text(&instance->driver, why, &text));
        instance->host->log(instance->host_data, TN_LOG_WARNING, message.text);
    }
}

/* What was queued may still use the slots; then they are not used again. */
static void settle(cuda_ring *ring, const cuda_transfer *transfer)
{
    const cuda_driver *driver = &transfer->device->instance->driver;

    if (driver->cuStreamSynchronize(transfer->queue) != TN_CUDA_SUCCESS) {
        atomic_store(&ring->broken, true);
    }
}

/* Whether the host's memory is none that the driver knows. */
static bool is_pageable(const cuda_driver *driver, const void *host)
{
    unsigned kind = 0;

    return driver->cuPointerGetAttribute(
               &kind, TN_CU_POINTER_ATTRIBUTE_MEMORY_TYPE,
               (cuda_address)(uintptr_t)host) != TN_CUDA_SUCCESS ||
           kind == 0;
}

/* Who shall not wait may be heard only where nothing is to be waited for. */
static bool is_idle(const cuda_transfer *transfer)
{
    const cuda_driver *driver = &transfer->device->instance->driver;

    return !transfer->foreign &&
           driver->cuStreamQuery(transfer->queue) == TN_CUDA_SUCCESS;
}

static bool is_staged(const cuda_transfer *transfer, const cuda_ring *ring)
{
    const tn_plugin_instance *instance = transfer->device->instance;

    return transfer->bytes >= STAGED_BYTES && instance->staging &&
           instance->staging_threads >=
               (transfer->out ? THREADS_OUT : THREADS_IN) &&
           !atomic_load_explicit(&ring->broken, memory_order_relaxed) &&
           is_pageable(&instance->driver, transfer->host) &&
           (transfer->wait || is_idle(transfer));
}

static cuda_result copy_turn(pipeline *p, uint64_t bytes)
{
    cuda_result result = plan(p, bytes);

    if (result == TN_CUDA_SUCCESS) {
        result = run(p);
    }
    if (result != TN_CUDA_SUCCESS) {
        settle(p->ring, p->transfer);
    }
    p->at += bytes;
    return result;
}

/* @return false: the ring cannot be used */
static bool take_turn(pipeline *p, cuda_result *result)
{
    const cuda_transfer *transfer = p->transfer;
    uint64_t bytes = transfer->bytes - p->at;
    cuda_result refused = TN_CUDA_SUCCESS;

    cuda_ring_take(p->ring);
    bool broken = atomic_load(&p->ring->broken); /* while this one waited */

    if (!broken) {
        refused = cuda_ring_prepare(p->ring, transfer->device, bytes);
    }
    if (!broken && refused == TN_CUDA_SUCCESS) {
        *result = copy_turn(p, bytes < TURN_BYTES ? bytes : TURN_BYTES);
    }
    cuda_ring_give(p->ring);
    if (refused != TN_CUDA_SUCCESS) {
        break_ring(transfer->device, p->ring, refused);
    }
    return !broken && refused == TN_CUDA_SUCCESS;
}

/* @return false: the driver shall copy, all of it */
static bool stage(const cuda_transfer *transfer, cuda_ring *ring,
                  cuda_result *result)
{
    const cuda_driver *driver = &transfer->device->instance->driver;
    pipeline p;

    p.transfer = transfer;
    p.driver = driver;
    p.ring = ring;
    p.at = 0;
    *result = driver->cuStreamSynchronize(transfer->queue);
    while (p.at < transfer->bytes && *result == TN_CUDA_SUCCESS) {
        if (!take_turn(&p, result)) {
            return false;
        }
    }
    if (*result == TN_CUDA_SUCCESS && transfer->wait) {
        *result = driver->cuStreamSynchronize(transfer->queue);
    }
    return true;
}

static cuda_result copy_plainly(const cuda_transfer *transfer)
{
    const cuda_driver *driver = &transfer->device->instance->driver;
    size_t bytes = (size_t)transfer->bytes;
    cuda_result result =
        transfer->out
            ? driver->cuMemcpyDtoHAsync_v2(transfer->host, transfer->address,
                                           bytes, transfer->queue)
            : driver->cuMemcpyHtoDAsync_v2(transfer->address, transfer->host,
                                           bytes, transfer->queue);

    if (result == TN_CUDA_SUCCESS && transfer->wait) {
        result = driver->cuStreamSynchronize(transfer->queue);
    }
    return result;
}

cuda_result cuda_transfer_do(const cuda_transfer *transfer)
{
    cuda_ring *ring = &transfer->device->rings[transfer->out];
    cuda_result result;

    if (is_staged(transfer, ring) && stage(transfer, ring, &result)) {
        return result;
    }
    return copy_plainly(transfer);
}
