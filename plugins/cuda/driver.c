/* SPDX-License-Identifier: MIT */
#include "plugins/cuda/driver.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the library and its functions ---- */

static tn_status fail_open(const char *library, const char *loader,
                           tn_sentence *why)
{
    if (strstr(loader, "cannot open shared object file: No such file") ==
        NULL) {
        tn_sentence_set(why, "%s cannot be opened: %s", library, loader);
    } else if (strcmp(library, "libcuda.so.1") == 0) {
        tn_sentence_set(why, "libcuda.so.1 not found; install the NVIDIA "
                             "driver");
    } else {
        tn_sentence_set(why,
                        "%s not found; install the NVIDIA driver, or correct "
                        "`library` in [backend cuda]",
                        library);
    }
    return TN_ERROR_UNAVAILABLE;
}

static tn_status fail_symbol(const cuda_driver *driver, const char *name,
                             tn_sentence *why)
{
    tn_sentence_set(why,
                    "%s has no function %s; install the NVIDIA driver 470 or "
                    "a later one",
                    driver->library, name);
    return TN_ERROR_UNAVAILABLE;
}

static tn_status find_functions(cuda_driver *driver, tn_dl *dl,
                                tn_sentence *why)
{
#define FIND(name, parameters)                                                 \
    driver->name = (cuda_result(*) parameters)tn_dl_function(dl, #name);
#define REQUIRE(name, parameters)                                              \
    FIND(name, parameters)                                                     \
    if (driver->name == NULL) {                                                \
        return fail_symbol(driver, #name, why);                                \
    }
    CUDA_FUNCTIONS(REQUIRE, FIND)
#undef REQUIRE
#undef FIND
    return TN_OK;
}

/* The library stays open: a driver that has run is never unloaded. */
tn_status cuda_driver_open(cuda_driver *driver, const char *library,
                           tn_sentence *why)
{
    tn_sentence loader;
    tn_dl *dl = NULL;

    driver->library = library;
    if (tn_dl_open(library, &dl, &loader) != TN_OK) {
        return fail_open(library, loader.text, why);
    }
    tn_status status = find_functions(driver, dl, why);

    if (status != TN_OK) {
        tn_dl_close(dl); /* none of it has run */
    }
    return status;
}

/* ---- why the driver does not start ---- */

/* A file of the driver in /dev that exists and may not be opened, or NULL. */
static const char *denied_file(void)
{
    static const char *const files[] = {"/dev/nvidiactl", "/dev/nvidia-uvm",
                                        "/dev/nvidia0"};

    for (size_t i = 0; i < sizeof files / sizeof files[0]; ++i) {
        if (faccessat(AT_FDCWD, files[i], F_OK, AT_EACCESS) == 0 &&
            faccessat(AT_FDCWD, files[i], R_OK | W_OK, AT_EACCESS) != 0) {
            return files[i];
        }
    }
    return NULL;
}

/* What to do about an answer of cuInit(). */
static const char *start_fix(cuda_result result)
{
    switch (result) {
    case TN_CUDA_ERROR_STUB_LIBRARY:
        return "take the folder `stubs` of the toolkit out of LD_LIBRARY_PATH "
               "and install the NVIDIA driver";
    case TN_CUDA_ERROR_NO_DEVICE:
        if (getenv("CUDA_VISIBLE_DEVICES") != NULL) {
            return "CUDA_VISIBLE_DEVICES is set and may hide it";
        }
        return access("/dev/nvidiactl", F_OK) != 0
                   ? "/dev/nvidiactl does not exist: load the kernel module "
                     "nvidia, or give the container its GPU (--gpus all)"
                   : "see what nvidia-smi says";
    case TN_CUDA_ERROR_SYSTEM_NOT_READY:
        return "start nvidia-fabricmanager, or wait until it runs";
    case TN_CUDA_ERROR_SYSTEM_DRIVER_MISMATCH:
        return "reboot, or reload the kernel module nvidia, after an update "
               "of the driver";
    case TN_CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE:
        return "take the folder cuda-compat out of LD_LIBRARY_PATH, or "
               "install a later driver";
    case TN_CUDA_ERROR_UNKNOWN:
        return "see what nvidia-smi and dmesg say; reload the kernel module "
               "nvidia_uvm, or reboot";
    default:
        return "see what nvidia-smi says";
    }
}

static tn_status fail_start(const cuda_driver *driver, cuda_result result,
                            tn_sentence *why)
{
    const char *denied = denied_file();
    tn_sentence text;

    cuda_result_text(driver, result, &text);
    if (denied != NULL && result != TN_CUDA_ERROR_STUB_LIBRARY) {
        tn_sentence_set(why,
                        "%s; this user may not open %s: join the group that "
                        "owns it",
                        text.text, denied);
    } else {
        tn_sentence_set(why, "%s: %s; %s", driver->library, text.text,
                        start_fix(result));
    }
    return TN_ERROR_UNAVAILABLE;
}

tn_status cuda_driver_start(cuda_driver *driver, tn_sentence *why)
{
    cuda_result result = driver->cuInit(0);

    if (result == TN_CUDA_SUCCESS) {
        result = driver->cuDriverGetVersion(&driver->version);
    }
    if (result != TN_CUDA_SUCCESS) {
        return fail_start(driver, result, why);
    }
    if (driver->version < CUDA_DRIVER_OLDEST) {
        tn_sentence_set(why,
                        "%s is a driver for CUDA %d.%d; install the NVIDIA "
                        "driver 470 or a later one",
                        driver->library, driver->version / 1000,
                        driver->version % 1000 / 10);
        return TN_ERROR_UNAVAILABLE;
    }
    return TN_OK;
}

/* ---- answers ---- */

const char *cuda_result_text(const cuda_driver *driver, cuda_result result,
                             tn_sentence *text)
{
    const char *name = "CUDA error";
    const char *meaning = "of an unknown kind";

    switch (result) {
#define KNOWN(known, number, told)                                             \
    case number:                                                               \
        name = #known;                                                         \
        meaning = told;                                                        \
        break;
        CUDA_RESULTS(KNOWN)
#undef KNOWN
    default:
        if (driver->cuGetErrorName != NULL &&
            driver->cuGetErrorString != NULL) {
            (void)driver->cuGetErrorName(result, &name);
            (void)driver->cuGetErrorString(result, &meaning);
        }
    }
    tn_sentence_set(text, "%s (%u): %s", name != NULL ? name : "CUDA error",
                    result, meaning != NULL ? meaning : "of an unknown kind");
    return text->text;
}

bool cuda_result_is_final(cuda_result result)
{
    switch (result) {
    case TN_CUDA_ERROR_ECC_UNCORRECTABLE:
    case TN_CUDA_ERROR_NVLINK_UNCORRECTABLE:
    case TN_CUDA_ERROR_ILLEGAL_ADDRESS:
    case TN_CUDA_ERROR_LAUNCH_TIMEOUT:
    case TN_CUDA_ERROR_CONTEXT_IS_DESTROYED:
    case TN_CUDA_ERROR_ASSERT:
    case TN_CUDA_ERROR_HARDWARE_STACK_ERROR:
    case TN_CUDA_ERROR_ILLEGAL_INSTRUCTION:
    case TN_CUDA_ERROR_MISALIGNED_ADDRESS:
    case TN_CUDA_ERROR_INVALID_ADDRESS_SPACE:
    case TN_CUDA_ERROR_INVALID_PC:
    case TN_CUDA_ERROR_LAUNCH_FAILED:
        return true;
    default:
        return false;
    }
}

tn_status cuda_result_status(cuda_result result)
{
    if (cuda_result_is_final(result)) {
        return TN_ERROR_DEVICE_LOST;
    }
    switch (result) {
    case TN_CUDA_SUCCESS:
        return TN_OK;
    case TN_CUDA_ERROR_NOT_READY:
        return TN_NOT_READY;
    case TN_CUDA_ERROR_INVALID_VALUE:
    case TN_CUDA_ERROR_INVALID_HANDLE:
        return TN_ERROR_INVALID;
    case TN_CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES:
        return TN_ERROR_RANGE;
    case TN_CUDA_ERROR_OUT_OF_MEMORY:
        return TN_ERROR_NO_MEMORY;
    case TN_CUDA_ERROR_NOT_FOUND:
        return TN_ERROR_NOT_FOUND;
    case TN_CUDA_ERROR_NO_BINARY_FOR_GPU:
    case TN_CUDA_ERROR_INVALID_IMAGE:
    case TN_CUDA_ERROR_UNSUPPORTED_PTX_VERSION:
        return TN_ERROR_FORMAT;
    case TN_CUDA_ERROR_INVALID_PTX:
    case TN_CUDA_ERROR_INVALID_SOURCE:
    case TN_CUDA_ERROR_JIT_COMPILER_NOT_FOUND:
    case TN_CUDA_ERROR_JIT_COMPILATION_DISABLED:
        return TN_ERROR_BUILD;
    case TN_CUDA_ERROR_NOT_SUPPORTED:
    case TN_CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED:
    case TN_CUDA_ERROR_PEER_ACCESS_UNSUPPORTED:
        return TN_ERROR_UNSUPPORTED;
    case TN_CUDA_ERROR_NOT_PERMITTED:
        return TN_ERROR_DENIED;
    case TN_CUDA_ERROR_NO_DEVICE:
    case TN_CUDA_ERROR_INVALID_DEVICE:
    case TN_CUDA_ERROR_DEVICE_UNAVAILABLE:
    case TN_CUDA_ERROR_DEVICE_NOT_LICENSED:
        return TN_ERROR_UNAVAILABLE;
    default:
        return TN_ERROR_DEVICE;
    }
}
