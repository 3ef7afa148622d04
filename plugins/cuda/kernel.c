/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "common/mangled.h"
#include "common/nearest.h"
#include "common/size.h"
#include "plugins/cuda/cuda.h"
#include "plugins/cuda/module.h"

enum {
    LISTED_BYTES = 400,
    PLAIN_BYTES = 256,
    PREFERRED_ITEMS = 256
};

/* The dialect's prefix; nobody asks for a kernel with it. */
static const char prefix[] = "tn_k_";

/* ---- making ---- */

static char *copy_text(tn_plugin_instance *instance, const char *text,
                       size_t bytes)
{
    char *copy = cuda_allocate(instance, bytes + 1);

    return copy != NULL ? memcpy(copy, text, bytes) : NULL;
}

static void free_kernel(tn_plugin_instance *instance, tn_plugin_kernel *kernel)
{
    cuda_release(instance, kernel->parameters);
    cuda_release(instance, kernel->symbol);
    cuda_release(instance, kernel->name);
    cuda_release(instance, kernel);
}

/* Later drivers tell where each parameter lies, and so how large it is. */
static uint32_t ask_parameters(const tn_plugin_kernel *kernel,
                               tn_parameter *parameters)
{
    const cuda_driver *driver = &kernel->module->device->instance->driver;
    size_t offset = 0;
    size_t bytes = 0;
    uint32_t count = 0;

    if (driver->cuFuncGetParamInfo == NULL) {
        return TN_UNKNOWN;
    }
    while (driver->cuFuncGetParamInfo(kernel->function, count, &offset,
                                      &bytes) == TN_CUDA_SUCCESS) {
        if (count == TN_ARGUMENTS_MAX) {
            return TN_UNKNOWN;
        }
        bool scalar = bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;

        parameters[count++] =
            (tn_parameter){.size = sizeof *parameters,
                           .type = scalar ? TN_TYPE_NONE : TN_TYPE_STRUCT,
                           .bytes = bytes};
    }
    return count;
}

static tn_status set_parameters(tn_plugin_kernel *kernel, uint32_t count,
                                const tn_parameter *parameters)
{
    tn_plugin_instance *instance = kernel->module->device->instance;
    uint32_t room = count == TN_UNKNOWN ? TN_ARGUMENTS_MAX : count;

    kernel->parameters =
        cuda_allocate(instance, (room + 1) * sizeof *kernel->parameters);
    if (kernel->parameters == NULL) {
        return cuda_fail_memory(instance, "parameters");
    }
    if (count == TN_UNKNOWN) {
        count = ask_parameters(kernel, kernel->parameters);
    } else {
        memcpy(kernel->parameters, parameters, count * sizeof *parameters);
    }
    kernel->parameter_count = count;
    return TN_OK;
}

static tn_status set_names(tn_plugin_kernel *kernel, const char *name,
                           size_t bytes)
{
    tn_plugin_instance *instance = kernel->module->device->instance;
    size_t skipped = bytes > sizeof prefix - 1 &&
                             memcmp(name, prefix, sizeof prefix - 1) == 0
                         ? sizeof prefix - 1
                         : 0;

    kernel->symbol = copy_text(instance, name, bytes);
    kernel->name = copy_text(instance, name + skipped, bytes - skipped);
    return kernel->symbol != NULL && kernel->name != NULL
               ? TN_OK
               : cuda_fail_memory(instance, "a kernel");
}

static uint32_t attribute(const tn_plugin_kernel *kernel, unsigned number)
{
    int value = 0;

    return kernel->module->device->instance->driver.cuFuncGetAttribute(
               &value, number, kernel->function) == TN_CUDA_SUCCESS &&
                   value > 0
               ? (uint32_t)value
               : 0;
}

static void append(tn_plugin_module *module, tn_plugin_kernel *kernel)
{
    tn_plugin_kernel **at = &module->kernels;

    while (*at != NULL) {
        at = &(*at)->next;
    }
    *at = kernel;
    module->kernel_count++;
}

/* The function is asked for now: later, its loading might wait for work. */
tn_status cuda_kernel_add(tn_plugin_module *module, const char *name,
                          size_t bytes, const uint32_t items[3], uint32_t count,
                          const tn_parameter *parameters)
{
    tn_plugin_device *device = module->device;
    tn_plugin_instance *instance = device->instance;
    tn_plugin_kernel *kernel = cuda_allocate(instance, sizeof *kernel);

    if (kernel == NULL) {
        return cuda_fail_memory(instance, "a kernel");
    }
    kernel->module = module;
    tn_status status = set_names(kernel, name, bytes);

    if (status == TN_OK) {
        status =
            cuda_check(device,
                       instance->driver.cuModuleGetFunction(
                           &kernel->function, module->code, kernel->symbol),
                       kernel->symbol);
    }
    if (status == TN_OK) {
        status = set_parameters(kernel, count, parameters);
    }
    if (status != TN_OK) {
        free_kernel(instance, kernel);
        return status;
    }
    memcpy(kernel->items, items, sizeof kernel->items);
    atomic_init(&kernel->plain_kinds,
                kernel->parameter_count == 0 ? 0 : CUDA_NO_KINDS);
    uint32_t declared =
        attribute(kernel, TN_CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES);

    atomic_init(&kernel->shared_ready, declared < CUDA_SHARED_DEFAULT
                                           ? CUDA_SHARED_DEFAULT - declared
                                           : 0);
    append(module, kernel);
    return TN_OK;
}

