/* SPDX-License-Identifier: MIT */
/*
 * runtime/loader.c: plugins in which one bit is wrong. Each is opened in a
 * child. What is refused is refused with a sentence; what the check cannot see
 * may crash the loader of the system, which is counted and told.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/loader.h"
#include "tests/unit/suite.h"

#include <tenon/note.h>

enum {
    HEADER_FLIPS = 8 * (int)sizeof(Elf64_Ehdr), /* each bit of it */
    NOTE_FLIPS = 1000 - HEADER_FLIPS,
    SEGMENT_FLIPS = 500,
    HANGS = 20 /* seconds */
};

/* A plugin that works. */
static unsigned char *image;
static size_t image_bytes;

static const char *plugin_path(void)
{
    return suite_built("tests/fakes/.libs/works.so");
}

static void read_image(void)
{
    FILE *file = fopen(plugin_path(), "rb");

    CU_ASSERT_FATAL(file != NULL);
    fseek(file, 0, SEEK_END);
    image_bytes = (size_t)ftell(file);
    rewind(file);
    image = malloc(image_bytes);
    CU_ASSERT_FATAL(image != NULL);
    CU_ASSERT_EQUAL_FATAL(fread(image, 1, image_bytes, file), image_bytes);
    fclose(file);
}

/* ---- one damaged file ---- */

/* Exit codes that nothing else gives. */
typedef enum outcome {
    ACCEPTED = 90,
    REFUSED,
    WRONG, /* with another status, or without the file's name */
    CRASHED
} outcome;

static outcome open_damaged(const char *path)
{
    tn_library *library = NULL;
    tn_status status = tn_library_open(path, false, &library);

    if (status == TN_OK) {
        return library != NULL ? ACCEPTED : WRONG;
    }
    return status == TN_ERROR_PLUGIN && library == NULL &&
                   strstr(tn_error_message(), path) != NULL
               ? REFUSED
               : WRONG;
}

static outcome try_in_child(const char *path)
{
    int result = 0;

    fflush(stdout);
    pid_t child = fork();

    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY);

        dup2(nowhere, STDERR_FILENO); /* a sanitizer's report of a crash */
        alarm(HANGS);
        _exit((int)open_damaged(path));
    }
    CU_ASSERT_FATAL(child > 0 && waitpid(child, &result, 0) == child);
    if (WIFEXITED(result) && WEXITSTATUS(result) >= ACCEPTED &&
        WEXITSTATUS(result) <= WRONG) {
        return (outcome)WEXITSTATUS(result);
    }
    return CRASHED;
}

/* ---- many ---- */

typedef struct tally {
    unsigned accepted;
    unsigned refused;
    unsigned wrong;
    unsigned crashed;
} tally;

static void count(tally *all, outcome one, const char *what, size_t where)
{
    all->accepted += one == ACCEPTED;
    all->refused += one == REFUSED;
    all->wrong += one == WRONG;
    all->crashed += one == CRASHED;
    if (one == WRONG) {
        printf("\n    %s %zu: not the right answer", what, where);
    }
}

static void tell(const tally *all, const char *what)
{
    unsigned sum = all->accepted + all->refused + all->wrong + all->crashed;

    printf("\n    %s: %u of %u refused (%.1f %%), %u accepted, %u children "
           "crashed ",
           what, all->refused, sum, 100.0 * all->refused / sum, all->accepted,
           all->crashed);
    CU_ASSERT_EQUAL(all->wrong, 0);
}

/* Flips bits of image[begin .. end), evenly spread, each in a file anew. */
static tally flip(size_t begin, size_t end, unsigned flips, const char *what)
{
    size_t bits = (end - begin) * 8;
    tally all = {.accepted = 0};

    for (unsigned i = 0; i < flips; ++i) {
        size_t bit = begin * 8 + bits * i / flips;
        unsigned char mask = (unsigned char)(1u << bit % 8);

        image[bit / 8] ^= mask;
        suite_write_bytes("flipped.so", image, image_bytes);
        image[bit / 8] ^= mask;
        count(&all, try_in_child(suite_path("flipped.so")), what, bit);
    }
    tell(&all, what);
    return all;
}

static void the_whole_file_opens(void)
{
    tn_library *library = NULL;

    WORKS(tn_library_open(plugin_path(), false, &library));
}

static void flipped_bits_of_the_header_are_survived(void)
{
    tally all;

    read_image();
    all = flip(0, sizeof(Elf64_Ehdr), HEADER_FLIPS, "bit of the ELF header");
    CU_ASSERT_TRUE(all.refused > HEADER_FLIPS / 2);
    the_whole_file_opens();
    free(image);
}

static void flipped_bits_of_the_note_are_survived(void)
{
    static const char owner[] = TN_NOTE_OWNER;
    tally all;

    read_image();
    const unsigned char *name = memmem(image, image_bytes, owner, sizeof owner);

    CU_ASSERT_FATAL(name != NULL);
    size_t begin = (size_t)(name - image) - sizeof(Elf64_Nhdr);
    Elf64_Nhdr header;

    memcpy(&header, image + begin, sizeof header);
    all = flip(begin, begin + sizeof header + 8 + header.n_descsz, NOTE_FLIPS,
               "bit of the note");
    CU_ASSERT_EQUAL(all.crashed, 0); /* the loader of the system skips it */
    the_whole_file_opens();
    free(image);
}

static void flipped_bits_of_the_segments_are_survived(void)
{
    Elf64_Ehdr header;

    read_image();
    memcpy(&header, image, sizeof header);
    (void)flip(header.e_phoff,
               header.e_phoff + header.e_phnum * sizeof(Elf64_Phdr),
               SEGMENT_FLIPS, "bit of the program headers");
    the_whole_file_opens();
    free(image);
}

#define TESTS(X)                                                               \
    X(flipped_bits_of_the_header_are_survived)                                 \
    X(flipped_bits_of_the_note_are_survived)                                   \
    X(flipped_bits_of_the_segments_are_survived)

SUITE_MAIN("damage", TESTS)
