/* SPDX-License-Identifier: MIT */
/*
 * What is read of a shared object before it is opened: the check of the ELF
 * file, its notes, their lines, and the parameters of kernels. What is no ELF
 * file is taken for the text of a note.
 */
#include <ctype.h>
#include <string.h>

#include <tenon/note.h>

#include "common/elf.h"
#include "common/signature.h"
#include "tests/fuzz/fuzz.h"

static void check_sentence(const tn_sentence *why)
{
    size_t length = strnlen(why->text, sizeof why->text);

    HOLDS(length > 0 && length < sizeof why->text);
    for (size_t i = 0; i < length; ++i) {
        HOLDS(iscntrl((unsigned char)why->text[i]) == 0);
    }
}

static void read_parameter(const char *text, size_t bytes)
{
    tn_parameter parameter = {.size = 0};
    tn_sentence why = {""};

    if (tn_signature_parse(text, bytes, &parameter, &why) != TN_OK) {
        HOLDS(parameter.size == 0);
        check_sentence(&why);
        return;
    }
    HOLDS(parameter.size == sizeof parameter);
    HOLDS(parameter.type != TN_TYPE_NONE);
    HOLDS(memchr(parameter.name, '\0', sizeof parameter.name) != NULL);
    HOLDS(parameter.name[0] != '\0');
}

static tn_status read_note(const tn_elf_note *note, void *data)
{
    const char *end = note->text + note->bytes;
    tn_elf_note rest = *note;
    const char *key;
    const char *value;
    size_t key_bytes;
    size_t bytes;
    const char *before = note->text;

    (void)data;
    while (tn_elf_note_line(&rest, &key, &key_bytes, &value, &bytes)) {
        HOLDS(key >= before && key + key_bytes + 1 == value);
        HOLDS(value + bytes <= end);
        HOLDS(memchr(key, '\n', key_bytes + 1 + bytes) == NULL);
        before = value + bytes;
        read_parameter(value, bytes);
    }
    HOLDS(rest.bytes == 0 && rest.text == end);
    return TN_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tn_sentence why = {""};

    if (!tn_elf_is(data, size)) {
        tn_elf_note note = {TN_NOTE_KERNEL, (const char *)data, size};

        return (int)read_note(&note, NULL);
    }
    if (tn_elf_read(data, size, read_note, NULL, &why) != TN_OK) {
        check_sentence(&why);
        /* a file that is refused is so whoever asks, except for its notes */
        return 0;
    }
    HOLDS(tn_elf_read(data, size, NULL, NULL, &why) == TN_OK);
    return 0;
}
