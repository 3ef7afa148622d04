/* SPDX-License-Identifier: MIT */
#include "tests/fakes/fake.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fakes/fake_parts.h"

fake_record fake_seen;

/* Of what the record keeps of a last call that many threads make at once. */
static pthread_mutex_t last_lock = PTHREAD_MUTEX_INITIALIZER;

struct tn_plugin_event {
    tn_plugin_device *device;
    bool timed;
    atomic_bool recorded;
    atomic_uint stream; /* its number */
    atomic_ullong time;
};

/* ---- instance ---- */

tn_status fake_fail(const tn_plugin_instance *instance, tn_status status,
                    const char *sentence)
{
    instance->host->error(instance->host_data, sentence);
    return status;
}

tn_status fake_instance_create(const tn_host *host, void *host_data,
                               tn_plugin_instance **instance)
{
    tn_plugin_instance own = {host, host_data};
    tn_plugin_instance *made = create(&own, sizeof *made);

    if (made == NULL) {
        return TN_ERROR_NO_MEMORY;
    }
    *made = own;
    fake_seen.instances++;
    host->log(host_data, TN_LOG_DEBUG, "started");
    *instance = made;
    return TN_OK;
}

void fake_instance_destroy(tn_plugin_instance *instance)
{
    tn_plugin_instance own = *instance;

    fake_seen.instances--;
    destroy(&own, instance);
}

static tn_status get_extension(tn_plugin_instance *instance, const char *name,
                               const void **table)
{
    if (strcmp(name, FAKE_RECORD) != 0) {
        return fake_fail(instance, TN_ERROR_UNSUPPORTED,
                         "knows no other extension than " FAKE_RECORD);
    }
    *table = &fake_seen;
    return TN_OK;
}

/* ---- devices ---- */

static tn_status device_count(tn_plugin_instance *instance, uint32_t *count)
{
    (void)instance;
    *count = FAKE_DEVICES;
    return TN_OK;
}

/* The second device does not know its largest allocation, and has peers. */
tn_status fake_device_info(tn_plugin_instance *instance, uint32_t index,
                           tn_device_info *info)
{
    tn_device_info own = {
        .size = info->size,
        .kind = TN_DEVICE_ACCELERATOR,
        .vendor = "Tenon",
        .target = "fake-1",
        .driver = "none",
        .numa_node = -1,
        .compute_units = 1,
        .subgroup_items = 1,
        .offset_alignment = FAKE_OFFSET_ALIGNMENT,
        .memory_bytes = (uint64_t)1 << 32,
        .allocation_bytes = index == 0 ? FAKE_ALLOCATION_BYTES : 0,
        .local_bytes = FAKE_LOCAL_BYTES,
        .argument_bytes = 4096,
        .max_items = FAKE_MAX_ITEMS,
        .max_items_dim = {FAKE_MAX_ITEMS, FAKE_MAX_ITEMS, FAKE_MAX_ITEMS_Z},
        .max_groups_dim = {FAKE_MAX_GROUPS_X, FAKE_MAX_GROUPS_Y, 65535},
        .features = TN_FEATURE_PINNED | TN_FEATURE_MAP | TN_FEATURE_IMPORT |
                    TN_FEATURE_HOST_MEMORY | TN_FEATURE_SYMBOLS |
                    (index == 1 ? TN_FEATURE_PEER : 0)};

    (void)instance;
    snprintf(own.name, sizeof own.name, "Fake Device %c", 'A' + (int)index);
    snprintf(own.pci_address, sizeof own.pci_address, "0000:0%u:00.0",
             index % 10);
    memset(own.uuid, (int)index + 0x1a, sizeof own.uuid);
    memcpy(info, &own, info->size < sizeof own ? info->size : sizeof own);
    return TN_OK;
}

static tn_status device_open(tn_plugin_instance *instance, uint32_t index,
                             tn_plugin_device **device)
{
    tn_plugin_device *made = create(instance, sizeof *made);

    if (made == NULL) {
        return TN_ERROR_NO_MEMORY;
    }
    made->instance = instance;
    made->index = index;
    fake_seen.devices++;
    fake_seen.opens++;
    *device = made;
    return TN_OK;
}

