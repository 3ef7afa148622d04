/* SPDX-License-Identifier: MIT */
#include "plugins/opencl/options.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The bytes of one option: blanks within double quotes belong to it. */
static size_t option_bytes(const char *text)
{
    bool quoted = false;
    size_t bytes = 0;

    while (text[bytes] != '\0' && (quoted || !is_blank(text[bytes]))) {
        quoted ^= text[bytes] == '"';
        ++bytes;
    }
    return bytes;
}

/* The names that guard against what a kernel's text puts together. */
static bool defines_guard(const char *name, size_t bytes)
{
    static const char *const names[] = {"asm", "__asm", "__has_", "_Pragma"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; ++i) {
        size_t length = strlen(names[i]);

        if (bytes >= length && memcmp(name, names[i], length) == 0) {
            return true;
        }
    }
    return false;
}

static bool starts(const char *text, size_t bytes, const char *with)
{
    return bytes >= strlen(with) && memcmp(text, with, strlen(with)) == 0;
}

static bool is_harmless(const char *text, size_t bytes)
{
    return (starts(text, bytes, "-cl-") &&
            memchr(text, '/', bytes) == NULL) || /* no path of any kind */
           (bytes == 2 && starts(text, bytes, "-w")) ||
           (bytes == 7 && starts(text, bytes, "-Werror")) ||
           (bytes > 2 && starts(text, bytes, "-D") &&
            !defines_guard(text + 2, bytes - 2));
}

tn_status ocl_options_check(const char *options, tn_sentence *why)
{
    while (*options != '\0') {
        size_t bytes = option_bytes(options);

        if (bytes == 2 && starts(options, bytes, "-D")) { /* -D NAME */
            options += bytes;
            while (is_blank(*options)) {
                ++options;
            }
            bytes = option_bytes(options);
            if (bytes == 0 || *options == '-' ||
                defines_guard(options, bytes)) {
                tn_sentence_set(why, "-D %.*s", (int)bytes, options);
                return TN_ERROR_DENIED;
            }
        } else if (bytes > 0 && !is_harmless(options, bytes)) {
            tn_sentence_set(why, "%.*s", (int)(bytes < 200 ? bytes : 200),
                            options);
            return TN_ERROR_DENIED;
        }
        options += bytes;
        while (is_blank(*options)) {
            ++options;
        }
    }
    return TN_OK;
}
