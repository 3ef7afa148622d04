/* SPDX-License-Identifier: MIT */
/* Memory of devices and page-locked memory of the host. */
#include <stdlib.h>
#include <string.h>

#include "tests/fakes/cuda_driver/fake.h"

struct CUmemPoolHandle_st {
    object object;
    int device;
    cuuint64_t threshold;
    unsigned reached_from; /* bit i: by device i too; atomic */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static block *blocks; /* by address */
static size_t count;
static size_t room;
static uint64_t used[DEVICES_MAX];
static uint64_t pooled[DEVICES_MAX];
static CUmemoryPool pools[DEVICES_MAX]; /* each device's own */

/* ---- the list of blocks ---- */

/* The first block that begins behind an address. */
static size_t behind(const char *address)
{
    size_t low = 0;
    size_t high = count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (blocks[middle].base <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The block that holds an address, or NULL. */
static block *at_locked(const char *address)
{
    size_t i = behind(address);

    if (i == 0 ||
        (size_t)(address - blocks[i - 1].base) >= blocks[i - 1].bytes) {
        return NULL;
    }
    return &blocks[i - 1];
}

static void insert_locked(const block *new)
{
    if (count == room) {
        room = room == 0 ? 64 : 2 * room;
        blocks = realloc(blocks, room * sizeof *blocks);
        if (blocks == NULL) {
            fake_die("no memory");
        }
    }
    size_t i = behind(new->base);

    memmove(blocks + i + 1, blocks + i, (count - i) * sizeof *blocks);
    blocks[i] = *new;
    ++count;
}

static void remove_locked(block *gone)
{
    size_t i = (size_t)(gone - blocks);

    if (gone->where != ON_HOST && gone->where != REGISTERED) {
        used[gone->device] -= gone->bytes;
        pooled[gone->device] -= gone->pool != NULL ? gone->bytes : 0;
    }
    memmove(blocks + i, blocks + i + 1, (count - i - 1) * sizeof *blocks);
    --count;
}

bool fake_find(CUdeviceptr address, size_t bytes, block *found)
{
    const char *at = (const char *)(uintptr_t)address;

    pthread_mutex_lock(&lock);
    block *holder = at_locked(at);
    bool whole =
        holder != NULL && bytes <= holder->bytes - (size_t)(at - holder->base);

    if (whole) {
        *found = *holder;
    }
    pthread_mutex_unlock(&lock);
    return whole;
}

bool fake_reaches(CUcontext context, CUdeviceptr address, size_t bytes)
{
    block found;

    if (!fake_find(address, bytes, &found)) {
        return false;
    }
    if (found.where == ON_HOST || found.where == REGISTERED ||
        found.where == MANAGED || found.device == context->device) {
        return true;
    }
    if (found.pool != NULL) { /* enabling peers is not enough for those */
        return (__atomic_load_n(&found.pool->reached_from, __ATOMIC_ACQUIRE) >>
                    context->device &
                1) != 0;
    }
    return (__atomic_load_n(&context->peers, __ATOMIC_ACQUIRE) >> found.device &
            1) != 0;
}

/* What was there before must not look like a result. */
static void litter(char *base, size_t bytes)
{
    memset(base, 0xcd, bytes < 65536 ? bytes : 65536);
}

static CUresult allocate(CUcontext context, place where, size_t bytes,
                         unsigned flags, CUmemoryPool from, char **base)
{
    block new = {.bytes = bytes,
                 .where = where,
                 .device = context->device,
                 .context = context,
                 .flags = flags,
                 .pool = from};
    CUresult answer = CUDA_ERROR_OUT_OF_MEMORY;
    void *pointer = NULL;

    pthread_mutex_lock(&lock);
    if ((where == ON_HOST ||
         bytes <= the_machine.memory - used[context->device]) &&
        bytes <= (size_t)1 << 40 && posix_memalign(&pointer, 512, bytes) == 0) {
        new.base = pointer;
        used[context->device] += where != ON_HOST ? bytes : 0;
        pooled[context->device] += from != NULL ? bytes : 0;
        insert_locked(&new);
        litter(new.base, bytes);
        *base = new.base;
        answer = CUDA_SUCCESS;
    }
    pthread_mutex_unlock(&lock);
    return answer;
}

CUresult fake_allocate(CUcontext context, place where, size_t bytes,
                       unsigned flags, char **base)
{
    return allocate(context, where, bytes, flags, NULL, base);
}

void fake_release(char *base)
{
    pthread_mutex_lock(&lock);
    block *found = at_locked(base);

    if (found == NULL || found->base != base) {
        fake_die("%p is freed twice, or was never allocated", (void *)base);
    }
    remove_locked(found);
    pthread_mutex_unlock(&lock);
    free(base);
}

/* What is left when a context ends. */
void fake_release_all(CUcontext context)
{
    pthread_mutex_lock(&lock);
    for (size_t i = count; i > 0; --i) {
        if (blocks[i - 1].context == context) {
            char *base = blocks[i - 1].base;
            bool ours = blocks[i - 1].where != REGISTERED;

            remove_locked(&blocks[i - 1]);
            if (ours) {
                free(base);
            }
        }
    }
    pthread_mutex_unlock(&lock);
}

long tn_fake_cuda_blocks(void)
{
    pthread_mutex_lock(&lock);
    long blocks_now = (long)count;

    pthread_mutex_unlock(&lock);
    return blocks_now;
}

/* ---- of devices ---- */

DRIVER(cuMemAlloc_v2, CUdeviceptr *address, size_t bytes)
{
    char *base = NULL;

    ENTER(NEEDS_CONTEXT);
    if (bytes == 0) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    CUresult answer = fake_allocate(fake_context(), ON_DEVICE, bytes, 0, &base);

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
        fake_allocate(fake_context(), MANAGED, bytes, flags, &base);

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
    pthread_mutex_lock(&lock);
    *free_bytes = the_machine.memory - used[fake_context()->device];
    *total = the_machine.memory;
    pthread_mutex_unlock(&lock);
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

/* ---- in a stream's order ---- */

static CUresult allocate_pooled(CUdeviceptr *address, size_t bytes,
                                CUmemoryPool pool, CUstream stream)
{
    char *base = NULL;

    if (bytes == 0) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    CUresult answer =
        allocate(stream->context, ON_DEVICE, bytes, 0, pool, &base);

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
        pthread_mutex_lock(&lock);
        *(cuuint64_t *)value = pooled[pool->device];
        pthread_mutex_unlock(&lock);
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

/* ---- of the host ---- */

DRIVER(cuMemHostAlloc, void **pointer, size_t bytes, unsigned flags)
{
    char *base = NULL;

    ENTER(NEEDS_CONTEXT);
    if (bytes == 0 || flags > 7) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    CUresult answer =
        fake_allocate(fake_context(), ON_HOST, bytes, flags, &base);

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

    pthread_mutex_lock(&lock);
    insert_locked(&new);
    pthread_mutex_unlock(&lock);
    return CUDA_SUCCESS;
}

DRIVER(cuMemHostUnregister, void *pointer)
{
    CUresult answer = CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED;

    ENTER(NEEDS_CONTEXT);
    pthread_mutex_lock(&lock);
    block *found = at_locked(pointer);

    if (found != NULL && found->base == pointer && found->where == REGISTERED) {
        remove_locked(found);
        answer = CUDA_SUCCESS;
    }
    pthread_mutex_unlock(&lock);
    return answer;
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
