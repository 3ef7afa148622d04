/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Files that keep what took long to make: a program's binary, by what it was
 * made of.
 *
 * An entry holds its whole key, so that two keys of the same hash are not taken
 * for each other, and a checksum. It is written beside its place and renamed,
 * so that readers find all of it or nothing; what is broken counts as absent.
 */
#ifndef TENON_COMMON_CACHE_H
#define TENON_COMMON_CACHE_H

#include <stddef.h>

#include <tenon/status.h>

#include "common/sentence.h"

/**
 * The user's folder for it: $XDG_CACHE_HOME/tenon, or ~/.cache/tenon.
 *
 * @param folder  at least size bytes
 * @return TN_OK; TN_ERROR_UNAVAILABLE where there is none: no home, or a
 *         program with privileges of others, which trusts no such files
 */
tn_status tn_cache_folder(char *folder, size_t size);

/**
 * Reads an entry. One that somebody else may have written is none.
 *
 * @param value  malloc()ed
 * @return TN_OK; TN_ERROR_NOT_FOUND; TN_ERROR_NO_MEMORY
 */
tn_status tn_cache_read(const char *folder, const void *key, size_t key_bytes,
                        void **value, size_t *value_bytes);

/**
 * Writes an entry, and the folder if it is not there.
 *
 * @param why  what hinders it
 * @return TN_OK; TN_ERROR_IO
 */
tn_status tn_cache_write(const char *folder, const void *key, size_t key_bytes,
                         const void *value, size_t value_bytes,
                         tn_sentence *why);

/** Removes an entry, if there is one. */
void tn_cache_remove(const char *folder, const void *key, size_t key_bytes);

#endif
