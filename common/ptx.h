/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What PTX tells of itself: its target, and its kernels with their parameters.
 */
#ifndef TENON_COMMON_PTX_H
#define TENON_COMMON_PTX_H

#include <stdbool.h>

#include <tenon/plugin.h>

#include "common/sentence.h"

/** A kernel. Texts lie in the PTX and are not terminated. */
typedef struct tn_ptx_entry {
    const char *name;
    size_t name_bytes;
    uint32_t items[3]; /* .reqntid, the only group size; 0: any */
    uint32_t count;    /* of parameters; TN_UNKNOWN where it is not plain */
    const char *places[TN_ARGUMENTS_MAX]; /* where each one is declared */
} tn_ptx_entry;

/** A position in PTX, and what was found before it. */
typedef struct tn_ptx {
    const char *at;
    const char *end;
    char version[16]; /* "6.3" */
    char target[16];  /* "sm_70" */
} tn_ptx;

/** Starts to read; @return false where it is no PTX, with the reason. */
bool tn_ptx_begin(tn_ptx *ptx, const char *text, size_t bytes,
                  tn_sentence *why);

/**
 * Finds the next kernel.
 *
 * @param parameters  at least TN_ARGUMENTS_MAX; those beyond are not written
 */
bool tn_ptx_next(tn_ptx *ptx, tn_ptx_entry *entry, tn_parameter *parameters);

/**
 * Whether code for a target such as "sm_90", "sm_90a" or "sm_100f" runs on a
 * device, by the rule for PTX: on that architecture or any later one.
 */
bool tn_ptx_runs(const char *target, uint32_t sm);

/** The number of "sm_90a" and its suffix, 0 for none; false: it is no target.
 */
bool tn_ptx_target_parse(const char *text, size_t bytes, uint32_t *sm,
                         char *suffix);

#endif
