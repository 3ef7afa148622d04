/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Bundles: a folder that holds one module in several formats, described by
 * bundle.ini and the drop-ins of bundle.d.
 */
#ifndef TENON_RUNTIME_BUNDLE_H
#define TENON_RUNTIME_BUNDLE_H

#include <tenon/plugin.h>
#include <tenon/tenon.h>

/** What bundle.ini tells of a kernel. */
typedef struct tn_bundle_kernel {
    char *name;
    char *origin;        /* file and line of its section's first key */
    const char *file;    /* that file alone, borrowed from the reading */
    uint32_t part;       /* which one: 0 is bundle.ini, the others drop-ins */
    uint32_t items[3];   /* the only group size it takes; 0: any */
    uint32_t elements;   /* of an item, in variants of that file; 0: not told */
    uint32_t dimensions; /* that its grid has at least; 0: not told */
    tn_parameter *parameters;
    unsigned *lines; /* of the file, for each of them */
    uint32_t parameter_count;
} tn_bundle_kernel;

/** One variant of the code. */
typedef struct tn_bundle_variant {
    char *name;
    char *origin;
    const char *file_of;
    uint32_t part;
    char *format;
    char *file;         /* inside the folder */
    char *requirements; /* "" for none */
    char *options;      /* "" for none */
} tn_bundle_variant;

struct tn_bundle {
    char *folder;
    char *name;
    tn_bundle_kernel *kernels;
    size_t kernel_count;
    tn_bundle_variant *variants;
    size_t variant_count;
};

/**
 * Reads a bundle's description.
 *
 * @return TN_OK; TN_ERROR_NOT_FOUND without bundle.ini; TN_ERROR_BUNDLE with
 *         file and line, all problems in tn_error_log(); TN_ERROR_NO_MEMORY
 */
tn_status tn_bundle_read(const char *folder, tn_bundle **bundle);
void tn_bundle_destroy(tn_bundle *bundle);

const tn_bundle_kernel *tn_bundle_find(const tn_bundle *bundle,
                                       const char *kernel);

#endif
