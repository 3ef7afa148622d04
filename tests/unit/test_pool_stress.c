/* SPDX-License-Identifier: MIT */
/*
 * The pool under threads that allocate, use, hand on and destroy buffers in
 * random sizes, streams and orders. Each buffer is filled with a pattern of its
 * own by queued work; what queued work reads of it, even after it is destroyed,
 * must be that pattern.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/unit/backends.h"

enum {
    THREADS = 4,
    STREAMS = 3, /* of each thread */
    SLOTS = 6,   /* buffers of each thread */
    CHECKS = 8,  /* reads of each thread that are not looked at yet */
    BOXES = 3,   /* buffers on their way from one thread to another */
    SIZES = 12,  /* powers of two, from 64 bytes on */
    PATTERN_BYTES = 16
};

typedef struct pattern {
    uint64_t words[2];
} pattern;

/* A buffer, and the stream behind whose work all of its uses are. */
typedef struct slot {
    tn_buffer *buffer;
    uint64_t bytes;
    pattern filled;
    unsigned stream;
} slot;

/* Bytes that queued work puts there, and what they must be. */
typedef struct check {
    tn_event *event;
    unsigned char *bytes;
    uint64_t count;
    pattern expected;
} check;

typedef struct box {
    pthread_mutex_t lock;
    slot full;
    tn_event *event; /* behind its uses; NULL: the box is empty */
} box;

static struct {
    tn_device *device;
    unsigned rounds;
    atomic_uint wrong;
    atomic_uint_fast64_t numbers;
    box boxes[BOXES];
} the;

typedef struct worker {
    pthread_t thread;
    unsigned seed;
    tn_stream *streams[STREAMS];
    slot slots[SLOTS];
    check checks[CHECKS];
    unsigned next_check;
} worker;

static bool demand(bool holds, const char *what)
{
    if (!holds) {
        printf("\n    %s: %s", what, tn_error_message());
        the.wrong++;
    }
    return holds;
}

#define DEMAND(call) demand((call) == TN_OK, #call)

static unsigned any(worker *w, unsigned below)
{
    return (unsigned)rand_r(&w->seed) % below;
}

/* ---- reading ---- */

static void look_at(check *made)
{
    if (made->event == NULL) {
        return;
    }
    DEMAND(tn_event_sync(made->event));
    for (uint64_t i = 0; i < made->count; i += PATTERN_BYTES) {
        if (!demand(memcmp(made->bytes + i, &made->expected, PATTERN_BYTES) ==
                        0,
                    "another's bytes in a buffer")) {
            break;
        }
    }
    tn_event_destroy(made->event);
    free(made->bytes);
    made->event = NULL;
}

/* Queues a read of all of a buffer. */
static void read_slot(worker *w, const slot *from)
{
    check *made = &w->checks[w->next_check++ % CHECKS];
    tn_stream *stream = w->streams[from->stream];

    look_at(made);
    made->count = from->bytes;
    made->expected = from->filled;
    made->bytes = malloc(from->bytes);
    if (demand(made->bytes != NULL, "malloc") &&
        DEMAND(tn_copy_from_async(stream, from->buffer, 0, made->bytes,
                                  from->bytes)) &&
        DEMAND(tn_event_create(the.device, &made->event))) {
        DEMAND(tn_event_record(made->event, stream));
    }
}

/* ---- what a thread does ---- */

static void pause_shortly(void *data, tn_status status)
{
    const struct timespec shortly = {0, 20000};

    (void)data;
    (void)status;
    nanosleep(&shortly, NULL);
}

