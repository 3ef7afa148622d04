/* SPDX-License-Identifier: MIT */
#include "tools/cc/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/cc/words.h"

bool cc_file_append(const char *path, const char *text, tool_problem *problem)
{
    FILE *file = fopen(path, "ae");
    bool right = file != NULL && fputs(text, file) >= 0;

    if (file != NULL && fclose(file) != 0) {
        right = false;
    }
    return right ||
           problem_set(problem, "cannot write %s: %s", path, strerror(errno));
}

static bool copy_bytes(FILE *from, FILE *to)
{
    char bytes[65536];
    size_t count;

    while ((count = fread(bytes, 1, sizeof bytes, from)) > 0) {
        if (fwrite(bytes, 1, count, to) != count) {
            return false;
        }
    }
    return ferror(from) == 0;
}

bool cc_file_copy(const char *from, const char *to, tool_problem *problem)
{
    char *beside = cc_text("%s.new", to);
    FILE *source = fopen(from, "re");
    FILE *target = source != NULL ? fopen(beside, "we") : NULL;
    bool right = target != NULL && copy_bytes(source, target);

    if (target != NULL && fclose(target) != 0) {
        right = false;
    }
    right = right && rename(beside, to) == 0;
    if (!right) {
        problem_set(problem, "cannot copy %s to %s: %s", from, to,
                    strerror(errno));
        if (target != NULL) {
            unlink(beside);
        }
    }
    if (source != NULL) {
        fclose(source);
    }
    free(beside);
    return right;
}

/* O_NONBLOCK: a FIFO in the place of a file would be waited for. */
static FILE *open_source(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;

    if (file == NULL && fd >= 0) {
        close(fd);
    }
    return file;
}

bool cc_file_read(const char *path, char **bytes, size_t *size,
                  tool_problem *problem)
{
    FILE *file = open_source(path);
    struct stat info;
    bool right = file != NULL && fstat(fileno(file), &info) == 0;
    char *read = NULL;

    if (right && !S_ISREG(info.st_mode)) {
        fclose(file);
        return problem_set(problem, "%s is no regular file; give one of code",
                           path);
    }
    if (right) {
        *size = (size_t)info.st_size;
        read = malloc(*size + 1);
        right = read != NULL && fread(read, 1, *size, file) == *size;
    }
    if (file != NULL) {
        fclose(file);
    }
    if (!right) {
        free(read);
        return problem_set(problem, "cannot read %s: %s", path,
                           strerror(errno));
    }
    read[*size] = '\0';
    *bytes = read;
    return true;
}
