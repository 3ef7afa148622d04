/* SPDX-License-Identifier: MIT */
#include "plugins/opencl/memory.h"

#include "common/size.h"
#include "plugins/opencl/device.h"
#include "plugins/opencl/names.h"
#include "plugins/opencl/stream.h"

enum {
    ALIGNMENT = 128 /* what every type needs */
};

static const ocl_symbols *functions_of(const tn_plugin_memory *memory)
{
    return &memory->device->instance->cl;
}

static uint64_t next_serial(tn_plugin_device *device)
{
    return atomic_fetch_add_explicit(&device->serial, 1, memory_order_relaxed);
}

/* What kernels have as arguments may be stale now; launches look again. */
static void note_change(tn_plugin_device *device)
{
    atomic_fetch_add_explicit(&device->changes, 1, memory_order_release);
}

/* ---- creating ---- */

static tn_plugin_memory *new_memory(tn_plugin_device *device, uint64_t bytes)
{
    tn_plugin_memory *memory = ocl_allocate(device->instance, sizeof *memory);

    if (memory != NULL) {
        memory->device = device;
        memory->bytes = bytes;
        atomic_init(&memory->serial, next_serial(device));
        pthread_mutex_init(&memory->lock, NULL);
    }
    return memory;
}

static void free_memory(tn_plugin_memory *memory)
{
    pthread_mutex_destroy(&memory->lock);
    ocl_release(memory->device->instance, memory);
}

static tn_status fail_too_large(const tn_plugin_device *device, uint64_t bytes,
                                cl_int code)
{
    const ocl_code *known = ocl_code_find(code);

    return ocl_fail(device->instance, TN_ERROR_NO_MEMORY,
                    "no memory for a buffer of %llu bytes: %s takes at most "
                    "%llu in one and has %llu in all%s%s",
                    (unsigned long long)bytes, device->info.name,
                    (unsigned long long)device->info.allocation_bytes,
                    (unsigned long long)device->info.memory_bytes,
                    code != CL_SUCCESS ? "; " : "",
                    code != CL_SUCCESS ? known->name : "");
}

/*
 * More than the drivers' own alignment is room before the buffer. False where
 * there is none: OpenCL does not tell why.
 */
static bool create_svm(tn_plugin_memory *memory,
                       const tn_plugin_memory_desc *desc)
{
    const tn_plugin_device *device = memory->device;
    uint64_t alignment = desc->alignment > ALIGNMENT ? desc->alignment : 0;
    bool fine = desc->kind == TN_MEMORY_SHARED ||
                (device->info.features & TN_FEATURE_HOST_MEMORY) != 0;
    cl_svm_mem_flags flags =
        CL_MEM_READ_WRITE | (fine ? CL_MEM_SVM_FINE_GRAIN_BUFFER : 0);

    memory->block = functions_of(memory)->SVMAlloc(device->context, flags,
                                                   desc->bytes + alignment, 0);
    if (memory->block == NULL) {
        return false;
    }
    uintptr_t begin = (uintptr_t)memory->block;
    uintptr_t room =
        alignment > 0 ? (alignment - begin % alignment) % alignment : 0;

    memory->pointer = (unsigned char *)memory->block + room;
    return true;
}

static tn_status create_buffer(tn_plugin_memory *memory,
                               const tn_plugin_memory_desc *desc)
{
    const tn_plugin_device *device = memory->device;
    cl_mem_flags flags =
        CL_MEM_READ_WRITE |
        (desc->kind == TN_MEMORY_PINNED ? CL_MEM_ALLOC_HOST_PTR : 0);
    cl_int code = CL_SUCCESS;

    if (desc->alignment > device->sub_buffer_alignment) {
        return ocl_fail(device->instance, TN_ERROR_UNSUPPORTED,
                        "a buffer aligned to %llu bytes: %s aligns its buffers "
                        "to %u",
                        (unsigned long long)desc->alignment, device->info.name,
                        (unsigned)device->sub_buffer_alignment);
    }
    memory->buffer = functions_of(memory)->CreateBuffer(
        device->context, flags, desc->bytes, NULL, &code);
    return memory->buffer != NULL ? TN_OK
                                  : fail_too_large(device, desc->bytes, code);
}

