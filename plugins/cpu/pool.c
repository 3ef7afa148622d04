/* SPDX-License-Identifier: MIT */
#include "plugins/cpu/pool.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "common/futex.h"
#include "common/processors.h"
#include "plugins/cpu/command.h"
#include "plugins/cpu/cpu.h"
#include "plugins/cpu/stream.h"

/*
 * A launch wakes few, and each of those some more: waking takes a microsecond
 * or two a thread.
 */
enum {
    WOKEN_BY_LAUNCH = 4,
    WOKEN_BY_EACH = 2
};

/* How long the watcher sleeps, in nanoseconds. */
enum {
    WATCH_AT_ONCE = 50000, /* it saw work that nobody does yet */
    WATCH_AT_FIRST = 500000,
    WATCH_AT_LAST = 8000000
};

void cpu_pool_init(cpu_pool *pool, tn_plugin_instance *instance)
{
    memset(pool, 0, sizeof *pool);
    pool->instance = instance;
    pool->limit = instance->places.threads;
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

static void append_locked(cpu_pool *pool, tn_plugin_stream *stream)
{
    stream->listing.linked = true;
    stream->listing.next = NULL;
    stream->listing.previous = pool->last;
    *(pool->last != NULL ? &pool->last->listing.next : &pool->first) = stream;
    pool->last = stream;
}

static void unlink_locked(cpu_pool *pool, tn_plugin_stream *stream)
{
    tn_plugin_stream *next = stream->listing.next;
    tn_plugin_stream *previous = stream->listing.previous;

    stream->listing.linked = false;
    *(previous != NULL ? &previous->listing.next : &pool->first) = next;
    *(next != NULL ? &next->listing.previous : &pool->last) = previous;
}

bool cpu_pool_unlist(cpu_pool *pool, tn_plugin_stream *stream)
{
    cpu_lock_take(&pool->lock);
    bool linked = stream->listing.linked;

    if (linked) {
        unlink_locked(pool, stream);
    }
    cpu_lock_release(&pool->lock);
    return linked;
}

/* ---- waking ---- */

/*
 * Threads that are neither asleep nor at work. They look at the list before
 * they rest, so nobody has to be woken for what is put there now.
 */
static uint32_t searching(const cpu_pool *pool)
{
    uint32_t others = atomic_load(&pool->running) + atomic_load(&pool->resting);
    uint32_t count = atomic_load(&pool->count);

    return count > others ? count - others : 0;
}

/*
 * Sees to it that `wanted` threads come. Those that are about to sleep saw an
 * older epoch, and will not.
 */
static void wake(cpu_pool *pool, uint64_t wanted)
{
    atomic_fetch_add(&pool->epoch, 1);
    if (atomic_load(&pool->resting) == 0) {
        return;
    }
    uint32_t awake = searching(pool);

    if (wanted > awake) {
        tn_futex_wake(&pool->epoch, wanted - awake);
    }
}

/* Whether somebody has to get up to look after the list. */
static bool lacks_watcher_locked(const cpu_pool *pool)
{
    return !pool->watched && searching(pool) == 0 &&
           atomic_load(&pool->resting) > 0;
}

/* ---- taking work ---- */

/* Streams that have left the list, with their references. */
typedef struct quiet_streams {
    tn_plugin_stream *streams[16];
    uint32_t count;
} quiet_streams;

/*
 * The next command for one of the threads, referenced with its stream, which
 * goes to the end of the list, so that streams take turns. Who looks also takes
 * short work that lies there since the last look, and lets go of streams that
 * have been quiet since then.
 */
static cpu_command *take_locked(cpu_pool *pool, bool look, quiet_streams *quiet)
{
    const uint32_t room = sizeof quiet->streams / sizeof quiet->streams[0];
    cpu_command *command = NULL;
    tn_plugin_stream *stream = pool->first;

    while (command == NULL && stream != NULL && quiet->count < room) {
        tn_plugin_stream *next = stream->listing.next;
        cpu_sight sight = CPU_NOTHING;

        if (look || cpu_stream_offers(stream)) {
            sight = cpu_stream_take(stream, look, &command);
        }
        if (sight == CPU_TAKEN || sight == CPU_QUIET) {
            unlink_locked(pool, stream);
        }
        if (sight == CPU_TAKEN) {
            append_locked(pool, stream);
        } else if (sight == CPU_QUIET) {
            quiet->streams[quiet->count++] = stream;
        } else if (sight == CPU_WAITING) {
            pool->watch_again = WATCH_AT_ONCE;
        }
        stream = next;
    }
    return command;
}

static cpu_command *take(cpu_pool *pool, bool look)
{
    quiet_streams quiet = {.count = 0};

    cpu_lock_take(&pool->lock);
    cpu_command *command = take_locked(pool, look, &quiet);
    bool call = false;

    if (command != NULL) {
        atomic_fetch_add(&pool->running, 1);
        pool->watch_again = WATCH_AT_FIRST;
        call = pool->first != pool->last && lacks_watcher_locked(pool);
    }
    cpu_lock_release(&pool->lock);
    if (call) {
        wake(pool, 1);
    }
    while (quiet.count > 0) {
        cpu_stream_unreference(quiet.streams[--quiet.count]);
    }
    return command;
}

/* Whether threads that sleep could help with a command. */
static bool wants_more(const cpu_pool *pool, const cpu_command *command)
{
    return atomic_load(&pool->resting) > 0 && !cpu_command_is_short(command) &&
           atomic_load(&command->runners) < pool->instance->places.threads &&
           cpu_command_is_claimable(command);
}

static void run(cpu_pool *pool, cpu_command *command, cpu_scratch *arena)
{
    tn_plugin_stream *stream = command->stream;

    if (wants_more(pool, command)) {
        wake(pool, WOKEN_BY_EACH);
    }
    cpu_command_run(
        command,
        &(cpu_runner){.limit = TN_FOREVER, .arena = arena, .of_pool = true});
    cpu_stream_unreference(stream);
    atomic_fetch_sub(&pool->running, 1);
}

/* ---- the threads ---- */

/* Looks on for a while. True when there is news. */
static bool spin(const cpu_pool *pool, unsigned seen)
{
    uint64_t begin = cpu_ticks();

    if (pool->instance->places.usable < 2) {
        return false; /* it would keep everybody else from working */
    }
    while (cpu_ticks() - begin < CPU_SHORT_TICKS) {
        if (atomic_load_explicit(&pool->epoch, memory_order_acquire) != seen) {
            return true;
        }
        tn_pause();
    }
    return false;
}

static uint64_t watch_locked(cpu_pool *pool)
{
    uint64_t time = pool->watch_again;

    pool->watched = true;
    pool->watch_again = time < WATCH_AT_FIRST       ? WATCH_AT_FIRST
                        : 2 * time <= WATCH_AT_LAST ? 2 * time
                                                    : time;
    return time;
}

/* Sleeps. True for the watcher: it looks then. */
static bool rest(cpu_pool *pool, unsigned seen)
{
    uint64_t time = TN_FOREVER;

    cpu_lock_take(&pool->lock);
    bool watcher = pool->first != NULL && !pool->watched;

    if (watcher) {
        time = watch_locked(pool);
    }
    atomic_fetch_add(&pool->resting, 1);
    cpu_lock_release(&pool->lock);
    if (!atomic_load(&pool->stopping)) {
        tn_futex_wait(&pool->epoch, seen, time);
    }
    atomic_fetch_sub(&pool->resting, 1);
    if (watcher) {
        cpu_lock_take(&pool->lock);
        pool->watched = false;
        cpu_lock_release(&pool->lock);
    }
    return watcher;
}

static void *work(void *data)
{
    cpu_pool *pool = data;
    cpu_scratch arena = {.bytes = 0};
    bool look = false;
    bool worked = true;

    prctl(PR_SET_NAME, "tenon-cpu");
    while (!atomic_load(&pool->stopping)) {
        unsigned seen = atomic_load(&pool->epoch);
        cpu_command *command = take(pool, look);

        look = false;
        if (command != NULL) {
            run(pool, command, &arena);
            worked = true;
        } else if (!worked || !spin(pool, seen)) {
            look = rest(pool, seen);
            worked = false;
        }
    }
    cpu_scratch_finish(pool, &arena);
    return NULL;
}

/* ---- creating them ---- */

static void warn_of_missing_threads(const cpu_pool *pool, int error)
{
    const tn_plugin_instance *instance = pool->instance;

    tn_host_log(instance->host, instance->host_data, TN_LOG_WARNING,
                "only %u of %u threads could be created (%s); "
                "going on with these",
                (unsigned)atomic_load(&pool->count),
                (unsigned)instance->places.threads, strerror(error));
}

/* A thread that runs on any processor, though it was to have one. */
typedef struct unpinned {
    int processor;
    int error; /* 0: there is none */
} unpinned;

static void warn_of_unpinned(const cpu_pool *pool, const unpinned *first)
{
    const tn_plugin_instance *instance = pool->instance;

    tn_host_log(instance->host, instance->host_data, TN_LOG_WARNING,
                "no thread could be pinned to processor %d (%s)%s; such "
                "threads run on any processor",
                first->processor, strerror(first->error),
                first->error == EINVAL
                    ? ", which this process could use when it opened the "
                      "backend, and no longer can"
                    : "");
}

static int allow(pthread_attr_t *attributes, const int *processors,
                 uint32_t count)
{
    int last = 0;

    for (uint32_t i = 0; i < count; ++i) {
        last = processors[i] > last ? processors[i] : last;
    }
    size_t bytes = CPU_ALLOC_SIZE(last + 1);
    cpu_set_t *set = CPU_ALLOC(last + 1);

    if (set == NULL) {
        return ENOMEM;
    }
    CPU_ZERO_S(bytes, set);
    for (uint32_t i = 0; i < count; ++i) {
        CPU_SET_S(processors[i], bytes, set);
    }
    int error = pthread_attr_setaffinity_np(attributes, bytes, set);

    CPU_FREE(set);
    return error;
}

/* Signals are for the application's own threads. */
static int create_thread(cpu_pool *pool, pthread_t *thread,
                         const pthread_attr_t *attributes)
{
    sigset_t all;
    sigset_t own;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &own);
    int error = pthread_create(thread, attributes, work, pool);

    pthread_sigmask(SIG_SETMASK, &own, NULL);
    return error;
}

