/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What plugins tell their host and get of it. Sentences come with a format.
 */
#ifndef TENON_COMMON_HOST_H
#define TENON_COMMON_HOST_H

#include <stdbool.h>

#include <tenon/plugin.h>

/** Tells the host why the call in progress fails. @return status */
tn_status tn_host_fail(const tn_host *host, void *host_data, tn_status status,
                       const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** tn_host_fail() for want of memory for an object. */
tn_status tn_host_fail_memory(const tn_host *host, void *host_data,
                              const char *what);

/** Zeroed memory of the host's allocator, or NULL. */
void *tn_host_allocate(const tn_host *host, void *host_data, size_t bytes);

/** A line for the application's log. */
void tn_host_log(const tn_host *host, void *host_data, tn_log_level level,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

/**
 * Tells that a key of the plugin's section has a wrong value: "app.ini:7: cache =
 * maybe WHAT".
 *
 * @return TN_ERROR_CONFIG
 */
tn_status tn_host_fail_setting(const tn_host *host, void *host_data,
                               const char *key, const char *what);

/**
 * Reads a key that is yes or no.
 *
 * @param yes  unchanged where the key is not set
 * @return TN_OK; TN_ERROR_CONFIG, told as above
 */
tn_status tn_host_read_yes(const tn_host *host, void *host_data,
                           const char *key, bool *yes);

#endif
