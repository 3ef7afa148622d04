/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A launch on its way from the application's values to the plugin's record.
 */
#ifndef TENON_RUNTIME_LAUNCH_H
#define TENON_RUNTIME_LAUNCH_H

#include "runtime/objects.h"

/** Slots that a launch has at most, and those of them that hold structs. */
#define TN_STRUCT_SLOTS_MAX (TN_STRUCT_BYTES_MAX / sizeof(tn_plugin_slot))
#define TN_SLOTS_MAX (TN_ARGUMENTS_MAX + TN_STRUCT_SLOTS_MAX)

/** An argument that is left open while recording. */
typedef struct tn_open_slot {
    uint32_t number; /**< the application's, of tn_slot() */
    tn_type type;
    const tn_kernel *kernel;
    uint32_t command;  /**< filled by the recording */
    uint32_t slot;     /**< index into the launch's slots */
    uint32_t argument; /**< index into its arguments, for sentences */
} tn_open_slot;

/** A whole launch; record.slots points at slots. Only what counts is set. */
typedef struct tn_encoded_launch {
    tn_plugin_launch record;
    uint32_t open_count;
    tn_open_slot open[TN_ARGUMENTS_MAX];
    tn_plugin_slot slots[TN_SLOTS_MAX];
} tn_encoded_launch;

/**
 * The careful way, which every launch that is wrong takes; the objects are there
 * and not of a fork.
 */
tn_status tn_launch_carefully(tn_stream *stream, tn_kernel *kernel,
                              const tn_grid *grid, const tn_argument *arguments,
                              size_t count);

/** Writes a value as a slot. BUFFER, LOCAL or a scalar; checked before. */
void tn_slot_encode(const tn_argument *argument, tn_plugin_slot *slot);

/** Whether a buffer can be an argument of a launch on that device. */
tn_status tn_check_buffer_argument(const tn_argument *argument,
                                   const tn_device *device, const char *kernel,
                                   size_t index);

/** "u32"; "?" for what is no type. */
const char *tn_type_name(tn_type type);

/** Of a value; 0 for what has no size of its own. */
uint32_t tn_type_bytes(tn_type type);

#endif
