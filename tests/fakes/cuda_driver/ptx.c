/* SPDX-License-Identifier: MIT */
/* Reads of PTX what a driver has to know: entries, parameters, variables. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fakes/cuda_driver/fake.h"

typedef struct reader {
    CUmodule module;
    const char *at;
    int line;
    char word[FUNCTION_NAME_BYTES];
    char *log;
    size_t log_bytes;
} reader;

static CUresult complain(reader *r, CUresult answer, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static CUresult complain(reader *r, CUresult answer, const char *format, ...)
{
    va_list values;
    int length =
        snprintf(r->log, r->log_bytes,
                 "ptxas application ptx input, line %d; fatal   : ", r->line);

    va_start(values, format);
    if (length >= 0 && (size_t)length < r->log_bytes) {
        vsnprintf(r->log + length, r->log_bytes - (size_t)length, format,
                  values);
    }
    va_end(values);
    return answer;
}

static CUresult wrong(reader *r)
{
    return complain(r, CUDA_ERROR_INVALID_PTX,
                    "Parsing error near '%.40s': syntax error\n"
                    "ptxas fatal   : Ptx assembly aborted due to errors",
                    r->word);
}

/* ---- words ---- */

static void skip_space(reader *r)
{
    for (;;) {
        if (isspace((unsigned char)*r->at)) {
            r->line += *r->at++ == '\n';
        } else if (strncmp(r->at, "//", 2) == 0) {
            r->at += strcspn(r->at, "\n");
        } else if (strncmp(r->at, "/*", 2) == 0) {
            const char *end = strstr(r->at, "*/");

            r->at = end != NULL ? end + 2 : r->at + strlen(r->at);
        } else {
            return;
        }
    }
}

/* The next word, or one sign; false at the end of the text. */
static bool next(reader *r)
{
    size_t length = 0;

    skip_space(r);
    while (isalnum((unsigned char)r->at[length]) ||
           (r->at[length] != '\0' && strchr("._$%", r->at[length]) != NULL)) {
        ++length;
    }
    if (length == 0 && *r->at != '\0') {
        length = 1;
    }
    snprintf(r->word, sizeof r->word, "%.*s", (int)length, r->at);
    r->at += length;
    return length > 0;
}

static bool is(const reader *r, const char *word)
{
    return strcmp(r->word, word) == 0;
}

static bool next_is(reader *r, const char *word)
{
    return next(r) && is(r, word);
}

/* Goes on behind a sign; false when the text ends before it. */
static bool skip_to(reader *r, const char *sign)
{
    while (next(r)) {
        if (is(r, sign)) {
            return true;
        }
    }
    return false;
}

/* ---- declarations ---- */

/* Bytes of ".u32", ".b8" and so on; 0 for what is no type. */
static size_t type_bytes(const char *word)
{
    size_t bits = 0;

    if (strlen(word) > 2 && strchr("usfb", word[1]) != NULL) {
        bits = strtoul(word + 2, NULL, 10);
    }
    return bits / 8;
}

typedef struct declared {
    char name[FUNCTION_NAME_BYTES];
    size_t bytes; /* 0: of unknown extent */
    size_t alignment;
} declared;

/*
 * [.align N] .type name[extent]..., up to the sign behind it, which is then the
 * word. Initial values are skipped by who calls.
 */
static bool read_declared(reader *r, declared *d)
{
    *d = (declared){.name = ""};
    while (next(r) && r->word[0] == '.') {
        if (is(r, ".align")) {
            if (!next(r)) {
                return false;
            }
            d->alignment = strtoul(r->word, NULL, 10);
        } else if (type_bytes(r->word) != 0) {
            d->bytes = type_bytes(r->word);
        }
    }
    if (d->bytes == 0 || r->word[0] == '\0') {
        return false;
    }
    strcpy(d->name, r->word);
    if (d->alignment == 0) {
        d->alignment = d->bytes;
    }
    while (next(r) && is(r, "[")) {
        if (!next(r)) {
            return false;
        }
        d->bytes *= is(r, "]") ? 0 : strtoul(r->word, NULL, 10);
        if (!is(r, "]") && !next_is(r, "]")) {
            return false;
        }
    }
    return r->word[0] != '\0';
}

static CUresult read_variable(reader *r)
{
    declared d;
    const char *initial;

    if (!read_declared(r, &d)) {
        return wrong(r);
    }
    initial = is(r, "=") ? r->at : NULL;
    if (!is(r, ";") && !skip_to(r, ";")) {
        return wrong(r);
    }
    if (d.bytes == 0) {
        return CUDA_SUCCESS;
    }
    symbol *s = calloc(1, sizeof *s);

    if (s == NULL) {
        fake_die("no memory");
    }
    CUresult answer = fake_allocate(r->module->context, IN_MODULE, d.bytes, 0,
                                    NULL, &s->base);

    if (answer != CUDA_SUCCESS) {
        free(s);
        return answer;
    }
    memset(s->base, 0, d.bytes);
    if (initial != NULL && d.bytes <= 8) {
        uint64_t value = strtoull(initial, NULL, 0);

        memcpy(s->base, &value, d.bytes);
    }
    strcpy(s->name, d.name);
    s->bytes = d.bytes;
    s->sibling = r->module->symbols;
    r->module->symbols = s;
    return CUDA_SUCCESS;
}

/* ---- entries ---- */

static bool read_parameters(reader *r, CUfunction f)
{
    size_t offset = 0;
    declared d;

    while (next(r) && is(r, ".param")) {
        if (f->parameter_count == PARAMETERS_MAX || !read_declared(r, &d)) {
            return false;
        }
        offset = (offset + d.alignment - 1) / d.alignment * d.alignment;
        f->parameters[f->parameter_count++] =
            (ptx_parameter){.offset = offset, .bytes = d.bytes};
        offset += d.bytes;
        if (is(r, ")")) {
            return true;
        }
        if (!is(r, ",")) {
            return false;
        }
    }
    return is(r, ")");
}

