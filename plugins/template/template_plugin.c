/* SPDX-License-Identifier: MIT */
/*
 * A skeleton of a backend, to copy.
 *
 * It is complete: Tenon loads it, and the conformance suite passes. Its one
 * device is plain host memory, and it does all work before a call returns,
 * so its streams and events have nothing to wait for. It takes no kernels.
 * Replace what each operation does by calls of your driver, from the top to
 * the bottom of this file, and run
 *
 *     cc -std=c11 -fPIC -shared -fvisibility=hidden \
 *         $(pkg-config --cflags tenon-plugin) template_plugin.c \
 *         -o template.so
 *
 * What holds for every operation stands in docs/plugin-abi.md; the numbers
 * in brackets are the rules there. In short:
 *
 *   - The host has checked handles, ranges and counts. Check what only you
 *     can know.
 *   - Out parameters are written on success only.
 *   - Whoever finds an error says so in one sentence, through host->error,
 *     and returns its status [5]. Never print, never exit.
 *   - Any function may be called on any thread; one stream is used by one
 *     thread at a time [6].
 *   - Nothing belongs to the process: all state hangs on the instance [1].
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <tenon/plugin.h>

/*
 * Read from the file before any of its code runs [4]: the backend's name, the
 * formats of code that it takes, the keys of its section [backend template],
 * and the libraries that it will open with dlopen().
 */
TN_PLUGIN_NOTE("template", "", "name", "");

/* Handles are opaque to the host: what they point at is yours [6]. */

struct tn_plugin_device {
    tn_plugin_instance *instance;
};

struct tn_plugin_instance {
    const tn_host *host; /* what the host lends [3] */
    void *host_data;     /* goes back with each call of it */
    const char *name;    /* of the device, from the configuration */
    struct tn_plugin_device device;
};

struct tn_plugin_memory {
    tn_plugin_instance *instance;
    unsigned char *bytes;
};

struct tn_plugin_stream {
    tn_plugin_instance *instance;
};

/* Streams belong to one thread at a time; events are shared [6]. */
struct tn_plugin_event {
    tn_plugin_instance *instance;
    bool timed;
    atomic_bool recorded;
    _Atomic(uint64_t) time;
};

/* ---- errors and memory: small helpers that each backend wants ---- */

static tn_status fail(tn_plugin_instance *instance, tn_status status,
                      const char *sentence)
{
    instance->host->error(instance->host_data, sentence);
    return status;
}

/* An object of ours, zeroed, of the host's allocator. */
static void *create(tn_plugin_instance *instance, size_t bytes)
{
    void *object = instance->host->allocate(instance->host_data, bytes, 0);

    if (object == NULL) {
        fail(instance, TN_ERROR_NO_MEMORY, "no memory left for an object");
        return NULL;
    }
    return memset(object, 0, bytes);
}

static void destroy(tn_plugin_instance *instance, void *object)
{
    instance->host->release(instance->host_data, object);
}

/* ---- instance ---- */

static tn_status instance_create(const tn_host *host, void *host_data,
                                 tn_plugin_instance **instance)
{
    /*
     * Open your driver here. Where it is missing, answer
     * TN_ERROR_UNAVAILABLE, with a sentence that says what to install.
     */
    tn_plugin_instance *created = host->allocate(host_data, sizeof *created, 0);

    if (created == NULL) {
        host->error(host_data, "no memory left for the template backend");
        return TN_ERROR_NO_MEMORY;
    }
    memset(created, 0, sizeof *created);
    created->host = host;
    created->host_data = host_data;
    created->device.instance = created;
    created->name = host->config(host_data, "name");
    if (created->name == NULL) {
        created->name = "Template device";
    }
    *instance = created;
    return TN_OK;
}

static void instance_destroy(tn_plugin_instance *instance)
{
    destroy(instance, instance);
}

/* ---- devices [7] ---- */

static tn_status device_count(tn_plugin_instance *instance, uint32_t *count)
{
    (void)instance;
    *count = 1;
    return TN_OK;
}

static tn_status device_info(tn_plugin_instance *instance, uint32_t index,
                             tn_device_info *info)
{
    /* Unknown numbers are 0; some limits are at least 1. */
    tn_device_info own = {.size = sizeof own,
                          .kind = TN_DEVICE_OTHER,
                          .vendor = "Your company",
                          .driver = "template 1.0",
                          .numa_node = -1,
                          .compute_units = 1,
                          .subgroup_items = 1,
                          .offset_alignment = 1,
                          .max_items = 1,
                          .max_items_dim = {1, 1, 1},
                          .max_groups_dim = {1, 1, 1}};
    uint32_t size = info->size; /* the host may know fewer members [2] */

    (void)index;
    snprintf(own.name, sizeof own.name, "%s", instance->name);
    own.size = size;
    memcpy(info, &own, size < sizeof own ? size : sizeof own);
    return TN_OK;
}

