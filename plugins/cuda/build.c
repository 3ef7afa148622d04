/* SPDX-License-Identifier: MIT */
/* Having the driver load code: its compiler's options and logs. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/cuda/binary.h"
#include "plugins/cuda/cuda.h"
#include "plugins/cuda/module.h"

enum {
    /* Where a log fills its buffer, code is loaded once more with the next. */
    LOG_BYTES_FIRST = 64 << 10,
    LOG_BYTES_LAST = 16 << 20,
    LOG_BYTES_FACTOR = 16,
    OPTIONS_MAX = 8
};

typedef struct build {
    tn_plugin_device *device;
    const tn_plugin_module_desc *desc;
    uint32_t count;
    unsigned options[OPTIONS_MAX];
    void *values[OPTIONS_MAX];
    char *errors; /* log_bytes each; the compiler writes up to its end */
    char *notes;
    size_t log_bytes;
} build;

/* ---- options ---- */

static void set(build *b, unsigned option, uint64_t value)
{
    b->options[b->count] = option;
    b->values[b->count++] = (void *)(uintptr_t)value;
}

static bool is(const char *word, size_t bytes, const char *text)
{
    return bytes == strlen(text) && memcmp(word, text, bytes) == 0;
}

/* One word of the options, as nvcc and ptxas write it. */
static bool take_option(build *b, const char *word, size_t bytes)
{
    static const char registers[] = "-maxrregcount=";

    if (bytes == 3 && memcmp(word, "-O", 2) == 0 && word[2] >= '0' &&
        word[2] <= '4') {
        set(b, TN_CU_JIT_OPTIMIZATION_LEVEL, (uint64_t)(word[2] - '0'));
    } else if (is(word, bytes, "-lineinfo")) {
        set(b, TN_CU_JIT_GENERATE_LINE_INFO, 1);
    } else if (is(word, bytes, "-G")) {
        set(b, TN_CU_JIT_GENERATE_DEBUG_INFO, 1);
    } else if (bytes >= sizeof registers && bytes < sizeof registers + 3 &&
               memcmp(word, registers, sizeof registers - 1) == 0) {
        set(b, TN_CU_JIT_MAX_REGISTERS,
            strtoul(word + sizeof registers - 1, NULL, 10));
    } else {
        return false;
    }
    return true;
}

static tn_status take_options(build *b)
{
    const char *at = b->desc->options != NULL ? b->desc->options : "";

    while (*(at += strspn(at, " \t")) != '\0') {
        size_t bytes = strcspn(at, " \t");

        if (b->count >= OPTIONS_MAX - 4 || !take_option(b, at, bytes)) {
            return cuda_fail(b->device->instance, TN_ERROR_BUILD,
                             "%s: option %.*s is none of the compiler of PTX "
                             "in the driver; it takes -O0 to -O4, "
                             "-maxrregcount=N, -lineinfo and -G, once each",
                             b->desc->name, (int)bytes, at);
        }
        at += bytes;
    }
    return TN_OK;
}

/* ---- logs ---- */

/* Has the compiler write its logs; the options behind the first ones. */
static void set_logs(build *b)
{
    b->errors[0] = '\0';
    b->notes[0] = '\0';
    set(b, TN_CU_JIT_ERROR_LOG_BUFFER, (uintptr_t)b->errors);
    set(b, TN_CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, b->log_bytes);
    set(b, TN_CU_JIT_INFO_LOG_BUFFER, (uintptr_t)b->notes);
    set(b, TN_CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES, b->log_bytes);
}

static cuda_result load(build *b, const void *image, cuda_code *code)
{
    const cuda_driver *driver = &b->device->instance->driver;
    uint32_t own = b->count;

    set_logs(b);
    cuda_result result = driver->cuModuleLoadDataEx(code, image, b->count,
                                                    b->options, b->values);

    b->errors[b->log_bytes] = '\0';
    b->notes[b->log_bytes] = '\0';
    b->count = own;
    return result;
}

static bool is_cut(const build *b)
{
    return strlen(b->errors) + 1 >= b->log_bytes &&
           b->log_bytes < LOG_BYTES_LAST;
}

static bool allocate_logs(build *b, size_t bytes)
{
    tn_plugin_instance *instance = b->device->instance;

    cuda_release(instance, b->errors);
    cuda_release(instance, b->notes);
    b->errors = cuda_allocate(instance, bytes + 1);
    b->notes = cuda_allocate(instance, bytes + 1);
    b->log_bytes = bytes;
    return b->errors != NULL && b->notes != NULL;
}

static void hand_over(const build *b, const char *log)
{
    const tn_plugin_instance *instance = b->device->instance;

    if (log[0] != '\0') {
        instance->host->build_log(instance->host_data, log, strlen(log));
    }
}

/* The line that says what is wrong: the first with an error, or the first. */
static const char *first_error(const char *log, size_t *bytes)
{
    const char *line = strcasestr(log, "error");
    const char *fatal = strcasestr(log, "fatal");

    if (line == NULL || (fatal != NULL && fatal < line)) {
        line = fatal;
    }
    if (line == NULL) {
        line = log;
    }
    while (line > log && line[-1] != '\n') {
        --line;
    }
    *bytes = strcspn(line, "\n");
    return line;
}

/* ---- answers ---- */

