/* SPDX-License-Identifier: MIT */
/*
 * runtime/fork.c: what a fork of a process that uses Tenon may do, and what it
 * is told.
 *
 * The first test needs a process that has touched no driver yet, so they run in
 * the order of their list.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/backends.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#endif

enum {
    ITEMS = 1000,
    HANGS = 60, /* seconds after which a child is taken to hang */
    FORKS = 150
};

/* ---- children ---- */

/* What does not hold in a child is counted, since its asserts are its own. */
static int failures;

static bool expect(bool holds, const char *what)
{
    if (!holds) {
        printf("\n    in the child: %s: %s", what, tn_error_message());
        failures++;
    }
    return holds;
}

#define EXPECT(condition) expect(condition, #condition)

/* Whether a fork runs the function, finds all as expected, and ends. */
static bool child_passes(void (*run)(void))
{
    int result = 0;

    fflush(stdout);
    pid_t child = fork();

    if (child == 0) {
        alarm(HANGS);
        failures = 0;
        run();
        fflush(stdout);
        _exit(failures > 0);
    }
    if (child < 0 || waitpid(child, &result, 0) != child) {
        return false;
    }
    if (WIFSIGNALED(result)) {
        printf("\n    the child ended by signal %d%s", WTERMSIG(result),
               WTERMSIG(result) == SIGALRM ? ": it hung" : "");
    }
    return WIFEXITED(result) && WEXITSTATUS(result) == 0;
}

/* ---- what a process has open ---- */

static struct {
    tn_runtime *runtime;
    tn_device *device;
    tn_stream *stream;
    tn_stream *recorded;
    tn_event *event;
    tn_event *later;
    tn_buffer *buffer; /* ITEMS of u32, each 1 */
    tn_buffer *sums;
    tn_module *module;
    tn_bundle *bundle;
    tn_kernel *kernel; /* sums = buffer + buffer */
    tn_graph *graph;
} the;

typedef enum plugin_kind {
    REAL_CPU,
    REAL_CUDA, /* over a driver that ends whoever calls it in a fork */
    FAKE_CUDA  /* its note names the library of a driver */
} plugin_kind;

static const char cuda_plugin[] = "plugins/cuda/.libs/cuda.so";

static const char *install(plugin_kind kind)
{
    if (kind == FAKE_CUDA) {
        backends_install("cuda");
        return "cuda";
    }
    if (kind == REAL_CUDA) {
        suite_link(suite_built(cuda_plugin), "plugins/cuda.so");
        return "cuda";
    }
    suite_link(suite_built("plugins/cpu/.libs/cpu.so"), "plugins/cpu.so");
    return "cpu";
}

/* Its section of the configuration. */
static const char *settings(plugin_kind kind)
{
    return kind == REAL_CUDA
               ? suite_text(
                     "[backend cuda]\nlibrary = %s\n",
                     suite_built("tests/fakes/cuda_driver/.libs/libcuda.so"))
               : "";
}

static tn_status load_module(plugin_kind kind, tn_device *device,
                             tn_module **module)
{
    static const char text[] =
        "kernel add(in u32* a, in u32* b, out u32* c, u32 n)\n";

    if (kind == FAKE_CUDA) {
        return tn_module_load_data(device, text, strlen(text), NULL, module);
    }
    return tn_module_load(
        device,
        kind == REAL_CUDA
            ? suite_source("tests/cuda/entries.ptx")
            : suite_built("tests/fixtures/.libs/conformance_kernels.so"),
        module);
}

static tn_status launch(tn_stream *stream, tn_kernel *kernel, tn_buffer *in,
                        tn_buffer *out)
{
    return tn_launch(stream, kernel, tn_items(ITEMS), in, in, out,
                     (uint32_t)ITEMS);
}

