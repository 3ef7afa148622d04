/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <unistd.h>

#include "bench/cpu.h"

tn_module *ours_load(const ours *o, const char *name)
{
    char path[4096];
    tn_device_info info = {.size = sizeof info};
    tn_module *module;

    ours_check(tn_device_info_get(o->device, &info));
    snprintf(path, sizeof path, "%s/%s/%s.%s.so", bench_kernels, name, name,
             info.target);
    if (access(path, R_OK) != 0) { /* not x86-64 */
        snprintf(path, sizeof path, "%s/%s/%s.%s.so", bench_kernels, name, name,
                 BENCH_BASELINE);
    }
    ours_check(tn_module_load(o->device, path, &module));
    return module;
}

void ours_open(ours *o, bool with_kernels)
{
    *o = (ours){.runtime = NULL};
    ours_check(tn_runtime_open(bench_settings, &o->runtime));
    ours_check(tn_device_default(o->runtime, &o->device));
    ours_check(tn_stream_create(o->device, &o->stream));
    if (with_kernels) {
        o->module = ours_load(o, "bench");
    }
}

void ours_close(ours *o)
{
    tn_runtime_close(o->runtime);
}

tn_kernel *ours_kernel(const ours *o, const char *name)
{
    tn_kernel *kernel;

    ours_check(tn_kernel_get(o->module, name, &kernel));
    return kernel;
}

tn_buffer *ours_floats(const ours *o, size_t count, float **host)
{
    tn_buffer *buffer;
    void *mapped;

    ours_check(tn_buffer_create(o->device, count * sizeof **host, &buffer));
    ours_check(tn_buffer_map(buffer, 0, count * sizeof **host,
                             TN_ACCESS_READ_WRITE, &mapped));
    *host = mapped;
    return buffer;
}
