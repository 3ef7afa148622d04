/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tools/fit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/form.h"
#include "tools/report.h"
#include "tools/value.h"

typedef struct fitting {
    const tool_run *run;
    tool_signature signature;
    FILE *out; /* the sentence */
} fitting;

/* ---- how many ------------------------------------------------------------- */

static tn_type given_type(const tool_argument *argument)
{
    return argument->kind != ARGUMENT_VALUE ? TN_TYPE_BUFFER
                                            : argument->launch.type;
}

/* The first parameter that nothing given is for. */
static size_t first_missing(const fitting *f)
{
    const tn_parameter *wanted = f->signature.parameters;
    size_t i = 0;

    while (i < f->run->count &&
           (wanted[i].type == TN_TYPE_NONE ||
            wanted[i].type == given_type(&f->run->arguments[i]))) {
        ++i;
    }
    return i;
}

static bool check_count(const fitting *f)
{
    const tool_signature *signature = &f->signature;
    size_t given = f->run->count;

    if (given == signature->count) {
        return true;
    }
    fprintf(f->out, "kernel %s takes %" PRIu32 " arguments, given %zu",
            f->run->kernel_name, signature->count, given);
    if (given < signature->count) {
        size_t index = first_missing(f);
        const tn_parameter *missing = &signature->parameters[index];

        fprintf(f->out, "; the first that is missing is %zu%s%s, ", index,
                missing->name[0] != '\0' ? " " : "", missing->name);
        form_describe(f->out, missing);
    }
    fputs("; write ", f->out);
    form_command(f->out, signature, f->run->module_name, f->run->kernel_name);
    return false;
}

/* ---- what they are -------------------------------------------------------- */

static void begin(const fitting *f, uint32_t index)
{
    const char *name = f->signature.parameters[index].name;

    fprintf(f->out, "kernel %s: argument %" PRIu32 "%s%s", f->run->kernel_name,
            index, name[0] != '\0' ? " " : "", name);
}

static uint64_t given_bytes(const tool_argument *argument)
{
    tn_type type = given_type(argument);

    return type == TN_TYPE_STRUCT   ? argument->launch.bytes
           : type == TN_TYPE_BUFFER ? sizeof(uint64_t)
                                    : value_type_bytes(type);
}

static void describe_given(const fitting *f, const tool_argument *argument)
{
    const tn_parameter given = {.type = given_type(argument),
                                .element = argument->array.type,
                                .bytes = given_bytes(argument)};

    fprintf(f->out, "%s is ", argument->text);
    form_describe(f->out, &given);
}

/* An integer that an extent names, or the example's where it is none. */
static bool value_of(void *data, uint32_t parameter, int64_t *value)
{
    const fitting *f = data;
    const tn_argument *argument = &f->run->arguments[parameter].launch;
    long double number = FORM_NUMBER;

    if (tn_extent_takes(argument->type)) {
        number = value_read(argument->type, &argument->value);
    }
    *value = number <= (long double)INT64_MAX ? (int64_t)number : 0;
    return number <= (long double)INT64_MAX;
}

/* The value that was given, where it is one of the wanted type too. */
static void write_instead(fitting *f, uint32_t index)
{
    const tn_parameter *wanted = &f->signature.parameters[index];
    const tool_argument *given = &f->run->arguments[index];
    const char *value = strchr(given->text, ':') + 1;
    tn_argument unused;
    tool_problem problem;

    if (value_type_bytes(wanted->type) > 0 &&
        value_type_bytes(given_type(given)) > 0 &&
        value_parse(wanted->type, value, &unused, &problem)) {
        fprintf(f->out, "; write %s:%s", value_type_name(wanted->type), value);
        return;
    }
    fputs("; write for example ", f->out);
    form_write(f->out, &f->signature, index, value_of, f);
}

static bool check_type(fitting *f, uint32_t index)
{
    const tn_parameter *wanted = &f->signature.parameters[index];
    const tool_argument *given = &f->run->arguments[index];
    uint64_t bytes = given_bytes(given);

    if ((wanted->type == TN_TYPE_NONE || wanted->type == given_type(given)) &&
        (wanted->bytes == 0 || bytes == 0 || wanted->bytes == bytes)) {
        return true;
    }
    begin(f, index);
    fputs(" is ", f->out);
    form_describe(f->out, wanted);
    fputs(", ", f->out);
    describe_given(f, given);
    write_instead(f, index);
    return false;
}

/* ---- arrays --------------------------------------------------------------- */

