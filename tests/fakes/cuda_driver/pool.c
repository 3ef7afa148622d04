/* SPDX-License-Identifier: MIT */
/* Memory that is allocated and freed in a stream's order, and its pools. */
#include "tests/fakes/cuda_driver/fake.h"

struct CUmemPoolHandle_st {
    object object;
    int device;
    cuuint64_t threshold;
    unsigned reached_from; /* bit i: by device i too; atomic */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static CUmemoryPool pools[DEVICES_MAX]; /* each device's own */

/* ---- memory ---- */

static CUresult allocate_pooled(CUdeviceptr *address, size_t bytes,
                                CUmemoryPool pool, CUstream stream)
{
    char *base = NULL;

    if (bytes == 0) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    CUresult answer =
        fake_allocate(stream->context, ON_DEVICE, bytes, 0, pool, &base);

    if (answer == CUDA_SUCCESS) {
        *address = (uintptr_t)base;
    }
    return answer;
}

static CUmemoryPool own_pool(int device)
{
    pthread_mutex_lock(&lock);
    if (pools[device] == NULL) {
        pools[device] = fake_make(IS_POOL, sizeof *pools[device], NULL);
        pools[device]->device = device;
    }
    CUmemoryPool pool = pools[device];

    pthread_mutex_unlock(&lock);
    return pool;
}

DRIVER(cuMemAllocAsync, CUdeviceptr *address, size_t bytes, CUstream handle)
{
    CUstream stream = NULL;

    ENTER(NEEDS_INIT);
    CUresult answer = fake_stream_of(handle, &stream);

    if (answer != CUDA_SUCCESS) {
        return answer;
    }
    if (!the_machine.pools) {
        return CUDA_ERROR_NOT_SUPPORTED;
    }
    return allocate_pooled(address, bytes, own_pool(stream->context->device),
                           stream);
}

DRIVER(cuMemAllocFromPoolAsync, CUdeviceptr *address, size_t bytes,
       CUmemoryPool pool, CUstream handle)
{
    CUstream stream = NULL;

    ENTER(NEEDS_INIT);
    fake_check(pool, IS_POOL);
    CUresult answer = fake_stream_of(handle, &stream);

    return answer != CUDA_SUCCESS
               ? answer
               : allocate_pooled(address, bytes, pool, stream);
}

typedef struct freeing {
    work work;
    char *base;
} freeing;

static void free_now(work *what)
{
    fake_release(((freeing *)what)->base);
}

DRIVER(cuMemFreeAsync, CUdeviceptr address, CUstream handle)
{
    CUstream stream = NULL;
    block found;

    ENTER(NEEDS_INIT);
    CUresult answer = fake_stream_of(handle, &stream);

    if (answer != CUDA_SUCCESS) {
        return answer;
    }
    if (address == 0) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    if (!fake_find(address, 1, &found) ||
        found.base != (char *)(uintptr_t)address) {
        fake_die("cuMemFreeAsync of 0x%llx, which is not allocated", address);
    }
    freeing *f = fake_work(sizeof *f, free_now);

    f->base = found.base;
    fake_queue(stream, &f->work);
    return CUDA_SUCCESS;
}

/* ---- pools ---- */

bool fake_pool_reaches(CUmemoryPool pool, int device)
{
    return (__atomic_load_n(&pool->reached_from, __ATOMIC_ACQUIRE) >> device &
            1) != 0;
}

DRIVER(cuDeviceGetDefaultMemPool, CUmemoryPool *pool, CUdevice device)
{
    ENTER(NEEDS_INIT);
    if (!fake_device_is_there(device)) {
        return CUDA_ERROR_INVALID_DEVICE;
    }
    if (!the_machine.pools) {
        return CUDA_ERROR_NOT_SUPPORTED;
    }
    *pool = own_pool(device);
    return CUDA_SUCCESS;
}

DRIVER(cuMemPoolCreate, CUmemoryPool *pool, const CUmemPoolProps *properties)
{
    ENTER(NEEDS_INIT);
    if (properties->allocType != CU_MEM_ALLOCATION_TYPE_PINNED ||
        properties->location.type != CU_MEM_LOCATION_TYPE_DEVICE ||
        !fake_device_is_there(properties->location.id)) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    if (!the_machine.pools) {
        return CUDA_ERROR_NOT_SUPPORTED;
    }
    CUmemoryPool new = fake_make(IS_POOL, sizeof *new, NULL);

    new->device = properties->location.id;
    *pool = new;
    return CUDA_SUCCESS;
}

DRIVER(cuMemPoolDestroy, CUmemoryPool pool)
{
    ENTER(NEEDS_INIT);
    fake_check(pool, IS_POOL);
    if (pool == pools[pool->device]) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    fake_bury(pool);
    return CUDA_SUCCESS;
}

DRIVER(cuMemPoolSetAccess, CUmemoryPool pool, const CUmemAccessDesc *access,
       size_t number)
{
    ENTER(NEEDS_INIT);
    fake_check(pool, IS_POOL);
    for (size_t i = 0; i < number; ++i) {
        int device = access[i].location.id;

        if (!fake_device_is_there(device) ||
            (device != pool->device && !the_machine.peer)) {
            return CUDA_ERROR_INVALID_DEVICE;
        }
        __atomic_fetch_or(&pool->reached_from, 1u << device, __ATOMIC_ACQ_REL);
    }
    return CUDA_SUCCESS;
}

DRIVER(cuMemPoolSetAttribute, CUmemoryPool pool, CUmemPool_attribute what,
       void *value)
{
    ENTER(NEEDS_INIT);
    fake_check(pool, IS_POOL);
    if (what == CU_MEMPOOL_ATTR_RELEASE_THRESHOLD) {
        pool->threshold = *(cuuint64_t *)value;
        return CUDA_SUCCESS;
    }
    return what >= CU_MEMPOOL_ATTR_REUSE_FOLLOW_EVENT_DEPENDENCIES &&
                   what <= CU_MEMPOOL_ATTR_REUSE_ALLOW_INTERNAL_DEPENDENCIES
               ? CUDA_SUCCESS
               : CUDA_ERROR_INVALID_VALUE;
}

DRIVER(cuMemPoolGetAttribute, CUmemoryPool pool, CUmemPool_attribute what,
       void *value)
{
    ENTER(NEEDS_INIT);
    fake_check(pool, IS_POOL);
    if (what == CU_MEMPOOL_ATTR_RELEASE_THRESHOLD) {
        *(cuuint64_t *)value = pool->threshold;
        return CUDA_SUCCESS;
    }
    if (what == CU_MEMPOOL_ATTR_RESERVED_MEM_CURRENT ||
        what == CU_MEMPOOL_ATTR_USED_MEM_CURRENT) {
        *(cuuint64_t *)value = fake_bytes_pooled(pool->device);
        return CUDA_SUCCESS;
    }
    return CUDA_ERROR_INVALID_VALUE;
}

DRIVER(cuMemPoolTrimTo, CUmemoryPool pool, size_t bytes)
{
    ENTER(NEEDS_INIT);
    (void)bytes;
    fake_check(pool, IS_POOL);
    return CUDA_SUCCESS;
}