static int create_on(cpu_pool *pool, pthread_t *thread, const int *processors,
                     uint32_t count)
{
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);

    if (error != 0) {
        return error;
    }
    error = allow(&attributes, processors, count);
    if (error == 0) {
        error = create_thread(pool, thread, &attributes);
    }
    pthread_attr_destroy(&attributes);
    return error;
}

/*
 * The thread that happens to launch first may be bound to one processor, which
 * is no reason that all of ours are. Without need a thread gets no processors of
 * its own: it would not have those that the process is given later.
 */
static int create_unpinned(cpu_pool *pool, pthread_t *thread)
{
    const cpu_places *places = &pool->instance->places;
    int error = EINVAL;

    if (!tn_processors_has_all(places->processors, places->usable)) {
        error = create_on(pool, thread, places->processors, places->usable);
    }
    return error == 0 || error == EAGAIN ? error
                                         : create_thread(pool, thread, NULL);
}

/*
 * A processor may have gone since the backend was opened, and a thread is worth
 * more than its place. EAGAIN is about the thread.
 */
static int create_thread_locked(cpu_pool *pool, unpinned *first)
{
    const cpu_places *places = &pool->instance->places;
    uint32_t number = atomic_load(&pool->count);
    pthread_t *thread = &pool->threads[number];

    if (places->pinned && places->usable > 0) {
        const int *own = &places->processors[number % places->usable];
        int error = create_on(pool, thread, own, 1);

        if (error == 0 || error == EAGAIN) {
            return error;
        }
        if (!pool->told_of_unpinned) {
            pool->told_of_unpinned = true;
            *first = (unpinned){*own, error};
        }
    }
    return create_unpinned(pool, thread);
}

