/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "runtime/bundle_reading.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/nearest.h"
#include "common/signature.h"
#include "runtime/inifile.h"

void tn_bundle_problem(tn_bundle_reading *at, unsigned line, const char *format,
                       ...)
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

static void unknown_key(tn_bundle_reading *at, unsigned line,
                        const char *section, const char *key,
                        const char *const *known)
{
    tn_nearest nearest;
    char hint[96];

    tn_nearest_init(&nearest, key);
    for (; *known != NULL; ++known) {
        tn_nearest_offer(&nearest, *known);
    }
    tn_bundle_problem(at, line, "unknown key %s in [%s]%s", key, section,
                      tn_nearest_hint(&nearest, hint, sizeof hint));
}

/* Sets a text once. */
static void set_text(tn_bundle_reading *at, unsigned line, const char *key,
                     const char *value, char **target)
{
    if (*target != NULL) {
        tn_bundle_problem(at, line, "%s is set twice; remove one", key);
        return;
    }
    *target = strdup(value);
    if (*target == NULL) {
        tn_bundle_problem(at, line, "no memory");
    }
}

/* The same for what means nothing without a value. */
static void set_word(tn_bundle_reading *at, unsigned line, const char *key,
                     const char *value, char **target)
{
    if (value[0] == '\0') {
        tn_bundle_problem(at, line, "%s has no value", key);
    }
    set_text(at, line, key, value, target);
}

static char *origin_text(const tn_bundle_reading *at, unsigned line)
{
    char *origin = NULL;

    return asprintf(&origin, "%s:%u", at->path, line) >= 0 ? origin : NULL;
}

/* ---- [bundle] ---- */

static void read_bundle_key(tn_bundle_reading *at, const char *key,
                            const char *value, unsigned line)
{
    static const char *const known[] = {"format", "name", NULL};

    if (strcmp(key, "format") == 0) {
        set_text(at, line, key, value, &at->format);
        if (strcmp(value, TN_BUNDLE_FORMAT) != 0) {
            tn_bundle_problem(at, line,
                              "a bundle of format %s; this Tenon reads "
                              "format " TN_BUNDLE_FORMAT,
                              value);
        }
    } else if (strcmp(key, "name") == 0) {
        set_word(at, line, key, value, &at->bundle->name);
    } else {
        unknown_key(at, line, "bundle", key, known);
    }
}

/* ---- [kernel NAME] ---- */

