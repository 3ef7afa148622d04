/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What the fake driver exports beside a driver's functions, for tests that open
 * the same file.
 */
#ifndef TENON_TESTS_FAKE_CUDA_CONTROL_H
#define TENON_TESTS_FAKE_CUDA_CONTROL_H

#define FAKE_EXPORT __attribute__((visibility("default")))

/** Forgets what was, and does as the script says from now on. */
FAKE_EXPORT void tn_fake_cuda_script(const char *script);
/** How often a function was called that a rule names; FUNCTION=0 counts. */
FAKE_EXPORT long tn_fake_cuda_calls(const char *function);
/** Blocks of memory, of devices and page-locked, that are allocated. */
FAKE_EXPORT long tn_fake_cuda_blocks(void);
/** Streams, events, modules, graphs and linkers that were not destroyed. */
FAKE_EXPORT long tn_fake_cuda_objects(void);
/** How often the primary context of a device is retained. */
FAKE_EXPORT long tn_fake_cuda_users(int device);

#endif
