/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "plugins/opencl/environment.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

bool ocl_environment_is_secure(void)
{
    return getauxval(AT_SECURE) != 0;
}

bool ocl_environment_is_risky(const char *variable)
{
    /* ICD loaders; PoCL; the drivers of Mesa, AMD, Intel and NVIDIA */
    static const char *const risky[] = {
        "OCL_",
        "OPENCL_",
        "CL_",
        "POCL_",
        "RUSTICL_",
        "MESA_",
        "CLVK_",
        "AMD_",
        "AMDOCL_",
        "GPU_",
        "HSA_",
        "IGC_",
        "NEO",
        "CUDA_",
        "LIBGL_",
        "CLOVER",
        "XDG_CACHE_HOME=",
    };

    for (size_t i = 0; i < sizeof risky / sizeof risky[0]; ++i) {
        if (strncmp(variable, risky[i], strlen(risky[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* Removes NAME=VALUE; a name too long to copy is none of those. */
static bool drop(const char *variable)
{
    char name[128];
    size_t length = strcspn(variable, "=");

    if (length >= sizeof name || !ocl_environment_is_risky(variable)) {
        return false;
    }
    memcpy(name, variable, length);
    name[length] = '\0';
    return unsetenv(name) == 0;
}

void ocl_environment_secure(void)
{
    char **variable = environ;

    if (!ocl_environment_is_secure()) {
        return;
    }
    while (variable != NULL && *variable != NULL) {
        variable = drop(*variable) ? environ : variable + 1;
    }
}
