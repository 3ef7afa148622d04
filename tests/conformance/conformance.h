/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The conformance suite: what every backend has to do, by the numbered rules of
 * docs/plugin-abi.md.
 *
 * A test's name is a sentence with the number of the rule that it proves. A
 * test that a backend cannot take part in skips itself with the reason; skipped
 * tests are listed at the end.
 */
#ifndef TENON_TESTS_CONFORMANCE_H
#define TENON_TESTS_CONFORMANCE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <CUnit/CUnit.h>

#include <tenon/plugin.h>

#include "common/dl.h"

/* ---- the host that lends itself to a plugin ---- */

typedef struct fake_host {
    tn_host table;
    void *self;      /* is the host_data, and so found wrong if it is not */
    const char *key; /* one key of the configuration, or NULL */
    const char *value;
    long blocks;   /* that were allocated and not released; atomic */
    int refuse;    /* allocate() has no memory; atomic */
    int strangers; /* calls with another's host_data; atomic */
    int warnings;  /* lines of the log at that level; atomic */
    size_t logged; /* bytes of compilers' logs; atomic */
} fake_host;

void fake_host_init(fake_host *host);

/**
 * Sets a key for every host; both are borrowed, value NULL: not set. false: too
 * many.
 */
bool fake_host_set(const char *key, const char *value);

/** The sentence of this thread's last failure, "" for none; and forgets it. */
const char *fake_host_error(void);
void fake_host_forget(void);

/* ---- the plugin under test ---- */

/** Kernels for it, in one of its formats. */
typedef struct kernel_file {
    const char *format;
    const char *path;
    void *image;
    size_t bytes;
} kernel_file;

typedef struct suite {
    const char *path;
    tn_dl *library;
    tn_plugin_query_function query;
    const tn_plugin *table; /* as the plugin gave it */
    tn_plugin plugin;       /* copied, NULL in what it lacks */
    fake_host host;
    tn_plugin_instance *instance;
    tn_plugin_device *device;
    tn_device_info info;
    kernel_file kernels; /* format NULL: none that it takes */
    tn_plugin_module *module;
    bool synchronous; /* work is done before the call returns */
    bool printed;     /* something, when it was opened */
} suite;

extern suite the;

/** Opens the plugin's file; false with the reason on stderr. */
bool suite_load(const char *path);
/** The same, and its first device. */
bool suite_open(const char *path);
/** Offers it kernels; those in the format of the highest rank are taken. */
bool suite_offer_kernels(const char *format, const char *path);
bool suite_load_kernels(void);
void suite_close(void);

/** What is written to standard output meanwhile does not get there. */
typedef struct printing {
    FILE *file;
    int output; /* where it went before */
} printing;

void printing_begin(printing *of);
/** @return whether anything was */
bool printing_end(printing *of);

/** Reads a whole file; malloc()ed, NULL with the reason on stderr. */
void *read_file(const char *path, size_t *bytes);

/** Notes that the running test does not apply. */
void skip(const char *why);

/** Runs all tests, prints which did not apply. @return how many checks failed */
unsigned suite_run(void);

/* Skips the rest of a test where the backend lacks something. */
#define NEEDS(operation)                                                       \
    do {                                                                       \
        if (the.plugin.operation == NULL) {                                    \
            skip("the plugin has no " #operation);                             \
            return;                                                            \
        }                                                                      \
    } while (0)
#define NEEDS_KERNELS                                                          \
    do {                                                                       \
        if (the.module == NULL) {                                              \
            skip("the plugin takes none of the kernels offered");              \
            return;                                                            \
        }                                                                      \
    } while (0)
#define NEEDS_ASYNCHRONOUS                                                     \
    do {                                                                       \
        if (the.synchronous) {                                                 \
            skip("the plugin does its work before a call returns");            \
            return;                                                            \
        }                                                                      \
    } while (0)

/** Whether a call succeeded; if not, its status and sentence are shown. */
bool succeeded(tn_status status, const char *call, const char *file, int line);
#define WORKS(call) CU_ASSERT(succeeded(call, #call, __FILE__, __LINE__))
#define WORKS_FATAL(call)                                                      \
    CU_ASSERT_FATAL(succeeded(call, #call, __FILE__, __LINE__))

/** That a call fails with a status, and with a sentence [5]. */
#define FAILS(call, expected)                                                  \
    do {                                                                       \
        fake_host_forget();                                                    \
        CU_ASSERT_EQUAL(call, expected);                                       \
        CU_ASSERT(fake_host_error()[0] != '\0');                               \
    } while (0)

/* ---- objects; fatal where they cannot be had ---- */

tn_plugin_memory *new_memory(uint64_t bytes);
tn_plugin_stream *new_stream(void);
tn_plugin_event *new_event(bool timed);
tn_plugin_module *new_module(void);
tn_plugin_kernel *kernel_of(tn_plugin_module *module, const char *name);

/** count numbers of u32, all the same. */
void fill_u32(tn_plugin_stream *stream, tn_plugin_memory *memory,
              uint32_t value, uint64_t count);
/** Copies numbers back, which waits for the stream. */
void fetch_u32(tn_plugin_stream *stream, tn_plugin_memory *memory,
               uint32_t *numbers, uint64_t count);

/* ---- a gate holds a stream back until it is opened ---- */

typedef struct gate {
    int open;   /* atomic */
    int passed; /* atomic */
} gate;

void gate_close(gate *gate, tn_plugin_stream *stream);
void gate_open(gate *gate);

/* ---- launches ---- */

enum {
    SLOTS_MAX = 96
};

typedef struct launching {
    tn_plugin_launch launch;
    tn_plugin_slot slots[SLOTS_MAX];
} launching;

void launching_init(launching *l, uint32_t groups, uint32_t items);
void launching_init_3d(launching *l, const uint32_t groups[3],
                       const uint32_t items[3]);
void launching_buffer(launching *l, tn_plugin_memory *memory, uint64_t offset);
void launching_local(launching *l, uint64_t bytes);
void launching_struct(launching *l, const void *value, uint32_t bytes);
void launching_value(launching *l, tn_type type, const void *value);
void launching_u32(launching *l, uint32_t value);
tn_status launching_go(const launching *l, tn_plugin_stream *stream,
                       tn_plugin_kernel *kernel);

/** Appends a value to a list in the stream's order. */
tn_status append(tn_plugin_stream *stream, tn_plugin_kernel *kernel,
                 tn_plugin_memory *list, uint32_t value);

/* ---- the tests, by object ---- */

void add_instance_tests(CU_pSuite tests);
void add_device_tests(CU_pSuite tests);
void add_memory_tests(CU_pSuite tests);
void add_copy_tests(CU_pSuite tests);
void add_stream_tests(CU_pSuite tests);
void add_event_tests(CU_pSuite tests);
void add_module_tests(CU_pSuite tests);
void add_launch_tests(CU_pSuite tests);
void add_lifetime_tests(CU_pSuite tests);
void add_graph_tests(CU_pSuite tests);
void add_thread_tests(CU_pSuite tests);
void add_devices_tests(CU_pSuite tests);

#endif
