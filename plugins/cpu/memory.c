/* SPDX-License-Identifier: MIT */
#include "plugins/cpu/memory.h"

#include <sys/mman.h>

#include "common/size.h"
#include "plugins/cpu/cpu.h"
#include "plugins/cpu/device.h"
#include "plugins/cpu/machine.h"

enum {
    PAGE_BYTES = 4096,
    HUGE_PAGE_BYTES = 2 << 20,
    MAPPED_BYTES = 128 << 10, /* malloc() maps such blocks by themselves */
    ASIDE_BYTES = 512
};

static void end_memory(cpu_object *object)
{
    tn_plugin_memory *memory = (tn_plugin_memory *)object;
    tn_plugin_instance *instance = memory->instance;

    if (memory->release != NULL) {
        memory->release(memory->data);
    }
    cpu_release(instance, memory->block);
    cpu_release(instance, memory);
}

static tn_plugin_memory *new_memory(tn_plugin_instance *instance, uint64_t size)
{
    tn_plugin_memory *memory = cpu_allocate(instance, sizeof *memory);

    if (memory != NULL) {
        memory->instance = instance;
        memory->size = size;
        cpu_object_init(&memory->object, end_memory);
    }
    return memory;
}

/* Pages of their own for buffers that fill them, huge ones where they can. */
static uint64_t alignment_of(const tn_plugin_memory_desc *desc)
{
    uint64_t own = desc->bytes >= HUGE_PAGE_BYTES ? HUGE_PAGE_BYTES
                   : desc->bytes >= PAGE_BYTES    ? PAGE_BYTES
                                                  : CPU_ALIGNMENT;

    return desc->alignment > own ? desc->alignment : own;
}

/*
 * How far behind the start of a page the buffer begins. malloc() gives a large
 * block 16 bytes behind one. Copied from the start of a page to there, each load
 * looks by its lowest 12 bits like one of what was just stored: 3 in place of 41
 * GB/s.
 */
static uint64_t aside(const tn_plugin_memory_desc *desc)
{
    return desc->bytes >= MAPPED_BYTES && desc->alignment <= ASIDE_BYTES
               ? ASIDE_BYTES
               : 0;
}

static tn_status fail_too_large(tn_plugin_instance *instance, uint64_t bytes)
{
    return cpu_fail(instance, TN_ERROR_NO_MEMORY,
                    "no memory for a buffer of %llu bytes: this process may "
                    "have %llu, of which %llu are free",
                    (unsigned long long)bytes,
                    (unsigned long long)instance->device.memory_bytes,
                    (unsigned long long)cpu_machine_memory_free());
}

tn_status cpu_memory_create(tn_plugin_device *device,
                            const tn_plugin_memory_desc *desc,
                            tn_plugin_memory **memory)
{
    tn_plugin_instance *instance = device->instance;
    uint64_t alignment = alignment_of(desc);
    uint64_t begin = aside(desc);
    uint64_t size;

    if (desc->kind > TN_MEMORY_SHARED) {
        return cpu_fail(instance, TN_ERROR_UNSUPPORTED,
                        "the cpu backend has no memory of kind %u",
                        (unsigned)desc->kind);
    }
    if (desc->bytes == 0 || (alignment & (alignment - 1)) != 0) {
        return cpu_fail(instance, TN_ERROR_INVALID,
                        "a buffer of %llu bytes aligned to %llu: at least one "
                        "byte and a power of two are needed",
                        (unsigned long long)desc->bytes,
                        (unsigned long long)desc->alignment);
    }
    if (!tn_size_add(desc->bytes, begin, &size) || size > SIZE_MAX ||
        alignment > device->memory_bytes || size > device->memory_bytes) {
        return fail_too_large(instance, desc->bytes);
    }
    tn_plugin_memory *created = new_memory(instance, desc->bytes);

    if (created == NULL) {
        return cpu_fail_memory(instance, "a buffer");
    }
    created->block =
        instance->host->allocate(instance->host_data, size, (size_t)alignment);
    if (created->block == NULL) {
        cpu_release(instance, created);
        return fail_too_large(instance, desc->bytes);
    }
    if (size >= HUGE_PAGE_BYTES) {
        (void)madvise(created->block, size / HUGE_PAGE_BYTES * HUGE_PAGE_BYTES,
                      MADV_HUGEPAGE); /* only a hint */
    }
    created->bytes = (unsigned char *)created->block + begin;
    *memory = created;
    return TN_OK;
}

tn_status cpu_memory_import(tn_plugin_device *device,
                            const tn_plugin_import_desc *desc,
                            tn_plugin_memory **memory)
{
    tn_plugin_instance *instance = device->instance;

    /* memory_native() gives pointers, so both kinds mean the same. */
    if (desc->handle_kind != TN_HANDLE_POINTER &&
        desc->handle_kind != TN_HANDLE_NATIVE) {
        return cpu_fail(instance, TN_ERROR_UNSUPPORTED,
                        "the cpu backend imports pointers, not handles of "
                        "kind %u",
                        (unsigned)desc->handle_kind);
    }
    if (desc->handle == 0 || desc->handle > UINTPTR_MAX || desc->bytes == 0 ||
        desc->bytes > UINTPTR_MAX - desc->handle) {
        return cpu_fail(instance, TN_ERROR_INVALID,
                        "%llu bytes at the address %#llx are no memory",
                        (unsigned long long)desc->bytes,
                        (unsigned long long)desc->handle);
    }
    tn_plugin_memory *created = new_memory(instance, desc->bytes);

    if (created == NULL) {
        return cpu_fail_memory(instance, "an imported buffer");
    }
    created->bytes = (unsigned char *)(uintptr_t)desc->handle;
    created->release = desc->release;
    created->data = desc->data;
    *memory = created;
    return TN_OK;
}

/* After the work of all streams, even if it was told of one. */
void cpu_memory_destroy(tn_plugin_memory *memory, tn_plugin_stream *stream)
{
    (void)stream;
    cpu_object_retire(&memory->object, &memory->instance->device);
}

tn_status cpu_memory_map(tn_plugin_memory *memory, uint64_t offset,
                         uint64_t bytes, tn_access access, void **pointer)
{
    (void)access;
    if (!tn_range_within(offset, bytes, memory->size)) {
        return cpu_fail(memory->instance, TN_ERROR_RANGE,
                        "bytes %llu to %llu lie outside a buffer of %llu",
                        (unsigned long long)offset,
                        (unsigned long long)(offset + bytes),
                        (unsigned long long)memory->size);
    }
    *pointer = memory->bytes + offset;
    return TN_OK;
}

tn_status cpu_memory_unmap(tn_plugin_memory *memory, void *pointer)
{
    (void)memory;
    (void)pointer;
    return TN_OK;
}

tn_status cpu_memory_native(tn_plugin_memory *memory, uint64_t *handle)
{
    *handle = (uint64_t)(uintptr_t)memory->bytes;
    return TN_OK;
}
