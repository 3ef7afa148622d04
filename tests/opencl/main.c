/* SPDX-License-Identifier: MIT */
/* opencl_test PLUGIN DRIVER OLD_DRIVER CONFORMANCE_KERNELS ELSEWHERE_KERNELS */
#include <stdlib.h>
#include <string.h>

#include "tests/opencl/opencl_test.h"

const char *driver_path;
const char *old_driver_path;
const char *conformance_path;
const char *elsewhere_path;

/* ---- what hosts hear ---- */

static char logged[8192];
static char built[65536];

static void take_log(void *data, tn_log_level level, const char *line)
{
    size_t used = strlen(logged);

    (void)data;
    snprintf(logged + used, sizeof logged - used, "%u %s\n", (unsigned)level,
             line);
}

static void take_build_log(void *data, const char *text, size_t size)
{
    (void)data;
    snprintf(built, sizeof built, "%.*s", (int)size, text);
}

const char *log_text(void)
{
    return logged;
}

void forget_log(void)
{
    logged[0] = '\0';
}

const char *build_log(void)
{
    return built;
}

void says(const char *words, const char *file, int line)
{
    bool there = strstr(fake_host_error(), words) != NULL;

    if (!there) {
        fprintf(stderr, "\n%s:%d: '%s' is not in: %s\n", file, line, words,
                fake_host_error());
    }
    CU_ASSERT(there);
}

/* ---- opening ---- */

void script(const char *text)
{
    setenv(FAKE_OPENCL_SCRIPT, text, 1);
}

tn_status start(opened *o)
{
    memset(o, 0, sizeof *o);
    fake_host_init(&o->host);
    o->host.table.log = take_log;
    o->host.table.build_log = take_build_log;
    return the.plugin.instance_create(&o->host.table, &o->host, &o->instance);
}

void open_all(opened *o)
{
    tn_plugin_stream_desc desc = {.size = sizeof desc};

    WORKS_FATAL(start(o));
    o->info.size = sizeof o->info;
    WORKS_FATAL(the.plugin.device_info(o->instance, 0, &o->info));
    WORKS_FATAL(the.plugin.device_open(o->instance, 0, &o->device));
    WORKS_FATAL(the.plugin.stream_create(o->device, &desc, &o->stream));
}

void close_all(opened *o)
{
    the.plugin.stream_destroy(o->stream);
    the.plugin.device_close(o->device);
    the.plugin.instance_destroy(o->instance);
    CU_ASSERT_EQUAL(o->host.blocks, 0);
}

tn_plugin_memory *memory_of(opened *o, uint64_t bytes)
{
    tn_plugin_memory_desc desc = {.size = sizeof desc, .bytes = bytes};
    tn_plugin_memory *memory = NULL;

    WORKS_FATAL(the.plugin.memory_create(o->device, &desc, &memory));
    return memory;
}

tn_status load_text(opened *o, const char *text, const char *options,
                    tn_plugin_module **module)
{
    tn_plugin_module_desc desc = {.size = sizeof desc,
                                  .name = "test.cl",
                                  .format = "clc",
                                  .image = text,
                                  .image_bytes = strlen(text),
                                  .options = options};

    return the.plugin.module_create(o->device, &desc, module);
}

tn_plugin_module *load_file(opened *o, const char *path, const char *options)
{
    size_t bytes;
    char *text = read_file(path, &bytes);
    tn_plugin_module *module = NULL;

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    text[bytes] = '\0';
    WORKS_FATAL(load_text(o, text, options, &module));
    free(text);
    return module;
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fputs("usage: opencl_test PLUGIN DRIVER OLD_DRIVER CONFORMANCE_KERNELS "
              "ELSEWHERE_KERNELS\n",
              stderr);
        return 2;
    }
    driver_path = argv[2];
    old_driver_path = argv[3];
    conformance_path = argv[4];
    elsewhere_path = argv[5];
    script("");
    if (CU_initialize_registry() != CUE_SUCCESS ||
        !fake_host_set("library", driver_path) || !suite_open(argv[1])) {
        return 1;
    }
    add_driver_tests(CU_add_suite("drivers", NULL, NULL));
    add_program_tests(CU_add_suite("programs", NULL, NULL));
    add_kernel_tests(CU_add_suite("kernels", NULL, NULL));
    add_cache_tests(CU_add_suite("the cache", NULL, NULL));
    add_graph_tests_of_opencl(CU_add_suite("command buffers", NULL, NULL));
    unsigned failures = suite_run();

    suite_close();
    return failures == 0 && the.host.blocks == 0 ? 0 : 1;
}
