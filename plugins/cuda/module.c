/* SPDX-License-Identifier: MIT */
#include "plugins/cuda/module.h"

#include <elf.h>
#include <string.h>

#include "common/ptx.h"
#include "common/size.h"
#include "plugins/cuda/cuda.h"
#include "plugins/cuda/memory.h"

struct cuda_symbol {
    cuda_symbol *next;
    tn_plugin_memory memory;
    char name[];
};

/* ---- is it what its format says? The driver takes no length. ---- */

static tn_status fail_format(const tn_plugin_module *module,
                             const tn_plugin_module_desc *desc, const char *why)
{
    return cuda_fail(module->device->instance, TN_ERROR_FORMAT, "%s: %s",
                     desc->name, why);
}

/* Whether all that an ELF file speaks of lies within it. */
static bool is_whole_elf(const unsigned char *image, uint64_t bytes)
{
    Elf64_Ehdr header;

    if (bytes < sizeof header) {
        return false;
    }
    memcpy(&header, image, sizeof header);
    if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
        header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != EM_CUDA ||
        header.e_shentsize != sizeof(Elf64_Shdr) ||
        !tn_range_within(header.e_shoff,
                         (uint64_t)header.e_shnum * sizeof(Elf64_Shdr),
                         bytes) ||
        !tn_range_within(header.e_phoff,
                         (uint64_t)header.e_phnum * header.e_phentsize,
                         bytes)) {
        return false;
    }
    for (uint64_t i = 0; i < header.e_shnum; ++i) {
        Elf64_Shdr section;

        memcpy(&section, image + header.e_shoff + i * sizeof section,
               sizeof section);
        if (section.sh_type != SHT_NOBITS &&
            !tn_range_within(section.sh_offset, section.sh_size, bytes)) {
            return false;
        }
    }
    return true;
}

/* A fatbin tells the bytes of its head and of all behind it. */
static bool is_whole_fatbin(const unsigned char *image, uint64_t bytes)
{
    static const unsigned char magic[4] = {0x50, 0xed, 0x55, 0xba};
    uint16_t head = 0;
    uint64_t rest = 0;

    if (bytes < 16 || memcmp(image, magic, sizeof magic) != 0) {
        return false;
    }
    memcpy(&head, image + 6, sizeof head);
    memcpy(&rest, image + 8, sizeof rest);
    return tn_range_within(head, rest, bytes);
}

static tn_status check_binary(const tn_plugin_module *module,
                              const tn_plugin_module_desc *desc)
{
    bool cubin = strcmp(desc->format, "cubin") == 0;

    if (cubin ? is_whole_elf(desc->image, desc->image_bytes)
              : is_whole_fatbin(desc->image, desc->image_bytes)) {
        return TN_OK;
    }
    return fail_format(module, desc,
                       cubin ? "is no cubin, or only a part of one"
                             : "is no fatbin, or only a part of one");
}

/* ---- kernels of PTX ---- */

static tn_status add_ptx_kernels(tn_plugin_module *module, tn_ptx *ptx)
{
    tn_parameter *parameters = cuda_allocate(
        module->device->instance, TN_ARGUMENTS_MAX * sizeof *parameters);
    tn_ptx_entry entry;
    tn_status status = TN_OK;

    if (parameters == NULL) {
        return cuda_fail_memory(module->device->instance, "parameters");
    }
    while (status == TN_OK && tn_ptx_next(ptx, &entry, parameters)) {
        status = cuda_kernel_add(module, entry.name, entry.name_bytes,
                                 entry.items, entry.count, parameters);
    }
    cuda_release(module->device->instance, parameters);
    return status == TN_OK ? cuda_kernels_name(module) : status;
}

static tn_status fail_target(const tn_plugin_module *module,
                             const tn_plugin_module_desc *desc,
                             const char *target)
{
    return cuda_fail(module->device->instance, TN_ERROR_FORMAT,
                     "%s: its PTX is for %s and %s is %s; build it for that "
                     "or an earlier one",
                     desc->name, target, module->device->info.name,
                     module->device->info.target);
}

/* The text without the NULs that tools leave behind it. */
static uint64_t text_bytes(const tn_plugin_module_desc *desc)
{
    const char *text = desc->image;
    uint64_t bytes = desc->image_bytes;

    while (bytes > 0 && text[bytes - 1] == '\0') {
        --bytes;
    }
    return bytes;
}

