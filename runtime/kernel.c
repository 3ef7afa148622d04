/* SPDX-License-Identifier: MIT */
/* Kernels of a module, with a signature from the bundle or the backend. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/nearest.h"
#include "common/signature.h"
#include "common/size.h"
#include "runtime/error.h"
#include "runtime/extent.h"
#include "runtime/grid.h"
#include "runtime/objects.h"
#include "runtime/plain.h"

/* ---- the signature ---- */

static tn_status ask_parameters(tn_kernel *kernel, const tn_device *device)
{
    uint32_t count = kernel->info.parameter_count;

    kernel->parameters = calloc(count + 1, sizeof *kernel->parameters);
    if (kernel->parameters == NULL) {
        return tn_fail_memory(kernel->name);
    }
    for (uint32_t i = 0; i < count; ++i) {
        tn_parameter *parameter = &kernel->parameters[i];

        parameter->size = sizeof *parameter;
        tn_status status =
            device->plugin->kernel_parameter(kernel->handle, i, parameter);

        if (status != TN_OK && status != TN_ERROR_UNSUPPORTED) {
            return tn_device_failed(device, status, "reading a parameter");
        }
        parameter->size = sizeof *parameter;
        parameter->name[sizeof parameter->name - 1] = '\0';
        parameter->extent[sizeof parameter->extent - 1] = '\0';
    }
    return TN_OK;
}

/* A side that is left 0 has one item: nobody divides by it. */
static void complete_items(uint32_t items[3])
{
    for (int d = 1; d < 3; ++d) {
        items[d] = items[0] == 0 ? 0 : items[d] == 0 ? 1 : items[d];
    }
}

static tn_status ask_plugin(tn_kernel *kernel, const tn_device *device)
{
    kernel->info = (tn_kernel_info){.size = sizeof kernel->info,
                                    .parameter_count = TN_UNKNOWN};
    tn_status status =
        device->plugin->kernel_info(kernel->handle, &kernel->info);

    if (status == TN_ERROR_UNSUPPORTED) {
        tn_error_withdraw();
        return TN_OK; /* nothing is known of it */
    }
    if (status != TN_OK) {
        return tn_device_failed(device, status, "describing a kernel");
    }
    kernel->info.size = sizeof kernel->info;
    kernel->info.dimensions = 0;
    complete_items(kernel->info.required_items);
    if (kernel->info.elements > TN_ELEMENTS_MAX) {
        return tn_fail(TN_ERROR_RANGE,
                       "kernel %s: items of %u elements; they have at most %d",
                       kernel->name, kernel->info.elements, TN_ELEMENTS_MAX);
    }
    if (kernel->info.parameter_count == TN_UNKNOWN) {
        return TN_OK;
    }
    if (kernel->info.parameter_count > TN_ARGUMENTS_MAX) {
        return tn_fail(TN_ERROR_SIGNATURE,
                       "kernel %s takes %u arguments; at most %d are possible",
                       kernel->name, kernel->info.parameter_count,
                       TN_ARGUMENTS_MAX);
    }
    return ask_parameters(kernel, device);
}

/*
 * Fewer groups than the code needs would leave elements out. So the bundle's
 * word is for the variants that stand beside it: code that somebody adds may
 * know nothing of it, and has one element.
 */
static tn_status take_elements(tn_kernel *kernel, const tn_bundle_kernel *told)
{
    uint32_t *code = &kernel->info.elements;

    if (told->elements == 0 || told->part != kernel->module->part) {
        return TN_OK;
    }
    if (*code != 0 && *code != told->elements) {
        return tn_fail(TN_ERROR_BUNDLE,
                       "%s: items of kernel %s have %u elements here, in its "
                       "code %u; build the bundle anew",
                       told->origin, told->name, told->elements, *code);
    }
    *code = told->elements;
    return TN_OK;
}

/* The line of an argument, as "bundle.ini:12"; the section's is its origin. */
static void argument_origin(const tn_bundle_kernel *told, uint32_t index,
                            tn_sentence *origin)
{
    const char *colon = strrchr(told->origin, ':');

    tn_sentence_set(origin, "%.*s:%u", (int)(colon - told->origin),
                    told->origin, told->lines[index]);
}

static tn_status fail_argument(const tn_kernel *kernel,
                               const tn_bundle_kernel *told, uint32_t index)
{
    char wanted[TN_SIGNATURE_BYTES];
    char found[TN_SIGNATURE_BYTES];
    tn_sentence origin;

    argument_origin(told, index, &origin);
    return tn_fail(
        TN_ERROR_BUNDLE,
        "%s: arg.%u of kernel %s is \"%s\", and %s in the code of %s; build "
        "the bundle anew",
        origin.text, index, told->name,
        tn_signature_show(&told->parameters[index], wanted),
        tn_signature_show_code(&kernel->parameters[index], found),
        kernel->module->description);
}

