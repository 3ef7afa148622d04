/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "runtime/recording.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/error.h"
#include "runtime/extent.h"

/* A launch whose extents depend on what is open, and its arguments. */
typedef struct open_extents {
    const tn_kernel *kernel;
    uint32_t first_open; /* of the recording's, and how many */
    uint32_t open_count;
    tn_argument *arguments;
} open_extents;

struct tn_recording {
    tn_plugin_command *commands;
    uint32_t count;
    uint32_t capacity;
    tn_open_slot *open; /* of all commands */
    uint32_t open_count;
    open_extents *extents;
    uint32_t extents_count;
    pthread_mutex_t lock;   /* who destroys things looks at all recordings */
    const tn_object **used; /* buffers and modules, some more than once */
    size_t used_count;
    size_t used_capacity;
    atomic_bool lost; /* one of them was destroyed */
};

tn_status tn_check_not_recording(const tn_stream *stream, const char *what)
{
    return stream->recording == NULL
               ? TN_OK
               : tn_fail(TN_ERROR_INVALID,
                         "%s on a stream that a graph records; call "
                         "tn_graph_end() first",
                         what);
}

tn_recording *tn_recording_create(void)
{
    tn_recording *recording = calloc(1, sizeof *recording);

    if (recording != NULL) {
        pthread_mutex_init(&recording->lock, NULL);
    }
    return recording;
}

/* A recorded launch is the record, its slots behind it. */
static tn_plugin_slot *slots_of(const tn_plugin_command *launch)
{
    return (tn_plugin_slot *)(uintptr_t)launch->as.launch.record->slots;
}

static void destroy(tn_recording *recording)
{
    if (recording == NULL) {
        return;
    }
    for (uint32_t i = 0; i < recording->count; ++i) {
        if (recording->commands[i].kind == TN_COMMAND_LAUNCH) {
            free((void *)(uintptr_t)recording->commands[i].as.launch.record);
        }
    }
    for (uint32_t i = 0; i < recording->extents_count; ++i) {
        free(recording->extents[i].arguments);
    }
    free(recording->extents);
    free(recording->commands);
    free(recording->open);
    free(recording->used);
    pthread_mutex_destroy(&recording->lock);
    free(recording);
}

void tn_recording_drop(tn_device *device, tn_recording **recording)
{
    pthread_mutex_lock(&device->lock);
    tn_recording *dropped = *recording;

    *recording = NULL;
    pthread_mutex_unlock(&device->lock);
    destroy(dropped);
}

/* ---- recording ---- */

/* The next command; counted by the caller, when it is whole. */
static tn_plugin_command *add_command(tn_recording *recording, uint32_t kind)
{
    if (recording->count == recording->capacity) {
        uint32_t capacity = recording->capacity * 2 + 16;
        tn_plugin_command *grown =
            reallocarray(recording->commands, capacity, sizeof *grown);

        if (grown == NULL) {
            (void)tn_fail_memory("a graph");
            return NULL;
        }
        recording->commands = grown;
        recording->capacity = capacity;
    }
    tn_plugin_command *added = &recording->commands[recording->count];

    *added = (tn_plugin_command){.kind = kind};
    return added;
}

static tn_status add_used_locked(tn_recording *recording, tn_object *object)
{
    if (recording->used_count == recording->used_capacity) {
        size_t capacity = recording->used_capacity * 2 + 16;
        const tn_object **grown =
            reallocarray(recording->used, capacity, sizeof *grown);

        if (grown == NULL) {
            return tn_fail_memory("a graph");
        }
        recording->used = grown;
        recording->used_capacity = capacity;
    }
    recording->used[recording->used_count++] = object;
    object->recorded = true;
    return TN_OK;
}

static tn_status add_used(tn_recording *recording, tn_object *object)
{
    pthread_mutex_lock(&recording->lock);
    tn_status status = add_used_locked(recording, object);

    pthread_mutex_unlock(&recording->lock);
    return status;
}

void tn_recording_lose_locked(tn_recording *recording, const tn_object *object)
{
    pthread_mutex_lock(&recording->lock);
    for (size_t i = 0; i < recording->used_count; ++i) {
        if (recording->used[i] == object) {
            atomic_store(&recording->lost, true);
        }
    }
    pthread_mutex_unlock(&recording->lock);
}

bool tn_recording_is_lost(const tn_recording *recording)
{
    return atomic_load(&recording->lost);
}

