/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What tests share that open a runtime and look at what it has chosen.
 */
#ifndef TENON_TESTS_CHOOSING_H
#define TENON_TESTS_CHOOSING_H

#include "tests/unit/backends.h"

extern tn_runtime *rt;

/** The only value that an out parameter can have when a call failed. */
extern tn_device *const untouched;

/** The default device's name. */
const char *chosen(void);

/** What became of a backend, and words of the reason. */
#define STATE_IS(backend, state, reason)                                       \
    choosing_state_is(backend, state, reason, __FILE__, __LINE__)
void choosing_state_is(const char *backend, tn_backend_state state,
                       const char *reason, const char *file, unsigned line);

/** How often some words stand in the log. */
unsigned logged(const char *words);

void close_it(void);

#endif
