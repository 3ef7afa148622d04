/* SPDX-License-Identifier: MIT */
/* Modules, functions and what is known of them. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fakes/cuda_driver/fake.h"

enum {
    LOG_BYTES = 512
};

/* ---- logs ---- */

/* Where the caller wants the compiler's words. */
typedef struct logs {
    char *buffer[2]; /* information, errors */
    size_t bytes[2];
    void **count[2]; /* where to tell how many bytes there are */
} logs;

static void find_logs(logs *l, unsigned count, const CUjit_option *options,
                      void **values)
{
    memset(l, 0, sizeof *l);
    for (unsigned i = 0; i < count; ++i) {
        int which = options[i] >= CU_JIT_ERROR_LOG_BUFFER;

        if ((unsigned)options[i] >= CU_JIT_NUM_OPTIONS) {
            fake_die("a JIT option %u", (unsigned)options[i]);
        }
        if (options[i] == CU_JIT_INFO_LOG_BUFFER ||
            options[i] == CU_JIT_ERROR_LOG_BUFFER) {
            l->buffer[which] = values[i];
        } else if (options[i] == CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES ||
                   options[i] == CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES) {
            l->bytes[which] = (unsigned)(uintptr_t)values[i];
            l->count[which] = &values[i];
        }
    }
}

/* What does not fit is cut off, and only what fitted is counted. */
static void write_log(const logs *l, int which, const char *text)
{
    size_t length = strlen(text);
    size_t wanted =
        length > 0 && the_machine.log > length ? the_machine.log : length;
    size_t n = 0;

    if (l->buffer[which] == NULL || l->count[which] == NULL) {
        return;
    }
    while (n < wanted && n + 1 < l->bytes[which]) {
        l->buffer[which][n] = n < length ? text[n] : n % 80 == 79 ? '\n' : '.';
        ++n;
    }
    if (l->bytes[which] > 0) {
        l->buffer[which][n] = '\0';
    }
    *l->count[which] = (void *)(uintptr_t)n;
}

/* ---- loading and unloading ---- */

static void unload(CUmodule module)
{
    for (CUfunction f = module->functions; f != NULL; f = f->sibling) {
        fake_bury(f);
    }
    while (module->symbols != NULL) {
        symbol *s = module->symbols;

        module->symbols = s->sibling;
        fake_release(s->base);
        free(s);
    }
    fake_bury(module);
}

static CUresult read_image(CUmodule module, const void *image,
                           char log[LOG_BYTES])
{
    if (strncmp(image, "\177ELF", 4) == 0) {
        return fake_cubin_read(module, image);
    }
    if (strncmp(image, "P\355U\272", 4) == 0) {
        return fake_fatbin_read(module, image);
    }
    return fake_ptx_read(module, image, log, LOG_BYTES);
}

/* Waits for the device, as the driver does. */
static CUresult load(CUmodule *module, const void *image, unsigned count,
                     const CUjit_option *options, void **values)
{
    char log[LOG_BYTES] =
        "error   : Binary format for key='0', ident='' is not recognized";
    logs told;

    if (image == NULL) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    find_logs(&told, count, options, values);
    fake_drain(fake_context());
    CUmodule new = fake_make(IS_MODULE, sizeof *new, fake_context());

    new->context = fake_context();
    CUresult answer = read_image(new, image, log);

    write_log(&told, 1, answer != CUDA_SUCCESS ? log : "");
    write_log(&told, 0, "");
    if (answer != CUDA_SUCCESS) {
        unload(new);
        return answer;
    }
    *module = new;
    return CUDA_SUCCESS;
}

DRIVER(cuModuleLoadDataEx, CUmodule *module, const void *image, unsigned count,
       CUjit_option *options, void **values)
{
    ENTER(NEEDS_CONTEXT);
    return load(module, image, count, options, values);
}

DRIVER(cuModuleLoadData, CUmodule *module, const void *image)
{
    ENTER(NEEDS_CONTEXT);
    return load(module, image, 0, NULL, NULL);
}

