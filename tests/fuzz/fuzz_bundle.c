/* SPDX-License-Identifier: MIT */
/*
 * A bundle's description. The input is bundle.ini; a line "@1" or "@2" begins a
 * drop-in.
 */
#include <string.h>

#include "common/signature.h"
#include "runtime/bundle.h"
#include "tests/fuzz/fuzz.h"

static const struct {
    char part;
    const char *name;
} files[] = {
    {'@', "bundle/bundle.ini"},
    {'1', "bundle/bundle.d/10-first.ini"},
    {'2', "bundle/bundle.d/20-second.ini"},
};

enum {
    FILES = sizeof files / sizeof files[0]
};

static void check_kernel(const tn_bundle *bundle,
                         const tn_bundle_kernel *kernel)
{
    HOLDS(tn_bundle_find(bundle, kernel->name) == kernel);
    HOLDS(kernel->parameter_count <= TN_ARGUMENTS_MAX);
    for (uint32_t i = 0; i < kernel->parameter_count; ++i) {
        const tn_parameter *parameter = &kernel->parameters[i];

        HOLDS(parameter->size == sizeof *parameter);
        HOLDS(parameter->type != TN_TYPE_NONE);
        HOLDS(memchr(parameter->name, '\0', sizeof parameter->name) != NULL);
    }
    bool any = kernel->items[0] == 0;

    HOLDS((kernel->items[1] == 0) == any && (kernel->items[2] == 0) == any);
}

static void check_variant(const tn_bundle_variant *variant)
{
    HOLDS(variant->format != NULL && variant->file != NULL);
    HOLDS(variant->requirements != NULL && variant->options != NULL);
    HOLDS(variant->file[0] != '/' && strcmp(variant->file, "..") != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool written[FILES];
    fuzz_parts parts = {data, size, '@'};
    tn_bundle *bundle = NULL;
    const uint8_t *bytes;
    size_t count;
    char part;

    for (size_t i = 1; i < FILES; ++i) {
        if (written[i]) {
            fuzz_write(files[i].name, NULL, 0);
            written[i] = false;
        }
    }
    while (fuzz_next_part(&parts, &part, &bytes, &count)) {
        for (size_t i = 0; i < FILES; ++i) {
            if (files[i].part == part) {
                fuzz_write(files[i].name, bytes, count);
                written[i] = true;
            }
        }
    }
    tn_status status = tn_bundle_read(fuzz_path("bundle"), &bundle);

    if (status != TN_OK) {
        HOLDS(bundle == NULL && status == TN_ERROR_BUNDLE);
        fuzz_check_failure(NULL);
        return 0;
    }
    HOLDS(bundle->name != NULL && bundle->variant_count > 0);
    for (size_t i = 0; i < bundle->kernel_count; ++i) {
        check_kernel(bundle, &bundle->kernels[i]);
    }
    for (size_t i = 0; i < bundle->variant_count; ++i) {
        check_variant(&bundle->variants[i]);
    }
    tn_bundle_destroy(bundle);
    return 0;
}