/* Code that takes any group may well be launched in groups of one size. */
static tn_status compare_items(const tn_kernel *kernel,
                               const tn_bundle_kernel *told)
{
    const uint32_t *code = kernel->info.required_items;

    if (code[0] == 0 || told->items[0] == 0 ||
        memcmp(code, told->items, sizeof told->items) == 0) {
        return TN_OK;
    }
    return tn_fail(TN_ERROR_BUNDLE,
                   "%s: kernel %s takes groups of %u %u %u items, and of %u "
                   "%u %u in the code of %s; build the bundle anew",
                   told->origin, told->name, told->items[0], told->items[1],
                   told->items[2], code[0], code[1], code[2],
                   kernel->module->description);
}

static tn_status compare(const tn_kernel *kernel, const tn_bundle_kernel *told)
{
    if (kernel->info.parameter_count == TN_UNKNOWN) {
        return TN_OK;
    }
    if (kernel->info.parameter_count != told->parameter_count) {
        return tn_fail(TN_ERROR_BUNDLE,
                       "%s: kernel %s has %u arguments, and %u in the code of "
                       "%s; build the bundle anew",
                       told->origin, told->name, told->parameter_count,
                       kernel->info.parameter_count,
                       kernel->module->description);
    }
    for (uint32_t i = 0; i < told->parameter_count; ++i) {
        if (!tn_signature_agrees(&kernel->parameters[i],
                                 &told->parameters[i])) {
            return fail_argument(kernel, told, i);
        }
    }
    return TN_OK;
}

/* The bundle's word counts: it has names and access that the code may lack. */
static tn_status take_bundle(tn_kernel *kernel, const tn_bundle_kernel *told)
{
    tn_status status = compare_items(kernel, told);
    size_t bytes = told->parameter_count * sizeof *told->parameters;

    if (status == TN_OK) {
        status = compare(kernel, told);
    }
    if (status == TN_OK) {
        status = take_elements(kernel, told);
    }
    if (status != TN_OK) {
        return status;
    }
    tn_parameter *copy = calloc(1, bytes + 1);

    if (copy == NULL) {
        return tn_fail_memory(kernel->name);
    }
    memcpy(copy, told->parameters, bytes);
    free(kernel->parameters);
    kernel->parameters = copy;
    kernel->info.parameter_count = told->parameter_count;
    kernel->info.dimensions = told->dimensions;
    if (told->items[0] != 0) {
        memcpy(kernel->info.required_items, told->items, sizeof told->items);
    }
    return TN_OK;
}

/* What tn_launch() compares and looks up. */
static void prepare(tn_kernel *kernel, const tn_device *device)
{
    uint32_t count = kernel->info.parameter_count;
    uint32_t max_items = kernel->info.max_items;

    if (kernel->info.elements == 0) {
        kernel->info.elements = 1;
    }
    if (count == TN_UNKNOWN) {
        kernel->has_local = true;
        count = 0;
    }
    for (uint32_t i = 0; i < count; ++i) {
        tn_type type = kernel->parameters[i].type;
        unsigned shift = i % 16 * 4;

        kernel->kinds[i / 16] |= (uint64_t)(type & 15) << shift;
        kernel->kind_mask[i / 16] |= (uint64_t)(type != TN_TYPE_NONE ? 15 : 0)
                                     << shift;
        kernel->check_sizes |= type == TN_TYPE_STRUCT || type == TN_TYPE_NONE;
        kernel->has_local |= type == TN_TYPE_LOCAL || type == TN_TYPE_NONE;
    }
    kernel->max_items = max_items != 0 && max_items < device->info.max_items
                            ? max_items
                            : device->info.max_items;
    tn_grid_prepare(kernel, &device->info);
    tn_plain_prepare(kernel, device);
}

/* ---- finding ---- */

static tn_status fail_unknown(tn_module *module, const char *name)
{
    const char *const *names = NULL;
    size_t count = 0;
    tn_nearest nearest;
    char hint[96];
    char list[512];
    size_t used = 0;

    if (tn_module_kernels(module, &names, &count) != TN_OK) {
        count = 0;
    }
    tn_nearest_init(&nearest, name);
    list[0] = '\0';
    for (size_t i = 0; i < count; ++i) {
        tn_nearest_offer(&nearest, names[i]);
        if (used < sizeof list) {
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s",
                                     i > 0 ? ", " : "", names[i]);
        }
    }
    return tn_fail(TN_ERROR_NOT_FOUND, "there is no kernel %s in %s%s%s%s",
                   name, module->description,
                   tn_nearest_hint(&nearest, hint, sizeof hint),
                   count > 0 ? "; it has " : "", list);
}

