/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A bundle.ini or one of its drop-ins, while it is read into a bundle.
 */
#ifndef TENON_RUNTIME_BUNDLE_READING_H
#define TENON_RUNTIME_BUNDLE_READING_H

#include <stdbool.h>

#include "runtime/bundle.h"
#include "runtime/problems.h"

/** The format of bundle.ini that this release reads. */
#define TN_BUNDLE_FORMAT "1"

typedef struct tn_bundle_reading {
    tn_bundle *bundle;
    const char *path; /**< of the file being read */
    uint32_t part;    /**< its number, 0 for bundle.ini */
    /* the section being read: one of these, or none */
    bool in_bundle;
    tn_bundle_kernel *kernel;
    tn_bundle_variant *variant;
    char *format;
    tn_problems problems;
} tn_bundle_reading;

/** Adds a problem of a line of that file. */
void tn_bundle_problem(tn_bundle_reading *at, unsigned line, const char *format,
                       ...) __attribute__((format(printf, 3, 4)));

/**
 * Reads the text of that file. What is wrong with a line is among the problems;
 * what the whole lacks is for the caller to see.
 */
void tn_bundle_read_sections(tn_bundle_reading *at, const char *text,
                             size_t size);

#endif
