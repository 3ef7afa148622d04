/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Runtimes whose backends are the fake plugins of tests/fakes.
 */
#ifndef TENON_TESTS_BACKENDS_H
#define TENON_TESTS_BACKENDS_H

#include "tests/fakes/fake.h"
#include "tests/unit/suite.h"

/**
 * Puts fake plugins into the plugin folder of the test, separated by spaces:
 * "works spare". The folder is the only one that backends_open() names.
 */
void backends_install(const char *names);

/**
 * Opens a runtime.
 *
 * @param backend  value of `backend =`, NULL for none
 * @param more     lines of the application's file behind [runtime], "" for none
 */
tn_status backends_open(const char *backend, const char *more,
                        tn_runtime **runtime);

/** The same with flags; TN_OPEN_DEFERRED. */
tn_status backends_open_with(uint32_t flags, const char *backend,
                             const char *more, tn_runtime **runtime);

/** The log since the last backends_open(), a line each: "warning: text". */
const char *backends_log(void);

/** Whether it holds some words, while other threads write it. */
bool backends_logged(const char *words);

/** What became of a backend. */
tn_backend_info backends_info(const tn_runtime *runtime, const char *name);

/** What the plugin of a device has seen. */
fake_record *backends_record(tn_device *device);

/** A runtime with one fake plugin, and what most tests need of it. */
typedef struct backends_fixture {
    tn_runtime *runtime;
    tn_device *device;
    tn_device *other; /* its second device */
    tn_stream *stream;
    fake_record *seen;
} backends_fixture;

void backends_begin(backends_fixture *fixture, const char *plugin);

/** The same with more lines of the application's file, as backends_open(). */
void backends_begin_with(backends_fixture *fixture, const char *plugin,
                         const char *more);

/** The same with a kernel of that plugin, a line as for backends_load(). */
tn_kernel *backends_begin_kernel(backends_fixture *fixture, const char *plugin,
                                 const char *line);

/** Closes it; nothing of it lives on. */
void backends_end(backends_fixture *fixture);

/** Loads kernels, a line each; see tests/fakes/fake.h. */
tn_module *backends_load(tn_device *device, const char *lines);
tn_kernel *backends_kernel(tn_device *device, const char *line);

/** The line of a vector addition. */
#define ADD_KERNEL "kernel add(in f32* a, in f32* b, out f32* c, u32 n)"

/** A buffer. */
tn_buffer *backends_buffer(tn_device *device, uint64_t bytes);

#endif
