/* SPDX-License-Identifier: MIT */
#include "runtime/trust.h"

#include <stddef.h>
#include <sys/auxv.h>
#include <unistd.h>

bool tn_process_is_secure(void)
{
    return getauxval(AT_SECURE) != 0;
}

/*
 * Under setgid and file capabilities the process's user is still the one who
 * started it, and who is not to gain from that.
 */
static bool is_starters(const struct stat *info)
{
    return tn_process_is_secure() && info->st_uid == getuid();
}

const char *tn_distrust(const struct stat *info)
{
    if (info->st_uid != 0 && info->st_uid != geteuid()) {
        return "is owned by another user, who can change it; chown it";
    }
    if (info->st_uid != 0 && is_starters(info)) {
        return "is owned by the user who started this privileged program; "
               "chown it";
    }
    if ((info->st_mode & S_IWOTH) != 0) {
        return "can be changed by anyone; chmod o-w it";
    }
    return NULL;
}
