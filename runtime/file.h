/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Reading whole files that somebody else wrote.
 */
#ifndef TENON_RUNTIME_FILE_H
#define TENON_RUNTIME_FILE_H

#include <stddef.h>

#include <tenon/status.h>

/** The bytes of a file, with a NUL behind them. */
typedef struct tn_file {
    char *path; /**< absolute path of the very file that was read */
    char *bytes;
    size_t size;
    const char *distrust; /**< why others may have written it, or NULL */
} tn_file;

/** Largest configuration or bundle.ini, and largest code. */
#define TN_FILE_TEXT_LIMIT ((size_t)1 << 20)
#define TN_FILE_CODE_LIMIT ((size_t)1 << 31)

/**
 * Reads a regular file.
 *
 * @param path   as the user knows it, for the sentence
 * @param limit  larger files are refused
 * @param file   free with tn_file_finish()
 *
 * @return TN_OK; TN_ERROR_NOT_FOUND; TN_ERROR_DENIED; TN_ERROR_IO for what is
 *         no regular file, too large or cannot be read; TN_ERROR_NO_MEMORY
 */
tn_status tn_file_read(const char *path, size_t limit, tn_file *file);

/** The same for a name that must lie, links followed, inside a folder. */
tn_status tn_file_read_beneath(const char *folder, const char *name,
                               size_t limit, tn_file *file);

void tn_file_finish(tn_file *file);

/** "folder/name" in new memory; NULL where there is none. */
char *tn_path_join(const char *folder, const char *name);

#endif