static void device_close(tn_plugin_device *device)
{
    fake_seen.devices--;
    destroy(device->instance, device);
}

static tn_status device_status(tn_plugin_device *device)
{
    (void)device;
    return TN_OK;
}

static tn_status device_memory_free(tn_plugin_device *device, uint64_t *bytes)
{
    (void)device;
    *bytes = 4096;
    return TN_OK;
}

static tn_status device_native(tn_plugin_device *device, uint64_t *handle)
{
    *handle = 100 + device->index;
    return TN_OK;
}

static tn_status module_rank(tn_plugin_device *device, const char *format,
                             const char *requirements, uint32_t *rank)
{
    unsigned level = 0;

    (void)device;
    *rank = 0;
    if (strcmp(format, "fake") != 0 && strcmp(format, "clc") != 0) {
        return TN_OK;
    }
    if (requirements[0] == '\0') {
        *rank = 1;
    } else if (sscanf(requirements, "level >= %u", &level) == 1 && level <= 3) {
        *rank = 1 + level;
    }
    return TN_OK;
}

/* ---- memory ---- */

static tn_status memory_create(tn_plugin_device *device,
                               const tn_plugin_memory_desc *desc,
                               tn_plugin_memory **memory)
{
    const tn_plugin_instance *instance = device->instance;
    size_t alignment = desc->alignment > 64 ? (size_t)desc->alignment : 64;

    pthread_mutex_lock(&last_lock);
    fake_seen.memory = *desc;
    pthread_mutex_unlock(&last_lock);
    if (desc->kind == TN_MEMORY_SHARED) {
        return fake_fail(instance, TN_ERROR_UNSUPPORTED,
                         "has no shared memory");
    }
    if (desc->bytes > FAKE_ALLOCATION_BYTES) {
        return fake_fail(instance, TN_ERROR_NO_MEMORY,
                         "more bytes than there are");
    }
    if (fake_seen.no_memory > 0) {
        fake_seen.no_memory--;
        return fake_fail(instance, TN_ERROR_NO_MEMORY, "all is taken");
    }
    tn_plugin_memory *made = create(instance, sizeof *made);

    if (made == NULL) {
        return TN_ERROR_NO_MEMORY;
    }
    made->bytes = instance->host->allocate(instance->host_data,
                                           (size_t)desc->bytes, alignment);
    if (made->bytes == NULL) {
        destroy(instance, made);
        return TN_ERROR_NO_MEMORY;
    }
    made->device = device;
    fake_seen.memories++;
    *memory = made;
    return TN_OK;
}

static void do_nothing(void *data)
{
    (void)data;
}

static tn_status memory_import(tn_plugin_device *device,
                               const tn_plugin_import_desc *desc,
                               tn_plugin_memory **memory)
{
    tn_plugin_memory *made = create(device->instance, sizeof *made);

    if (made == NULL) {
        return TN_ERROR_NO_MEMORY;
    }
    made->device = device;
    made->bytes = (unsigned char *)(uintptr_t)desc->handle;
    made->release = desc->release != NULL ? desc->release : do_nothing;
    made->data = desc->data;
    fake_seen.memories++;
    *memory = made;
    return TN_OK;
}

static void memory_destroy(tn_plugin_memory *memory, tn_plugin_stream *stream)
{
    const tn_plugin_instance *instance = memory->device->instance;

    pthread_mutex_lock(&last_lock);
    fake_seen.freed_on = stream;
    pthread_mutex_unlock(&last_lock);
    fake_seen.memories--;
    if (memory->release != NULL) {
        memory->release(memory->data);
    } else {
        destroy(instance, memory->bytes);
    }
    destroy(instance, memory);
}

static tn_status memory_map(tn_plugin_memory *memory, uint64_t offset,
                            uint64_t bytes, tn_access access, void **pointer)
{
    (void)bytes;
    (void)access;
    *pointer = memory->bytes + offset;
    return TN_OK;
}

static tn_status memory_unmap(tn_plugin_memory *memory, void *pointer)
{
    (void)memory;
    (void)pointer;
    return TN_OK;
}

static tn_status memory_native(tn_plugin_memory *memory, uint64_t *handle)
{
    *handle = (uintptr_t)memory->bytes;
    return TN_OK;
}

