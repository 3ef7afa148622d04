/* SPDX-License-Identifier: MIT */
#include "common/elf.h"

#include <elf.h>
#include <string.h>

#include <tenon/note.h>

#include "common/size.h"

#if UINTPTR_MAX == UINT64_MAX
typedef Elf64_Ehdr elf_header;
typedef Elf64_Phdr elf_segment;
enum {
    OWN_CLASS = ELFCLASS64
};
#else
typedef Elf32_Ehdr elf_header;
typedef Elf32_Phdr elf_segment;
enum {
    OWN_CLASS = ELFCLASS32
};
#endif
typedef Elf64_Nhdr elf_note_header; /* Elf32_Nhdr is the same */

enum {
    OWN_ORDER =
        __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB,
#if defined(__x86_64__)
    OWN_MACHINE = EM_X86_64
#elif defined(__aarch64__)
    OWN_MACHINE = EM_AARCH64
#elif defined(__riscv)
    OWN_MACHINE = EM_RISCV
#elif defined(__powerpc64__)
    OWN_MACHINE = EM_PPC64
#elif defined(__i386__)
    OWN_MACHINE = EM_386
#elif defined(__arm__)
    OWN_MACHINE = EM_ARM
#elif defined(__s390x__)
    OWN_MACHINE = EM_S390
#elif defined(__loongarch__)
    OWN_MACHINE = 258
#else
#error "which ELF machine is this? add it here"
#endif
};

static tn_status wrong(tn_sentence *why, const char *text)
{
    tn_sentence_set(why, "%s", text);
    return TN_ERROR_FORMAT;
}

bool tn_elf_is(const void *image, size_t size)
{
    return size >= SELFMAG && memcmp(image, ELFMAG, SELFMAG) == 0;
}

static tn_status check_header(const elf_header *header, size_t size,
                              tn_sentence *why)
{
    if (header->e_ident[EI_CLASS] != OWN_CLASS) {
        return wrong(why, "the file is for another word size (ELF class)");
    }
    if (header->e_ident[EI_DATA] != OWN_ORDER) {
        return wrong(why, "the file is for another byte order");
    }
    if (header->e_machine != OWN_MACHINE) {
        tn_sentence_set(why,
                        "the file is for another processor "
                        "(ELF machine %u, this one is %u)",
                        (unsigned)header->e_machine, (unsigned)OWN_MACHINE);
        return TN_ERROR_FORMAT;
    }
    if (header->e_ident[EI_VERSION] != EV_CURRENT ||
        header->e_version != EV_CURRENT) {
        return wrong(why, "the file is of an unknown ELF version");
    }
    if (header->e_type != ET_DYN) {
        return wrong(why, "the file is no shared object (build with -shared)");
    }
    if (header->e_phnum == 0 || header->e_phnum == PN_XNUM ||
        header->e_phentsize != sizeof(elf_segment) ||
        !tn_range_within(header->e_phoff,
                         (uint64_t)header->e_phnum * sizeof(elf_segment),
                         size)) {
        return wrong(why, "the program headers lie outside the file; "
                          "is it truncated?");
    }
    /* nobody needs them to run it, but they stand at the end of the file */
    if (!tn_range_within(header->e_shoff,
                         (uint64_t)header->e_shnum * header->e_shentsize,
                         size)) {
        return wrong(why, "the section headers lie outside the file; "
                          "is it truncated?");
    }
    return TN_OK;
}

static size_t padded(uint32_t bytes)
{
    return ((size_t)bytes + 3) & ~(size_t)3;
}

/* The notes of one PT_NOTE segment; its bytes lie within the image. */
static tn_status read_notes(const unsigned char *bytes, size_t size,
                            tn_elf_note_visitor visit, void *data,
                            tn_sentence *why)
{
    while (size >= sizeof(elf_note_header)) {
        elf_note_header header;

        memcpy(&header, bytes, sizeof header);
        bytes += sizeof header;
        size -= sizeof header;
        size_t name_bytes = padded(header.n_namesz);
        size_t text_bytes = padded(header.n_descsz);

        if (name_bytes > size || text_bytes > size - name_bytes) {
            return wrong(why, "a note reaches beyond its segment");
        }
        if (header.n_namesz == sizeof TN_NOTE_OWNER &&
            memcmp(bytes, TN_NOTE_OWNER, sizeof TN_NOTE_OWNER) == 0) {
            const char *text = (const char *)bytes + name_bytes;
            tn_elf_note note = {header.n_type, text,
                                strnlen(text, header.n_descsz)};
            tn_status status = visit(&note, data);

            if (status != TN_OK) {
                return status;
            }
        }
        bytes += name_bytes + text_bytes;
        size -= name_bytes + text_bytes;
    }
    return TN_OK;
}

tn_status tn_elf_read(const void *image, size_t size, tn_elf_note_visitor visit,
                      void *data, tn_sentence *why)
{
    const unsigned char *bytes = image;
    elf_header header;

    if (!tn_elf_is(image, size)) {
        return wrong(why, "the file is no shared object (no ELF header)");
    }
    if (size < sizeof header) {
        return wrong(why, "the file ends within its ELF header");
    }
    memcpy(&header, bytes, sizeof header);
    tn_status status = check_header(&header, size, why);

    for (unsigned i = 0; status == TN_OK && i < header.e_phnum; ++i) {
        elf_segment segment;

        memcpy(&segment, bytes + header.e_phoff + i * sizeof segment,
               sizeof segment);
        if (segment.p_type == PT_LOAD && segment.p_filesz > segment.p_memsz) {
            return wrong(why, "a segment is larger in the file than in memory");
        }
        if (segment.p_type == PT_NULL || segment.p_filesz == 0) {
            continue;
        }
        if (!tn_range_within(segment.p_offset, segment.p_filesz, size)) {
            return wrong(why, "a segment lies outside the file; "
                              "is it truncated?");
        }
        /*
         * Other owners' notes may be padded to 8 bytes, in segments of their
         * own.
         */
        if (segment.p_type == PT_NOTE && segment.p_align <= 4 &&
            visit != NULL) {
            status = read_notes(bytes + segment.p_offset,
                                (size_t)segment.p_filesz, visit, data, why);
        }
    }
    return status;
}

bool tn_elf_note_line(tn_elf_note *note, const char **key, size_t *key_bytes,
                      const char **value, size_t *value_bytes)
{
    while (note->bytes > 0) {
        const char *line = note->text;
        const char *newline = memchr(line, '\n', note->bytes);
        size_t bytes = newline != NULL ? (size_t)(newline - line) : note->bytes;
        size_t used = newline != NULL ? bytes + 1 : bytes;
        const char *equals = memchr(line, '=', bytes);

        note->text += used;
        note->bytes -= used;
        if (equals != NULL) {
            *key = line;
            *key_bytes = (size_t)(equals - line);
            *value = equals + 1;
            *value_bytes = bytes - *key_bytes - 1;
            return true;
        }
    }
    return false;
}