static void create(worker *w, slot *made)
{
    uint64_t least = (uint64_t)64 << any(w, SIZES);
    tn_buffer_options options = {.size = sizeof options};

    made->stream = any(w, STREAMS);
    made->bytes =
        (least + any(w, (unsigned)least)) / PATTERN_BYTES * PATTERN_BYTES;
    made->filled.words[0] = the.numbers++;
    made->filled.words[1] = ~made->filled.words[0];
    if (any(w, 2) == 0) {
        options.stream = w->streams[made->stream];
    }
    if (any(w, 8) == 0) {
        DEMAND(tn_stream_call(w->streams[made->stream], pause_shortly, NULL));
    }
    if (DEMAND(tn_buffer_create_with(the.device, made->bytes, &options,
                                     &made->buffer))) {
        DEMAND(tn_fill(w->streams[made->stream], made->buffer, 0, made->bytes,
                       &made->filled, PATTERN_BYTES));
    }
}

/* With a read behind it that runs when the buffer is gone. */
static void destroy(worker *w, slot *old)
{
    read_slot(w, old);
    if (any(w, 2) == 0) {
        tn_buffer_destroy_on(old->buffer, w->streams[old->stream]);
    } else {
        tn_buffer_destroy(old->buffer);
    }
    old->buffer = NULL;
}

/* Lets a stream go on where a slot's uses have ended. */
static void follow(worker *w, slot *moved, unsigned stream)
{
    tn_event *event = NULL;

    if (moved->stream != stream &&
        DEMAND(tn_event_create(the.device, &event))) {
        DEMAND(tn_event_record(event, w->streams[moved->stream]));
        DEMAND(tn_stream_wait(w->streams[stream], event));
        tn_event_destroy(event);
        moved->stream = stream;
    }
}

static void copy(worker *w, slot *to, slot *from)
{
    if (to == from || from->buffer == NULL || from->bytes < to->bytes) {
        return;
    }
    follow(w, from, to->stream);
    to->filled = from->filled;
    DEMAND(tn_copy(w->streams[to->stream], to->buffer, 0, from->buffer, 0,
                   to->bytes));
}

/* Gives a buffer to another thread, with the event that it waits for. */
static void post(worker *w, slot *own)
{
    box *to = &the.boxes[any(w, BOXES)];
    tn_event *event = NULL;

    if (DEMAND(tn_event_create(the.device, &event))) {
        DEMAND(tn_event_record(event, w->streams[own->stream]));
    }
    pthread_mutex_lock(&to->lock);
    if (to->event == NULL) {
        to->full = *own;
        to->event = event;
        own->buffer = NULL;
        event = NULL;
    }
    pthread_mutex_unlock(&to->lock);
    tn_event_destroy(event);
}

static void fetch(worker *w, slot *own)
{
    box *from = &the.boxes[any(w, BOXES)];
    tn_event *event = NULL;

    pthread_mutex_lock(&from->lock);
    if (from->event != NULL) {
        *own = from->full;
        event = from->event;
        from->event = NULL;
    }
    pthread_mutex_unlock(&from->lock);
    if (event != NULL) {
        own->stream = any(w, STREAMS);
        DEMAND(tn_stream_wait(w->streams[own->stream], event));
        tn_event_destroy(event);
    }
}

/* A stream goes with work in its queue; its buffers go on without it. */
static void replace_stream(worker *w, unsigned old)
{
    for (unsigned i = 0; i < SLOTS; ++i) {
        if (w->slots[i].buffer != NULL) {
            follow(w, &w->slots[i], (old + 1) % STREAMS);
        }
    }
    tn_stream_destroy(w->streams[old]);
    DEMAND(tn_stream_create(the.device, &w->streams[old]));
}

static void step(worker *w)
{
    slot *own = &w->slots[any(w, SLOTS)];

    if (own->buffer == NULL) {
        if (any(w, 4) == 0) {
            fetch(w, own);
        } else {
            create(w, own);
        }
        return;
    }
    switch (any(w, 12)) {
    case 0:
        post(w, own);
        break;
    case 1:
        follow(w, own, any(w, STREAMS));
        break;
    case 2:
        read_slot(w, own);
        break;
    case 3:
    case 4:
        copy(w, own, &w->slots[any(w, SLOTS)]);
        break;
    case 5:
        DEMAND(tn_stream_sync(w->streams[own->stream]));
        break;
    case 6:
        if (any(w, 8) == 0) {
            replace_stream(w, any(w, STREAMS));
        } else if (any(w, 64) == 0) {
            DEMAND(tn_device_memory_trim(the.device));
        }
        break;
    default:
        destroy(w, own);
        break;
    }
}