static tn_status add_open(tn_recording *recording,
                          const tn_encoded_launch *launch)
{
    uint32_t count = recording->open_count + launch->open_count;

    if (launch->open_count == 0) {
        return TN_OK;
    }
    tn_open_slot *grown = reallocarray(recording->open, count, sizeof *grown);

    if (grown == NULL) {
        return tn_fail_memory("a graph");
    }
    recording->open = grown;
    for (uint32_t i = 0; i < launch->open_count; ++i) {
        tn_open_slot *open = &grown[recording->open_count + i];

        *open = launch->open[i];
        open->command = recording->count;
    }
    recording->open_count = count;
    return TN_OK;
}

/* Behind add_open(): the launch's open slots are the last ones. */
static tn_status add_extents(tn_recording *recording, const tn_kernel *kernel,
                             const tn_encoded_launch *launch,
                             const tn_argument *arguments)
{
    size_t bytes = launch->record.argument_count * sizeof *arguments;

    if (launch->open_count == 0 || kernel->extents == NULL) {
        return TN_OK;
    }
    open_extents *grown = reallocarray(
        recording->extents, recording->extents_count + 1, sizeof *grown);

    if (grown == NULL) {
        return tn_fail_memory("a graph");
    }
    recording->extents = grown;
    open_extents *added = &grown[recording->extents_count];

    *added =
        (open_extents){.kernel = kernel,
                       .first_open = recording->open_count - launch->open_count,
                       .open_count = launch->open_count,
                       .arguments = malloc(bytes)};
    if (added->arguments == NULL) {
        return tn_fail_memory("a graph");
    }
    memcpy(added->arguments, arguments, bytes);
    recording->extents_count++;
    return TN_OK;
}

static tn_status add_arguments(tn_recording *recording, tn_kernel *kernel,
                               const tn_encoded_launch *launch,
                               const tn_argument *arguments)
{
    tn_status status = add_used(recording, &kernel->module->object);

    for (uint32_t i = 0; i < launch->record.argument_count && status == TN_OK;
         ++i) {
        if (arguments[i].type == TN_TYPE_BUFFER && arguments[i].open == 0) {
            status = add_used(recording, &arguments[i].value.buffer->object);
        }
    }
    if (status == TN_OK) {
        status = add_open(recording, launch);
    }
    if (status == TN_OK) {
        status = add_extents(recording, kernel, launch, arguments);
        if (status != TN_OK) {
            recording->open_count -= launch->open_count;
        }
    }
    return status;
}

tn_status tn_record_launch(tn_recording *recording, tn_kernel *kernel,
                           const tn_encoded_launch *launch,
                           const tn_argument *arguments)
{
    size_t slot_bytes = launch->record.slot_count * sizeof(tn_plugin_slot);
    tn_plugin_command *added = add_command(recording, TN_COMMAND_LAUNCH);

    if (added == NULL) {
        return TN_ERROR_NO_MEMORY;
    }
    tn_plugin_launch *record = malloc(sizeof *record + slot_bytes);

    if (record == NULL) {
        return tn_fail_memory("a graph");
    }
    tn_status status = add_arguments(recording, kernel, launch, arguments);

    if (status != TN_OK) {
        free(record);
        return status;
    }
    *record = launch->record;
    record->slots = memcpy(record + 1, launch->slots, slot_bytes);
    added->as.launch.kernel = kernel->handle;
    added->as.launch.record = record;
    recording->count++;
    return TN_OK;
}

tn_status tn_record_copy(tn_recording *recording, tn_buffer *to,
                         uint64_t to_offset, tn_buffer *from,
                         uint64_t from_offset, uint64_t bytes)
{
    tn_plugin_command *added = add_command(recording, TN_COMMAND_COPY);

    if (added == NULL || add_used(recording, &to->object) != TN_OK ||
        add_used(recording, &from->object) != TN_OK) {
        return TN_ERROR_NO_MEMORY;
    }
    added->as.copy.to = to->handle;
    added->as.copy.to_offset = to_offset;
    added->as.copy.from = from->handle;
    added->as.copy.from_offset = from_offset;
    added->as.copy.bytes = bytes;
    recording->count++;
    return TN_OK;
}

