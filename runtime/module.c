/* SPDX-License-Identifier: MIT */
/* Loading code: a bundle's best variant, a single file, bytes in memory. */
#define _GNU_SOURCE
#include <ctype.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/elf.h"
#include "common/nearest.h"
#include "runtime/error.h"
#include "runtime/file.h"
#include "runtime/graph.h"
#include "runtime/objects.h"

/* ---- formats ---- */

/* Skips blanks and comments of C and PTX. */
static const char *skip_comments(const char *text, const char *end)
{
    while (text < end) {
        if (isspace((unsigned char)*text)) {
            ++text;
        } else if (end - text >= 2 && text[0] == '/' && text[1] == '/') {
            const char *newline = memchr(text, '\n', (size_t)(end - text));

            text = newline != NULL ? newline : end;
        } else if (end - text >= 2 && text[0] == '/' && text[1] == '*') {
            const char *close =
                memmem(text + 2, (size_t)(end - text - 2), "*/", 2);

            text = close != NULL ? close + 2 : end;
        } else {
            break;
        }
    }
    return text;
}

/* The format of code by its first bytes; NULL for none that is known. */
static const char *find_format(const char *image, size_t size)
{
    static const unsigned char fatbin[] = {0x50, 0xed, 0x55, 0xba};
    uint16_t machine = 0;

    if (tn_elf_is(image, size) && size >= sizeof(Elf64_Ehdr)) {
        memcpy(&machine, image + offsetof(Elf64_Ehdr, e_machine),
               sizeof machine);
        return machine == EM_CUDA ? "cubin" : "so";
    }
    if (size >= sizeof fatbin && memcmp(image, fatbin, sizeof fatbin) == 0) {
        return "fatbin";
    }
    if (size == 0 || memchr(image, '\0', size) != NULL) {
        return NULL; /* neither text nor anything known */
    }
    const char *end = image + size;
    const char *first = skip_comments(image, end);

    if (end - first >= 8 && memcmp(first, ".version", 8) == 0) {
        return "ptx";
    }
    return memmem(image, size, "kernel", 6) != NULL ? "clc" : NULL;
}

/* OpenCL C whose kernels are all in what it includes. */
static bool is_named_clc(const char *name, const char *image, size_t size)
{
    size_t length = strlen(name);

    return length > 3 && strcmp(name + length - 3, ".cl") == 0 && size > 0 &&
           memchr(image, '\0', size) == NULL;
}

/* Options that nobody would read are a mistake. */
static tn_status check_options(const char *name, const char *format,
                               const char *options)
{
    if (options[0] == '\0' ||
        (strcmp(format, "so") != 0 && strcmp(format, "cubin") != 0)) {
        return TN_OK;
    }
    return tn_fail(TN_ERROR_INVALID,
                   "%s: is %s, which no compiler sees; options (%s) are for "
                   "source",
                   name, format, options);
}

/* ---- creating ---- */

static void module_free(tn_module *module)
{
    tn_module_free_kernels(module);
    tn_bundle_destroy(module->bundle);
    pthread_mutex_destroy(&module->lock);
    free(module->names);
    free(module->description);
    tn_object_destroy(&module->object);
}

static const char **bundle_names(const tn_bundle *bundle)
{
    const char **names = calloc(bundle->kernel_count + 1, sizeof *names);

    for (size_t i = 0; names != NULL && i < bundle->kernel_count; ++i) {
        names[i] = bundle->kernels[i].name;
    }
    return names;
}

