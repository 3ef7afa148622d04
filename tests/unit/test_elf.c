/* SPDX-License-Identifier: MIT */
/*
 * Reads images that are put together here, and this very program. Each is
 * copied to the end of a block of its own size, so that a sanitizer sees each
 * byte that is read beyond it.
 */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/Basic.h>

#include <tenon/note.h>

#include "common/elf.h"

TN_ELF_NOTE(note_of_this_test, TN_NOTE_SECTION, TN_NOTE_OWNER, TN_NOTE_PLUGIN,
            "name=test\nkey=value\n");

static tn_sentence why;

/* ---- an image ---- */

enum {
    SEGMENTS = 3
};

typedef struct note_of_image {
    Elf64_Nhdr header;
    char owner[8];
    char text[32];
} note_of_image;

/* Code, notes, and segments that say where they are. */
typedef struct image {
    Elf64_Ehdr header;
    Elf64_Phdr segments[SEGMENTS];
    note_of_image notes[2];
    char code[64];
} image;

static void make(image *i)
{
    static const char text[32] = "abi=1\nname=add\nno equals sign\n";

    memset(i, 0, sizeof *i);
    memcpy(i->header.e_ident, ELFMAG, SELFMAG);
    i->header.e_ident[EI_CLASS] = ELFCLASS64;
    i->header.e_ident[EI_DATA] = ELFDATA2LSB;
    i->header.e_ident[EI_VERSION] = EV_CURRENT;
    i->header.e_version = EV_CURRENT;
    i->header.e_type = ET_DYN;
#if defined(__aarch64__)
    i->header.e_machine = EM_AARCH64;
#else
    i->header.e_machine = EM_X86_64;
#endif
    i->header.e_phoff = offsetof(image, segments);
    i->header.e_phentsize = sizeof(Elf64_Phdr);
    i->header.e_phnum = SEGMENTS;
    i->segments[0] = (Elf64_Phdr){.p_type = PT_LOAD,
                                  .p_filesz = sizeof *i,
                                  .p_memsz = sizeof *i,
                                  .p_align = 4096};
    i->segments[1] = (Elf64_Phdr){.p_type = PT_NOTE,
                                  .p_offset = offsetof(image, notes),
                                  .p_filesz = sizeof i->notes,
                                  .p_memsz = sizeof i->notes,
                                  .p_align = 4};
    for (int k = 0; k < 2; ++k) {
        i->notes[k].header = (Elf64_Nhdr){
            .n_namesz = 6, .n_descsz = sizeof text, .n_type = TN_NOTE_KERNEL};
        memcpy(i->notes[k].owner, "Tenon", 6);
        memcpy(i->notes[k].text, text, sizeof text);
    }
}

static tn_status count(const tn_elf_note *note, void *data)
{
    CU_ASSERT(note->bytes <= 1 << 20);
    *(int *)data += note->bytes > 0 ? note->text[note->bytes - 1] != 1 : 1;
    return TN_OK;
}

static tn_status read_copy(const void *bytes, size_t size, int *notes)
{
    char *copy = malloc(size > 0 ? size : 1);

    CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
    memcpy(copy, bytes, size);
    why.text[0] = '\0';
    *notes = 0;
    tn_status status = tn_elf_read(copy, size, count, notes, &why);

    free(copy);
    return status;
}

static void refuse(const image *i, const char *word)
{
    int notes;

    CU_ASSERT_EQUAL(read_copy(i, sizeof *i, &notes), TN_ERROR_FORMAT);
    if (strstr(why.text, word) == NULL) {
        fprintf(stderr, "\n%s\nlacks: %s\n", why.text, word);
        CU_FAIL("the sentence lacks a word");
    }
}

/* ---- tests ---- */

static void whole(void)
{
    image i;
    int notes;

    make(&i);
    CU_ASSERT_EQUAL(read_copy(&i, sizeof i, &notes), TN_OK);
    CU_ASSERT_EQUAL(notes, 2);
    CU_ASSERT_EQUAL(tn_elf_read(&i, sizeof i, NULL, NULL, &why), TN_OK);
}

static void truncated(void)
{
    image i;
    int notes;

    make(&i);
    for (size_t size = 0; size < sizeof i; ++size) {
        CU_ASSERT_EQUAL(read_copy(&i, size, &notes), TN_ERROR_FORMAT);
        CU_ASSERT(why.text[0] != '\0');
    }
}

