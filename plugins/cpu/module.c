/* SPDX-License-Identifier: MIT */
#include "plugins/cpu/module.h"

#include <stdio.h>
#include <string.h>

#include <tenon/note.h>

#include "common/nearest.h"
#include "plugins/cpu/cpu.h"
#include "plugins/cpu/device.h"

enum {
    PREFERRED_ITEMS = 256,
    LISTED_BYTES = 512
};

static void end_module(cpu_object *object)
{
    tn_plugin_module *module = (tn_plugin_module *)object;
    tn_plugin_instance *instance = module->instance;
    tn_plugin_kernel *kernel;

    while ((kernel = module->kernels) != NULL) {
        module->kernels = kernel->next;
        cpu_release(instance, kernel);
    }
    cpu_library_close(&module->library);
    cpu_release(instance, module->names);
    cpu_release(instance, module);
}

/* ---- loading ---- */

typedef struct visit {
    tn_plugin_module *module;
    tn_sentence *why;
} visit;

static tn_status visit_note(const tn_elf_note *note, void *data)
{
    visit *v = data;

    return note->type == TN_NOTE_KERNEL ? cpu_note_read(v->module, note, v->why)
                                        : TN_OK;
}

static tn_status read_image(tn_plugin_module *module,
                            const tn_plugin_module_desc *desc, tn_sentence *why)
{
    visit v = {module, why};

    if (strcmp(desc->format, "so") != 0) {
        tn_sentence_set(why,
                        "the cpu backend takes code in the format so, "
                        "not in %s",
                        desc->format);
        return TN_ERROR_FORMAT;
    }
    tn_status status = tn_elf_read(desc->image, (size_t)desc->image_bytes,
                                   visit_note, &v, why);

    if (status == TN_OK && module->kernel_count == 0) {
        tn_sentence_set(why,
                        "the file is a shared object without a kernel for "
                        "Tenon (no note of type %u in %s)",
                        TN_NOTE_KERNEL, TN_NOTE_SECTION);
        status = TN_ERROR_FORMAT;
    }
    return status;
}

static tn_status find_entries(tn_plugin_module *module, tn_sentence *why)
{
    char symbol[sizeof TN_KERNEL_SYMBOL_PREFIX + TN_NAME_BYTES];

    for (tn_plugin_kernel *k = module->kernels; k != NULL; k = k->next) {
        snprintf(symbol, sizeof symbol, TN_KERNEL_SYMBOL_PREFIX "%s", k->name);
        k->entry =
            (tn_kernel_entry)tn_dl_function(module->library.opened, symbol);
        if (k->entry == NULL) {
            tn_sentence_set(why,
                            "a note tells of kernel %s, but the file "
                            "does not export its function %s",
                            k->name, symbol);
            return TN_ERROR_FORMAT;
        }
    }
    return TN_OK;
}

static tn_status list_names(tn_plugin_module *module, tn_sentence *why)
{
    uint32_t i = 0;

    module->names = cpu_allocate(module->instance,
                                 module->kernel_count * sizeof *module->names);
    if (module->names == NULL) {
        tn_sentence_set(why, "no memory left for a module");
        return TN_ERROR_NO_MEMORY;
    }
    for (tn_plugin_kernel *k = module->kernels; k != NULL; k = k->next) {
        module->names[i++] = k->name;
    }
    return TN_OK;
}

tn_status cpu_module_create(tn_plugin_device *device,
                            const tn_plugin_module_desc *desc,
                            tn_plugin_module **module)
{
    tn_plugin_instance *instance = device->instance;
    tn_plugin_module *created = cpu_allocate(instance, sizeof *created);
    tn_sentence why;

    if (created == NULL) {
        return cpu_fail_memory(instance, "a module");
    }
    created->instance = instance;
    created->last = &created->kernels;
    cpu_library_init(&created->library);
    cpu_object_init(&created->object, end_module);
    tn_status status = read_image(created, desc, &why);

    if (status == TN_OK) {
        status = cpu_library_open(&created->library, desc, &why);
    }
    if (status == TN_OK) {
        status = find_entries(created, &why);
    }
    if (status == TN_OK) {
        status = list_names(created, &why);
    }
    if (status != TN_OK) {
        end_module(&created->object);
        return cpu_fail(instance, status, "%s: %s", desc->name, why.text);
    }
    *module = created;
    return TN_OK;
}

void cpu_module_destroy(tn_plugin_module *module)
{
    cpu_object_retire(&module->object, &module->instance->device);
}

/* ---- kernels ---- */

tn_status cpu_module_kernels(tn_plugin_module *module,
                             const char *const **names, uint32_t *count)
{
    *names = module->names;
    *count = module->kernel_count;
    return TN_OK;
}

static tn_status fail_not_found(tn_plugin_module *module, const char *name)
{
    char hint[96];
    char list[LISTED_BYTES] = "";
    size_t used = 0;
    tn_nearest nearest;

    tn_nearest_init(&nearest, name);
    for (uint32_t i = 0; i < module->kernel_count; ++i) {
        tn_nearest_offer(&nearest, module->names[i]);
        if (used < sizeof list) {
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s",
                                     i > 0 ? ", " : "", module->names[i]);
        }
    }
    tn_nearest_hint(&nearest, hint, sizeof hint);
    return cpu_fail(module->instance, TN_ERROR_NOT_FOUND,
                    "no kernel %s%s; the module has %s%s", name, hint, list,
                    used >= sizeof list ? "..." : "");
}

tn_status cpu_kernel_get(tn_plugin_module *module, const char *name,
                         tn_plugin_kernel **kernel)
{
    for (tn_plugin_kernel *k = module->kernels; k != NULL; k = k->next) {
        if (strcmp(k->name, name) == 0) {
            *kernel = k;
            return TN_OK;
        }
    }
    return fail_not_found(module, name);
}

tn_status cpu_kernel_info(tn_plugin_kernel *kernel, tn_kernel_info *info)
{
    const uint32_t *items = kernel->items;
    tn_kernel_info own = {
        .size = sizeof own,
        .parameter_count = kernel->parameter_count,
        .required_items = {items[0], items[1], items[2]},
        .preferred_items = items[0] != 0 ? items[0] : PREFERRED_ITEMS,
        .max_items =
            items[0] != 0 ? items[0] * items[1] * items[2] : CPU_ITEMS_MAX,
        .elements = kernel->elements};

    cpu_answer(info, &own, sizeof own);
    return TN_OK;
}

tn_status cpu_kernel_parameter(tn_plugin_kernel *kernel, uint32_t index,
                               tn_parameter *parameter)
{
    if (index >= kernel->parameter_count) {
        return cpu_fail(kernel->module->instance, TN_ERROR_INVALID,
                        "kernel %s has %u parameters, none of index %u",
                        kernel->name, (unsigned)kernel->parameter_count,
                        (unsigned)index);
    }
    cpu_answer(parameter, &kernel->parameters[index], sizeof *parameter);
    return TN_OK;
}
