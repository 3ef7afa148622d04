/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/conformance.h"

static tn_status load(const void *image, uint64_t bytes, const char *path)
{
    tn_plugin_module_desc desc = {.size = sizeof desc,
                                  .name = "broken",
                                  .format = the.kernels.format,
                                  .image = image,
                                  .image_bytes = bytes,
                                  .path = path,
                                  .options = ""};
    tn_plugin_module *module = NULL;
    tn_status status = the.plugin.module_create(the.device, &desc, &module);

    if (status == TN_OK) {
        the.plugin.module_destroy(module);
    } else {
        CU_ASSERT_PTR_NULL(module);
    }
    return status;
}

/* With a sentence that names the module. */
static void refuses(const void *image, uint64_t bytes, const char *path)
{
    fake_host_forget();
    tn_status status = load(image, bytes, path);

    CU_ASSERT(status == TN_ERROR_FORMAT || status == TN_ERROR_BUILD);
    CU_ASSERT_PTR_NOT_NULL(strstr(fake_host_error(), "broken"));
}

static void text_is_refused(void)
{
    NEEDS_KERNELS;
    refuses("This is a letter, not code.\n", 28, NULL);
}

static void nothing_is_refused(void)
{
    NEEDS_KERNELS;
    refuses("", 0, NULL);
}

static void parts_are_refused(void)
{
    static const unsigned parts[] = {1, 20, 100, 300, 500, 700, 900, 990};

    NEEDS_KERNELS;
    if (strcmp(the.kernels.format, "so") != 0) {
        skip("text that ends early may still be a program");
        return;
    }
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; ++i) {
        /* A copy of its own, so that reading beyond it is seen. */
        size_t bytes = the.kernels.bytes * parts[i] / 1000;
        void *part = malloc(bytes);

        CU_ASSERT_PTR_NOT_NULL_FATAL(part);
        memcpy(part, the.kernels.image, bytes);
        fake_host_forget();
        /* Behind the last segment stands nothing that is needed. */
        if (load(part, bytes, NULL) != TN_OK) {
            CU_ASSERT(fake_host_error()[0] != '\0');
        } else {
            CU_ASSERT(parts[i] >= 500);
        }
        free(part);
    }
}

static void without_kernels_is_refused(void)
{
    NEEDS_KERNELS;
    if (strcmp(the.kernels.format, "so") != 0) {
        skip("a program without kernels is a program");
        return;
    }
    size_t bytes;
    void *image = read_file(the.path, &bytes); /* the plugin itself */

    CU_ASSERT_PTR_NOT_NULL_FATAL(image);
    refuses(image, bytes, NULL);
    refuses(image, bytes, the.path);
    free(image);
}

static void other_format_is_refused(void)
{
    NEEDS(module_create);
    tn_plugin_module_desc desc = {.size = sizeof desc,
                                  .name = "other",
                                  .format = "no-such-format",
                                  .image = "x",
                                  .image_bytes = 1,
                                  .options = ""};
    tn_plugin_module *module = NULL;

    FAILS(the.plugin.module_create(the.device, &desc, &module),
          TN_ERROR_FORMAT);
    CU_ASSERT_PTR_NULL(module);
}

static void loads_without_path(void)
{
    NEEDS_KERNELS;
    WORKS(load(the.kernels.image, the.kernels.bytes, NULL));
}

static void image_may_be_freed(void)
{
    NEEDS_KERNELS;
    tn_plugin_stream *stream = new_stream();
    tn_plugin_memory *list = new_memory(8);
    void *image = malloc(the.kernels.bytes);
    uint32_t numbers[2];

    CU_ASSERT_PTR_NOT_NULL_FATAL(image);
    memcpy(image, the.kernels.image, the.kernels.bytes);
    tn_plugin_module_desc desc = {.size = sizeof desc,
                                  .name = "freed",
                                  .format = the.kernels.format,
                                  .image = image,
                                  .image_bytes = the.kernels.bytes,
                                  .options = ""};
    tn_plugin_module *module = NULL;

    WORKS_FATAL(the.plugin.module_create(the.device, &desc, &module));
    memset(image, 0, the.kernels.bytes);
    free(image);
    fill_u32(stream, list, 0, 2);
    WORKS(append(stream, kernel_of(module, "append"), list, 42));
    fetch_u32(stream, list, numbers, 2);
    CU_ASSERT_EQUAL(numbers[1], 42);
    the.plugin.module_destroy(module);
    the.plugin.memory_destroy(list, NULL);
    the.plugin.stream_destroy(stream);
}

static void loads_many_times(void)
{
    NEEDS_KERNELS;
    tn_plugin_module *modules[20];

    for (int i = 0; i < 20; ++i) {
        modules[i] = new_module();
        CU_ASSERT_PTR_NOT_NULL_FATAL(modules[i]);
    }
    for (int i = 0; i < 20; ++i) {
        CU_ASSERT_PTR_NOT_NULL(kernel_of(modules[i], "add"));
        the.plugin.module_destroy(modules[i]);
    }
}

