/* SPDX-License-Identifier: MIT */
/*
 * The way of one launch: encode the arguments, compare their kinds with the
 * kernel's, cut the grid into groups, hand the record to the plugin. The path
 * of a right launch takes no lock, allocates nothing and asks no system.
 */
#include "runtime/launch.h"

#include <string.h>

#include "common/size.h"
#include "runtime/error.h"
#include "runtime/extent.h"
#include "runtime/grid.h"
#include "runtime/plain.h"
#include "runtime/recording.h"

const char *tn_type_name(tn_type type)
{
    switch (type) {
#define NAME(name, number, text, bytes)                                        \
    case number:                                                               \
        return text;
        TN_TYPE_LIST(NAME)
#undef NAME
    default:
        return "?";
    }
}

uint32_t tn_type_bytes(tn_type type)
{
    switch (type) {
#define BYTES(name, number, text, bytes)                                       \
    case number:                                                               \
        return bytes;
        TN_TYPE_LIST(BYTES)
#undef BYTES
    default:
        return 0;
    }
}

/* ---- sentences for what does not fit ---- */

/* What a C program writes to pass this type. */
static const char *c_type(tn_type type)
{
    static const char *const names[] = {
        [TN_TYPE_BUFFER] = "a tn_buffer *",
        [TN_TYPE_LOCAL] = "tn_local(bytes)",
        [TN_TYPE_STRUCT] = "tn_struct(&s, sizeof s)",
        [TN_TYPE_I8] = "(int8_t)",
        [TN_TYPE_U8] = "(uint8_t)",
        [TN_TYPE_I16] = "(int16_t)",
        [TN_TYPE_U16] = "(uint16_t)",
        [TN_TYPE_I32] = "(int32_t)",
        [TN_TYPE_U32] = "(uint32_t)",
        [TN_TYPE_I64] = "(int64_t)",
        [TN_TYPE_U64] = "(uint64_t)",
        [TN_TYPE_F16] = "tn_half(bits)",
        [TN_TYPE_F32] = "(float)",
        [TN_TYPE_F64] = "(double)",
    };

    return type < sizeof names / sizeof names[0] && names[type] != NULL
               ? names[type]
               : "a value of its size";
}

/* The first parameter that nothing given is for. */
static size_t first_missing(const tn_kernel *kernel,
                            const tn_argument *arguments, size_t count)
{
    size_t i = 0;

    while (i < count && (kernel->parameters[i].type == TN_TYPE_NONE ||
                         kernel->parameters[i].type == arguments[i].type)) {
        ++i;
    }
    return i;
}

static tn_status fail_count(const tn_kernel *kernel,
                            const tn_argument *arguments, size_t count)
{
    uint32_t wanted = kernel->info.parameter_count;

    if (count < wanted) {
        size_t index = first_missing(kernel, arguments, count);
        const tn_parameter *missing = &kernel->parameters[index];

        return tn_fail(TN_ERROR_SIGNATURE,
                       "kernel %s takes %u arguments, given %zu; the first "
                       "that is missing is %zu%s%s (%s); pass %s",
                       kernel->name, wanted, count, index,
                       missing->name[0] != '\0' ? " " : "", missing->name,
                       tn_type_name(missing->type), c_type(missing->type));
    }
    return tn_fail(TN_ERROR_SIGNATURE,
                   "kernel %s takes %u arguments, given %zu", kernel->name,
                   wanted, count);
}

static tn_status fail_type(const tn_kernel *kernel, size_t index,
                           const tn_argument *given)
{
    const tn_parameter *wanted = &kernel->parameters[index];

    return tn_fail(TN_ERROR_SIGNATURE,
                   "kernel %s: argument %zu%s%s is %s, given %s; pass %s",
                   kernel->name, index, wanted->name[0] != '\0' ? " " : "",
                   wanted->name, tn_type_name(wanted->type),
                   tn_type_name(given->type), c_type(wanted->type));
}

static tn_status fail_bytes(const tn_kernel *kernel, size_t index,
                            uint64_t given)
{
    const tn_parameter *wanted = &kernel->parameters[index];

    return tn_fail(TN_ERROR_SIGNATURE,
                   "kernel %s: argument %zu%s%s has %llu bytes, given %llu",
                   kernel->name, index, wanted->name[0] != '\0' ? " " : "",
                   wanted->name, (unsigned long long)wanted->bytes,
                   (unsigned long long)given);
}

/* ---- arguments ---- */

void tn_slot_encode(const tn_argument *argument, tn_plugin_slot *slot)
{
    if (argument->type == TN_TYPE_BUFFER) {
        slot->buffer.memory = argument->value.buffer->handle;
        slot->buffer.offset = argument->offset;
        return;
    }
    slot->words[0] =
        argument->type == TN_TYPE_LOCAL ? argument->bytes : argument->value.u;
    slot->words[1] = 0;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    if (argument->type != TN_TYPE_LOCAL && argument->type != TN_TYPE_F32) {
        slot->words[0] <<= 64 - 8 * tn_type_bytes(argument->type);
    }
#endif
}

