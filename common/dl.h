/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Opening shared objects. The only file that knows <dlfcn.h>.
 */
#ifndef TENON_COMMON_DL_H
#define TENON_COMMON_DL_H

#include <stddef.h>

#include <tenon/status.h>

#include "common/sentence.h"

typedef struct tn_dl tn_dl;

/**
 * Opens a shared object with RTLD_NOW | RTLD_LOCAL.
 *
 * @param path  a name without '/' is searched as dlopen() does, else the very
 *              file
 * @param dl    the opened object; close with tn_dl_close()
 * @param why   the loader's own words on failure
 *
 * @return TN_OK; TN_ERROR_UNAVAILABLE
 */
tn_status tn_dl_open(const char *path, tn_dl **dl, tn_sentence *why);

/** Closes it; NULL is fine. */
void tn_dl_close(tn_dl *dl);

/**
 * A function of that very object, not of one that it depends on.
 *
 * @return NULL where the object itself does not define it
 */
void (*tn_dl_function(tn_dl *dl, const char *name))(void);

/**
 * The file that a name comes from: the object or one that it depends on.
 *
 * @return NULL where none defines it; else it lives as long as the object
 */
const char *tn_dl_definer(tn_dl *dl, const char *name);

/**
 * The folder that holds the object in which an address lies, with links
 * resolved.
 *
 * @param folder  at least size bytes
 * @return TN_OK; TN_ERROR_NOT_FOUND
 */
tn_status tn_dl_folder_of(const void *address, char *folder, size_t size);

#endif
