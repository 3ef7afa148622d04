/* SPDX-License-Identifier: MIT */
/*
 * Lists of commands in random sizes, offsets and orders: recorded and run as a
 * graph they leave the same bytes as run one by one. And large copies bring the
 * same bytes as small ones. Several threads do it at once on one device.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/backends.h"

enum {
    THREADS = 3,
    STREAMS = 2, /* of each thread */
    BUFFERS = 3, /* of a set */
    BUFFER_BYTES = 3 << 19,
    SMALL_BYTES = 700000, /* of copies that are not large */
    COMMANDS_MAX = 24,
    REPLAYS = 3,
    ARGUMENTS = 4 /* of a launch */
};

typedef enum kind {
    FILL,
    COPY,
    ADD
} kind;

/* Of a launch, all three buffers are used from one offset on. */
typedef struct command {
    kind kind;
    unsigned buffers[3]; /* to, from; or two to add, and their sum */
    uint64_t offset;
    uint64_t from_offset;
    uint64_t bytes;
    uint32_t pattern[4];
    uint32_t pattern_bytes;
    uint32_t items;       /* of all that the launch has, so many count */
    bool open[ARGUMENTS]; /* bound when a graph is launched */
} command;

/* Buffers, and the stream behind whose work all of their uses are. */
typedef struct set {
    tn_buffer *buffers[BUFFERS];
    tn_stream *last;
} set;

typedef struct worker {
    pthread_t thread;
    unsigned seed;
    tn_stream *streams[STREAMS];
    set eager;
    set replayed;
    command commands[COMMANDS_MAX];
    unsigned count;
    unsigned char *host[2]; /* of a buffer's size */
} worker;

static struct {
    tn_device *device;
    tn_kernel *add; /* c = a + b of u32 */
    uint64_t alignment;
    unsigned rounds;
    atomic_uint wrong;
} the;

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

/* Small numbers are as likely as large ones. */
static uint64_t any_size(worker *w, unsigned most)
{
    unsigned limit = most >> any(w, 12);

    return 1 + any(w, limit > 0 ? limit : 1);
}

static tn_stream *any_stream(worker *w)
{
    return w->streams[any(w, STREAMS)];
}

/* ---- making a list ---- */

static void make_fill(worker *w, command *c)
{
    c->pattern_bytes = 1u << any(w, 5);
    c->offset = any(w, BUFFER_BYTES) / c->pattern_bytes * c->pattern_bytes;
    c->bytes = any_size(w, BUFFER_BYTES - (unsigned)c->offset) /
               c->pattern_bytes * c->pattern_bytes;
    for (int i = 0; i < 4; ++i) {
        c->pattern[i] = any(w, RAND_MAX);
    }
}

static void make_copy(worker *w, command *c)
{
    c->buffers[1] = (c->buffers[0] + 1 + any(w, BUFFERS - 1)) % BUFFERS;
    c->bytes = any_size(w, BUFFER_BYTES);
    c->offset = any(w, BUFFER_BYTES - (unsigned)c->bytes + 1);
    c->from_offset = any(w, BUFFER_BYTES - (unsigned)c->bytes + 1);
}

/* What a launch uses this time, where that is open. */
static void choose(worker *w, command *c, bool all)
{
    for (int i = 0; i < 3; ++i) {
        if (all || c->open[i]) {
            c->buffers[i] = any(w, BUFFERS);
        }
    }
    if (all || c->open[3]) {
        c->items = any(w, (unsigned)(c->bytes / 4) + 1);
    }
}

static void make_add(worker *w, command *c, bool open)
{
    c->offset = any(w, BUFFER_BYTES) / the.alignment * the.alignment;
    c->bytes = any_size(w, BUFFER_BYTES - (unsigned)c->offset) / 4 * 4;
    choose(w, c, true);
    for (int i = 0; i < ARGUMENTS && open; ++i) {
        c->open[i] = any(w, 3) == 0;
    }
}

static void make_list(worker *w)
{
    bool alone = any(w, 3) == 0; /* launches, without copies and fills */
    bool open = any(w, 3) > 0;

    w->count = 1 + any(w, COMMANDS_MAX);
    for (unsigned i = 0; i < w->count; ++i) {
        command *c = &w->commands[i];

        *c = (command){.kind = alone ? ADD : any(w, 3)};
        c->buffers[0] = any(w, BUFFERS);
        switch (c->kind) {
        case FILL:
            make_fill(w, c);
            break;
        case COPY:
            make_copy(w, c);
            break;
        default:
            make_add(w, c, open);
            break;
        }
    }
}

/* ---- running it ---- */

static tn_argument argument(const set *on, const command *c, int number)
{
    return number < 3 ? tn_at(on->buffers[c->buffers[number]], c->offset)
                      : TN_ARGUMENT(c->items);
}

