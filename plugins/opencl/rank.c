/* SPDX-License-Identifier: MIT */
/*
 * Which code suits a device best: OpenCL C of its version. A requirement is
 * "clc-1.2" and the like, a kind of device, or the name of an extension or of a
 * feature of OpenCL C 3.0.
 */
#include <string.h>

#include "plugins/opencl/device.h"

/* One requirement without the spaces around it. */
typedef struct token {
    const char *text;
    size_t bytes;
} token;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static token trim(const char *text, size_t bytes)
{
    while (bytes > 0 && is_blank(text[0])) {
        ++text;
        --bytes;
    }
    while (bytes > 0 && is_blank(text[bytes - 1])) {
        --bytes;
    }
    return (token){text, bytes};
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* 12 of "clc-1.2"; 0 for another token. */
static uint32_t language_of(token next)
{
    const char *text = next.text;

    return next.bytes == 7 && memcmp(text, "clc-", 4) == 0 &&
                   is_digit(text[4]) && text[5] == '.' && is_digit(text[6])
               ? 10 * (uint32_t)(text[4] - '0') + (uint32_t)(text[6] - '0')
               : 0;
}

static bool is_kind(const tn_plugin_device *device, token next)
{
    static const char *const kinds[] = {[TN_DEVICE_CPU] = "cpu",
                                        [TN_DEVICE_GPU] = "gpu",
                                        [TN_DEVICE_ACCELERATOR] =
                                            "accelerator"};
    uint32_t kind = device->info.kind;

    return kind != TN_DEVICE_OTHER && strlen(kinds[kind]) == next.bytes &&
           memcmp(kinds[kind], next.text, next.bytes) == 0;
}

tn_status ocl_module_rank(tn_plugin_device *device, const char *format,
                          const char *requirements, uint32_t *rank)
{
    uint32_t level = 1; /* the highest version that is asked for */
    uint32_t extra = 0; /* who asks for more, and gets it, goes first */
    bool holds = strcmp(format, "clc") == 0 && device->language != 0;

    while (holds && *requirements != '\0') {
        size_t bytes = strcspn(requirements, ",");
        token next = trim(requirements, bytes);
        uint32_t language = language_of(next);

        if (language != 0) {
            holds = language <= device->language;
            level = language > level ? language : level;
        } else if (next.bytes > 0) {
            holds = is_kind(device, next) ||
                    ocl_device_has(device, next.text, next.bytes);
            ++extra;
        }
        requirements += bytes + (requirements[bytes] == ',');
    }
    *rank = holds ? level + extra : 0;
    return TN_OK;
}
