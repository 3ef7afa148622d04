/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The ELF note of Tenon: what a shared object tells without being run.
 *
 * Plugins and native kernels carry notes of the owner "Tenon" in the section
 * .note.tenon. The text of a note is lines of `key=value`; a reader skips keys
 * that it does not know. `readelf -p .note.tenon FILE` shows them.
 */
#ifndef TENON_NOTE_H
#define TENON_NOTE_H

#include <stdint.h>

#define TN_NOTE_OWNER "Tenon"
#define TN_NOTE_SECTION ".note.tenon"

/** A backend: name, abi, formats, keys, libraries. */
#define TN_NOTE_PLUGIN 1u
/** One kernel for the CPU: abi, name, items, arg ... */
#define TN_NOTE_KERNEL 2u

#define TN_NOTE_TEXT_(x) #x
#define TN_NOTE_TEXT(x) TN_NOTE_TEXT_(x)

/* clang's AddressSanitizer would put zones around it that no reader expects. */
#if defined(__clang__)
#define TN_NOTE_PLAIN __attribute__((no_sanitize("address")))
#else
#define TN_NOTE_PLAIN
#endif

/*
 * Elf64_Nhdr and Elf32_Nhdr have the same layout; name and text are padded to 4
 * bytes.
 */
#define TN_ELF_NOTE(variable, note_section, owner, number, text)               \
    static const struct {                                                      \
        uint32_t owner_bytes;                                                  \
        uint32_t text_bytes;                                                   \
        uint32_t type;                                                         \
        char owner_padded[(sizeof(owner) + 3) / 4 * 4];                        \
        char text_padded[(sizeof(text) + 3) / 4 * 4];                          \
    } variable __attribute__((section(note_section), aligned(4), used))        \
    TN_NOTE_PLAIN = {sizeof(owner), sizeof(text), number, owner, text}

#endif
