/* SPDX-License-Identifier: MIT */
#include "plugins/cpu/pool.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "common/sentence.h"
#include "plugins/cpu/command.h"
#include "plugins/cpu/cpu.h"

void cpu_pool_init(cpu_pool *pool, tn_plugin_instance *instance)
{
    memset(pool, 0, sizeof *pool);
    pool->instance = instance;
    pool->limit = instance->threads;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
}

bool cpu_pool_is_foreign(const cpu_pool *pool)
{
    int process = atomic_load_explicit(&pool->process, memory_order_relaxed);

    return process != 0 && process != getpid();
}

bool cpu_pool_is_empty(const cpu_pool *pool)
{
    return atomic_load_explicit(&pool->count, memory_order_relaxed) == 0;
}

/* ---- the list ---- */

static void append_locked(cpu_pool *pool, cpu_command *command)
{
    command->ready = true;
    command->ready_next = NULL;
    command->ready_previous = pool->last;
    *(pool->last != NULL ? &pool->last->ready_next : &pool->first) = command;
    pool->last = command;
}

static void unlink_locked(cpu_pool *pool, cpu_command *command)
{
    cpu_command *next = command->ready_next;
    cpu_command *previous = command->ready_previous;

    command->ready = false;
    *(previous != NULL ? &previous->ready_next : &pool->first) = next;
    *(next != NULL ? &next->ready_previous : &pool->last) = previous;
}

/*
 * The next command with something to claim, referenced. It goes to the end of
 * the list, so that streams take turns. Exhausted ones leave the list on the
 * way; whoever finishes them holds another reference.
 */
static cpu_command *take_locked(cpu_pool *pool)
{
    cpu_command *command;

    while ((command = pool->first) != NULL) {
        unlink_locked(pool, command);
        if (cpu_command_is_claimable(command)) {
            append_locked(pool, command);
            cpu_command_reference(command);
            break;
        }
        cpu_command_unreference(command);
    }
    return command;
}

/* ---- the threads ---- */

static void *work(void *data)
{
    cpu_pool *pool = data;

    prctl(PR_SET_NAME, "tenon-cpu");
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        cpu_command *command = take_locked(pool);

        if (command != NULL) {
            if (pool->idle > 0 && pool->first != pool->last) {
                pthread_cond_signal(&pool->work); /* more for others */
            }
            pthread_mutex_unlock(&pool->lock);
            cpu_command_run(command);
            cpu_command_unreference(command);
            pthread_mutex_lock(&pool->lock);
        } else if (pool->stopping) {
            break;
        } else {
            ++pool->idle;
            pthread_cond_wait(&pool->work, &pool->lock);
            --pool->idle;
        }
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static void warn_of_missing_threads(const cpu_pool *pool, int error)
{
    const tn_plugin_instance *instance = pool->instance;
    tn_sentence sentence;

    tn_sentence_set(&sentence,
                    "cpu: only %u of %u threads could be created (%s); "
                    "going on with these",
                    (unsigned)pool->count, (unsigned)instance->threads,
                    strerror(error));
    instance->host->log(instance->host_data, TN_LOG_WARNING, sentence.text);
}

/* Signals are for the application's own threads. */
static int create_thread_locked(cpu_pool *pool)
{
    sigset_t all;
    sigset_t own;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &own);
    int error = pthread_create(&pool->threads[pool->count], NULL, work, pool);

    pthread_sigmask(SIG_SETMASK, &own, NULL);
    return error;
}

/* Sees to it that `wanted` threads are or become idle, as far as it may. */
static void grow_locked(cpu_pool *pool, uint64_t wanted)
{
    int error = 0;

    if (pool->threads == NULL) {
        pool->threads =
            cpu_allocate(pool->instance, pool->limit * sizeof *pool->threads);
        error = pool->threads == NULL ? ENOMEM : 0;
    }
    for (uint64_t ready = pool->idle;
         error == 0 && ready < wanted && pool->count < pool->limit; ++ready) {
        atomic_store_explicit(&pool->process, getpid(), memory_order_relaxed);
        error = create_thread_locked(pool);
        if (error == 0) {
            atomic_fetch_add_explicit(&pool->count, 1, memory_order_relaxed);
        }
    }
    if (error != 0) {
        warn_of_missing_threads(pool, error);
        pool->limit = pool->count;
    }
}

void cpu_pool_add(cpu_pool *pool, cpu_command *command)
{
    uint64_t chunks = (command->units - 1) / command->chunk + 1;

    cpu_command_reference(command);
    pthread_mutex_lock(&pool->lock);
    append_locked(pool, command);
    if (pool->count < pool->limit && pool->idle < chunks) {
        grow_locked(pool, chunks);
    }
    if (pool->idle > 0 && chunks < pool->idle) {
        for (uint64_t i = 0; i < chunks; ++i) {
            pthread_cond_signal(&pool->work);
        }
    } else if (pool->idle > 0) {
        pthread_cond_broadcast(&pool->work);
    }
    pthread_mutex_unlock(&pool->lock);
}

void cpu_pool_remove(cpu_pool *pool, cpu_command *command)
{
    pthread_mutex_lock(&pool->lock);
    bool listed = command->ready;

    if (listed) {
        unlink_locked(pool, command);
    }
    pthread_mutex_unlock(&pool->lock);
    if (listed) {
        cpu_command_unreference(command);
    }
}

bool cpu_pool_help(cpu_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    cpu_command *command = take_locked(pool);

    pthread_mutex_unlock(&pool->lock);
    if (command == NULL) {
        return false;
    }
    cpu_command_run(command);
    cpu_command_unreference(command);
    return true;
}

/* ---- group memory ---- */

static void free_scratch(cpu_pool *pool, cpu_scratch *scratch)
{
    cpu_release(pool->instance, scratch->block);
    cpu_release(pool->instance, scratch);
}

cpu_scratch *cpu_pool_borrow(cpu_pool *pool, uint64_t bytes)
{
    const tn_plugin_instance *instance = pool->instance;

    pthread_mutex_lock(&pool->lock);
    cpu_scratch *scratch = pool->scratches;

    if (scratch != NULL) {
        pool->scratches = scratch->next;
    }
    pthread_mutex_unlock(&pool->lock);
    if (scratch == NULL) {
        scratch = cpu_allocate(pool->instance, sizeof *scratch);
    }
    if (scratch == NULL || scratch->bytes >= bytes) {
        return scratch;
    }
    cpu_release(pool->instance, scratch->block);
    scratch->block = instance->host->allocate(instance->host_data,
                                              (size_t)bytes, CPU_ALIGNMENT);
    scratch->bytes = bytes;
    if (scratch->block == NULL) {
        cpu_release(pool->instance, scratch);
        return NULL;
    }
    return scratch;
}

void cpu_pool_return(cpu_pool *pool, cpu_scratch *scratch)
{
    if (scratch == NULL) {
        return;
    }
    pthread_mutex_lock(&pool->lock);
    scratch->next = pool->scratches;
    pool->scratches = scratch;
    pthread_mutex_unlock(&pool->lock);
}

void cpu_pool_finish(cpu_pool *pool)
{
    cpu_scratch *scratch;

    pthread_mutex_lock(&pool->lock);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (uint32_t i = 0; i < pool->count; ++i) {
        pthread_join(pool->threads[i], NULL);
    }
    while ((scratch = pool->scratches) != NULL) {
        pool->scratches = scratch->next;
        free_scratch(pool, scratch);
    }
    cpu_release(pool->instance, pool->threads);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
}
