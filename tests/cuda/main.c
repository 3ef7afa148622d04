/* SPDX-License-Identifier: MIT */
/* cuda_test PLUGIN FAKE_DRIVER */
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/cuda/cuda_test.h"

raw_functions raw;
const char *denied_path;

/* ---- files that may not be opened ---- */

static int judge(const char *path, int mode)
{
    return strcmp(path, denied_path) == 0 && mode == F_OK ? 0 : -1;
}

/* The plugin's calls come here: this program's symbols are found first. */
__attribute__((visibility("default"))) int access(const char *path, int mode)
{
    return denied_path != NULL && strncmp(path, "/dev/nvidia", 11) == 0
               ? judge(path, mode)
               : (int)syscall(SYS_faccessat, AT_FDCWD, path, mode);
}

__attribute__((visibility("default"))) int
faccessat(int folder, const char *path, int mode, int flags)
{
    (void)flags;
    return denied_path != NULL && strncmp(path, "/dev/nvidia", 11) == 0
               ? judge(path, mode)
               : (int)syscall(SYS_faccessat, folder, path, mode);
}

/* ---- opening and closing ---- */

tn_status start(opened *o, const char *script)
{
    memset(o, 0, sizeof *o);
    fake_host_init(&o->host);
    if (script != NULL) {
        raw.tn_fake_cuda_script(script);
    }
    return the.plugin.instance_create(&o->host.table, &o->host, &o->instance);
}

void open_script(opened *o, const char *script)
{
    WORKS_FATAL(start(o, script));
    WORKS_FATAL(the.plugin.device_open(o->instance, 0, &o->device));
    o->stream = stream_of(o);
}

void close_opened(opened *o)
{
    if (o->stream != NULL) {
        the.plugin.stream_destroy(o->stream);
    }
    if (o->device != NULL) {
        the.plugin.device_close(o->device);
    }
    the.plugin.instance_destroy(o->instance);
    CU_ASSERT_EQUAL(o->host.blocks, 0);
    CU_ASSERT_EQUAL(o->host.strangers, 0);
    CU_ASSERT_EQUAL(raw.tn_fake_cuda_users(0), 0);
    CU_ASSERT_EQUAL(raw.tn_fake_cuda_blocks(), 0);
    CU_ASSERT_EQUAL(raw.tn_fake_cuda_objects(), 0);
}

bool failed(tn_status status, tn_status expected, const char *says,
            const char *file, int line)
{
    bool right = status == expected && strstr(fake_host_error(), says) != NULL;

    if (!right) {
        fprintf(stderr, "\n%s:%d: status %u, not %u; '%s' does not say '%s'\n",
                file, line, (unsigned)status, (unsigned)expected,
                fake_host_error(), says);
    }
    return right;
}

/* ---- objects ---- */

tn_plugin_stream *stream_of(opened *o)
{
    tn_plugin_stream_desc desc = {.size = sizeof desc};
    tn_plugin_stream *stream = NULL;

    WORKS_FATAL(the.plugin.stream_create(o->device, &desc, &stream));
    return stream;
}

tn_status make_memory(opened *o, tn_memory_kind kind, uint64_t bytes,
                      tn_plugin_memory **memory)
{
    tn_plugin_memory_desc desc = {
        .size = sizeof desc, .kind = kind, .bytes = bytes};

    return the.plugin.memory_create(o->device, &desc, memory);
}

tn_plugin_memory *memory_of(opened *o, uint64_t bytes)
{
    tn_plugin_memory *memory = NULL;

    WORKS_FATAL(make_memory(o, TN_MEMORY_DEVICE, bytes, &memory));
    return memory;
}

tn_status load_as(opened *o, const char *format, const void *image,
                  uint64_t bytes, tn_plugin_module **module)
{
    tn_plugin_module_desc desc = {.size = sizeof desc,
                                  .name = "tested",
                                  .format = format,
                                  .image = image,
                                  .image_bytes = bytes,
                                  .options = ""};

    return the.plugin.module_create(o->device, &desc, module);
}