static void open_all(plugin_kind kind)
{
    const uint32_t one = 1;

    NEEDS(backends_open(install(kind), settings(kind), &the.runtime));
    NEEDS(tn_device_default(the.runtime, &the.device));
    NEEDS(tn_stream_create(the.device, &the.stream));
    NEEDS(tn_stream_create(the.device, &the.recorded));
    NEEDS(tn_event_create_timed(the.device, &the.event));
    NEEDS(tn_event_create_timed(the.device, &the.later));
    NEEDS(tn_buffer_create(the.device, ITEMS * 4, &the.buffer));
    NEEDS(tn_buffer_create(the.device, ITEMS * 4, &the.sums));
    NEEDS(load_module(kind, the.device, &the.module));
    NEEDS(tn_kernel_get(the.module, "add", &the.kernel));
    tn_bundle_close(the.bundle); /* of the test before; it is no runtime's */
    NEEDS(tn_bundle_open(NULL, suite_built("bundles/vector"), &the.bundle));
    NEEDS(tn_graph_begin(the.recorded));
    NEEDS(launch(the.recorded, the.kernel, the.buffer, the.sums));
    NEEDS(tn_graph_end(the.recorded, &the.graph));
    NEEDS(tn_graph_begin(the.recorded));
    NEEDS(tn_fill(the.stream, the.buffer, 0, ITEMS * 4, &one, sizeof one));
    NEEDS(tn_stream_sync(the.stream));
}

/* Whether `add` of that very module gives what it should. */
static bool computes(tn_stream *stream, tn_kernel *kernel, tn_buffer *in,
                     tn_buffer *out)
{
    static uint32_t host[ITEMS];
    const uint32_t two = 2;

    if (tn_fill(stream, in, 0, ITEMS * 4, &two, sizeof two) != TN_OK ||
        launch(stream, kernel, in, out) != TN_OK ||
        tn_copy_from(stream, out, 0, host, sizeof host) != TN_OK) {
        return false;
    }
    for (size_t i = 0; i < ITEMS; ++i) {
        if (host[i] != 4) {
            return false;
        }
    }
    return true;
}

/* ---- calls ---- */

/* Where calls could put what they must not. */
static struct {
    tn_device *device;
    tn_buffer *buffer;
    tn_stream *stream;
    tn_event *event;
    tn_module *module;
    tn_kernel *kernel;
    tn_graph *graph;
    void *pointer;
    const void *table;
    const char *const *names;
    size_t count;
    uint64_t number;
    uint32_t rank;
    uint32_t bytes[4];
    tn_backend_info backend;
    tn_device_info info;
    tn_kernel_info told;
    tn_parameter parameter;
    tn_memory_stats stats;
} out = {.backend = {.size = sizeof out.backend},
         .info = {.size = sizeof out.info},
         .told = {.size = sizeof out.told},
         .parameter = {.size = sizeof out.parameter},
         .stats = {.size = sizeof out.stats}};

static void never(void *data, tn_status status)
{
    (void)data;
    (void)status;
    expect(false, "a callback ran");
}

/* Every function that takes an object and answers a status. */
static const tn_grid one_item = {{1, 1, 1}, {0, 0, 0}, 0};

