/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Loading exactly the code that was checked.
 */
#ifndef TENON_CPU_LIBRARY_H
#define TENON_CPU_LIBRARY_H

#include <tenon/plugin.h>

#include "common/dl.h"
#include "common/sentence.h"

typedef struct cpu_library {
    tn_dl *opened;
    int file; /* in memory, whose name the loader knows; -1 without */
} cpu_library;

void cpu_library_init(cpu_library *library);

/**
 * Loads the image of a module: from its path, so that debuggers and profilers
 * find it, where that file holds those bytes and the loader would really read
 * it; else from memory.
 *
 * @return TN_OK; TN_ERROR_FORMAT, TN_ERROR_NO_MEMORY, TN_ERROR_IO
 */
tn_status cpu_library_open(cpu_library *library,
                           const tn_plugin_module_desc *desc, tn_sentence *why);

/** Unloads it; one that was never opened is fine. */
void cpu_library_close(cpu_library *library);

#endif