static const char *fix_of(cuda_result result)
{
    switch (result) {
    case TN_CUDA_ERROR_UNSUPPORTED_PTX_VERSION:
        return "; install a later driver, or build it with an older toolkit";
    case TN_CUDA_ERROR_NO_BINARY_FOR_GPU:
        return "; build it for this GPU, or as PTX";
    case TN_CUDA_ERROR_JIT_COMPILER_NOT_FOUND:
        return "; install the driver's package with it, or load a cubin";
    case TN_CUDA_ERROR_JIT_COMPILATION_DISABLED:
        return "; unset CUDA_DISABLE_PTX_JIT, or load a cubin";
    default:
        return "";
    }
}

static tn_status fail_build(const build *b, cuda_result result)
{
    tn_plugin_device *device = b->device;
    tn_sentence text;
    size_t bytes = 0;
    const char *line = first_error(b->errors, &bytes);

    if (cuda_result_is_final(result)) {
        return cuda_check(device, result, "loading code");
    }
    cuda_result_text(&device->instance->driver, result, &text);
    hand_over(b, b->errors);
    return cuda_fail(
        device->instance,
        result == TN_CUDA_ERROR_INVALID_VALUE ? TN_ERROR_BUILD
                                              : cuda_result_status(result),
        "%s: %.*s%s%s; the GPU is %s, the driver for CUDA %d.%d%s",
        b->desc->name, (int)bytes, line, bytes > 0 ? ": " : "", text.text,
        device->info.target, device->instance->driver.version / 1000,
        device->instance->driver.version % 1000 / 10, fix_of(result));
}

tn_status cuda_build(tn_plugin_device *device,
                     const tn_plugin_module_desc *desc, const void *image,
                     cuda_code *code)
{
    build b = {.device = device, .desc = desc};
    tn_plugin_instance *instance = device->instance;
    size_t log_bytes = LOG_BYTES_FIRST;
    cuda_result result;
    tn_status status = take_options(&b);

    if (status != TN_OK) {
        return status;
    }
    do {
        if (!allocate_logs(&b, log_bytes)) {
            cuda_release(instance, b.errors);
            cuda_release(instance, b.notes);
            return cuda_fail_memory(instance, "the compiler's log");
        }
        result = load(&b, image, code);
        log_bytes *= LOG_BYTES_FACTOR;
    } while (result != TN_CUDA_SUCCESS && is_cut(&b));
    if (result == TN_CUDA_SUCCESS) {
        hand_over(&b, b.notes);
    } else {
        status = fail_build(&b, result);
    }
    cuda_release(instance, b.errors);
    cuda_release(instance, b.notes);
    return status;
}

/* ---- PTX, whose code is kept ---- */

/* The linker owns the cubin; false where it makes none. */
static bool make_cubin(build *b, cuda_linker linker, char *text, size_t bytes,
                       cuda_code *code, const cuda_binary_key *key)
{
    tn_plugin_instance *instance = b->device->instance;
    const cuda_driver *driver = &instance->driver;
    void *cubin = NULL;
    size_t cubin_bytes = 0;

    if (driver->cuLinkAddData_v2(linker, TN_CU_JIT_INPUT_PTX, text, bytes + 1,
                                 b->desc->name, 0, NULL,
                                 NULL) != TN_CUDA_SUCCESS ||
        driver->cuLinkComplete(linker, &cubin, &cubin_bytes) !=
            TN_CUDA_SUCCESS ||
        driver->cuModuleLoadDataEx(code, cubin, 0, NULL, NULL) !=
            TN_CUDA_SUCCESS) {
        return false;
    }
    b->notes[b->log_bytes] = '\0';
    hand_over(b, b->notes);
    cuda_binary_store(instance, key, cubin, cubin_bytes);
    return true;
}

/* What fails here is compiled by cuda_build(), which says why. */
static bool link_code(build *b, char *text, size_t bytes, cuda_code *code,
                      const cuda_binary_key *key)
{
    const cuda_driver *driver = &b->device->instance->driver;
    cuda_linker linker = NULL;

    set_logs(b);
    if (driver->cuLinkCreate_v2(b->count, b->options, b->values, &linker) !=
        TN_CUDA_SUCCESS) {
        return false;
    }
    bool made = make_cubin(b, linker, text, bytes, code, key);

    (void)driver->cuLinkDestroy(linker);
    return made;
}

static bool compile_and_keep(tn_plugin_device *device,
                             const tn_plugin_module_desc *desc, char *text,
                             size_t bytes, cuda_code *code,
                             const cuda_binary_key *key)
{
    build b = {.device = device, .desc = desc};
    bool made = take_options(&b) == TN_OK &&
                allocate_logs(&b, LOG_BYTES_FIRST) &&
                link_code(&b, text, bytes, code, key);

    cuda_release(device->instance, b.errors);
    cuda_release(device->instance, b.notes);
    return made;
}

tn_status cuda_build_ptx(tn_plugin_device *device,
                         const tn_plugin_module_desc *desc, char *text,
                         size_t bytes, cuda_code *code)
{
    cuda_binary_key key;

    cuda_binary_key_init(&key, device, desc->options, text, bytes);
    bool there = key.text != NULL &&
                 (cuda_binary_load(device->instance, &key, code) ||
                  compile_and_keep(device, desc, text, bytes, code, &key));

    cuda_binary_key_finish(&key);
    return there ? TN_OK : cuda_build(device, desc, text, code);
}
