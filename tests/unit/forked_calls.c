/* SPDX-License-Identifier: MIT */
/*
 * Each function of the API, called on what is the parent's. A test looks that
 * none is missing.
 */
#include <string.h>

#include "tests/unit/forked.h"

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
    forked_expect(false, "a callback ran");
}

/* Every function that takes an object and answers a status. */
static const tn_grid one_item = {.items = {1, 1, 1}};

#define CALLS(X)                                                               \
    X(tn_runtime_backend(parent.runtime, 0, &out.backend))                     \
    X(tn_runtime_probe(parent.runtime))                                        \
    X(tn_device_default(parent.runtime, &out.device))                          \
    X(tn_device_find(parent.runtime, "cpu", &out.device))                      \
    X(tn_device_get(parent.runtime, 0, &out.device))                           \
    X(tn_device_info_get(parent.device, &out.info))                            \
    X(tn_device_memory_free(parent.device, &out.number))                       \
    X(tn_device_memory_stats(parent.device, &out.stats))                       \
    X(tn_device_memory_trim(parent.device))                                    \
    X(tn_device_status(parent.device))                                         \
    X(tn_device_native(parent.device, &out.number))                            \
    X(tn_device_extension(parent.device, "x/1", &out.table))                   \
    X(tn_buffer_create(parent.device, 16, &out.buffer))                        \
    X(tn_buffer_create_with(parent.device, 16, &buffer_options, &out.buffer))  \
    X(tn_buffer_import(parent.device, out.bytes, sizeof out.bytes, NULL, NULL, \
                       &out.buffer))                                           \
    X(tn_buffer_map(parent.buffer, 0, 4, TN_ACCESS_READ, &out.pointer))        \
    X(tn_buffer_unmap(parent.buffer, out.bytes))                               \
    X(tn_buffer_native(parent.buffer, &out.number))                            \
    X(tn_stream_create(parent.device, &out.stream))                            \
    X(tn_stream_create_priority(parent.device, 1, &out.stream))                \
    X(tn_stream_wrap(parent.device, 1, &out.stream))                           \
    X(tn_stream_native(parent.stream, &out.number))                            \
    X(tn_stream_sync(parent.stream))                                           \
    X(tn_stream_sync_for(parent.stream, 1))                                    \
    X(tn_stream_status(parent.stream))                                         \
    X(tn_stream_wait(parent.stream, parent.event))                             \
    X(tn_stream_call(parent.stream, never, NULL))                              \
    X(tn_event_create(parent.device, &out.event))                              \
    X(tn_event_create_timed(parent.device, &out.event))                        \
    X(tn_event_record(parent.event, parent.stream))                            \
    X(tn_event_status(parent.event))                                           \
    X(tn_event_sync(parent.event))                                             \
    X(tn_event_sync_for(parent.event, 1))                                      \
    X(tn_event_elapsed(parent.event, parent.later, &out.number))               \
    X(tn_copy_to(parent.stream, parent.buffer, 0, out.bytes, 4))               \
    X(tn_copy_from(parent.stream, parent.buffer, 0, out.bytes, 4))             \
    X(tn_copy_to_async(parent.stream, parent.buffer, 0, out.bytes, 4))         \
    X(tn_copy_from_async(parent.stream, parent.buffer, 0, out.bytes, 4))       \
    X(tn_copy(parent.stream, parent.buffer, 0, parent.buffer, 8, 4))           \
    X(tn_fill(parent.stream, parent.buffer, 0, 4, out.bytes, 4))               \
    X(tn_module_load(parent.device, "vector", &out.module))                    \
    X(tn_module_load_with(parent.device, "vector", "", &out.module))           \
    X(tn_module_load_data(parent.device, "x", 1, NULL, &out.module))           \
    X(tn_module_kernels(parent.module, &out.names, &out.count))                \
    X(tn_module_symbol(parent.module, "x", &out.buffer))                       \
    X(tn_bundle_variant_rank(parent.bundle, 0, parent.device, &out.rank))      \
    X(tn_kernel_get(parent.module, "add", &out.kernel))                        \
    X(tn_kernel_info_get(parent.kernel, &out.told))                            \
    X(tn_kernel_parameter(parent.kernel, 0, &out.parameter))                   \
    X(tn_launch_arguments(parent.stream, parent.kernel, tn_items(1), NULL, 0)) \
    X(tn_launch_words(parent.stream, parent.kernel, &one_item, 0, NULL))       \
    X(tn_graph_begin(parent.stream))                                           \
    X(tn_graph_end(parent.recorded, &out.graph))                               \
    X(tn_graph_launch(parent.graph, parent.stream, NULL, 0))

/* Every function that takes an object and answers nothing. */
#define ENDS(X)                                                                \
    X(tn_graph_destroy(parent.graph))                                          \
    X(tn_module_destroy(parent.module))                                        \
    X(tn_event_destroy(parent.event))                                          \
    X(tn_buffer_destroy_on(parent.buffer, parent.stream))                      \
    X(tn_buffer_destroy(parent.sums))                                          \
    X(tn_stream_destroy(parent.recorded))                                      \
    X(tn_stream_destroy(parent.stream))                                        \
    X(tn_runtime_close(parent.runtime))

/* What these answer is not the driver's. */
#define ANSWERS(X)                                                             \
    X(tn_runtime_backend_count(parent.runtime) > 0)                            \
    X(tn_runtime_explain(parent.runtime)[0] == '\0')                           \
    X(tn_device_count(parent.runtime) == 0)                                    \
    X(tn_device_name(parent.device)[0] != '\0')                                \
    X(tn_buffer_size(parent.buffer) == (uint64_t)FORKED_ITEMS * 4)             \
    X(tn_buffer_device(parent.buffer) == parent.device)                        \
    X(tn_stream_device(parent.stream) == parent.device)                        \
    X(tn_module_description(parent.module)[0] != '\0')                         \
    X(strcmp(tn_kernel_name(parent.kernel), "add") == 0)

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

static void call_everything(void)
{
    const tn_buffer_options buffer_options = {.size = sizeof buffer_options,
                                              .kind = TN_MEMORY_DEVICE};
#define CALL(call)                                                             \
    if (forked_expect((call) == TN_ERROR_FORKED, #call)) {                     \
        forked_expect(strstr(tn_error_message(), "forked") != NULL, #call);    \
    }
#define ANSWER(condition) forked_expect(condition, #condition);
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

void forked_use_everything(void)
{
    call_everything();
    end_everything();
    call_everything();
}

/* Whether a row calls the function; name ends behind its bracket. */
bool forked_uses(const char *name)
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
