/* SPDX-License-Identifier: MIT */
#include "bench/cuda_sides.h"

#include <stdint.h>
#include <stdio.h>

#include "bench/check.h"

static tn_status open_backend(tn_runtime **runtime, const char *library)
{
    const tn_setting settings[] = {{"runtime", "backend", "cuda", NULL},
                                   {"runtime", "fallback", "no", NULL},
                                   {"backend cuda", "library", library, NULL}};
    const tn_options options = {.size = sizeof options,
                                .settings = settings,
                                .setting_count =
                                    sizeof settings / sizeof settings[0]};

    return tn_runtime_open_with(&options, runtime);
}

bool cuda_sides_open(cuda_sides *sides, const char *program,
                     const char *library)
{
    uint64_t context = 0;

    if (open_backend(&sides->runtime, library) != TN_OK) {
        printf("%s: left out: %s\n", program, tn_error_message());
        return false;
    }
    if (!cu_open(&sides->driver, library)) {
        printf("%s: left out: %s lacks a function\n", program, library);
        return false;
    }
    ours_check(tn_device_default(sides->runtime, &sides->device));
    ours_check(tn_stream_create(sides->device, &sides->stream));
    ours_check(tn_device_native(sides->device, &context));
    CU(sides->driver.cuCtxSetCurrent((void *)(uintptr_t)context));
    CU(sides->driver.cuStreamCreate(&sides->queue,
                                    1 /* CU_STREAM_NON_BLOCKING */));
    return true;
}
