/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/cpu/cpu.h"
#include "plugins/cpu/machine.h"

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

/* The number of "NAME >= NUMBER"; false where it is something else. */
static bool at_least(token whole, const char *name, uint64_t *number)
{
    const char *sign = memchr(whole.text, '>', whole.bytes);

    if (sign == NULL) {
        return false;
    }
    token left = trim(whole.text, (size_t)(sign - whole.text));
    token right = trim(sign + 1, whole.bytes - (size_t)(sign + 1 - whole.text));

    if (left.bytes != strlen(name) ||
        memcmp(left.text, name, left.bytes) != 0 || right.bytes < 2 ||
        right.text[0] != '=') {
        return false;
    }
    right = trim(right.text + 1, right.bytes - 1);
    if (right.bytes == 0 || right.bytes > 9) {
        return false;
    }
    *number = 0;
    for (size_t i = 0; i < right.bytes; ++i) {
        if (right.text[i] < '0' || right.text[i] > '9') {
            return false;
        }
        *number = *number * 10 + (uint64_t)(right.text[i] - '0');
    }
    return true;
}

tn_status cpu_module_rank(tn_plugin_device *device, const char *format,
                          const char *requirements, uint32_t *rank)
{
    uint32_t level = 1; /* of the machine, by the best token */
    uint32_t extra = 0; /* who asks for more, and gets it, goes first */
    bool holds = strcmp(format, "so") == 0;

    while (holds && *requirements != '\0') {
        size_t bytes = strcspn(requirements, ",");
        token next = trim(requirements, bytes);
        uint32_t target = cpu_machine_rank(next.text, next.bytes);
        uint64_t number;

        if (target > 0) {
            level = target > level ? target : level;
        } else if (at_least(next, "threads", &number)) {
            holds = number <= device->instance->places.threads;
            ++extra;
        } else {
            holds = next.bytes == 0; /* nobody knows it: not for here */
        }
        requirements += bytes + (requirements[bytes] == ',');
    }
    *rank = holds ? level + extra : 0;
    return TN_OK;
}
