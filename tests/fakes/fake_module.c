/* SPDX-License-Identifier: MIT */
/* The modules and kernels of the fake backend: text, a kernel a line. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/sentence.h"
#include "common/signature.h"
#include "tests/fakes/fake_parts.h"

enum {
    LINE_MAX_BYTES = 4096
};

/* Reads what stands behind the parameters. */
static bool read_properties(tn_plugin_kernel *kernel, const char *text)
{
    tn_kernel_info *info = &kernel->info;
    uint32_t *required = info->required_items;
    unsigned number = 0;
    int used = 0;

    while (*(text += strspn(text, " ")) != '\0') {
        if (sscanf(text, "items %u %u %u%n", &required[0], &required[1],
                   &required[2], &used) == 3 ||
            sscanf(text, "preferred %u%n", &info->preferred_items, &used) ==
                1 ||
            sscanf(text, "max %u%n", &info->max_items, &used) == 1 ||
            sscanf(text, "elements %u%n", &info->elements, &used) == 1) {
            text += used;
        } else if (sscanf(text, "local %u%n", &number, &used) == 1) {
            info->local_bytes = number;
            text += used;
        } else if (strncmp(text, "untold", 6) == 0) {
            info->parameter_count = TN_UNKNOWN;
            text += 6;
        } else if (strncmp(text, "untyped", 7) == 0) {
            for (uint32_t i = 0; i < info->parameter_count; ++i) {
                kernel->parameters[i].type = TN_TYPE_NONE;
            }
            text += 7;
        } else {
            return false;
        }
    }
    return true;
}

/* "in f32* a, u32 n" */
static bool read_parameters(tn_plugin_kernel *kernel, char *text)
{
    char *rest = NULL;
    tn_sentence why;

    for (char *item = strtok_r(text, ",", &rest); item != NULL;
         item = strtok_r(NULL, ",", &rest)) {
        uint32_t index = kernel->info.parameter_count;
        tn_parameter *parameter = &kernel->parameters[index];

        if (index == TN_ARGUMENTS_MAX ||
            tn_signature_parse(item, strlen(item), parameter, &why) != TN_OK) {
            return false;
        }
        kernel->info.parameter_count++;
    }
    return true;
}

/* One line. */
static bool read_kernel(tn_plugin_module *module, char *line)
{
    tn_plugin_kernel *kernel = &module->kernels[module->count];
    int used = 0;

    if (sscanf(line, "variable %63s %d", module->variable_name, &used) == 2) {
        module->variable_bytes = (uint64_t)used;
        return true;
    }
    char *end = strrchr(line, ')');

    if (module->count == FAKE_KERNELS_MAX || end == NULL ||
        sscanf(line, "kernel %63[a-z0-9_](%n", kernel->name, &used) != 1 ||
        used == 0) {
        return false;
    }
    *end = '\0';
    kernel->module = module;
    kernel->info.size = sizeof kernel->info;
    if (!read_parameters(kernel, line + used) ||
        !read_properties(kernel, end + 1)) {
        return false;
    }
    module->names[module->count++] = kernel->name;
    return true;
}

static bool read_image(tn_plugin_module *module, const char *image, size_t left)
{
    char line[LINE_MAX_BYTES];

    while (left > 0) {
        const char *newline = memchr(image, '\n', left);
        size_t length = newline != NULL ? (size_t)(newline - image) : left;
        size_t used = newline != NULL ? length + 1 : length;

        if (length >= sizeof line) {
            return false;
        }
        memcpy(line, image, length);
        line[length] = '\0';
        if (length > 0 && !read_kernel(module, line)) {
            return false;
        }
        image += used;
        left -= used;
    }
    return true;
}

static void module_destroy(tn_plugin_module *module)
{
    const tn_plugin_instance *instance = module->device->instance;

    fake_seen.modules--;
    destroy(instance, module->variable.bytes);
    destroy(instance, module->kernels);
    destroy(instance, module);
}

static tn_status refuse_image(const tn_plugin_instance *instance)
{
    static const char log[] = "line 1: what is that?\nline 2: and that?";

    instance->host->build_log(instance->host_data, log, sizeof log - 1);
    return fake_fail(instance, TN_ERROR_BUILD, "a line is no kernel");
}

static tn_status module_create(tn_plugin_device *device,
                               const tn_plugin_module_desc *desc,
                               tn_plugin_module **module)
{
    const tn_plugin_instance *instance = device->instance;
    tn_plugin_module *made = create(instance, sizeof *made);

    if (made == NULL) {
        return TN_ERROR_NO_MEMORY;
    }
    made->device = device;
    fake_seen.modules++;
    made->kernels = create(instance, FAKE_KERNELS_MAX * sizeof *made->kernels);
    if (made->kernels == NULL) {
        module_destroy(made);
        return TN_ERROR_NO_MEMORY;
    }
    snprintf(fake_seen.options, sizeof fake_seen.options, "%s", desc->options);
    if (desc->options[0] != '\0') {
        instance->host->log(instance->host_data, TN_LOG_DEBUG, desc->options);
    }
    snprintf(fake_seen.path, sizeof fake_seen.path, "%s",
             desc->path != NULL ? desc->path : "");
    if (!read_image(made, desc->image, (size_t)desc->image_bytes)) {
        module_destroy(made);
        return refuse_image(instance);
    }
    if (made->variable_bytes > 0) {
        made->variable.device = device;
        made->variable.bytes = create(instance, (size_t)made->variable_bytes);
    }
    *module = made;
    return TN_OK;
}

static tn_status module_kernels(tn_plugin_module *module,
                                const char *const **names, uint32_t *count)
{
    *names = module->names;
    *count = module->count;
    return TN_OK;
}

static tn_status module_symbol(tn_plugin_module *module, const char *name,
                               tn_plugin_memory **memory, uint64_t *bytes)
{
    if (module->variable.bytes == NULL ||
        strcmp(name, module->variable_name) != 0) {
        return fake_fail(module->device->instance, TN_ERROR_NOT_FOUND,
                         "there is no such variable");
    }
    *memory = &module->variable;
    *bytes = module->variable_bytes;
    return TN_OK;
}

static tn_status kernel_get(tn_plugin_module *module, const char *name,
                            tn_plugin_kernel **kernel)
{
    for (uint32_t i = 0; i < module->count; ++i) {
        if (strcmp(module->kernels[i].name, name) == 0) {
            *kernel = &module->kernels[i];
            return TN_OK;
        }
    }
    return TN_ERROR_NOT_FOUND;
}

static tn_status kernel_info(tn_plugin_kernel *kernel, tn_kernel_info *info)
{
    uint32_t size = info->size;

    memcpy(info, &kernel->info, size < sizeof *info ? size : sizeof *info);
    info->size = size;
    return TN_OK;
}

static tn_status kernel_parameter(tn_plugin_kernel *kernel, uint32_t index,
                                  tn_parameter *parameter)
{
    uint32_t size = parameter->size;

    memcpy(parameter, &kernel->parameters[index],
           size < sizeof *parameter ? size : sizeof *parameter);
    parameter->size = size;
    return TN_OK;
}

void fake_fill_modules(tn_plugin *table)
{
    table->module_create = module_create;
    table->module_destroy = module_destroy;
    table->module_kernels = module_kernels;
    table->module_symbol = module_symbol;
    table->kernel_get = kernel_get;
    table->kernel_info = kernel_info;
    table->kernel_parameter = kernel_parameter;
}
