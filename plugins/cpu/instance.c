/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "plugins/cpu/cpu.h"

tn_status cpu_fail_memory(tn_plugin_instance *instance, const char *what)
{
    return cpu_fail(instance, TN_ERROR_NO_MEMORY, "no memory left for %s",
                    what);
}

void *cpu_allocate(tn_plugin_instance *instance, size_t bytes)
{
    void *pointer = instance->host->allocate(instance->host_data, bytes, 0);

    return pointer != NULL ? memset(pointer, 0, bytes) : NULL;
}

void cpu_release(tn_plugin_instance *instance, void *pointer)
{
    instance->host->release(instance->host_data, pointer);
}

void cpu_answer(void *answer, const void *from, uint32_t from_bytes)
{
    uint32_t size;

    memcpy(&size, answer, sizeof size); /* what the host has room for */
    memcpy(answer, from, size < from_bytes ? size : from_bytes);
    memcpy(answer, &size, sizeof size);
}

tn_status cpu_instance_create(const tn_host *host, void *host_data,
                              tn_plugin_instance **instance)
{
    tn_plugin_instance *created = host->allocate(host_data, sizeof *created, 0);

    if (created == NULL) {
        host->error(host_data, "no memory left for the cpu backend");
        return TN_ERROR_NO_MEMORY;
    }
    memset(created, 0, sizeof *created);
    created->host = host;
    created->host_data = host_data;
    tn_status status = cpu_settings_read(created);

    if (status != TN_OK) {
        cpu_release(created, created->places.processors);
        cpu_release(created, created);
        return status;
    }
    cpu_pool_init(&created->pool, created);
    cpu_device_init(&created->device, created);
    *instance = created;
    return TN_OK;
}

void cpu_instance_destroy(tn_plugin_instance *instance)
{
    if (cpu_pool_is_foreign(&instance->pool)) {
        return; /* after fork(): the threads are another process's */
    }
    cpu_pool_finish(&instance->pool);
    cpu_release(instance, instance->places.processors);
    cpu_release(instance, instance);
}