/*
 * Sees to it that as many threads as are wanted have nothing else to do, as far
 * as it may.
 */
static int grow_locked(cpu_pool *pool, uint64_t wanted, unpinned *first)
{
    uint32_t limit = pool->limit;
    uint64_t idle = atomic_load(&pool->count) - atomic_load(&pool->running);
    int error = 0;

    if (pool->threads == NULL && limit > 0) {
        pool->threads =
            cpu_allocate(pool->instance, limit * sizeof *pool->threads);
        error = pool->threads == NULL ? ENOMEM : 0;
    }
    while (error == 0 && idle < wanted && atomic_load(&pool->count) < limit) {
        atomic_store_explicit(&pool->process, getpid(), memory_order_relaxed);
        error = create_thread_locked(pool, first);
        if (error == 0) {
            atomic_fetch_add(&pool->count, 1);
            ++idle;
        }
    }
    if (error != 0) {
        pool->limit = atomic_load(&pool->count);
    }
    return error;
}

static void grow(cpu_pool *pool, uint64_t wanted)
{
    unpinned first = {.error = 0};

    cpu_lock_take(&pool->lock);
    int error = grow_locked(pool, wanted, &first);

    cpu_lock_release(&pool->lock);
    if (first.error != 0) {
        warn_of_unpinned(pool, &first);
    }
    if (error != 0) {
        warn_of_missing_threads(pool, error);
    }
}

