/* SPDX-License-Identifier: MIT */
/*
 * Plugin files that are none: each is refused in this very process, since the
 * file is checked before anybody runs it.
 */
#define _GNU_SOURCE
#include "runtime/loader.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/elf.h"
#include "runtime/file.h"
#include "tests/unit/backends.h"

/* A file of the folder is refused, as a library and as a backend. */
static void refused(const char *name, tn_status status, const char *words)
{
    tn_library *const untouched = (tn_library *)&status;
    tn_library *library = untouched;

    FAILS(tn_library_open(suite_path("%s", name), false, &library), status,
          suite_path("%s", name), words);
    CU_ASSERT_PTR_EQUAL(library, untouched);
}

static tn_file read_fake(const char *name)
{
    tn_file file = {.bytes = NULL};

    NEEDS(tn_file_read(suite_built(suite_text("tests/fakes/.libs/%s.so", name)),
                       TN_FILE_CODE_LIMIT, &file));
    return file;
}

static tn_library *open_fake(const char *name)
{
    tn_library *library = NULL;

    NEEDS(tn_library_open(
        suite_built(suite_text("tests/fakes/.libs/%s.so", name)), false,
        &library));
    return library;
}

/* ---- files ---- */

static void what_is_no_plugin_is_refused(void)
{
    refused("absent.so", TN_ERROR_UNAVAILABLE, "No such file");
    suite_write("empty.so", "");
    refused("empty.so", TN_ERROR_PLUGIN, "no shared object");
    suite_write("text.so", "#!/bin/sh\necho hello\n");
    refused("text.so", TN_ERROR_PLUGIN, "no shared object");
    suite_mkdir("folder.so");
    refused("folder.so", TN_ERROR_PLUGIN, "is a directory");
    suite_fifo("fifo.so");
    refused("fifo.so", TN_ERROR_PLUGIN, "is a FIFO");
    suite_link("/dev/zero", "zero.so");
    refused("zero.so", TN_ERROR_PLUGIN, "is a device");
    suite_link("loop.so", "loop.so");
    refused("loop.so", TN_ERROR_PLUGIN, "loop.so: ");
    suite_link("nowhere.so", "dangling.so");
    refused("dangling.so", TN_ERROR_UNAVAILABLE, "No such file");
    suite_link("/proc/self/exe", "program.so");
    refused("program.so", TN_ERROR_PLUGIN, "");
}

static void a_shared_object_without_a_note_is_refused(void)
{
    suite_link(suite_built("tests/fixtures/.libs/conformance_kernels.so"),
               "kernels.so"); /* has a note, of another type */
    refused("kernels.so", TN_ERROR_PLUGIN,
            "is no Tenon plugin (it has no .note.tenon)");
}

/* Else whoever ships a library of that name would decide what runs. */
static void an_entry_from_another_library_is_refused(void)
{
    suite_link(suite_built("tests/fakes/.libs/borrowed.so"), "borrowed.so");
    refused("borrowed.so", TN_ERROR_PLUGIN,
            suite_text("borrowed.so: does not export tn_plugin_query itself, "
                       "as %s does that it depends on; link that into it",
                       suite_built("tests/fakes/.libs/lender.so")));
    suite_link(suite_built("tests/fakes/.libs/lender.so"), "lender.so");
    refused("lender.so", TN_ERROR_PLUGIN, "is no Tenon plugin");
    CU_ASSERT_PTR_NOT_NULL(open_fake("works")); /* the next one works */
}

/* The ELF header's bytes that tell for whom the file is. */
static void a_file_for_another_machine_is_refused(void)
{
    static const struct {
        size_t offset;
        char byte;
        const char *words;
    } rows[] = {
        {4, 1, "word size"},         {4, 0, "word size"},
        {5, 2, "byte order"},        {6, 9, "ELF version"},
        {16, 2, "no shared object"}, {18, 40, "another processor"},
        {20, 0, "ELF version"},      {32, 127, ""},
        {54, 1, "program headers"},  {56, 0, "program headers"},
        {0, 0, "no shared object"},
    };
    tn_file file = read_fake("works");

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
        char kept = file.bytes[rows[i].offset];

        file.bytes[rows[i].offset] = rows[i].byte;
        suite_write_bytes("changed.so", file.bytes, file.size);
        file.bytes[rows[i].offset] = kept;
        refused("changed.so", TN_ERROR_PLUGIN, rows[i].words);
    }
    tn_file_finish(&file);
}

