/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The words for yes and no in configurations.
 */
#ifndef TENON_COMMON_YES_H
#define TENON_COMMON_YES_H

#include <stdbool.h>

/** @return whether text is one of them: yes, true, on, 1, no, false, off, 0 */
bool tn_yes_read(const char *text, bool *yes);

#endif
