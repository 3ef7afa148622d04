/* SPDX-License-Identifier: MIT */
/*
 * Kernels whose notes were changed in the file, and launches that do not fit.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/cpu/cpu_test.h"

/* Replaces a text of the image everywhere by one as long; how often. */
static unsigned replace(char *image, size_t bytes, const char *from,
                        const char *to)
{
    size_t length = strlen(from);
    unsigned count = 0;

    CU_ASSERT_EQUAL_FATAL(length, strlen(to));
    for (size_t i = 0; i + length <= bytes; ++i) {
        if (memcmp(image + i, from, length) == 0) {
            memcpy(image + i, to, length);
            ++count;
        }
    }
    return count;
}

/* Loads a file in which a text was changed. */
static tn_status load_changed(const char *path, const char *from,
                              const char *to, tn_plugin_module **module)
{
    size_t bytes;
    char *image = read_file(path, &bytes);
    tn_plugin_module_desc desc = {.size = sizeof desc,
                                  .name = "changed",
                                  .format = "so",
                                  .image = image,
                                  .image_bytes = bytes,
                                  .options = ""};

    CU_ASSERT_PTR_NOT_NULL_FATAL(image);
    CU_ASSERT_FATAL(replace(image, bytes, from, to) > 0);
    tn_status status = the.plugin.module_create(the.device, &desc, module);

    free(image);
    return status;
}

static void expect_word(const char *word)
{
    if (strstr(fake_host_error(), word) == NULL) {
        fprintf(stderr, "\n%s\nlacks: %s\n", fake_host_error(), word);
        CU_FAIL("the sentence lacks a word");
    }
}

static void refuse_changed_file(const char *path, const char *from,
                                const char *to, const char *word)
{
    tn_plugin_module *module = NULL;

    FAILS(load_changed(path, from, to, &module), TN_ERROR_FORMAT);
    CU_ASSERT_PTR_NULL(module);
    expect_word("changed: ");
    expect_word(word);
}

/* Refused, with a sentence that holds a word. */
static void refuse_changed(const char *from, const char *to, const char *word)
{
    refuse_changed_file(common_kernels_path, from, to, word);
}

static void missing_function(void)
{
    refuse_changed("name=add\n", "name=adx\n", "tn_k_adx");
}

static void other_target(void)
{
    tn_plugin_module *module = NULL;

    refuse_changed_file(own_kernels_path, "later=ignored", "target=sm_070",
                        "built for sm_070");
    WORKS(load_changed(own_kernels_path, "later=ignored", "target=\nx=why",
                       &module));
    the.plugin.module_destroy(module);
#if defined(__x86_64__)
    WORKS(load_changed(own_kernels_path, "later=ignored", "target=x86-64",
                       &module));
    the.plugin.module_destroy(module);
#endif
}

static void elements(void)
{
    tn_plugin_module *module = NULL;
    tn_kernel_info info = {.size = sizeof info};

    refuse_changed_file(own_kernels_path, "later=ignored",
                        "elements=0\nx=", "1 to 16");
    refuse_changed_file(own_kernels_path, "later=ignored", "elements=17\nx",
                        "1 to 16");
    refuse_changed_file(own_kernels_path, "later=ignored", "elements=four",
                        "1 to 16");
    WORKS(load_changed(own_kernels_path, "later=ignored",
                       "elements=4\nx=", &module));
    WORKS(the.plugin.kernel_info(kernel_of(module, "count"), &info));
    CU_ASSERT_EQUAL(info.elements, 4);
    the.plugin.module_destroy(module);
}

