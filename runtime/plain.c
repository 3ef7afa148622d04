/* SPDX-License-Identifier: MIT */
#include "runtime/plain.h"

#include <string.h>

#include "runtime/error.h"
#include "runtime/extent.h"
#include "runtime/grid.h"

void tn_plain_init(tn_stream *stream)
{
    stream->plain.device = stream->object.device;
    stream->plain.launch = stream->object.device->plugin->launch;
    stream->plain.fork_count = stream->object.device->backend->fork_count;
    stream->plain.record = (tn_plugin_launch){
        .size = sizeof stream->plain.record,
        .groups = {1, 1, 1},
        .items = {1, 1, 1},
        .slots = stream->plain.slots,
    };
}

/* Two parameters of the same extent and element need the same bytes. */
static const tn_plain_extent *find_extent(const tn_plain *plain,
                                          const tn_plain_extent *wanted)
{
    for (uint32_t i = 0; i < plain->extent_count; ++i) {
        const tn_plain_extent *at = &plain->extents[i];

        if (at->factor == wanted->factor &&
            memcmp(at->extent, wanted->extent, sizeof *at->extent) == 0) {
            return at;
        }
    }
    return NULL;
}

static void prepare_extent(tn_plain *plain, const tn_extent *extent,
                           uint64_t bytes, uint8_t *need)
{
    const bool is_value = extent->step_count == 1 && extent->steps[0] == 'p';
    tn_plain_extent wanted = {.most = is_value ? TN_PLAIN_NEED_MAX / bytes : 0,
                              .factor = bytes,
                              .value =
                                  is_value ? (uint32_t)extent->operands[0] : 0,
                              .extent = extent};
    const tn_plain_extent *found = find_extent(plain, &wanted);

    if (found == NULL) {
        found = &plain->extents[plain->extent_count++];
        plain->extents[plain->extent_count - 1] = wanted;
        plain->sizing = plain->sizing == TN_PLAIN_CALCULATED || !is_value
                            ? TN_PLAIN_CALCULATED
                            : TN_PLAIN_VALUES;
    }
    *need = (uint8_t)(found - plain->extents + 1);
}

/* Whether all buffers have one extent and elements of one size. */
static bool are_alike(const tn_kernel *kernel)
{
    for (uint32_t i = 0; i < kernel->plain.count; ++i) {
        if (kernel->parameters[i].type == TN_TYPE_BUFFER &&
            kernel->plain.need_of[i] != 1) {
            return false;
        }
    }
    return kernel->plain.extent_count == 1;
}

/* False where a buffer for each extent leaves no argument for their values. */
static bool prepare_extents(tn_kernel *kernel)
{
    tn_plain *plain = &kernel->plain;

    for (uint32_t i = 0; kernel->extents != NULL && i < plain->count; ++i) {
        const tn_parameter *parameter = &kernel->parameters[i];

        if (kernel->extents[i].step_count == 0) {
            continue;
        }
        if (plain->extent_count == TN_PLAIN_ARGUMENTS_MAX - 1) {
            return false;
        }
        prepare_extent(plain, &kernel->extents[i],
                       tn_type_bytes(parameter->element), &plain->need_of[i]);
    }
    if (plain->sizing == TN_PLAIN_VALUES && are_alike(kernel)) {
        plain->sizing = TN_PLAIN_ALIKE;
    }
    return true;
}

/* What is asked of a grid in a line that leaves the groups to the kernel. */
static void prepare_line(tn_kernel *kernel, const tn_device_info *info)
{
    const uint32_t *own = kernel->own_items;
    const uint64_t width = (uint64_t)own[0] * kernel->info.elements;
    const uint64_t groups = kernel->most_groups[0];

    if (own[1] != 1 || own[2] != 1 || own[0] > kernel->max_items ||
        own[0] > kernel->most_items[0] || width > TN_ITEMS_MAX ||
        kernel->info.dimensions > 1 || kernel->module->exact_grids ||
        (info->local_bytes != 0 &&
         kernel->info.local_bytes > info->local_bytes)) {
        return; /* each grid is worked out */
    }
    kernel->plain.most = groups < TN_ITEMS_MAX / width
                             ? groups * width
                             : TN_ITEMS_MAX / width * width;
    kernel->plain.items = own[0];
    kernel->plain.width = (uint32_t)width;
}