static tn_status load_ptx(tn_plugin_module *module,
                          const tn_plugin_module_desc *desc)
{
    tn_plugin_device *device = module->device;
    uint64_t bytes = text_bytes(desc);
    tn_ptx ptx;
    tn_sentence why;

    if (bytes == 0 || memchr(desc->image, '\0', (size_t)bytes) != NULL) {
        return fail_format(module, desc, "is no PTX: it is no text");
    }
    if (!tn_ptx_begin(&ptx, desc->image, (size_t)bytes, &why)) {
        return fail_format(module, desc, why.text);
    }
    if (!tn_ptx_runs(ptx.target, device->sm)) {
        return fail_target(module, desc, ptx.target);
    }
    char *text = cuda_allocate(device->instance, (size_t)bytes + 1);

    if (text == NULL) {
        return cuda_fail_memory(device->instance, desc->name);
    }
    memcpy(text, desc->image, (size_t)bytes);
    tn_status status =
        cuda_build_ptx(device, desc, text, (size_t)bytes, &module->code);

    if (status == TN_OK) {
        status = add_ptx_kernels(module, &ptx);
    }
    cuda_release(device->instance, text);
    return status;
}

/* ---- kernels of a binary: later drivers list them ---- */

static tn_status add_functions(tn_plugin_module *module,
                               const cuda_function *functions, unsigned count)
{
    static const uint32_t any_items[3] = {0, 0, 0};
    const cuda_driver *driver = &module->device->instance->driver;
    tn_status status = TN_OK;

    for (unsigned i = 0; i < count && status == TN_OK; ++i) {
        const char *name = NULL;

        status =
            cuda_check(module->device,
                       driver->cuFuncGetName(&name, functions[i]), "a name");
        if (status == TN_OK) {
            status = cuda_kernel_add(module, name, strlen(name), any_items,
                                     TN_UNKNOWN, NULL);
        }
    }
    return status;
}

static tn_status add_binary_kernels(tn_plugin_module *module)
{
    tn_plugin_device *device = module->device;
    const cuda_driver *driver = &device->instance->driver;
    unsigned count = 0;

    if (driver->cuModuleGetFunctionCount == NULL ||
        driver->cuModuleEnumerateFunctions == NULL ||
        driver->cuFuncGetName == NULL) {
        return TN_OK; /* they are found by their names alone */
    }
    tn_status status = cuda_check(
        device, driver->cuModuleGetFunctionCount(&count, module->code),
        "counting kernels");

    if (status != TN_OK || count == 0) {
        return status;
    }
    cuda_function *functions =
        cuda_allocate(device->instance, count * sizeof *functions);

    if (functions == NULL) {
        return cuda_fail_memory(device->instance, "kernels");
    }
    status = cuda_check(
        device,
        driver->cuModuleEnumerateFunctions(functions, count, module->code),
        "listing kernels");
    if (status == TN_OK) {
        status = add_functions(module, functions, count);
    }
    if (status == TN_OK) {
        status = cuda_kernels_name(module);
    }
    cuda_release(device->instance, functions);
    return status;
}

static tn_status load_binary(tn_plugin_module *module,
                             const tn_plugin_module_desc *desc)
{
    tn_status status = check_binary(module, desc);

    if (status == TN_OK) {
        status = cuda_build(module->device, desc, desc->image, &module->code);
    }
    return status == TN_OK ? add_binary_kernels(module) : status;
}

/* ---- the module ---- */

static tn_plugin_module *module_of(cuda_garbage *garbage)
{
    return (tn_plugin_module *)(void *)((char *)garbage -
                                        offsetof(tn_plugin_module, garbage));
}

static void destroy_now(cuda_garbage *garbage)
{
    tn_plugin_module *module = module_of(garbage);
    tn_plugin_instance *instance = module->device->instance;

    if (module->code != NULL) {
        (void)instance->driver.cuModuleUnload(module->code);
    }
    cuda_kernels_free(module);
    cuda_symbols_free(module);
    cuda_release(instance, module->names);
    pthread_mutex_destroy(&module->lock);
    cuda_release(instance, module);
}

