/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "plugins/opencl/include.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/beneath.h"
#include "plugins/opencl/source.h"

enum {
    NAME_BYTES = 256,
    DEPTH_MAX = 64,
    BYTES_MAX = 16 << 20,
    OPEN_FLAGS = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
};

/* A text that is being expanded, and what included it. */
typedef struct included {
    const struct included *by;
    const char *text;
    size_t bytes;
    const char *name; /* in the folder */
    dev_t device;
    ino_t inode;
} included;

typedef struct expansion {
    int folder;
    const char *folder_name;
    FILE *out;
    size_t bytes; /* written so far, about */
    tn_sentence *why;
} expansion;

static tn_status expand(expansion *e, const included *from);

/* ---- files ---- */

/* Whole, NUL-terminated; NULL where it is no readable text. */
static char *read_text(int file, const struct stat *info, size_t *bytes)
{
    size_t size = (size_t)info->st_size;
    char *text =
        S_ISREG(info->st_mode) && size <= BYTES_MAX ? malloc(size + 1) : NULL;
    size_t used = 0;

    while (text != NULL && used < size) {
        ssize_t got = read(file, text + used, size - used);

        if (got <= 0) {
            break;
        }
        used += (size_t)got;
    }
    if (text != NULL && memchr(text, '\0', used) != NULL) {
        free(text);
        return NULL;
    }
    if (text != NULL) {
        text[used] = '\0';
        *bytes = used;
    }
    return text;
}

static bool is_open(const included *from, const struct stat *info)
{
    for (; from != NULL; from = from->by) {
        if (from->inode == info->st_ino && from->device == info->st_dev) {
            return true;
        }
    }
    return false;
}

static tn_status expand_file(expansion *e, const included *from, int file,
                             const char *name)
{
    struct stat info;
    included next = {.by = from, .name = name};
    tn_status status = TN_OK;

    if (fstat(file, &info) != 0 || is_open(from, &info)) {
        return TN_OK;
    }
    char *text = read_text(file, &info, &next.bytes);

    if (text == NULL) {
        fprintf(e->out, "#error %s is no text that Tenon can include\n", name);
        return TN_OK;
    }
    next.text = text;
    next.device = info.st_dev;
    next.inode = info.st_ino;
    fprintf(e->out, "#line 1 \"%s\"\n", name);
    status = expand(e, &next);
    free(text);
    return status;
}

/* ---- directives ---- */

/* The name beside the includer, or in the folder itself. */
static int find_file(const expansion *e, const included *from, const char *name,
                     char path[2 * NAME_BYTES])
{
    const char *slash = strrchr(from->name, '/');

    if (from->by != NULL && slash != NULL) {
        snprintf(path, 2 * NAME_BYTES, "%.*s/%s", (int)(slash - from->name),
                 from->name, name);
        int beside = tn_open_beneath(e->folder, path, OPEN_FLAGS);

        if (beside >= 0) {
            return beside;
        }
    }
    snprintf(path, 2 * NAME_BYTES, "%s", name);
    return tn_open_beneath(e->folder, path, OPEN_FLAGS);
}

/* What a name may be within the quotes of #line. */
static bool is_plain(const char *name)
{
    for (; *name != '\0'; ++name) {
        if ((unsigned char)*name < ' ' || *name == '"' || *name == '\\') {
            return false;
        }
    }
    return true;
}

static tn_status replace(expansion *e, const included *from, const char *name,
                         unsigned next_line)
{
    char path[2 * NAME_BYTES];
    tn_status status = TN_OK;
    int file = is_plain(name) ? find_file(e, from, name, path) : -1;

    fputc('\n', e->out);
    if (file >= 0) {
        status = expand_file(e, from, file, path);
        close(file);
    } else {
        fprintf(e->out, "#error %s is not in %s, the folder of `include`\n",
                is_plain(name) ? name : "the file", e->folder_name);
    }
    fprintf(e->out, "\n#line %u \"%s\"", next_line, from->name);
    return status;
}

static unsigned depth_of(const included *from)
{
    unsigned depth = 0;

    for (; from != NULL; from = from->by) {
        ++depth;
    }
    return depth;
}

static tn_status put(expansion *e, const char *text, size_t bytes)
{
    fwrite(text, 1, bytes, e->out);
    e->bytes += bytes;
    if (e->bytes > BYTES_MAX) {
        tn_sentence_set(e->why,
                        "with what it includes it has more than %d "
                        "bytes",
                        BYTES_MAX);
        return TN_ERROR_DENIED;
    }
    return TN_OK;
}

static tn_status expand(expansion *e, const included *from)
{
    ocl_directive directive;
    char name[NAME_BYTES];
    unsigned line = 1;
    size_t done = 0;
    size_t at = 0;
    tn_status status = TN_OK;

    if (depth_of(from) > DEPTH_MAX) {
        tn_sentence_set(e->why, "includes lie more than %d deep", DEPTH_MAX);
        return TN_ERROR_DENIED;
    }
    while (status == TN_OK &&
           ocl_source_next(from->text, from->bytes, &at, &line, &directive)) {
        size_t end;

        if (directive.begin >= done &&
            ocl_source_included(from->text, from->bytes, &directive, name,
                                sizeof name, &end, &line)) {
            status = put(e, from->text + done, directive.begin - done);
            if (status == TN_OK) {
                status = replace(e, from, name, line + 1);
            }
            done = end;
            at = end;
        }
    }
    return status == TN_OK ? put(e, from->text + done, from->bytes - done)
                           : status;
}

tn_status ocl_include_expand(const char *text, size_t bytes, const char *name,
                             const char *folder, char **expanded,
                             size_t *expanded_bytes, tn_sentence *why)
{
    expansion e = {.folder_name = folder, .why = why};
    included first = {
        .text = text, .bytes = bytes, .name = is_plain(name) ? name : "kernel"};
    char *written = NULL;
    size_t written_bytes = 0;

    e.folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    e.out = open_memstream(&written, &written_bytes);
    if (e.out == NULL) {
        tn_sentence_set(why, "no memory left for what it includes");
        if (e.folder >= 0) {
            close(e.folder);
        }
        return TN_ERROR_NO_MEMORY;
    }
    tn_status status = expand(&e, &first);

    if (e.folder >= 0) {
        close(e.folder);
    }
    if (fclose(e.out) != 0 && status == TN_OK) {
        tn_sentence_set(why, "no memory left for what it includes");
        status = TN_ERROR_NO_MEMORY;
    }
    if (status != TN_OK) {
        free(written);
        return status;
    }
    *expanded = written;
    *expanded_bytes = written_bytes;
    return TN_OK;
}
