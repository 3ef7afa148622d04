/* SPDX-License-Identifier: MIT */
/* A stream's object for a kernel, and the arguments that are set in it. */
#include <stdio.h>
#include <string.h>

#include "common/size.h"
#include "plugins/opencl/device.h"
#include "plugins/opencl/kernel.h"
#include "plugins/opencl/memory.h"
#include "plugins/opencl/module.h"
#include "plugins/opencl/names.h"
#include "plugins/opencl/stream.h"

/* ---- coming and going ---- */

static void bound_free(tn_plugin_instance *instance, ocl_bound *bound)
{
    if (bound->object != NULL) {
        (void)instance->cl.ReleaseKernel(bound->object);
    }
    ocl_release(instance, bound->slots);
    ocl_release(instance, bound);
}

static void delist_locked(ocl_bound *bound, tn_plugin_kernel *kernel)
{
    ocl_bound *next = bound->others.next;
    ocl_bound *previous = bound->others.previous;

    *(previous != NULL ? &previous->others.next : &kernel->bounds) = next;
    if (next != NULL) {
        next->others.previous = previous;
    }
}

/* Frees what the stream has of kernels that are unloaded, or all. */
static void prune_locked(tn_plugin_stream *stream, ocl_bound **list, bool all)
{
    ocl_bound *bound;

    while ((bound = *list) != NULL) {
        tn_plugin_kernel *kernel = atomic_load(&bound->kernel);

        if (kernel != NULL && !all) {
            list = &bound->next;
            continue;
        }
        if (kernel != NULL) {
            delist_locked(bound, kernel);
        }
        *list = bound->next;
        bound_free(stream->instance, bound);
    }
}

void ocl_bounds_release(tn_plugin_stream *stream)
{
    pthread_mutex_lock(&stream->device->lock);
    for (int i = 0; i < OCL_BUCKETS; ++i) {
        prune_locked(stream, &stream->bound[i], true);
    }
    pthread_mutex_unlock(&stream->device->lock);
    stream->recent = NULL;
}

void ocl_kernel_unload(tn_plugin_kernel *kernel)
{
    tn_plugin_instance *instance = kernel->module->instance;
    tn_plugin_device *device = kernel->module->device;
    ocl_bound *bound;

    pthread_mutex_lock(&device->lock);
    while ((bound = kernel->bounds) != NULL) {
        kernel->bounds = bound->others.next;
        (void)instance->cl.ReleaseKernel(bound->object);
        bound->object = NULL;
        atomic_store(&bound->kernel, NULL); /* its stream frees the rest */
    }
    pthread_mutex_unlock(&device->lock);
    if (kernel->spare != NULL) {
        (void)instance->cl.ReleaseKernel(kernel->spare);
    }
    ocl_release(instance, kernel->parameters);
}

static tn_status make_object_locked(tn_plugin_kernel *kernel, cl_kernel *object)
{
    const tn_plugin_module *module = kernel->module;
    cl_int code = CL_SUCCESS;

    *object = kernel->spare;
    kernel->spare = NULL;
    if (*object == NULL) {
        *object = module->instance->cl.CreateKernel(module->program,
                                                    kernel->function, &code);
    }
    return *object != NULL ? TN_OK
                           : ocl_fail_code(module->instance, code, "kernel %s",
                                           kernel->name);
}

static ocl_bound *bind_locked(tn_plugin_stream *stream,
                              tn_plugin_kernel *kernel, ocl_bound **bucket)
{
    tn_plugin_instance *instance = stream->instance;

    prune_locked(stream, bucket, false);
    ocl_bound *bound = ocl_allocate(instance, sizeof *bound);

    if (bound == NULL) {
        (void)ocl_fail_memory(instance, "a kernel's arguments");
        return NULL;
    }
    if (make_object_locked(kernel, &bound->object) != TN_OK) {
        ocl_release(instance, bound);
        return NULL;
    }
    atomic_init(&bound->kernel, kernel);
    bound->others.next = kernel->bounds;
    if (kernel->bounds != NULL) {
        kernel->bounds->others.previous = bound;
    }
    kernel->bounds = bound;
    bound->next = *bucket;
    *bucket = bound;
    return bound;
}

