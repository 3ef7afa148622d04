/* SPDX-License-Identifier: MIT */
#include "tools/report.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void __attribute__((format(printf, 1, 0)))
print_line(const char *format, va_list values, const char *more)
{
    char text[4096];

    vsnprintf(text, sizeof text, format, values);
    for (char *c = text; *c != '\0'; ++c) {
        if (iscntrl((unsigned char)*c)) {
            *c = '?';
        }
    }
    fprintf(stderr, "tenon: %s%s\n", text, more);
}

void report(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    print_line(format, values, "");
    va_end(values);
}

int report_error(int code, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    print_line(format, values, "");
    va_end(values);
    return code;
}

int report_usage(const char *command, const char *format, ...)
{
    char more[64];
    va_list values;

    snprintf(more, sizeof more, ", try 'tenon%s%s --help'",
             command[0] != '\0' ? " " : "", command);
    va_start(values, format);
    print_line(format, values, more);
    va_end(values);
    return EXIT_USAGE;
}

/* Where a status is not listed, something simply failed. */
static const struct {
    tn_status status;
    int code[2]; /* while opening, while working */
} exits[] = {
    {TN_OK, {EXIT_OK, EXIT_OK}},
    {TN_ERROR_SIGNATURE, {EXIT_FAILED, EXIT_MODULE}},
    {TN_ERROR_NOT_FOUND, {EXIT_NO_DEVICE, EXIT_MODULE}},
    {TN_ERROR_CONFIG, {EXIT_CONFIG, EXIT_CONFIG}},
    {TN_ERROR_PLUGIN, {EXIT_PLUGIN, EXIT_PLUGIN}},
    {TN_ERROR_BUNDLE, {EXIT_FAILED, EXIT_MODULE}},
    {TN_ERROR_FORMAT, {EXIT_FAILED, EXIT_MODULE}},
    {TN_ERROR_BUILD, {EXIT_FAILED, EXIT_MODULE}},
    {TN_ERROR_IO, {EXIT_CONFIG, EXIT_MODULE}},
    {TN_ERROR_DENIED, {EXIT_CONFIG, EXIT_MODULE}},
    {TN_ERROR_UNAVAILABLE, {EXIT_NO_DEVICE, EXIT_NO_DEVICE}},
    {TN_ERROR_DEVICE_LOST, {EXIT_LOST, EXIT_LOST}},
};

int report_status(report_stage stage, tn_status status)
{
    const char *message = tn_error_message();
    const char *log = tn_error_log();
    int code = EXIT_FAILED;

    for (size_t i = 0; i < sizeof exits / sizeof exits[0]; ++i) {
        if (exits[i].status == status) {
            code = exits[i].code[stage];
        }
    }
    report("%s", message[0] != '\0' ? message : tn_status_text(status));
    if (log[0] != '\0') {
        fprintf(stderr, "%s%s", log, log[strlen(log) - 1] == '\n' ? "" : "\n");
    }
    return code;
}