tn_status tn_check_buffer_argument(const tn_argument *argument,
                                   const tn_device *device, const char *kernel,
                                   size_t index)
{
    const tn_buffer *buffer = argument->value.buffer;

    if (buffer == NULL) {
        return tn_fail(TN_ERROR_INVALID, "kernel %s: argument %zu is NULL",
                       kernel, index);
    }
    if (buffer->object.device != device) {
        return tn_fail(TN_ERROR_INVALID,
                       "kernel %s: argument %zu is a buffer on %s, the "
                       "stream is on %s",
                       kernel, index, buffer->object.device->name,
                       device->name);
    }
    if (argument->offset >= buffer->bytes) {
        return tn_fail(TN_ERROR_RANGE,
                       "kernel %s: argument %zu begins at %llu of a buffer "
                       "of %llu bytes",
                       kernel, index, (unsigned long long)argument->offset,
                       (unsigned long long)buffer->bytes);
    }
    if (argument->offset % device->info.offset_alignment != 0) {
        return tn_fail(TN_ERROR_RANGE,
                       "kernel %s: argument %zu begins at %llu; on %s "
                       "offsets are multiples of %u",
                       kernel, index, (unsigned long long)argument->offset,
                       device->name, device->info.offset_alignment);
    }
    return TN_OK;
}

/* A struct: one slot with its bytes, then as many as hold them. */
static tn_status encode_struct(const tn_argument *argument,
                               const tn_kernel *kernel, size_t index,
                               tn_encoded_launch *out)
{
    tn_plugin_slot *slot = &out->slots[out->record.slot_count];
    uint64_t slots = tn_size_parts(argument->bytes, sizeof *slot);

    if (argument->value.data == NULL || argument->bytes == 0) {
        return tn_fail(TN_ERROR_INVALID,
                       "kernel %s: argument %zu is a struct without data",
                       kernel->name, index);
    }
    if (slots > TN_STRUCT_SLOTS_MAX - (out->record.slot_count - index)) {
        return tn_fail(TN_ERROR_RANGE,
                       "kernel %s: argument %zu of %u bytes is too large; "
                       "structs have at most %d in a launch; pass it in a "
                       "buffer",
                       kernel->name, index, argument->bytes,
                       TN_STRUCT_BYTES_MAX);
    }
    slot->words[0] = argument->bytes;
    slot->words[1] = 0;
    slot[slots].words[0] = 0; /* behind the value, too */
    slot[slots].words[1] = 0;
    memcpy(slot + 1, argument->value.data, argument->bytes);
    out->record.slot_count += (uint32_t)slots;
    return TN_OK;
}

static tn_status encode_open(const tn_argument *argument,
                             const tn_kernel *kernel, const tn_stream *stream,
                             size_t index, tn_encoded_launch *out)
{
    if (stream->recording == NULL) {
        return tn_fail(TN_ERROR_INVALID,
                       "kernel %s: argument %zu is open (tn_slot), which is "
                       "only for launches that a graph records",
                       kernel->name, index);
    }
    if (argument->type != TN_TYPE_BUFFER &&
        tn_type_bytes(argument->type) == 0) {
        return tn_fail(TN_ERROR_INVALID,
                       "kernel %s: argument %zu: only buffers and scalars "
                       "can be left open",
                       kernel->name, index);
    }
    out->slots[out->record.slot_count] = (tn_plugin_slot){.words = {0, 0}};
    out->open[out->open_count++] =
        (tn_open_slot){.number = (uint32_t)argument->value.u,
                       .type = argument->type,
                       .kernel = kernel,
                       .argument = (uint32_t)index,
                       .slot = out->record.slot_count};
    return TN_OK;
}

static tn_status encode_argument(const tn_argument *argument,
                                 const tn_kernel *kernel,
                                 const tn_stream *stream, size_t index,
                                 tn_encoded_launch *out)
{
    tn_type type = argument->type;
    tn_status status = TN_OK;

    if (__builtin_expect(argument->open != 0, 0)) {
        status = encode_open(argument, kernel, stream, index, out);
    } else if (type == TN_TYPE_BUFFER) {
        status = tn_check_buffer_argument(argument, stream->object.device,
                                          kernel->name, index);
        if (status == TN_OK) {
            tn_slot_encode(argument, &out->slots[out->record.slot_count]);
        }
    } else if (type == TN_TYPE_STRUCT) {
        status = encode_struct(argument, kernel, index, out);
    } else if (type == TN_TYPE_LOCAL || tn_type_bytes(type) != 0) {
        tn_slot_encode(argument, &out->slots[out->record.slot_count]);
    } else {
        status = tn_fail(TN_ERROR_SIGNATURE,
                         "kernel %s: argument %zu has the unknown type %u",
                         kernel->name, index, type);
    }
    out->record.kinds[index / 16] |= (uint64_t)type << (index % 16 * 4);
    out->record.slot_count++;
    return status;
}

