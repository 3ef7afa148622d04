/* SPDX-License-Identifier: MIT */
/* The memory controller of control groups. */
#include "common/memory.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/groups.h"

/* Where a version tells what. */
typedef struct files {
    const char *limit;
    const char *used;
    const char *idle; /* a line of memory.stat: files nobody read lately */
} files;

static const files version_1 = {"memory.limit_in_bytes",
                                "memory.usage_in_bytes", "total_inactive_file"};
static const files version_2 = {"memory.max", "memory.current",
                                "inactive_file"};

/* TN_GROUP_UNBOUNDED where it is "max", or no number. */
static uint64_t read_number(const char *folder, const char *name)
{
    char text[32];
    FILE *file = tn_group_open(folder, name);

    if (file == NULL) {
        return TN_GROUP_UNBOUNDED;
    }
    uint64_t number = fgets(text, sizeof text, file) != NULL &&
                              isdigit((unsigned char)text[0])
                          ? strtoull(text, NULL, 10)
                          : TN_GROUP_UNBOUNDED;

    fclose(file);
    return number;
}

/* A number of "name number" lines; 0 without it. */
static uint64_t read_statistic(const char *folder, const char *name)
{
    char line[128];
    size_t bytes = strlen(name);
    uint64_t number = 0;
    FILE *file = tn_group_open(folder, "memory.stat");

    if (file == NULL) {
        return 0;
    }
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, name, bytes) == 0 && line[bytes] == ' ') {
            number = strtoull(line + bytes, NULL, 10);
        }
    }
    fclose(file);
    return number;
}

/* What files of the group occupy is given back when memory is wanted. */
static uint64_t read_left(const char *folder, const files *names)
{
    uint64_t limit = read_number(folder, names->limit);
    uint64_t used = read_number(folder, names->used);

    if (limit == TN_GROUP_UNBOUNDED || used == TN_GROUP_UNBOUNDED) {
        return limit;
    }
    uint64_t idle = read_statistic(folder, names->idle);

    used -= idle < used ? idle : used;
    return used < limit ? limit - used : 0;
}

static uint64_t limit_of_version_1(const char *folder)
{
    return read_number(folder, version_1.limit);
}

static uint64_t limit_of_version_2(const char *folder)
{
    return read_number(folder, version_2.limit);
}

static uint64_t left_of_version_1(const char *folder)
{
    return read_left(folder, &version_1);
}

static uint64_t left_of_version_2(const char *folder)
{
    return read_left(folder, &version_2);
}

uint64_t tn_memory_limit(const char *root)
{
    return tn_groups_least(root, "memory", limit_of_version_1,
                           limit_of_version_2);
}

uint64_t tn_memory_left(const char *root)
{
    return tn_groups_least(root, "memory", left_of_version_1,
                           left_of_version_2);
}
