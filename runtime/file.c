/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "runtime/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/beneath.h"
#include "runtime/error.h"
#include "runtime/trust.h"

/* O_NONBLOCK: a FIFO in the place of a file must not hang the program. */
enum {
    OPEN_FLAGS = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK
};

static tn_status fail_errno(const char *path, int error)
{
    tn_status status = error == ENOENT || error == ENOTDIR ? TN_ERROR_NOT_FOUND
                       : error == EACCES || error == EPERM ? TN_ERROR_DENIED
                                                           : TN_ERROR_IO;

    return tn_fail(status, "%s: %s", path, strerror(error));
}

static tn_status check_regular(int fd, const char *path, size_t limit,
                               size_t *size, const char **distrust)
{
    struct stat info;

    if (fstat(fd, &info) != 0) {
        return fail_errno(path, errno);
    }
    if (!S_ISREG(info.st_mode)) {
        return tn_fail(TN_ERROR_IO, "%s: is %s, not a file", path,
                       S_ISDIR(info.st_mode)    ? "a directory"
                       : S_ISFIFO(info.st_mode) ? "a FIFO"
                                                : "a device or socket");
    }
    if ((uint64_t)info.st_size > limit) {
        return tn_fail(TN_ERROR_IO, "%s: has %lld bytes, at most %zu are read",
                       path, (long long)info.st_size, limit);
    }
    *size = (size_t)info.st_size;
    *distrust = tn_distrust(&info);
    return TN_OK;
}

/* Reads size bytes; a file that shrinks meanwhile gives what there is. */
static tn_status read_bytes(int fd, const char *path, size_t size,
                            tn_file *file)
{
    size_t used = 0;

    file->bytes = malloc(size + 1);
    if (file->bytes == NULL) {
        return tn_fail_memory(path);
    }
    while (used < size) {
        ssize_t got = read(fd, file->bytes + used, size - used);

        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return fail_errno(path, errno);
        }
        if (got == 0) {
            break;
        }
        used += (size_t)got;
    }
    file->bytes[used] = '\0';
    file->size = used;
    return TN_OK;
}

/* The path of an open file, whatever links led there. */
static tn_status path_of(int fd, const char *path, char **out)
{
    char link[64];
    char target[PATH_MAX];

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, target, sizeof target - 1);

    if (length > 0 && target[0] == '/') {
        target[length] = '\0';
        *out = strdup(target);
    } else {
        *out = realpath(path, NULL); /* no /proc here */
    }
    return *out != NULL ? TN_OK : tn_fail_memory(path);
}

static tn_status read_open(int fd, const char *path, size_t limit,
                           tn_file *file)
{
    tn_file read = {NULL, NULL, 0, NULL};
    size_t size = 0;
    tn_status status = check_regular(fd, path, limit, &size, &read.distrust);

    if (status == TN_OK) {
        status = read_bytes(fd, path, size, &read);
    }
    if (status == TN_OK) {
        status = path_of(fd, path, &read.path);
    }
    if (status != TN_OK) {
        tn_file_finish(&read);
        return status;
    }
    *file = read;
    return TN_OK;
}

tn_status tn_file_read(const char *path, size_t limit, tn_file *file)
{
    int fd = open(path, OPEN_FLAGS);

    if (fd < 0) {
        return fail_errno(path, errno);
    }
    tn_status status = read_open(fd, path, limit, file);

    close(fd);
    return status;
}

tn_status tn_file_read_beneath(const char *folder, const char *name,
                               size_t limit, tn_file *file)
{
    tn_status status = TN_OK;
    char *path = tn_path_join(folder, name);

    if (path == NULL) {
        return tn_fail_memory(name);
    }
    int parent = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int fd = parent >= 0 ? tn_open_beneath(parent, name, OPEN_FLAGS) : -1;

    if (fd >= 0) {
        status = read_open(fd, path, limit, file);
        close(fd);
    } else if (errno == EXDEV || errno == ELOOP) {
        status = tn_fail(TN_ERROR_BUNDLE,
                         "%s: lies outside its folder %s; put the file there",
                         name, folder);
    } else {
        status = fail_errno(path, errno);
    }
    if (parent >= 0) {
        close(parent);
    }
    free(path);
    return status;
}

void tn_file_finish(tn_file *file)
{
    free(file->path);
    free(file->bytes);
    *file = (tn_file){NULL, NULL, 0, NULL};
}

char *tn_path_join(const char *folder, const char *name)
{
    char *path = NULL;

    return asprintf(&path, "%s/%s", folder, name) >= 0 ? path : NULL;
}
