/* SPDX-License-Identifier: MIT */
#include "plugins/cuda/crew.h"

#include <sched.h>
#include <string.h>

#include "common/clock.h"
#include "common/futex.h"
#include "plugins/cuda/cuda.h"
#include "plugins/cuda/signals.h"

#define IS_OPEN 0x80000000u /* of cuda_crew.working */

/*
 * A helper stays awake for a while: after a copy, since the next one often
 * follows; in one, since the device may need that long for some chunks.
 */
#define AWAKE_NANOSECONDS 1000000

enum {
    LOOKS_UNTIL_YIELD = 64
};

/* ---- a job ---- */

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void split(cuda_job *job)
{
    job->pieces_per_chunk = job->chunk_bytes / job->piece_bytes;
    job->chunks = (job->bytes + job->chunk_bytes - 1) / job->chunk_bytes;
    job->pieces = (job->bytes + job->piece_bytes - 1) / job->piece_bytes;
    atomic_init(&job->claimed, 0);
    atomic_init(&job->open, 0);
}

uint64_t cuda_job_bytes(const cuda_job *job, uint64_t chunk)
{
    return least(job->chunk_bytes, job->bytes - chunk * job->chunk_bytes);
}

bool cuda_job_copied(const cuda_job *job, uint64_t chunk)
{
    return atomic_load_explicit(&job->left[chunk % job->slot_count],
                                memory_order_acquire) == 0;
}

static void copy_piece(cuda_job *job, uint64_t piece)
{
    uint64_t chunk = piece / job->pieces_per_chunk;
    uint64_t at = piece * job->piece_bytes;
    size_t bytes = (size_t)least(job->piece_bytes, job->bytes - at);
    unsigned slot = (unsigned)(chunk % job->slot_count);
    unsigned char *staged = job->slots[slot] + (at - chunk * job->chunk_bytes);

    if (job->out) {
        memcpy(job->host + at, staged, bytes);
    } else {
        memcpy(staged, job->host + at, bytes);
    }
    atomic_fetch_sub_explicit(&job->left[slot], 1, memory_order_release);
}

static bool is_open(const cuda_job *job)
{
    return atomic_load(&job->claimed) < atomic_load(&job->open);
}

bool cuda_job_help(cuda_job *job)
{
    uint64_t piece = atomic_load(&job->claimed);

    while (piece < atomic_load(&job->open)) {
        if (atomic_compare_exchange_weak(&job->claimed, &piece, piece + 1)) {
            copy_piece(job, piece);
            return true;
        }
    }
    return false;
}

/* ---- helpers ---- */

typedef struct patience {
    uint64_t end;
    unsigned looks;
} patience;

/* Between two looks at a word; false when it is time to sleep. */
static bool stay_awake(patience *p)
{
    if (p->looks == 0) {
        p->end = tn_clock_now() + AWAKE_NANOSECONDS;
    }
    if (++p->looks % LOOKS_UNTIL_YIELD != 0) {
        tn_pause();
        return true;
    }
    sched_yield(); /* there may be fewer processors than threads */
    return tn_clock_now() < p->end;
}

static bool all_is_open(const cuda_job *job)
{
    return atomic_load(&job->open) >= job->pieces;
}

/* Returns when there may be a piece, or never will be one more. */
static void await_more(cuda_crew *crew, const cuda_job *job)
{
    patience p = {0, 0};

    do {
        if (is_open(job) || all_is_open(job)) {
            return;
        }
    } while (stay_awake(&p));
    unsigned seen = atomic_load(&crew->opens);

    if (is_open(job) || all_is_open(job)) {
        return;
    }
    atomic_fetch_add(&crew->dozing, 1);
    tn_futex_wait(&crew->opens, seen, TN_FOREVER);
    atomic_fetch_sub(&crew->dozing, 1);
}

static void work(cuda_crew *crew, cuda_job *job)
{
    while (cuda_job_help(job) || !all_is_open(job)) {
        if (!is_open(job)) {
            await_more(crew, job);
        }
    }
}

static void await_epoch(cuda_crew *crew, unsigned seen)
{
    patience p = {0, 0};

    while (atomic_load(&crew->epoch) == seen) {
        if (!stay_awake(&p)) {
            atomic_fetch_add(&crew->asleep, 1);
            tn_futex_wait(&crew->epoch, seen, TN_FOREVER);
            atomic_fetch_sub(&crew->asleep, 1);
        }
    }
}

/* Joins what the crew works on; false: nothing any more. */
static bool join(cuda_crew *crew)
{
    unsigned working = atomic_load(&crew->working);

    while ((working & IS_OPEN) != 0) {
        if (atomic_compare_exchange_weak(&crew->working, &working,
                                         working + 1)) {
            return true;
        }
    }
    return false;
}

static void *be_helper(void *data)
{
    cuda_crew *crew = data;
    unsigned seen = 0;

    for (;;) {
        await_epoch(crew, seen);
        seen = atomic_load(&crew->epoch);
        if (atomic_load(&crew->ends)) {
            return NULL;
        }
        if (join(crew)) {
            work(crew, crew->job);
            atomic_fetch_sub(&crew->working, 1);
        }
    }
}

void cuda_crew_start(cuda_crew *crew, unsigned helpers)
{
    cuda_signals signals;

    memset(crew, 0, sizeof *crew);
    cuda_signals_block(&signals);
    while (crew->helpers < helpers && crew->helpers < CUDA_HELPERS_MAX &&
           pthread_create(&crew->threads[crew->helpers], NULL, be_helper,
                          crew) == 0) {
        pthread_setname_np(crew->threads[crew->helpers], "tenon-copy");
        ++crew->helpers;
    }
    cuda_signals_restore(&signals);
}

static void wake(atomic_uint *word, const atomic_uint *sleepers,
                 uint64_t threads)
{
    atomic_fetch_add(word, 1);
    if (atomic_load(sleepers) > 0) {
        tn_futex_wake(word, threads);
    }
}

void cuda_crew_end(cuda_crew *crew)
{
    atomic_store(&crew->ends, true);
    wake(&crew->epoch, &crew->asleep, UINT64_MAX);
    for (unsigned i = 0; i < crew->helpers; ++i) {
        pthread_join(crew->threads[i], NULL);
    }
}

/* ---- the caller ---- */

/* The caller takes one of the pieces itself. */
void cuda_crew_begin(cuda_crew *crew, cuda_job *job)
{
    split(job);
    crew->job = job;
    atomic_store(&crew->working, IS_OPEN);
    wake(&crew->epoch, &crew->asleep, job->pieces - 1);
}

void cuda_crew_open(cuda_crew *crew, uint64_t chunk)
{
    cuda_job *job = crew->job;
    uint64_t end = least(job->pieces, (chunk + 1) * job->pieces_per_chunk);

    atomic_store_explicit(&job->left[chunk % job->slot_count],
                          end - chunk * job->pieces_per_chunk,
                          memory_order_relaxed);
    atomic_store(&job->open, end);
    wake(&crew->opens, &crew->dozing, UINT64_MAX);
}

void cuda_crew_finish(cuda_crew *crew)
{
    cuda_job *job = crew->job;
    patience p = {0, 0};

    atomic_fetch_and(&crew->working, ~IS_OPEN);
    atomic_exchange(&job->claimed, job->pieces);
    atomic_store(&job->open, job->pieces);
    wake(&crew->opens, &crew->dozing, UINT64_MAX);
    while (atomic_load(&crew->working) > 0) {
        (void)stay_awake(&p); /* each copies one piece at most */
    }
}
