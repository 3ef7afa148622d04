/* SPDX-License-Identifier: MIT */
/* Memory of devices and page-locked memory of the host. */
#include "tests/fakes/cuda_driver/fake.h"

/* ---- of devices ---- */

DRIVER(cuMemAlloc_v2, CUdeviceptr *address, size_t bytes)
{
    char *base = NULL;

    ENTER(NEEDS_CONTEXT);
    if (bytes == 0) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    CUresult answer =
        fake_allocate(fake_context(), ON_DEVICE, bytes, 0, NULL, &base);

    if (answer == CUDA_SUCCESS) {
        *address = (uintptr_t)base;
    }
    return answer;
}

DRIVER(cuMemAllocManaged, CUdeviceptr *address, size_t bytes, unsigned flags)
{
    char *base = NULL;

    ENTER(NEEDS_CONTEXT);
    if (bytes == 0 || (flags != 1 && flags != 2)) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    if (!the_machine.managed) {
        return CUDA_ERROR_NOT_SUPPORTED;
    }
    CUresult answer =
        fake_allocate(fake_context(), MANAGED, bytes, flags, NULL, &base);

    if (answer == CUDA_SUCCESS) {
        *address = (uintptr_t)base;
    }
    return answer;
}

/* Waits for the device, as the driver does before it unmaps memory. */
DRIVER(cuMemFree_v2, CUdeviceptr address)
{
    block found;

    ENTER(NEEDS_INIT);
    if (address == 0) {
        return CUDA_SUCCESS;
    }
    if (!fake_find(address, 1, &found)) {
        fake_die("cuMemFree of 0x%llx, which is not allocated", address);
    }
    if (fake_fault(found.context) == CUDA_SUCCESS) {
        fake_drain(found.context);
        fake_release((char *)(uintptr_t)address);
    }
    return fake_fault(found.context);
}

DRIVER(cuMemGetInfo_v2, size_t *free_bytes, size_t *total)
{
    ENTER(NEEDS_CONTEXT);
    *free_bytes = the_machine.memory - fake_bytes_used(fake_context()->device);
    *total = the_machine.memory;
    return CUDA_SUCCESS;
}

DRIVER(cuMemGetAddressRange_v2, CUdeviceptr *base, size_t *bytes,
       CUdeviceptr address)
{
    block found;

    ENTER(NEEDS_CONTEXT);
    if (!fake_find(address, 1, &found)) {
        return CUDA_ERROR_NOT_FOUND;
    }
    if (base != NULL) {
        *base = (uintptr_t)found.base;
    }
    if (bytes != NULL) {
        *bytes = found.bytes;
    }
    return CUDA_SUCCESS;
}

DRIVER(cuPointerGetAttribute, void *data, CUpointer_attribute what,
       CUdeviceptr address)
{
    block found;

    ENTER(NEEDS_INIT);
    if (!fake_find(address, 1, &found)) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    bool host = found.where == ON_HOST || found.where == REGISTERED;

    switch (what) {
    case CU_POINTER_ATTRIBUTE_CONTEXT:
        *(CUcontext *)data = found.context;
        return CUDA_SUCCESS;
    case CU_POINTER_ATTRIBUTE_MEMORY_TYPE:
        *(unsigned *)data = host ? CU_MEMORYTYPE_HOST : CU_MEMORYTYPE_DEVICE;
        return CUDA_SUCCESS;
    case CU_POINTER_ATTRIBUTE_DEVICE_POINTER:
        *(CUdeviceptr *)data = address;
        return CUDA_SUCCESS;
    case CU_POINTER_ATTRIBUTE_HOST_POINTER:
        if (!host && found.where != MANAGED) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        *(void **)data = (void *)(uintptr_t)address;
        return CUDA_SUCCESS;
    case CU_POINTER_ATTRIBUTE_IS_MANAGED:
        *(unsigned *)data = found.where == MANAGED;
        return CUDA_SUCCESS;
    case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL:
        *(int *)data = found.device;
        return CUDA_SUCCESS;
    case CU_POINTER_ATTRIBUTE_RANGE_START_ADDR:
        *(void **)data = found.base;
        return CUDA_SUCCESS;
    case CU_POINTER_ATTRIBUTE_RANGE_SIZE:
        *(size_t *)data = found.bytes;
        return CUDA_SUCCESS;
    default:
        return CUDA_ERROR_INVALID_VALUE;
    }
}

/* ---- of the host ---- */

DRIVER(cuMemHostAlloc, void **pointer, size_t bytes, unsigned flags)
{
    char *base = NULL;

    ENTER(NEEDS_CONTEXT);
    if (bytes == 0 || flags > 7) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    CUresult answer =
        fake_allocate(fake_context(), ON_HOST, bytes, flags, NULL, &base);

    if (answer == CUDA_SUCCESS) {
        *pointer = base;
    }
    return answer;
}

DRIVER(cuMemFreeHost, void *pointer)
{
    block found;

    ENTER(NEEDS_INIT);
    if (pointer == NULL) {
        return CUDA_SUCCESS;
    }
    if (!fake_find((uintptr_t)pointer, 1, &found) || found.where != ON_HOST) {
        fake_die("cuMemFreeHost of %p, which is not from cuMemHostAlloc",
                 pointer);
    }
    if (fake_fault(found.context) == CUDA_SUCCESS) {
        fake_drain(found.context);
        fake_release(pointer);
    }
    return fake_fault(found.context);
}

DRIVER(cuMemHostRegister_v2, void *pointer, size_t bytes, unsigned flags)
{
    CUcontext context;
    block found;

    ENTER(NEEDS_CONTEXT);
    context = fake_context();
    if (pointer == NULL || bytes == 0) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    if (fake_find((uintptr_t)pointer, 1, &found)) {
        return CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED;
    }
    block new = {.base = pointer,
                 .bytes = bytes,
                 .where = REGISTERED,
                 .device = context->device,
                 .context = context,
                 .flags = flags};

    fake_register(&new);
    return CUDA_SUCCESS;
}

DRIVER(cuMemHostUnregister, void *pointer)
{
    ENTER(NEEDS_CONTEXT);
    return fake_unregister(pointer) ? CUDA_SUCCESS
                                    : CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED;
}

DRIVER(cuMemHostGetDevicePointer_v2, CUdeviceptr *address, void *pointer,
       unsigned flags)
{
    block found;

    ENTER(NEEDS_CONTEXT);
    if (flags != 0 || !fake_find((uintptr_t)pointer, 1, &found) ||
        (found.where != ON_HOST && found.where != REGISTERED)) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    *address = (uintptr_t)pointer;
    return CUDA_SUCCESS;
}
