/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What tests of forks share: children that tell what does not hold, all that
 * their parent has open, and each function of the API, called.
 */
#ifndef TENON_TESTS_FORKED_H
#define TENON_TESTS_FORKED_H

#include "tests/unit/backends.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#endif

/* ---- children ---- */

/** Whether a fork runs the function, finds all as expected, and ends. */
bool forked_passes(void (*run)(void));

/** What the child expects; a failure is told and counted. */
#define EXPECT(condition) forked_expect(condition, #condition)
bool forked_expect(bool holds, const char *what);

/** How often the child was mistaken. */
extern int forked_failures;

/* ---- what the parent has open ---- */

enum {
    FORKED_ITEMS = 1000
};

typedef struct forked_objects {
    tn_runtime *runtime;
    tn_device *device;
    tn_stream *stream;
    tn_stream *recorded;
    tn_event *event;
    tn_event *later;
    tn_buffer *buffer; /* FORKED_ITEMS of u32, each 1 */
    tn_buffer *sums;
    tn_module *module;
    tn_bundle *bundle;
    tn_kernel *kernel; /* sums = buffer + buffer */
    tn_graph *graph;
} forked_objects;
extern forked_objects parent;

typedef enum forked_backend {
    REAL_CPU,
    REAL_CUDA, /* over a driver that ends whoever calls it in a fork */
    FAKE_CUDA  /* its note names the library of a driver */
} forked_backend;

#define FORKED_CUDA_PLUGIN "plugins/cuda/.libs/cuda.so"

/** Puts the plugin into the folder of the test. @return  its name */
const char *forked_install(forked_backend kind);

/** Opens everything. */
void forked_open(forked_backend kind);

/** Queues the kernel. */
tn_status forked_launch(void);

/** Whether it gives what it should. */
bool forked_computes(void);

/* ---- a runtime of the child's own ---- */

/** Opens one by the file of the last backends_open(), "app.ini" by its path. */
tn_status forked_open_again(const char *file, uint32_t flags,
                            tn_runtime **runtime);

/** The file of forked_compute(), whose backend is the real cpu. */
extern const char *forked_file;
void forked_compute(void);

/* ---- each function ---- */

/** Calls all functions on what is the parent's; each is refused. */
void forked_use_everything(void);

/** Whether that has a call of a function; its name ends behind the bracket. */
bool forked_uses(const char *function);

#endif
