/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Tests of what the opencl backend alone promises, beside the conformance
 * suite, whose helpers they use. They run on PoCL, most of them behind the
 * driver of tests/fakes/opencl_driver.h.
 */
#ifndef TENON_TESTS_OPENCL_TEST_H
#define TENON_TESTS_OPENCL_TEST_H

#include "tests/conformance/conformance.h"
#include "tests/fakes/opencl_driver.h"

/** Files that the program was told of. */
extern const char *driver_path;
extern const char *old_driver_path;
extern const char *conformance_path;
extern const char *elsewhere_path;

/** A runtime's worth of the plugin, with a host of its own. */
typedef struct opened {
    fake_host host;
    tn_plugin_instance *instance;
    tn_plugin_device *device;
    tn_device_info info;
    tn_plugin_stream *stream;
} opened;

/** Sets the driver's script; "" for none. */
void script(const char *text);

/** Opens all of it behind the scripted driver. */
void open_all(opened *o);
/** Closes it; nothing of it is left. */
void close_all(opened *o);

/** The log since the last call of forget_log(). */
const char *log_text(void);
void forget_log(void);
/** The last compiler's log. */
const char *build_log(void);

/** Tries to start the backend. */
tn_status start(opened *o);

tn_plugin_memory *memory_of(opened *o, uint64_t bytes);
tn_status load_text(opened *o, const char *text, const char *options,
                    tn_plugin_module **module);
tn_plugin_module *load_file(opened *o, const char *path, const char *options);

/** That the last sentence has some words. */
#define SAYS(words) says(words, __FILE__, __LINE__)
void says(const char *words, const char *file, int line);

/** That a call fails with a status and a sentence that has some words. */
#define FAILS_SAYING(call, status, words)                                      \
    do {                                                                       \
        fake_host_forget();                                                    \
        CU_ASSERT_EQUAL(call, status);                                         \
        SAYS(words);                                                           \
    } while (0)

void add_driver_tests(CU_pSuite tests);
void add_kernel_tests(CU_pSuite tests);
void add_program_tests(CU_pSuite tests);
void add_cache_tests(CU_pSuite tests);
void add_graph_tests_of_opencl(CU_pSuite tests);

#endif
