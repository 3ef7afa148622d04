/* SPDX-License-Identifier: MIT */
/* When that ends which the host gives up while queued work may use it. */
#include <pthread.h>
#include <time.h>

#include "tests/cpu/cpu_test.h"

enum {
    GROUPS = 16,
    MANY = 200 /* launches; more than are looked through */
};

/* Two streams, the first held back, and memory that tells when it ends. */
typedef struct scene {
    opened o;
    tn_plugin_stream *other;
    tn_plugin_module *module;
    tn_plugin_kernel *count;
    tn_plugin_memory *memory;
    uint32_t counted;
    int ended; /* atomic */
    gate held;
} scene;

static void note_end(void *data)
{
    int *ended = data;

    __atomic_store_n(ended, 1, __ATOMIC_SEQ_CST);
}

static bool has_ended(const scene *s)
{
    return __atomic_load_n(&s->ended, __ATOMIC_SEQ_CST) != 0;
}

static void scene_open(scene *s)
{
    open_with(&s->o, "2");
    s->other = stream_of(&s->o);
    s->module = module_of(&s->o, own_kernels_path);
    s->count = kernel_of(s->module, "count");
    s->counted = 0;
    s->ended = 0;
    tn_plugin_import_desc desc = {.size = sizeof desc,
                                  .handle_kind = TN_HANDLE_POINTER,
                                  .handle = (uint64_t)(uintptr_t)&s->counted,
                                  .bytes = sizeof s->counted,
                                  .release = note_end,
                                  .data = &s->ended};

    WORKS_FATAL(the.plugin.memory_import(s->o.device, &desc, &s->memory));
    gate_close(&s->held, s->o.stream);
}

static void launch_on(const scene *s, tn_plugin_stream *stream)
{
    WORKS(count_groups(s->count, stream, s->memory, GROUPS));
}

/* Opens the gate; the memory has ended by then or ends now. */
static void scene_close(scene *s, uint32_t launches)
{
    gate_open(&s->held);
    WORKS(the.plugin.stream_sync(s->o.stream, TN_FOREVER));
    WORKS(the.plugin.stream_sync(s->other, TN_FOREVER));
    CU_ASSERT(has_ended(s));
    CU_ASSERT_EQUAL(s->counted, launches * GROUPS);
    the.plugin.stream_destroy(s->other);
    close_opened(&s->o);
}

static void ends_behind_its_work(void)
{
    scene s;

    scene_open(&s);
    launch_on(&s, s.o.stream);
    launch_on(&s, s.other);
    the.plugin.memory_destroy(s.memory, NULL);
    the.plugin.module_destroy(s.module);
    WORKS(the.plugin.stream_sync(s.other, TN_FOREVER));
    CU_ASSERT(!has_ended(&s));
    scene_close(&s, 2);
}

/* Whatever the stream is that it is given up on. */
static void ends_behind_work_elsewhere(void)
{
    scene s;

    scene_open(&s);
    launch_on(&s, s.o.stream);
    the.plugin.memory_destroy(s.memory, s.other);
    WORKS(the.plugin.stream_sync(s.other, TN_FOREVER));
    CU_ASSERT(!has_ended(&s));
    the.plugin.module_destroy(s.module);
    scene_close(&s, 1);
}

static void copies_and_fills_use_it(void)
{
    const uint32_t sixteen = GROUPS;
    tn_plugin_memory *from;
    scene s;

    scene_open(&s);
    from = memory_of(&s.o, 4);
    WORKS(the.plugin.fill(s.other, from, 0, 4, &sixteen, 4));
    WORKS(the.plugin.stream_sync(s.other, TN_FOREVER));
    WORKS(the.plugin.copy(s.o.stream, s.memory, 0, from, 0, 4));
    the.plugin.memory_destroy(from, NULL);
    the.plugin.memory_destroy(s.memory, NULL);
    CU_ASSERT(!has_ended(&s));
    the.plugin.module_destroy(s.module);
    scene_close(&s, 1);
    scene_open(&s);
    WORKS(the.plugin.fill(s.o.stream, s.memory, 0, 4, &sixteen, 4));
    the.plugin.memory_destroy(s.memory, NULL);
    CU_ASSERT(!has_ended(&s));
    the.plugin.module_destroy(s.module);
    scene_close(&s, 1);
}

