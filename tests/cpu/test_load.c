/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/cpu/cpu_test.h"

static char folder[] = "/tmp/tenon-test-XXXXXX";
static char file_path[sizeof folder + 16];

/* Our kernels with another digit, which the kernel `version` tells. */
static char *image_of_version(char digit, size_t *bytes)
{
    static const char text[] = "version:1";
    char *image = read_file(own_kernels_path, bytes);
    unsigned found = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(image);
    for (size_t i = 0; i + sizeof text <= *bytes; ++i) {
        if (memcmp(image + i, text, sizeof text) == 0) {
            image[i + sizeof text - 2] = digit;
            ++found;
        }
    }
    CU_ASSERT_EQUAL_FATAL(found, 1);
    return image;
}

/* Puts a new file in the place of the old one, as installers do. */
static void install(const void *image, size_t bytes)
{
    char fresh[sizeof file_path + 4];
    FILE *file;

    snprintf(fresh, sizeof fresh, "%s.new", file_path);
    file = fopen(fresh, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fwrite(image, 1, bytes, file), bytes);
    CU_ASSERT_EQUAL(fclose(file), 0);
    CU_ASSERT_EQUAL_FATAL(rename(fresh, file_path), 0);
}

static uint32_t version_of(opened *o, tn_plugin_module *module)
{
    tn_plugin_memory *memory = memory_of(o, 4);
    uint32_t version = 0;
    launching l;

    launching_init(&l, 1, 1);
    launching_buffer(&l, memory, 0);
    WORKS(launching_go(&l, o->stream, kernel_of(module, "version")));
    WORKS(the.plugin.copy_from(o->stream, memory, 0, &version, 4));
    the.plugin.memory_destroy(memory, NULL);
    return version;
}

static bool make_folder(void)
{
    static bool made;

    if (!made && mkdtemp(folder) == NULL) {
        skip("no folder can be made in /tmp");
        return false;
    }
    made = true;
    snprintf(file_path, sizeof file_path, "%s/kernels.so", folder);
    return true;
}

static void remove_folder(void)
{
    unlink(file_path);
    rmdir(folder);
}

static tn_plugin_module *load_version(opened *o, char digit)
{
    size_t bytes;
    char *image = image_of_version(digit, &bytes);

    install(image, bytes);
    tn_plugin_module *module = module_of_image(o, image, bytes, file_path);

    free(image);
    return module;
}

/* Debuggers and profilers look for the file of a mapping. */
static bool is_mapped(const char *path)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[4096];
    bool found = false;

    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        found = found || strstr(line, path) != NULL;
    }
    if (maps != NULL) {
        fclose(maps);
    }
    return found;
}

static void replaced_file(void)
{
    if (!make_folder()) {
        return;
    }
    opened o;

    open_with(&o, "2");
    tn_plugin_module *first = load_version(&o, '1');
    tn_plugin_module *second = load_version(&o, '2');
    tn_plugin_module *third = load_version(&o, '3');

    CU_ASSERT(is_mapped(file_path));
    CU_ASSERT_EQUAL(version_of(&o, first), 1);
    CU_ASSERT_EQUAL(version_of(&o, second), 2);
    CU_ASSERT_EQUAL(version_of(&o, third), 3);
    the.plugin.module_destroy(first);
    CU_ASSERT_EQUAL(version_of(&o, second), 2);
    the.plugin.module_destroy(second);
    tn_plugin_module *fourth = load_version(&o, '4');

    CU_ASSERT_EQUAL(version_of(&o, fourth), 4);
    CU_ASSERT_EQUAL(version_of(&o, third), 3);
    the.plugin.module_destroy(third);
    the.plugin.module_destroy(fourth);
    CU_ASSERT(!is_mapped(file_path));
    close_opened(&o);
    remove_folder();
}