/* Where a segment still lies whole in the file, it is as good as ever. */
static size_t bytes_needed(const tn_file *file)
{
    tn_sentence why;
    size_t low = 0;
    size_t high = file->size;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (tn_elf_read(file->bytes, middle, NULL, NULL, &why) == TN_OK) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

static void a_file_cut_anywhere_is_refused(void)
{
    tn_file file = read_fake("works");
    size_t needed = bytes_needed(&file);
    size_t refusals = 0;

    CU_ASSERT(needed > file.size / 4);
    for (size_t i = 0; i < 256; ++i) {
        size_t size = i < 70 ? i : needed * i / 256;

        suite_write_bytes("cut.so", file.bytes, size);
        refused("cut.so", TN_ERROR_PLUGIN, "");
        ++refusals;
    }
    CU_ASSERT_EQUAL(refusals, 256);
    tn_file_finish(&file);
}

/* ---- tables ---- */

static void every_operation_that_is_missing_gets_a_stub(void)
{
    const tn_plugin bare = {.size = sizeof bare, .abi = TN_PLUGIN_ABI};
    tn_plugin filled;
    void (*operations[(sizeof bare - offsetof(tn_plugin, instance_create)) /
                      sizeof(void (*)(void))])(void);
    size_t missing = 0;

    tn_plugin_fill(&bare, &filled);
    memcpy(operations, (char *)&filled + offsetof(tn_plugin, instance_create),
           sizeof operations);
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; ++i) {
        missing += operations[i] == NULL;
    }
    CU_ASSERT_EQUAL(missing, 1);
    CU_ASSERT(filled.instance_wrap == NULL); /* tells a layer from a backend */
    CU_ASSERT_EQUAL(filled.launch(NULL, NULL, NULL), TN_ERROR_UNSUPPORTED);
    CU_ASSERT_EQUAL(filled.memory_native(NULL, NULL), TN_ERROR_UNSUPPORTED);
    filled.memory_destroy(NULL, NULL);
    filled.graph_destroy(NULL);
}

static void what_lies_behind_a_table_is_not_read(void)
{
    const tn_library *shorter = open_fake("shorter");
    const tn_library *longer = open_fake("longer");

    CU_ASSERT_EQUAL(shorter->table.copy_to_async(NULL, NULL, 0, NULL, 0),
                    TN_ERROR_UNSUPPORTED);
    CU_ASSERT_EQUAL(longer->abi & 0xffff, 99);
    SAME(longer->name, "longer");
    SAME(longer->formats, "fake");
    SAME(longer->keys, "");
}

/* Old plugins run in new hosts, and new plugins in old hosts. */
static void shorter_and_longer_tables_work(void)
{
    static const char *const names[] = {"shorter", "longer"};
    backends_fixture the;
    char byte = 7;
    char back = 0;

    for (size_t i = 0; i < 2; ++i) {
        backends_begin(&the, names[i]);
        tn_buffer *buffer = backends_buffer(the.device, 16);

        WORKS(tn_copy_to(the.stream, buffer, 0, &byte, 1));
        WORKS(tn_copy_from(the.stream, buffer, 0, &back, 1));
        CU_ASSERT_EQUAL(back, 7);
        WORKS(tn_launch(the.stream, backends_kernel(the.device, "kernel a()"),
                        tn_items(1)));
        CU_ASSERT_EQUAL(tn_copy_to_async(the.stream, buffer, 0, &byte, 1),
                        i == 0 ? TN_ERROR_UNSUPPORTED : TN_OK);
        tn_buffer_destroy(buffer);
        backends_end(&the);
    }
}

static void lists_of_a_note_hold_whole_words(void)
{
    CU_ASSERT(tn_library_lists("ptx cubin so", "ptx"));
    CU_ASSERT(tn_library_lists("ptx cubin so", "cubin"));
    CU_ASSERT(tn_library_lists("ptx  so", "so"));
    CU_ASSERT_FALSE(tn_library_lists("ptx cubin so", "cub"));
    CU_ASSERT_FALSE(tn_library_lists("ptx cubin so", "s"));
    CU_ASSERT_FALSE(tn_library_lists("ptx", "ptx cubin"));
    CU_ASSERT_FALSE(tn_library_lists("", "ptx"));
    CU_ASSERT_FALSE(tn_library_lists(NULL, "ptx"));
}

/* ---- once a process ---- */

static void a_library_is_opened_once_a_process(void)
{
    tn_library *first = open_fake("spare");
    tn_library *second = NULL;
    backends_fixture the;

    CU_ASSERT_PTR_EQUAL(open_fake("spare"), first);
    suite_link(suite_built("tests/fakes/.libs/spare.so"), "link.so");
    suite_link(suite_path("link.so"), "again.so");
    NEEDS(tn_library_open(suite_path("again.so"), false, &second));
    CU_ASSERT_PTR_EQUAL(second, first);
    backends_begin(&the, "spare");
    CU_ASSERT_EQUAL(the.seen->queries, 1);
    backends_end(&the);
    backends_install("works");
    NEEDS(backends_open("spare", "", &the.runtime));
    CU_ASSERT_EQUAL(the.seen->queries, 1);
    tn_runtime_close(the.runtime);
}