/* ---- streams ---- */

static tn_status stream_create(tn_plugin_device *device,
                               const tn_plugin_stream_desc *desc,
                               tn_plugin_stream **stream)
{
    static atomic_uint numbers;

    pthread_mutex_lock(&last_lock);
    fake_seen.stream = *desc;
    pthread_mutex_unlock(&last_lock);
    if (desc->handle_kind != 0 && desc->handle != FAKE_STUCK_STREAM &&
        desc->handle != FAKE_BROKEN_STREAM) {
        return fake_fail(device->instance, TN_ERROR_UNSUPPORTED,
                         "wraps no stream but two");
    }
    tn_plugin_stream *made = create(device->instance, sizeof *made);

    if (made == NULL) {
        return TN_ERROR_NO_MEMORY;
    }
    made->device = device;
    made->native = desc->handle;
    made->number = numbers++ % FAKE_STREAM_NUMBERS;
    made->failed = desc->handle == FAKE_BROKEN_STREAM ? TN_ERROR_DEVICE : TN_OK;
    fake_seen.streams++;
    *stream = made;
    return TN_OK;
}

static void stream_destroy(tn_plugin_stream *stream)
{
    fake_seen.streams--;
    destroy(stream->device->instance, stream);
}

static bool is_set(const atomic_uint *bits, uint32_t number)
{
    return (atomic_load(bits) >> number & 1) != 0;
}

/* What sticks to the stream. */
static tn_status answer(const tn_plugin_stream *stream)
{
    const tn_plugin_instance *instance = stream->device->instance;

    if (is_set(&fake_seen.broken, stream->number)) {
        return fake_fail(instance, TN_ERROR_DEVICE, FAKE_BROKEN_SENTENCE);
    }
    return stream->failed == TN_OK
               ? TN_OK
               : fake_fail(instance, stream->failed, FAKE_BROKEN_SENTENCE);
}

static bool is_busy(const tn_plugin_stream *stream)
{
    return stream->native == FAKE_STUCK_STREAM ||
           is_set(&fake_seen.busy, stream->number);
}

static tn_status stream_sync(tn_plugin_stream *stream, uint64_t timeout)
{
    fake_seen.syncs++;
    return is_busy(stream) && timeout != TN_FOREVER ? TN_TIMEOUT
                                                    : answer(stream);
}

static tn_status stream_status(tn_plugin_stream *stream)
{
    tn_status status = answer(stream);

    return status == TN_OK && is_busy(stream) ? TN_NOT_READY : status;
}

static tn_status stream_wait(tn_plugin_stream *stream, tn_plugin_event *event)
{
    (void)event;
    return answer(stream);
}

static tn_status stream_call(tn_plugin_stream *stream,
                             void (*function)(void *data, tn_status status),
                             void *data)
{
    function(data, stream->failed);
    return TN_OK;
}

static tn_status stream_native(tn_plugin_stream *stream, uint64_t *handle)
{
    *handle = stream->native;
    return TN_OK;
}

/* ---- events ---- */

static tn_status event_create(tn_plugin_device *device,
                              const tn_plugin_event_desc *desc,
                              tn_plugin_event **event)
{
    tn_plugin_event *made = create(device->instance, sizeof *made);

    if (made == NULL) {
        return TN_ERROR_NO_MEMORY;
    }
    made->device = device;
    made->timed = desc->timed != 0;
    fake_seen.events++;
    *event = made;
    return TN_OK;
}

static void event_destroy(tn_plugin_event *event)
{
    fake_seen.events--;
    destroy(event->device->instance, event);
}

/* A clock of its own: a microsecond for each event. */
static tn_status event_record(tn_plugin_event *event, tn_plugin_stream *stream)
{
    static atomic_uint clock;

    fake_seen.event_records++;
    event->time = 1000 * (uint64_t)++clock;
    event->stream = stream->number;
    event->recorded = true;
    return answer(stream);
}