static void no_elf(void)
{
    static const char text[] = "#!/bin/sh\nexit 0\n";
    int notes;

    CU_ASSERT_EQUAL(read_copy(text, sizeof text, &notes), TN_ERROR_FORMAT);
    CU_ASSERT(tn_elf_is("\177ELF", 4));
    CU_ASSERT(!tn_elf_is("\177ELF", 3));
    CU_ASSERT(!tn_elf_is("\177elf", 4));
}

static void foreign(void)
{
    image i;

    make(&i);
    i.header.e_machine = EM_RISCV;
    refuse(&i, "another processor");
    make(&i);
    i.header.e_ident[EI_CLASS] = ELFCLASS32;
    refuse(&i, "word size");
    make(&i);
    i.header.e_ident[EI_DATA] = ELFDATA2MSB;
    refuse(&i, "byte order");
    make(&i);
    i.header.e_ident[EI_VERSION] = 2;
    refuse(&i, "version");
    make(&i);
    i.header.e_type = ET_REL;
    refuse(&i, "-shared");
    make(&i);
    i.header.e_type = ET_EXEC;
    refuse(&i, "-shared");
}

static void headers_elsewhere(void)
{
    static const uint64_t offsets[] = {sizeof(image) - 8, sizeof(image),
                                       UINT64_MAX, UINT64_MAX - 100,
                                       (uint64_t)1 << 63};
    image i;

    for (size_t k = 0; k < sizeof offsets / sizeof offsets[0]; ++k) {
        make(&i);
        i.header.e_phoff = offsets[k];
        refuse(&i, "program headers");
    }
    for (size_t k = 0; k < sizeof offsets / sizeof offsets[0]; ++k) {
        make(&i);
        i.header.e_shoff = offsets[k];
        i.header.e_shentsize = sizeof(Elf64_Shdr);
        i.header.e_shnum = 1;
        refuse(&i, "section headers");
    }
    make(&i);
    i.header.e_phnum = 0;
    refuse(&i, "program headers");
    make(&i);
    i.header.e_phnum = PN_XNUM;
    refuse(&i, "program headers");
    make(&i);
    i.header.e_phentsize = 32;
    refuse(&i, "program headers");
}

static void segments_elsewhere(void)
{
    static const uint64_t offsets[] = {1, sizeof(image), UINT64_MAX,
                                       UINT64_MAX - sizeof(image) + 1};
    image i;

    for (size_t k = 0; k < sizeof offsets / sizeof offsets[0]; ++k) {
        make(&i);
        i.segments[0].p_offset = offsets[k];
        refuse(&i, "segment lies outside");
    }
    make(&i);
    i.segments[1].p_filesz = UINT64_MAX - 10;
    refuse(&i, "segment lies outside");
    make(&i);
    i.segments[0].p_memsz = 1;
    refuse(&i, "larger in the file");
}

static void notes_that_reach_out(void)
{
    static const uint32_t sizes[] = {33, 100, 0x7fffffff, UINT32_MAX,
                                     UINT32_MAX - 3};
    image i;

    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; ++k) {
        make(&i);
        i.notes[1].header.n_descsz = sizes[k];
        refuse(&i, "note reaches");
        make(&i);
        i.notes[1].header.n_namesz = sizes[k] + 10;
        if (sizes[k] < UINT32_MAX - 10) {
            refuse(&i, "note reaches");
        }
    }
}

static void other_owners(void)
{
    image i;
    int notes;

    make(&i);
    memcpy(i.notes[0].owner, "Xenon", 6);
    CU_ASSERT_EQUAL(read_copy(&i, sizeof i, &notes), TN_OK);
    CU_ASSERT_EQUAL(notes, 1);
    memcpy(i.notes[1].owner, "Tenono", 6); /* no NUL */
    CU_ASSERT_EQUAL(read_copy(&i, sizeof i, &notes), TN_OK);
    CU_ASSERT_EQUAL(notes, 0);
}

static tn_status say_no(const tn_elf_note *note, void *data)
{
    CU_ASSERT_EQUAL(note->type, TN_NOTE_KERNEL);
    ++*(int *)data;
    return TN_ERROR_BUNDLE;
}

