/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tenon/tenon.h>

#include "common/signature.h"
#include "tools/cc/cc.h"
#include "tools/cc/code.h"
#include "tools/cc/file.h"
#include "tools/cc/show.h"
#include "tools/report.h"

typedef struct addition {
    const cc_options *options;
    tn_bundle *bundle;
    cc_code code;
    char *name;   /* of the variant */
    char *folder; /* bundle.d of the bundle */
    const char *requirements;
    unsigned wrong; /* things that do not fit */
    tool_problem problem;
} addition;

/* ---- comparing ---- */

/* "hand.ptx:12", or the file alone where it has no lines. */
static char *place(const addition *a, unsigned line)
{
    return line > 0 ? cc_text("%s:%u", a->options->source, line)
                    : cc_text("%s", a->options->source);
}

static void __attribute__((format(printf, 4, 5)))
differ(addition *a, unsigned line, const char *kernel, const char *format, ...)
{
    char *at = place(a, line);
    char text[512];
    va_list values;

    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    report("%s: kernel %s: %s", at, kernel, text);
    free(at);
    ++a->wrong;
}

static void compare_items(addition *a, const cc_kernel *kernel,
                          const tn_signature_info *told)
{
    const uint32_t *own = kernel->items;
    const uint32_t *wanted = told->required_items;

    if (own[0] == 0 ||
        (wanted[0] == own[0] && wanted[1] == own[1] && wanted[2] == own[2])) {
        return;
    }
    if (wanted[0] == 0) {
        differ(a, kernel->line, kernel->name,
               "takes groups of %u %u %u items only, and any by %s", own[0],
               own[1], own[2], told->origin);
    } else {
        differ(a, kernel->line, kernel->name,
               "takes groups of %u %u %u items, and %u %u %u by %s", own[0],
               own[1], own[2], wanted[0], wanted[1], wanted[2], told->origin);
    }
}

static void compare_parameters(addition *a, const cc_kernel *kernel,
                               uint32_t index, const tn_signature_info *told)
{
    tn_parameter parameter = {.size = sizeof parameter};
    char own[CC_SHOWN_BYTES];
    char wanted[CC_SHOWN_BYTES];

    for (uint32_t i = 0; i < told->parameter_count; ++i) {
        if (tn_bundle_parameter_get(a->bundle, index, i, &parameter) == TN_OK &&
            !tn_signature_agrees(&kernel->parameters[i], &parameter)) {
            differ(a, kernel->lines[i], kernel->name,
                   "argument %u takes %s, and is \"%s\" by %s", i,
                   cc_show_code(&kernel->parameters[i], own),
                   cc_show_parameter(&parameter, wanted), told->origin);
        }
    }
}

static void compare_kernel(addition *a, uint32_t index,
                           const tn_signature_info *told)
{
    const cc_kernel *kernel = NULL;

    for (size_t i = 0; kernel == NULL && i < a->code.count; ++i) {
        if (strcmp(a->code.kernels[i].name, told->name) == 0) {
            kernel = &a->code.kernels[i];
        }
    }
    if (kernel == NULL) {
        differ(a, 0, told->name,
               "is missing, which %s has; its entry is tn_k_%s", told->origin,
               told->name);
        return;
    }
    compare_items(a, kernel, told);
    if (kernel->count == TN_UNKNOWN) {
        return;
    }
    if (kernel->count != told->parameter_count) {
        differ(a, kernel->line, kernel->name,
               "takes %u arguments, and %u by %s", kernel->count,
               told->parameter_count, told->origin);
        return;
    }
    compare_parameters(a, kernel, index, told);
}

static void compare(addition *a)
{
    tn_signature_info told = {.size = sizeof told};

    for (uint32_t i = 0; tn_bundle_kernel_get(a->bundle, i, &told) == TN_OK;
         ++i) {
        compare_kernel(a, i, &told);
    }
}

/* ---- the variant ---- */

/* That of the file, without folders and without its end. */
static char *own_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name = cc_text("%s", slash != NULL ? slash + 1 : path);
    char *dot = strrchr(name, '.');

    if (dot != NULL && dot != name) {
        *dot = '\0';
    }
    return name;
}

