/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Folders that plugins and bundles are looked for in.
 */
#ifndef TENON_RUNTIME_PATHS_H
#define TENON_RUNTIME_PATHS_H

#include <stdbool.h>
#include <stddef.h>

#include <tenon/status.h>

typedef struct tn_folders {
    char **items;
    size_t count;
} tn_folders;

/**
 * The folders of a search.
 *
 * @param configured  folders separated by ':', searched first; "" for none
 * @param part        "plugins" or "kernels": tenon/PART beside libtenon.so, so
 *                    that a build tree or a moved installation works
 * @param installed   the folder that was configured for it, where there is none
 *                    beside libtenon.so
 */
tn_status tn_folders_init(tn_folders *folders, const char *configured,
                          const char *part, const char *installed);
void tn_folders_finish(tn_folders *folders);

/** The path of the first folder's NAME that exists; NULL where none does. */
char *tn_folders_find(const tn_folders *folders, const char *name);

/** Tells each name in the folders in its order, those with a dot left out. */
void tn_folders_each(const tn_folders *folders,
                     void (*visit)(void *data, const char *folder,
                                   const char *name),
                     void *data);

/**
 * Tells each name in the folders that is not found because it is in an earlier
 * one, too; in the order of folders and names.
 *
 * @param is_one  whether a path is of those that are looked for
 * @param visit   gets the paths: the one that is hidden and the first
 */
void tn_folders_each_hidden(const tn_folders *folders,
                            bool (*is_one)(const char *path),
                            void (*visit)(void *data, const char *hidden,
                                          const char *first),
                            void *data);

/** "/a, /b" for a sentence; cut to size. */
const char *tn_folders_text(const tn_folders *folders, char *text, size_t size);

#endif
