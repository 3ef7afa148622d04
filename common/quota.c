/* SPDX-License-Identifier: MIT */
/* Processors that the cpu controller of control groups lets a process have. */
#include <stdbool.h>
#include <stdlib.h>

#include "common/groups.h"
#include "common/processors.h"

/* The processors of a quota: microseconds of each period. */
static uint64_t processors_of(long long quota, long long period)
{
    if (quota <= 0 || period <= 0 || quota / period >= UINT32_MAX) {
        return TN_GROUP_UNBOUNDED;
    }
    return (uint64_t)(quota / period + (quota % period != 0));
}

/* "max 100000" or "150000 100000" */
static uint64_t read_version_2(const char *folder)
{
    FILE *file = tn_group_open(folder, "cpu.max");
    long long quota = -1;
    long long period = -1;

    if (file == NULL) {
        return TN_GROUP_UNBOUNDED;
    }
    bool read = fscanf(file, "%lld %lld", &quota, &period) == 2;

    fclose(file);
    return read ? processors_of(quota, period) : TN_GROUP_UNBOUNDED;
}

/* -1 where it is not a number. */
static long long read_number(const char *folder, const char *name)
{
    char text[32];
    FILE *file = tn_group_open(folder, name);

    if (file == NULL) {
        return -1;
    }
    long long number =
        fgets(text, sizeof text, file) != NULL ? strtoll(text, NULL, 10) : -1;

    fclose(file);
    return number;
}

static uint64_t read_version_1(const char *folder)
{
    long long quota = read_number(folder, "cpu.cfs_quota_us");

    return quota > 0
               ? processors_of(quota, read_number(folder, "cpu.cfs_period_us"))
               : TN_GROUP_UNBOUNDED;
}

uint32_t tn_processors_quota(const char *root)
{
    uint64_t least =
        tn_groups_least(root, "cpu", read_version_1, read_version_2);

    return least < TN_GROUP_UNBOUNDED ? (uint32_t)least : 0;
}