static tn_status device_open(tn_plugin_instance *instance, uint32_t index,
                             tn_plugin_device **device)
{
    (void)index;
    *device = &instance->device;
    return TN_OK;
}

static void device_close(tn_plugin_device *device)
{
    (void)device; /* finish or give up what is still queued */
}

static tn_status device_status(tn_plugin_device *device)
{
    (void)device; /* TN_ERROR_DEVICE_LOST once it is */
    return TN_OK;
}

static tn_status module_rank(tn_plugin_device *device, const char *format,
                             const char *requirements, uint32_t *rank)
{
    (void)device;
    (void)format;
    (void)requirements;
    *rank = 0; /* no code runs here; else the best choice has most */
    return TN_OK;
}

/* ---- memory [8] ---- */

static tn_status memory_create(tn_plugin_device *device,
                               const tn_plugin_memory_desc *desc,
                               tn_plugin_memory **memory)
{
    tn_plugin_instance *instance = device->instance;
    const tn_host *host = instance->host;

    if (desc->kind != TN_MEMORY_DEVICE) {
        return fail(instance, TN_ERROR_UNSUPPORTED,
                    "this backend has device memory only");
    }
    tn_plugin_memory *created = create(instance, sizeof *created);

    if (created == NULL) {
        return TN_ERROR_NO_MEMORY;
    }
    if (desc->bytes <= SIZE_MAX) {
        created->bytes = host->allocate(
            instance->host_data, (size_t)desc->bytes, (size_t)desc->alignment);
    }
    if (created->bytes == NULL) {
        char sentence[128];

        snprintf(sentence, sizeof sentence, "no memory for %llu bytes",
                 (unsigned long long)desc->bytes);
        destroy(instance, created);
        return fail(instance, TN_ERROR_NO_MEMORY, sentence);
    }
    created->instance = instance;
    *memory = created;
    return TN_OK;
}

static void memory_destroy(tn_plugin_memory *memory, tn_plugin_stream *stream)
{
    (void)stream; /* free it after that stream's work; here none is left */
    destroy(memory->instance, memory->bytes);
    destroy(memory->instance, memory);
}

/* ---- streams [9] ---- */

static tn_status stream_create(tn_plugin_device *device,
                               const tn_plugin_stream_desc *desc,
                               tn_plugin_stream **stream)
{
    if (desc->handle_kind != 0) {
        return fail(device->instance, TN_ERROR_UNSUPPORTED,
                    "this backend has no native streams to wrap");
    }
    tn_plugin_stream *created = create(device->instance, sizeof *created);

    if (created == NULL) {
        return TN_ERROR_NO_MEMORY;
    }
    created->instance = device->instance;
    *stream = created;
    return TN_OK;
}

static void stream_destroy(tn_plugin_stream *stream)
{
    destroy(stream->instance, stream); /* queued work would still run */
}

static tn_status stream_sync(tn_plugin_stream *stream, uint64_t timeout)
{
    (void)stream; /* what went wrong in it earlier is told here, each time */
    (void)timeout;
    return TN_OK;
}

static tn_status stream_status(tn_plugin_stream *stream)
{
    (void)stream;
    return TN_OK;
}

static tn_status stream_wait(tn_plugin_stream *stream, tn_plugin_event *event)
{
    (void)stream;
    (void)event; /* has passed already */
    return TN_OK;
}

static tn_status stream_call(tn_plugin_stream *stream,
                             void (*function)(void *data, tn_status status),
                             void *data)
{
    (void)stream;
    function(data, TN_OK);
    return TN_OK;
}

/* ---- events ---- */

static tn_status event_create(tn_plugin_device *device,
                              const tn_plugin_event_desc *desc,
                              tn_plugin_event **event)
{
    tn_plugin_event *created = create(device->instance, sizeof *created);

    if (created == NULL) {
        return TN_ERROR_NO_MEMORY;
    }
    created->instance = device->instance;
    created->timed = desc->timed != 0;
    *event = created;
    return TN_OK;
}

static void event_destroy(tn_plugin_event *event)
{
    destroy(event->instance, event);
}

