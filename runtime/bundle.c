/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "runtime/bundle.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "common/extent.h"
#include "runtime/bundle_reading.h"
#include "runtime/error.h"
#include "runtime/file.h"

/* ---- files ---- */

static tn_status read_file(tn_bundle_reading *at, const char *path)
{
    tn_file file;
    tn_status status = tn_file_read(path, TN_FILE_TEXT_LIMIT, &file);

    if (status != TN_OK) {
        return status;
    }
    at->path = path;
    tn_bundle_read_sections(at, file.bytes, file.size);
    tn_file_finish(&file);
    return TN_OK;
}

static int is_ini(const struct dirent *item)
{
    return fnmatch("*.ini", item->d_name, FNM_PERIOD) == 0;
}

/* alphasort() would follow the locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/*
 * The paths live until the reading is over: kernels and variants remember by
 * them which file they stand in.
 */
typedef struct path_list {
    char **items;
    int count;
} path_list;

static tn_status read_drop_ins(tn_bundle_reading *at, const char *folder,
                               path_list *paths)
{
    struct dirent **found = NULL;
    tn_status status = TN_OK;
    char *parent = tn_path_join(folder, "bundle.d");
    int count = parent != NULL ? scandir(parent, &found, is_ini, by_name) : -1;

    if (parent != NULL && count < 0 && errno != ENOENT) {
        tn_problems_add(&at->problems, parent, "%s", strerror(errno));
    }
    paths->items = count > 0 ? calloc((size_t)count, sizeof(char *)) : NULL;
    for (int i = 0; i < count; ++i) {
        char *path = paths->items != NULL
                         ? tn_path_join(parent, found[i]->d_name)
                         : NULL;

        free(found[i]);
        if (path == NULL) {
            status = tn_fail_memory(folder);
            continue;
        }
        paths->items[paths->count++] = path;
        at->part = (uint32_t)paths->count;
        if (status == TN_OK && read_file(at, path) != TN_OK) {
            tn_problems_add_unread(&at->problems, path);
        }
    }
    free(found);
    free(parent);
    return status;
}

/* ---- what the whole must have ---- */

static bool is_complete(tn_bundle_reading *at, const tn_bundle_kernel *kernel)
{
    for (uint32_t k = 0; k < kernel->parameter_count; ++k) {
        if (kernel->parameters[k].size == 0) {
            tn_problems_add(&at->problems, kernel->origin,
                            "kernel %s has arg.%u but no arg.%u", kernel->name,
                            kernel->parameter_count - 1, k);
            return false;
        }
    }
    return true;
}

/* They may name parameters that follow. */
static void check_extents(tn_bundle_reading *at, const tn_bundle_kernel *kernel)
{
    tn_extent extent;
    tn_sentence why;

    at->path = kernel->file;
    for (uint32_t k = 0; k < kernel->parameter_count; ++k) {
        const char *text = kernel->parameters[k].extent;

        if (text[0] != '\0' &&
            tn_extent_parse(text, strlen(text), kernel->parameters,
                            kernel->parameter_count, &extent, &why) != TN_OK) {
            tn_bundle_problem(at, kernel->lines[k], "arg.%u of kernel %s: %s",
                              k, kernel->name, why.text);
        }
    }
}

static void check_kernels(tn_bundle_reading *at)
{
    for (size_t i = 0; i < at->bundle->kernel_count; ++i) {
        const tn_bundle_kernel *kernel = &at->bundle->kernels[i];

        if (is_complete(at, kernel)) {
            check_extents(at, kernel);
        }
    }
}

static char *empty_for_null(char *text)
{
    return text != NULL ? text : strdup("");
}

static void check_variants(tn_bundle_reading *at)
{
    for (size_t i = 0; i < at->bundle->variant_count; ++i) {
        tn_bundle_variant *variant = &at->bundle->variants[i];

        if (variant->format == NULL || variant->file == NULL) {
            tn_problems_add(&at->problems, variant->origin,
                            "[variant %s] lacks %s =", variant->name,
                            variant->format == NULL ? "format" : "file");
        }
        variant->requirements = empty_for_null(variant->requirements);
        variant->options = empty_for_null(variant->options);
        if (variant->requirements == NULL || variant->options == NULL) {
            tn_problems_add(&at->problems, variant->origin, "no memory");
        }
    }
}

static void check_whole(tn_bundle_reading *at, const char *path)
{
    if (at->format == NULL) {
        tn_problems_add(&at->problems, path,
                        "lacks format = " TN_BUNDLE_FORMAT " in [bundle]");
    }
    if (at->bundle->name == NULL) {
        tn_problems_add(&at->problems, path, "lacks name = in [bundle]");
    }
    if (at->bundle->variant_count == 0) {
        tn_problems_add(&at->problems, path, "has no [variant NAME]");
    }
    check_kernels(at);
    check_variants(at);
}

static tn_status read_all(tn_bundle *bundle, const char *path)
{
    tn_bundle_reading at = {.bundle = bundle};
    path_list drop_ins = {NULL, 0};
    tn_status status = read_file(&at, path);

    if (status == TN_OK) {
        status = read_drop_ins(&at, bundle->folder, &drop_ins);
    }
    if (status == TN_OK) {
        check_whole(&at, path);
        status = tn_problems_fail(&at.problems, TN_ERROR_BUNDLE);
    }
    for (int i = 0; i < drop_ins.count; ++i) {
        free(drop_ins.items[i]);
    }
    free(drop_ins.items);
    free(at.format);
    tn_problems_finish(&at.problems);
    return status;
}

tn_status tn_bundle_read(const char *folder, tn_bundle **bundle)
{
    tn_bundle *made = calloc(1, sizeof *made);
    char *path = tn_path_join(folder, "bundle.ini");
    tn_status status = TN_OK;

    if (made == NULL || path == NULL ||
        (made->folder = strdup(folder)) == NULL) {
        status = tn_fail_memory("a bundle");
    }
    if (status == TN_OK) {
        status = read_all(made, path);
    }
    free(path);
    if (status != TN_OK) {
        tn_bundle_destroy(made);
        return status;
    }
    *bundle = made;
    return TN_OK;
}

const tn_bundle_kernel *tn_bundle_find(const tn_bundle *bundle,
                                       const char *kernel)
{
    for (size_t i = 0; i < bundle->kernel_count; ++i) {
        if (strcmp(bundle->kernels[i].name, kernel) == 0) {
            return &bundle->kernels[i];
        }
    }
    return NULL;
}

void tn_bundle_destroy(tn_bundle *bundle)
{
    if (bundle == NULL) {
        return;
    }
    for (size_t i = 0; i < bundle->kernel_count; ++i) {
        free(bundle->kernels[i].name);
        free(bundle->kernels[i].origin);
        free(bundle->kernels[i].parameters);
        free(bundle->kernels[i].lines);
    }
    for (size_t i = 0; i < bundle->variant_count; ++i) {
        tn_bundle_variant *variant = &bundle->variants[i];

        free(variant->name);
        free(variant->origin);
        free(variant->format);
        free(variant->file);
        free(variant->requirements);
        free(variant->options);
    }
    free(bundle->kernels);
    free(bundle->variants);
    free(bundle->folder);
    free(bundle->name);
    free(bundle);
}
