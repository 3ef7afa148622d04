/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tools/replacement.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void release(tool_replacement *r)
{
    if (r->stream != NULL) {
        fclose(r->stream);
    }
    free(r->target);
    free(r->temporary);
}

bool replacement_abort(tool_replacement *r, tool_problem *problem)
{
    int error = errno;

    if (r->temporary != NULL) {
        unlink(r->temporary);
    }
    release(r);
    return problem_set(problem, "%s: cannot be written: %s", r->file,
                       strerror(error));
}

/* Mode and umask apply as for any new file, which mkstemp() would not do. */
static int create_beside(const char *target, char **temporary)
{
    for (int i = 0; i < 100; ++i) {
        if (asprintf(temporary, "%s.%ld-%d.tmp", target, (long)getpid(), i) <
            0) {
            *temporary = NULL;
            return -1;
        }
        int descriptor =
            open(*temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

        if (descriptor >= 0) {
            return descriptor;
        }
        free(*temporary);
        *temporary = NULL;
        if (errno != EEXIST) {
            return -1;
        }
    }
    return -1;
}

bool replacement_open(const char *file, tool_replacement *replacement,
                      tool_problem *problem)
{
    struct stat status;
    int descriptor;

    memset(replacement, 0, sizeof *replacement);
    replacement->file = file;
    replacement->target = realpath(file, NULL);
    if (replacement->target == NULL) { /* new, or a link to nothing */
        replacement->target = strdup(file);
    }
    if (replacement->target == NULL) {
        return replacement_abort(replacement, problem);
    }
    if (stat(replacement->target, &status) == 0 && !S_ISREG(status.st_mode)) {
        descriptor = open(replacement->target, O_WRONLY | O_CLOEXEC);
    } else {
        descriptor =
            create_beside(replacement->target, &replacement->temporary);
    }
    if (descriptor < 0) {
        return replacement_abort(replacement, problem);
    }
    replacement->stream = fdopen(descriptor, "wb");
    if (replacement->stream == NULL) {
        close(descriptor);
        return replacement_abort(replacement, problem);
    }
    return true;
}

bool replacement_commit(tool_replacement *r, tool_problem *problem)
{
    int failed = fclose(r->stream);

    r->stream = NULL;
    if (failed != 0 ||
        (r->temporary != NULL && rename(r->temporary, r->target) != 0)) {
        return replacement_abort(r, problem);
    }
    release(r);
    return true;
}
