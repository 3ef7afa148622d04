/* SPDX-License-Identifier: MIT */
#include "plugins/cuda/crew.h"

#include <sched.h>
#include <string.h>

#include "plugins/cuda/signals.h"

enum {
    /* Looks for work before a helper sleeps: some 20 us without a job, and
     * within one as long as the device may take for a chunk. */
    LOOKS_IDLE = 500,
    LOOKS_BUSY = 5000,
    LOOKS_UNTIL_YIELD = 64,
    /* Who is called calls so many others: waking takes time. */
    CALLS = 2
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

/* Others may need the processor, if there are fewer than threads. */
static void rest(int looks)
{
    if (looks % LOOKS_UNTIL_YIELD == LOOKS_UNTIL_YIELD - 1) {
        sched_yield();
        return;
    }
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

static bool all_is_open(const cuda_job *job)
{
    return atomic_load(&job->open) >= job->pieces;
}

/* Returns when there may be a piece, or never will be one more. */
static void await_more(cuda_crew *crew, const cuda_job *job)
{
    for (int i = 0; i < LOOKS_BUSY; ++i) {
        if (is_open(job) || all_is_open(job)) {
            return;
        }
        rest(i);
    }
    pthread_mutex_lock(&crew->lock);
    atomic_fetch_add(&crew->asleep, 1);
    while (!is_open(job) && !all_is_open(job)) {
        pthread_cond_wait(&crew->more, &crew->lock);
    }
    atomic_fetch_sub(&crew->asleep, 1);
    pthread_mutex_unlock(&crew->lock);
}

static void work(cuda_crew *crew, cuda_job *job)
{
    for (;;) {
        if (cuda_job_help(job)) {
            continue;
        }
        if (all_is_open(job)) {
            return;
        }
        await_more(crew, job);
    }
}

static void call_locked(cuda_crew *crew)
{
    for (int i = 0; i < CALLS && crew->wanted > 0; ++i) {
        --crew->wanted;
        pthread_cond_signal(&crew->begun);
    }
}

/* The next job, to which others are called too; NULL: the end. */
static cuda_job *join(cuda_crew *crew, uint64_t *seen)
{
    for (int i = 0; i < LOOKS_IDLE && atomic_load(&crew->number) == *seen;
         ++i) {
        rest(i);
    }
    pthread_mutex_lock(&crew->lock);
    while (!crew->ends && (crew->job == NULL || crew->number == *seen)) {
        pthread_cond_wait(&crew->begun, &crew->lock);
    }
    cuda_job *job = crew->ends ? NULL : crew->job;

    *seen = crew->number;
    crew->working += job != NULL;
    call_locked(crew);
    pthread_mutex_unlock(&crew->lock);
    return job;
}

static void leave(cuda_crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    if (--crew->working == 0) {
        pthread_cond_signal(&crew->finished);
    }
    pthread_mutex_unlock(&crew->lock);
}

static void *be_helper(void *data)
{
    cuda_crew *crew = data;
    cuda_job *job;
    uint64_t seen = 0;

    while ((job = join(crew, &seen)) != NULL) {
        work(crew, job);
        leave(crew);
    }
    return NULL;
}

void cuda_crew_start(cuda_crew *crew, unsigned helpers)
{
    cuda_signals signals;

    memset(crew, 0, sizeof *crew);
    pthread_mutex_init(&crew->lock, NULL);
    pthread_cond_init(&crew->begun, NULL);
    pthread_cond_init(&crew->more, NULL);
    pthread_cond_init(&crew->finished, NULL);
    cuda_signals_block(&signals);
    while (crew->helpers < helpers && crew->helpers < CUDA_HELPERS_MAX &&
           pthread_create(&crew->threads[crew->helpers], NULL, be_helper,
                          crew) == 0) {
        pthread_setname_np(crew->threads[crew->helpers], "tenon-copy");
        ++crew->helpers;
    }
    cuda_signals_restore(&signals);
}

void cuda_crew_end(cuda_crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    crew->ends = true;
    pthread_cond_broadcast(&crew->begun);
    pthread_mutex_unlock(&crew->lock);
    for (unsigned i = 0; i < crew->helpers; ++i) {
        pthread_join(crew->threads[i], NULL);
    }
    pthread_cond_destroy(&crew->finished);
    pthread_cond_destroy(&crew->more);
    pthread_cond_destroy(&crew->begun);
    pthread_mutex_destroy(&crew->lock);
}

/* ---- the caller ---- */

/* The caller takes one of the pieces itself. */
void cuda_crew_begin(cuda_crew *crew, cuda_job *job)
{
    split(job);
    pthread_mutex_lock(&crew->lock);
    crew->job = job;
    crew->wanted = least(crew->helpers, job->pieces - 1);
    ++crew->number;
    call_locked(crew);
    pthread_mutex_unlock(&crew->lock);
}

static void wake(cuda_crew *crew)
{
    if (atomic_load(&crew->asleep) > 0) {
        pthread_mutex_lock(&crew->lock);
        pthread_cond_broadcast(&crew->more);
        pthread_mutex_unlock(&crew->lock);
    }
}

void cuda_crew_open(cuda_crew *crew, uint64_t chunk)
{
    cuda_job *job = crew->job;
    uint64_t end = least(job->pieces, (chunk + 1) * job->pieces_per_chunk);

    atomic_store_explicit(&job->left[chunk % job->slot_count],
                          end - chunk * job->pieces_per_chunk,
                          memory_order_relaxed);
    atomic_store(&job->open, end);
    wake(crew);
}

void cuda_crew_finish(cuda_crew *crew)
{
    cuda_job *job = crew->job;

    atomic_exchange(&job->claimed, job->pieces);
    atomic_store(&job->open, job->pieces);
    wake(crew);
    pthread_mutex_lock(&crew->lock);
    crew->job = NULL;
    crew->wanted = 0;
    while (crew->working > 0) {
        pthread_cond_wait(&crew->finished, &crew->lock);
    }
    pthread_mutex_unlock(&crew->lock);
}