static void a_refused_file_can_be_replaced_by_a_good_one(void)
{
    tn_file file = read_fake("works");
    tn_library *library = NULL;

    suite_write("plugin.so", "nonsense");
    refused("plugin.so", TN_ERROR_PLUGIN, "no shared object");
    unlink(suite_path("plugin.so"));
    suite_write_bytes("plugin.so", file.bytes, file.size);
    NEEDS(tn_library_open(suite_path("plugin.so"), false, &library));
    SAME(library->name, "works");
    tn_file_finish(&file);
}

static void strict_refuses_what_anyone_may_write(void)
{
    tn_file file = read_fake("works");
    tn_library *library = NULL;

    suite_write_bytes("others.so", file.bytes, file.size);
    CU_ASSERT_EQUAL(chmod(suite_path("others.so"), 0666), 0);
    FAILS(tn_library_open(suite_path("others.so"), true, &library),
          TN_ERROR_PLUGIN, "can be changed by anyone");
    CU_ASSERT_PTR_NULL(library);
    NEEDS(tn_library_open(suite_path("others.so"), false, &library));
    library = NULL;
    FAILS(tn_library_open(suite_path("others.so"), true, &library),
          TN_ERROR_PLUGIN, "can be changed by anyone"); /* opened or not */
    CU_ASSERT_PTR_NULL(library);
    tn_file_finish(&file);
}

/* ---- two runtimes ---- */

/* An application and a library in one process: each has its own file. */
static void *run_one(void *data)
{
    const char *file = data;
    uintptr_t failed = 0;

    for (int round = 0; round < 20; ++round) {
        tn_runtime *runtime = NULL;
        tn_device *device = NULL;
        tn_stream *stream = NULL;
        tn_buffer *buffer = NULL;
        char name[128] = "";

        if (tn_runtime_open(file, &runtime) != TN_OK) {
            return (void *)(uintptr_t)1000;
        }
        failed += tn_device_default(runtime, &device) != TN_OK;
        snprintf(name, sizeof name, "%s", tn_device_name(device));
        failed += strstr(file, "works.ini") != NULL
                      ? strcmp(name, "works:1") != 0
                      : strcmp(name, "spare:0") != 0;
        failed += tn_stream_create(device, &stream) != TN_OK;
        failed += tn_buffer_create(device, 4096, &buffer) != TN_OK;
        failed += tn_copy_to(stream, buffer, 0, name, sizeof name) != TN_OK;
        failed += tn_copy_to(stream, buffer, 4000, name, 128) != TN_ERROR_RANGE;
        failed += tn_device_find(runtime, "works:0", &device) != TN_OK;
        tn_runtime_close(runtime);
    }
    return (void *)failed;
}

static void two_runtimes_on_two_threads_do_not_meet(void)
{
    static char files[2][64];
    pthread_t thread;
    void *failed = NULL;

    backends_install("works spare");
    suite_print("works.ini",
                "[runtime]\nplugin_path = %s\nbackend = works\n"
                "[backend works]\ndevice = 1\n",
                suite_path("plugins"));
    suite_print("spare.ini", "[runtime]\nplugin_path = %s\nbackend = spare\n",
                suite_path("plugins"));
    snprintf(files[0], sizeof files[0], "%s", suite_path("works.ini"));
    snprintf(files[1], sizeof files[1], "%s", suite_path("spare.ini"));
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, run_one, files[0]), 0);
    CU_ASSERT_PTR_NULL(run_one(files[1]));
    CU_ASSERT_EQUAL(pthread_join(thread, &failed), 0);
    CU_ASSERT_PTR_NULL(failed);
}

#define TESTS(X)                                                               \
    X(what_is_no_plugin_is_refused)                                            \
    X(a_shared_object_without_a_note_is_refused)                               \
    X(an_entry_from_another_library_is_refused)                                \
    X(a_file_for_another_machine_is_refused)                                   \
    X(a_file_cut_anywhere_is_refused)                                          \
    X(every_operation_that_is_missing_gets_a_stub)                             \
    X(what_lies_behind_a_table_is_not_read)                                    \
    X(shorter_and_longer_tables_work)                                          \
    X(lists_of_a_note_hold_whole_words)                                        \
    X(a_library_is_opened_once_a_process)                                      \
    X(a_refused_file_can_be_replaced_by_a_good_one)                            \
    X(strict_refuses_what_anyone_may_write)                                    \
    X(two_runtimes_on_two_threads_do_not_meet)

SUITE_MAIN("loader", TESTS)
