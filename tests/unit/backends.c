/* SPDX-License-Identifier: MIT */
#include "tests/unit/backends.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* ---- the log ---- */

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static char log_text[16384];

static void take_line(void *data, tn_log_level level, const char *line)
{
    static const char *const levels[] = {"off", "error", "warning", "info",
                                         "debug"};

    (void)data;
    pthread_mutex_lock(&log_lock);
    size_t used = strlen(log_text);

    snprintf(log_text + used, sizeof log_text - used, "%s: %s\n",
             level < 5 ? levels[level] : "?", line);
    pthread_mutex_unlock(&log_lock);
}

const char *backends_log(void)
{
    return log_text;
}

bool backends_logged(const char *words)
{
    pthread_mutex_lock(&log_lock);
    bool found = strstr(log_text, words) != NULL;

    pthread_mutex_unlock(&log_lock);
    return found;
}

/* ---- opening ---- */

void backends_install(const char *names)
{
    char name[64];
    int used = 0;

    while (sscanf(names, " %63s%n", name, &used) == 1) {
        suite_link(suite_built(suite_text("tests/fakes/.libs/%s.so", name)),
                   suite_text("plugins/%s.so", name));
        names += used;
    }
}

tn_status backends_open_with(uint32_t flags, const char *backend,
                             const char *more, tn_runtime **runtime)
{
    tn_options options = {.size = sizeof options,
                          .flags = flags,
                          .file = suite_path("app.ini"),
                          .log = take_line};

    log_text[0] = '\0';
    suite_print("app.ini",
                "[runtime]\nplugin_path = %s\nkernel_path = %s\nlog = debug\n"
                "%s%s\n%s",
                suite_path("plugins"), suite_path("kernels"),
                backend != NULL ? "backend = " : "",
                backend != NULL ? backend : "", more);
    return tn_runtime_open_with(&options, runtime);
}

tn_status backends_open(const char *backend, const char *more,
                        tn_runtime **runtime)
{
    return backends_open_with(0, backend, more, runtime);
}

tn_backend_info backends_info(const tn_runtime *runtime, const char *name)
{
    tn_backend_info info = {.size = sizeof info};

    for (size_t i = 0; i < tn_runtime_backend_count(runtime); ++i) {
        WORKS(tn_runtime_backend(runtime, i, &info));
        if (strcmp(info.name, name) == 0) {
            return info;
        }
    }
    CU_FAIL_FATAL("the runtime does not know the backend");
    return info;
}

fake_record *backends_record(tn_device *device)
{
    const void *table = NULL;

    NEEDS(tn_device_extension(device, FAKE_RECORD, &table));
    return (fake_record *)(uintptr_t)table; /* it is shown as read only */
}

/* ---- one plugin ---- */

void backends_begin(backends_fixture *fixture, const char *plugin)
{
    backends_begin_with(fixture, plugin, "");
}

void backends_begin_with(backends_fixture *fixture, const char *plugin,
                         const char *more)
{
    backends_install(plugin);
    NEEDS(backends_open(plugin, more, &fixture->runtime));
    NEEDS(tn_device_default(fixture->runtime, &fixture->device));
    NEEDS(tn_device_get(fixture->runtime, 1, &fixture->other));
    NEEDS(tn_stream_create(fixture->device, &fixture->stream));
    fixture->seen = backends_record(fixture->device);
}

void backends_end(backends_fixture *fixture)
{
    const fake_record *seen = fixture->seen;

    tn_stream_destroy(fixture->stream);
    tn_runtime_close(fixture->runtime);
    CU_ASSERT_EQUAL(seen->memories, 0);
    CU_ASSERT_EQUAL(seen->streams, 0);
    CU_ASSERT_EQUAL(seen->events, 0);
    CU_ASSERT_EQUAL(seen->modules, 0);
    CU_ASSERT_EQUAL(seen->devices, 0);
    CU_ASSERT_EQUAL(seen->instances, 0);
}

tn_module *backends_load(tn_device *device, const char *lines)
{
    tn_module *module = NULL;

    NEEDS(tn_module_load_data(device, lines, strlen(lines), NULL, &module));
    return module;
}

tn_kernel *backends_kernel(tn_device *device, const char *line)
{
    tn_module *module = backends_load(device, line);
    tn_kernel *kernel = NULL;
    char name[64];

    CU_ASSERT_EQUAL_FATAL(sscanf(line, "kernel %63[a-z0-9_]", name), 1);
    NEEDS(tn_kernel_get(module, name, &kernel));
    return kernel;
}

tn_kernel *backends_begin_kernel(backends_fixture *fixture, const char *plugin,
                                 const char *line)
{
    backends_begin(fixture, plugin);
    return backends_kernel(fixture->device, line);
}

tn_buffer *backends_buffer(tn_device *device, uint64_t bytes)
{
    tn_buffer *buffer = NULL;

    NEEDS(tn_buffer_create(device, bytes, &buffer));
    return buffer;
}
