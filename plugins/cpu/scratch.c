/* SPDX-License-Identifier: MIT */
/* Group memory: blocks that grow to what kernels ask for, and are kept. */
#include "plugins/cpu/cpu.h"
#include "plugins/cpu/pool.h"

cpu_scratch *cpu_scratch_borrow(cpu_pool *pool)
{
    cpu_lock_take(&pool->lock);
    cpu_scratch *scratch = pool->scratches;

    if (scratch != NULL) {
        pool->scratches = scratch->next;
    }
    cpu_lock_release(&pool->lock);
    return scratch != NULL ? scratch
                           : cpu_allocate(pool->instance, sizeof *scratch);
}

void cpu_scratch_return(cpu_pool *pool, cpu_scratch *scratch)
{
    cpu_lock_take(&pool->lock);
    scratch->next = pool->scratches;
    pool->scratches = scratch;
    cpu_lock_release(&pool->lock);
}

bool cpu_scratch_reserve(cpu_pool *pool, cpu_scratch *scratch, uint64_t bytes)
{
    const tn_plugin_instance *instance = pool->instance;

    if (scratch->bytes >= bytes) {
        return true;
    }
    cpu_scratch_finish(pool, scratch);
    scratch->block = instance->host->allocate(instance->host_data,
                                              (size_t)bytes, CPU_ALIGNMENT);
    if (scratch->block == NULL) {
        return false;
    }
    scratch->bytes = bytes;
    return true;
}

void cpu_scratch_finish(cpu_pool *pool, cpu_scratch *scratch)
{
    cpu_release(pool->instance, scratch->block);
    scratch->block = NULL;
    scratch->bytes = 0;
}

void cpu_scratch_free_all(cpu_pool *pool)
{
    cpu_scratch *scratch;

    while ((scratch = pool->scratches) != NULL) {
        pool->scratches = scratch->next;
        cpu_scratch_finish(pool, scratch);
        cpu_release(pool->instance, scratch);
    }
}
