/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE
#include "tools/structure.h"

#include <stdlib.h>
#include <string.h>

#include "tools/value.h"

typedef struct layout {
    unsigned char bytes[TN_STRUCT_BYTES_MAX];
    uint32_t used;
    uint32_t alignment; /* of the whole */
} layout;

static uint32_t round_up(uint32_t bytes, uint32_t alignment)
{
    return (bytes + alignment - 1) / alignment * alignment;
}

static bool add_member(layout *to, const char *member, tool_problem *problem)
{
    const char *colon = strchr(member, ':');
    tn_type type = colon != NULL
                       ? value_type_find(member, (size_t)(colon - member))
                       : TN_TYPE_NONE;
    uint32_t bytes = value_type_bytes(type);
    tn_argument value;

    if (type == TN_TYPE_NONE) {
        return problem_set(problem,
                           "'%s' is no member, write DTYPE:VALUE with one "
                           "of %s",
                           member, VALUE_TYPES);
    }
    if (!value_parse(type, colon + 1, &value, problem)) {
        return false;
    }
    uint32_t offset = round_up(to->used, bytes);

    if (offset + bytes > sizeof to->bytes) {
        return problem_set(problem, "a struct has at most %zu bytes",
                           sizeof to->bytes);
    }
    memcpy(to->bytes + offset, &value.value, bytes); /* little-endian */
    to->used = offset + bytes;
    to->alignment = bytes > to->alignment ? bytes : to->alignment;
    return true;
}

bool structure_parse(const char *text, tool_structure *structure,
                     tool_problem *problem)
{
    layout made = {.alignment = 1};
    char *members = strdup(text);
    char *rest = members;
    bool right = members != NULL || problem_set(problem, "no memory");

    while (right && rest != NULL) {
        right = add_member(&made, strsep(&rest, ","), problem);
    }
    free(members);
    if (!right) {
        return false;
    }
    uint32_t bytes = round_up(made.used, made.alignment);
    void *data = malloc(bytes);

    if (data == NULL) {
        return problem_set(problem, "no memory");
    }
    memcpy(data, made.bytes, bytes);
    *structure = (tool_structure){data, bytes};
    return true;
}
