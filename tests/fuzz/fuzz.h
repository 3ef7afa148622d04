/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What the fuzz targets share. A target is LLVMFuzzerTestOneInput() alone:
 * scripts/fuzz links it with libFuzzer, `make check` with replay.c, which runs
 * the files of its corpus once.
 */
#ifndef TENON_TESTS_FUZZ_H
#define TENON_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tenon/status.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Ends the process when a condition does not hold, so that it is a finding. */
#define HOLDS(condition)                                                       \
    do {                                                                       \
        if (!(condition)) {                                                    \
            fuzz_broken(#condition, __FILE__, __LINE__);                       \
        }                                                                      \
    } while (0)
_Noreturn void fuzz_broken(const char *condition, const char *file,
                           unsigned line);

/**
 * That a failed call left a sentence of one line, and a log, if any: lines that
 * begin with a file of the folder or, where `others` is not NULL, with one of
 * these words.
 */
void fuzz_check_failure(const char *const *others);

/** A path of this process's own folder, which is made by the first call. */
const char *fuzz_path(const char *name);

/**
 * Writes a file of the folder, with the folders that lead to it. @param bytes
 * NULL: there is none
 */
void fuzz_write(const char *name, const void *bytes, size_t size);

/**
 * An input that holds several files. A line "@X" begins the part X; what stands
 * before the first such line is part '@'.
 */
typedef struct fuzz_parts {
    const uint8_t *next;
    size_t left;
    char name; /* of what follows */
} fuzz_parts;

/** The next part, or false at the end. Its bytes are borrowed. */
bool fuzz_next_part(fuzz_parts *parts, char *name, const uint8_t **bytes,
                    size_t *size);

#endif