static void *work(void *data)
{
    worker *w = data;

    for (unsigned i = 0; i < STREAMS; ++i) {
        DEMAND(tn_stream_create(the.device, &w->streams[i]));
    }
    for (unsigned i = 0; i < the.rounds && the.wrong == 0; ++i) {
        step(w);
    }
    for (unsigned i = 0; i < SLOTS; ++i) {
        if (w->slots[i].buffer != NULL) {
            destroy(w, &w->slots[i]);
        }
    }
    for (unsigned i = 0; i < CHECKS; ++i) {
        look_at(&w->checks[i]);
    }
    for (unsigned i = 0; i < STREAMS; ++i) {
        tn_stream_destroy(w->streams[i]);
    }
    return NULL;
}

/* ---- the tests ---- */

static void empty_boxes(void)
{
    for (unsigned i = 0; i < BOXES; ++i) {
        box *left = &the.boxes[i];

        if (left->event != NULL) {
            tn_buffer_destroy(left->full.buffer);
            tn_event_destroy(left->event);
            left->event = NULL;
        }
    }
}

/*
 * @param more  further lines of the configuration, behind [runtime]
 */
static void run(const char *backend, const char *cache, const char *more)
{
    static worker workers[THREADS];
    tn_runtime *runtime = NULL;
    tn_memory_stats stats = {.size = sizeof stats};
    const char *rounds = getenv("TN_POOL_ROUNDS"); /* more of them, by hand */

    NEEDS(backends_open(
        backend, suite_text("cache_memory = %s\n%s", cache, more), &runtime));
    NEEDS(tn_device_default(runtime, &the.device));
    the.rounds = rounds != NULL ? (unsigned)atoi(rounds) : 3000;
    the.wrong = 0;
    for (unsigned i = 0; i < THREADS; ++i) {
        workers[i] = (worker){.seed = i + 1};
        CU_ASSERT_EQUAL_FATAL(
            pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; ++i) {
        pthread_join(workers[i].thread, NULL);
    }
    CU_ASSERT_EQUAL(the.wrong, 0);
    empty_boxes();
    WORKS(tn_device_memory_stats(the.device, &stats));
    CU_ASSERT_EQUAL(stats.buffers, 0);
    CU_ASSERT_EQUAL(stats.used_bytes, 0);
    CU_ASSERT_EQUAL(stats.asked_bytes, 0);
    CU_ASSERT_TRUE(stats.cached_bytes <= stats.limit_bytes);
    printf("%llu of %llu used again ", (unsigned long long)stats.hits,
           (unsigned long long)(stats.hits + stats.misses));
    tn_runtime_close(runtime);
}

static void run_on(const char *backend, const char *more)
{
    for (unsigned i = 0; i < BOXES; ++i) {
        pthread_mutex_init(&the.boxes[i].lock, NULL);
    }
    run(backend, "1G", more);
    run(backend, "200K", more); /* where something is always given back */
    run(backend, "0", more);
}

/* The cpu, or what a test of another backend names. */
static void buffers_hold_what_was_put_there(void)
{
    const char *backend = getenv("TN_POOL_BACKEND");
    const char *more = getenv("TN_POOL_SETTINGS");

    backend = backend != NULL ? backend : "cpu";
    suite_link(
        suite_built(suite_text("plugins/%s/.libs/%s.so", backend, backend)),
        suite_text("plugins/%s.so", backend));
    run_on(backend, more != NULL ? more : "");
}

static void so_they_do_on_a_fake(void)
{
    backends_install("works");
    run_on("works", "");
}

#define TESTS(X)                                                               \
    X(buffers_hold_what_was_put_there)                                         \
    X(so_they_do_on_a_fake)

SUITE_MAIN("pool stress", TESTS)
