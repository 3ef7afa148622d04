/* SPDX-License-Identifier: MIT */
/* Which memory there is: blocks of devices and of the host, by address. */
#include <stdlib.h>
#include <string.h>

#include "tests/fakes/cuda_driver/fake.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static block *blocks; /* by address */
static size_t count;
static size_t room;
static uint64_t used[DEVICES_MAX];
static uint64_t pooled[DEVICES_MAX];

/* ---- the list ---- */

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
        return fake_pool_reaches(found.pool, context->device);
    }
    return (__atomic_load_n(&context->peers, __ATOMIC_ACQUIRE) >> found.device &
            1) != 0;
}

/* What was there before must not look like a result. */
static void litter(char *base, size_t bytes)
{
    memset(base, 0xcd, bytes < 65536 ? bytes : 65536);
}

CUresult fake_allocate(CUcontext context, place where, size_t bytes,
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
        bytes <= (uint64_t)1 << 40 &&
        posix_memalign(&pointer, 512, bytes) == 0) {
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

void fake_register(const block *of_others)
{
    pthread_mutex_lock(&lock);
    insert_locked(of_others);
    pthread_mutex_unlock(&lock);
}

bool fake_unregister(const char *base)
{
    pthread_mutex_lock(&lock);
    block *found = at_locked(base);
    bool there =
        found != NULL && found->base == base && found->where == REGISTERED;

    if (there) {
        remove_locked(found);
    }
    pthread_mutex_unlock(&lock);
    return there;
}

static uint64_t read(const uint64_t *bytes)
{
    pthread_mutex_lock(&lock);
    uint64_t now = *bytes;

    pthread_mutex_unlock(&lock);
    return now;
}

uint64_t fake_bytes_used(int device)
{
    return read(&used[device]);
}

uint64_t fake_bytes_pooled(int device)
{
    return read(&pooled[device]);
}

long tn_fake_cuda_blocks(void)
{
    pthread_mutex_lock(&lock);
    long blocks_now = (long)count;

    pthread_mutex_unlock(&lock);
    return blocks_now;
}
