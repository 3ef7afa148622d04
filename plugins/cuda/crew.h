/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Copying memory on several threads: the caller's and helpers, which sleep
 * while there is nothing to copy. They know nothing of the driver.
 *
 * A job goes through slots: its bytes are chunks, chunk i goes through slot
 * i mod slots, and each chunk is pieces, of which a thread copies one at a
 * time. Chunks are opened one after the other, by the caller.
 */
#ifndef TENON_CUDA_CREW_H
#define TENON_CUDA_CREW_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    CUDA_SLOTS_MAX = 32,
    CUDA_HELPERS_MAX = 31
};

/** A copy from (out) or into the slots; from `chunk` on it is the crew's. */
typedef struct cuda_job {
    bool out;
    unsigned char *host;
    uint64_t bytes;
    unsigned char *slots[CUDA_SLOTS_MAX];
    unsigned slot_count;
    uint64_t chunk_bytes;
    uint64_t piece_bytes;

    uint64_t chunks;
    uint64_t pieces;
    uint64_t pieces_per_chunk;
    _Atomic uint64_t claimed;
    _Atomic uint64_t open;                 /* pieces that may be claimed */
    _Atomic uint64_t left[CUDA_SLOTS_MAX]; /* pieces of a chunk to be copied */
} cuda_job;

/*
 * No locks: who is woken late for one would be waited for by all. Waking takes
 * 150 us on some virtual machines.
 */
typedef struct cuda_crew {
    pthread_t threads[CUDA_HELPERS_MAX];
    unsigned helpers;
    cuda_job *job;       /* for who works on it */
    atomic_uint working; /* helpers, and whether more may come */
    atomic_uint epoch;   /* rises with each job, and at the end */
    atomic_uint asleep;  /* helpers that wait for it to rise */
    atomic_uint opens;   /* rises with each chunk that is opened */
    atomic_uint dozing;  /* helpers that wait for that one */
    atomic_bool ends;
} cuda_crew;

/** Starts as many helpers as can be had, which take no signals. */
void cuda_crew_start(cuda_crew *crew, unsigned helpers);
/** Ends them. */
void cuda_crew_end(cuda_crew *crew);

/** Calls the helpers to a job, of which all above `chunks` is filled in. */
void cuda_crew_begin(cuda_crew *crew, cuda_job *job);
/** No helper knows the job when it returns; what is not copied is not. */
void cuda_crew_finish(cuda_crew *crew);

/** Opens a chunk: the next one. */
void cuda_crew_open(cuda_crew *crew, uint64_t chunk);
/** Whether all of a chunk that was opened is copied. */
bool cuda_job_copied(const cuda_job *job, uint64_t chunk);
/** Bytes of a chunk. */
uint64_t cuda_job_bytes(const cuda_job *job, uint64_t chunk);
/** Copies a piece, on this thread. @return whether there was one */
bool cuda_job_help(cuda_job *job);

#endif
