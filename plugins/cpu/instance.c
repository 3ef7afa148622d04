/* SPDX-License-Identifier: MIT */
#include "plugins/cpu/cpu.h"

tn_status cpu_instance_create(const tn_host *host, void *host_data,
                              tn_plugin_instance **instance)
{
    tn_plugin_instance *created =
        tn_host_allocate(host, host_data, sizeof *created);

    if (created == NULL) {
        return tn_host_fail_memory(host, host_data, "the cpu backend");
    }
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
