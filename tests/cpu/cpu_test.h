/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Tests of what the cpu backend alone promises, beside the conformance suite,
 * whose helpers they use.
 */
#ifndef TENON_TESTS_CPU_TEST_H
#define TENON_TESTS_CPU_TEST_H

#include "tests/conformance/conformance.h"

/** Files with kernels: those of the conformance suite, our own, and AVX-512. */
extern const char *common_kernels_path;
extern const char *own_kernels_path;
extern const char *wide_kernels_path;

/** A runtime's worth of the plugin, with a host and settings of its own. */
typedef struct opened {
    fake_host host;
    tn_plugin_instance *instance;
    tn_plugin_device *device;
    tn_plugin_stream *stream;
} opened;

/** Opens with `threads = value` (NULL: not set). */
void open_with(opened *o, const char *threads);
void open_with_key(opened *o, const char *key, const char *value);
void close_opened(opened *o);

tn_plugin_stream *stream_of(opened *o);
tn_plugin_memory *memory_of(opened *o, uint64_t bytes);
tn_plugin_module *module_of(opened *o, const char *path);
tn_plugin_module *module_of_image(opened *o, const void *image, size_t bytes,
                                  const char *path);

/**
 * Launches `linger`: groups that take some microseconds each and are counted in
 * memory.
 */
tn_status linger(opened *o, tn_plugin_module *module, tn_plugin_stream *stream,
                 tn_plugin_memory *memory, uint32_t groups,
                 uint32_t microseconds);

/** Launches `count`: groups that take no time and are counted in memory. */
tn_status count_groups(tn_plugin_kernel *count, tn_plugin_stream *stream,
                       tn_plugin_memory *memory, uint32_t groups);

/**
 * Runs a function in a child, which ends after a minute at the latest, and
 * gives its exit status; -1 for a signal.
 */
int in_child(int (*function)(void));

/** Whether a thread, by its number as text, is one of a pool. */
bool is_of_pool(const char *thread);

/** Entries of a folder: open files of this process. */
unsigned count_entries(const char *folder);

/** Threads of this process, without those that only have to be taken away. */
unsigned count_threads(void);

/** A thread that was joined may be listed for a moment more. */
bool no_more_threads_than(unsigned count);

void add_config_tests(CU_pSuite tests);
void add_places_tests(CU_pSuite tests);
void add_note_tests(CU_pSuite tests);
void add_load_tests(CU_pSuite tests);
void add_buffer_tests(CU_pSuite tests);
void add_object_tests(CU_pSuite tests);
void add_pool_tests(CU_pSuite tests);
void add_short_tests(CU_pSuite tests);
void add_failure_tests(CU_pSuite tests);
void add_graph_run_tests(CU_pSuite tests);
void add_stress_tests(CU_pSuite tests);
void add_disturbance_tests(CU_pSuite tests);

#endif