static tn_status encode_arguments(const tn_stream *stream,
                                  const tn_kernel *kernel,
                                  const tn_argument *arguments, size_t count,
                                  tn_encoded_launch *out)
{
    if (count > TN_ARGUMENTS_MAX) {
        return tn_fail(TN_ERROR_SIGNATURE,
                       "kernel %s: %zu arguments; a launch has at most %d",
                       kernel->name, count, TN_ARGUMENTS_MAX);
    }
    for (size_t i = 0; i < count; ++i) {
        tn_status status =
            encode_argument(&arguments[i], kernel, stream, i, out);

        if (status != TN_OK) {
            return status;
        }
    }
    out->record.argument_count = (uint32_t)count;
    return TN_OK;
}

/* ---- signature ---- */

static uint64_t argument_bytes(const tn_argument *argument)
{
    return argument->type == TN_TYPE_STRUCT   ? argument->bytes
           : argument->type == TN_TYPE_BUFFER ? sizeof(uint64_t)
                                              : tn_type_bytes(argument->type);
}

/* Structs, and values of which only the size is known. */
static tn_status check_sizes(const tn_kernel *kernel,
                             const tn_argument *arguments)
{
    for (uint32_t i = 0; i < kernel->info.parameter_count; ++i) {
        const tn_parameter *wanted = &kernel->parameters[i];
        uint64_t given = argument_bytes(&arguments[i]);

        if (wanted->bytes != 0 && given != 0 && wanted->bytes != given) {
            return fail_bytes(kernel, i, given);
        }
    }
    return TN_OK;
}

static tn_status find_mismatch(const tn_kernel *kernel,
                               const tn_argument *arguments)
{
    for (uint32_t i = 0; i < kernel->info.parameter_count; ++i) {
        tn_type wanted = kernel->parameters[i].type;

        if (wanted != TN_TYPE_NONE && wanted != arguments[i].type) {
            return fail_type(kernel, i, &arguments[i]);
        }
    }
    return tn_fail(TN_ERROR_INTERNAL,
                   "kernel %s: its signature is packed "
                   "wrongly",
                   kernel->name);
}

static tn_status check_signature(const tn_kernel *kernel,
                                 const tn_argument *arguments, size_t count,
                                 const tn_plugin_launch *record)
{
    if (kernel->info.parameter_count == TN_UNKNOWN) {
        return TN_OK;
    }
    if (count != kernel->info.parameter_count) {
        return fail_count(kernel, arguments, count);
    }
    for (size_t word = 0; word * 16 < count; ++word) {
        if (((record->kinds[word] ^ kernel->kinds[word]) &
             kernel->kind_mask[word]) != 0) {
            return find_mismatch(kernel, arguments);
        }
    }
    return kernel->check_sizes ? check_sizes(kernel, arguments) : TN_OK;
}

/* Without structs no launch comes near it. */
static tn_status check_argument_bytes(const tn_kernel *kernel,
                                      const tn_device_info *info,
                                      const tn_argument *arguments,
                                      size_t count)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < count; ++i) {
        bytes += argument_bytes(&arguments[i]);
    }
    return info->argument_bytes == 0 || bytes <= info->argument_bytes
               ? TN_OK
               : tn_fail(TN_ERROR_RANGE,
                         "kernel %s: %llu bytes of arguments; a launch takes "
                         "at most %llu here; pass structs in a buffer",
                         kernel->name, (unsigned long long)bytes,
                         (unsigned long long)info->argument_bytes);
}

/* ---- the call ---- */

tn_status tn_launch_carefully(tn_stream *stream, tn_kernel *kernel,
                              const tn_grid *grid, const tn_argument *arguments,
                              size_t count)
{
    const tn_device *device = stream->object.device;
    tn_encoded_launch launch; /* large: only what counts is written */

    if (kernel->module->object.device != device) {
        return tn_check_same_device(kernel->name, kernel->module->object.device,
                                    device);
    }
    launch.record =
        (tn_plugin_launch){.size = sizeof launch.record, .slots = launch.slots};
    launch.open_count = 0;
    tn_status status =
        encode_arguments(stream, kernel, arguments, count, &launch);

    if (status == TN_OK) {
        status = check_signature(kernel, arguments, count, &launch.record);
    }
    if (status == TN_OK) {
        status = tn_check_extents(kernel, arguments);
    }
    if (status == TN_OK && launch.record.slot_count > count) {
        status = check_argument_bytes(kernel, &device->info, arguments, count);
    }
    if (status == TN_OK) {
        status = tn_grid_encode(kernel, grid, arguments, count, &launch.record);
    }
    if (status != TN_OK || tn_grid_is_empty(grid)) {
        return status;
    }
    if (stream->recording != NULL) {
        return tn_record_launch(stream->recording, kernel, &launch, arguments);
    }
    tn_plain_note(kernel, &launch.record);
    return tn_stream_answer(
        stream,
        device->plugin->launch(stream->handle, kernel->handle, &launch.record),
        "launching a kernel");
}
