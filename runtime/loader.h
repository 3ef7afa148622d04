/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Plugin files: found, checked, opened once a process, never unloaded.
 */
#ifndef TENON_RUNTIME_LOADER_H
#define TENON_RUNTIME_LOADER_H

#include <tenon/plugin.h>

#include "common/dl.h"
#include "runtime/paths.h"

/** A plugin that is open, shared by all runtimes of the process. */
typedef struct tn_library {
    struct tn_library *next;
    char *path; /**< of the very file, links resolved */
    char name[TN_PLUGIN_NAME_BYTES];
    uint32_t abi;
    char *formats; /**< lists of the note, by spaces */
    char *keys;
    char *libraries;
    const char *distrust; /**< why others may have written it, or NULL */
    tn_dl *dl;
    tn_plugin table;     /**< no operation is NULL */
    bool touched;        /**< an instance was created, so its driver runs */
    unsigned touched_at; /**< tn_fork_count then */
} tn_library;

/**
 * Opens a plugin: reads its note, then loads it, asks for its table and fills
 * what is missing with stubs.
 *
 * @param strict   refuses a file that others may have written
 * @param library  shared; valid as long as the process
 *
 * @return TN_OK; TN_ERROR_UNAVAILABLE where there is no such file;
 *         TN_ERROR_PLUGIN with the reason; TN_ERROR_NO_MEMORY
 */
tn_status tn_library_open(const char *path, bool strict, tn_library **library);

/**
 * Says that an instance is about to be created.
 *
 * @return TN_OK; TN_ERROR_FORKED when a process that this one is a fork of has
 *         done so, and the plugin uses a driver
 */
tn_status tn_library_touch(tn_library *library);

/* Held over fork(), so that a child finds the list of libraries whole. */
void tn_libraries_lock(void);
void tn_libraries_unlock(void);

/** Whether a list of the note, separated by spaces, holds a word. */
bool tn_library_lists(const char *list, const char *word);

/**
 * A table of the host's own size: what the plugin has, stubs for the rest.
 *
 * @param own     at least own->size bytes
 * @param filled  no operation in it is NULL, but instance_wrap
 */
void tn_plugin_fill(const tn_plugin *own, tn_plugin *filled);

#endif