/* @param index  of the command, whose open slots stay open; or -1 */
static void launch(tn_stream *stream, const set *on, const command *c,
                   int index)
{
    tn_argument arguments[ARGUMENTS];

    for (int i = 0; i < ARGUMENTS; ++i) {
        arguments[i] = index >= 0 && c->open[i]
                           ? tn_slot((uint32_t)(index * ARGUMENTS + i),
                                     i < 3 ? TN_TYPE_BUFFER : TN_TYPE_U32)
                           : argument(on, c, i);
    }
    DEMAND(tn_launch_arguments(stream, the.add, tn_items(c->bytes / 4),
                               arguments, ARGUMENTS));
}

static void run_list(const worker *w, tn_stream *stream, const set *on,
                     bool record)
{
    for (unsigned i = 0; i < w->count; ++i) {
        const command *c = &w->commands[i];
        tn_buffer *to = on->buffers[c->buffers[0]];

        switch (c->kind) {
        case FILL:
            DEMAND(tn_fill(stream, to, c->offset, c->bytes, c->pattern,
                           c->pattern_bytes));
            break;
        case COPY:
            DEMAND(tn_copy(stream, to, c->offset, on->buffers[c->buffers[1]],
                           c->from_offset, c->bytes));
            break;
        default:
            launch(stream, on, c, record ? (int)i : -1);
            break;
        }
    }
}

static tn_graph *record(worker *w)
{
    tn_graph *graph = NULL;
    tn_stream *stream = any_stream(w);

    DEMAND(tn_graph_begin(stream));
    run_list(w, stream, &w->replayed, true);
    DEMAND(tn_graph_end(stream, &graph));
    return graph;
}

/* A launch of no items is not recorded, and its slots are unknown. */
static void replay(worker *w, tn_graph *graph, tn_stream *stream)
{
    tn_binding bindings[COMMANDS_MAX * ARGUMENTS];
    size_t count = 0;

    for (unsigned i = 0; i < w->count; ++i) {
        const command *c = &w->commands[i];

        for (int k = 0; k < ARGUMENTS && c->bytes > 0; ++k) {
            if (c->open[k]) {
                bindings[count++] =
                    (tn_binding){.slot = i * ARGUMENTS + (unsigned)k,
                                 .value = argument(&w->replayed, c, k)};
            }
        }
    }
    DEMAND(tn_graph_launch(graph, stream, bindings, count));
}

/* Lets another stream go on where a set's uses have ended. */
static tn_stream *follow(worker *w, set *moved)
{
    tn_stream *stream = any_stream(w);
    tn_event *event = NULL;

    if (moved->last != stream && DEMAND(tn_event_create(the.device, &event))) {
        DEMAND(tn_event_record(event, moved->last));
        DEMAND(tn_stream_wait(stream, event));
        tn_event_destroy(event);
        moved->last = stream;
    }
    return stream;
}

/* ---- copies from and to the host ---- */

static void write_both(worker *w)
{
    unsigned index = any(w, BUFFERS);
    uint64_t bytes = any_size(w, BUFFER_BYTES);
    uint64_t offset = any(w, BUFFER_BYTES - (unsigned)bytes + 1);
    bool async = any(w, 2) == 0;
    tn_stream *stream = follow(w, &w->replayed);

    for (uint64_t i = 0; i < bytes; i += 1 + any(w, 512)) {
        w->host[0][i] = (unsigned char)any(w, 256);
    }
    DEMAND((async ? tn_copy_to_async : tn_copy_to)(
        stream, w->replayed.buffers[index], offset, w->host[0], bytes));
    stream = follow(w, &w->eager);
    for (uint64_t at = 0; at < bytes; at += SMALL_BYTES) {
        uint64_t part = bytes - at < SMALL_BYTES ? bytes - at : SMALL_BYTES;

        DEMAND(tn_copy_to(stream, w->eager.buffers[index], offset + at,
                          w->host[0] + at, part));
    }
    DEMAND(tn_stream_sync(w->replayed.last));
}

static void compare(worker *w, unsigned index)
{
    bool async = any(w, 2) == 0;
    tn_stream *stream = follow(w, &w->replayed);

    DEMAND((async ? tn_copy_from_async : tn_copy_from)(
        stream, w->replayed.buffers[index], 0, w->host[0], BUFFER_BYTES));
    DEMAND(tn_stream_sync(stream));
    stream = follow(w, &w->eager);
    for (uint64_t at = 0; at < BUFFER_BYTES; at += SMALL_BYTES) {
        uint64_t part =
            BUFFER_BYTES - at < SMALL_BYTES ? BUFFER_BYTES - at : SMALL_BYTES;

        DEMAND(tn_copy_from(stream, w->eager.buffers[index], at,
                            w->host[1] + at, part));
    }
    demand(memcmp(w->host[0], w->host[1], BUFFER_BYTES) == 0,
           "a graph, or a large copy, made other bytes");
}

