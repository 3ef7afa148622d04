/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The threads that run groups, and the list of streams that may have some for
 * them.
 *
 * A thread that finds nothing to do looks on for some microseconds and then
 * sleeps. While streams are in the list one of the sleepers, the watcher, gets
 * up from time to time: work that is too short to wake anybody for is so done
 * even if nobody waits for it. A stream that has been quiet leaves the list.
 */
#ifndef TENON_CPU_POOL_H
#define TENON_CPU_POOL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <tenon/plugin.h>

#include "plugins/cpu/lock.h"

/**
 * A block of group memory, used by one thread at a time: each thread of the
 * pool has one of its own, those that wait take one from the pool's list.
 */
typedef struct cpu_scratch {
    struct cpu_scratch *next;
    void *block;
    uint64_t bytes;
} cpu_scratch;

typedef struct cpu_pool {
    tn_plugin_instance *instance;
    atomic_uint epoch;   /* rises when sleepers are wanted; they sleep on it */
    atomic_uint count;   /* of threads that there are */
    atomic_uint running; /* those with a command */
    atomic_uint resting; /* those asleep, or about to */
    atomic_bool stopping;
    atomic_int process; /* whose threads they are; 0 without any */

    cpu_lock lock; /* for all below; a stream's lock may follow it */
    tn_plugin_stream *first;
    tn_plugin_stream *last;
    atomic_uint limit;    /* threads that there may be */
    bool watched;         /* by one of the resting */
    uint64_t watch_again; /* nanoseconds until the watcher looks */
    pthread_t *threads;
    bool told_of_unpinned;  /* threads that were to be pinned */
    cpu_scratch *scratches; /* that nobody uses now */
} cpu_pool;

/** No thread exists before there is work. */
void cpu_pool_init(cpu_pool *pool, tn_plugin_instance *instance);

/** Joins the threads; no work is left. */
void cpu_pool_finish(cpu_pool *pool);

/** Whether this process is a fork of the one with the threads. */
bool cpu_pool_is_foreign(const cpu_pool *pool);

/** Whether there is no thread, so that whoever waits does the work. */
bool cpu_pool_is_empty(const cpu_pool *pool);

/** Puts a stream into the list, which takes over a reference to it. */
void cpu_pool_list(cpu_pool *pool, tn_plugin_stream *stream);
/** Takes it out. True if it was in: the reference is the caller's then. */
bool cpu_pool_unlist(cpu_pool *pool, tn_plugin_stream *stream);

/**
 * Calls threads for work in a listed stream that so many can share; one of them
 * is expected to be the thread that waits.
 */
void cpu_pool_call(cpu_pool *pool, uint64_t shares);

/** Runs a command of the listed streams, if one has something to claim. */
bool cpu_pool_help(cpu_pool *pool);

/** One of the list; NULL without memory. */
cpu_scratch *cpu_scratch_borrow(cpu_pool *pool);
void cpu_scratch_return(cpu_pool *pool, cpu_scratch *scratch);

/**
 * Makes it hold at least so many bytes, aligned to CPU_ALIGNMENT; false without
 * memory.
 */
bool cpu_scratch_reserve(cpu_pool *pool, cpu_scratch *scratch, uint64_t bytes);

/** Gives back the block, or all of the list. */
void cpu_scratch_finish(cpu_pool *pool, cpu_scratch *scratch);
void cpu_scratch_free_all(cpu_pool *pool);

#endif
