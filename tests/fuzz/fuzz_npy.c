/* SPDX-License-Identifier: MIT */
/*
 * Files of arrays. What is read can be written, and reads the same from there.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"
#include "tools/npy.h"
#include "tools/npy_header.h"

static bool same_shape(const npy_array *a, const npy_array *b)
{
    return a->type == b->type && a->rank == b->rank && a->count == b->count &&
           a->bytes == b->bytes &&
           memcmp(a->shape, b->shape, a->rank * sizeof a->shape[0]) == 0;
}

static void check_header(const npy_array *array)
{
    char text[NPY_HEADER_BYTES];
    tool_problem problem;
    npy_array again;
    size_t length = npy_header_format(array, text, sizeof text);

    HOLDS(length == strlen(text));
    HOLDS(npy_header_parse("again", text, &again, &problem));
    HOLDS(same_shape(array, &again));
}

static void check_problem(const tool_problem *problem)
{
    HOLDS(strncmp(problem->text, "/proc/self/fd/", 14) == 0);
    HOLDS(strlen(problem->text) < sizeof problem->text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("fuzz.npy", MFD_CLOEXEC);
    char path[64];
    tool_problem problem = {""};
    npy_array array = {.data = NULL};

    HOLDS(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (npy_read(path, &array, &problem)) {
        HOLDS(array.bytes <= size);
        HOLDS(memcmp(array.data, data + size - array.bytes, array.bytes) == 0);
        check_header(&array);
        npy_free(&array);
    } else {
        HOLDS(array.data == NULL);
        check_problem(&problem);
    }
    close(fd);
    return 0;
}