/* ---- what a thread does ---- */

static void make_buffer(set *of, unsigned index)
{
    tn_buffer **made = &of->buffers[index];

    DEMAND(tn_buffer_create(the.device, BUFFER_BYTES, made));
    DEMAND(tn_fill(of->last, *made, 0, BUFFER_BYTES, "\1", 1));
}

/* While other threads record, and destroy graphs. */
static void renew_buffer(set *of, unsigned index)
{
    tn_buffer_destroy(of->buffers[index]);
    make_buffer(of, index);
}

static void run_round(worker *w)
{
    make_list(w);
    tn_graph *graph = record(w);

    for (unsigned i = 0; i < REPLAYS && graph != NULL; ++i) {
        for (unsigned k = 0; k < w->count; ++k) {
            if (w->commands[k].kind == ADD) {
                choose(w, &w->commands[k], false);
            }
        }
        replay(w, graph, follow(w, &w->replayed));
        run_list(w, follow(w, &w->eager), &w->eager, false);
        if (any(w, 3) == 0) {
            write_both(w);
        }
    }
    tn_graph_destroy(graph);
    for (unsigned i = 0; i < BUFFERS; ++i) {
        compare(w, i);
    }
    unsigned renewed = any(w, BUFFERS);

    renew_buffer(&w->eager, renewed);
    renew_buffer(&w->replayed, renewed);
}

static void begin_set(worker *w, set *made)
{
    made->last = w->streams[0];
    for (unsigned i = 0; i < BUFFERS; ++i) {
        make_buffer(made, i);
    }
}

static void end_set(set *made)
{
    for (unsigned i = 0; i < BUFFERS; ++i) {
        tn_buffer_destroy(made->buffers[i]);
    }
}

static void *work(void *data)
{
    worker *w = data;

    for (unsigned i = 0; i < STREAMS; ++i) {
        DEMAND(tn_stream_create(the.device, &w->streams[i]));
    }
    for (int i = 0; i < 2; ++i) {
        w->host[i] = calloc(1, BUFFER_BYTES);
        demand(w->host[i] != NULL, "calloc");
    }
    begin_set(w, &w->eager);
    begin_set(w, &w->replayed);
    for (unsigned i = 0; i < the.rounds && the.wrong == 0; ++i) {
        run_round(w);
    }
    end_set(&w->eager);
    end_set(&w->replayed);
    for (unsigned i = 0; i < STREAMS; ++i) {
        tn_stream_destroy(w->streams[i]);
    }
    free(w->host[0]);
    free(w->host[1]);
    return NULL;
}

/* ---- the test ---- */

static unsigned number_from(const char *variable, unsigned otherwise)
{
    const char *text = getenv(variable);

    return text != NULL ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

static const char *text_from(const char *variable, const char *otherwise)
{
    const char *text = getenv(variable);

    return text != NULL ? text : otherwise;
}

static void begin(tn_runtime **runtime)
{
    const char *backend = text_from("TN_STRESS_BACKEND", "cpu");
    const char *kernels =
        text_from("TN_STRESS_KERNELS",
                  suite_built("tests/fixtures/.libs/conformance_kernels.so"));
    tn_device_info info = {.size = sizeof info};
    tn_module *module = NULL;

    suite_link(
        suite_built(suite_text("plugins/%s/.libs/%s.so", backend, backend)),
        suite_text("plugins/%s.so", backend));
    NEEDS(backends_open(backend, text_from("TN_STRESS_SETTINGS", ""), runtime));
    NEEDS(tn_device_default(*runtime, &the.device));
    NEEDS(tn_device_info_get(the.device, &info));
    NEEDS(tn_module_load(the.device, kernels, &module));
    NEEDS(tn_kernel_get(module, "add", &the.add));
    the.alignment = info.offset_alignment > 4 ? info.offset_alignment : 4;
}

/* The cpu, or what a test of another backend names. */
static void graphs_and_large_copies_make_the_same_bytes(void)
{
    static worker workers[THREADS];
    unsigned seed = number_from("TN_STRESS_SEED", 20261121);
    tn_runtime *runtime = NULL;

    begin(&runtime);
    the.rounds = number_from("TN_STRESS_ROUNDS", 60);
    the.wrong = 0;
    printf("TN_STRESS_SEED=%u ", seed);
    for (unsigned i = 0; i < THREADS; ++i) {
        workers[i] = (worker){.seed = seed + i};
        CU_ASSERT_EQUAL_FATAL(
            pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; ++i) {
        pthread_join(workers[i].thread, NULL);
    }
    CU_ASSERT_EQUAL(the.wrong, 0);
    tn_runtime_close(runtime);
}

#define TESTS(X) X(graphs_and_large_copies_make_the_same_bytes)

SUITE_MAIN("same bytes", TESTS)