/* Begin functions of a module, of a function; they need no current context. */
#define ENTER_MODULE(module)                                                   \
    ENTER(NEEDS_INIT);                                                         \
    fake_check(module, IS_MODULE);                                             \
    fake_check((module)->context, IS_CONTEXT);                                 \
    if (fake_fault((module)->context) != CUDA_SUCCESS) {                       \
        return fake_fault((module)->context);                                  \
    }
#define ENTER_FUNCTION(function)                                               \
    ENTER(NEEDS_INIT);                                                         \
    fake_check(function, IS_FUNCTION);                                         \
    fake_check((function)->module->context, IS_CONTEXT);                       \
    if (fake_fault((function)->module->context) != CUDA_SUCCESS) {             \
        return fake_fault((function)->module->context);                        \
    }

/* Waits for the device, as the driver does before it unmaps code. */
DRIVER(cuModuleUnload, CUmodule module)
{
    ENTER_MODULE(module);
    CUcontext context = module->context;

    fake_drain(context);
    if (fake_fault(context) == CUDA_SUCCESS) {
        unload(module);
    }
    return fake_fault(context);
}

/* ---- what is in it ---- */

DRIVER(cuModuleGetFunction, CUfunction *function, CUmodule module,
       const char *name)
{
    ENTER_MODULE(module);
    if (*name == '\0') {
        return CUDA_ERROR_INVALID_VALUE;
    }
    for (CUfunction f = module->functions; f != NULL; f = f->sibling) {
        if (strcmp(f->name, name) == 0) {
            *function = f;
            return CUDA_SUCCESS;
        }
    }
    return CUDA_ERROR_NOT_FOUND;
}

DRIVER(cuModuleGetFunctionCount, unsigned *count, CUmodule module)
{
    ENTER_MODULE(module);
    *count = 0;
    for (CUfunction f = module->functions; f != NULL; f = f->sibling) {
        ++*count;
    }
    return CUDA_SUCCESS;
}

DRIVER(cuModuleEnumerateFunctions, CUfunction *functions, unsigned count,
       CUmodule module)
{
    unsigned i = 0;

    ENTER_MODULE(module);
    for (CUfunction f = module->functions; f != NULL && i < count;
         f = f->sibling) {
        functions[i++] = f;
    }
    return CUDA_SUCCESS;
}

DRIVER(cuModuleGetGlobal_v2, CUdeviceptr *address, size_t *bytes,
       CUmodule module, const char *name)
{
    ENTER_MODULE(module);
    for (symbol *s = module->symbols; s != NULL; s = s->sibling) {
        if (strcmp(s->name, name) == 0) {
            if (address != NULL) {
                *address = (uintptr_t)s->base;
            }
            if (bytes != NULL) {
                *bytes = s->bytes;
            }
            return CUDA_SUCCESS;
        }
    }
    return CUDA_ERROR_NOT_FOUND;
}

/* ---- functions ---- */

DRIVER(cuFuncGetName, const char **name, CUfunction function)
{
    ENTER_FUNCTION(function);
    *name = function->name;
    return CUDA_SUCCESS;
}

DRIVER(cuFuncGetModule, CUmodule *module, CUfunction function)
{
    ENTER_FUNCTION(function);
    *module = function->module;
    return CUDA_SUCCESS;
}

DRIVER(cuFuncGetParamInfo, CUfunction function, size_t index, size_t *offset,
       size_t *bytes)
{
    ENTER_FUNCTION(function);
    if (index >= function->parameter_count) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    *offset = function->parameters[index].offset;
    if (bytes != NULL) {
        *bytes = function->parameters[index].bytes;
    }
    return CUDA_SUCCESS;
}

