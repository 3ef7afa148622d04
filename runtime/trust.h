/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Whom this process trusts: files that only root or its own user can change;
 * that user and the environment only without privileges of another's giving.
 */
#ifndef TENON_RUNTIME_TRUST_H
#define TENON_RUNTIME_TRUST_H

#include <stdbool.h>
#include <sys/stat.h>

/**
 * Whether the process runs with more rights than who started it: setuid,
 * setgid, file capabilities (AT_SECURE).
 */
bool tn_process_is_secure(void);

/** Why a file is not to be trusted and what to do, or NULL. Constant. */
const char *tn_distrust(const struct stat *info);

#endif
