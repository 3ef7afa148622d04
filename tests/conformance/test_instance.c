/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "common/elf.h"
#include "tests/conformance/conformance.h"

static void query_is_constant(void)
{
    const tn_plugin *again = NULL;

    CU_ASSERT_EQUAL(the.query(TN_PLUGIN_ABI, &again), TN_OK);
    CU_ASSERT_PTR_EQUAL(again, the.table);
}

static void query_refuses_other_major(void)
{
    const tn_plugin *table = NULL;
    uint32_t other = (uint32_t)(TN_PLUGIN_ABI_MAJOR + 1) << 16;

    CU_ASSERT_EQUAL(the.query(other, &table), TN_ERROR_UNSUPPORTED);
    CU_ASSERT_PTR_NULL(table);
}

static void query_takes_later_minor(void)
{
    const tn_plugin *table = NULL;

    CU_ASSERT_EQUAL(the.query(TN_PLUGIN_ABI + 7, &table), TN_OK);
    CU_ASSERT_PTR_EQUAL(table, the.table);
}

static void table_tells_size_and_abi(void)
{
    CU_ASSERT(the.table->size >= offsetof(tn_plugin, instance_destroy));
    CU_ASSERT_EQUAL(the.table->abi >> 16, TN_PLUGIN_ABI_MAJOR);
    CU_ASSERT_PTR_NOT_NULL_FATAL(the.table->name);
    CU_ASSERT(strlen(the.table->name) < TN_PLUGIN_NAME_BYTES);
    CU_ASSERT_PTR_NOT_NULL(the.table->version);
    CU_ASSERT_PTR_NOT_NULL(the.table->vendor);
}

/* All but kernels, which module_rank() may deny. */
static void table_has_core(void)
{
#define HAS(operation) CU_ASSERT(the.plugin.operation != NULL)
    HAS(instance_create);
    HAS(instance_destroy);
    HAS(device_count);
    HAS(device_info);
    HAS(device_open);
    HAS(device_close);
    HAS(device_status);
    HAS(module_rank);
    HAS(memory_create);
    HAS(memory_destroy);
    HAS(stream_create);
    HAS(stream_destroy);
    HAS(stream_sync);
    HAS(stream_status);
    HAS(stream_wait);
    HAS(event_create);
    HAS(event_destroy);
    HAS(event_record);
    HAS(event_status);
    HAS(event_sync);
    HAS(copy_to);
    HAS(copy_from);
    HAS(copy);
    HAS(fill);
    if (the.module != NULL) {
        HAS(module_create);
        HAS(module_destroy);
        HAS(kernel_get);
        HAS(kernel_info);
        HAS(kernel_parameter);
        HAS(launch);
    }
#undef HAS
}

static tn_status take_name(const tn_elf_note *note, void *data)
{
    tn_elf_note lines = *note;
    const char *key;
    const char *value;
    size_t key_bytes;
    size_t value_bytes;

    while (note->type == TN_NOTE_PLUGIN &&
           tn_elf_note_line(&lines, &key, &key_bytes, &value, &value_bytes)) {
        if (key_bytes == 4 && memcmp(key, "name", 4) == 0) {
            snprintf(data, TN_PLUGIN_NAME_BYTES, "%.*s", (int)value_bytes,
                     value);
        }
    }
    return TN_OK;
}

static void note_tells_name(void)
{
    char name[TN_PLUGIN_NAME_BYTES] = "";
    tn_sentence why;
    size_t bytes;
    void *image = read_file(the.path, &bytes);

    CU_ASSERT_PTR_NOT_NULL_FATAL(image);
    CU_ASSERT_EQUAL(tn_elf_read(image, bytes, take_name, name, &why), TN_OK);
    CU_ASSERT_STRING_EQUAL(name, the.table->name);
    free(image);
}

static void unknown_extension(void)
{
    const void *table = NULL;

    NEEDS(get_extension);
    CU_ASSERT_EQUAL(
        the.plugin.get_extension(the.instance, "nobody.has_this/1", &table),
        TN_ERROR_UNSUPPORTED);
    CU_ASSERT_PTR_NULL(table);
}

