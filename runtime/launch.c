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
        [TN_TYPE_F16] = "tn_f16(bits)",
        [TN_TYPE_F32] = "(float)",
        [TN_TYPE_F64] = "(double)",
    };

    return type < sizeof names / sizeof names[0] && names[type] != NULL
               ? names[type]
               : "another type";
}

static tn_status fail_count(const tn_kernel *kernel, size_t count)
{
    uint32_t wanted = kernel->info.parameter_count;

    if (count < wanted && kernel->parameters[count].name[0] != '\0') {
        return tn_fail(TN_ERROR_SIGNATURE,
                       "kernel %s takes %u arguments, given %zu; the first "
                       "that is missing is %s (%s)",
                       kernel->name, wanted, count,
                       kernel->parameters[count].name,
                       tn_type_name(kernel->parameters[count].type));
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
        return fail_count(kernel, count);
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

/* ---- grid ---- */

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* The most items of a group, up to a limit, that leave no rest. */
static uint32_t divisor(uint64_t items, uint32_t limit)
{
    while (limit > 1 && items % limit != 0) {
        --limit;
    }
    return limit;
}

static tn_status choose_items(const tn_kernel *kernel,
                              const tn_device_info *info, const tn_grid *grid,
                              uint32_t items[3])
{
    const uint32_t *given = grid->group;

    if ((given[0] | given[1] | given[2]) == 0) {
        if (kernel->info.required_items[0] != 0) {
            memcpy(items, kernel->info.required_items, 3 * sizeof *items);
            return TN_OK;
        }
        items[0] = kernel->info.preferred_items != 0
                       ? kernel->info.preferred_items
                       : TN_DEFAULT_ITEMS;
        items[0] = smaller(items[0], kernel->max_items);
        if (info->max_items_dim[0] != 0) {
            items[0] = smaller(items[0], info->max_items_dim[0]);
        }
        if (kernel->module->exact_grids) {
            items[0] = divisor(grid->items[0], items[0]);
        }
        items[1] = 1;
        items[2] = 1;
        return TN_OK;
    }
    if (given[0] == 0 || given[1] == 0 || given[2] == 0) {
        return tn_fail(TN_ERROR_RANGE,
                       "kernel %s: a group of %u x %u x %u items; each side "
                       "is at least 1",
                       kernel->name, given[0], given[1], given[2]);
    }
    memcpy(items, given, 3 * sizeof *items);
    return TN_OK;
}

static tn_status check_items(const tn_kernel *kernel,
                             const tn_device_info *info,
                             const uint32_t items[3])
{
    const uint32_t *required = kernel->info.required_items;
    const uint32_t *side = info->max_items_dim;
    uint64_t product = (uint64_t)items[0] * items[1];

    if (required[0] != 0 && memcmp(required, items, 3 * sizeof *items) != 0) {
        return tn_fail(TN_ERROR_RANGE,
                       "kernel %s: a group of %u x %u x %u items; it takes "
                       "only %u x %u x %u",
                       kernel->name, items[0], items[1], items[2], required[0],
                       required[1], required[2]);
    }
    if (product <= kernel->max_items &&
        product * items[2] <= kernel->max_items &&
        (side[0] == 0 ||
         (items[0] <= side[0] && items[1] <= side[1] && items[2] <= side[2]))) {
        return TN_OK;
    }
    if (side[0] == 0) {
        return tn_fail(TN_ERROR_RANGE,
                       "kernel %s: a group of %u x %u x %u items; at most %u "
                       "are possible here",
                       kernel->name, items[0], items[1], items[2],
                       kernel->max_items);
    }
    return tn_fail(TN_ERROR_RANGE,
                   "kernel %s: a group of %u x %u x %u items; at most %u in "
                   "all and %u x %u x %u are possible here",
                   kernel->name, items[0], items[1], items[2],
                   kernel->max_items, side[0], side[1], side[2]);
}

/* A loop over rows would see the first one alone, and nobody would be told. */
static tn_status check_dimensions(const tn_kernel *kernel, const tn_grid *grid)
{
    uint32_t wanted = kernel->info.dimensions;
    uint32_t counted = grid->items[2] > 1 ? 3 : grid->items[1] > 1 ? 2 : 1;
    uint32_t given = grid->dimensions > counted ? grid->dimensions : counted;

    return wanted <= given
               ? TN_OK
               : tn_fail(TN_ERROR_RANGE,
                         "kernel %s has %u dimensions, the grid %u: all but "
                         "index 0 of the others would be left out; launch %s",
                         kernel->name, wanted, given,
                         wanted == 2 ? "tn_items2(x, y)"
                                     : "tn_items3(x, y, z)");
}

static bool is_empty(const tn_grid *grid)
{
    return grid->items[0] == 0 || grid->items[1] == 0 || grid->items[2] == 0;
}

static tn_status cut_into_groups(const tn_kernel *kernel,
                                 const tn_device_info *info,
                                 const tn_grid *grid, tn_plugin_launch *record)
{
    for (int d = 0; d < 3; ++d) {
        uint64_t width =
            (uint64_t)record->items[d] * (d == 0 ? kernel->info.elements : 1);
        uint64_t groups = tn_size_parts(grid->items[d], width);
        uint32_t limit =
            info->max_groups_dim[d] != 0 ? info->max_groups_dim[d] : UINT32_MAX;

        if (groups > limit && !is_empty(grid)) {
            return tn_fail(TN_ERROR_RANGE,
                           "kernel %s: %llu groups in %c; at most %u are "
                           "possible here",
                           kernel->name, (unsigned long long)groups, "xyz"[d],
                           limit);
        }
        if (groups > TN_ITEMS_MAX / width && !is_empty(grid)) {
            return tn_fail(TN_ERROR_RANGE,
                           "kernel %s: %llu items in %c; kernels count to "
                           "%llu; launch it in parts",
                           kernel->name, (unsigned long long)(groups * width),
                           "xyz"[d], (unsigned long long)TN_ITEMS_MAX);
        }
        record->groups[d] = (uint32_t)groups;
    }
    return TN_OK;
}

static tn_status check_local(const tn_kernel *kernel,
                             const tn_device_info *info, const tn_grid *grid,
                             const tn_argument *arguments, size_t count)
{
    uint64_t bytes = kernel->info.local_bytes + grid->local_bytes;

    if (bytes == 0 && !kernel->has_local) {
        return TN_OK;
    }
    for (size_t i = 0; i < count; ++i) {
        if (arguments[i].type == TN_TYPE_LOCAL) {
            bytes += arguments[i].bytes; /* at most 64 times 4 GiB */
        }
    }
    return info->local_bytes == 0 || bytes <= info->local_bytes
               ? TN_OK
               : tn_fail(TN_ERROR_RANGE,
                         "kernel %s: %llu bytes of group memory; a group has "
                         "at most %llu here",
                         kernel->name, (unsigned long long)bytes,
                         (unsigned long long)info->local_bytes);
}

static tn_status encode_grid(const tn_kernel *kernel, const tn_grid *grid,
                             const tn_argument *arguments, size_t count,
                             tn_plugin_launch *record)
{
    const tn_device_info *info = &kernel->module->object.device->info;
    tn_status status = check_dimensions(kernel, grid);

    if (status == TN_OK) {
        status = choose_items(kernel, info, grid, record->items);
    }
    if (status == TN_OK) {
        status = check_items(kernel, info, record->items);
    }
    if (status == TN_OK) {
        status = cut_into_groups(kernel, info, grid, record);
    }
    if (status == TN_OK) {
        status = check_local(kernel, info, grid, arguments, count);
    }
    record->local_bytes = grid->local_bytes;
    return status;
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
        status = encode_grid(kernel, grid, arguments, count, &launch.record);
    }
    if (status != TN_OK || is_empty(grid)) {
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