static tn_status check_desc(tn_plugin_device *device,
                            const tn_plugin_memory_desc *desc)
{
    uint64_t with_room;

    if (desc->kind > TN_MEMORY_SHARED) {
        return ocl_fail(device->instance, TN_ERROR_UNSUPPORTED,
                        "the opencl backend has no memory of kind %u",
                        (unsigned)desc->kind);
    }
    if (desc->kind == TN_MEMORY_SHARED && !device->fine) {
        return ocl_fail(device->instance, TN_ERROR_UNSUPPORTED,
                        "%s has no memory that host and kernels share "
                        "(fine-grained SVM)",
                        device->info.name);
    }
    if (desc->bytes == 0 || (desc->alignment & (desc->alignment - 1)) != 0) {
        return ocl_fail(device->instance, TN_ERROR_INVALID,
                        "a buffer of %llu bytes aligned to %llu: at least one "
                        "byte and a power of two are needed",
                        (unsigned long long)desc->bytes,
                        (unsigned long long)desc->alignment);
    }
    if (!tn_size_add(desc->bytes, desc->alignment, &with_room) ||
        with_room > SIZE_MAX || desc->bytes > device->info.allocation_bytes ||
        desc->alignment > device->info.allocation_bytes) {
        return fail_too_large(device, desc->bytes, CL_SUCCESS);
    }
    return TN_OK;
}

tn_status ocl_memory_create(tn_plugin_device *device,
                            const tn_plugin_memory_desc *desc,
                            tn_plugin_memory **memory)
{
    tn_status status = check_desc(device, desc);

    if (status != TN_OK) {
        return status;
    }
    tn_plugin_memory *created = new_memory(device, desc->bytes);

    if (created == NULL) {
        return ocl_fail_memory(device->instance, "a buffer");
    }
    /* A driver may claim shared memory and have none: an object does then. */
    bool svm = device->svm && desc->kind != TN_MEMORY_PINNED &&
               create_svm(created, desc);

    if (!svm) {
        status = desc->kind == TN_MEMORY_SHARED
                     ? fail_too_large(device, desc->bytes, CL_SUCCESS)
                     : create_buffer(created, desc);
    }
    if (status != TN_OK) {
        free_memory(created);
        return status;
    }
    *memory = created;
    return TN_OK;
}

/* ---- importing ---- */

/* A buffer object of the device's own context; its size is the driver's word. */
static tn_status import_buffer(tn_plugin_memory *memory,
                               const tn_plugin_import_desc *desc)
{
    const ocl_symbols *cl = functions_of(memory);
    tn_plugin_device *device = memory->device;
    cl_mem given = (cl_mem)(uintptr_t)desc->handle;
    cl_context context = NULL;
    size_t bytes = 0;

    if (given == NULL ||
        cl->GetMemObjectInfo(given, CL_MEM_CONTEXT, sizeof context, &context,
                             NULL) != CL_SUCCESS ||
        cl->GetMemObjectInfo(given, CL_MEM_SIZE, sizeof bytes, &bytes, NULL) !=
            CL_SUCCESS ||
        context != device->context || desc->bytes > bytes) {
        return ocl_fail(device->instance, TN_ERROR_INVALID,
                        "the cl_mem is no buffer of %llu bytes in the context "
                        "that Tenon uses (CL_QUEUE_CONTEXT of a stream's "
                        "native handle)",
                        (unsigned long long)desc->bytes);
    }
    (void)cl->RetainMemObject(given);
    memory->buffer = given;
    return TN_OK;
}

