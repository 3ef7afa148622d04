/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What a call of Tenon answers.
 *
 * One list, TN_STATUS_LIST, holds every code with its meaning; the constants,
 * tn_status_name() and tn_status_text() are made of it. Codes cross the plugin
 * ABI as uint32_t and are never renumbered; an unknown code from a newer plugin
 * is an error like any other.
 */
#ifndef TENON_STATUS_H
#define TENON_STATUS_H

#include <stdint.h>

/** The answer of a call: TN_OK, or why not. */
typedef uint32_t tn_status;

/* X(name, number, meaning) */
#define TN_STATUS_LIST(X)                                                      \
    X(TN_OK, 0, "success")                                                     \
    /* answers of a query; not failures */                                     \
    X(TN_NOT_READY, 1, "not finished yet")                                     \
    X(TN_TIMEOUT, 2, "the time limit passed first")                            \
    /* the caller's mistakes */                                                \
    X(TN_ERROR_INVALID, 16, "invalid argument")                                \
    X(TN_ERROR_RANGE, 17, "outside the buffer or the limits")                  \
    X(TN_ERROR_SIGNATURE, 18, "arguments do not fit the kernel")               \
    X(TN_ERROR_NOT_FOUND, 19, "no such kernel, bundle, file or device")        \
    X(TN_ERROR_UNSUPPORTED, 20, "this backend cannot do that")                 \
    /* what was read is wrong */                                               \
    X(TN_ERROR_CONFIG, 32, "wrong configuration")                              \
    X(TN_ERROR_PLUGIN, 33, "plugin rejected")                                  \
    X(TN_ERROR_BUNDLE, 34, "wrong bundle")                                     \
    X(TN_ERROR_FORMAT, 35, "code in a format that this device cannot take")    \
    X(TN_ERROR_BUILD, 36, "the device's compiler refused the code")            \
    X(TN_ERROR_IO, 37, "reading or writing a file failed")                     \
    X(TN_ERROR_DENIED, 38, "no permission")                                    \
    /* the machine's state */                                                  \
    X(TN_ERROR_UNAVAILABLE, 48, "no driver or no device of this kind here")    \
    X(TN_ERROR_NO_MEMORY, 49, "out of memory")                                 \
    X(TN_ERROR_DEVICE, 50, "queued work failed on the device")                 \
    X(TN_ERROR_DEVICE_LOST, 51, "the device is lost")                          \
    X(TN_ERROR_FORKED, 52, "this process is a fork of the one that opened it") \
    X(TN_ERROR_INTERNAL, 53, "a defect in Tenon or in a plugin")

enum {
#define TN_STATUS_CONSTANT(name, number, meaning) name = number,
    TN_STATUS_LIST(TN_STATUS_CONSTANT)
#undef TN_STATUS_CONSTANT
};

#endif