tn_status tn_record_fill(tn_recording *recording, tn_buffer *buffer,
                         uint64_t offset, uint64_t bytes, const void *pattern,
                         uint32_t pattern_bytes)
{
    tn_plugin_command *added = add_command(recording, TN_COMMAND_FILL);

    if (added == NULL || add_used(recording, &buffer->object) != TN_OK) {
        return TN_ERROR_NO_MEMORY;
    }
    added->as.fill.memory = buffer->handle;
    added->as.fill.offset = offset;
    added->as.fill.bytes = bytes;
    added->as.fill.pattern_bytes = pattern_bytes;
    memcpy(added->as.fill.pattern, pattern, pattern_bytes);
    recording->count++;
    return TN_OK;
}

const tn_plugin_command *tn_recording_commands(const tn_recording *recording,
                                               uint32_t *count)
{
    *count = recording->count;
    return recording->commands;
}

/* ---- what is open ---- */

uint32_t tn_recording_open_count(const tn_recording *recording)
{
    return recording->open_count;
}

static const tn_binding *find_binding(const tn_binding *bindings, size_t count,
                                      uint32_t number)
{
    for (size_t i = 0; i < count; ++i) {
        if (bindings[i].slot == number) {
            return &bindings[i];
        }
    }
    return NULL;
}

static tn_status check_binding(const tn_open_slot *open,
                               const tn_binding *binding)
{
    const char *kernel = open->kernel->name;

    if (binding == NULL) {
        return tn_fail(TN_ERROR_SIGNATURE,
                       "kernel %s: slot %u is open and has no binding", kernel,
                       open->number);
    }
    if (binding->value.type != open->type || binding->value.open != 0) {
        return tn_fail(TN_ERROR_SIGNATURE,
                       "kernel %s: slot %u is %s, bound to %s", kernel,
                       open->number, tn_type_name(open->type),
                       tn_type_name(binding->value.type));
    }
    if (open->type != TN_TYPE_BUFFER) {
        return TN_OK;
    }
    return tn_check_buffer_argument(&binding->value,
                                    open->kernel->module->object.device, kernel,
                                    open->argument);
}

/* With the values in the place of the open arguments; there is one for each. */
static tn_status check_extents(const tn_recording *recording,
                               const open_extents *extents,
                               const tn_binding *bindings, size_t count)
{
    for (uint32_t i = 0; i < extents->open_count; ++i) {
        const tn_open_slot *open = &recording->open[extents->first_open + i];
        const tn_binding *binding = find_binding(bindings, count, open->number);

        if (binding != NULL) {
            extents->arguments[open->argument] = binding->value;
        }
    }
    return tn_check_extents(extents->kernel, extents->arguments);
}

tn_status tn_recording_check(const tn_recording *recording,
                             const tn_binding *bindings, size_t count)
{
    if (tn_recording_is_lost(recording)) {
        return tn_fail(TN_ERROR_INVALID,
                       "the graph needs a buffer or module that was destroyed; "
                       "keep what it uses, or leave buffers open with "
                       "tn_slot()");
    }
    for (uint32_t i = 0; i < recording->open_count; ++i) {
        const tn_open_slot *open = &recording->open[i];
        tn_status status =
            check_binding(open, find_binding(bindings, count, open->number));

        if (status != TN_OK) {
            return status;
        }
    }
    for (uint32_t i = 0; i < recording->extents_count; ++i) {
        tn_status status =
            check_extents(recording, &recording->extents[i], bindings, count);

        if (status != TN_OK) {
            return status;
        }
    }
    return TN_OK;
}

void tn_recording_bind(tn_recording *recording, const tn_binding *bindings,
                       size_t count)
{
    for (uint32_t i = 0; i < recording->open_count; ++i) {
        const tn_open_slot *open = &recording->open[i];
        const tn_binding *binding = find_binding(bindings, count, open->number);

        tn_slot_encode(
            &binding->value,
            &slots_of(&recording->commands[open->command])[open->slot]);
    }
}

void tn_recording_encode(const tn_recording *recording,
                         const tn_binding *bindings, size_t count,
                         tn_plugin_binding *encoded)
{
    for (uint32_t i = 0; i < recording->open_count; ++i) {
        const tn_open_slot *open = &recording->open[i];
        const tn_binding *binding = find_binding(bindings, count, open->number);

        encoded[i].command = open->command;
        encoded[i].slot = open->slot;
        tn_slot_encode(&binding->value, &encoded[i].value);
    }
}
