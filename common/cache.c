/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "common/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    VALUE_BYTES_MAX = 1 << 30
};

/* What an entry begins with; then come key and value. */
typedef struct header {
    char magic[8];
    uint64_t key_bytes;
    uint64_t value_bytes;
    uint64_t checksum; /* of key and value */
} header;

static const char magic[8] = {'T', 'N', 'C', 'A', 'C', 'H', 'E', '1'};

/* FNV-1a: to find entries and damage; nobody's malice is kept out by it. */
static uint64_t hash(uint64_t state, const void *data, size_t bytes)
{
    const unsigned char *byte = data;

    for (size_t i = 0; i < bytes; ++i) {
        state = (state ^ byte[i]) * UINT64_C(0x100000001b3);
    }
    return state;
}

static uint64_t checksum_of(const void *key, size_t key_bytes,
                            const void *value, size_t value_bytes)
{
    uint64_t state = hash(UINT64_C(0xcbf29ce484222325), key, key_bytes);

    return hash(state, value, value_bytes);
}

static bool entry_path(const char *folder, const void *key, size_t key_bytes,
                       char path[PATH_MAX])
{
    uint64_t first = hash(UINT64_C(0xcbf29ce484222325), key, key_bytes);
    uint64_t second = hash(UINT64_C(0x9e3779b97f4a7c15), key, key_bytes);
    int length = snprintf(path, PATH_MAX, "%s/%016" PRIx64 "%016" PRIx64 ".bin",
                          folder, first, second);

    return length > 0 && length < PATH_MAX;
}

tn_status tn_cache_folder(const char *backend, char *folder, size_t size)
{
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    int length = -1;

    if (getauxval(AT_SECURE) != 0) {
        return TN_ERROR_UNAVAILABLE;
    }
    if (cache != NULL && cache[0] == '/') {
        length = snprintf(folder, size, "%s/tenon/%s", cache, backend);
    } else if (home != NULL && home[0] == '/') {
        length = snprintf(folder, size, "%s/.cache/tenon/%s", home, backend);
    }
    return length > 0 && (size_t)length < size ? TN_OK : TN_ERROR_UNAVAILABLE;
}

/* ---- reading ---- */

static bool read_all(int file, void *data, size_t bytes)
{
    size_t used = 0;

    while (used < bytes) {
        ssize_t got = read(file, (char *)data + used, bytes - used);

        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        used += (size_t)got;
    }
    return true;
}

