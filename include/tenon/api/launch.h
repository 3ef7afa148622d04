/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A launch: the grid of items, the arguments, and the plain way to run a kernel
 * over them. values.h has the comfortable one, tn_launch().
 */
#ifndef TENON_API_LAUNCH_H
#define TENON_API_LAUNCH_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The work of a launch. */
typedef struct tn_grid {
    /**
     * in all; rounded up to whole groups, so a kernel checks its index, and then
     * at most TN_ITEMS_MAX in each dimension. 0: does nothing. Of a kernel whose
     * items have several elements (tn_kernel_info.elements) its elements: the
     * groups are fewer then
     */
    uint64_t items[3];
    /**
     * items of a group; 0: what the kernel wants, else 256 in x and 1 in y and
     * z
     */
    uint32_t group[3];
    /** dynamic group memory beside tn_local() arguments */
    uint32_t local_bytes;
    /**
     * how many of x, y and z count, 1 to 3, even where one has a single item; 0:
     * those up to the last one of more. A kernel of more dimensions
     * (tn_kernel_info.dimensions) is not launched, as it would leave out all but
     * the first row
     */
    uint32_t dimensions;
    uint32_t reserved;
} tn_grid;

/** x, y and z items, with the kernel's own group size. */
static inline tn_grid tn_items3(uint64_t x, uint64_t y, uint64_t z)
{
    tn_grid grid = {{x, y, z}, {0, 0, 0}, 0, 3, 0};
    return grid;
}
static inline tn_grid tn_items2(uint64_t x, uint64_t y)
{
    tn_grid grid = {{x, y, 1}, {0, 0, 0}, 0, 2, 0};
    return grid;
}
static inline tn_grid tn_items(uint64_t x)
{
    tn_grid grid = {{x, 1, 1}, {0, 0, 0}, 0, 1, 0};
    return grid;
}

/** The same grid in groups of x, y and z items. */
static inline tn_grid tn_in_groups(tn_grid grid, uint32_t x, uint32_t y,
                                   uint32_t z)
{
    grid.group[0] = x;
    grid.group[1] = y;
    grid.group[2] = z;
    return grid;
}

/**
 * One argument of a launch. Made by tn_launch() from plain values and by the
 * functions below.
 */
typedef struct tn_argument {
    tn_type type;
    uint32_t bytes; /**< of a value, struct or local block */
    union {
        tn_buffer *buffer;
        const void *data; /**< of a struct: borrowed for the call */
        int64_t i;
        uint64_t u;
        float f32;
        double f64;
    } value;
    uint64_t offset; /**< into a buffer */
    /** 1: bound at each tn_graph_launch(), value.u is the slot's number */
    uint32_t open;
    uint32_t reserved;
} tn_argument;

/** Most arguments that a launch has. */
#define TN_ARGUMENT_LIMIT 64

static inline tn_argument tn_argument_unsigned(tn_type type, uint32_t bytes,
                                               uint64_t value)
{
    tn_argument a = {type, bytes, {NULL}, 0, 0, 0};
    a.value.u = value;
    return a;
}

/** A buffer from an offset on. */
static inline tn_argument tn_at(tn_buffer *buffer, uint64_t offset)
{
    tn_argument a = {TN_TYPE_BUFFER, 0, {NULL}, 0, 0, 0};
    a.value.buffer = buffer;
    a.offset = offset;
    return a;
}

/** Group memory of that many bytes. */
static inline tn_argument tn_local(uint32_t bytes)
{
    return tn_argument_unsigned(TN_TYPE_LOCAL, bytes, 0);
}

/**
 * A struct by value: tn_struct(&s, sizeof s); borrowed until the launch
 * returns. Those of a launch have at most TN_STRUCT_BYTES_MAX together.
 */
static inline tn_argument tn_struct(const void *data, uint32_t bytes)
{
    tn_argument a = {TN_TYPE_STRUCT, bytes, {NULL}, 0, 0, 0};
    a.value.data = data;
    return a;
}

/** An f16 by its bits. */
static inline tn_argument tn_half(uint16_t bits)
{
    return tn_argument_unsigned(TN_TYPE_F16, 2, bits);
}

/**
 * An argument of a recorded launch that each tn_graph_launch() binds. @param
 * type TN_TYPE_BUFFER or a scalar's
 */
static inline tn_argument tn_slot(uint32_t number, tn_type type)
{
    tn_argument a = {type, 0, {NULL}, 0, 1, 0};
    a.value.u = number;
    return a;
}

/**
 * Launches a kernel; tn_launch() is the comfortable way.
 *
 * @param arguments  count of them, compared with the kernel's signature where
 *                   it is known
 *
 * @return TN_OK, also for a grid without items, which does nothing;
 *         TN_ERROR_SIGNATURE with kernel and argument; TN_ERROR_RANGE for
 *         groups or grids beyond the device's limits, with these, for grids of
 *         fewer dimensions than the kernel has, for offsets
 *         outside a buffer, and for buffers that are shorter than the kernel's
 *         signature says (tn_parameter.extent); TN_ERROR_INVALID for objects of
 *         different devices
 */
TN_API tn_status tn_launch_arguments(tn_stream *stream, tn_kernel *kernel,
                                     tn_grid grid, const tn_argument *arguments,
                                     size_t count);

/**
 * The same for buffers and numbers alone, at most 16 of them, whose types are
 * packed. tn_launch() calls it where it can.
 *
 * @param grid   not NULL
 * @param kinds  tn_type of each argument in four bits, of the last one in the
 *               lowest; there are as many arguments as kinds that are not 0
 * @param words  not NULL; of each argument the tn_buffer *, or the number in 64
 *               bits, those of an f32 in the lower half
 */
TN_API tn_status tn_launch_words(tn_stream *stream, tn_kernel *kernel,
                                 const tn_grid *grid, uint64_t kinds,
                                 const uint64_t *words);

#ifdef __cplusplus
}
#endif

#endif