void tn_plain_prepare(tn_kernel *kernel, const tn_device *device)
{
    uint32_t count = kernel->info.parameter_count;
    uint32_t alignment = device->info.offset_alignment;
    bool little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;

    kernel->plain = (tn_plain){.count = count, .counts = {count, count}};
    if (count > TN_PLAIN_ARGUMENTS_MAX || !little ||
        (alignment & (alignment - 1)) != 0 || !prepare_extents(kernel)) {
        return; /* each launch goes the careful way */
    }
    kernel->plain.misaligned = (alignment - 1) | TN_PLAIN_OFFSET_TOP;
    prepare_line(kernel, &device->info);
}

void tn_plain_note(tn_kernel *kernel, const tn_plugin_launch *record)
{
    tn_plain *plain = &kernel->plain;
    tn_type types[TN_PLAIN_ARGUMENTS_MAX] = {0};

    if (plain->misaligned == 0) {
        return;
    }
    for (uint32_t i = 0; i < plain->count; ++i) {
        types[i] = (tn_type)(record->kinds[0] >> 4 * i & 15);
        if (types[i] == TN_TYPE_LOCAL || types[i] == TN_TYPE_STRUCT) {
            return;
        }
    }
    if (!atomic_exchange(&plain->noted, true)) {
        memcpy(plain->types, types, sizeof types);
        plain->kinds = record->kinds[0];
        for (uint32_t i = 0; i < plain->count; ++i) {
            plain->word_kinds = plain->word_kinds << 4 | types[i];
        }
        atomic_store_explicit(&plain->device, kernel->module->object.device,
                              memory_order_release);
    }
}

bool tn_plain_calculate_needs(const tn_plain *plain, const uint64_t *words,
                              const tn_argument *arguments, uint64_t *needs)
{
    tn_argument made[TN_PLAIN_ARGUMENTS_MAX];

    for (uint32_t i = 0; arguments == NULL && i < plain->count; ++i) {
        made[i].type = plain->types[i];
        made[i].value.u = words[i];
    }
    needs[0] = 1;
    for (uint32_t i = 0; i < plain->extent_count; ++i) {
        const tn_plain_extent *extent = &plain->extents[i];
        uint64_t elements = 0;

        if (tn_extent_of_launch(extent->extent,
                                arguments != NULL ? arguments : made,
                                &elements) != NULL ||
            elements - 1 >= TN_PLAIN_NEED_MAX / extent->factor) {
            return false;
        }
        needs[i + 1] = elements * extent->factor;
    }
    return true;
}

/* Whether a plain launch in the kernel's own groups would change no more of it. */
static bool is_line(const tn_plugin_launch *record)
{
    return record->groups[1] == 1 && record->groups[2] == 1 &&
           record->items[1] == 1 && record->items[2] == 1 &&
           record->local_bytes == 0;
}

bool tn_plain_shape(tn_stream *stream, const tn_kernel *kernel,
                    const tn_grid *grid)
{
    tn_plugin_launch *record = &stream->plain.record;

    if (tn_grid_is_empty(grid)) {
        return false;
    }
    stream->plain.shaped = 1; /* where it fails, too */
    if (tn_grid_encode(kernel, grid, NULL, 0, record) != TN_OK) {
        return false;
    }
    stream->plain.shaped = !is_line(record);
    return true;
}

/* ---- the calls ---- */

/* What has failed is told out of the way of what has not. */
static __attribute__((noinline)) tn_status fail_launch(tn_stream *stream,
                                                       tn_status status)
{
    return tn_stream_answer(stream, status, "launching a kernel");
}

static inline tn_status launch_plainly(tn_stream *stream,
                                       const tn_kernel *kernel)
{
    tn_status status = stream->plain.launch(stream->handle, kernel->handle,
                                            &stream->plain.record);

    if (__builtin_expect(status != TN_OK, 0)) {
        return fail_launch(stream, status);
    }
    tn_stream_submitted(stream);
    return TN_OK;
}

/* ---- of words ---- */