static tn_status load(tn_plugin_module *module,
                      const tn_plugin_module_desc *desc)
{
    if (strcmp(desc->format, "ptx") == 0) {
        return load_ptx(module, desc);
    }
    if (strcmp(desc->format, "cubin") == 0 ||
        strcmp(desc->format, "fatbin") == 0) {
        return load_binary(module, desc);
    }
    return cuda_fail(module->device->instance, TN_ERROR_FORMAT,
                     "%s: the cuda backend loads ptx, cubin and fatbin, not "
                     "%s",
                     desc->name, desc->format);
}

tn_status cuda_module_create(tn_plugin_device *device,
                             const tn_plugin_module_desc *desc,
                             tn_plugin_module **module)
{
    tn_plugin_instance *instance = device->instance;
    tn_plugin_module *created = cuda_allocate(instance, sizeof *created);

    if (created == NULL) {
        return cuda_fail_memory(instance, "a module");
    }
    created->device = device;
    pthread_mutex_init(&created->lock, NULL);
    tn_status status = cuda_enter(device);

    if (status == TN_OK) {
        cuda_garbage_collect(device);
        status = load(created, desc);
        if (status != TN_OK && created->code != NULL) {
            (void)instance->driver.cuModuleUnload(created->code);
        }
        cuda_leave(device);
    }
    if (status != TN_OK) {
        created->code = NULL;
        destroy_now(&created->garbage);
        return status;
    }
    *module = created;
    return TN_OK;
}

void cuda_module_destroy(tn_plugin_module *module)
{
    tn_plugin_device *device = module->device;
    bool entered = device->instance->driver.cuCtxPushCurrent_v2(
                       device->context) == TN_CUDA_SUCCESS;

    module->garbage.blocks = true;
    module->garbage.destroy = destroy_now;
    cuda_garbage_put(device, &module->garbage, NULL);
    if (entered) {
        cuda_leave(device);
    }
}

/* ---- variables ---- */

static tn_status find_symbol(tn_plugin_module *module, const char *name,
                             cuda_symbol *symbol)
{
    tn_plugin_device *device = module->device;
    size_t bytes = 0;
    cuda_result result = device->instance->driver.cuModuleGetGlobal_v2(
        &symbol->memory.address, &bytes, module->code, name);

    symbol->memory.device = device;
    symbol->memory.bytes = bytes;
    symbol->memory.source = CUDA_MEMORY_SYMBOL;
    if (result == TN_CUDA_ERROR_NOT_FOUND) {
        return cuda_fail(device->instance, TN_ERROR_NOT_FOUND,
                         "the module has no variable %s; those of C++ have "
                         "mangled names unless they are extern \"C\"",
                         name);
    }
    return cuda_check(device, result, "looking up a variable");
}

static tn_status get_symbol_locked(tn_plugin_module *module, const char *name,
                                   cuda_symbol **symbol)
{
    tn_plugin_device *device = module->device;
    size_t name_bytes = strlen(name) + 1;

    for (cuda_symbol *s = module->symbols; s != NULL; s = s->next) {
        if (strcmp(s->name, name) == 0) {
            *symbol = s;
            return TN_OK;
        }
    }
    cuda_symbol *found =
        cuda_allocate(device->instance, sizeof *found + name_bytes);

    if (found == NULL) {
        return cuda_fail_memory(device->instance, "a variable");
    }
    memcpy(found->name, name, name_bytes);
    tn_status status = cuda_enter(device);

    if (status == TN_OK) {
        status = find_symbol(module, name, found);
        cuda_leave(device);
    }
    if (status != TN_OK) {
        cuda_release(device->instance, found);
        return status;
    }
    found->next = module->symbols;
    module->symbols = found;
    *symbol = found;
    return TN_OK;
}

tn_status cuda_module_symbol(tn_plugin_module *module, const char *name,
                             tn_plugin_memory **memory, uint64_t *bytes)
{
    cuda_symbol *symbol = NULL;

    pthread_mutex_lock(&module->lock);
    tn_status status = get_symbol_locked(module, name, &symbol);

    pthread_mutex_unlock(&module->lock);
    if (symbol != NULL) {
        *memory = &symbol->memory;
        *bytes = symbol->memory.bytes;
    }
    return status;
}

void cuda_symbols_free(tn_plugin_module *module)
{
    while (module->symbols != NULL) {
        cuda_symbol *symbol = module->symbols;

        module->symbols = symbol->next;
        cuda_memory_forget_mapped(&symbol->memory);
        cuda_release(module->device->instance, symbol);
    }
}