/* What was checked is what runs, whatever the file says by now. */
static void file_that_differs(void)
{
    opened o;
    size_t bytes;
    char *image = image_of_version('7', &bytes);

    open_with(&o, "2");
    tn_plugin_module *other =
        module_of_image(&o, image, bytes, own_kernels_path);
    tn_plugin_module *gone =
        module_of_image(&o, image, bytes, "/nonexistent/kernels.so");

    CU_ASSERT_EQUAL(version_of(&o, other), 7);
    CU_ASSERT_EQUAL(version_of(&o, gone), 7);
    the.plugin.module_destroy(other);
    the.plugin.module_destroy(gone);
    free(image);
    close_opened(&o);
}

static void nothing_is_left(void)
{
    opened o;
    size_t bytes;
    char *image = image_of_version('5', &bytes);

    open_with(&o, "2");
    unsigned files = count_entries("/proc/self/fd");

    for (int i = 0; i < 200; ++i) {
        tn_plugin_module *a = module_of(&o, own_kernels_path);
        tn_plugin_module *b = module_of_image(&o, image, bytes, NULL);

        if (i % 50 == 0) {
            CU_ASSERT_EQUAL(version_of(&o, a), 1);
            CU_ASSERT_EQUAL(version_of(&o, b), 5);
        }
        the.plugin.module_destroy(i % 2 == 0 ? a : b);
        the.plugin.module_destroy(i % 2 == 0 ? b : a);
    }
    CU_ASSERT_EQUAL(count_entries("/proc/self/fd"), files);
    CU_ASSERT(!is_mapped("tenon-kernels"));
    free(image);
    close_opened(&o);
}

static void loader_cannot_read_it(void)
{
    size_t bytes;
    char *image = image_of_version('5', &bytes);
    tn_plugin_module_desc desc = {.size = sizeof desc,
                                  .name = "unresolved",
                                  .format = "so",
                                  .image = image,
                                  .image_bytes = bytes,
                                  .options = ""};
    tn_plugin_module *module = NULL;
    static const char wanted[] = "nanosleep";

    /* A function that nobody has: the loader refuses it in its own words. */
    for (size_t i = 0; i + sizeof wanted <= bytes; ++i) {
        if (memcmp(image + i, wanted, sizeof wanted) == 0) {
            image[i + 4] = 'X';
        }
    }
    FAILS(the.plugin.module_create(the.device, &desc, &module),
          TN_ERROR_FORMAT);
    CU_ASSERT_PTR_NOT_NULL(strstr(fake_host_error(), "nanoXleep"));
    CU_ASSERT_PTR_NULL(module);
    free(image);
}

static char enclosure[] = "/tmp/tenon-test-XXXXXX";

/* The status that loading from memory has, where nothing is mounted. */
static int load_without_proc(void)
{
    size_t bytes;
    char *image = image_of_version('6', &bytes);
    tn_plugin_module_desc desc = {.size = sizeof desc,
                                  .name = "enclosed",
                                  .format = "so",
                                  .image = image,
                                  .image_bytes = bytes,
                                  .options = ""};
    tn_plugin_module *module = NULL;

    if (chroot(enclosure) != 0 || chdir("/") != 0) {
        return 77;
    }
    tn_status status = the.plugin.module_create(the.device, &desc, &module);

    return strstr(fake_host_error(), "mount /proc") != NULL ? (int)status : 1;
}

static void nothing_mounted(void)
{
    if (mkdtemp(enclosure) == NULL) {
        skip("no folder can be made in /tmp");
        return;
    }
    int status = in_child(load_without_proc);

    rmdir(enclosure);
    if (status == 77) {
        skip("only root may change the root folder");
        return;
    }
    CU_ASSERT_EQUAL(status, TN_ERROR_IO);
}

void add_load_tests(CU_pSuite tests)
{
    CU_add_test(tests, "a replaced file is loaded beside the old one",
                replaced_file);
    CU_add_test(tests, "the image is run, not a file that differs",
                file_that_differs);
    CU_add_test(tests, "unloaded modules leave no files or mappings",
                nothing_is_left);
    CU_add_test(tests, "what the loader refuses is told in its words",
                loader_cannot_read_it);
    CU_add_test(tests, "loading from memory needs /proc, and says so",
                nothing_mounted);
}