DRIVER(cuFuncGetAttribute, int *value, CUfunction_attribute what,
       CUfunction function)
{
    ENTER_FUNCTION(function);
    switch (what) {
    case CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
        *value = function->max_items != 0 ? (int)function->max_items : 1024;
        return CUDA_SUCCESS;
    case CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES:
        *value = (int)function->static_shared;
        return CUDA_SUCCESS;
    case CU_FUNC_ATTRIBUTE_CONST_SIZE_BYTES:
    case CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES:
        *value = 0;
        return CUDA_SUCCESS;
    case CU_FUNC_ATTRIBUTE_NUM_REGS:
        *value = 16;
        return CUDA_SUCCESS;
    case CU_FUNC_ATTRIBUTE_PTX_VERSION:
        *value = function->module->sm;
        return CUDA_SUCCESS;
    case CU_FUNC_ATTRIBUTE_BINARY_VERSION:
        *value = the_machine.sm;
        return CUDA_SUCCESS;
    case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES:
        *value = __atomic_load_n(&function->dynamic_shared, __ATOMIC_RELAXED);
        return CUDA_SUCCESS;
    default:
        return CUDA_ERROR_INVALID_VALUE;
    }
}

DRIVER(cuFuncSetAttribute, CUfunction function, CUfunction_attribute what,
       int value)
{
    ENTER_FUNCTION(function);
    if (what == CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT) {
        return CUDA_SUCCESS;
    }
    if (what != CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES || value < 0 ||
        (size_t)value + function->static_shared > SHARED_MAX) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    __atomic_store_n(&function->dynamic_shared, value, __ATOMIC_RELAXED);
    return CUDA_SUCCESS;
}

/* ---- linking one piece of PTX ---- */

struct CUlinkState_st {
    object object;
    logs told;
    char *cubin;
    size_t bytes;
};

DRIVER(cuLinkCreate_v2, unsigned count, CUjit_option *options, void **values,
       CUlinkState *linker)
{
    ENTER(NEEDS_CONTEXT);
    *linker = fake_make(IS_LINKER, sizeof **linker, fake_context());
    find_logs(&(*linker)->told, count, options, values);
    return CUDA_SUCCESS;
}

DRIVER(cuLinkAddData_v2, CUlinkState linker, CUjitInputType kind, void *data,
       size_t bytes, const char *name, unsigned count, CUjit_option *options,
       void **values)
{
    const Elf64_Ehdr header = {.e_ident = ELFMAG,
                               .e_type = FAKE_CUBIN_OF_PTX,
                               .e_flags = (unsigned)the_machine.sm};
    char log[LOG_BYTES] = "";

    ENTER(NEEDS_CONTEXT);
    (void)options;
    (void)values;
    fake_check(linker, IS_LINKER);
    if (kind != CU_JIT_INPUT_PTX || name == NULL || count != 0 ||
        linker->cubin != NULL || ((char *)data)[bytes - 1] != '\0') {
        return CUDA_ERROR_INVALID_VALUE;
    }
    CUmodule read = fake_make(IS_MODULE, sizeof *read, fake_context());

    read->context = fake_context();
    CUresult answer = read_image(read, data, log);

    unload(read);
    write_log(&linker->told, 1, log);
    linker->bytes = sizeof header + bytes;
    linker->cubin = malloc(linker->bytes);
    if (linker->cubin == NULL) {
        fake_die("no memory");
    }
    memcpy(linker->cubin, &header, sizeof header);
    memcpy(linker->cubin + sizeof header, data, bytes);
    return answer;
}

DRIVER(cuLinkComplete, CUlinkState linker, void **cubin, size_t *bytes)
{
    ENTER(NEEDS_CONTEXT);
    fake_check(linker, IS_LINKER);
    if (linker->cubin == NULL) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    *cubin = linker->cubin;
    *bytes = linker->bytes;
    return CUDA_SUCCESS;
}

DRIVER(cuLinkDestroy, CUlinkState linker)
{
    ENTER(NEEDS_INIT);
    fake_check(linker, IS_LINKER);
    free(linker->cubin);
    linker->cubin = NULL;
    fake_bury(linker);
    return CUDA_SUCCESS;
}
