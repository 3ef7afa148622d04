/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <string.h>

#include "common/requirement.h"
#include "plugins/cpu/cpu.h"
#include "plugins/cpu/machine.h"

/* The number of "NAME >= NUMBER"; false where it is something else. */
static bool at_least(const char *text, size_t bytes, const char *name,
                     uint64_t *number)
{
    const char *end = text + bytes;
    size_t length = strlen(name);

    if (bytes < length || memcmp(text, name, length) != 0) {
        return false;
    }
    text += length;
    text += strspn(text, " \t");
    if (end - text < 2 || text[0] != '>' || text[1] != '=') {
        return false;
    }
    text += 2;
    text += strspn(text, " \t");
    if (text >= end || end - text > 9) {
        return false;
    }
    *number = 0;
    for (; text < end; ++text) {
        if (*text < '0' || *text > '9') {
            return false;
        }
        *number = *number * 10 + (uint64_t)(*text - '0');
    }
    return true;
}

tn_status cpu_module_rank(tn_plugin_device *device, const char *format,
                          const char *requirements, uint32_t *rank)
{
    uint32_t level = 1; /* of the machine, by the best requirement */
    uint32_t extra = 0; /* who asks for more, and gets it, goes first */
    bool holds = strcmp(format, "so") == 0;
    const char *next;
    size_t bytes;

    while (holds &&
           (next = tn_requirement_next(&requirements, &bytes)) != NULL) {
        uint32_t target = cpu_machine_rank(next, bytes);
        uint64_t number;

        if (target > 0) {
            level = target > level ? target : level;
        } else {
            holds = at_least(next, bytes, "threads", &number) &&
                    number <= device->instance->places.threads;
            ++extra;
        }
    }
    *rank = holds ? level + extra : 0;
    return TN_OK;
}
