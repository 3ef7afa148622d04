/* SPDX-License-Identifier: MIT */
/* cpu_test PLUGIN CONFORMANCE_KERNELS CPU_KERNELS WIDE_KERNELS */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/cpu/cpu_test.h"

const char *common_kernels_path;
const char *own_kernels_path;
const char *wide_kernels_path;

void open_with(opened *o, const char *threads)
{
    open_with_key(o, threads != NULL ? "threads" : NULL, threads);
}

void open_with_key(opened *o, const char *key, const char *value)
{
    memset(o, 0, sizeof *o);
    fake_host_init(&o->host);
    o->host.key = key;
    o->host.value = value;
    WORKS_FATAL(
        the.plugin.instance_create(&o->host.table, &o->host, &o->instance));
    WORKS_FATAL(the.plugin.device_open(o->instance, 0, &o->device));
    o->stream = stream_of(o);
}

void close_opened(opened *o)
{
    the.plugin.stream_destroy(o->stream);
    the.plugin.device_close(o->device);
    the.plugin.instance_destroy(o->instance);
    CU_ASSERT_EQUAL(o->host.blocks, 0);
    CU_ASSERT_EQUAL(o->host.strangers, 0);
}

tn_plugin_stream *stream_of(opened *o)
{
    tn_plugin_stream_desc desc = {.size = sizeof desc};
    tn_plugin_stream *stream = NULL;

    WORKS_FATAL(the.plugin.stream_create(o->device, &desc, &stream));
    return stream;
}

tn_plugin_memory *memory_of(opened *o, uint64_t bytes)
{
    tn_plugin_memory_desc desc = {.size = sizeof desc, .bytes = bytes};
    tn_plugin_memory *memory = NULL;

    WORKS_FATAL(the.plugin.memory_create(o->device, &desc, &memory));
    return memory;
}

tn_plugin_module *module_of_image(opened *o, const void *image, size_t bytes,
                                  const char *path)
{
    tn_plugin_module_desc desc = {.size = sizeof desc,
                                  .name = "kernels",
                                  .format = "so",
                                  .image = image,
                                  .image_bytes = bytes,
                                  .path = path,
                                  .options = ""};
    tn_plugin_module *module = NULL;

    WORKS_FATAL(the.plugin.module_create(o->device, &desc, &module));
    return module;
}

tn_plugin_module *module_of(opened *o, const char *path)
{
    size_t bytes;
    void *image = read_file(path, &bytes);

    CU_ASSERT_PTR_NOT_NULL_FATAL(image);
    tn_plugin_module *module = module_of_image(o, image, bytes, path);

    free(image);
    return module;
}

tn_status linger(opened *o, tn_plugin_module *module, tn_plugin_stream *stream,
                 tn_plugin_memory *memory, uint32_t groups,
                 uint32_t microseconds)
{
    launching l;

    (void)o;
    launching_init(&l, groups, 1);
    launching_u32(&l, microseconds);
    launching_buffer(&l, memory, 0);
    return launching_go(&l, stream, kernel_of(module, "linger"));
}

int in_child(int (*function)(void))
{
    int status = 0;

    fflush(stdout);
    pid_t child = fork();

    if (child == 0) {
        alarm(60);
        _exit(function());
    }
    CU_ASSERT_EQUAL_FATAL(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

tn_status count_groups(tn_plugin_kernel *count, tn_plugin_stream *stream,
                       tn_plugin_memory *memory, uint32_t groups)
{
    launching l;

    launching_init(&l, groups, 1);
    launching_buffer(&l, memory, 0);
    return launching_go(&l, stream, count);
}

bool is_of_pool(const char *thread)
{
    char path[300];
    char name[32] = "";

    snprintf(path, sizeof path, "/proc/self/task/%s/comm", thread);
    FILE *file = fopen(path, "r");

    if (file != NULL) {
        if (fgets(name, sizeof name, file) == NULL) {
            name[0] = '\0';
        }
        fclose(file);
    }
    return strncmp(name, "tenon-cpu", 9) == 0;
}

unsigned count_entries(const char *folder)
{
    DIR *opened_folder = opendir(folder);
    unsigned count = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(opened_folder);
    while (readdir(opened_folder) != NULL) {
        ++count;
    }
    closedir(opened_folder);
    return count - 2; /* . and .. */
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fputs("usage: cpu_test PLUGIN CONFORMANCE_KERNELS CPU_KERNELS "
              "WIDE_KERNELS\n",
              stderr);
        return 2;
    }
    common_kernels_path = argv[2];
    own_kernels_path = argv[3];
    wide_kernels_path = argv[4];
    if (CU_initialize_registry() != CUE_SUCCESS || !suite_open(argv[1])) {
        return 1;
    }
    add_config_tests(CU_add_suite("configuration and rank", NULL, NULL));
    add_places_tests(CU_add_suite("processors", NULL, NULL));
    add_note_tests(CU_add_suite("notes of kernels", NULL, NULL));
    add_load_tests(CU_add_suite("loading", NULL, NULL));
    add_buffer_tests(CU_add_suite("memory", NULL, NULL));
    add_object_tests(CU_add_suite("lifetimes", NULL, NULL));
    add_pool_tests(CU_add_suite("threads", NULL, NULL));
    add_short_tests(CU_add_suite("short work", NULL, NULL));
    add_failure_tests(CU_add_suite("failures", NULL, NULL));
    add_graph_run_tests(CU_add_suite("graphs", NULL, NULL));
    add_stress_tests(CU_add_suite("endurance", NULL, NULL));
    add_disturbance_tests(CU_add_suite("disturbance", NULL, NULL));
    unsigned failures = suite_run();

    suite_close();
    return failures == 0 && the.host.blocks == 0 ? 0 : 1;
}