static void unknown_kernel(void)
{
    NEEDS_KERNELS;
    tn_plugin_kernel *kernel = NULL;

    FAILS(the.plugin.kernel_get(the.module, "appendd", &kernel),
          TN_ERROR_NOT_FOUND);
    CU_ASSERT_PTR_NOT_NULL(strstr(fake_host_error(), "appendd"));
    FAILS(the.plugin.kernel_get(the.module, "", &kernel), TN_ERROR_NOT_FOUND);
    FAILS(the.plugin.kernel_get(the.module, "tn_k_add", &kernel),
          TN_ERROR_NOT_FOUND);
    CU_ASSERT_PTR_NULL(kernel);
}

static void lists_kernels(void)
{
    NEEDS_KERNELS;
    NEEDS(module_kernels);
    const char *const *names = NULL;
    uint32_t count = 0;
    unsigned found = 0;

    WORKS(the.plugin.module_kernels(the.module, &names, &count));
    CU_ASSERT_EQUAL(count, 7);
    for (uint32_t i = 0; i < count; ++i) {
        found += strcmp(names[i], "add") == 0 || strcmp(names[i], "sized") == 0;
        CU_ASSERT_PTR_NOT_NULL(kernel_of(the.module, names[i]));
    }
    CU_ASSERT_EQUAL(found, 2);
}

static void tells_parameters(void)
{
    static const tn_type types[] = {TN_TYPE_BUFFER, TN_TYPE_BUFFER,
                                    TN_TYPE_BUFFER, TN_TYPE_U32};
    NEEDS_KERNELS;
    tn_plugin_kernel *kernel = kernel_of(the.module, "add");
    tn_kernel_info info = {.size = sizeof info};

    WORKS(the.plugin.kernel_info(kernel, &info));
    if (info.parameter_count == TN_UNKNOWN) {
        skip("the plugin does not know parameters");
        return;
    }
    CU_ASSERT_EQUAL(info.parameter_count, 4);
    for (uint32_t i = 0; i < 4; ++i) {
        tn_parameter parameter = {.size = sizeof parameter};

        WORKS(the.plugin.kernel_parameter(kernel, i, &parameter));
        CU_ASSERT(parameter.type == types[i] || parameter.type == TN_TYPE_NONE);
    }
    CU_ASSERT(info.max_items >= 1);
    CU_ASSERT(info.max_items <= the.info.max_items);
}

static void tells_group_size(void)
{
    NEEDS_KERNELS;
    tn_kernel_info any = {.size = sizeof any};
    tn_kernel_info own = {.size = sizeof own};

    WORKS(the.plugin.kernel_info(kernel_of(the.module, "add"), &any));
    WORKS(the.plugin.kernel_info(kernel_of(the.module, "sized"), &own));
    CU_ASSERT_EQUAL(any.required_items[0], 0);
    CU_ASSERT_EQUAL(own.required_items[0], 8);
    CU_ASSERT_EQUAL(own.required_items[1], 4);
    CU_ASSERT_EQUAL(own.required_items[2], 2);
}

static void parameter_fills_no_more(void)
{
    NEEDS_KERNELS;
    union {
        tn_parameter parameter;
        unsigned char bytes[sizeof(tn_parameter)];
    } room;
    const uint32_t known = offsetof(tn_parameter, access);
    size_t touched = 0;

    memset(&room, 0xa5, sizeof room);
    room.parameter.size = known;
    WORKS(the.plugin.kernel_parameter(kernel_of(the.module, "add"), 0,
                                      &room.parameter));
    for (size_t i = known; i < sizeof room; ++i) {
        touched += room.bytes[i] != 0xa5;
    }
    CU_ASSERT_EQUAL(touched, 0);
}

void add_module_tests(CU_pSuite tests)
{
    CU_add_test(tests, "[5] text for code is refused", text_is_refused);
    CU_add_test(tests, "[5] an empty image is refused", nothing_is_refused);
    CU_add_test(tests, "[4] a truncated image is refused", parts_are_refused);
    CU_add_test(tests, "[4] a shared object without kernels is refused",
                without_kernels_is_refused);
    CU_add_test(tests, "[5] an unknown format is refused",
                other_format_is_refused);
    CU_add_test(tests, "[12] an image without a path loads",
                loads_without_path);
    CU_add_test(tests, "[5] the image may be freed on return",
                image_may_be_freed);
    CU_add_test(tests, "[6] the same image loads many times", loads_many_times);
    CU_add_test(tests, "[5] an unknown kernel is named in the sentence",
                unknown_kernel);
    CU_add_test(tests, "[12] a module lists its kernels", lists_kernels);
    CU_add_test(tests, "[10] a kernel tells its parameters", tells_parameters);
    CU_add_test(tests, "[10] a kernel tells the group size that it needs",
                tells_group_size);
    CU_add_test(tests, "[2] a shorter parameter is filled no further",
                parameter_fills_no_more);
}
