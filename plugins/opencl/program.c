/* SPDX-License-Identifier: MIT */
/* Programs: from source text to something with kernels. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/opencl/device.h"
#include "plugins/opencl/include.h"
#include "plugins/opencl/module.h"
#include "plugins/opencl/names.h"
#include "plugins/opencl/options.h"
#include "plugins/opencl/source.h"

/* Parameters are told only by programs that were built with this. */
#define OWN_OPTIONS "-cl-kernel-arg-info"

enum {
    LOG_BYTES_MAX = 1 << 26 /* more is nonsense */
};

/* ---- the compiler's log ---- */

static bool mentions_error(const char *line, size_t length)
{
    for (size_t i = 0; i + 5 <= length; ++i) {
        if (strncasecmp(line + i, "error", 5) == 0) {
            return true;
        }
    }
    return false;
}

/* The first line that speaks of an error, else the first that has words. */
static const char *first_error(const char *log, size_t *length)
{
    const char *first = "";

    *length = 0;
    while (*log != '\0') {
        size_t bytes = strcspn(log, "\n");
        size_t blank = strspn(log, " \t\r");

        if (mentions_error(log, bytes)) {
            *length = bytes - (blank < bytes ? blank : bytes);
            return log + (bytes - *length);
        }
        if (*length == 0 && blank < bytes) {
            *length = bytes - blank;
            first = log + blank;
        }
        log += bytes + (log[bytes] == '\n');
    }
    return first;
}

/* In memory of the host's allocator; NULL where there is none. */
static char *read_log(const tn_plugin_module *module)
{
    const ocl_symbols *cl = &module->instance->cl;
    cl_device_id id = module->device->id;
    size_t bytes = 0;

    if (cl->GetProgramBuildInfo(module->program, id, CL_PROGRAM_BUILD_LOG, 0,
                                NULL, &bytes) != CL_SUCCESS ||
        bytes == 0 || bytes > LOG_BYTES_MAX) {
        return NULL;
    }
    char *log = ocl_allocate(module->instance, bytes + 1);

    if (log != NULL &&
        cl->GetProgramBuildInfo(module->program, id, CL_PROGRAM_BUILD_LOG,
                                bytes, log, NULL) != CL_SUCCESS) {
        log[0] = '\0';
    }
    return log;
}

static tn_status fail_build(const tn_plugin_module *module, const char *name,
                            cl_int code)
{
    tn_plugin_instance *instance = module->instance;
    const ocl_code *known = ocl_code_find(code);
    char *log = read_log(module);
    size_t length = 0;
    const char *line = first_error(log != NULL ? log : "", &length);
    tn_status status = known->status;

    if (log != NULL && log[0] != '\0') {
        instance->host->build_log(instance->host_data, log, strlen(log));
    }
    if (status == TN_ERROR_BUILD && length > 0) {
        (void)ocl_fail(instance, status, "%s: %.*s", name,
                       (int)(length < 512 ? length : 512), line);
    } else {
        status = ocl_fail_code(instance, code, "%s", name);
    }
    ocl_release(instance, log);
    return status;
}

/* ---- building ---- */

static tn_status check_text(const tn_plugin_module *module,
                            const tn_plugin_module_desc *desc)
{
    tn_plugin_instance *instance = module->instance;
    const char *nul = desc->image_bytes > 0
                          ? memchr(desc->image, '\0', desc->image_bytes)
                          : NULL;

    if (strcmp(desc->format, "clc") != 0) {
        return ocl_fail(instance, TN_ERROR_FORMAT,
                        "%s: the opencl backend takes code in the format clc, "
                        "not in %s",
                        desc->name, desc->format);
    }
    if (module->device->language == 0) {
        return ocl_fail(instance, TN_ERROR_FORMAT,
                        "%s: the driver of %s has no compiler for OpenCL C",
                        desc->name, module->device->info.name);
    }
    if (desc->image_bytes == 0) {
        return ocl_fail(instance, TN_ERROR_FORMAT, "%s: is empty", desc->name);
    }
    if (nul != NULL) {
        return ocl_fail(instance, TN_ERROR_FORMAT,
                        "%s: is no text: byte %llu is 0", desc->name,
                        (unsigned long long)(nul - (const char *)desc->image));
    }
    return TN_OK;
}