/* A byte goes through each of two instances, whose hosts differ. */
static void two_instances(void)
{
    fake_host host;
    tn_plugin_instance *instance = NULL;
    tn_plugin_device *device = NULL;
    tn_plugin_memory *memory = NULL;
    tn_plugin_stream *stream = NULL;
    tn_plugin_memory_desc memory_desc = {.size = sizeof memory_desc,
                                         .bytes = 1};
    tn_plugin_stream_desc stream_desc = {.size = sizeof stream_desc};
    tn_plugin_stream *first_stream = new_stream();
    tn_plugin_memory *first_memory = new_memory(1);
    char byte = 7;

    fake_host_init(&host);
    WORKS_FATAL(the.plugin.instance_create(&host.table, &host, &instance));
    CU_ASSERT_PTR_NOT_EQUAL(instance, the.instance);
    WORKS_FATAL(the.plugin.device_open(instance, 0, &device));
    WORKS_FATAL(the.plugin.memory_create(device, &memory_desc, &memory));
    WORKS_FATAL(the.plugin.stream_create(device, &stream_desc, &stream));
    WORKS(the.plugin.fill(stream, memory, 0, 1, "x", 1));
    WORKS(the.plugin.fill(first_stream, first_memory, 0, 1, "y", 1));
    WORKS(the.plugin.copy_from(stream, memory, 0, &byte, 1));
    CU_ASSERT_EQUAL(byte, 'x');
    the.plugin.stream_destroy(stream);
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.device_close(device);
    the.plugin.instance_destroy(instance);
    WORKS(the.plugin.copy_from(first_stream, first_memory, 0, &byte, 1));
    CU_ASSERT_EQUAL(byte, 'y');
    CU_ASSERT_EQUAL(host.blocks, 0);
    CU_ASSERT_EQUAL(host.strangers, 0);
    the.plugin.stream_destroy(first_stream);
    the.plugin.memory_destroy(first_memory, NULL);
}

static void instances_come_and_go(void)
{
    fake_host host;

    fake_host_init(&host);
    for (int i = 0; i < 200; ++i) {
        tn_plugin_instance *instance = NULL;

        WORKS_FATAL(the.plugin.instance_create(&host.table, &host, &instance));
        the.plugin.instance_destroy(instance);
    }
    CU_ASSERT_EQUAL(host.blocks, 0);
}

static void nothing_is_printed(void)
{
    fake_host host;
    printing of;
    tn_plugin_instance *instance = NULL;
    tn_plugin_device *device = NULL;
    uint32_t rank = 0;

    CU_ASSERT_FALSE(the.printed);
    fake_host_init(&host);
    printing_begin(&of);
    WORKS(the.plugin.instance_create(&host.table, &host, &instance));
    WORKS(the.plugin.device_open(instance, 0, &device));
    WORKS(the.plugin.module_rank(device, "no-such-format", "", &rank));
    the.plugin.device_close(device);
    the.plugin.instance_destroy(instance);
    CU_ASSERT_FALSE(printing_end(&of));
}

void add_instance_tests(CU_pSuite tests)
{
    CU_add_test(tests, "[1] the query answers the same table each time",
                query_is_constant);
    CU_add_test(tests, "[1] a host of another major version is refused",
                query_refuses_other_major);
    CU_add_test(tests, "[2] a host of a later minor version is welcome",
                query_takes_later_minor);
    CU_add_test(tests, "[2] the table tells its size, its ABI and who it is",
                table_tells_size_and_abi);
    CU_add_test(tests, "[12] the core operations are there", table_has_core);
    CU_add_test(tests, "[4] the note tells the same name as the table",
                note_tells_name);
    CU_add_test(tests, "[12] an unknown extension is unsupported",
                unknown_extension);
    CU_add_test(tests, "[1] two instances know nothing of each other",
                two_instances);
    CU_add_test(tests, "[3] instances come and go and leave no memory",
                instances_come_and_go);
    CU_add_test(tests, "[5] nothing is written to standard output",
                nothing_is_printed);
}
