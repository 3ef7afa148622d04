/* SPDX-License-Identifier: MIT */
/* Group memory: blocks that grow to what kernels ask for, and are kept. */
#include "plugins/cpu/cpu.h"
#include "plugins/cpu/pool.h"

cpu_scratch *cpu_scratch_borrow(cpu_pool *pool, uint64_t bytes)
{
    const tn_plugin_instance *instance = pool->instance;

    pthread_mutex_lock(&pool->lock);
    cpu_scratch *scratch = pool->scratches;

    if (scratch != NULL) {
        pool->scratches = scratch->next;
    }
    pthread_mutex_unlock(&pool->lock);
    if (scratch == NULL) {
        scratch = cpu_allocate(pool->instance, sizeof *scratch);
    }
    if (scratch == NULL || scratch->bytes >= bytes) {
        return scratch;
    }
    cpu_release(pool->instance, scratch->block);
    scratch->block = instance->host->allocate(instance->host_data,
                                              (size_t)bytes, CPU_ALIGNMENT);
    scratch->bytes = bytes;
    if (scratch->block == NULL) {
        cpu_release(pool->instance, scratch);
        return NULL;
    }
    return scratch;
}

void cpu_scratch_return(cpu_pool *pool, cpu_scratch *scratch)
{
    if (scratch == NULL) {
        return;
    }
    pthread_mutex_lock(&pool->lock);
    scratch->next = pool->scratches;
    pool->scratches = scratch;
    pthread_mutex_unlock(&pool->lock);
}

void cpu_scratch_free_all(cpu_pool *pool)
{
    cpu_scratch *scratch;

    while ((scratch = pool->scratches) != NULL) {
        pool->scratches = scratch->next;
        cpu_release(pool->instance, scratch->block);
        cpu_release(pool->instance, scratch);
    }
}