tn_status load_text(opened *o, const char *text, tn_plugin_module **module)
{
    return load_as(o, "ptx", text, strlen(text), module);
}

tn_plugin_module *module_of_text(opened *o, const char *text)
{
    tn_plugin_module *module = NULL;

    WORKS_FATAL(load_text(o, text, &module));
    return module;
}

tn_status launch_plain(opened *o, tn_plugin_module *module, const char *name)
{
    launching l;

    launching_init(&l, 1, 1);
    return launching_go(&l, o->stream, kernel_of(module, name));
}

bool still_works(opened *o)
{
    tn_plugin_module *module = NULL;
    tn_plugin_memory *list = NULL;
    tn_plugin_kernel *kernel = NULL;
    uint32_t numbers[2] = {0, 0};
    bool works =
        load_text(o, PTX_HEAD PTX_APPEND, &module) == TN_OK &&
        make_memory(o, TN_MEMORY_DEVICE, 8, &list) == TN_OK &&
        the.plugin.kernel_get(module, "append", &kernel) == TN_OK &&
        the.plugin.fill(o->stream, list, 0, 8, "\0", 1) == TN_OK &&
        append(o->stream, kernel, list, 42) == TN_OK &&
        the.plugin.copy_from(o->stream, list, 0, numbers, 8) == TN_OK &&
        numbers[0] == 1 && numbers[1] == 42;

    if (!works) {
        fprintf(stderr, "\nnothing works any more: %s\n", fake_host_error());
    }
    if (module != NULL) {
        the.plugin.module_destroy(module);
    }
    if (list != NULL) {
        the.plugin.memory_destroy(list, NULL);
    }
    return works;
}

/* ---- the program ---- */

static bool open_raw(const char *path)
{
    tn_dl *library;
    tn_sentence why;

    if (tn_dl_open(path, &library, &why) != TN_OK) {
        fprintf(stderr, "cuda_test: %s\n", why.text);
        return false;
    }
#define RAW_FIND(type, name, parameters)                                       \
    raw.name = (type(*) parameters)tn_dl_function(library, #name);             \
    if (raw.name == NULL) {                                                    \
        fprintf(stderr, "cuda_test: %s has no %s\n", path, #name);             \
        return false;                                                          \
    }
    RAW_FUNCTIONS(RAW_FIND)
#undef RAW_FIND
    return fake_host_set("library", path);
}

enum {
    HANGS = 300 /* seconds after which the program is taken to hang */
};

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: cuda_test PLUGIN FAKE_DRIVER\n", stderr);
        return 2;
    }
    if (CU_initialize_registry() != CUE_SUCCESS || !suite_load(argv[1]) ||
        !open_raw(argv[2])) {
        return 1;
    }
    if (!fake_host_set("cache", "no")) {
        return 1;
    }
    alarm(HANGS);
    add_start_tests(CU_add_suite("starting", NULL, NULL));
    add_device_tests_of_cuda(CU_add_suite("devices", NULL, NULL));
    add_code_tests(CU_add_suite("code", NULL, NULL));
    add_binary_tests(CU_add_suite("compiled code", NULL, NULL));
    add_kept_tests(CU_add_suite("code that is kept", NULL, NULL));
    add_work_tests(CU_add_suite("memory and launches", NULL, NULL));
    add_staging_tests(CU_add_suite("large copies", NULL, NULL));
    add_loss_tests(CU_add_suite("broken and endless kernels", NULL, NULL));
    add_context_tests(CU_add_suite("contexts and streams", NULL, NULL));
    add_graph_tests_of_cuda(CU_add_suite("graphs", NULL, NULL));
    add_sweep_tests(CU_add_suite("failing calls", NULL, NULL));
    return suite_run() == 0 ? 0 : 1;
}
