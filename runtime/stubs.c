/* SPDX-License-Identifier: MIT */
/*
 * What stands in the host's table where a plugin has nothing: operations that
 * answer TN_ERROR_UNSUPPORTED, so that no caller tests a pointer.
 */
#include <string.h>

#include "runtime/loader.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

/* Operations that answer a status. X(name, parameters) */
#define OPERATIONS(X)                                                          \
    X(instance_create, (const tn_host *a, void *b, tn_plugin_instance **c))    \
    X(get_extension, (tn_plugin_instance * a, const char *b, const void **c))  \
    X(device_count, (tn_plugin_instance * a, uint32_t * b))                    \
    X(device_info, (tn_plugin_instance * a, uint32_t b, tn_device_info * c))   \
    X(device_open,                                                             \
      (tn_plugin_instance * a, uint32_t b, tn_plugin_device * *c))             \
    X(device_status, (tn_plugin_device * a))                                   \
    X(device_memory_free, (tn_plugin_device * a, uint64_t * b))                \
    X(module_rank,                                                             \
      (tn_plugin_device * a, const char *b, const char *c, uint32_t *d))       \
    X(memory_create, (tn_plugin_device * a, const tn_plugin_memory_desc *b,    \
                      tn_plugin_memory **c))                                   \
    X(memory_import, (tn_plugin_device * a, const tn_plugin_import_desc *b,    \
                      tn_plugin_memory **c))                                   \
    X(memory_map,                                                              \
      (tn_plugin_memory * a, uint64_t b, uint64_t c, tn_access d, void **e))   \
    X(memory_unmap, (tn_plugin_memory * a, void *b))                           \
    X(stream_create, (tn_plugin_device * a, const tn_plugin_stream_desc *b,    \
                      tn_plugin_stream **c))                                   \
    X(stream_sync, (tn_plugin_stream * a, uint64_t b))                         \
    X(stream_status, (tn_plugin_stream * a))                                   \
    X(stream_wait, (tn_plugin_stream * a, tn_plugin_event * b))                \
    X(stream_call,                                                             \
      (tn_plugin_stream * a, void (*b)(void *, tn_status), void *c))           \
    X(event_create, (tn_plugin_device * a, const tn_plugin_event_desc *b,      \
                     tn_plugin_event **c))                                     \
    X(event_record, (tn_plugin_event * a, tn_plugin_stream * b))               \
    X(event_status, (tn_plugin_event * a))                                     \
    X(event_sync, (tn_plugin_event * a, uint64_t b))                           \
    X(event_elapsed, (tn_plugin_event * a, tn_plugin_event * b, uint64_t * c)) \
    X(module_create, (tn_plugin_device * a, const tn_plugin_module_desc *b,    \
                      tn_plugin_module **c))                                   \
    X(module_kernels,                                                          \
      (tn_plugin_module * a, const char *const **b, uint32_t *c))              \
    X(module_symbol, (tn_plugin_module * a, const char *b,                     \
                      tn_plugin_memory **c, uint64_t *d))                      \
    X(kernel_get, (tn_plugin_module * a, const char *b, tn_plugin_kernel **c)) \
    X(kernel_info, (tn_plugin_kernel * a, tn_kernel_info * b))                 \
    X(kernel_parameter, (tn_plugin_kernel * a, uint32_t b, tn_parameter * c))  \
    X(launch,                                                                  \
      (tn_plugin_stream * a, tn_plugin_kernel * b, const tn_plugin_launch *c)) \
    X(copy_to, (tn_plugin_stream * a, tn_plugin_memory * b, uint64_t c,        \
                const void *d, uint64_t e))                                    \
    X(copy_from, (tn_plugin_stream * a, tn_plugin_memory * b, uint64_t c,      \
                  void *d, uint64_t e))                                        \
    X(copy_to_async, (tn_plugin_stream * a, tn_plugin_memory * b, uint64_t c,  \
                      const void *d, uint64_t e))                              \
    X(copy_from_async, (tn_plugin_stream * a, tn_plugin_memory * b,            \
                        uint64_t c, void *d, uint64_t e))                      \
    X(copy, (tn_plugin_stream * a, tn_plugin_memory * b, uint64_t c,           \
             tn_plugin_memory * d, uint64_t e, uint64_t f))                    \
    X(fill, (tn_plugin_stream * a, tn_plugin_memory * b, uint64_t c,           \
             uint64_t d, const void *e, uint32_t f))                           \
    X(graph_create, (tn_plugin_device * a, const tn_plugin_command *b,         \
                     uint32_t c, tn_plugin_graph **d))                         \
    X(graph_launch, (tn_plugin_graph * a, tn_plugin_stream * b,                \
                     const tn_plugin_binding *c, uint32_t d))                  \
    X(device_native, (tn_plugin_device * a, uint64_t * b))                     \
    X(memory_native, (tn_plugin_memory * a, uint64_t * b))                     \
    X(stream_native, (tn_plugin_stream * a, uint64_t * b))                     \
    X(event_native, (tn_plugin_event * a, uint64_t * b))

/* Operations that answer nothing: without them nothing is done. */
#define ENDINGS(X)                                                             \
    X(instance_destroy, (tn_plugin_instance * a))                              \
    X(device_close, (tn_plugin_device * a))                                    \
    X(memory_destroy, (tn_plugin_memory * a, tn_plugin_stream * b))            \
    X(stream_destroy, (tn_plugin_stream * a))                                  \
    X(event_destroy, (tn_plugin_event * a))                                    \
    X(module_destroy, (tn_plugin_module * a))                                  \
    X(graph_destroy, (tn_plugin_graph * a))

#define OPERATION_STUB(name, parameters)                                       \
    static tn_status stub_##name parameters                                    \
    {                                                                          \
        return TN_ERROR_UNSUPPORTED;                                           \
    }
#define ENDING_STUB(name, parameters)                                          \
    static void stub_##name parameters                                         \
    {                                                                          \
    }
OPERATIONS(OPERATION_STUB)
ENDINGS(ENDING_STUB)

/* One of each, and instance_wrap: that no operation was forgotten here. */
#define ONE(name, parameters) +1
_Static_assert((sizeof(tn_plugin) - offsetof(tn_plugin, instance_create)) /
                       sizeof(void (*)(void)) ==
                   1 OPERATIONS(ONE) ENDINGS(ONE),
               "each operation of tn_plugin needs a stub");

void tn_plugin_fill(const tn_plugin *own, tn_plugin *filled)
{
    size_t size = own->size < sizeof *filled ? own->size : sizeof *filled;

    memset(filled, 0, sizeof *filled);
    memcpy(filled, own, size);
#define FILL(name, parameters)                                                 \
    if (filled->name == NULL) {                                                \
        filled->name = stub_##name;                                            \
    }
    OPERATIONS(FILL)
    ENDINGS(FILL)
#undef FILL
}
