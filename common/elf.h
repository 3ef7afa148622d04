/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Reads what a shared object tells of itself, before anybody runs it.
 */
#ifndef TENON_COMMON_ELF_H
#define TENON_COMMON_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tenon/status.h>

#include "common/sentence.h"

/**
 * A note of the owner "Tenon": text without its NUL, borrowed from the image.
 */
typedef struct tn_elf_note {
    uint32_t type; /**< TN_NOTE_PLUGIN, TN_NOTE_KERNEL */
    const char *text;
    size_t bytes;
} tn_elf_note;

/**
 * Told of each note in turn; anything but TN_OK ends the reading with that
 * status.
 */
typedef tn_status (*tn_elf_note_visitor)(const tn_elf_note *note, void *data);

/** Whether the bytes begin like an ELF file. */
bool tn_elf_is(const void *image, size_t size);

/**
 * Checks that an image is a whole shared object for this machine (class, byte
 * order, machine, type, program headers and segments within the file) and shows
 * its Tenon notes to a visitor.
 *
 * @param visit  may be NULL
 * @param why    what is wrong, when the answer is TN_ERROR_FORMAT
 *
 * @return TN_OK; TN_ERROR_FORMAT; what the visitor answered
 */
tn_status tn_elf_read(const void *image, size_t size, tn_elf_note_visitor visit,
                      void *data, tn_sentence *why);

/**
 * The next `key=value` line of a note's text.
 *
 * @param note   text and bytes move behind the line
 * @param key    borrowed, key_bytes long
 * @param value  borrowed, value_bytes long
 *
 * @return false at the end; lines without '=' are skipped
 */
bool tn_elf_note_line(tn_elf_note *note, const char **key, size_t *key_bytes,
                      const char **value, size_t *value_bytes);

#endif