/* Takes description and, on success alone, the bundle over. */
static tn_status create(tn_device *device, const tn_plugin_module_desc *desc,
                        tn_bundle *bundle, char *description,
                        tn_module **module)
{
    tn_plugin_module *handle = NULL;
    tn_module *made = tn_object_create(device, TN_OBJECT_MODULE, sizeof *made);

    if (made == NULL || description == NULL) {
        free(description);
        if (made != NULL) {
            tn_object_destroy(&made->object);
        }
        return tn_fail_memory("a module");
    }
    pthread_mutex_init(&made->lock, NULL);
    made->description = description;
    if (bundle != NULL && (made->names = bundle_names(bundle)) == NULL) {
        module_free(made);
        return tn_fail_memory("a module");
    }
    tn_status status =
        device->plugin->module_create(device->handle, desc, &handle);

    if (status != TN_OK) {
        status = tn_device_failed(device, status, "loading code");
        module_free(made);
        return status;
    }
    made->handle = handle;
    made->bundle = bundle;
    /* hosts of OpenCL launch just the items there are: kernels rely on it */
    made->exact_grids = bundle == NULL && desc->path != NULL &&
                        strcmp(desc->format, "clc") == 0;
    *module = made;
    return TN_OK;
}

/* A shared object is code that this process runs: it is checked as a plugin. */
static tn_status check_trust(const tn_device *device, const char *format,
                             const tn_file *file)
{
    const tn_runtime *runtime = device->backend->runtime;

    if (file->distrust == NULL || strcmp(format, "so") != 0) {
        return TN_OK;
    }
    if (tn_config_is_strict(runtime->config)) {
        return tn_fail(TN_ERROR_DENIED, "%s: %s", file->path, file->distrust);
    }
    tn_log(&runtime->logger, TN_LOG_WARNING, "%s: %s", file->path,
           file->distrust);
    return TN_OK;
}

tn_status tn_module_rank(tn_device *device, const char *format,
                         const char *requirements, uint32_t *rank)
{
    *rank = 0;
    return tn_device_answer(
        device,
        device->plugin->module_rank(device->handle, format, requirements, rank),
        "judging code");
}

/* ---- code without a bundle ---- */

static tn_status load_image(tn_device *device, const char *name,
                            const tn_file *file, const char *options,
                            tn_module **module)
{
    tn_plugin_module_desc desc = {.size = sizeof desc,
                                  .name = name,
                                  .format =
                                      find_format(file->bytes, file->size),
                                  .image = file->bytes,
                                  .image_bytes = file->size,
                                  .path = file->path,
                                  .options = options};
    const char *formats = device->backend->library->formats;
    char *description = NULL;
    uint32_t rank = 0;

    if (desc.format == NULL && is_named_clc(name, file->bytes, file->size)) {
        desc.format = "clc";
    }
    if (desc.format == NULL) {
        return tn_fail(TN_ERROR_FORMAT,
                       "%s: is no code that Tenon knows (PTX, cubin, fatbin, "
                       "OpenCL C or a shared object)",
                       name);
    }
    tn_status status = tn_module_rank(device, desc.format, "", &rank);

    if (status != TN_OK) {
        return status;
    }
    if (rank == 0) {
        return tn_fail(TN_ERROR_FORMAT, "%s: is %s; %s takes %s", name,
                       desc.format, device->name,
                       formats != NULL && *formats != '\0' ? formats
                                                           : "no code");
    }
    status = check_options(name, desc.format, options);
    if (status == TN_OK) {
        status = check_trust(device, desc.format, file);
    }
    if (status != TN_OK) {
        return status;
    }
    if (asprintf(&description, "%s (%s)", name, desc.format) < 0) {
        return tn_fail_memory(name);
    }
    return create(device, &desc, NULL, description, module);
}

static tn_status load_file(tn_device *device, const char *path,
                           const char *options, tn_module **module)
{
    tn_file file;
    tn_status status = tn_file_read(path, TN_FILE_CODE_LIMIT, &file);

    if (status != TN_OK) {
        return status;
    }
    status = load_image(device, path, &file, options, module);
    tn_file_finish(&file);
    return status;
}