/* ---- what streams do ---- */

static bool may_grow(cpu_pool *pool)
{
    return atomic_load(&pool->count) < atomic_load(&pool->limit);
}

void cpu_pool_list(cpu_pool *pool, tn_plugin_stream *stream)
{
    cpu_lock_take(&pool->lock);
    append_locked(pool, stream);
    pool->watch_again = WATCH_AT_FIRST;
    bool call = lacks_watcher_locked(pool);

    cpu_lock_release(&pool->lock);
    if (call) {
        wake(pool, 1);
    } else if (may_grow(pool)) {
        grow(pool, 1);
    }
}

void cpu_pool_call(cpu_pool *pool, uint64_t shares)
{
    uint32_t limit = atomic_load(&pool->limit);
    uint64_t wanted = shares < limit ? shares : limit > 1 ? limit - 1 : 1;

    if (may_grow(pool)) {
        grow(pool, shares);
    }
    wake(pool, wanted < WOKEN_BY_LAUNCH ? wanted : WOKEN_BY_LAUNCH);
}

bool cpu_pool_help(cpu_pool *pool)
{
    cpu_command *command = take(pool, true);

    if (command == NULL) {
        return false;
    }
    run(pool, command, NULL);
    return true;
}

void cpu_pool_finish(cpu_pool *pool)
{
    atomic_store(&pool->stopping, true);
    atomic_fetch_add(&pool->epoch, 1);
    tn_futex_wake(&pool->epoch, UINT64_MAX);
    for (uint32_t i = 0; i < atomic_load(&pool->count); ++i) {
        pthread_join(pool->threads[i], NULL);
    }
    while (pool->first != NULL) {
        tn_plugin_stream *stream = pool->first;

        unlink_locked(pool, stream);
        cpu_stream_unreference(stream);
    }
    cpu_scratch_free_all(pool);
    cpu_release(pool->instance, pool->threads);
}
