/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Numbers of bytes as settings write them.
 */
#ifndef TENON_COMMON_BYTES_H
#define TENON_COMMON_BYTES_H

#include <stdbool.h>
#include <stdint.h>

/** What "65536", "256M" (K, M, G, T) says; false for another text. */
bool tn_bytes_read(const char *text, uint64_t *bytes);

/** The same, or "10%": a percentage, at most 100. */
bool tn_bytes_read_share(const char *text, uint64_t *number, bool *is_percent);

#endif
