/* SPDX-License-Identifier: MIT */
/*
 * Which code suits a device best: OpenCL C of its version. A requirement is
 * "clc-1.2" and the like, a kind of device, or the name of an extension or of a
 * feature of OpenCL C 3.0.
 */
#include <string.h>

#include "common/requirement.h"
#include "plugins/opencl/device.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* 12 of "clc-1.2"; 0 for something else. */
static uint32_t language_of(const char *text, size_t bytes)
{
    return bytes == 7 && memcmp(text, "clc-", 4) == 0 && is_digit(text[4]) &&
                   text[5] == '.' && is_digit(text[6])
               ? 10 * (uint32_t)(text[4] - '0') + (uint32_t)(text[6] - '0')
               : 0;
}

static bool is_kind(const tn_plugin_device *device, const char *text,
                    size_t bytes)
{
    static const char *const kinds[] = {[TN_DEVICE_CPU] = "cpu",
                                        [TN_DEVICE_GPU] = "gpu",
                                        [TN_DEVICE_ACCELERATOR] =
                                            "accelerator"};
    uint32_t kind = device->info.kind;

    return kind != TN_DEVICE_OTHER && strlen(kinds[kind]) == bytes &&
           memcmp(kinds[kind], text, bytes) == 0;
}

tn_status ocl_module_rank(tn_plugin_device *device, const char *format,
                          const char *requirements, uint32_t *rank)
{
    uint32_t level = 1; /* the highest version that is asked for */
    uint32_t extra = 0; /* who asks for more, and gets it, goes first */
    bool holds = strcmp(format, "clc") == 0 && device->language != 0;
    const char *next;
    size_t bytes;

    while (holds &&
           (next = tn_requirement_next(&requirements, &bytes)) != NULL) {
        uint32_t language = language_of(next, bytes);

        if (language != 0) {
            holds = language <= device->language;
            level = language > level ? language : level;
        } else {
            holds = is_kind(device, next, bytes) ||
                    ocl_device_has(device, next, bytes);
            ++extra;
        }
    }
    *rank = holds ? level + extra : 0;
    return TN_OK;
}