void cuda_kernels_free(tn_plugin_module *module)
{
    while (module->kernels != NULL) {
        tn_plugin_kernel *kernel = module->kernels;

        module->kernels = kernel->next;
        free_kernel(module->device->instance, kernel);
    }
}

/* ---- finding ---- */

static const char *plain_name(const tn_plugin_kernel *kernel, char *text)
{
    return tn_mangled_plain(kernel->name, text, PLAIN_BYTES);
}

/* How many kernels have that plain name; the last of them in *found. */
static uint32_t count_plain(const tn_plugin_module *module, const char *name,
                            tn_plugin_kernel **found)
{
    char text[PLAIN_BYTES];
    uint32_t count = 0;

    for (tn_plugin_kernel *k = module->kernels; k != NULL; k = k->next) {
        if (strcmp(plain_name(k, text), name) == 0) {
            *found = k;
            ++count;
        }
    }
    return count;
}

static bool is_called(const tn_plugin_kernel *kernel, const char *name)
{
    return strcmp(kernel->name, name) == 0 ||
           (strncmp(name, "_Z", 2) == 0 && strcmp(kernel->symbol, name) == 0);
}

static tn_plugin_kernel *find_exact(const tn_plugin_module *module,
                                    const char *name)
{
    tn_plugin_kernel *kernel = module->kernels;

    while (kernel != NULL && !is_called(kernel, name)) {
        kernel = kernel->next;
    }
    return kernel;
}

/* The names of all kernels, or of those with a plain name, for a sentence. */
static void list_kernels(const tn_plugin_module *module, const char *plain,
                         char list[LISTED_BYTES])
{
    char text[PLAIN_BYTES];
    size_t used = 0;

    list[0] = '\0';
    for (tn_plugin_kernel *k = module->kernels;
         k != NULL && used < LISTED_BYTES; k = k->next) {
        if (plain == NULL || strcmp(plain_name(k, text), plain) == 0) {
            used += (size_t)snprintf(list + used, LISTED_BYTES - used, "%s%s",
                                     used > 0 ? ", " : "", k->name);
        }
    }
    if (used >= LISTED_BYTES) {
        memcpy(list + LISTED_BYTES - 4, "...", 4);
    }
}

static tn_status fail_not_found(const tn_plugin_module *module,
                                const char *name)
{
    char hint[96];
    char list[LISTED_BYTES];
    char text[PLAIN_BYTES];
    tn_nearest nearest;

    tn_nearest_init(&nearest, name);
    for (tn_plugin_kernel *k = module->kernels; k != NULL; k = k->next) {
        tn_nearest_offer(&nearest, plain_name(k, text));
    }
    tn_nearest_hint(&nearest, hint, sizeof hint);
    list_kernels(module, NULL, list);
    return cuda_fail(module->device->instance, TN_ERROR_NOT_FOUND,
                     "no kernel %s%s%s%s", name, hint,
                     list[0] != '\0' ? "; the module has " : "", list);
}

static tn_status fail_ambiguous(const tn_plugin_module *module,
                                const char *name)
{
    char list[LISTED_BYTES];

    list_kernels(module, name, list);
    return cuda_fail(module->device->instance, TN_ERROR_NOT_FOUND,
                     "several kernels are called %s; ask for one of %s", name,
                     list);
}

/* A driver that does not list kernels may know one by its name. */
static tn_plugin_kernel *ask_driver(tn_plugin_module *module, const char *name)
{
    static const uint32_t any_items[3] = {0, 0, 0};
    const cuda_driver *driver = &module->device->instance->driver;
    char prefixed[PLAIN_BYTES];
    cuda_function function = NULL;
    const char *symbol = name;

    if (module->names != NULL || name[0] == '\0' ||
        strncmp(name, prefix, sizeof prefix - 1) == 0) {
        return NULL;
    }
    if (driver->cuModuleGetFunction(&function, module->code, name) !=
        TN_CUDA_SUCCESS) {
        snprintf(prefixed, sizeof prefixed, "%s%s", prefix, name);
        symbol = prefixed;
        if (driver->cuModuleGetFunction(&function, module->code, symbol) !=
            TN_CUDA_SUCCESS) {
            return NULL;
        }
    }
    return cuda_kernel_add(module, symbol, strlen(symbol), any_items,
                           TN_UNKNOWN, NULL) == TN_OK
               ? find_exact(module, name)
               : NULL;
}

