/* SPDX-License-Identifier: MIT */
/*
 * What control groups let this process have: the cpu controller of version 2 or
 * 1, where systems mount it. A group's quota holds for those below it.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/processors.h"

enum {
    PATH_BYTES = 4096,
    GROUP_BYTES = 2048
};

/* ---- one group ---- */

static bool read_text(const char *folder, const char *name, char *text,
                      size_t bytes)
{
    char path[PATH_BYTES];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = length < (int)sizeof path ? fopen(path, "re") : NULL;

    if (file == NULL) {
        return false;
    }
    bool read = fgets(text, (int)bytes, file) != NULL;

    fclose(file);
    return read;
}

/* The processors of a quota: microseconds of each period. */
static uint32_t processors_of(long long quota, long long period)
{
    if (quota <= 0 || period <= 0 || quota / period >= UINT32_MAX) {
        return 0;
    }
    return (uint32_t)((quota + period - 1) / period);
}

/* "max 100000" or "150000 100000" */
static uint32_t read_version_2(const char *folder)
{
    char text[64];
    long long quota;
    long long period;

    return read_text(folder, "cpu.max", text, sizeof text) &&
                   sscanf(text, "%lld %lld", &quota, &period) == 2
               ? processors_of(quota, period)
               : 0;
}

static uint32_t read_version_1(const char *folder)
{
    char quota[32];
    char period[32];

    return read_text(folder, "cpu.cfs_quota_us", quota, sizeof quota) &&
                   read_text(folder, "cpu.cfs_period_us", period, sizeof period)
               ? processors_of(atoll(quota), atoll(period))
               : 0;
}

/* ---- a group and those above it ---- */

static void lower(uint32_t *least, uint32_t processors)
{
    if (processors != 0 && (*least == 0 || processors < *least)) {
        *least = processors;
    }
}

/*
 * A container may see another tree than the path is of; then the groups are
 * missing, and the topmost is the container's own.
 */
static uint32_t least_quota(const char *root, const char *mount,
                            const char *group,
                            uint32_t (*read)(const char *folder))
{
    char folder[PATH_BYTES];
    uint32_t least = 0;
    int top = snprintf(folder, sizeof folder, "%s%s", root, mount);

    if (top + strlen(group) >= sizeof folder) {
        return 0;
    }
    strcpy(folder + top, group);
    for (;;) {
        char *slash = strrchr(folder + top, '/');

        lower(&least, read(folder));
        if (slash == NULL) {
            return least;
        }
        *slash = '\0';
    }
}

/* ---- a line of /proc/self/cgroup ---- */

/* Whether a list like "cpu,cpuacct" has the controller. */
static bool has_cpu(const char *list, size_t bytes)
{
    const char *end = list + bytes;

    while (list < end) {
        const char *comma = memchr(list, ',', (size_t)(end - list));
        const char *stop = comma != NULL ? comma : end;

        if (stop - list == 3 && memcmp(list, "cpu", 3) == 0) {
            return true;
        }
        list = stop + 1;
    }
    return false;
}

/* "0::/group" of version 2, "4:cpu,cpuacct:/group" of version 1 */
static uint32_t quota_of_line(const char *root, char *line)
{
    uint32_t least = 0;
    char *controllers = strchr(line, ':');
    char *group = controllers != NULL ? strchr(++controllers, ':') : NULL;

    if (group == NULL) {
        return 0;
    }
    size_t bytes = (size_t)(group - controllers);

    group[strcspn(group, "\n")] = '\0';
    ++group;
    if (bytes == 0) {
        lower(&least,
              least_quota(root, "/sys/fs/cgroup", group, read_version_2));
    } else if (has_cpu(controllers, bytes)) {
        lower(&least,
              least_quota(root, "/sys/fs/cgroup/cpu", group, read_version_1));
        lower(&least, least_quota(root, "/sys/fs/cgroup/cpu,cpuacct", group,
                                  read_version_1));
    }
    return least;
}

uint32_t tn_processors_quota(const char *root)
{
    char path[PATH_BYTES];
    char line[GROUP_BYTES];
    uint32_t least = 0;

    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    FILE *file = fopen(path, "re");

    if (file == NULL) {
        return 0;
    }
    while (fgets(line, sizeof line, file) != NULL) {
        lower(&least, quota_of_line(root, line));
    }
    fclose(file);
    return least;
}
