/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "common/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    DEPTH_MOST = 32,
    LINKS_MOST = 40 /* as the kernel has it */
};

typedef struct walk {
    int folders[1 + DEPTH_MOST]; /* the first is the caller's */
    unsigned depth;
    unsigned links;
    char rest[PATH_MAX]; /* of the name, behind the last folder */
} walk;

static bool fail(int error)
{
    errno = error;
    return false;
}

static bool leave(walk *w)
{
    if (w->depth == 0) {
        return fail(EXDEV);
    }
    close(w->folders[w->depth--]);
    return true;
}

static bool enter(walk *w, int folder)
{
    if (w->depth == DEPTH_MOST) {
        close(folder);
        return fail(ENAMETOOLONG);
    }
    w->folders[++w->depth] = folder;
    return true;
}

/* What a link says takes its place in front of the rest; closes it. */
static bool follow(walk *w, int link)
{
    char path[PATH_MAX];
    ssize_t length = readlinkat(link, "", path, sizeof path);
    size_t rest = strlen(w->rest);

    close(link);
    if (length <= 0 || ++w->links > LINKS_MOST) {
        return fail(ELOOP);
    }
    if (path[0] == '/') {
        return fail(EXDEV);
    }
    if ((size_t)length + 1 + rest >= sizeof w->rest) {
        return fail(ENAMETOOLONG);
    }
    memmove(w->rest + length + 1, w->rest, rest + 1);
    memcpy(w->rest, path, (size_t)length);
    w->rest[length] = '/';
    return true;
}

/* One part of the name. */
static bool step(walk *w, const char *part)
{
    struct stat info;

    if (strcmp(part, "") == 0 || strcmp(part, ".") == 0) {
        return true;
    }
    if (strcmp(part, "..") == 0) {
        return leave(w);
    }
    int found =
        openat(w->folders[w->depth], part, O_PATH | O_NOFOLLOW | O_CLOEXEC);

    if (found < 0) {
        return false;
    }
    if (fstat(found, &info) != 0) {
        close(found);
        return false;
    }
    return S_ISLNK(info.st_mode) ? follow(w, found) : enter(w, found);
}

/* The last thing found, which was opened as a place alone, as a file. */
static int open_found(const walk *w, int flags)
{
    char path[sizeof "/proc/self/fd/" + 3 * sizeof(int)];

    snprintf(path, sizeof path, "/proc/self/fd/%d", w->folders[w->depth]);
    return open(path, flags);
}

int tn_walk_beneath(int folder, const char *name, int flags)
{
    walk w = {.folders = {folder}};
    bool right = true;
    int file = -1;

    if (name[0] == '/' || name[0] == '\0' || strlen(name) >= sizeof w.rest) {
        errno = name[0] == '/'    ? EXDEV
                : name[0] == '\0' ? ENOENT
                                  : ENAMETOOLONG;
        return -1;
    }
    memcpy(w.rest, name, strlen(name) + 1);
    while (right && w.rest[0] != '\0') {
        char part[PATH_MAX];
        size_t length = strcspn(w.rest, "/");
        size_t used = w.rest[length] == '/' ? length + 1 : length;

        memcpy(part, w.rest, length);
        part[length] = '\0';
        memmove(w.rest, w.rest + used, strlen(w.rest + used) + 1);
        right = step(&w, part);
    }
    if (right) {
        file = open_found(&w, flags);
    }
    int error = errno;

    while (w.depth > 0) {
        leave(&w);
    }
    errno = error;
    return file;
}

int tn_open_beneath(int folder, const char *name, int flags)
{
    struct open_how how = {.flags = (unsigned)flags,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    int file = (int)syscall(SYS_openat2, folder, name, &how, sizeof how);

    /* a sandbox may say EPERM to calls that it does not know */
    return file >= 0 || (errno != ENOSYS && errno != EPERM)
               ? file
               : tn_walk_beneath(folder, name, flags);
}
