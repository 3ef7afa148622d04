/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Modules: shared objects with native kernels.
 */
#ifndef TENON_CPU_MODULE_H
#define TENON_CPU_MODULE_H

#include <stdatomic.h>

#include <tenon/kernel/entry.h>
#include <tenon/plugin.h>

#include "common/elf.h"
#include "plugins/cpu/library.h"
#include "plugins/cpu/object.h"

enum {
    CPU_KIND_WORDS = TN_ARGUMENTS_MAX / 16
};

/** A kernel, as its note describes it. */
struct tn_plugin_kernel {
    tn_plugin_kernel *next; /* of the module, in the file's order */
    tn_plugin_module *module;
    atomic_uint_fast64_t pace; /* of its groups, see launch.c; 0: unknown */
    char name[TN_NAME_BYTES];
    tn_kernel_entry entry;
    uint32_t items[3]; /* the only group size; 0: any */
    uint32_t elements; /* of an item */
    uint32_t parameter_count;
    uint32_t slot_count;            /* of all arguments */
    uint64_t kinds[CPU_KIND_WORDS]; /* packed as in tn_plugin_launch */
    tn_parameter parameters[];
};

struct tn_plugin_module {
    cpu_object object;
    tn_plugin_instance *instance;
    cpu_library library;
    tn_plugin_kernel *kernels;
    tn_plugin_kernel **last;
    uint32_t kernel_count;
    const char **names; /* of the kernels */
};

/** Slots that a struct takes: its size, and then itself. */
static inline uint32_t cpu_struct_slots(uint64_t bytes)
{
    return 1 + (uint32_t)((bytes + sizeof(tn_plugin_slot) - 1) /
                          sizeof(tn_plugin_slot));
}

/** Slots that an argument takes. */
static inline uint32_t cpu_parameter_slots(const tn_parameter *parameter)
{
    return parameter->type == TN_TYPE_STRUCT
               ? cpu_struct_slots(parameter->bytes)
               : 1;
}

/** A parameter's type, from what a launch reads of its kernel anyway. */
static inline uint32_t cpu_kernel_type(const tn_plugin_kernel *kernel,
                                       uint32_t index)
{
    return kernel->kinds[index / 16] >> 4 * (index % 16) & 15;
}

/** Slots that an argument takes, which is known to have its kernel's kind. */
static inline uint32_t cpu_slots_of(uint32_t type, const tn_plugin_slot *slot)
{
    return type == TN_TYPE_STRUCT ? cpu_struct_slots(slot->bytes) : 1;
}

/** Makes of a slot what a kernel wants to see of a buffer, or of NULL. */
void cpu_slot_set_buffer(tn_plugin_slot *slot, tn_plugin_memory *memory,
                         uint64_t offset);

/**
 * Reads a kernel's note and adds the kernel to the module; its entry is still
 * missing.
 */
tn_status cpu_note_read(tn_plugin_module *module, const tn_elf_note *note,
                        tn_sentence *why);

tn_status cpu_module_create(tn_plugin_device *device,
                            const tn_plugin_module_desc *desc,
                            tn_plugin_module **module);
void cpu_module_destroy(tn_plugin_module *module);
tn_status cpu_module_kernels(tn_plugin_module *module,
                             const char *const **names, uint32_t *count);
tn_status cpu_kernel_get(tn_plugin_module *module, const char *name,
                         tn_plugin_kernel **kernel);
tn_status cpu_kernel_info(tn_plugin_kernel *kernel, tn_kernel_info *info);
tn_status cpu_kernel_parameter(tn_plugin_kernel *kernel, uint32_t index,
                               tn_parameter *parameter);

#endif
