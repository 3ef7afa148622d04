/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What queued work uses: memory and modules.
 *
 * Work holds no reference of them: a counter that threads share would be passed
 * from core to core with each launch. Instead, when the host gives an object up,
 * a command that ends it is queued behind all work that uses it.
 */
#ifndef TENON_CPU_OBJECT_H
#define TENON_CPU_OBJECT_H

#include <stdatomic.h>

#include <tenon/plugin.h>

/** The first member of what it stands for. */
typedef struct cpu_object {
    atomic_uint references; /* the host's, and one for each queue to come by */
    void (*end)(struct cpu_object *object);
} cpu_object;

/** With the host's reference; end() frees it after the last one. */
void cpu_object_init(cpu_object *object, void (*end)(cpu_object *object));

void cpu_object_reference(cpu_object *object);
void cpu_object_unreference(cpu_object *object);

/** Gives up the host's reference: the object ends after the work that uses it. */
void cpu_object_retire(cpu_object *object, tn_plugin_device *device);

#endif