static tn_status event_status(tn_plugin_event *event)
{
    if (!event->recorded) {
        return TN_OK;
    }
    if (is_set(&fake_seen.broken, event->stream)) {
        return fake_fail(event->device->instance, TN_ERROR_DEVICE,
                         FAKE_BROKEN_SENTENCE);
    }
    return is_set(&fake_seen.busy, event->stream) ? TN_NOT_READY : TN_OK;
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
    if (!start->recorded || !end->recorded) {
        return fake_fail(start->device->instance, TN_ERROR_INVALID,
                         "an event was never recorded");
    }
    *nanoseconds = end->time - start->time;
    return TN_OK;
}

/* ---- work ---- */

static float *floats(const tn_plugin_slot *slot)
{
    return (float *)(void *)(slot->buffer.memory->bytes + slot->buffer.offset);
}

static void run_add(const tn_plugin_slot *slots)
{
    uint32_t n;

    memcpy(&n, slots[3].value, sizeof n);
    for (uint32_t i = 0; i < n; ++i) {
        floats(&slots[2])[i] = floats(&slots[0])[i] + floats(&slots[1])[i];
    }
}

tn_status fake_launch(tn_plugin_stream *stream, tn_plugin_kernel *kernel,
                      const tn_plugin_launch *launch)
{
    fake_seen.launches++;
    snprintf(fake_seen.kernel, sizeof fake_seen.kernel, "%s", kernel->name);
    fake_seen.launch = *launch;
    memset(fake_seen.slots, 0xee, sizeof fake_seen.slots);
    memcpy(fake_seen.slots, launch->slots,
           launch->slot_count * sizeof *launch->slots);
    fake_seen.launch.slots = fake_seen.slots;
    if (stream->failed == TN_OK && strcmp(kernel->name, "add") == 0 &&
        launch->argument_count == 4) {
        run_add(launch->slots);
    }
    return answer(stream);
}

static tn_status copy_to(tn_plugin_stream *stream, tn_plugin_memory *memory,
                         uint64_t offset, const void *host, uint64_t bytes)
{
    fake_seen.copies++;
    memcpy(memory->bytes + offset, host, (size_t)bytes);
    return answer(stream);
}

static tn_status copy_from(tn_plugin_stream *stream, tn_plugin_memory *memory,
                           uint64_t offset, void *host, uint64_t bytes)
{
    fake_seen.copies++;
    memcpy(host, memory->bytes + offset, (size_t)bytes);
    return answer(stream);
}

static tn_status copy(tn_plugin_stream *stream, tn_plugin_memory *to,
                      uint64_t to_offset, tn_plugin_memory *from,
                      uint64_t from_offset, uint64_t bytes)
{
    fake_seen.copies++;
    memcpy(to->bytes + to_offset, from->bytes + from_offset, (size_t)bytes);
    return answer(stream);
}

static tn_status fill(tn_plugin_stream *stream, tn_plugin_memory *memory,
                      uint64_t offset, uint64_t bytes, const void *pattern,
                      uint32_t pattern_bytes)
{
    fake_seen.fills++;
    for (uint64_t i = 0; i < bytes; i += pattern_bytes) {
        memcpy(memory->bytes + offset + i, pattern, pattern_bytes);
    }
    return answer(stream);
}

/* ---- the table ---- */

void fake_fill(tn_plugin *table, const char *name)
{
    *table = (tn_plugin){
        .size = sizeof *table,
        .abi = TN_PLUGIN_ABI,
        .name = name,
        .version = "7.0",
        .vendor = "Tenon",
        .instance_create = fake_instance_create,
        .instance_destroy = fake_instance_destroy,
        .get_extension = get_extension,
        .device_count = device_count,
        .device_info = fake_device_info,
        .device_open = device_open,
        .device_close = device_close,
        .device_status = device_status,
        .device_memory_free = device_memory_free,
        .module_rank = module_rank,
        .memory_create = memory_create,
        .memory_import = memory_import,
        .memory_destroy = memory_destroy,
        .memory_map = memory_map,
        .memory_unmap = memory_unmap,
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
        .launch = fake_launch,
        .copy_to = copy_to,
        .copy_from = copy_from,
        .copy_to_async = copy_to,
        .copy_from_async = copy_from,
        .copy = copy,
        .fill = fill,
        .device_native = device_native,
        .memory_native = memory_native,
        .stream_native = stream_native,
    };
    fake_fill_modules(table);
}
