/* SPDX-License-Identifier: MIT */
#include "tools/cc/compare.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/signature.h"
#include "tools/cc/words.h"
#include "tools/report.h"

typedef struct comparison {
    const tn_bundle *bundle;
    const cc_code *code;
    const char *path; /* of the code */
    unsigned wrong;   /* things that do not fit */
} comparison;

/* "bundle.ini:12": the folder is the one that is spoken of. */
static const char *origin(const tn_signature_info *told)
{
    const char *slash = strrchr(told->origin, '/');

    return slash != NULL ? slash + 1 : told->origin;
}

/* "hand.ptx:12", or the file alone where it has no lines. */
static char *place(const comparison *c, unsigned line)
{
    return line > 0 ? cc_text("%s:%u", c->path, line) : cc_text("%s", c->path);
}

static void __attribute__((format(printf, 4, 5)))
differ(comparison *c, unsigned line, const char *kernel, const char *format,
       ...)
{
    char *at = place(c, line);
    char text[512];
    va_list values;

    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    report("%s: kernel %s: %s", at, kernel, text);
    free(at);
    ++c->wrong;
}

static void compare_items(comparison *c, const cc_kernel *kernel,
                          const tn_signature_info *told)
{
    const uint32_t *own = kernel->items;
    const uint32_t *wanted = told->required_items;

    if (own[0] == 0 ||
        (wanted[0] == own[0] && wanted[1] == own[1] && wanted[2] == own[2])) {
        return;
    }
    if (wanted[0] == 0) {
        differ(c, kernel->line, kernel->name,
               "takes groups of %u %u %u items only, and any by %s", own[0],
               own[1], own[2], origin(told));
    } else {
        differ(c, kernel->line, kernel->name,
               "takes groups of %u %u %u items, and %u %u %u by %s", own[0],
               own[1], own[2], wanted[0], wanted[1], wanted[2], origin(told));
    }
}

static void compare_parameters(comparison *c, const cc_kernel *kernel,
                               uint32_t index, const tn_signature_info *told)
{
    tn_parameter parameter = {.size = sizeof parameter};
    char own[TN_SIGNATURE_BYTES];
    char wanted[TN_SIGNATURE_BYTES];

    for (uint32_t i = 0; i < told->parameter_count; ++i) {
        if (tn_bundle_parameter_get(c->bundle, index, i, &parameter) == TN_OK &&
            !tn_signature_agrees(&kernel->parameters[i], &parameter)) {
            differ(c, kernel->lines[i], kernel->name,
                   "argument %u takes %s, and is \"%s\" by %s", i,
                   tn_signature_show_code(&kernel->parameters[i], own),
                   tn_signature_show(&parameter, wanted), origin(told));
        }
    }
}

static void compare_kernel(comparison *c, uint32_t index,
                           const tn_signature_info *told)
{
    const cc_kernel *kernel = NULL;

    for (size_t i = 0; kernel == NULL && i < c->code->count; ++i) {
        if (strcmp(c->code->kernels[i].name, told->name) == 0) {
            kernel = &c->code->kernels[i];
        }
    }
    if (kernel == NULL) {
        differ(c, 0, told->name,
               "is missing, which %s has; its entry is tn_k_%s", origin(told),
               told->name);
        return;
    }
    compare_items(c, kernel, told);
    if (kernel->count == TN_UNKNOWN) {
        return;
    }
    if (kernel->count != told->parameter_count) {
        differ(c, kernel->line, kernel->name,
               "takes %u arguments, and %u by %s", kernel->count,
               told->parameter_count, origin(told));
        return;
    }
    compare_parameters(c, kernel, index, told);
}

bool cc_compare(const tn_bundle *bundle, const cc_code *code, const char *path)
{
    comparison c = {.bundle = bundle, .code = code, .path = path};
    tn_signature_info told = {.size = sizeof told};

    for (uint32_t i = 0; tn_bundle_kernel_get(bundle, i, &told) == TN_OK; ++i) {
        compare_kernel(&c, i, &told);
    }
    return c.wrong == 0;
}

bool cc_compare_added(const tn_bundle *bundle)
{
    tn_variant_info variant = {.size = sizeof variant};
    tn_bundle_info info = {.size = sizeof info};
    bool right = tn_bundle_info_get(bundle, &info) == TN_OK;

    for (uint32_t i = 0;
         right && tn_bundle_variant_get(bundle, i, &variant) == TN_OK; ++i) {
        if (strstr(variant.origin, "/bundle.d/") == NULL) {
            continue;
        }
        char *path = cc_text("%s/%s", info.folder, variant.file);
        tool_problem problem;
        cc_code code;

        if (!cc_code_read(&code, path, &problem)) {
            right = false;
            report("%s", problem.text);
        } else if (code.tells) {
            right = cc_compare(bundle, &code, variant.file);
        }
        cc_code_finish(&code);
        free(path);
    }
    return right;
}
