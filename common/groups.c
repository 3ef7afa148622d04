/* SPDX-License-Identifier: MIT */
#include "common/groups.h"

#include <stdbool.h>
#include <string.h>

enum {
    PATH_BYTES = 4096,
    LINE_BYTES = 4096
};

FILE *tn_group_open(const char *folder, const char *name)
{
    char path[PATH_BYTES];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);

    return length < (int)sizeof path ? fopen(path, "re") : NULL;
}

static void lower(uint64_t *least, uint64_t bound)
{
    *least = bound < *least ? bound : *least;
}

/*
 * What a group may have holds for those below it. A container may see another
 * tree than the path is of; then the groups are missing, and the topmost is the
 * container's own.
 */
static uint64_t least_of_path(const char *mount, const char *group,
                              tn_group_read *read)
{
    char folder[PATH_BYTES];
    uint64_t least = TN_GROUP_UNBOUNDED;
    size_t top = strlen(mount);

    if (top + strlen(group) >= sizeof folder) {
        return TN_GROUP_UNBOUNDED;
    }
    strcpy(folder, mount);
    strcpy(folder + top, strcmp(group, "/") != 0 ? group : "");
    for (;;) {
        char *slash = strrchr(folder + top, '/');

        lower(&least, read(folder));
        if (slash == NULL) {
            return least;
        }
        *slash = '\0';
    }
}

/* Whether a list like "cpu,cpuacct" has the controller. */
static bool list_has(const char *list, const char *controller)
{
    size_t bytes = strlen(controller);

    while (list != NULL) {
        if (strncmp(list, controller, bytes) == 0 &&
            (list[bytes] == ',' || list[bytes] == '\0')) {
            return true;
        }
        list = strchr(list, ',');
        list += list != NULL;
    }
    return false;
}

/* Systems name the mount after the list or after each controller in it. */
static uint64_t least_of_version_1(const char *root, const char *list,
                                   const char *controller, const char *group,
                                   tn_group_read *read)
{
    const char *const names[] = {controller, list};
    const int count = strcmp(list, controller) != 0 ? 2 : 1;
    uint64_t least = TN_GROUP_UNBOUNDED;

    for (int i = 0; i < count; ++i) {
        char mount[PATH_BYTES];
        int length = snprintf(mount, sizeof mount, "%s/sys/fs/cgroup/%s", root,
                              names[i]);

        if (length < (int)sizeof mount) {
            lower(&least, least_of_path(mount, group, read));
        }
    }
    return least;
}

uint64_t tn_groups_least(const char *root, const char *controller,
                         tn_group_read *version_1, tn_group_read *version_2)
{
    char text[PATH_BYTES];
    char line[LINE_BYTES];
    uint64_t least = TN_GROUP_UNBOUNDED;

    snprintf(text, sizeof text, "%s/proc/self/cgroup", root);
    FILE *file = fopen(text, "re");

    if (file == NULL) {
        return least;
    }
    snprintf(text, sizeof text, "%s/sys/fs/cgroup", root);
    /* "0::/group" of version 2, "4:cpu,cpuacct:/group" of version 1 */
    while (fgets(line, sizeof line, file) != NULL) {
        char *list = strchr(line, ':');
        char *group = list != NULL ? strchr(++list, ':') : NULL;

        if (group == NULL) {
            continue;
        }
        *group++ = '\0';
        group[strcspn(group, "\n")] = '\0';
        if (*list == '\0') {
            lower(&least, least_of_path(text, group, version_2));
        } else if (list_has(list, controller)) {
            lower(&least,
                  least_of_version_1(root, list, controller, group, version_1));
        }
    }
    fclose(file);
    return least;
}