static void graphs_use_it(void)
{
    launching count;
    tn_plugin_command command = {.kind = TN_COMMAND_LAUNCH};
    tn_plugin_graph *graph = NULL;
    scene s;

    scene_open(&s);
    launching_init(&count, GROUPS, 1);
    launching_buffer(&count, s.memory, 0);
    count.launch.slots = count.slots;
    command.as.launch.kernel = s.count;
    command.as.launch.record = &count.launch;
    WORKS_FATAL(the.plugin.graph_create(s.o.device, &command, 1, &graph));
    WORKS(the.plugin.graph_launch(graph, s.o.stream, NULL, 0));
    the.plugin.graph_destroy(graph);
    the.plugin.memory_destroy(s.memory, NULL);
    the.plugin.module_destroy(s.module);
    CU_ASSERT(!has_ended(&s));
    scene_close(&s, 1);
}

/* A stream that is busy for long keeps nobody else's memory. */
static void ends_at_once_where_nothing_uses_it(void)
{
    scene s;

    scene_open(&s);
    tn_plugin_memory *own = memory_of(&s.o, 4);

    WORKS(count_groups(s.count, s.o.stream, own, GROUPS));
    launch_on(&s, s.other);
    WORKS(the.plugin.stream_sync(s.other, TN_FOREVER));
    the.plugin.memory_destroy(s.memory, NULL);
    CU_ASSERT(has_ended(&s));
    the.plugin.memory_destroy(own, NULL);
    the.plugin.module_destroy(s.module);
    scene_close(&s, 1);
}

static void long_queues_use_it(void)
{
    scene s;

    scene_open(&s);
    tn_plugin_memory *own = memory_of(&s.o, 4);

    for (int i = 0; i < MANY; ++i) {
        WORKS(count_groups(s.count, s.o.stream, own, GROUPS));
    }
    launch_on(&s, s.o.stream);
    the.plugin.memory_destroy(s.memory, NULL);
    CU_ASSERT(!has_ended(&s));
    the.plugin.memory_destroy(own, NULL);
    the.plugin.module_destroy(s.module);
    scene_close(&s, 1);
}

static void *open_later(void *held)
{
    nanosleep(&(struct timespec){0, 20000000}, NULL);
    gate_open(held);
    return NULL;
}

/* Who cannot note it waits for the work. */
static void ends_without_memory_too(void)
{
    pthread_t thread;
    scene s;

    scene_open(&s);
    launch_on(&s, s.o.stream);
    __atomic_store_n(&s.o.host.refuse, 1, __ATOMIC_SEQ_CST);
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, open_later, &s.held),
                          0);
    the.plugin.memory_destroy(s.memory, NULL);
    CU_ASSERT(has_ended(&s));
    pthread_join(thread, NULL);
    __atomic_store_n(&s.o.host.refuse, 0, __ATOMIC_SEQ_CST);
    the.plugin.module_destroy(s.module);
    scene_close(&s, 1);
}

void add_object_tests(CU_pSuite tests)
{
    CU_add_test(tests, "memory and modules end behind the work that uses them",
                ends_behind_its_work);
    CU_add_test(tests, "memory ends behind work of other streams",
                ends_behind_work_elsewhere);
    CU_add_test(tests, "memory ends behind copies and fills",
                copies_and_fills_use_it);
    CU_add_test(tests, "memory and modules end behind graphs", graphs_use_it);
    CU_add_test(tests, "memory that no work uses ends at once",
                ends_at_once_where_nothing_uses_it);
    CU_add_test(tests, "memory ends behind a long queue", long_queues_use_it);
    CU_add_test(tests, "memory ends where none is left to note it",
                ends_without_memory_too);
}
