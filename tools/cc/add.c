/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tenon/tenon.h>

#include "tools/cc/cc.h"
#include "tools/cc/code.h"
#include "tools/cc/compare.h"
#include "tools/cc/file.h"
#include "tools/report.h"

typedef struct addition {
    const cc_options *options;
    tn_bundle *bundle;
    cc_code code;
    char *name;   /* of the variant */
    char *folder; /* bundle.d of the bundle */
    const char *requirements;
    tool_problem problem;
} addition;

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
    if (!a->code.tells) {
        report("the kernels of %s are compared when it is loaded: %s does not "
               "tell them",
               a->options->source, a->code.format);
    } else if (!cc_compare(a->bundle, &a->code, a->options->source)) {
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