#define CALLS(X)                                                               \
    X(tn_runtime_backend(the.runtime, 0, &out.backend))                        \
    X(tn_runtime_probe(the.runtime))                                           \
    X(tn_device_default(the.runtime, &out.device))                             \
    X(tn_device_find(the.runtime, "cpu", &out.device))                         \
    X(tn_device_get(the.runtime, 0, &out.device))                              \
    X(tn_device_info_get(the.device, &out.info))                               \
    X(tn_device_memory_free(the.device, &out.number))                          \
    X(tn_device_memory_stats(the.device, &out.stats))                          \
    X(tn_device_memory_trim(the.device))                                       \
    X(tn_device_status(the.device))                                            \
    X(tn_device_native(the.device, &out.number))                               \
    X(tn_device_extension(the.device, "x/1", &out.table))                      \
    X(tn_buffer_create(the.device, 16, &out.buffer))                           \
    X(tn_buffer_create_with(the.device, 16, &buffer_options, &out.buffer))     \
    X(tn_buffer_import(the.device, out.bytes, sizeof out.bytes, NULL, NULL,    \
                       &out.buffer))                                           \
    X(tn_buffer_map(the.buffer, 0, 4, TN_ACCESS_READ, &out.pointer))           \
    X(tn_buffer_unmap(the.buffer, out.bytes))                                  \
    X(tn_buffer_native(the.buffer, &out.number))                               \
    X(tn_stream_create(the.device, &out.stream))                               \
    X(tn_stream_create_priority(the.device, 1, &out.stream))                   \
    X(tn_stream_wrap(the.device, 1, &out.stream))                              \
    X(tn_stream_native(the.stream, &out.number))                               \
    X(tn_stream_sync(the.stream))                                              \
    X(tn_stream_sync_for(the.stream, 1))                                       \
    X(tn_stream_status(the.stream))                                            \
    X(tn_stream_wait(the.stream, the.event))                                   \
    X(tn_stream_call(the.stream, never, NULL))                                 \
    X(tn_event_create(the.device, &out.event))                                 \
    X(tn_event_create_timed(the.device, &out.event))                           \
    X(tn_event_record(the.event, the.stream))                                  \
    X(tn_event_status(the.event))                                              \
    X(tn_event_sync(the.event))                                                \
    X(tn_event_sync_for(the.event, 1))                                         \
    X(tn_event_elapsed(the.event, the.later, &out.number))                     \
    X(tn_copy_to(the.stream, the.buffer, 0, out.bytes, 4))                     \
    X(tn_copy_from(the.stream, the.buffer, 0, out.bytes, 4))                   \
    X(tn_copy_to_async(the.stream, the.buffer, 0, out.bytes, 4))               \
    X(tn_copy_from_async(the.stream, the.buffer, 0, out.bytes, 4))             \
    X(tn_copy(the.stream, the.buffer, 0, the.buffer, 8, 4))                    \
    X(tn_fill(the.stream, the.buffer, 0, 4, out.bytes, 4))                     \
    X(tn_module_load(the.device, "vector", &out.module))                       \
    X(tn_module_load_with(the.device, "vector", "", &out.module))              \
    X(tn_module_load_data(the.device, "x", 1, NULL, &out.module))              \
    X(tn_module_kernels(the.module, &out.names, &out.count))                   \
    X(tn_module_symbol(the.module, "x", &out.buffer))                          \
    X(tn_bundle_variant_rank(the.bundle, 0, the.device, &out.rank))            \
    X(tn_kernel_get(the.module, "add", &out.kernel))                           \
    X(tn_kernel_info_get(the.kernel, &out.told))                               \
    X(tn_kernel_parameter(the.kernel, 0, &out.parameter))                      \
    X(tn_launch_arguments(the.stream, the.kernel, tn_items(1), NULL, 0))       \
    X(tn_launch_words(the.stream, the.kernel, &one_item, 0, NULL))             \
    X(tn_graph_begin(the.stream))                                              \
    X(tn_graph_end(the.recorded, &out.graph))                                  \
    X(tn_graph_launch(the.graph, the.stream, NULL, 0))

/* Every function that takes an object and answers nothing. */
#define ENDS(X)                                                                \
    X(tn_graph_destroy(the.graph))                                             \
    X(tn_module_destroy(the.module))                                           \
    X(tn_event_destroy(the.event))                                             \
    X(tn_buffer_destroy_on(the.buffer, the.stream))                            \
    X(tn_buffer_destroy(the.sums))                                             \
    X(tn_stream_destroy(the.recorded))                                         \
    X(tn_stream_destroy(the.stream))                                           \
    X(tn_runtime_close(the.runtime))

/* What these answer is not the driver's. */
#define ANSWERS(X)                                                             \
    X(tn_runtime_backend_count(the.runtime) > 0)                               \
    X(tn_runtime_explain(the.runtime)[0] == '\0')                              \
    X(tn_device_count(the.runtime) == 0)                                       \
    X(tn_device_name(the.device)[0] != '\0')                                   \
    X(tn_buffer_size(the.buffer) == (uint64_t)ITEMS * 4)                       \
    X(tn_buffer_device(the.buffer) == the.device)                              \
    X(tn_stream_device(the.stream) == the.device)                              \
    X(tn_module_description(the.module)[0] != '\0')                            \
    X(strcmp(tn_kernel_name(the.kernel), "add") == 0)

/*
 * These take no object that can come from a process before the fork, or one
 * that is what a file says.
 */
#define OTHERS(X)                                                              \
    X(tn_version())                                                            \
    X(tn_status_name())                                                        \
    X(tn_status_text())                                                        \
    X(tn_error_message())                                                      \
    X(tn_error_log())                                                          \
    X(tn_bundle_open())                                                        \
    X(tn_bundle_close())                                                       \
    X(tn_bundle_info_get())                                                    \
    X(tn_bundle_kernel_get())                                                  \
    X(tn_bundle_parameter_get())                                               \
    X(tn_bundle_variant_get())                                                 \
    X(tn_config_open())                                                        \
    X(tn_config_close())                                                       \
    X(tn_config_count())                                                       \
    X(tn_config_get())                                                         \
    X(tn_runtime_open())                                                       \
    X(tn_runtime_open_with())

/* ---- tests ---- */

static void use_the_deferred_runtime(void)
{
    tn_device *device = NULL;

    EXPECT(tn_device_default(the.runtime, &device) == TN_OK);
    EXPECT(tn_device_status(device) == TN_OK);
    tn_runtime_close(the.runtime);
}