/* Whether it is a file that only its owner, who runs this, can have written. */
static bool is_own(int file, struct stat *info)
{
    return fstat(file, info) == 0 && S_ISREG(info->st_mode) &&
           info->st_uid == geteuid() &&
           (info->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* Whether a file of that size is as large as it says. */
static bool fits(const header *head, uint64_t file_bytes)
{
    return memcmp(head->magic, magic, sizeof magic) == 0 &&
           head->value_bytes > 0 && head->value_bytes <= VALUE_BYTES_MAX &&
           head->key_bytes <= file_bytes &&
           sizeof *head + head->value_bytes == file_bytes - head->key_bytes;
}

/* TN_ERROR_FORMAT: it is damaged. */
static tn_status read_entry(int file, uint64_t file_bytes, const void *key,
                            size_t key_bytes, void **value, size_t *value_bytes)
{
    header head;

    if (!read_all(file, &head, sizeof head) || !fits(&head, file_bytes)) {
        return TN_ERROR_FORMAT;
    }
    if (head.key_bytes != key_bytes) {
        return TN_ERROR_NOT_FOUND;
    }
    size_t bytes = (size_t)head.value_bytes;
    char *data = malloc(key_bytes + bytes);

    if (data == NULL) {
        return TN_ERROR_NO_MEMORY;
    }
    bool whole =
        read_all(file, data, key_bytes + bytes) &&
        checksum_of(data, key_bytes, data + key_bytes, bytes) == head.checksum;

    if (!whole || memcmp(data, key, key_bytes) != 0) {
        free(data);
        return whole ? TN_ERROR_NOT_FOUND : TN_ERROR_FORMAT;
    }
    memmove(data, data + key_bytes, bytes);
    *value = data;
    *value_bytes = bytes;
    return TN_OK;
}

tn_status tn_cache_read(const char *folder, const void *key, size_t key_bytes,
                        void **value, size_t *value_bytes)
{
    char path[PATH_MAX];
    int file = entry_path(folder, key, key_bytes, path)
                   ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
                   : -1;

    if (file < 0) {
        return TN_ERROR_NOT_FOUND;
    }
    struct stat info;
    tn_status status = TN_ERROR_NOT_FOUND;

    if (is_own(file, &info)) {
        status = read_entry(file, (uint64_t)info.st_size, key, key_bytes, value,
                            value_bytes);
    }
    if (status == TN_OK) {
        (void)futimens(file, NULL); /* it was used now */
    }
    close(file);
    if (status == TN_ERROR_FORMAT) {
        (void)unlink(path);
        return TN_ERROR_NOT_FOUND;
    }
    return status;
}

/* ---- writing ---- */

static tn_status fail(tn_sentence *why, const char *path)
{
    tn_sentence_set(why, "%s: %s", path, strerror(errno));
    return TN_ERROR_IO;
}

/* Makes the folder and those that lead to it. */
static tn_status make_folder(const char *folder, tn_sentence *why)
{
    char path[PATH_MAX];

    if (snprintf(path, sizeof path, "%s", folder) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return fail(why, folder);
    }
    for (char *slash = path + 1; slash != NULL; ++slash) {
        slash = strchr(slash, '/');
        if (slash != NULL) {
            *slash = '\0';
        }
        if (mkdir(path, 0700) != 0 && errno != EEXIST) {
            return fail(why, path);
        }
        if (slash == NULL) {
            break;
        }
        *slash = '/';
    }
    return TN_OK;
}

static bool write_all(int file, const void *data, size_t bytes)
{
    size_t used = 0;

    while (used < bytes) {
        ssize_t put = write(file, (const char *)data + used, bytes - used);

        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            return false;
        }
        used += (size_t)put;
    }
    return true;
}

static bool write_entry(int file, const header *head, const void *key,
                        const void *value)
{
    return write_all(file, head, sizeof *head) &&
           write_all(file, key, head->key_bytes) &&
           write_all(file, value, head->value_bytes);
}

/* Writes a file beside the path, and puts it there. */
static tn_status put_entry(const char *path, const header *head,
                           const void *key, const void *value, tn_sentence *why)
{
    char beside[PATH_MAX + 8];
    tn_status status = TN_OK;

    snprintf(beside, sizeof beside, "%s.XXXXXX", path);
    int file = mkostemp(beside, O_CLOEXEC);

    if (file < 0) {
        return fail(why, beside);
    }
    if (!write_entry(file, head, key, value)) {
        status = fail(why, beside);
    }
    if (close(file) != 0 && status == TN_OK) {
        status = fail(why, beside);
    }
    if (status == TN_OK && rename(beside, path) != 0 && errno != ENOENT) {
        status = fail(why, path); /* absent: somebody empties the cache */
    }
    if (status != TN_OK) {
        (void)unlink(beside);
    }
    return status;
}

tn_status tn_cache_write(const char *folder, uint64_t limit, const void *key,
                         size_t key_bytes, const void *value,
                         size_t value_bytes, tn_sentence *why)
{
    char path[PATH_MAX];
    header head = {.key_bytes = key_bytes,
                   .value_bytes = value_bytes,
                   .checksum = checksum_of(key, key_bytes, value, value_bytes)};

    if (sizeof head + key_bytes + value_bytes > limit) {
        return TN_OK;
    }
    tn_status status = make_folder(folder, why);

    if (status != TN_OK) {
        return status;
    }
    memcpy(head.magic, magic, sizeof magic);
    if (!entry_path(folder, key, key_bytes, path)) {
        errno = ENAMETOOLONG;
        return fail(why, folder);
    }
    status = put_entry(path, &head, key, value, why);
    if (status == TN_OK) {
        tn_cache_bound(folder, limit, strrchr(path, '/') + 1);
    }
    return status;
}

void tn_cache_remove(const char *folder, const void *key, size_t key_bytes)
{
    char path[PATH_MAX];

    if (entry_path(folder, key, key_bytes, path)) {
        (void)unlink(path);
    }
}