ocl_bound *ocl_bound_find(tn_plugin_stream *stream, tn_plugin_kernel *kernel)
{
    ocl_bound **bucket = &stream->bound[kernel->number % OCL_BUCKETS];
    ocl_bound *bound = *bucket;

    while (bound != NULL &&
           atomic_load_explicit(&bound->kernel, memory_order_relaxed) !=
               kernel) {
        bound = bound->next;
    }
    if (bound == NULL) {
        stream->recent = NULL; /* it may be what is pruned */
        pthread_mutex_lock(&stream->device->lock);
        bound = bind_locked(stream, kernel, bucket);
        pthread_mutex_unlock(&stream->device->lock);
    }
    stream->recent = bound;
    return bound;
}

/* ---- arguments ---- */

tn_type ocl_argument_kind(const tn_plugin_launch *launch, uint32_t index)
{
    return (tn_type)(launch->kinds[index / 16] >> index % 16 * 4 & 15);
}

uint32_t ocl_argument_slots(tn_type kind, const tn_plugin_slot *slot)
{
    return kind == TN_TYPE_STRUCT
               ? 1 + (uint32_t)tn_size_parts(slot->bytes, sizeof *slot)
               : 1;
}

static uint32_t bytes_of(tn_type kind)
{
    static const uint8_t bytes[16] = {
#define BYTES(name, number, text, size) [number] = size,
        TN_TYPE_LIST(BYTES)
#undef BYTES
    };

    return bytes[kind & 15];
}

static tn_status set_buffer(cl_kernel object, uint32_t index,
                            const tn_plugin_slot *slot, cl_int *code)
{
    tn_plugin_memory *memory = slot->buffer.memory;
    const ocl_symbols *cl = &memory->device->instance->cl;
    cl_mem part = NULL;

    if (memory->pointer != NULL) {
        *code = cl->SetKernelArgSVMPointer(
            object, index, memory->pointer + slot->buffer.offset);
        return TN_OK;
    }
    tn_status status = ocl_memory_part(memory, slot->buffer.offset, &part);

    if (status == TN_OK) {
        *code = cl->SetKernelArg(object, index, sizeof part, &part);
    }
    return status;
}

static tn_status fail_argument(const tn_plugin_kernel *kernel, uint32_t index,
                               tn_type kind, const tn_plugin_slot *slot,
                               cl_int code)
{
    const char *name =
        kernel->parameters != NULL && index < kernel->info.parameter_count
            ? kernel->parameters[index].name
            : "";
    static const char *const kinds[16] = {
#define NAME(name, number, text, size) [number] = text,
        TN_TYPE_LIST(NAME)
#undef NAME
    };
    char size[48] = "";

    if (kind == TN_TYPE_STRUCT || kind == TN_TYPE_LOCAL) {
        snprintf(size, sizeof size, " of %llu bytes",
                 (unsigned long long)slot->bytes);
    }
    return ocl_fail_code(
        kernel->module->instance, code,
        "kernel %s: argument %u%s%s given as %s%s", kernel->name,
        (unsigned)index, name[0] != '\0' ? " " : "", name,
        kinds[kind & 15] != NULL ? kinds[kind & 15] : "?", size);
}

static tn_status set_argument(const tn_plugin_kernel *kernel, cl_kernel object,
                              uint32_t index, tn_type kind,
                              const tn_plugin_slot *slot)
{
    const ocl_symbols *cl = &kernel->module->instance->cl;
    tn_status status = TN_OK;
    cl_int code = CL_SUCCESS;

    switch (kind) {
    case TN_TYPE_BUFFER:
        status = set_buffer(object, index, slot, &code);
        break;
    case TN_TYPE_LOCAL:
        code = cl->SetKernelArg(object, index, slot->bytes, NULL);
        break;
    case TN_TYPE_STRUCT:
        code = cl->SetKernelArg(object, index, slot->bytes, slot + 1);
        break;
    default:
        code = cl->SetKernelArg(object, index, bytes_of(kind), slot->value);
        break;
    }
    if (status != TN_OK || code == CL_SUCCESS) {
        return status;
    }
    return fail_argument(kernel, index, kind, slot, code);
}

/* Of values the size has to be right: a half comes as the bits of a ushort. */
static bool fits(const tn_parameter *wanted, tn_type kind)
{
    return wanted->type == TN_TYPE_NONE || wanted->type == kind ||
           (bytes_of(wanted->type) != 0 &&
            bytes_of(wanted->type) == bytes_of(kind));
}