static tn_status build_source(tn_plugin_module *module, const char *name,
                              const char *text, size_t bytes,
                              const char *options)
{
    const ocl_symbols *cl = &module->instance->cl;
    cl_int code = CL_SUCCESS;

    module->program = cl->CreateProgramWithSource(module->device->context, 1,
                                                  &text, &bytes, &code);
    if (module->program == NULL) {
        return ocl_fail_code(module->instance, code, "%s", name);
    }
    code = cl->BuildProgram(module->program, 1, &module->device->id, options,
                            NULL, NULL);
    return code == CL_SUCCESS ? TN_OK : fail_build(module, name, code);
}

/* ---- text that may be anybody's ---- */

static tn_status fail_reading(const tn_plugin_module *module, const char *name,
                              const tn_sentence *why)
{
    const char *folder = module->instance->include;

    return ocl_fail(
        module->instance, TN_ERROR_DENIED,
        "%s: %s is refused, since it would read files; %s%s%s", name, why->text,
        folder != NULL ? "what is included has to stand plainly in "
                       : "set include = FOLDER in [backend opencl] to allow "
                         "those of a folder",
        folder != NULL ? folder : "",
        folder != NULL ? ", which include = allows" : "");
}

/* The text without what includes files. @param expanded  free()d by the caller */
static tn_status make_harmless(const tn_plugin_module *module,
                               const tn_plugin_module_desc *desc,
                               char **expanded, const char **text,
                               size_t *bytes)
{
    const char *folder = module->instance->include;
    tn_sentence why;
    tn_status status = TN_OK;

    *text = desc->image;
    *bytes = (size_t)desc->image_bytes;
    if (folder != NULL) {
        status = ocl_include_expand(*text, *bytes, desc->name, folder, expanded,
                                    bytes, &why);
        if (status != TN_OK) {
            return ocl_fail(module->instance, status, "%s: %s", desc->name,
                            why.text);
        }
        *text = *expanded;
    }
    if (ocl_source_check(*text, *bytes, &why) != TN_OK) {
        return fail_reading(module, desc->name, &why);
    }
    return TN_OK;
}

/* Ours, those of the kernel, those of the configuration. */
static tn_status join_options(const tn_plugin_module *module,
                              const tn_plugin_module_desc *desc,
                              const char *text, size_t bytes, char **joined)
{
    tn_plugin_instance *instance = module->instance;
    bool native = module->device->info.kind == TN_DEVICE_CPU;
    char guards[OCL_GUARDS_BYTES];
    tn_sentence why;

    if (ocl_options_check(desc->options, &why) != TN_OK) {
        return ocl_fail(instance, TN_ERROR_DENIED,
                        "%s: its option %s is refused; options = in [backend "
                        "opencl] takes any",
                        desc->name, why.text);
    }
    ocl_source_guards(text, bytes, native, guards);
    if (asprintf(joined, OWN_OPTIONS "%s%s%s%s%s", guards,
                 desc->options[0] != '\0' ? " " : "", desc->options,
                 instance->options[0] != '\0' ? " " : "",
                 instance->options) < 0) {
        *joined = NULL;
        return ocl_fail_memory(instance, "a module's options");
    }
    return TN_OK;
}

tn_status ocl_program_build(tn_plugin_module *module,
                            const tn_plugin_module_desc *desc,
                            ocl_binary_key *key)
{
    char *expanded = NULL;
    char *options = NULL;
    const char *text;
    size_t bytes;
    tn_status status = check_text(module, desc);

    if (status == TN_OK) {
        status = make_harmless(module, desc, &expanded, &text, &bytes);
    }
    if (status == TN_OK) {
        status = join_options(module, desc, text, bytes, &options);
    }
    if (status == TN_OK) {
        ocl_binary_key_init(key, module->device, options, text, bytes);
        if (ocl_binary_load(module, key, options)) {
            ocl_binary_key_finish(key); /* it is kept already */
        } else {
            status = build_source(module, desc->name, text, bytes, options);
        }
    }
    free(options);
    free(expanded);
    return status;
}