/* As arguments, for the careful way. */
static __attribute__((noinline)) tn_status
launch_words_carefully(tn_stream *stream, tn_kernel *kernel,
                       const tn_grid *grid, uint64_t kinds,
                       const uint64_t *words)
{
    tn_argument arguments[16] = {{0}};
    size_t count = 0;

    while (count < 16 && kinds >> 4 * count != 0) {
        ++count;
    }
    for (size_t i = 0; i < count; ++i) {
        tn_argument *argument = &arguments[i];
        uint32_t bits = (uint32_t)words[i];

        argument->type = kinds >> 4 * (count - 1 - i) & 15;
        argument->bytes = tn_type_bytes(argument->type);
        if (argument->type == TN_TYPE_BUFFER) {
            argument->value.buffer = (tn_buffer *)(uintptr_t)words[i];
        } else if (argument->type == TN_TYPE_F32) {
            memcpy(&argument->value.f32, &bits, sizeof bits);
        } else {
            argument->value.u = words[i];
        }
    }
    return tn_launch_arguments(stream, kernel, *grid, arguments, count);
}

/* The short way of kernels whose buffers all need as much: one value. */
static __attribute__((noinline)) tn_status
launch_words_alike(tn_stream *stream, tn_kernel *kernel, const tn_grid *grid,
                   uint64_t kinds, const uint64_t *words)
{
    const tn_plain *plain = &kernel->plain;
    const tn_plain_extent *extent = plain->extents;
    uint64_t value = words[extent->value];

    return __builtin_expect(value - 1 < extent->most, 1) &&
                   tn_plain_words(plain, stream->plain.device, words, NULL,
                                  value * extent->factor, stream->plain.slots)
               ? launch_plainly(stream, kernel)
               : launch_words_carefully(stream, kernel, grid, kinds, words);
}

/* Of kernels whose extents are values. */
static __attribute__((noinline)) tn_status
launch_words_sized(tn_stream *stream, tn_kernel *kernel, const tn_grid *grid,
                   uint64_t kinds, const uint64_t *words)
{
    const tn_plain *plain = &kernel->plain;
    uint64_t needs[TN_PLAIN_ARGUMENTS_MAX];

    return tn_plain_needs(plain, words, NULL, needs) &&
                   tn_plain_words(plain, stream->plain.device, words, needs, 0,
                                  stream->plain.slots)
               ? launch_plainly(stream, kernel)
               : launch_words_carefully(stream, kernel, grid, kinds, words);
}

static __attribute__((noinline)) tn_status
launch_words_calculated(tn_stream *stream, tn_kernel *kernel,
                        const tn_grid *grid, uint64_t kinds,
                        const uint64_t *words)
{
    const tn_plain *plain = &kernel->plain;
    uint64_t needs[TN_PLAIN_ARGUMENTS_MAX];

    return tn_plain_calculate_needs(plain, words, NULL, needs) &&
                   tn_plain_words(plain, stream->plain.device, words, needs, 0,
                                  stream->plain.slots)
               ? launch_plainly(stream, kernel)
               : launch_words_carefully(stream, kernel, grid, kinds, words);
}

static inline __attribute__((always_inline)) tn_status
launch_words_begun(tn_stream *stream, tn_kernel *kernel, const tn_grid *grid,
                   uint64_t kinds, const uint64_t *words)
{
    if (kernel->plain.sizing != TN_PLAIN_ANY_SIZE) {
        return kernel->plain.sizing == TN_PLAIN_ALIKE
                   ? launch_words_alike(stream, kernel, grid, kinds, words)
               : kernel->plain.sizing == TN_PLAIN_VALUES
                   ? launch_words_sized(stream, kernel, grid, kinds, words)
                   : launch_words_calculated(stream, kernel, grid, kinds,
                                             words);
    }
    return __builtin_expect(tn_plain_words(&kernel->plain, stream->plain.device,
                                           words, NULL, 0, stream->plain.slots),
                            1)
               ? launch_plainly(stream, kernel)
               : launch_words_carefully(stream, kernel, grid, kinds, words);
}

