/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Files that keep what took long to make: a program's binary, by what it was
 * made of.
 *
 * Each backend has a folder. An entry holds its whole key, so that two keys of
 * the same hash are not taken for each other, and a checksum. It is written
 * beside its place and renamed, so that readers find all of it or nothing; what
 * is broken counts as absent, and is removed. The time of a file's change is
 * that of its last use: where a folder would grow beyond its bound, entries go
 * that were not used for longest. Nothing is locked: processes that do the same
 * at once only remove what each would.
 */
#ifndef TENON_COMMON_CACHE_H
#define TENON_COMMON_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include <tenon/status.h>

#include "common/sentence.h"

/** Backends that have one. X(name) */
#define TN_CACHE_BACKENDS(X)                                                   \
    X(cuda)                                                                    \
    X(opencl)

/** What bounds a folder where `cache_size` is not set, as a setting is. */
#define TN_CACHE_SIZE_DEFAULT "1G"

/** What follows a value of `cache_size` that is none. */
#define TN_CACHE_SIZE_WRONG "takes bytes (256M, 2G; 0 keeps nothing)"

enum {
    TN_CACHE_DAYS = 90 /**< an entry stays, at most, without being used */
};

/**
 * The user's folder for a backend: NAME in $XDG_CACHE_HOME/tenon, or in
 * ~/.cache/tenon.
 *
 * @param folder  at least size bytes
 * @return TN_OK; TN_ERROR_UNAVAILABLE where there is none: no home, or a
 *         program with privileges of others, which trusts no such files
 */
tn_status tn_cache_folder(const char *backend, char *folder, size_t size);

/**
 * Reads an entry. One that somebody else may have written is none.
 *
 * @param value  malloc()ed
 * @return TN_OK; TN_ERROR_NOT_FOUND; TN_ERROR_NO_MEMORY
 */
tn_status tn_cache_read(const char *folder, const void *key, size_t key_bytes,
                        void **value, size_t *value_bytes);

/**
 * Writes an entry, and the folder if it is not there; then removes others until
 * all are within a bound.
 *
 * @param limit  bytes of all files; an entry that is larger is not written
 * @param why    what hinders it
 * @return TN_OK; TN_ERROR_IO
 */
tn_status tn_cache_write(const char *folder, uint64_t limit, const void *key,
                         size_t key_bytes, const void *value,
                         size_t value_bytes, tn_sentence *why);

/** Removes an entry, if there is one. */
void tn_cache_remove(const char *folder, const void *key, size_t key_bytes);

/* ---- a folder as a whole: cache_folder.c ---- */

/**
 * Removes entries until the others have limit bytes, and those that were not
 * used for TN_CACHE_DAYS. What cannot be removed stays.
 *
 * @param kept  the name of an entry that stays
 */
void tn_cache_bound(const char *folder, uint64_t limit, const char *kept);

/** What a folder holds. */
typedef struct tn_cache_usage {
    uint64_t entries;
    uint64_t bytes; /**< of their files */
    int64_t oldest; /**< when an entry was last used, in seconds since 1970; */
    int64_t newest; /**< 0 and 0 where there is none */
} tn_cache_usage;

/**
 * @param usage  zeroes where the folder is not there
 * @return TN_OK; TN_ERROR_IO where it cannot be read
 */
tn_status tn_cache_measure(const char *folder, tn_cache_usage *usage,
                           tn_sentence *why);

/** Told of a file that stays, and why. */
typedef void (*tn_cache_left)(void *data, const char *name, const char *why);

/**
 * Removes all entries and what was left of writing some. Other files stay, and
 * left is told.
 *
 * @param gone  what was removed
 * @return TN_OK, where the folder is not there, too; TN_ERROR_IO, where it
 *         cannot be read or an entry stays
 */
tn_status tn_cache_clear(const char *folder, tn_cache_usage *gone,
                         tn_cache_left left, void *data, tn_sentence *why);

#endif
