/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "runtime/bundle.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/extent.h"
#include "common/nearest.h"
#include "common/signature.h"
#include "runtime/error.h"
#include "runtime/file.h"
#include "runtime/inifile.h"
#include "runtime/problems.h"

/* The format of bundle.ini that this release reads. */
#define BUNDLE_FORMAT "1"

typedef struct reading {
    tn_bundle *bundle;
    const char *path; /* of the file being read */
    uint32_t part;    /* its number, 0 for bundle.ini */
    /* the section being read: one of these, or none */
    bool in_bundle;
    tn_bundle_kernel *kernel;
    tn_bundle_variant *variant;
    char *format;
    tn_problems problems;
} reading;

static void problem(reading *at, unsigned line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void problem(reading *at, unsigned line, const char *format, ...)
{
    char origin[PATH_MAX + 16];
    va_list values;

    snprintf(origin, sizeof origin, "%s:%u", at->path, line);
    va_start(values, format);
    tn_problems_vadd(&at->problems, origin, format, values);
    va_end(values);
}

static bool is_identifier(const char *name)
{
    return (isalpha((unsigned char)name[0]) || name[0] == '_') &&
           name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
                             "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] == '\0';
}

static void unknown_key(reading *at, unsigned line, const char *section,
                        const char *key, const char *const *known)
{
    tn_nearest nearest;
    char hint[96];

    tn_nearest_init(&nearest, key);
    for (; *known != NULL; ++known) {
        tn_nearest_offer(&nearest, *known);
    }
    problem(at, line, "unknown key %s in [%s]%s", key, section,
            tn_nearest_hint(&nearest, hint, sizeof hint));
}

/* Sets a text once. */
static void set_text(reading *at, unsigned line, const char *key,
                     const char *value, char **target)
{
    if (*target != NULL) {
        problem(at, line, "%s is set twice; remove one", key);
        return;
    }
    *target = strdup(value);
    if (*target == NULL) {
        problem(at, line, "no memory");
    }
}

/* The same for what means nothing without a value. */
static void set_word(reading *at, unsigned line, const char *key,
                     const char *value, char **target)
{
    if (value[0] == '\0') {
        problem(at, line, "%s has no value", key);
    }
    set_text(at, line, key, value, target);
}

static char *origin_text(const reading *at, unsigned line)
{
    char *origin = NULL;

    return asprintf(&origin, "%s:%u", at->path, line) >= 0 ? origin : NULL;
}

/* ---- [bundle] ---- */

static void read_bundle_key(reading *at, const char *key, const char *value,
                            unsigned line)
{
    static const char *const known[] = {"format", "name", NULL};

    if (strcmp(key, "format") == 0) {
        set_text(at, line, key, value, &at->format);
        if (strcmp(value, BUNDLE_FORMAT) != 0) {
            problem(
                at, line,
                "a bundle of format %s; this Tenon reads format " BUNDLE_FORMAT,
                value);
        }
    } else if (strcmp(key, "name") == 0) {
        set_word(at, line, key, value, &at->bundle->name);
    } else {
        unknown_key(at, line, "bundle", key, known);
    }
}

/* ---- [kernel NAME] ---- */

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

static tn_bundle_kernel *add_kernel(reading *at, const char *name,
                                    unsigned line)
{
    tn_bundle *bundle = at->bundle;
    tn_bundle_kernel *grown =
        reallocarray(bundle->kernels, bundle->kernel_count + 1, sizeof *grown);

    if (grown == NULL) {
        return NULL;
    }
    bundle->kernels = grown;
    tn_bundle_kernel *kernel = &grown[bundle->kernel_count];

    *kernel = (tn_bundle_kernel){
        .name = strdup(name),
        .origin = origin_text(at, line),
        .file = at->path,
        .part = at->part,
        .parameters = calloc(TN_ARGUMENTS_MAX, sizeof(tn_parameter)),
        .lines = calloc(TN_ARGUMENTS_MAX, sizeof(unsigned))};
    bundle->kernel_count++;
    return kernel->name != NULL && kernel->origin != NULL &&
                   kernel->parameters != NULL && kernel->lines != NULL
               ? kernel
               : NULL;
}

/* The kernel of a section, all of which stands in one file. */
static tn_bundle_kernel *kernel_of(reading *at, const char *name, unsigned line)
{
    /* the bundle is ours while it is read */
    tn_bundle_kernel *kernel =
        (tn_bundle_kernel *)(uintptr_t)tn_bundle_find(at->bundle, name);

    if (kernel == NULL) {
        if (!is_identifier(name)) {
            problem(at, line, "[kernel %s]: a kernel's name is a C identifier",
                    name);
            return NULL;
        }
        kernel = add_kernel(at, name, line);
        if (kernel == NULL) {
            problem(at, line, "no memory");
        }
        return kernel;
    }
    if (kernel->file != at->path) {
        problem(at, line, "[kernel %s] stands in %s already", name,
                kernel->origin);
        return NULL;
    }
    return kernel;
}

/* N of "arg.N"; TN_UNKNOWN for another key. */
static uint32_t argument_index(const char *key)
{
    char *end = NULL;

    if (strncmp(key, "arg.", 4) != 0 || !isdigit((unsigned char)key[4])) {
        return TN_UNKNOWN;
    }
    errno = 0;
    unsigned long index = strtoul(key + 4, &end, 10);

    return errno == 0 && *end == '\0' && index < TN_ARGUMENTS_MAX
               ? (uint32_t)index
               : TN_ARGUMENTS_MAX;
}

static void read_argument(reading *at, tn_bundle_kernel *kernel, uint32_t index,
                          const char *value, unsigned line)
{
    tn_sentence why;
    tn_parameter parameter;

    if (index >= TN_ARGUMENTS_MAX) {
        problem(at, line, "arguments are arg.0 to arg.%d",
                TN_ARGUMENTS_MAX - 1);
        return;
    }
    if (tn_signature_parse(value, strlen(value), &parameter, &why) != TN_OK) {
        problem(at, line, "arg.%u of kernel %s: %s", index, kernel->name,
                why.text);
        return;
    }
    if (kernel->parameters[index].size != 0) {
        problem(at, line, "arg.%u of kernel %s is set twice", index,
                kernel->name);
        return;
    }
    kernel->parameters[index] = parameter;
    kernel->lines[index] = line;
    if (index >= kernel->parameter_count) {
        kernel->parameter_count = index + 1;
    }
}

static void read_items(reading *at, tn_bundle_kernel *kernel, const char *value,
                       unsigned line)
{
    unsigned x = 0;
    unsigned y = 0;
    unsigned z = 0;
    char rest = '\0';

    if (strspn(value, "0123456789 \t") != strlen(value) ||
        sscanf(value, "%7u %7u %7u %c", &x, &y, &z, &rest) != 3 || x == 0 ||
        y == 0 || z == 0) {
        problem(at, line,
                "items = %s: takes the group size as three "
                "numbers, like 256 1 1",
                value);
        return;
    }
    if (kernel->items[0] != 0) {
        problem(at, line, "items is set twice; remove one");
        return;
    }
    kernel->items[0] = x;
    kernel->items[1] = y;
    kernel->items[2] = z;
}

static void read_elements(reading *at, tn_bundle_kernel *kernel,
                          const char *value, unsigned line)
{
    unsigned elements = 0;
    char rest = '\0';

    if (strspn(value, "0123456789") != strlen(value) ||
        sscanf(value, "%7u%c", &elements, &rest) != 1 || elements == 0 ||
        elements > TN_ELEMENTS_MAX) {
        problem(at, line,
                "elements = %s: an item has 1 to %d elements, a number like 4",
                value, TN_ELEMENTS_MAX);
        return;
    }
    if (kernel->elements != 0) {
        problem(at, line, "elements is set twice; remove one");
        return;
    }
    kernel->elements = elements;
}

static void read_kernel_key(reading *at, tn_bundle_kernel *kernel,
                            const char *key, const char *value, unsigned line)
{
    static const char *const known[] = {"items", "elements", "arg.0",
                                        "arg.1", "arg.2",    NULL};
    uint32_t index = argument_index(key);
    char section[64];

    if (index != TN_UNKNOWN) {
        read_argument(at, kernel, index, value, line);
    } else if (strcmp(key, "items") == 0) {
        read_items(at, kernel, value, line);
    } else if (strcmp(key, "elements") == 0) {
        read_elements(at, kernel, value, line);
    } else {
        snprintf(section, sizeof section, "kernel %s", kernel->name);
        unknown_key(at, line, section, key, known);
    }
}

/* ---- [variant NAME] ---- */

static tn_bundle_variant *variant_of(reading *at, const char *name,
                                     unsigned line)
{
    tn_bundle *bundle = at->bundle;

    for (size_t i = 0; i < bundle->variant_count; ++i) {
        tn_bundle_variant *variant = &bundle->variants[i];

        if (strcmp(variant->name, name) == 0) {
            if (variant->file_of == at->path) {
                return variant;
            }
            problem(at, line, "[variant %s] stands in %s already", name,
                    variant->origin);
            return NULL;
        }
    }
    if (name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
                          "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-")] !=
            '\0' ||
        name[0] == '\0') {
        problem(at, line,
                "[variant %s]: a variant's name is letters, digits and _.+-",
                name);
        return NULL;
    }
    tn_bundle_variant *grown = reallocarray(
        bundle->variants, bundle->variant_count + 1, sizeof *grown);

    if (grown == NULL) {
        problem(at, line, "no memory");
        return NULL;
    }
    bundle->variants = grown;
    tn_bundle_variant *variant = &grown[bundle->variant_count];

    *variant = (tn_bundle_variant){.name = strdup(name),
                                   .origin = origin_text(at, line),
                                   .file_of = at->path,
                                   .part = at->part};
    bundle->variant_count++;
    if (variant->name == NULL || variant->origin == NULL) {
        problem(at, line, "no memory");
        return NULL;
    }
    return variant;
}