static tn_bundle_kernel *add_kernel(tn_bundle_reading *at, const char *name,
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
static tn_bundle_kernel *kernel_of(tn_bundle_reading *at, const char *name,
                                   unsigned line)
{
    /* the bundle is ours while it is read */
    tn_bundle_kernel *kernel =
        (tn_bundle_kernel *)(uintptr_t)tn_bundle_find(at->bundle, name);

    if (kernel == NULL) {
        if (!is_identifier(name)) {
            tn_bundle_problem(at, line,
                              "[kernel %s]: a kernel's name is a C identifier",
                              name);
            return NULL;
        }
        kernel = add_kernel(at, name, line);
        if (kernel == NULL) {
            tn_bundle_problem(at, line, "no memory");
        }
        return kernel;
    }
    if (kernel->file != at->path) {
        tn_bundle_problem(at, line, "[kernel %s] stands in %s already", name,
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

static void read_argument(tn_bundle_reading *at, tn_bundle_kernel *kernel,
                          uint32_t index, const char *value, unsigned line)
{
    tn_sentence why;
    tn_parameter parameter;

    if (index >= TN_ARGUMENTS_MAX) {
        tn_bundle_problem(at, line, "arguments are arg.0 to arg.%d",
                          TN_ARGUMENTS_MAX - 1);
        return;
    }
    if (tn_signature_parse(value, strlen(value), &parameter, &why) != TN_OK) {
        tn_bundle_problem(at, line, "arg.%u of kernel %s: %s", index,
                          kernel->name, why.text);
        return;
    }
    if (kernel->parameters[index].size != 0) {
        tn_bundle_problem(at, line, "arg.%u of kernel %s is set twice", index,
                          kernel->name);
        return;
    }
    kernel->parameters[index] = parameter;
    kernel->lines[index] = line;
    if (index >= kernel->parameter_count) {
        kernel->parameter_count = index + 1;
    }
}

static void read_items(tn_bundle_reading *at, tn_bundle_kernel *kernel,
                       const char *value, unsigned line)
{
    unsigned x = 0;
    unsigned y = 0;
    unsigned z = 0;
    char rest = '\0';

    if (strspn(value, "0123456789 \t") != strlen(value) ||
        sscanf(value, "%7u %7u %7u %c", &x, &y, &z, &rest) != 3 || x == 0 ||
        y == 0 || z == 0) {
        tn_bundle_problem(at, line,
                          "items = %s: takes the group size as three "
                          "numbers, like 256 1 1",
                          value);
        return;
    }
    if (kernel->items[0] != 0) {
        tn_bundle_problem(at, line, "items is set twice; remove one");
        return;
    }
    kernel->items[0] = x;
    kernel->items[1] = y;
    kernel->items[2] = z;
}

static void read_elements(tn_bundle_reading *at, tn_bundle_kernel *kernel,
                          const char *value, unsigned line)
{
    unsigned elements = 0;
    char rest = '\0';

    if (strspn(value, "0123456789") != strlen(value) ||
        sscanf(value, "%7u%c", &elements, &rest) != 1 || elements == 0 ||
        elements > TN_ELEMENTS_MAX) {
        tn_bundle_problem(
            at, line,
            "elements = %s: an item has 1 to %d elements, a number like 4",
            value, TN_ELEMENTS_MAX);
        return;
    }
    if (kernel->elements != 0) {
        tn_bundle_problem(at, line, "elements is set twice; remove one");
        return;
    }
    kernel->elements = elements;
}

static void read_dimensions(tn_bundle_reading *at, tn_bundle_kernel *kernel,
                            const char *value, unsigned line)
{
    if (value[0] < '1' || value[0] > '3' || value[1] != '\0') {
        tn_bundle_problem(at, line,
                          "dimensions = %s: a kernel has 1 to 3 dimensions, a "
                          "number like 2",
                          value);
        return;
    }
    if (kernel->dimensions != 0) {
        tn_bundle_problem(at, line, "dimensions is set twice; remove one");
        return;
    }
    kernel->dimensions = (uint32_t)(value[0] - '0');
}

static void read_kernel_key(tn_bundle_reading *at, tn_bundle_kernel *kernel,
                            const char *key, const char *value, unsigned line)
{
    static const char *const known[] = {
        "items", "elements", "dimensions", "arg.0", "arg.1", "arg.2", NULL};
    uint32_t index = argument_index(key);
    char section[64];

    if (index != TN_UNKNOWN) {
        read_argument(at, kernel, index, value, line);
    } else if (strcmp(key, "items") == 0) {
        read_items(at, kernel, value, line);
    } else if (strcmp(key, "elements") == 0) {
        read_elements(at, kernel, value, line);
    } else if (strcmp(key, "dimensions") == 0) {
        read_dimensions(at, kernel, value, line);
    } else {
        snprintf(section, sizeof section, "kernel %s", kernel->name);
        unknown_key(at, line, section, key, known);
    }
}

/* ---- [variant NAME] ---- */

static tn_bundle_variant *variant_of(tn_bundle_reading *at, const char *name,
                                     unsigned line)
{
    tn_bundle *bundle = at->bundle;

    for (size_t i = 0; i < bundle->variant_count; ++i) {
        tn_bundle_variant *variant = &bundle->variants[i];

        if (strcmp(variant->name, name) == 0) {
            if (variant->file_of == at->path) {
                return variant;
            }
            tn_bundle_problem(at, line, "[variant %s] stands in %s already",
                              name, variant->origin);
            return NULL;
        }
    }
    if (name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
                          "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-")] !=
            '\0' ||
        name[0] == '\0') {
        tn_bundle_problem(
            at, line,
            "[variant %s]: a variant's name is letters, digits and _.+-", name);
        return NULL;
    }
    tn_bundle_variant *grown = reallocarray(
        bundle->variants, bundle->variant_count + 1, sizeof *grown);

    if (grown == NULL) {
        tn_bundle_problem(at, line, "no memory");
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
        tn_bundle_problem(at, line, "no memory");
        return NULL;
    }
    return variant;
}

/* Links are judged when the file is opened; this is for the author's eyes. */
static void check_inside(tn_bundle_reading *at, const char *file, unsigned line)
{
    size_t length = strlen(file);

    if (file[0] == '/' || strncmp(file, "../", 3) == 0 ||
        strstr(file, "/../") != NULL || strcmp(file, "..") == 0 ||
        (length >= 3 && strcmp(file + length - 3, "/..") == 0)) {
        tn_bundle_problem(
            at, line,
            "file = %s lies outside the bundle's folder; put it inside", file);
    }
}

static void read_variant_key(tn_bundle_reading *at, tn_bundle_variant *variant,
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

/* ---- sections ---- */

static const char *behind(const char *section, const char *prefix)
{
    size_t length = strlen(prefix);

    return strncmp(section, prefix, length) == 0 ? section + length : NULL;
}

/* A kernel without arguments, and a section without keys, are told too. */
static void on_section(void *data, const char *section, unsigned line)
{
    tn_bundle_reading *at = data;
    const char *kernel = behind(section, "kernel ");
    const char *variant = behind(section, "variant ");

    at->in_bundle = strcmp(section, "bundle") == 0;
    at->kernel = kernel != NULL ? kernel_of(at, kernel, line) : NULL;
    at->variant = variant != NULL ? variant_of(at, variant, line) : NULL;
    if (at->in_bundle && at->part > 0) {
        tn_bundle_problem(at, line,
                          "a drop-in only adds kernels and variants; "
                          "[bundle] belongs into bundle.ini");
        at->in_bundle = false;
    }
    if (!at->in_bundle && strcmp(section, "bundle") != 0 && kernel == NULL &&
        variant == NULL) {
        tn_bundle_problem(at, line,
                          "unknown section [%s]; there are [bundle], "
                          "[kernel NAME] and [variant NAME]",
                          section);
    }
}

/* Keys of a section that was refused have been told with it. */
static void on_entry(void *data, const char *section, const char *key,
                     const char *value, unsigned line)
{
    tn_bundle_reading *at = data;

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
    tn_bundle_problem(data, line, "%s", sentence);
}

void tn_bundle_read_sections(tn_bundle_reading *at, const char *text,
                             size_t size)
{
    const tn_inifile_reader reader = {on_section, on_entry, on_problem, at};

    tn_inifile_read(text, size, &reader);
}
