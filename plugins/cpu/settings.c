/* SPDX-License-Identifier: MIT */
/* The keys of [backend cpu], and what holds where they are not set. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/host.h"
#include "common/processors.h"
#include "plugins/cpu/cpu.h"

static const char *origin_of(const tn_plugin_instance *instance,
                             const char *key)
{
    const char *origin =
        instance->host->config_origin(instance->host_data, key);

    return origin != NULL ? origin : "configuration";
}

/* What there is: processors by affinity, and no more than a quota allows. */
static tn_status find_places(tn_plugin_instance *instance)
{
    cpu_places *places = &instance->places;
    uint32_t usable = tn_processors(NULL, 0);

    if (usable == 0) {
        usable = 1;
    }
    places->processors = cpu_allocate(instance, usable * sizeof(int));
    if (places->processors == NULL) {
        return cpu_fail_memory(instance, "the list of processors");
    }
    uint32_t again = tn_processors(places->processors, usable);

    places->usable = again < usable ? again : usable;
    places->node = cpu_order_by_nodes("", places->processors, places->usable);
    uint32_t threads = tn_processors_allowed();

    places->threads = threads < CPU_THREADS_MAX ? threads : CPU_THREADS_MAX;
    return TN_OK;
}

static tn_status read_threads(tn_plugin_instance *instance)
{
    const tn_host *host = instance->host;
    const char *text = host->config(instance->host_data, "threads");

    if (text == NULL) {
        return TN_OK;
    }
    char *end = NULL;

    errno = 0;
    long value = strtol(text, &end, 10);

    if (end == text || *end != '\0' || errno != 0 || value < 1 ||
        value > CPU_THREADS_MAX) {
        return cpu_fail(instance, TN_ERROR_CONFIG,
                        "%s: threads = %s is no number of threads; use 1 to "
                        "%d, or leave it out for the %u that this process may "
                        "use",
                        origin_of(instance, "threads"), text, CPU_THREADS_MAX,
                        (unsigned)instance->places.threads);
    }
    instance->places.threads = (uint32_t)value;
    return TN_OK;
}

tn_status cpu_settings_read(tn_plugin_instance *instance)
{
    tn_status status = find_places(instance);

    if (status == TN_OK) {
        status = read_threads(instance);
    }
    if (status == TN_OK) {
        status = tn_host_read_yes(instance->host, instance->host_data, "pin",
                                  &instance->places.pinned);
    }
    return status;
}
