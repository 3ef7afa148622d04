/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Files inside a folder and nowhere else.
 */
#ifndef TENON_COMMON_BENEATH_H
#define TENON_COMMON_BENEATH_H

/**
 * Opens a file of a folder; no link and no ".." on the way leads out of it.
 *
 * @param folder  open, O_PATH is enough
 * @param name    relative to it
 * @param flags   of open(); it makes no files
 *
 * @return a descriptor, or -1 with errno; EXDEV for what lies outside
 */
int tn_open_beneath(int folder, const char *name, int flags);

/**
 * The same without openat2(), which kernels before 5.6, sandboxes and emulators
 * lack.
 */
int tn_walk_beneath(int folder, const char *name, int flags);

#endif