static tn_status event_record(tn_plugin_event *event, tn_plugin_stream *stream)
{
    struct timespec now;

    (void)stream;
    if (event->timed && timespec_get(&now, TIME_UTC) == TIME_UTC) {
        event->time =
            (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    }
    event->recorded = true;
    return TN_OK;
}

static tn_status event_status(tn_plugin_event *event)
{
    (void)event;
    return TN_OK;
}

static tn_status event_sync(tn_plugin_event *event, uint64_t timeout)
{
    (void)event;
    (void)timeout;
    return TN_OK;
}

static tn_status event_elapsed(tn_plugin_event *start, tn_plugin_event *end,
                               uint64_t *nanoseconds)
{
    uint64_t from = start->time;
    uint64_t to = end->time;

    if (!start->timed || !end->timed || !start->recorded || !end->recorded ||
        to < from) {
        return fail(start->instance, TN_ERROR_INVALID,
                    "both events must be timed, and recorded in this order");
    }
    *nanoseconds = to - from;
    return TN_OK;
}

/* ---- copies and fills, in the stream's order ---- */

static tn_status copy_to(tn_plugin_stream *stream, tn_plugin_memory *memory,
                         uint64_t offset, const void *host, uint64_t bytes)
{
    (void)stream;
    memcpy(memory->bytes + offset, host, (size_t)bytes);
    return TN_OK;
}

static tn_status copy_from(tn_plugin_stream *stream, tn_plugin_memory *memory,
                           uint64_t offset, void *host, uint64_t bytes)
{
    (void)stream;
    memcpy(host, memory->bytes + offset, (size_t)bytes);
    return TN_OK;
}

static tn_status copy(tn_plugin_stream *stream, tn_plugin_memory *to,
                      uint64_t to_offset, tn_plugin_memory *from,
                      uint64_t from_offset, uint64_t bytes)
{
    (void)stream;
    memcpy(to->bytes + to_offset, from->bytes + from_offset, (size_t)bytes);
    return TN_OK;
}

static tn_status fill(tn_plugin_stream *stream, tn_plugin_memory *memory,
                      uint64_t offset, uint64_t bytes, const void *pattern,
                      uint32_t pattern_bytes)
{
    (void)stream;
    for (uint64_t i = 0; i < bytes; i += pattern_bytes) {
        memcpy(memory->bytes + offset + i, pattern, pattern_bytes);
    }
    return TN_OK;
}

/* ---- the table ---- */

static const tn_plugin table = {
    .size = sizeof table,
    .abi = TN_PLUGIN_ABI,
    .name = "template", /* as in the note */
    .version = "1.0",
    .vendor = "Your company <support@example.com>",

    .instance_create = instance_create,
    .instance_destroy = instance_destroy,
    /* .instance_wrap: for layers only [14] */
    /* .get_extension: no extensions [12] */

    .device_count = device_count,
    .device_info = device_info,
    .device_open = device_open,
    .device_close = device_close,
    .device_status = device_status,
    /* .device_memory_free: not known here */
    .module_rank = module_rank,

    .memory_create = memory_create,
    .memory_destroy = memory_destroy,
    /*
     * .memory_import, .memory_map, .memory_unmap: optional. Who has them
     * sets TN_FEATURE_IMPORT and TN_FEATURE_MAP in the device's info.
     */

    .stream_create = stream_create,
    .stream_destroy = stream_destroy,
    .stream_sync = stream_sync,
    .stream_status = stream_status,
    .stream_wait = stream_wait,
    .stream_call = stream_call,

    .event_create = event_create,
    .event_destroy = event_destroy,
    .event_record = event_record,
    .event_status = event_status,
    .event_sync = event_sync,
    .event_elapsed = event_elapsed,

    /*
     * .module_create, .module_destroy, .module_kernels, .module_symbol,
     * .kernel_get, .kernel_info, .kernel_parameter, .launch: this backend
     * runs no kernels, and module_rank() says so. Write these next. The
     * host answers TN_ERROR_UNSUPPORTED for each operation that is missing.
     */

    .copy_to = copy_to,
    .copy_from = copy_from,
    .copy_to_async = copy_to, /* what is done at once is done in time */
    .copy_from_async = copy_from,
    .copy = copy,
    .fill = fill,

    /* .graph_*: optional; the host replays graphs by a loop [11] */
    /* .*_native: optional; the driver's own objects behind our handles */
};

/*
 * The one function that a plugin exports [1]. It runs no driver code. A
 * host of another major version speaks another language; one of a lower
 * minor version knows fewer operations, which does no harm.
 */
tn_status tn_plugin_query(uint32_t host_abi, const tn_plugin **plugin)
{
    if (host_abi >> 16 != TN_PLUGIN_ABI_MAJOR) {
        return TN_ERROR_UNSUPPORTED;
    }
    *plugin = &table;
    return TN_OK;
}