/* The compiler says in the note what it was allowed to use. */
static void missing_avx512(void)
{
    size_t bytes;
    void *image = NULL;
    tn_plugin_module_desc desc = {
        .size = sizeof desc, .name = "wide", .format = "so", .options = ""};
    tn_plugin_module *module = NULL;

    if (strcmp(the.info.target, "x86-64-v4") == 0 ||
        strncmp(the.info.target, "x86-64", 6) != 0) {
        skip("this machine has AVX-512, or is no x86-64");
        return;
    }
    if (access(wide_kernels_path, F_OK) != 0) {
        skip("the kernels of bundles are not built");
        return;
    }
    image = read_file(wide_kernels_path, &bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(image);
    desc.image = image;
    desc.image_bytes = bytes;
    FAILS(the.plugin.module_create(the.device, &desc, &module),
          TN_ERROR_FORMAT);
    CU_ASSERT_PTR_NULL(module);
    expect_word("x86-64-v4");
    expect_word(the.info.target);
    free(image);
}

static void other_abi(void)
{
    refuse_changed("abi=1\nname=see", "abi=9\nname=see", "ABI 9");
}

static void missing_lines(void)
{
    refuse_changed("abi=1\nname=see", "abj=1\nname=see", "lacks its abi");
    refuse_changed("\nname=see", "\nnane=see", "lacks its name");
}

static void wrong_names(void)
{
    refuse_changed("name=add\n", "name=a-d\n", "no name");
    refuse_changed("name=add\n", "name=9dd\n", "no name");
    refuse_changed("name=see\n", "name=add\n", "two notes");
}

static void wrong_items(void)
{
    refuse_changed("items=8 4 2", "items=8 4 0", "8 4 0");
    refuse_changed("items=8 4 2", "items=8 4  ", "three numbers");
    refuse_changed("items=8 4 2", "items=99 99", "three numbers");
    refuse_changed("items=8 4 2", "items=8 x 2", "three numbers");
    refuse_changed("items=0 0 0\narg=in u32* a", "items=-1-1-1\narg=n u32* a",
                   "three numbers");
}

static void wrong_parameters(void)
{
    refuse_changed("arg=in u32* a [n]", "arg=in u23* a [n]", "u32");
    refuse_changed("arg=u32 n\n", "arg=u32  \n", "name is missing");
    refuse_changed("arg=in u32* a [n]", "arg=in u32* a [%]", "the extent");
    refuse_changed("arg=in u32* a [n]", "arg=in u32* a [m]",
                   "the extent \"m\": the kernel has no parameter m");
}

static void no_notes(void)
{
    refuse_changed("Tenon", "Xenon", "without a kernel");
}

/* ---- launches ---- */

static void refuse_launch(launching *l, const char *kernel, tn_status expected,
                          const char *word)
{
    tn_plugin_module *module;
    opened o;

    open_with(&o, "2");
    module = module_of(&o, common_kernels_path);
    /* buffers of another instance do: nothing is queued */
    FAILS(launching_go(l, o.stream, kernel_of(module, kernel)), expected);
    CU_ASSERT_PTR_NOT_NULL(strstr(fake_host_error(), kernel));
    if (strstr(fake_host_error(), word) == NULL) {
        fprintf(stderr, "\n%s\nlacks: %s\n", fake_host_error(), word);
        CU_FAIL("the sentence lacks a word");
    }
    WORKS(the.plugin.stream_sync(o.stream, TN_FOREVER));
    the.plugin.module_destroy(module);
    close_opened(&o);
}

static void wrong_arguments(void)
{
    tn_plugin_memory *memory = new_memory(64);
    launching l;

    launching_init(&l, 1, 1);
    launching_buffer(&l, memory, 0);
    refuse_launch(&l, "append", TN_ERROR_SIGNATURE, "takes 2 arguments, not 1");
    launching_u32(&l, 1);
    launching_u32(&l, 1);
    refuse_launch(&l, "append", TN_ERROR_SIGNATURE, "takes 2 arguments, not 3");
    launching_init(&l, 1, 1);
    launching_buffer(&l, memory, 0);
    launching_value(&l, TN_TYPE_I32, &(int32_t){1});
    refuse_launch(&l, "append", TN_ERROR_SIGNATURE, "other kinds");
    launching_init(&l, 1, 1);
    launching_struct(&l, "smal", 4);
    launching_u32(&l, 1);
    launching_struct(&l, "0123456789012345678901234567890123456789", 40);
    launching_buffer(&l, memory, 0);
    refuse_launch(&l, "structs", TN_ERROR_SIGNATURE, "sizes");
    the.plugin.memory_destroy(memory, NULL);
}

static void wrong_grids(void)
{
    tn_plugin_memory *memory = new_memory(4096);
    static const uint32_t most[3] = {UINT32_MAX, UINT32_MAX, UINT32_MAX};
    launching l;

    launching_init(&l, 1, 1025);
    launching_buffer(&l, memory, 0);
    refuse_launch(&l, "see", TN_ERROR_RANGE, "1025");
    l.launch.items[0] = 0;
    refuse_launch(&l, "see", TN_ERROR_RANGE, "items");
    memcpy(l.launch.items, most, sizeof most);
    refuse_launch(&l, "see", TN_ERROR_RANGE, "items");
    launching_init(&l, 0, 1);
    launching_buffer(&l, memory, 0);
    refuse_launch(&l, "see", TN_ERROR_RANGE, "grid");
    memcpy(l.launch.groups, most, sizeof most);
    refuse_launch(&l, "see", TN_ERROR_RANGE, "grid");
    launching_init(&l, 1, 64);
    launching_buffer(&l, memory, 0);
    refuse_launch(&l, "sized", TN_ERROR_RANGE, "8 x 4 x 2");
    the.plugin.memory_destroy(memory, NULL);
}

static void too_much_local_memory(void)
{
    static const uint64_t sizes[] = {(1 << 20) + 1, (uint64_t)1 << 63,
                                     UINT64_MAX};
    tn_plugin_memory *memory = new_memory(4096);
    launching l;

    for (int i = 0; i < 3; ++i) {
        launching_init(&l, 1, 1);
        launching_local(&l, sizes[i]);
        launching_local(&l, sizes[i]);
        launching_buffer(&l, memory, 0);
        launching_u32(&l, 1);
        launching_u32(&l, 1);
        refuse_launch(&l, "locals", TN_ERROR_RANGE, "1048576");
    }
    launching_init(&l, 1, 1);
    launching_local(&l, 1 << 19);
    launching_local(&l, 1 << 18);
    launching_buffer(&l, memory, 0);
    launching_u32(&l, 1);
    launching_u32(&l, 1);
    l.launch.local_bytes = (1 << 18) + 1;
    refuse_launch(&l, "locals", TN_ERROR_RANGE, "1048576");
    the.plugin.memory_destroy(memory, NULL);
}

static void dynamic_blocks(void)
{
    tn_plugin_memory *memory;
    tn_plugin_module *module;
    uint64_t told[5];
    launching l;
    opened o;

    open_with(&o, "2");
    module = module_of(&o, own_kernels_path);
    memory = memory_of(&o, sizeof told);
    launching_init(&l, 1, 1);
    launching_local(&l, 5);
    launching_local(&l, 70);
    launching_buffer(&l, memory, 0);
    l.launch.local_bytes = 100;
    WORKS(launching_go(&l, o.stream, kernel_of(module, "dynamic")));
    WORKS(the.plugin.copy_from(o.stream, memory, 0, told, sizeof told));
    CU_ASSERT_EQUAL(told[0], 0);
    CU_ASSERT_EQUAL(told[1], 128 + 64 + 128);
    CU_ASSERT_EQUAL(told[2], 128);
    CU_ASSERT_EQUAL(told[3], 192);
    CU_ASSERT(told[4] >= 64);
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.module_destroy(module);
    close_opened(&o);
}

static void nearest_kernel(void)
{
    tn_plugin_kernel *kernel = NULL;
    tn_plugin_module *module;
    opened o;

    open_with(&o, NULL);
    module = module_of(&o, common_kernels_path);
    FAILS(the.plugin.kernel_get(module, "local", &kernel), TN_ERROR_NOT_FOUND);
    CU_ASSERT_PTR_NOT_NULL(strstr(fake_host_error(), "did you mean locals?"));
    FAILS(the.plugin.kernel_get(module, "zzz", &kernel), TN_ERROR_NOT_FOUND);
    CU_ASSERT_PTR_NOT_NULL(strstr(fake_host_error(), "append"));
    the.plugin.module_destroy(module);
    close_opened(&o);
}

void add_note_tests(CU_pSuite tests)
{
    CU_add_test(tests, "a note without its function is refused",
                missing_function);
    CU_add_test(tests, "kernels for another ABI are refused", other_abi);
    CU_add_test(tests, "kernels for another machine are refused", other_target);
    CU_add_test(tests, "kernels with AVX-512 are refused where there is none",
                missing_avx512);
    CU_add_test(tests, "a note without abi or name is refused", missing_lines);
    CU_add_test(tests, "a note with a wrong or second name is refused",
                wrong_names);
    CU_add_test(tests, "a note with a wrong group size is refused",
                wrong_items);
    CU_add_test(tests, "a note tells an item's elements", elements);
    CU_add_test(tests, "a note with a wrong parameter is refused",
                wrong_parameters);
    CU_add_test(tests, "a file whose notes are of others is refused", no_notes);
    CU_add_test(tests, "arguments that do not fit are refused",
                wrong_arguments);
    CU_add_test(tests, "grids and groups that cannot be are refused",
                wrong_grids);
    CU_add_test(tests, "more local memory than there is is refused",
                too_much_local_memory);
    CU_add_test(tests, "local blocks lie apart in the dynamic block",
                dynamic_blocks);
    CU_add_test(tests, "an unknown kernel is told with the nearest name",
                nearest_kernel);
}
