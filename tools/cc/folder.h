/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The folder of a bundle: made beside its place, and put there whole.
 */
#ifndef TENON_TOOLS_CC_FOLDER_H
#define TENON_TOOLS_CC_FOLDER_H

#include <stdbool.h>

#include "tools/problem.h"

typedef struct cc_folder {
    char *path;    /**< where it will be */
    char *name;    /**< the bundle's name, the last part of it */
    char *scratch; /**< removed with all that is in it by cc_folder_finish() */
    char *made;    /**< within scratch: what becomes the bundle */
} cc_folder;

/**
 * Begins a bundle. A folder that is there is taken only when it is empty or
 * holds nothing but a bundle; what drop-ins brought to that is kept.
 *
 * @param folder  cc_folder_finish() it, after a failure too
 */
bool cc_folder_begin(cc_folder *folder, const char *path,
                     tool_problem *problem);

/** Puts it in its place, at once; a bundle that was there is gone then. */
bool cc_folder_commit(cc_folder *folder, tool_problem *problem);
void cc_folder_finish(cc_folder *folder);

#endif