/* In a grid of any shape. */
static __attribute__((noinline)) tn_status
launch_words_shaped(tn_stream *stream, tn_kernel *kernel, const tn_grid *grid,
                    uint64_t kinds, const uint64_t *words)
{
    return stream != NULL && kernel != NULL &&
                   kinds == kernel->plain.word_kinds &&
                   tn_plain_begin(stream, kernel, grid, false)
               ? launch_words_begun(stream, kernel, grid, kinds, words)
               : launch_words_carefully(stream, kernel, grid, kinds, words);
}

tn_status tn_launch_words(tn_stream *stream, tn_kernel *kernel,
                          const tn_grid *grid, uint64_t kinds,
                          const uint64_t *words)
{
    if (__builtin_expect(stream == NULL || kernel == NULL ||
                             kinds != kernel->plain.word_kinds ||
                             !tn_plain_begin(stream, kernel, grid, true),
                         0)) {
        return launch_words_shaped(stream, kernel, grid, kinds, words);
    }
    return launch_words_begun(stream, kernel, grid, kinds, words);
}

/* ---- of arguments ---- */

static __attribute__((noinline)) tn_status
launch_arguments_carefully(tn_stream *stream, tn_kernel *kernel,
                           const tn_grid *grid, const tn_argument *arguments,
                           size_t count)
{
    static const char function[] = "tn_launch_arguments";

    if (stream == NULL || kernel == NULL) {
        return tn_fail_null(function, stream == NULL ? "stream" : "kernel");
    }
    if (tn_device_is_forked(stream->object.device)) {
        return tn_fail_forked(function, stream->object.device->name);
    }
    if (arguments == NULL && count > 0) {
        return tn_fail_null(function, "arguments");
    }
    return tn_launch_carefully(stream, kernel, grid, arguments, count);
}

/* The short way of a kernel with extents, begun. */
static __attribute__((noinline)) tn_status
launch_arguments_sized(tn_stream *stream, tn_kernel *kernel,
                       const tn_grid *grid, const tn_argument *arguments)
{
    const tn_plain *plain = &kernel->plain;
    uint64_t needs[TN_PLAIN_ARGUMENTS_MAX];
    bool known = plain->sizing == TN_PLAIN_CALCULATED
                     ? tn_plain_calculate_needs(plain, NULL, arguments, needs)
                     : tn_plain_needs(plain, NULL, arguments, needs);

    return known && tn_plain_arguments(plain, stream->plain.device, arguments,
                                       needs, stream->plain.slots)
               ? launch_plainly(stream, kernel)
               : tn_launch_carefully(stream, kernel, grid, arguments,
                                     plain->count);
}

static inline __attribute__((always_inline)) tn_status
launch_arguments_begun(tn_stream *stream, tn_kernel *kernel,
                       const tn_grid *grid, const tn_argument *arguments)
{
    if (kernel->plain.sizing != TN_PLAIN_ANY_SIZE) {
        return launch_arguments_sized(stream, kernel, grid, arguments);
    }
    return __builtin_expect(tn_plain_arguments(&kernel->plain,
                                               stream->plain.device, arguments,
                                               NULL, stream->plain.slots),
                            1)
               ? launch_plainly(stream, kernel)
               : launch_arguments_carefully(stream, kernel, grid, arguments,
                                            kernel->plain.count);
}

/* In a grid of any shape. */
static __attribute__((noinline)) tn_status
launch_arguments_shaped(tn_stream *stream, tn_kernel *kernel,
                        const tn_grid *grid, const tn_argument *arguments,
                        size_t count)
{
    return stream != NULL && kernel != NULL && arguments != NULL &&
                   count == kernel->plain.count &&
                   tn_plain_begin(stream, kernel, grid, false)
               ? launch_arguments_begun(stream, kernel, grid, arguments)
               : launch_arguments_carefully(stream, kernel, grid, arguments,
                                            count);
}

tn_status tn_launch_arguments(tn_stream *stream, tn_kernel *kernel,
                              tn_grid grid, const tn_argument *arguments,
                              size_t count)
{
    if (__builtin_expect(stream == NULL || kernel == NULL ||
                             arguments == NULL ||
                             count != kernel->plain.count ||
                             !tn_plain_begin(stream, kernel, &grid, true),
                         0)) {
        return launch_arguments_shaped(stream, kernel, &grid, arguments, count);
    }
    return launch_arguments_begun(stream, kernel, &grid, arguments);
}