static tn_status import_pointer(tn_plugin_memory *memory,
                                const tn_plugin_import_desc *desc)
{
    tn_plugin_device *device = memory->device;

    if (!device->svm) {
        return ocl_fail(device->instance, TN_ERROR_UNSUPPORTED,
                        "%s has no shared virtual memory, so its kernels can "
                        "use no pointer; import a cl_mem",
                        device->info.name);
    }
    if (desc->handle == 0 || desc->handle > UINTPTR_MAX || desc->bytes == 0 ||
        desc->bytes > UINTPTR_MAX - desc->handle) {
        return ocl_fail(device->instance, TN_ERROR_INVALID,
                        "%llu bytes at the address %#llx are no memory",
                        (unsigned long long)desc->bytes,
                        (unsigned long long)desc->handle);
    }
    memory->pointer = (unsigned char *)(uintptr_t)desc->handle;
    return TN_OK;
}

tn_status ocl_memory_import(tn_plugin_device *device,
                            const tn_plugin_import_desc *desc,
                            tn_plugin_memory **memory)
{
    if (desc->handle_kind != TN_HANDLE_POINTER &&
        desc->handle_kind != TN_HANDLE_NATIVE) {
        return ocl_fail(device->instance, TN_ERROR_UNSUPPORTED,
                        "the opencl backend imports pointers and cl_mem, not "
                        "handles of kind %u",
                        (unsigned)desc->handle_kind);
    }
    tn_plugin_memory *created = new_memory(device, desc->bytes);

    if (created == NULL) {
        return ocl_fail_memory(device->instance, "an imported buffer");
    }
    tn_status status = desc->handle_kind == TN_HANDLE_POINTER
                           ? import_pointer(created, desc)
                           : import_buffer(created, desc);

    if (status != TN_OK) {
        free_memory(created);
        return status;
    }
    created->release = desc->release;
    created->data = desc->data;
    *memory = created;
    return TN_OK;
}

/* ---- destroying ---- */

/* Memory on its way out, and how many streams still may use it. */
typedef struct farewell {
    tn_plugin_device *device;
    atomic_uint users;
    void *block;
    void (*release)(void *data);
    void *data;
} farewell;

static void part(farewell *last)
{
    if (atomic_fetch_sub_explicit(&last->users, 1, memory_order_acq_rel) != 1) {
        return;
    }
    tn_plugin_instance *instance = last->device->instance;

    if (last->block != NULL) {
        instance->cl.SVMFree(last->device->context, last->block);
    }
    if (last->release != NULL) {
        last->release(last->data);
    }
    ocl_release(instance, last);
}

static void stream_parts(void *data, tn_status status)
{
    (void)status;
    part(data);
}

/* An event behind all that a stream of any thread has queued; NULL: none. */
static cl_event end_of(tn_plugin_stream *stream)
{
    const ocl_symbols *cl = &stream->instance->cl;
    cl_event end = NULL;

    if (ocl_stream_is_idle(stream) ||
        cl->EnqueueMarkerWithWaitList(stream->queue, 0, NULL, &end) !=
            CL_SUCCESS) {
        return NULL;
    }
    (void)cl->Flush(stream->queue);
    return end;
}

static void part_behind(farewell *last, tn_plugin_stream *stream)
{
    const ocl_symbols *cl = &stream->instance->cl;
    cl_event end = end_of(stream);
    cl_int code;

    if (end == NULL) {
        return;
    }
    atomic_fetch_add_explicit(&last->users, 1, memory_order_relaxed);
    if (ocl_worker_add(stream, end, cl, stream_parts, last, NULL) != TN_OK) {
        /* no memory for that: who waits here is sure too */
        (void)ocl_event_await(cl, end, TN_FOREVER, &code);
        (void)cl->ReleaseEvent(end);
        part(last);
    }
}

