/* SPDX-License-Identifier: MIT */
/* What an application may ask of a bundle. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/size.h"
#include "runtime/error.h"
#include "runtime/file.h"
#include "runtime/objects.h"

/* The first member of these structs is their size. */
static tn_status answer(const char *type, void *to, const void *own,
                        uint32_t own_size)
{
    uint32_t size;

    memcpy(&size, to, sizeof size);
    if (size < 2 * sizeof size) {
        return tn_fail(TN_ERROR_INVALID, "%s.size is %u; set it to sizeof(%s)",
                       type, size, type);
    }
    tn_copy_sized(to, own, own_size);
    return TN_OK;
}

static tn_status fail_index(const tn_bundle *bundle, const char *what,
                            uint32_t index)
{
    return tn_fail(TN_ERROR_RANGE, "bundle %s has no %s %u", bundle->name, what,
                   index);
}

tn_status tn_bundle_open(tn_runtime *runtime, const char *name,
                         tn_bundle **bundle)
{
    char *folder = NULL;

    TN_REQUIRE(name);
    TN_REQUIRE(bundle);
    if (runtime == NULL || strchr(name, '/') != NULL) {
        return tn_bundle_read(name, bundle);
    }
    tn_status status = tn_bundle_locate(runtime, name, &folder);

    if (status == TN_OK) {
        status = tn_bundle_read(folder, bundle);
    }
    free(folder);
    return status;
}

void tn_bundle_close(tn_bundle *bundle)
{
    tn_bundle_destroy(bundle);
}

tn_status tn_bundle_info_get(const tn_bundle *bundle, tn_bundle_info *info)
{
    TN_REQUIRE(bundle);
    TN_REQUIRE(info);
    const tn_bundle_info own = {.size = sizeof own,
                                .kernel_count = (uint32_t)bundle->kernel_count,
                                .variant_count =
                                    (uint32_t)bundle->variant_count,
                                .name = bundle->name,
                                .folder = bundle->folder};

    return answer("tn_bundle_info", info, &own, sizeof own);
}

tn_status tn_bundle_kernel_get(const tn_bundle *bundle, uint32_t index,
                               tn_signature_info *info)
{
    TN_REQUIRE(bundle);
    TN_REQUIRE(info);
    if (index >= bundle->kernel_count) {
        return fail_index(bundle, "kernel", index);
    }
    const tn_bundle_kernel *kernel = &bundle->kernels[index];
    tn_signature_info own = {.size = sizeof own,
                             .parameter_count = kernel->parameter_count,
                             .elements =
                                 kernel->elements != 0 ? kernel->elements : 1,
                             .name = kernel->name,
                             .origin = kernel->origin,
                             .dimensions = kernel->dimensions};

    memcpy(own.required_items, kernel->items, sizeof own.required_items);
    return answer("tn_signature_info", info, &own, sizeof own);
}

tn_status tn_bundle_parameter_get(const tn_bundle *bundle, uint32_t kernel,
                                  uint32_t index, tn_parameter *parameter)
{
    TN_REQUIRE(bundle);
    TN_REQUIRE(parameter);
    if (kernel >= bundle->kernel_count) {
        return fail_index(bundle, "kernel", kernel);
    }
    if (index >= bundle->kernels[kernel].parameter_count) {
        return tn_fail(TN_ERROR_RANGE, "kernel %s has no argument %u",
                       bundle->kernels[kernel].name, index);
    }
    return answer("tn_parameter", parameter,
                  &bundle->kernels[kernel].parameters[index],
                  sizeof *parameter);
}

/* Whether a module could be loaded from it. */
static void look_at_file(const tn_bundle *bundle, tn_variant_info *info)
{
    tn_file file;
    tn_error_kept kept;

    tn_error_keep(&kept);
    if (tn_file_read_beneath(bundle->folder, info->file, TN_FILE_CODE_LIMIT,
                             &file) == TN_OK) {
        info->present = 1;
        info->bytes = file.size;
        tn_file_finish(&file);
    }
    (void)tn_error_settle(&kept, TN_OK);
}

tn_status tn_bundle_variant_get(const tn_bundle *bundle, uint32_t index,
                                tn_variant_info *info)
{
    TN_REQUIRE(bundle);
    TN_REQUIRE(info);
    if (index >= bundle->variant_count) {
        return fail_index(bundle, "variant", index);
    }
    const tn_bundle_variant *variant = &bundle->variants[index];
    tn_variant_info own = {.size = sizeof own,
                           .name = variant->name,
                           .format = variant->format,
                           .file = variant->file,
                           .requirements = variant->requirements,
                           .options = variant->options,
                           .origin = variant->origin};

    look_at_file(bundle, &own);
    return answer("tn_variant_info", info, &own, sizeof own);
}

tn_status tn_bundle_variant_rank(const tn_bundle *bundle, uint32_t index,
                                 tn_device *device, uint32_t *rank)
{
    TN_REQUIRE(bundle);
    TN_REQUIRE_DEVICE(device);
    TN_REQUIRE(rank);
    if (index >= bundle->variant_count) {
        return fail_index(bundle, "variant", index);
    }
    tn_status status = tn_device_ready(device);

    return status == TN_OK
               ? tn_module_rank(device, bundle->variants[index].format,
                                bundle->variants[index].requirements, rank)
               : status;
}
