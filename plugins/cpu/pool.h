/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The threads that run groups, and the list of commands that have some to
 * claim.
 */
#ifndef TENON_CPU_POOL_H
#define TENON_CPU_POOL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <tenon/plugin.h>

typedef struct cpu_command cpu_command;

/** A block of group memory, used by one thread at a time. */
typedef struct cpu_scratch {
    struct cpu_scratch *next;
    void *block;
    uint64_t bytes;
} cpu_scratch;

typedef struct cpu_pool {
    tn_plugin_instance *instance;
    pthread_mutex_t lock;
    pthread_cond_t work;
    cpu_command *first; /* with something to claim, or just without */
    cpu_command *last;
    uint32_t idle;  /* threads that sleep */
    uint32_t limit; /* threads that there may be */
    bool stopping;
    atomic_int process; /* whose threads they are; 0 without any */
    atomic_uint count;  /* of threads that there are */
    pthread_t *threads;
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

/** Lets threads claim the command's units; takes a reference. */
void cpu_pool_add(cpu_pool *pool, cpu_command *command);
void cpu_pool_remove(cpu_pool *pool, cpu_command *command);

/** Runs a command of the list, if one has something to claim. */
bool cpu_pool_help(cpu_pool *pool);

/**
 * A block of at least so many bytes, aligned to CPU_ALIGNMENT; NULL without
 * memory.
 */
cpu_scratch *cpu_pool_borrow(cpu_pool *pool, uint64_t bytes);
void cpu_pool_return(cpu_pool *pool, cpu_scratch *scratch);

#endif