/* A sole user frees by a command of its queue. */
static bool free_in_order(farewell *last, tn_plugin_stream *stream)
{
    const ocl_symbols *cl = &stream->instance->cl;
    cl_event event = NULL;

    if (last->release != NULL || last->block == NULL ||
        cl->EnqueueSVMFree(stream->queue, 1, &last->block, NULL, NULL, 0, NULL,
                           &event) != CL_SUCCESS) {
        return false;
    }
    ocl_stream_advance(stream, event);
    (void)cl->Flush(stream->queue);
    last->block = NULL;
    return true;
}

static void part_behind_all(farewell *last)
{
    tn_plugin_device *device = last->device;

    pthread_mutex_lock(&device->lock);
    for (tn_plugin_stream *at = device->streams; at != NULL;
         at = at->others.next) {
        part_behind(last, at);
    }
    for (tn_plugin_stream *at = device->leaving; at != NULL;
         at = at->others.next) {
        part_behind(last, at);
    }
    pthread_mutex_unlock(&device->lock);
}

static void drop_parts(tn_plugin_memory *memory)
{
    for (int i = 0; i < OCL_SUB_BUFFERS; ++i) {
        if (memory->parts[i].buffer != NULL) {
            (void)functions_of(memory)->ReleaseMemObject(
                memory->parts[i].buffer);
        }
    }
}

/* The driver keeps buffer objects for work; the rest is kept here. */
void ocl_memory_destroy(tn_plugin_memory *memory, tn_plugin_stream *stream)
{
    tn_plugin_device *device = memory->device;

    note_change(device); /* another memory may get this address */
    drop_parts(memory);
    if (memory->buffer != NULL) {
        (void)functions_of(memory)->ReleaseMemObject(memory->buffer);
    }
    if (memory->block != NULL || memory->release != NULL) {
        farewell *last = ocl_allocate(device->instance, sizeof *last);

        if (last == NULL) {
            ocl_log(device->instance, TN_LOG_ERROR,
                    "no memory left to free a buffer of %llu bytes, which is "
                    "lost",
                    (unsigned long long)memory->bytes);
        } else {
            *last = (farewell){.device = device,
                               .block = memory->block,
                               .release = memory->release,
                               .data = memory->data};
            atomic_init(&last->users, 1);
            if (stream == NULL) {
                part_behind_all(last);
            } else if (!free_in_order(last, stream)) {
                part_behind(last, stream);
            }
            part(last);
        }
    }
    free_memory(memory);
}

/* ---- parts ---- */

static tn_status make_part(tn_plugin_memory *memory, uint64_t offset,
                           cl_mem *made)
{
    cl_buffer_region region = {offset, memory->bytes - offset};
    cl_int code = CL_SUCCESS;

    *made = functions_of(memory)->CreateSubBuffer(
        memory->buffer, CL_MEM_READ_WRITE, CL_BUFFER_CREATE_TYPE_REGION,
        &region, &code);
    return *made != NULL
               ? TN_OK
               : ocl_fail_code(memory->device->instance, code,
                               "the offset %llu of a buffer as an argument",
                               (unsigned long long)offset);
}

static tn_status find_part_locked(tn_plugin_memory *memory, uint64_t offset,
                                  cl_mem *found)
{
    for (int i = 0; i < OCL_SUB_BUFFERS; ++i) {
        if (memory->parts[i].buffer != NULL &&
            memory->parts[i].offset == offset) {
            *found = memory->parts[i].buffer;
            return TN_OK;
        }
    }
    ocl_sub_buffer *place = &memory->parts[memory->next_part];
    tn_status status = make_part(memory, offset, found);

    if (status != TN_OK) {
        return status;
    }
    memory->next_part = (memory->next_part + 1) % OCL_SUB_BUFFERS;
    if (place->buffer != NULL) {
        /* kernels that had it as an argument have to be told another one */
        atomic_store(&memory->serial, next_serial(memory->device));
        note_change(memory->device);
        (void)functions_of(memory)->ReleaseMemObject(place->buffer);
    }
    *place = (ocl_sub_buffer){offset, *found};
    return TN_OK;
}