tn_status tn_module_load_data(tn_device *device, const void *image,
                              size_t bytes, const char *options,
                              tn_module **module)
{
    TN_REQUIRE_DEVICE(device);
    TN_REQUIRE(image);
    TN_REQUIRE(module);
    /* read only: nobody frees it or writes to it */
    const tn_file file = {.bytes = (char *)(uintptr_t)image, .size = bytes};
    tn_status status = tn_device_ready(device);

    return status == TN_OK ? load_image(device, "code in memory", &file,
                                        options != NULL ? options : "", module)
                           : status;
}

/* ---- bundles ---- */

static tn_status fail_no_variant(const tn_device *device,
                                 const tn_bundle *bundle)
{
    const char *formats = device->backend->library->formats;
    char list[512];
    size_t used = 0;

    list[0] = '\0';
    for (size_t i = 0; i < bundle->variant_count && used < sizeof list; ++i) {
        const tn_bundle_variant *variant = &bundle->variants[i];
        bool needs = variant->requirements[0] != '\0';

        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s%s%s%s",
                                 i > 0 ? ", " : "", variant->format,
                                 needs ? " (" : "", variant->requirements,
                                 needs ? ")" : "");
    }
    return tn_fail(
        TN_ERROR_FORMAT,
        "bundle %s in %s has no variant for %s (%s), which takes "
        "%s; it has %s",
        bundle->name, bundle->folder, device->name, device->info.target,
        formats != NULL && *formats != '\0' ? formats : "no code", list);
}

/* The variant that the device's backend ranks highest; the first of equals. */
static tn_status best_variant(tn_device *device, const tn_bundle *bundle,
                              const tn_bundle_variant **best)
{
    uint32_t best_rank = 0;

    for (size_t i = 0; i < bundle->variant_count; ++i) {
        const tn_bundle_variant *variant = &bundle->variants[i];
        uint32_t rank = 0;
        tn_status status = tn_module_rank(device, variant->format,
                                          variant->requirements, &rank);

        if (status != TN_OK) {
            return status;
        }
        if (rank > best_rank) {
            best_rank = rank;
            *best = variant;
        }
    }
    return best_rank > 0 ? TN_OK : fail_no_variant(device, bundle);
}

static tn_status read_variant(const tn_bundle *bundle,
                              const tn_bundle_variant *variant, tn_file *file)
{
    tn_status status = tn_file_read_beneath(bundle->folder, variant->file,
                                            TN_FILE_CODE_LIMIT, file);

    if (status == TN_OK || status == TN_ERROR_NO_MEMORY) {
        return status;
    }
    tn_sentence why;

    tn_sentence_set(&why, "%s", tn_error_message());
    return tn_fail(status == TN_ERROR_NOT_FOUND ? TN_ERROR_BUNDLE : status,
                   "%s: [variant %s]: %s", variant->origin, variant->name,
                   why.text);
}

static tn_status load_variant(tn_device *device, tn_bundle *bundle,
                              const tn_bundle_variant *variant,
                              tn_module **module)
{
    char *description = NULL;
    tn_file file;
    tn_status status = read_variant(bundle, variant, &file);

    if (status != TN_OK) {
        return status;
    }
    status = check_trust(device, variant->format, &file);
    if (status != TN_OK) {
        goto free_file;
    }
    const tn_plugin_module_desc desc = {.size = sizeof desc,
                                        .name = bundle->name,
                                        .format = variant->format,
                                        .image = file.bytes,
                                        .image_bytes = file.size,
                                        .path = file.path,
                                        .options = variant->options};

    if (asprintf(&description, "%s, variant %s (%s): %s", bundle->name,
                 variant->name, variant->format, file.path) < 0) {
        description = NULL;
    }
    status = create(device, &desc, bundle, description, module);
    if (status == TN_OK) {
        (*module)->part = variant->part;
    }

free_file:
    tn_file_finish(&file);
    return status;
}

