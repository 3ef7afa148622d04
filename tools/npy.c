/* SPDX-License-Identifier: MIT */
#include "tools/npy.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/npy_header.h"
#include "tools/replacement.h"
#include "tools/value.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "elements are used as they stand in the file");

static const char magic[6] = "\x93NUMPY";

enum {
    PREFIX_V1 = 10, /* magic, version, two bytes of header length */
    PREFIX_V2 = 12, /* magic, version, four bytes */
    ALIGNMENT = 64  /* of the data within the file */
};

bool npy_measure(npy_array *array)
{
    uint64_t count = 1;
    bool empty = false;

    for (uint32_t i = 0; i < array->rank; ++i) {
        if (array->shape[i] == 0) {
            empty = true;
        } else if (__builtin_mul_overflow(count, array->shape[i], &count)) {
            return false;
        }
    }
    array->count = empty ? 0 : count;
    /* a size that ptrdiff_t holds, for an empty array too, as in NumPy */
    if (__builtin_mul_overflow(count, value_type_bytes(array->type), &count) ||
        count > PTRDIFF_MAX) {
        return false;
    }
    array->bytes = empty ? 0 : count;
    return true;
}

void npy_free(npy_array *array)
{
    free(array->data);
    array->data = NULL;
}

/* ---- reading -------------------------------------------------------------- */

static bool truncated(const char *file, tool_problem *problem)
{
    return problem_set(
        problem, "%s: is truncated within its header, save it again", file);
}

/* Magic, version and length of the header. */
static bool read_prefix(FILE *stream, const char *file, uint32_t *length,
                        tool_problem *problem)
{
    unsigned char p[PREFIX_V2] = {0};
    size_t got = fread(p, 1, PREFIX_V1, stream);

    if (got < sizeof magic || memcmp(p, magic, sizeof magic) != 0) {
        return problem_set(
            problem, "%s: is no .npy file, make one with numpy.save()", file);
    }
    if (got < PREFIX_V1) {
        return truncated(file, problem);
    }
    if (p[6] < 1 || p[6] > 3 || p[7] != 0) {
        return problem_set(problem,
                           "%s: is .npy version %d.%d, 1.0 to 3.0 are read",
                           file, p[6], p[7]);
    }
    if (p[6] > 1 && fread(p + PREFIX_V1, 1, 2, stream) != 2) {
        return truncated(file, problem);
    }
    *length = p[8] | (uint32_t)p[9] << 8 | (uint32_t)p[10] << 16 |
              (uint32_t)p[11] << 24;
    return *length <= NPY_HEADER_LIMIT ||
           problem_set(problem,
                       "%s: has a header of %" PRIu32
                       " bytes, at most %d are read",
                       file, *length, NPY_HEADER_LIMIT);
}

static bool read_header(FILE *stream, const char *file, npy_array *array,
                        tool_problem *problem)
{
    uint32_t length = 0;
    bool read;

    if (!read_prefix(stream, file, &length, problem)) {
        return false;
    }
    char *text = calloc(1, (size_t)length + 1);

    if (text == NULL) {
        return problem_set(problem, "%s: no memory for its header", file);
    }
    if (fread(text, 1, length, stream) != length) {
        read = truncated(file, problem);
    } else if (strlen(text) != length) {
        read = problem_set(problem,
                           "%s: has a NUL in its header, save it again", file);
    } else {
        read = npy_header_parse(file, text, array, problem);
    }
    free(text);
    return read;
}

static bool read_data(FILE *stream, const char *file, npy_array *array,
                      tool_problem *problem)
{
    array->data = malloc(array->bytes > 0 ? array->bytes : 1);
    if (array->data == NULL) {
        return problem_set(problem, "%s: no memory for %" PRIu64 " bytes", file,
                           array->bytes);
    }
    if (fread(array->data, 1, array->bytes, stream) != array->bytes) {
        problem_set(problem, "%s: cannot be read: %s", file,
                    ferror(stream) ? strerror(errno) : "it shrank");
        npy_free(array);
        return false;
    }
    return true;
}

static bool read_stream(FILE *stream, uint64_t size, const char *file,
                        npy_array *array, tool_problem *problem)
{
    if (!read_header(stream, file, array, problem)) {
        return false;
    }
    uint64_t there = size - (uint64_t)ftell(stream);

    if (there != array->bytes) {
        return problem_set(
            problem,
            "%s: %s, its shape needs %" PRIu64 " bytes of data and %" PRIu64
            " are there, save it again",
            file, there < array->bytes ? "is truncated" : "is too long",
            array->bytes, there);
    }
    return read_data(stream, file, array, problem);
}

/* A pipe would hang here and cannot tell its size. */
static bool open_regular(const char *file, FILE **stream, struct stat *status,
                         tool_problem *problem)
{
    int descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (descriptor < 0 || fstat(descriptor, status) != 0) {
        problem_set(problem, "%s: cannot be opened: %s", file, strerror(errno));
    } else if (!S_ISREG(status->st_mode)) {
        problem_set(problem, "%s: is no regular file, give a .npy file", file);
    } else if ((*stream = fdopen(descriptor, "rb")) == NULL) {
        problem_set(problem, "%s: cannot be opened: %s", file, strerror(errno));
    } else {
        return true;
    }
    if (descriptor >= 0) {
        close(descriptor);
    }
    return false;
}

bool npy_read(const char *file, npy_array *array, tool_problem *problem)
{
    FILE *stream = NULL;
    struct stat status;
    npy_array result;

    if (!open_regular(file, &stream, &status, problem)) {
        return false;
    }
    bool read =
        read_stream(stream, (uint64_t)status.st_size, file, &result, problem);

    fclose(stream);
    if (read) {
        *array = result;
    }
    return read;
}

/* ---- writing -------------------------------------------------------------- */

static bool write_stream(const npy_array *array, FILE *stream)
{
    char header[PREFIX_V1 + NPY_HEADER_BYTES + ALIGNMENT] = "";
    char *text = header + PREFIX_V1;
    size_t length = npy_header_format(array, text, NPY_HEADER_BYTES);
    size_t padded =
        (PREFIX_V1 + length + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;

    memset(text + length, ' ', padded - PREFIX_V1 - length - 1);
    header[padded - 1] = '\n';
    memcpy(header, magic, sizeof magic);
    header[6] = 1;
    header[8] = (char)((padded - PREFIX_V1) & 0xff);
    header[9] = (char)((padded - PREFIX_V1) >> 8);
    return fwrite(header, 1, padded, stream) == padded &&
           fwrite(array->data, 1, array->bytes, stream) == array->bytes;
}

bool npy_write(const char *file, const npy_array *array, tool_problem *problem)
{
    tool_replacement target;

    if (!replacement_open(file, &target, problem)) {
        return false;
    }
    if (!write_stream(array, target.stream)) {
        return replacement_abort(&target, problem);
    }
    return replacement_commit(&target, problem);
}