tn_status ocl_memory_part(tn_plugin_memory *memory, uint64_t offset,
                          cl_mem *part_found)
{
    uint32_t alignment = memory->device->sub_buffer_alignment;

    if (offset == 0) {
        *part_found = memory->buffer;
        return TN_OK;
    }
    if (offset % alignment != 0) {
        return ocl_fail(memory->device->instance, TN_ERROR_RANGE,
                        "an argument begins at %llu of a buffer object; on %s "
                        "such offsets are multiples of %u",
                        (unsigned long long)offset, memory->device->info.name,
                        (unsigned)alignment);
    }
    pthread_mutex_lock(&memory->lock);
    tn_status status = find_part_locked(memory, offset, part_found);

    pthread_mutex_unlock(&memory->lock);
    return status;
}

/* ---- mapping ---- */

static cl_map_flags map_flags(tn_access access)
{
    return ((access & TN_ACCESS_READ) != 0 ? CL_MAP_READ : 0) |
           ((access & TN_ACCESS_WRITE) != 0 ? CL_MAP_WRITE : 0);
}

static bool is_host_memory(const tn_plugin_memory *memory)
{
    return (memory->device->info.features & TN_FEATURE_HOST_MEMORY) != 0;
}

tn_status ocl_memory_map(tn_plugin_memory *memory, uint64_t offset,
                         uint64_t bytes, tn_access access, void **pointer)
{
    const ocl_symbols *cl = functions_of(memory);
    cl_command_queue queue = memory->device->queue;
    void *mapped = memory->pointer != NULL ? memory->pointer + offset : NULL;
    cl_int code = CL_SUCCESS;

    if (!tn_range_within(offset, bytes, memory->bytes)) {
        return ocl_fail(memory->device->instance, TN_ERROR_RANGE,
                        "%llu bytes from offset %llu lie outside a buffer of "
                        "%llu",
                        (unsigned long long)bytes, (unsigned long long)offset,
                        (unsigned long long)memory->bytes);
    }
    if (memory->pointer == NULL) {
        mapped = cl->EnqueueMapBuffer(queue, memory->buffer, CL_TRUE,
                                      map_flags(access), offset, bytes, 0, NULL,
                                      NULL, &code);
    } else if (!is_host_memory(memory)) {
        code = cl->EnqueueSVMMap(queue, CL_TRUE, map_flags(access), mapped,
                                 bytes, 0, NULL, NULL);
    }
    if (code != CL_SUCCESS) {
        return ocl_fail_code(memory->device->instance, code,
                             "mapping %llu bytes of a buffer",
                             (unsigned long long)bytes);
    }
    *pointer = mapped;
    return TN_OK;
}

/* Later work, of whichever queue, finds what was written. */
tn_status ocl_memory_unmap(tn_plugin_memory *memory, void *pointer)
{
    const ocl_symbols *cl = functions_of(memory);
    cl_command_queue queue = memory->device->queue;
    cl_event event = NULL;
    cl_int code = CL_SUCCESS;

    if (memory->pointer == NULL) {
        code = cl->EnqueueUnmapMemObject(queue, memory->buffer, pointer, 0,
                                         NULL, &event);
    } else if (!is_host_memory(memory)) {
        code = cl->EnqueueSVMUnmap(queue, pointer, 0, NULL, &event);
    }
    if (code == CL_SUCCESS && event != NULL) {
        (void)ocl_event_await(cl, event, TN_FOREVER, &code);
        (void)cl->ReleaseEvent(event);
    }
    return code == CL_SUCCESS ? TN_OK
                              : ocl_fail_code(memory->device->instance, code,
                                              "unmapping a buffer");
}

tn_status ocl_memory_native(tn_plugin_memory *memory, uint64_t *handle)
{
    *handle = memory->pointer != NULL ? (uint64_t)(uintptr_t)memory->pointer
                                      : (uint64_t)(uintptr_t)memory->buffer;
    return TN_OK;
}
