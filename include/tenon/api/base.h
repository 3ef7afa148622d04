/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What the other headers of the API stand on: the handles, the version, and how
 * a call says what went wrong.
 */
#ifndef TENON_API_BASE_H
#define TENON_API_BASE_H

#include <stddef.h>
#include <stdint.h>

#include "../status.h"
#include "../types.h"

#if defined(__GNUC__)
#define TN_API __attribute__((visibility("default")))
#else
#define TN_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tn_config tn_config;
typedef struct tn_runtime tn_runtime;
typedef struct tn_device tn_device;
typedef struct tn_buffer tn_buffer;
typedef struct tn_stream tn_stream;
typedef struct tn_event tn_event;
typedef struct tn_bundle tn_bundle;
typedef struct tn_module tn_module;
typedef struct tn_kernel tn_kernel;
typedef struct tn_graph tn_graph;

/** The version of the library that runs: "0.1.0". */
TN_API const char *tn_version(void);

/**
 * "TN_ERROR_NO_MEMORY"; "TN_ERROR_?" for a code that this version does not
 * know. Constant.
 */
TN_API const char *tn_status_name(tn_status status);

/** "out of memory": the code's meaning in general. Constant. */
TN_API const char *tn_status_text(tn_status status);

/**
 * The sentence of this thread's last failed call: what was tried, where it went
 * wrong and, where there is one, the fix. One line without newline; "" when no
 * call has failed. Valid until this thread's next failed call.
 */
TN_API const char *tn_error_message(void);

/**
 * The whole compiler log that belongs to it, "" where there is none. Valid as
 * the message.
 */
TN_API const char *tn_error_log(void);

#ifdef __cplusplus
}
#endif

#endif