static void kernel_free(tn_kernel *kernel)
{
    free(kernel->parameters);
    free(kernel->extents);
    free(kernel->name);
    free(kernel);
}

static tn_status describe(tn_kernel *kernel, const tn_bundle_kernel *told)
{
    const tn_device *device = kernel->module->object.device;
    tn_status status = ask_plugin(kernel, device);

    if (status == TN_OK && told != NULL) {
        status = take_bundle(kernel, told);
    }
    if (status == TN_OK) {
        status = tn_kernel_read_extents(kernel);
    }
    if (status == TN_OK) {
        prepare(kernel, device);
    }
    return status;
}

static tn_status load(tn_module *module, const char *name, tn_kernel **kernel)
{
    const tn_device *device = module->object.device;
    const tn_bundle_kernel *told =
        module->bundle != NULL ? tn_bundle_find(module->bundle, name) : NULL;
    tn_plugin_kernel *handle = NULL;

    if (module->bundle != NULL && told == NULL) {
        return fail_unknown(module, name);
    }
    tn_status status =
        device->plugin->kernel_get(module->handle, name, &handle);

    if (status == TN_ERROR_NOT_FOUND && told != NULL) {
        return tn_fail(TN_ERROR_NOT_FOUND,
                       "%s: kernel %s is not in its code, %s; build the "
                       "bundle anew",
                       told->origin, name, module->description);
    }
    if (status == TN_ERROR_NOT_FOUND) {
        return fail_unknown(module, name);
    }
    if (status != TN_OK) {
        return tn_device_failed(device, status, "looking up a kernel");
    }
    tn_kernel *made = calloc(1, sizeof *made);

    if (made == NULL || (made->name = strdup(name)) == NULL) {
        free(made);
        return tn_fail_memory(name);
    }
    made->module = module;
    made->handle = handle;
    status = describe(made, told);
    if (status != TN_OK) {
        kernel_free(made);
        return status;
    }
    *kernel = made;
    return TN_OK;
}

static tn_status get_locked(tn_module *module, const char *name,
                            tn_kernel **kernel)
{
    tn_kernel *found = module->kernels;

    while (found != NULL && strcmp(found->name, name) != 0) {
        found = found->next;
    }
    if (found == NULL) {
        tn_status status = load(module, name, &found);

        if (status != TN_OK) {
            return status;
        }
        found->next = module->kernels;
        module->kernels = found;
    }
    *kernel = found;
    return TN_OK;
}

tn_status tn_kernel_get(tn_module *module, const char *name, tn_kernel **kernel)
{
    TN_REQUIRE_OBJECT(module);
    TN_REQUIRE(name);
    TN_REQUIRE(kernel);
    pthread_mutex_lock(&module->lock);
    tn_status status = get_locked(module, name, kernel);

    pthread_mutex_unlock(&module->lock);
    return status;
}

void tn_module_free_kernels(tn_module *module)
{
    while (module->kernels != NULL) {
        tn_kernel *kernel = module->kernels;

        module->kernels = kernel->next;
        kernel_free(kernel);
    }
}

/* ---- questions ---- */

const char *tn_kernel_name(const tn_kernel *kernel)
{
    return kernel != NULL ? kernel->name : "";
}

tn_status tn_kernel_info_get(tn_kernel *kernel, tn_kernel_info *info)
{
    TN_REQUIRE(kernel);
    TN_REQUIRE_OBJECT(kernel->module);
    TN_REQUIRE(info);
    if (info->size < offsetof(tn_kernel_info, required_items)) {
        return tn_fail(TN_ERROR_INVALID,
                       "tn_kernel_info.size is %u; set it to "
                       "sizeof(tn_kernel_info)",
                       info->size);
    }
    tn_copy_sized(info, &kernel->info, sizeof *info);
    return TN_OK;
}

tn_status tn_kernel_parameter(tn_kernel *kernel, uint32_t index,
                              tn_parameter *parameter)
{
    TN_REQUIRE(kernel);
    TN_REQUIRE_OBJECT(kernel->module);
    TN_REQUIRE(parameter);
    if (kernel->parameters == NULL || index >= kernel->info.parameter_count) {
        return tn_fail(TN_ERROR_RANGE,
                       "kernel %s has no parameter %u that "
                       "is known",
                       kernel->name, index);
    }
    if (parameter->size < offsetof(tn_parameter, element)) {
        return tn_fail(TN_ERROR_INVALID,
                       "tn_parameter.size is %u; set it to "
                       "sizeof(tn_parameter)",
                       parameter->size);
    }
    tn_copy_sized(parameter, &kernel->parameters[index], sizeof *parameter);
    return TN_OK;
}