static void visitor_ends_it(void)
{
    image i;
    int calls = 0;

    make(&i);
    CU_ASSERT_EQUAL(tn_elf_read(&i, sizeof i, say_no, &calls, &why),
                    TN_ERROR_BUNDLE);
    CU_ASSERT_EQUAL(calls, 1);
}

/* Every bit of the headers and notes, each alone. */
static void flipped_bits(void)
{
    image i;
    int notes;
    unsigned good = 0;

    for (size_t bit = 0; bit < 8 * offsetof(image, code); ++bit) {
        make(&i);
        ((unsigned char *)&i)[bit / 8] ^= (unsigned char)(1 << bit % 8);
        tn_status status = read_copy(&i, sizeof i, &notes);

        CU_ASSERT(status == TN_OK || status == TN_ERROR_FORMAT);
        CU_ASSERT((status == TN_OK) == (why.text[0] == '\0'));
        good += status == TN_OK;
    }
    CU_ASSERT(good > 0); /* texts and addresses may be anything */
}

static void lines(void)
{
    static const char text[] = "a=1\nno equals\n\n=x\nb=\nc=d=e";
    static const char *const expected[] = {"a", "1", "",  "x",
                                           "b", "",  "c", "d=e"};
    tn_elf_note note = {TN_NOTE_KERNEL, text, sizeof text - 1};
    const char *key;
    const char *value;
    size_t key_bytes;
    size_t value_bytes;
    size_t found = 0;

    while (tn_elf_note_line(&note, &key, &key_bytes, &value, &value_bytes)) {
        CU_ASSERT_FATAL(found < 8);
        CU_ASSERT_EQUAL(key_bytes, strlen(expected[found]));
        CU_ASSERT_EQUAL(memcmp(key, expected[found], key_bytes), 0);
        CU_ASSERT_EQUAL(value_bytes, strlen(expected[found + 1]));
        CU_ASSERT_EQUAL(memcmp(value, expected[found + 1], value_bytes), 0);
        found += 2;
    }
    CU_ASSERT_EQUAL(found, 8);
}

/* What the compiler and the linker really make; PIE is ET_DYN. */
static tn_status find_own(const tn_elf_note *note, void *data)
{
    if (note->type == TN_NOTE_PLUGIN) {
        CU_ASSERT_EQUAL(note->bytes, strlen("name=test\nkey=value\n"));
        CU_ASSERT_EQUAL(memcmp(note->text, "name=test\n", 10), 0);
        ++*(int *)data;
    }
    return TN_OK;
}

static void own_file(void)
{
    FILE *file = fopen("/proc/self/exe", "rb");
    char *bytes = malloc(64 << 20);
    int found = 0;

    CU_ASSERT_FATAL(file != NULL && bytes != NULL);
    size_t size = fread(bytes, 1, 64 << 20, file);

    fclose(file);
    tn_status status = tn_elf_read(bytes, size, find_own, &found, &why);

    if (status == TN_ERROR_FORMAT && strstr(why.text, "-shared") != NULL) {
        found = 1; /* linked with -no-pie */
    } else {
        CU_ASSERT_EQUAL(status, TN_OK);
    }
    CU_ASSERT_EQUAL(found, 1);
    free(bytes);
}

int main(void)
{
    CU_initialize_registry();
    CU_pSuite suite = CU_add_suite("elf", NULL, NULL);

    CU_add_test(suite, "a whole image shows its notes", whole);
    CU_add_test(suite, "an image that ends early is refused, wherever",
                truncated);
    CU_add_test(suite, "other files are refused", no_elf);
    CU_add_test(suite, "images for other machines are refused", foreign);
    CU_add_test(suite, "program headers outside the file are refused",
                headers_elsewhere);
    CU_add_test(suite, "segments outside the file are refused",
                segments_elsewhere);
    CU_add_test(suite, "notes that reach out of their segment are refused",
                notes_that_reach_out);
    CU_add_test(suite, "notes of other owners are not shown", other_owners);
    CU_add_test(suite, "the visitor's answer ends the reading",
                visitor_ends_it);
    CU_add_test(suite, "any flipped bit is read or refused", flipped_bits);
    CU_add_test(suite, "lines are split at their first equals sign", lines);
    CU_add_test(suite, "what the compiler made is read", own_file);
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();

    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