static tn_status load_bundle(tn_device *device, const char *folder,
                             const char *options, tn_module **module)
{
    const tn_bundle_variant *variant = NULL;
    tn_bundle *bundle = NULL;

    if (options[0] != '\0') {
        return tn_fail(TN_ERROR_INVALID,
                       "%s: is a bundle, whose bundle.ini has the options; "
                       "these (%s) are for a file of source",
                       folder, options);
    }
    tn_status status = tn_bundle_read(folder, &bundle);

    if (status != TN_OK) {
        return status;
    }
    status = best_variant(device, bundle, &variant);
    if (status == TN_OK) {
        status = load_variant(device, bundle, variant, module);
    }
    if (status != TN_OK) {
        tn_bundle_destroy(bundle);
    }
    return status;
}

/* ---- finding ---- */

static void offer_bundle(void *data, const char *folder, const char *name)
{
    (void)folder;
    tn_nearest_offer(data, name);
}

static tn_status fail_no_bundle(const tn_runtime *runtime, const char *name)
{
    tn_nearest nearest;
    char hint[96];
    char folders[512];

    tn_nearest_init(&nearest, name);
    tn_folders_each(&runtime->kernel_folders, offer_bundle, &nearest);
    return tn_fail(
        TN_ERROR_NOT_FOUND, "there is no bundle %s in %s%s; a path needs a '/'",
        name,
        tn_folders_text(&runtime->kernel_folders, folders, sizeof folders),
        tn_nearest_hint(&nearest, hint, sizeof hint));
}

tn_status tn_bundle_locate(const tn_runtime *runtime, const char *name,
                           char **folder)
{
    *folder = *name != '\0' && strcmp(name, "..") != 0 && strcmp(name, ".") != 0
                  ? tn_folders_find(&runtime->kernel_folders, name)
                  : NULL;
    return *folder != NULL ? TN_OK : fail_no_bundle(runtime, name);
}

static tn_status load_named(tn_device *device, const char *name,
                            const char *options, tn_module **module)
{
    char *folder = NULL;
    tn_status status =
        tn_bundle_locate(device->backend->runtime, name, &folder);

    if (status == TN_OK) {
        status = load_bundle(device, folder, options, module);
    }
    free(folder);
    return status;
}

tn_status tn_module_load(tn_device *device, const char *name,
                         tn_module **module)
{
    return tn_module_load_with(device, name, "", module);
}

tn_status tn_module_load_with(tn_device *device, const char *name,
                              const char *options, tn_module **module)
{
    struct stat info;

    TN_REQUIRE_DEVICE(device);
    TN_REQUIRE(name);
    TN_REQUIRE(options);
    TN_REQUIRE(module);
    tn_status status = tn_device_ready(device);

    if (status != TN_OK) {
        return status;
    }
    if (strchr(name, '/') == NULL) {
        return load_named(device, name, options, module);
    }
    return stat(name, &info) == 0 && S_ISDIR(info.st_mode)
               ? load_bundle(device, name, options, module)
               : load_file(device, name, options, module);
}

void tn_module_destroy(tn_module *module)
{
    if (module == NULL || tn_device_is_forked(module->object.device)) {
        return;
    }
    tn_graphs_lose(&module->object);
    module->object.device->plugin->module_destroy(module->handle);
    module_free(module);
}

/* ---- questions ---- */

const char *tn_module_description(const tn_module *module)
{
    return module != NULL ? module->description : "";
}

tn_status tn_module_kernels(tn_module *module, const char *const **names,
                            size_t *count)
{
    TN_REQUIRE_OBJECT(module);
    TN_REQUIRE(names);
    TN_REQUIRE(count);
    const tn_device *device = module->object.device;
    uint32_t plugin_count = 0;

    if (module->bundle != NULL) {
        *names = module->names;
        *count = module->bundle->kernel_count;
        return TN_OK;
    }
    tn_status status =
        device->plugin->module_kernels(module->handle, names, &plugin_count);

    if (status == TN_OK) {
        *count = plugin_count;
    }
    return tn_device_answer(device, status, "listing kernels");
}
