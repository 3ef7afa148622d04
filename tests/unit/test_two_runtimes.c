/* SPDX-License-Identifier: MIT */
/*
 * An application and a library in one process, each with a runtime, a file and
 * a thread of its own: neither sees anything of the other.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/backends.h"

enum {
    ROUNDS = 200,
    ITEMS = 64,
    LINES = 4
};

/* Who uses Tenon. What does not hold is counted; asserts are for one thread. */
typedef struct user {
    const char *name;
    const char *file;
    const char *other;    /* the backend that only the other one lists */
    const char *settings; /* the file's, behind the folder of plugins */
    const char *reason;   /* of its choice */
    const char *code;
    uint32_t fill;  /* small: as the bits of an f32 it adds up the same */
    unsigned lines; /* of its log */
    unsigned wrong;
    char what[256]; /* the first that was wrong */
} user;

static void expect(user *self, bool holds, const char *what)
{
    if (!holds && self->wrong++ == 0) {
        snprintf(self->what, sizeof self->what, "%s: %s: %s", self->name, what,
                 tn_error_message());
    }
}

#define EXPECT(condition) expect(self, condition, #condition)

static void take_line(void *data, tn_log_level level, const char *line)
{
    user *self = data;

    (void)level;
    self->lines++;
    /* its own plugin's, or what it knows of its own settings */
    EXPECT(strstr(line, self->other) == NULL);
}

static tn_status compute(user *self, tn_device *device, uint32_t *host)
{
    tn_stream *stream = NULL;
    tn_module *module = NULL;
    tn_kernel *kernel = NULL;
    tn_buffer *in = NULL;
    tn_buffer *out = NULL;
    tn_status status = tn_stream_create(device, &stream);

    if (status == TN_OK) {
        status = tn_module_load(device, self->code, &module);
    }
    if (status == TN_OK) {
        status = tn_kernel_get(module, "add", &kernel);
    }
    if (status == TN_OK) {
        status = tn_buffer_create(device, ITEMS * 4, &in);
    }
    if (status == TN_OK) {
        status = tn_buffer_create(device, ITEMS * 4, &out);
    }
    if (status == TN_OK) {
        status = tn_fill(stream, in, 0, ITEMS * 4, &self->fill, 4);
    }
    if (status == TN_OK) {
        status = tn_launch(stream, kernel, tn_items(ITEMS), in, in, out,
                           (uint32_t)ITEMS);
    }
    if (status == TN_OK) {
        status = tn_copy_from(stream, out, 0, host, ITEMS * 4);
    }
    return status; /* closing the runtime destroys what there is */
}

static void check_choice(user *self, tn_runtime *runtime)
{
    tn_backend_info info = {.size = sizeof info};

    EXPECT(tn_runtime_backend(runtime, 0, &info) == TN_OK);
    EXPECT(info.state == TN_BACKEND_CHOSEN);
    EXPECT(strstr(info.reason, self->reason) != NULL);
    EXPECT(strstr(info.reason, self->file) != NULL);
    for (size_t i = 0; i < tn_runtime_backend_count(runtime); ++i) {
        EXPECT(tn_runtime_backend(runtime, i, &info) == TN_OK);
        EXPECT(strcmp(info.name, self->other) != 0 ||
               info.state == TN_BACKEND_EXCLUDED);
    }
}

static void run_once(user *self)
{
    const tn_options options = {.size = sizeof options,
                                .file = self->file,
                                .log = take_line,
                                .log_data = self};
    uint32_t host[ITEMS] = {0};
    tn_runtime *runtime = NULL;
    tn_device *device = NULL;

    EXPECT(tn_runtime_open_with(&options, &runtime) == TN_OK);
    EXPECT(tn_device_default(runtime, &device) == TN_OK);
    check_choice(self, runtime);
    EXPECT(compute(self, device, host) == TN_OK);
    for (size_t i = 0; i < ITEMS; ++i) {
        EXPECT(host[i] == 2 * self->fill);
    }
    /* the sentence is the thread's own */
    EXPECT(tn_device_find(runtime, self->name, &device) == TN_ERROR_NOT_FOUND);
    EXPECT(strstr(tn_error_message(), self->name) != NULL);
    tn_runtime_close(runtime);
}

static void *run(void *data)
{
    user *self = data;

    for (int i = 0; i < ROUNDS; ++i) {
        run_once(self);
    }
    return NULL;
}

static void prepare(user *self)
{
    suite_print(self->name, "[runtime]\nlog = debug\nplugin_path = %s\n%s",
                suite_path("plugins"), self->settings);
    self->file = suite_path("%s", self->name);
}

static void run_both(user *users)
{
    pthread_t threads[2];

    suite_link(suite_built("plugins/cpu/.libs/cpu.so"), "plugins/cpu.so");
    for (int i = 0; i < 2; ++i) {
        prepare(&users[i]);
    }
    for (int i = 0; i < 2; ++i) {
        CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, run, &users[i]),
                              0);
    }
    for (int i = 0; i < 2; ++i) {
        pthread_join(threads[i], NULL);
        suite_check(users[i].wrong == 0, "wrong", users[i].what, __FILE__,
                    __LINE__);
    }
}

static const char *kernels(void)
{
    return suite_built("tests/fixtures/.libs/conformance_kernels.so");
}

static void both_use_different_backends(void)
{
    user users[] = {{.name = "application",
                     .settings = "backend = cpu\n[backend cpu]\nthreads = 2\n",
                     .other = "cuda",
                     .reason = "backend = cpu",
                     .code = kernels(),
                     .fill = 3},
                    {.name = "library",
                     .settings = "backend = cuda\nfallback = no\n",
                     .other = "cpu",
                     .reason = "backend = cuda",
                     .fill = 5}};

    backends_install("cuda");
    suite_write("add.cl",
                "kernel add(in f32* a, in f32* b, out f32* c, u32 n)\n");
    users[1].code = suite_path("add.cl");
    run_both(users);
    CU_ASSERT_TRUE(users[1].lines >= ROUNDS);
}

static void both_use_the_same_backend(void)
{
    user users[] = {{.name = "application",
                     .settings = "backend = cpu\n[backend cpu]\nthreads = 1\n",
                     .other = "works",
                     .reason = "backend = cpu",
                     .code = kernels(),
                     .fill = 3},
                    {.name = "library",
                     .settings = "backend = cpu\nstrict = no\n[backend cpu]\n"
                                 "threads = 2\n",
                     .other = "works",
                     .reason = "backend = cpu",
                     .code = kernels(),
                     .fill = 5}};

    backends_install("works");
    run_both(users);
}

#define TESTS(X)                                                               \
    X(both_use_different_backends)                                             \
    X(both_use_the_same_backend)

SUITE_MAIN("two runtimes", TESTS)