static bool check_element(const fitting *f, uint32_t index)
{
    const tn_parameter *wanted = &f->signature.parameters[index];
    const tool_argument *given = &f->run->arguments[index];
    const char *element = value_type_name(wanted->element);

    if (given->kind == ARGUMENT_VALUE || wanted->element == TN_TYPE_NONE ||
        wanted->element == given->array.type) {
        return true;
    }
    begin(f, index);
    fprintf(f->out, ": %s holds %s, the kernel takes %s; ", given->text,
            value_type_name(given->array.type), element);
    if (given->kind == ARGUMENT_OUT) {
        fprintf(f->out, "write out:%s%s", element,
                strchr(given->text + strlen("out:"), ':'));
    } else {
        fprintf(f->out, "convert the file to %s", element);
    }
    return false;
}

static bool check_access(const fitting *f, uint32_t index)
{
    const tn_parameter *wanted = &f->signature.parameters[index];
    const tool_argument *given = &f->run->arguments[index];
    const char *fix = NULL;

    if (given->kind == ARGUMENT_IN && (wanted->access & TN_ACCESS_WRITE) != 0) {
        fix = (wanted->access & TN_ACCESS_READ) != 0 ? "inout:" : "out:";
    } else if (given->kind == ARGUMENT_OUT &&
               wanted->access == TN_ACCESS_READ) {
        fix = "in:";
    }
    if (fix == NULL) {
        return true;
    }
    begin(f, index);
    fprintf(f->out, ": %s: the kernel %s it; use %s", given->text,
            given->kind == ARGUMENT_IN ? "writes" : "reads", fix);
    return false;
}

static void write_longer(const fitting *f, const tool_argument *given,
                         uint64_t needed, uint64_t element)
{
    if (needed > INT64_MAX / element) {
        fputs("give smaller values", f->out);
    } else if (given->kind == ARGUMENT_VALUE) {
        fprintf(f->out, "write local:%" PRIu64, needed * element);
    } else if (given->kind == ARGUMENT_OUT) {
        fprintf(f->out, "write out:%s:%" PRIu64 "%s%s",
                value_type_name(given->array.type), needed,
                given->output != NULL ? "=" : "",
                given->output != NULL ? given->output : "");
    } else {
        fprintf(f->out, "give a file of %" PRIu64 " elements", needed);
    }
}

static bool check_extent(fitting *f, uint32_t index)
{
    const tn_parameter *wanted = &f->signature.parameters[index];
    const tn_extent *extent = &f->signature.extents[index];
    const tool_argument *given = &f->run->arguments[index];
    uint64_t element = value_type_bytes(wanted->element);
    uint64_t bytes = given->kind == ARGUMENT_VALUE ? given->launch.bytes
                                                   : given->array.bytes;
    uint64_t needed = 0;

    if (extent->step_count == 0 || element == 0) {
        return true;
    }
    const char *why = tn_extent_count(extent, value_of, f, &needed);

    if (why == NULL && needed <= bytes / element) {
        return true;
    }
    begin(f, index);
    if (why != NULL) {
        fprintf(f->out, " needs %s elements, which %s; give other values",
                wanted->extent, why);
        return false;
    }
    fprintf(f->out, ": %s holds %" PRIu64 " elements, needs %s", given->text,
            bytes / element, wanted->extent);
    if (extent->step_count > 1 || extent->steps[0] != 'n') {
        fprintf(f->out, " = %" PRIu64, needed);
    }
    fputs("; ", f->out);
    write_longer(f, given, needed, element);
    return false;
}

/* ---- all ------------------------------------------------------------------ */

static int check(fitting *f)
{
    uint32_t count = f->signature.count;

    if (!check_count(f)) {
        return EXIT_MODULE;
    }
    for (uint32_t i = 0; i < count; ++i) {
        if (!check_type(f, i) || !check_element(f, i) || !check_access(f, i)) {
            return EXIT_MODULE;
        }
    }
    for (uint32_t i = 0; i < count; ++i) {
        if (!check_extent(f, i)) {
            return EXIT_FAILED;
        }
    }
    return EXIT_OK;
}

int fit_check(tool_run *run)
{
    fitting f = {.run = run};
    char *text = NULL;
    size_t size = 0;

    if (!signature_read(run->kernel, &f.signature)) {
        return EXIT_OK; /* the launch says what it can */
    }
    f.out = open_memstream(&text, &size);
    int code = f.out != NULL
                   ? check(&f)
                   : report_error(EXIT_FAILED, "no memory for a sentence");

    if (f.out != NULL) {
        fclose(f.out);
    }
    if (code != EXIT_OK && text != NULL) {
        report("%s", text);
    }
    free(text);
    signature_free(&f.signature);
    return code;
}
