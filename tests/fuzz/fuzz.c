/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/fuzz/fuzz.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tenon/tenon.h>

void fuzz_broken(const char *condition, const char *file, unsigned line)
{
    fprintf(stderr, "%s:%u: does not hold: %s\n", file, line, condition);
    fprintf(stderr, "the last sentence is: %s\n", tn_error_message());
    abort();
}

/* ---- files ---- */

static char folder[PATH_MAX];

static int remove_one(const char *path, const struct stat *info, int kind,
                      struct FTW *at)
{
    (void)info;
    (void)kind;
    (void)at;
    return remove(path);
}

static void remove_folder(void)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* In memory, where there is such a place. */
static void make_folder(void)
{
    const char *place = getenv("TMPDIR");

    if (place == NULL || *place == '\0') {
        place = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    }
    snprintf(folder, sizeof folder, "%s/tenon-fuzz-XXXXXX", place);
    if (mkdtemp(folder) == NULL) {
        perror(folder);
        exit(99);
    }
    atexit(remove_folder);
}

const char *fuzz_path(const char *name)
{
    enum {
        PATHS = 8
    };
    static char paths[PATHS][PATH_MAX + NAME_MAX]; /* the last ones live */
    static unsigned next;
    char *path = paths[next++ % PATHS];

    if (folder[0] == '\0') {
        make_folder();
    }
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static int create(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
}

static int create_with_folders(const char *name)
{
    char path[PATH_MAX + NAME_MAX];

    snprintf(path, sizeof path, "%s", fuzz_path(name));
    for (char *slash = path + strlen(folder) + 1;
         (slash = strchr(slash, '/')) != NULL; *slash++ = '/') {
        *slash = '\0';
        mkdir(path, 0755);
    }
    return create(path);
}

void fuzz_write(const char *name, const void *bytes, size_t size)
{
    const char *path = fuzz_path(name);

    if (bytes == NULL) {
        unlink(path);
        return;
    }
    int fd = create(path);

    if (fd < 0 && errno == ENOENT) {
        fd = create_with_folders(name);
    }
    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size || close(fd) != 0) {
        perror(path);
        exit(99);
    }
}

/* ---- failures ---- */

static bool has_origin(const char *line, const char *const *others)
{
    size_t length = strlen(folder);

    if (length > 0 && strncmp(line, folder, length) == 0) {
        return true;
    }
    for (; others != NULL && *others != NULL; ++others) {
        if (strncmp(line, *others, strlen(*others)) == 0) {
            return true;
        }
    }
    return false;
}

void fuzz_check_failure(const char *const *others)
{
    const char *message = tn_error_message();
    const char *line = tn_error_log();

    for (const char *c = message; *c != '\0'; ++c) {
        HOLDS(iscntrl((unsigned char)*c) == 0);
    }
    HOLDS(has_origin(message, others));
    while (*line != '\0') {
        HOLDS(has_origin(line, others));
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
}

/* ---- parts ---- */

/* Where a line "@X" begins, or the end. */
static size_t find_mark(const uint8_t *bytes, size_t size)
{
    for (size_t at = 0; at + 1 < size; ++at) {
        const uint8_t *newline;

        if (bytes[at] == '@' && (at + 2 == size || bytes[at + 2] == '\n')) {
            return at;
        }
        newline = memchr(bytes + at, '\n', size - at);
        if (newline == NULL) {
            break;
        }
        at = (size_t)(newline - bytes); /* the loop steps over it */
    }
    return size;
}

bool fuzz_next_part(fuzz_parts *parts, char *name, const uint8_t **bytes,
                    size_t *size)
{
    if (parts->name == '\0') {
        return false;
    }
    size_t length = find_mark(parts->next, parts->left);

    *name = parts->name;
    *bytes = parts->next;
    *size = length;
    if (length == parts->left) {
        parts->name = '\0';
        return true;
    }
    size_t mark = length + 2 < parts->left ? 3 : 2;

    parts->name = (char)parts->next[length + 1];
    parts->next += length + mark;
    parts->left -= length + mark;
    return true;
}