/* Links are judged when the file is opened; this is for the author's eyes. */
static void check_inside(reading *at, const char *file, unsigned line)
{
    size_t length = strlen(file);

    if (file[0] == '/' || strncmp(file, "../", 3) == 0 ||
        strstr(file, "/../") != NULL || strcmp(file, "..") == 0 ||
        (length >= 3 && strcmp(file + length - 3, "/..") == 0)) {
        problem(at, line,
                "file = %s lies outside the bundle's folder; put it inside",
                file);
    }
}

static void read_variant_key(reading *at, tn_bundle_variant *variant,
                             const char *key, const char *value, unsigned line)
{
    static const char *const known[] = {"format", "file", "requires", "options",
                                        NULL};
    char section[64];

    if (strcmp(key, "format") == 0) {
        set_word(at, line, key, value, &variant->format);
    } else if (strcmp(key, "file") == 0) {
        set_word(at, line, key, value, &variant->file);
        check_inside(at, value, line);
    } else if (strcmp(key, "requires") == 0) {
        set_text(at, line, key, value, &variant->requirements);
    } else if (strcmp(key, "options") == 0) {
        set_text(at, line, key, value, &variant->options);
    } else {
        snprintf(section, sizeof section, "variant %s", variant->name);
        unknown_key(at, line, section, key, known);
    }
}