static bool check_name(addition *a)
{
    if (a->name[0] == '.' || a->name[0] == '\0' ||
        a->name[strspn(a->name, "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-")] !=
            '\0') {
        return problem_set(&a->problem,
                           "a variant's name is letters, digits and _.+-, not "
                           "\"%s\"; give one with --name",
                           a->name);
    }
    return true;
}

/* What was added before under the same name is replaced, nothing else is. */
static bool check_variants(addition *a)
{
    tn_variant_info variant = {.size = sizeof variant};
    char *ini = cc_text("%s/%s.ini:", a->folder, a->name);
    bool right = true;

    for (uint32_t i = 0;
         right && tn_bundle_variant_get(a->bundle, i, &variant) == TN_OK; ++i) {
        bool added = strncmp(variant.origin, ini, strlen(ini)) == 0;

        if (strcmp(variant.name, a->name) == 0 && !added) {
            right = problem_set(&a->problem,
                                "%s has a variant %s already; give another "
                                "name with --name",
                                variant.origin, a->name);
        } else if (!added && strcmp(variant.format, a->code.format) == 0 &&
                   strcmp(variant.requirements, a->requirements) == 0) {
            report("%s needs what variant %s needs, which stands before it "
                   "and is taken; build it for a later target, or remove "
                   "that",
                   a->options->source, variant.name);
        }
    }
    free(ini);
    return right;
}

static bool write_files(addition *a)
{
    const char *format = a->code.format;
    const char *end = strcmp(format, "clc") == 0 ? "cl" : format;
    char *file = cc_text("%s/%s.%s", a->folder, a->name, end);
    char *ini = cc_text("%s/%s.ini", a->folder, a->name);
    char *unfinished = cc_text("%s.new", ini);
    char *text =
        cc_text("; added from a file by tenon cc\n[variant %s]\nformat = %s\n"
                "file = bundle.d/%s.%s\n%s%s%s",
                a->name, format, a->name, end,
                *a->requirements != '\0' ? "requires = " : "", a->requirements,
                *a->requirements != '\0' ? "\n" : "");
    bool right = mkdir(a->folder, 0777) == 0 || errno == EEXIST ||
                 problem_set(&a->problem, "cannot make %s: %s", a->folder,
                             strerror(errno));

    unlink(unfinished);
    right =
        right && cc_file_append(unfinished, text, &a->problem) &&
        cc_file_copy(a->options->source, file, &a->problem) &&
        (rename(unfinished, ini) == 0 ||
         problem_set(&a->problem, "cannot write %s: %s", ini, strerror(errno)));
    if (!right) {
        unlink(unfinished);
    }
    free(file);
    free(ini);
    free(unfinished);
    free(text);
    return right;
}

static bool prepare(addition *a)
{
    tn_bundle_info info = {.size = sizeof info};

    if (!cc_code_read(&a->code, a->options->source, &a->problem)) {
        return false;
    }
    tn_bundle_info_get(a->bundle, &info);
    a->folder = cc_text("%s/bundle.d", info.folder);
    a->name = a->options->name != NULL ? cc_text("%s", a->options->name)
                                       : own_name(a->options->source);
    a->requirements = a->options->requirements != NULL
                          ? a->options->requirements
                          : a->code.target;
    return check_name(a);
}

static int add(addition *a)
{
    if (!prepare(a)) {
        return report_error(EXIT_FAILED, "%s", a->problem.text);
    }
    if (a->code.tells) {
        compare(a);
    } else {
        report("the kernels of %s are compared when it is loaded: %s does not "
               "tell them",
               a->options->source, a->code.format);
    }
    if (a->wrong > 0) {
        return EXIT_MODULE;
    }
    return check_variants(a) && write_files(a)
               ? EXIT_OK
               : report_error(EXIT_FAILED, "%s", a->problem.text);
}

int cc_add(const cc_options *options)
{
    addition a = {.options = options};
    tn_status status = tn_bundle_open(NULL, options->folder, &a.bundle);
    int code =
        status == TN_OK ? add(&a) : report_status(REPORT_WORKING, status);

    tn_bundle_close(a.bundle);
    cc_code_finish(&a.code);
    free(a.name);
    free(a.folder);
    return code;
}