static void a_fork_takes_over_what_has_touched_no_driver(void)
{
    backends_install("cuda");
    NEEDS(backends_open_with(TN_OPEN_DEFERRED, "cuda", "", &the.runtime));
    CU_ASSERT_TRUE(child_passes(use_the_deferred_runtime));
    NEEDS(tn_device_default(the.runtime, &the.device));
    WORKS(tn_device_status(the.device));
    tn_runtime_close(the.runtime);
}

static void call_everything(void)
{
    const tn_buffer_options buffer_options = {.size = sizeof buffer_options,
                                              .kind = TN_MEMORY_DEVICE};
#define CALL(call)                                                             \
    if (expect((call) == TN_ERROR_FORKED, #call)) {                            \
        expect(strstr(tn_error_message(), "forked") != NULL, #call);           \
    }
#define ANSWER(condition) expect(condition, #condition);
    CALLS(CALL)
    ANSWERS(ANSWER)
#undef CALL
#undef ANSWER
}

static void end_everything(void)
{
#define END(call) call;
    ENDS(END)
    ENDS(END) /* nothing was destroyed, so this is no second time */
#undef END
}

static void call_and_end_everything(void)
{
    call_everything();
    end_everything();
    call_everything();
}

static void every_call_of_a_fork_is_refused_by(plugin_kind kind)
{
    open_all(kind);
    CU_ASSERT_TRUE(child_passes(call_and_end_everything));
    CU_ASSERT_TRUE(child_passes(call_and_end_everything));
    if (kind != FAKE_CUDA) {
        CU_ASSERT_TRUE(computes(the.stream, the.kernel, the.buffer, the.sums));
    }
    WORKS(tn_graph_launch(the.graph, the.stream, NULL, 0));
    WORKS(tn_stream_sync(the.stream));
    tn_runtime_close(the.runtime);
}

static void every_call_of_a_fork_is_refused(void)
{
    every_call_of_a_fork_is_refused_by(FAKE_CUDA);
}

static void so_is_it_with_the_cuda_backend(void)
{
    if (access(suite_built(cuda_plugin), F_OK) != 0) {
        CU_PASS("skipped: it was left out of this build");
        return;
    }
    every_call_of_a_fork_is_refused_by(REAL_CUDA);
}

static void so_is_it_without_a_driver_library(void)
{
    every_call_of_a_fork_is_refused_by(REAL_CPU);
}

/* ---- the tables ---- */

/* Whether a row calls the function; name ends behind its bracket. */
static bool is_named(const char *name)
{
    static const char *const rows[] = {
#define ROW(call) #call,
        CALLS(ROW) ENDS(ROW) ANSWERS(ROW) OTHERS(ROW)
#undef ROW
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
        const char *found = strstr(rows[i], name);

        if (found == rows[i] || (found != NULL && found[-1] == '(')) {
            return true;
        }
    }
    return false;
}

static void the_tables_name_every_function(void)
{
    FILE *header = fopen(suite_source("include/tenon/tenon.h"), "r");
    char line[256];
    unsigned functions = 0;

    CU_ASSERT_FATAL(header != NULL);
    while (fgets(line, sizeof line, header) != NULL) {
        char *name =
            strncmp(line, "TN_API ", 7) == 0 ? strstr(line, "tn_") : NULL;
        char *bracket = strchr(line, '(');

        if (name != NULL && bracket != NULL) {
            bracket[1] = '\0';
            while (strchr(name, ' ') != NULL) { /* the type before it */
                name = strchr(name, ' ') + 1;
            }
            name += *name == '*';
            suite_check(is_named(name), "is in no table", name, __FILE__,
                        __LINE__);
            functions++;
        }
    }
    fclose(header);
    CU_ASSERT_TRUE(functions > 70);
}

/* ---- a runtime of its own ---- */

/* The file is that of the last backends_open(). */
static tn_status open_again(const char *file, uint32_t flags,
                            tn_runtime **runtime)
{
    const tn_options options = {
        .size = sizeof options, .flags = flags, .file = file};

    return tn_runtime_open_with(&options, runtime);
}

static const char *application;

static void compute_on_a_cpu_of_its_own(void)
{
    tn_runtime *runtime = NULL;
    tn_device *device = NULL;
    tn_stream *stream = NULL;
    tn_module *module = NULL;
    tn_kernel *kernel = NULL;
    tn_buffer *in = NULL;
    tn_buffer *sums = NULL;

    if (EXPECT(open_again(application, 0, &runtime) == TN_OK) &&
        EXPECT(tn_device_default(runtime, &device) == TN_OK) &&
        EXPECT(tn_stream_create(device, &stream) == TN_OK) &&
        EXPECT(load_module(REAL_CPU, device, &module) == TN_OK) &&
        EXPECT(tn_kernel_get(module, "add", &kernel) == TN_OK) &&
        EXPECT(tn_buffer_create(device, ITEMS * 4, &in) == TN_OK) &&
        EXPECT(tn_buffer_create(device, ITEMS * 4, &sums) == TN_OK)) {
        EXPECT(computes(stream, kernel, in, sums));
    }
    tn_runtime_close(runtime);
}

static void a_fork_may_use_a_cpu_of_its_own(void)
{
    open_all(REAL_CPU);
    application = suite_path("app.ini");
    CU_ASSERT_TRUE(child_passes(compute_on_a_cpu_of_its_own));
    CU_ASSERT_TRUE(computes(the.stream, the.kernel, the.buffer, the.sums));
    CU_ASSERT_TRUE(child_passes(compute_on_a_cpu_of_its_own));
    tn_runtime_close(the.runtime);
}

#define DRIVER_IN_USE "its driver was in use when this process was forked"

static void be_refused_a_driver(void)
{
    tn_runtime *runtime = NULL;

    EXPECT(backends_open("cuda", "", &runtime) == TN_ERROR_FORKED);
    EXPECT(runtime == NULL);
    EXPECT(strstr(tn_error_message(), "cuda: " DRIVER_IN_USE) != NULL);
    EXPECT(strstr(tn_error_message(), "fork before the first use") != NULL);
}

static void fall_back_from_a_driver(void)
{
    tn_runtime *runtime = NULL;
    tn_device *device = NULL;

    if (EXPECT(backends_open("cuda, cpu", "", &runtime) == TN_OK) &&
        EXPECT(tn_device_default(runtime, &device) == TN_OK)) {
        tn_backend_info info = backends_info(runtime, "cuda");

        EXPECT(strcmp(tn_device_name(device), "cpu:0") == 0);
        EXPECT(info.state == TN_BACKEND_REJECTED);
        EXPECT(info.status == TN_ERROR_FORKED);
        EXPECT(strstr(info.reason, DRIVER_IN_USE) != NULL);
        EXPECT(strstr(tn_runtime_explain(runtime), DRIVER_IN_USE) != NULL);
        EXPECT(strstr(backends_log(), DRIVER_IN_USE) != NULL);
    }
    tn_runtime_close(runtime);
}

static void a_fork_is_told_why_it_gets_no_driver(void)
{
    open_all(FAKE_CUDA);
    (void)install(REAL_CPU);
    CU_ASSERT_TRUE(child_passes(be_refused_a_driver));
    CU_ASSERT_TRUE(child_passes(fall_back_from_a_driver));
    WORKS(tn_device_status(the.device));
    tn_runtime_close(the.runtime);
}

/* ---- the end of a fork ---- */

/* Unlike _exit() this runs what the program and its libraries have left. */
static void leave_by_exit(void)
{
#ifndef SANITIZED /* it would look for leaks in what is the parent's */
    exit(failures > 0);
#endif
}

static void a_fork_can_exit(void)
{
    open_all(REAL_CPU);
    WORKS(launch(the.stream, the.kernel, the.buffer, the.sums));
    CU_ASSERT_TRUE(child_passes(leave_by_exit));
    WORKS(tn_stream_sync(the.stream));
    tn_runtime_close(the.runtime);
}

/* ---- forks while other threads are inside Tenon ---- */

static atomic_bool enough;
static atomic_uint wrong;
static tn_runtime *deferred; /* nobody opens a backend of it */

static void demand(bool holds)
{
    if (!holds) {
        wrong++;
    }
}

static void open_and_close(void)
{
    tn_runtime *runtime = NULL;

    demand(open_again(application, 0, &runtime) == TN_OK);
    tn_runtime_close(runtime);
}

static void allocate_and_free(void)
{
    tn_buffer *buffer = NULL;

    demand(tn_buffer_create(the.device, 4096, &buffer) == TN_OK);
    tn_buffer_destroy(buffer);
}

static void launch_and_wait(void)
{
    demand(computes(the.stream, the.kernel, the.buffer, the.sums));
}

static void ask(void)
{
    tn_backend_info info = {.size = sizeof info};

    demand(tn_runtime_explain(the.runtime)[0] != '\0');
    demand(tn_runtime_backend(deferred, 0, &info) == TN_OK);
    demand(tn_device_count(deferred) == 0);
}

typedef struct worker {
    void (*run)(void);
    pthread_t thread;
    unsigned rounds;
} worker;

static void *work(void *data)
{
    worker *self = data;

    while (!enough) {
        self->run();
        self->rounds++;
    }
    return NULL;
}

/* A shared runtime that holds nothing may be taken over, or was in use. */
static void ask_the_deferred_runtime(void)
{
    tn_backend_info info = {.size = sizeof info};
    tn_status status = tn_runtime_backend(deferred, 0, &info);

    EXPECT(status == TN_OK || status == TN_ERROR_FORKED);
    EXPECT(tn_device_count(deferred) == 0);
}

static void go_on_in_the_middle(void)
{
    call_and_end_everything();
    ask_the_deferred_runtime();
#ifndef SANITIZED /* whose allocator may be locked for ever in such a fork */
    compute_on_a_cpu_of_its_own();
#endif
}

static void no_fork_hangs_on_what_other_threads_hold(void)
{
    worker workers[] = {{.run = open_and_close},
                        {.run = allocate_and_free},
                        {.run = launch_and_wait},
                        {.run = ask}};
    enum {
        WORKERS = sizeof workers / sizeof workers[0]
    };
    unsigned passed = 0;

    open_all(REAL_CPU);
    application = suite_path("app.ini");
    NEEDS(open_again(application, TN_OPEN_DEFERRED, &deferred));
    enough = false;
    for (size_t i = 0; i < WORKERS; ++i) {
        CU_ASSERT_EQUAL_FATAL(
            pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (unsigned i = 0; i < FORKS; ++i) {
        passed += child_passes(go_on_in_the_middle);
    }
    enough = true;
    for (size_t i = 0; i < WORKERS; ++i) {
        pthread_join(workers[i].thread, NULL);
        printf(" %u", workers[i].rounds);
        CU_ASSERT_TRUE(workers[i].rounds > 0);
    }
    printf(" rounds during %u forks ", passed);
    CU_ASSERT_EQUAL(passed, FORKS);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_TRUE(computes(the.stream, the.kernel, the.buffer, the.sums));
    tn_runtime_close(deferred);
    tn_runtime_close(the.runtime);
}

/* ---- a fork while another thread opens a backend ---- */

static void *choose(void *data)
{
    tn_device *device = NULL;

    demand(tn_device_default(data, &device) == TN_OK);
    return NULL;
}

static void use_what_is_being_opened(void)
{
    tn_device *device = NULL;
    tn_backend_info info = {.size = sizeof info};

    EXPECT(tn_device_default(deferred, &device) == TN_ERROR_FORKED);
    EXPECT(tn_runtime_backend(deferred, 0, &info) == TN_ERROR_FORKED);
    EXPECT(tn_device_count(deferred) == 0);
    tn_runtime_close(deferred);
}

static void no_fork_waits_for_a_backend_that_is_being_opened(void)
{
    const struct timespec moment = {0, 1000000};
    pthread_t thread;

    wrong = 0;
    backends_install("slow");
    NEEDS(backends_open_with(TN_OPEN_DEFERRED, "slow", "", &deferred));
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, choose, deferred), 0);
    while (!backends_logged("slow: starts")) {
        nanosleep(&moment, NULL);
    }
    CU_ASSERT_TRUE(child_passes(use_what_is_being_opened));
    pthread_join(thread, NULL);
    CU_ASSERT_EQUAL(wrong, 0);
    tn_runtime_close(deferred);
}

#define TESTS(X)                                                               \
    X(a_fork_takes_over_what_has_touched_no_driver)                            \
    X(the_tables_name_every_function)                                          \
    X(every_call_of_a_fork_is_refused)                                         \
    X(so_is_it_with_the_cuda_backend)                                          \
    X(so_is_it_without_a_driver_library)                                       \
    X(a_fork_may_use_a_cpu_of_its_own)                                         \
    X(a_fork_is_told_why_it_gets_no_driver)                                    \
    X(a_fork_can_exit)                                                         \
    X(no_fork_hangs_on_what_other_threads_hold)                                \
    X(no_fork_waits_for_a_backend_that_is_being_opened)

SUITE_MAIN("fork", TESTS)
