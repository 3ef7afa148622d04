/* SPDX-License-Identifier: MIT */
#include "plugins/opencl/symbols.h"

#include <stddef.h>
#include <string.h>

#include "common/dl.h"
#include "plugins/opencl/environment.h"
#include "plugins/opencl/opencl.h"

typedef struct entry {
    const char *name;
    size_t offset; /* of the pointer in ocl_symbols */
    int required;
} entry;

static const entry entries[] = {
#define REQUIRED(name) {"cl" #name, offsetof(ocl_symbols, name), 1},
#define OPTIONAL(name) {"cl" #name, offsetof(ocl_symbols, name), 0},
    OCL_REQUIRED_SYMBOLS(REQUIRED) OCL_OPTIONAL_SYMBOLS(OPTIONAL)
#undef REQUIRED
#undef OPTIONAL
};

static tn_status look_up(tn_dl *opened, const char *library,
                         ocl_symbols *symbols, tn_sentence *why)
{
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; ++i) {
        void (*function)(void) = tn_dl_function(opened, entries[i].name);

        if (function == NULL && entries[i].required) {
            tn_sentence_set(why,
                            "%s has no %s, so it is no ICD loader for OpenCL "
                            "1.2; install ocl-icd-libopencl1",
                            library, entries[i].name);
            return TN_ERROR_UNAVAILABLE;
        }
        memcpy((char *)symbols + entries[i].offset, &function, sizeof function);
    }
    return TN_OK;
}

tn_status ocl_symbols_open(const char *library, ocl_symbols *symbols,
                           tn_sentence *why)
{
    tn_sentence reason;
    tn_dl *opened = NULL;

    ocl_environment_secure();
    if (tn_dl_open(library, &opened, &reason) != TN_OK) {
        /* dlerror() names the file, except where it is somebody else's */
        int missing = strstr(reason.text, "No such file") != NULL;

        tn_sentence_set(why,
                        "%s %s%s%s; install an OpenCL ICD loader "
                        "(ocl-icd-libopencl1)%s",
                        library, missing ? "not found" : "cannot be opened (",
                        missing ? "" : reason.text, missing ? "" : ")",
                        strcmp(library, OCL_LIBRARY) == 0
                            ? ""
                            : ", or correct `library` in [backend opencl]");
        return TN_ERROR_UNAVAILABLE;
    }
    tn_status status = look_up(opened, library, symbols, why);

    if (status != TN_OK) {
        tn_dl_close(opened);
    }
    return status;
}

int ocl_symbols_have_svm(const ocl_symbols *symbols)
{
    return symbols->SVMAlloc != NULL && symbols->SVMFree != NULL &&
           symbols->SetKernelArgSVMPointer != NULL &&
           symbols->EnqueueSVMFree != NULL &&
           symbols->EnqueueSVMMemcpy != NULL &&
           symbols->EnqueueSVMMemFill != NULL &&
           symbols->EnqueueSVMMap != NULL && symbols->EnqueueSVMUnmap != NULL;
}