/* The host has made these checks; what a driver would do is worse. */
static tn_status check_arguments(const tn_plugin_kernel *kernel,
                                 const tn_plugin_launch *launch)
{
    tn_plugin_instance *instance = kernel->module->instance;
    uint32_t count = kernel->info.parameter_count;

    if (count == TN_UNKNOWN) {
        return TN_OK;
    }
    if (launch->argument_count != count) {
        return ocl_fail(instance, TN_ERROR_SIGNATURE,
                        "kernel %s takes %u arguments, not %u", kernel->name,
                        (unsigned)count, (unsigned)launch->argument_count);
    }
    for (uint32_t i = 0; i < count; ++i) {
        if (!fits(&kernel->parameters[i], ocl_argument_kind(launch, i))) {
            return ocl_fail(instance, TN_ERROR_SIGNATURE,
                            "kernel %s: argument %u %s is not of the kind that "
                            "it takes",
                            kernel->name, (unsigned)i,
                            kernel->parameters[i].name);
        }
    }
    return TN_OK;
}

tn_status ocl_arguments_set(cl_kernel object, const tn_plugin_kernel *kernel,
                            const tn_plugin_launch *launch)
{
    tn_status status = check_arguments(kernel, launch);
    uint32_t at = 0;

    for (uint32_t i = 0; i < launch->argument_count && status == TN_OK; ++i) {
        tn_type kind = ocl_argument_kind(launch, i);
        const tn_plugin_slot *slot = &launch->slots[at];

        status = set_argument(kernel, object, i, kind, slot);
        at += ocl_argument_slots(kind, slot);
    }
    return status;
}

static uint64_t serial_of(tn_type kind, const tn_plugin_slot *slot)
{
    return kind == TN_TYPE_BUFFER
               ? atomic_load_explicit(&slot->buffer.memory->serial,
                                      memory_order_relaxed)
               : 0;
}

static tn_status make_room(ocl_bound *bound, tn_plugin_instance *instance,
                           uint32_t slots)
{
    if (bound->slots != NULL && slots <= bound->slot_capacity) {
        return TN_OK;
    }
    slots = slots > 0 ? slots : 1; /* compared without asking for NULL */
    tn_plugin_slot *larger = ocl_allocate(instance, slots * sizeof *larger);

    if (larger == NULL) {
        return ocl_fail_memory(instance, "a kernel's arguments");
    }
    ocl_release(instance, bound->slots);
    bound->slots = larger;
    bound->slot_capacity = slots;
    bound->slot_count = 0;
    return TN_OK;
}

/* Whether what is set has the same shape, so that slots can be compared. */
static bool same_shape(const ocl_bound *bound, const tn_plugin_launch *launch)
{
    return bound->slot_count != 0 && bound->slot_count == launch->slot_count &&
           bound->argument_count == launch->argument_count &&
           memcmp(bound->kinds, launch->kinds, sizeof bound->kinds) == 0;
}

tn_status ocl_bound_set(ocl_bound *bound, tn_plugin_stream *stream,
                        tn_plugin_kernel *kernel,
                        const tn_plugin_launch *launch)
{
    uint64_t changes =
        atomic_load_explicit(&stream->device->changes, memory_order_acquire);
    bool comparable = same_shape(bound, launch);
    tn_status status = check_arguments(kernel, launch);
    uint32_t at = 0;

    if (status == TN_OK) {
        status = make_room(bound, stream->instance, launch->slot_count);
    }
    bound->slot_count = 0; /* until all of them are set */
    for (uint32_t i = 0; i < launch->argument_count && status == TN_OK; ++i) {
        tn_type kind = ocl_argument_kind(launch, i);
        const tn_plugin_slot *slot = &launch->slots[at];
        uint32_t slots = ocl_argument_slots(kind, slot);
        uint64_t serial = serial_of(kind, slot);

        if (!comparable || serial != bound->serials[i] ||
            memcmp(&bound->slots[at], slot, slots * sizeof *slot) != 0) {
            comparable =
                comparable && kind != TN_TYPE_STRUCT; /* others may move */
            status = set_argument(kernel, bound->object, i, kind, slot);
        }
        bound->serials[i] = serial_of(kind, slot);
        at += slots;
    }
    if (status != TN_OK) {
        return status;
    }
    memcpy(bound->slots, launch->slots,
           launch->slot_count * sizeof *bound->slots);
    memcpy(bound->kinds, launch->kinds, sizeof bound->kinds);
    bound->argument_count = launch->argument_count;
    bound->slot_count = launch->slot_count;
    bound->changes = changes;
    return TN_OK;
}