/* Numbers with commas between them, as behind .reqntid. */
static bool read_numbers(reader *r, uint32_t numbers[3])
{
    numbers[1] = numbers[2] = 1;
    for (int i = 0; i < 3; ++i) {
        if (!next(r) || !isdigit((unsigned char)r->word[0])) {
            return false;
        }
        numbers[i] = (uint32_t)strtoul(r->word, NULL, 10);
        skip_space(r);
        if (*r->at != ',') {
            return true;
        }
        ++r->at;
    }
    return true;
}

static bool read_directives(reader *r, CUfunction f)
{
    uint32_t numbers[3];

    while (next(r) && r->word[0] == '.') {
        bool other = strstr(r->word, "ntid") == NULL;

        if (!read_numbers(r, numbers)) {
            return false;
        }
        if (other) {
            continue;
        }
        f->max_items = numbers[0] * numbers[1] * numbers[2];
    }
    return is(r, "{");
}

static bool read_body(reader *r, CUfunction f)
{
    declared d;
    int depth = 1;

    while (depth > 0 && next(r)) {
        if (is(r, "{") || is(r, "}")) {
            depth += r->word[0] == '{' ? 1 : -1;
        } else if (is(r, ".shared")) {
            if (!read_declared(r, &d)) {
                return false;
            }
            f->static_shared += d.bytes;
        } else if (strstr(r->word, ".f32") != NULL) {
            f->floats = true;
        }
    }
    return depth == 0;
}

static CUresult read_entry(reader *r)
{
    if (!next(r)) {
        return wrong(r);
    }
    CUfunction f = fake_make(IS_FUNCTION, sizeof *f, r->module->context);

    f->module = r->module;
    f->dynamic_shared = SHARED_PLAIN;
    f->sibling = r->module->functions;
    r->module->functions = f;
    strcpy(f->name, r->word);
    skip_space(r);
    if ((*r->at == '(' && (!next(r) || !read_parameters(r, f))) ||
        !read_directives(r, f) || !read_body(r, f)) {
        return wrong(r);
    }
    return CUDA_SUCCESS;
}

/* ---- the text as a whole ---- */

/* The newest PTX that a driver takes: 12.4 takes 8.4, 13.0 takes 9.0. */
static int newest_ptx(void)
{
    return (the_machine.version / 1000 - 4) * 10 +
           the_machine.version % 1000 / 10;
}

static CUresult read_version(reader *r)
{
    int major = 0;
    int minor = 0;

    if (!next_is(r, ".version")) {
        return CUDA_ERROR_INVALID_IMAGE; /* nobody knows the format */
    }
    if (!next(r) || sscanf(r->word, "%d.%d", &major, &minor) != 2) {
        return wrong(r);
    }
    r->module->ptx = 10 * major + minor;
    if (r->module->ptx > newest_ptx()) {
        return complain(r, CUDA_ERROR_UNSUPPORTED_PTX_VERSION,
                        "Unsupported .version %d.%d; current version is "
                        "'%d.%d'",
                        major, minor, newest_ptx() / 10, newest_ptx() % 10);
    }
    return CUDA_SUCCESS;
}

static CUresult read_target(reader *r)
{
    char *end = NULL;

    if (!next_is(r, ".target") || !next(r) || strncmp(r->word, "sm_", 3) != 0) {
        return wrong(r);
    }
    r->module->sm = (int)strtol(r->word + 3, &end, 10);
    if (r->module->sm > the_machine.sm ||
        (*end == 'a' && r->module->sm != the_machine.sm)) {
        return complain(r, CUDA_ERROR_INVALID_PTX,
                        "SM version specified by .target is higher than "
                        "default SM version assumed");
    }
    while (skip_space(r), *r->at == ',') { /* texmode, debug */
        next(r);
        next(r);
    }
    return CUDA_SUCCESS;
}

/* A function that kernels call: its body, or only what it is like. */
static bool skip_function(reader *r)
{
    int depth = 0;

    while (next(r)) {
        depth += is(r, "{") ? 1 : is(r, "}") ? -1 : 0;
        if (depth == 0 && (is(r, "}") || is(r, ";"))) {
            return true;
        }
    }
    return false;
}

static CUresult read_statement(reader *r)
{
    if (is(r, ".entry")) {
        return read_entry(r);
    }
    if (is(r, ".global") || is(r, ".const")) {
        return read_variable(r);
    }
    if (is(r, ".visible") || is(r, ".weak")) {
        return CUDA_SUCCESS;
    }
    if (is(r, ".address_size")) {
        return next(r) ? CUDA_SUCCESS : wrong(r);
    }
    if (is(r, ".extern")) {
        return skip_to(r, ";") ? CUDA_SUCCESS : wrong(r);
    }
    if (is(r, ".func")) {
        return skip_function(r) ? CUDA_SUCCESS : wrong(r);
    }
    return wrong(r);
}

CUresult fake_ptx_read(CUmodule module, const char *text, char *log,
                       size_t log_bytes)
{
    reader r = {.module = module,
                .at = text,
                .line = 1,
                .log = log,
                .log_bytes = log_bytes};
    CUresult answer = read_version(&r);

    if (answer == CUDA_SUCCESS) {
        answer = read_target(&r);
    }
    while (answer == CUDA_SUCCESS && next(&r)) {
        answer = read_statement(&r);
    }
    return answer;
}
