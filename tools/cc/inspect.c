/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tenon/tenon.h>

#include "common/signature.h"
#include "tools/cc/cc.h"
#include "tools/output.h"
#include "tools/report.h"

enum {
    KERNEL,
    ITEMS,
    DIMENSIONS,
    ELEMENTS,
    PARAMETERS,
    KERNEL_COLUMNS
};

static const output_column kernel_columns[] = {
    [KERNEL] = {"KERNEL", 0, SCOLS_JSON_STRING},
    [ITEMS] = {"GROUP", 0, SCOLS_JSON_STRING},
    [DIMENSIONS] = {"DIMENSIONS", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [ELEMENTS] = {"ELEMENTS", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [PARAMETERS] = {"PARAMETERS", SCOLS_FL_WRAP, SCOLS_JSON_ARRAY_STRING},
};

enum {
    VARIANT,
    FORMAT,
    FILE_NAME,
    SIZE,
    REQUIRES,
    DEVICES,
    CHOSEN_BY,
    TABLE_COLUMNS,
    OPTIONS = TABLE_COLUMNS,
    ORIGIN,
    VARIANT_COLUMNS
};

static const output_column variant_columns[] = {
    [VARIANT] = {"VARIANT", 0, SCOLS_JSON_STRING},
    [FORMAT] = {"FORMAT", 0, SCOLS_JSON_STRING},
    [FILE_NAME] = {"FILE", 0, SCOLS_JSON_STRING},
    [SIZE] = {"SIZE", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [REQUIRES] = {"REQUIRES", 0, SCOLS_JSON_STRING},
    [DEVICES] = {"DEVICES", SCOLS_FL_WRAP, SCOLS_JSON_ARRAY_STRING},
    [CHOSEN_BY] = {"CHOSEN_BY", SCOLS_FL_WRAP, SCOLS_JSON_ARRAY_STRING},
    [OPTIONS] = {"OPTIONS", 0, SCOLS_JSON_STRING},
    [ORIGIN] = {"ORIGIN", 0, SCOLS_JSON_STRING},
};

typedef struct inspection {
    const tn_bundle *bundle;
    tn_runtime *runtime;
    bool json;
    uint32_t missing; /* files */
} inspection;

/* Adds an element to a cell: JSON has an array of lines, people see commas. */
static void add_element(const inspection *i, char **list, const char *element)
{
    char *longer = cc_text("%s%s%s", *list,
                           **list == '\0' ? ""
                           : i->json      ? "\n"
                                          : ", ",
                           element);

    free(*list);
    *list = longer;
}

static void put(struct libscols_line *line, size_t column, const char *text)
{
    if (*text != '\0') {
        output_cell(line, column, "%s", text);
    }
}

/* ---- kernels ---- */

static void put_kernel(const inspection *i, struct libscols_table *table,
                       uint32_t index, const tn_signature_info *info)
{
    struct libscols_line *line = output_line(table, NULL);
    tn_parameter parameter = {.size = sizeof parameter};
    char *list = cc_text("%s", "");
    char text[TN_SIGNATURE_BYTES];

    output_cell(line, KERNEL, "%s", info->name);
    if (info->required_items[0] != 0) {
        output_cell(line, ITEMS, "%" PRIu32 ",%" PRIu32 ",%" PRIu32,
                    info->required_items[0], info->required_items[1],
                    info->required_items[2]);
    } else if (!i->json) {
        output_cell(line, ITEMS, "any");
    }
    if (info->dimensions != 0) {
        output_cell(line, DIMENSIONS, "%" PRIu32, info->dimensions);
    }
    output_cell(line, ELEMENTS, "%" PRIu32, info->elements);
    for (uint32_t k = 0; k < info->parameter_count; ++k) {
        if (tn_bundle_parameter_get(i->bundle, index, k, &parameter) == TN_OK) {
            add_element(i, &list, tn_signature_show(&parameter, text));
        }
    }
    put(line, PARAMETERS, list);
    free(list);
}

static struct libscols_table *make_kernels(const inspection *i)
{
    struct libscols_table *table =
        output_table("kernels", i->json, kernel_columns, KERNEL_COLUMNS);
    tn_signature_info info = {.size = sizeof info};

    for (uint32_t k = 0; tn_bundle_kernel_get(i->bundle, k, &info) == TN_OK;
         ++k) {
        put_kernel(i, table, k, &info);
    }
    return table;
}

/* ---- variants ---- */

static uint32_t rank_of(const inspection *i, uint32_t variant,
                        tn_device *device)
{
    uint32_t rank = 0;

    return tn_bundle_variant_rank(i->bundle, variant, device, &rank) == TN_OK
               ? rank
               : 0;
}

/* Whether a device loads this one: the highest, the first of equals. */
static bool is_chosen(const inspection *i, uint32_t variant, tn_device *device)
{
    tn_bundle_info info = {.size = sizeof info};
    uint32_t rank = rank_of(i, variant, device);

    tn_bundle_info_get(i->bundle, &info);
    for (uint32_t k = 0; k < info.variant_count; ++k) {
        uint32_t other = rank_of(i, k, device);

        if (other > rank || (other == rank && k < variant)) {
            return false;
        }
    }
    return rank > 0;
}

static void put_devices(const inspection *i, struct libscols_line *line,
                        uint32_t variant)
{
    char *able = cc_text("%s", "");
    char *chosen = cc_text("%s", "");
    tn_device *device;

    for (size_t k = 0; tn_device_get(i->runtime, k, &device) == TN_OK; ++k) {
        if (rank_of(i, variant, device) > 0) {
            add_element(i, &able, tn_device_name(device));
        }
        if (is_chosen(i, variant, device)) {
            add_element(i, &chosen, tn_device_name(device));
        }
    }
    put(line, DEVICES, able);
    put(line, CHOSEN_BY, chosen);
    free(able);
    free(chosen);
}

static void put_variant(inspection *i, struct libscols_table *table,
                        uint32_t index, const tn_variant_info *info)
{
    struct libscols_line *line = output_line(table, NULL);
    char text[OUTPUT_BYTES];

    put(line, VARIANT, info->name);
    put(line, FORMAT, info->format);
    put(line, FILE_NAME, info->file);
    if (info->present == 0) {
        ++i->missing;
        put(line, SIZE, i->json ? "" : "missing");
    } else if (i->json) {
        output_cell(line, SIZE, "%" PRIu64, info->bytes);
    } else {
        put(line, SIZE, output_bytes(info->bytes, text));
    }
    put(line, REQUIRES, info->requirements);
    put_devices(i, line, index);
    if (i->json) {
        put(line, OPTIONS, info->options);
        put(line, ORIGIN, info->origin);
    }
}

static struct libscols_table *make_variants(inspection *i)
{
    struct libscols_table *table =
        output_table("variants", i->json, variant_columns,
                     i->json ? VARIANT_COLUMNS : TABLE_COLUMNS);
    tn_variant_info info = {.size = sizeof info};

    for (uint32_t k = 0; tn_bundle_variant_get(i->bundle, k, &info) == TN_OK;
         ++k) {
        put_variant(i, table, k, &info);
    }
    return table;
}

/* ---- all of it ---- */

/* The library makes an object of each table; here both are parts of one. */
static void print_json(struct libscols_table *table, const char *before,
                       const char *behind)
{
    char *text = NULL;

    if (scols_print_table_to_string(table, &text) != 0 || text == NULL) {
        exit(report_error(EXIT_FAILED, "no memory for the table"));
    }
    char *begin = strchr(text, '{');
    char *end = strrchr(text, '}');

    if (begin != NULL && end != NULL) {
        while (end > begin && end[-1] == '\n') {
            --end;
        }
        printf("%s%.*s%s", before, (int)(end - begin - 1), begin + 1, behind);
    }
    free(text);
    scols_unref_table(table);
}

static void print(inspection *i)
{
    if (i->json) {
        print_json(make_kernels(i), "{", ",");
        print_json(make_variants(i), "", "\n}\n");
        return;
    }
    output_print(make_kernels(i));
    putchar('\n');
    output_print(make_variants(i));
}

static int report_missing(const inspection *i)
{
    tn_variant_info info = {.size = sizeof info};

    fflush(stdout);
    for (uint32_t k = 0; tn_bundle_variant_get(i->bundle, k, &info) == TN_OK;
         ++k) {
        if (info.present == 0) {
            report("%s: [variant %s]: %s is missing or cannot be read; build "
                   "the bundle anew",
                   info.origin, info.name, info.file);
        }
    }
    return EXIT_MODULE;
}

/* A folder here, or else the name of a bundle on the kernel path. */
static tn_status open_bundle(tn_runtime *runtime, const char *name,
                             tn_bundle **bundle)
{
    char *ini = cc_text("%s/bundle.ini", name);
    bool here = strchr(name, '/') != NULL || access(ini, F_OK) == 0;

    free(ini);
    return tn_bundle_open(here ? NULL : runtime, name, bundle);
}

int cc_inspect(const cc_options *options)
{
    tn_options how = {
        .size = sizeof how, .flags = TN_OPEN_DEFERRED, .file = options->config};
    inspection i = {.json = options->json};
    tn_bundle *bundle = NULL;
    int code = EXIT_OK;
    tn_status status = tn_runtime_open_with(&how, &i.runtime);

    if (status != TN_OK) {
        return report_status(REPORT_OPENING, status);
    }
    status = open_bundle(i.runtime, options->folder, &bundle);
    if (status != TN_OK) {
        code = report_status(REPORT_WORKING, status);
    } else {
        i.bundle = bundle;
        tn_runtime_probe(i.runtime);
        print(&i);
        code = i.missing > 0 ? report_missing(&i) : EXIT_OK;
    }
    tn_bundle_close(bundle);
    tn_runtime_close(i.runtime);
    return code;
}