/* ---- files ---- */

static const char *behind(const char *section, const char *prefix)
{
    size_t length = strlen(prefix);

    return strncmp(section, prefix, length) == 0 ? section + length : NULL;
}

/* A kernel without arguments, and a section without keys, are told too. */
static void on_section(void *data, const char *section, unsigned line)
{
    reading *at = data;
    const char *kernel = behind(section, "kernel ");
    const char *variant = behind(section, "variant ");

    at->in_bundle = strcmp(section, "bundle") == 0;
    at->kernel = kernel != NULL ? kernel_of(at, kernel, line) : NULL;
    at->variant = variant != NULL ? variant_of(at, variant, line) : NULL;
    if (at->in_bundle && at->part > 0) {
        problem(at, line,
                "a drop-in only adds kernels and variants; "
                "[bundle] belongs into bundle.ini");
        at->in_bundle = false;
    }
    if (!at->in_bundle && strcmp(section, "bundle") != 0 && kernel == NULL &&
        variant == NULL) {
        problem(at, line,
                "unknown section [%s]; there are [bundle], "
                "[kernel NAME] and [variant NAME]",
                section);
    }
}

/* Keys of a section that was refused have been told with it. */
static void on_entry(void *data, const char *section, const char *key,
                     const char *value, unsigned line)
{
    reading *at = data;

    (void)section;
    if (at->in_bundle) {
        read_bundle_key(at, key, value, line);
    } else if (at->kernel != NULL) {
        read_kernel_key(at, at->kernel, key, value, line);
    } else if (at->variant != NULL) {
        read_variant_key(at, at->variant, key, value, line);
    }
}

static void on_problem(void *data, unsigned line, const char *sentence)
{
    problem(data, line, "%s", sentence);
}

static tn_status read_file(reading *at, const char *path)
{
    const tn_inifile_reader reader = {on_section, on_entry, on_problem, at};
    tn_file file;
    tn_status status = tn_file_read(path, TN_FILE_TEXT_LIMIT, &file);

    if (status != TN_OK) {
        return status;
    }
    at->path = path;
    tn_inifile_read(file.bytes, file.size, &reader);
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

static tn_status read_drop_ins(reading *at, const char *folder,
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

static bool is_complete(reading *at, const tn_bundle_kernel *kernel)
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
static void check_extents(reading *at, const tn_bundle_kernel *kernel)
{
    tn_extent extent;
    tn_sentence why;

    at->path = kernel->file;
    for (uint32_t k = 0; k < kernel->parameter_count; ++k) {
        const char *text = kernel->parameters[k].extent;

        if (text[0] != '\0' &&
            tn_extent_parse(text, strlen(text), kernel->parameters,
                            kernel->parameter_count, &extent, &why) != TN_OK) {
            problem(at, kernel->lines[k], "arg.%u of kernel %s: %s", k,
                    kernel->name, why.text);
        }
    }
}

static void check_kernels(reading *at)
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

static void check_variants(reading *at)
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

static void check_whole(reading *at, const char *path)
{
    if (at->format == NULL) {
        tn_problems_add(&at->problems, path,
                        "lacks format = " BUNDLE_FORMAT " in [bundle]");
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
    reading at = {.bundle = bundle};
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
