/* SPDX-License-Identifier: MIT */
/* tenon run --compare: one launch on several backends, one after the other. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/difference.h"
#include "tools/output.h"
#include "tools/report.h"
#include "tools/run.h"

/* What a backend made of the launch. */
typedef struct outcome {
    char device[64];
    char *description;
    uint64_t median; /* nanoseconds of a launch */
    uint64_t least;
    void **results; /* one for each argument that is written, else NULL */
} outcome;

typedef struct comparison {
    tool_run *run;
    outcome *outcomes;
    size_t count;
    char (*names)[TN_NAME_BYTES]; /* of the kernel's parameters */
    struct libscols_table *table;
    char *beyond; /* the first difference that is too large, as a sentence */
} comparison;

enum {
    BACKEND,
    REFERENCE,
    ARGUMENT,
    NAME,
    ELEMENTS,
    DIFFERENT,
    ABSOLUTE,
    RELATIVE,
    AT,
    RESULT,
    COLUMNS
};

static const output_column columns[COLUMNS] = {
    [BACKEND] = {"BACKEND", 0, SCOLS_JSON_STRING},
    [REFERENCE] = {"REFERENCE", 0, SCOLS_JSON_STRING},
    [ARGUMENT] = {"ARGUMENT", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [NAME] = {"NAME", 0, SCOLS_JSON_STRING},
    [ELEMENTS] = {"ELEMENTS", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [DIFFERENT] = {"DIFFERENT", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [ABSOLUTE] = {"ABSOLUTE", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [RELATIVE] = {"RELATIVE", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [AT] = {"AT", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [RESULT] = {"RESULT", 0, SCOLS_JSON_STRING},
};

/* ---- one backend ---------------------------------------------------------- */

static int fetch(const tool_run *run, outcome *made)
{
    for (size_t i = 0; i < run->count; ++i) {
        const tool_argument *argument = &run->arguments[i];
        uint64_t bytes = argument->array.bytes;

        if (!argument_is_written(argument)) {
            continue;
        }
        made->results[i] = malloc(bytes > 0 ? bytes : 1);
        if (made->results[i] == NULL) {
            return report_error(EXIT_FAILED, "%s: no memory for the results",
                                argument->text);
        }
        tn_status status =
            argument_fetch(argument, run->stream, made->results[i]);

        if (status != TN_OK) {
            return report_status(REPORT_WORKING, status);
        }
    }
    return EXIT_OK;
}

static void note_names(comparison *c)
{
    tn_parameter parameter = {.size = sizeof parameter};

    for (size_t i = 0; i < c->run->count; ++i) {
        if (tn_kernel_parameter(c->run->kernel, (uint32_t)i, &parameter) ==
            TN_OK) {
            memcpy(c->names[i], parameter.name, sizeof c->names[i]);
        }
    }
}

static int run_one(comparison *c, const char *backend, outcome *made)
{
    tool_run *run = c->run;
    int code = run_choose(run, "--compare", backend);

    if (code == EXIT_OK) {
        code = run_launch(run);
    }
    if (code == EXIT_OK) {
        code = fetch(run, made);
    }
    if (code == EXIT_OK) {
        snprintf(made->device, sizeof made->device, "%s",
                 tn_device_name(run->device));
        made->description = run_describe(run);
        made->median = run->median;
        made->least = run->least;
        note_names(c);
        if (made->description == NULL) {
            code = report_error(EXIT_FAILED, "no memory for the device's name");
        }
    }
    run_close(run);
    return code;
}

/* ---- the table ------------------------------------------------------------ */

/* JSON has no word for what is infinite. */
static void put_number(const comparison *c, struct libscols_line *line,
                       size_t column, long double number)
{
    if (isfinite(number) || !c->run->json) {
        output_cell(line, column, "%.6Lg", number);
    }
}

static void note_beyond(comparison *c, size_t index, const outcome *other,
                        long double relative, double tolerance,
                        const tool_difference *difference)
{
    if (c->beyond == NULL &&
        asprintf(
            &c->beyond,
            "kernel %s: argument %zu%s%s: %s differs from %s by %.3Lg of "
            "the largest value at element %" PRIu64 "; the tolerance is %g",
            c->run->kernel_name, index, c->names[index][0] != '\0' ? " " : "",
            c->names[index], other->device, c->outcomes[0].device, relative,
            difference->at, tolerance) < 0) {
        exit(report_error(EXIT_FAILED, "no memory for the comparison"));
    }
}

static void compare_argument(comparison *c, const outcome *other, size_t index)
{
    const npy_array *array = &c->run->arguments[index].array;
    const outcome *first = &c->outcomes[0];
    struct libscols_line *line = output_line(c->table, NULL);
    double tolerance = c->run->tolerance >= 0
                           ? c->run->tolerance
                           : difference_tolerance(array->type);
    tool_difference found = difference_of(array->type, first->results[index],
                                          other->results[index], array->count);
    long double relative = difference_relative(&found);
    bool beyond = relative > (long double)tolerance;

    output_cell(line, BACKEND, "%s", other->device);
    output_cell(line, REFERENCE, "%s", first->device);
    output_cell(line, ARGUMENT, "%zu", index);
    output_cell(line, NAME, "%s", c->names[index]);
    output_cell(line, ELEMENTS, "%" PRIu64, array->count);
    output_cell(line, DIFFERENT, "%" PRIu64, found.count);
    put_number(c, line, ABSOLUTE, found.absolute);
    put_number(c, line, RELATIVE, relative);
    if (found.count > 0) {
        output_cell(line, AT, "%" PRIu64, found.at);
    }
    output_cell(line, RESULT, "%s",
                found.count == 0 ? "same"
                : beyond         ? "beyond"
                                 : "within");
    if (beyond) {
        note_beyond(c, index, other, relative, tolerance, &found);
    }
}

static int print_comparison(comparison *c)
{
    c->table = output_table("comparison", c->run->json, columns, COLUMNS);
    for (size_t k = 1; k < c->count; ++k) {
        for (size_t i = 0; i < c->run->count; ++i) {
            if (argument_is_written(&c->run->arguments[i])) {
                compare_argument(c, &c->outcomes[k], i);
            }
        }
    }
    output_print(c->table);
    if (c->beyond != NULL) {
        return report_error(EXIT_FAILED, "%s", c->beyond);
    }
    for (size_t k = 0; k < c->count; ++k) {
        run_report(c->run, c->outcomes[k].description, c->outcomes[k].median,
                   c->outcomes[k].least);
    }
    return EXIT_OK;
}

/* ---- all of them ---------------------------------------------------------- */

/* The files get what the first backend made. */
static int store_first(const comparison *c)
{
    tool_problem problem;

    for (size_t i = 0; i < c->run->count; ++i) {
        tool_argument *argument = &c->run->arguments[i];

        if (argument->output == NULL) {
            continue;
        }
        memcpy(argument->array.data, c->outcomes[0].results[i],
               argument->array.bytes);
        if (!argument_store(argument, &problem)) {
            return report_error(EXIT_FAILED, "%s", problem.text);
        }
    }
    return EXIT_OK;
}

static void finish(comparison *c)
{
    for (size_t k = 0; k < c->count; ++k) {
        for (size_t i = 0; c->outcomes[k].results != NULL && i < c->run->count;
             ++i) {
            free(c->outcomes[k].results[i]);
        }
        free(c->outcomes[k].results);
        free(c->outcomes[k].description);
    }
    free(c->outcomes);
    free(c->names);
    free(c->beyond);
}

static bool begin(comparison *c)
{
    bool made = true;

    c->outcomes = calloc(c->run->compare_count, sizeof *c->outcomes);
    c->names = calloc(c->run->count + 1, sizeof *c->names);
    c->count = c->outcomes != NULL ? c->run->compare_count : 0;
    for (size_t k = 0; k < c->count; ++k) {
        c->outcomes[k].results =
            calloc(c->run->count + 1, sizeof *c->outcomes[k].results);
        made = made && c->outcomes[k].results != NULL;
    }
    return made && c->outcomes != NULL && c->names != NULL;
}

int run_compare(tool_run *run)
{
    comparison c = {.run = run};
    int code = begin(&c)
                   ? EXIT_OK
                   : report_error(EXIT_FAILED, "no memory for the comparison");

    for (size_t k = 0; k < c.count && code == EXIT_OK; ++k) {
        code = run_one(&c, run->compare[k], &c.outcomes[k]);
    }
    if (code == EXIT_OK) {
        code = store_first(&c);
    }
    if (code == EXIT_OK) {
        code = print_comparison(&c);
    }
    finish(&c);
    return code;
}