static tn_status get_locked(tn_plugin_module *module, const char *name,
                            tn_plugin_kernel **kernel)
{
    tn_plugin_kernel *found = find_exact(module, name);

    if (found == NULL) {
        uint32_t count = count_plain(module, name, &found);

        if (count > 1) {
            return fail_ambiguous(module, name);
        }
    }
    if (found == NULL) {
        tn_status status = cuda_enter(module->device);

        if (status != TN_OK) {
            return status;
        }
        found = ask_driver(module, name);
        cuda_leave(module->device);
    }
    if (found == NULL) {
        return fail_not_found(module, name);
    }
    *kernel = found;
    return TN_OK;
}

tn_status cuda_kernel_get(tn_plugin_module *module, const char *name,
                          tn_plugin_kernel **kernel)
{
    pthread_mutex_lock(&module->lock);
    tn_status status = get_locked(module, name, kernel);

    pthread_mutex_unlock(&module->lock);
    return status;
}

/* ---- listing ---- */

/* By their plain names, where that is enough to find them. */
tn_status cuda_kernels_name(tn_plugin_module *module)
{
    tn_plugin_instance *instance = module->device->instance;
    char text[PLAIN_BYTES];
    uint32_t i = 0;

    module->names = cuda_allocate(instance, (module->kernel_count + 1) *
                                                sizeof *module->names);
    if (module->names == NULL) {
        return cuda_fail_memory(instance, "names of kernels");
    }
    for (tn_plugin_kernel *k = module->kernels; k != NULL; k = k->next) {
        tn_plugin_kernel *other = NULL;
        const char *plain = plain_name(k, text);

        if (plain != k->name && count_plain(module, plain, &other) == 1) {
            char *shown = copy_text(instance, plain, strlen(plain));

            if (shown == NULL) {
                return cuda_fail_memory(instance, "names of kernels");
            }
            cuda_release(instance, k->name);
            k->name = shown;
        }
        module->names[i++] = k->name;
    }
    return TN_OK;
}

tn_status cuda_module_kernels(tn_plugin_module *module,
                              const char *const **names, uint32_t *count)
{
    if (module->names == NULL) {
        return cuda_fail(module->device->instance, TN_ERROR_UNSUPPORTED,
                         "this driver does not list the kernels of a binary; "
                         "one for CUDA 12.4 or later does");
    }
    *names = module->names;
    *count = module->kernel_count;
    return TN_OK;
}

/* ---- what a kernel is ---- */

tn_status cuda_kernel_info(tn_plugin_kernel *kernel, tn_kernel_info *info)
{
    tn_plugin_device *device = kernel->module->device;
    const uint32_t *items = kernel->items;
    tn_status status = cuda_enter(device);

    if (status != TN_OK) {
        return status;
    }
    uint32_t max_items =
        attribute(kernel, TN_CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK);
    tn_kernel_info own = {
        .size = sizeof own,
        .parameter_count = kernel->parameter_count,
        .required_items = {items[0], items[1], items[2]},
        .preferred_items = items[0] != 0                 ? items[0]
                           : max_items < PREFERRED_ITEMS ? max_items
                                                         : PREFERRED_ITEMS,
        .max_items = max_items,
        .registers = attribute(kernel, TN_CU_FUNC_ATTRIBUTE_NUM_REGS),
        .local_bytes =
            attribute(kernel, TN_CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES),
        .private_bytes =
            attribute(kernel, TN_CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES)};

    cuda_leave(device);
    tn_copy_sized(info, &own, sizeof own);
    return TN_OK;
}

tn_status cuda_kernel_parameter(tn_plugin_kernel *kernel, uint32_t index,
                                tn_parameter *parameter)
{
    if (kernel->parameter_count == TN_UNKNOWN ||
        index >= kernel->parameter_count) {
        return cuda_fail(kernel->module->device->instance, TN_ERROR_INVALID,
                         "nothing is known of a parameter %u of kernel %s",
                         (unsigned)index, kernel->name);
    }
    tn_copy_sized(parameter, &kernel->parameters[index], sizeof *parameter);
    return TN_OK;
}

/* ---- group memory ---- */

tn_status cuda_kernel_allow_shared(tn_plugin_kernel *kernel, uint64_t bytes)
{
    tn_plugin_device *device = kernel->module->device;
    tn_status status = cuda_enter(device);

    if (status != TN_OK) {
        return status;
    }
    uint32_t declared =
        attribute(kernel, TN_CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES);
    uint64_t most =
        declared < device->shared_bytes ? device->shared_bytes - declared : 0;

    if (bytes > most) {
        status = cuda_fail(device->instance, TN_ERROR_RANGE,
                           "kernel %s: %llu bytes of dynamic group memory "
                           "beside the %u that it declares; a group has %u",
                           kernel->name, (unsigned long long)bytes,
                           (unsigned)declared, (unsigned)device->shared_bytes);
    } else {
        status = cuda_check(
            device,
            device->instance->driver.cuFuncSetAttribute(
                kernel->function,
                TN_CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, (int)most),
            "asking for more group memory");
    }
    if (status == TN_OK) {
        atomic_store(&kernel->shared_ready, (uint32_t)most);
    }
    cuda_leave(device);
    return status;
}
