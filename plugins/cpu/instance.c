/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/sentence.h"
#include "plugins/cpu/cpu.h"

tn_status cpu_fail(tn_plugin_instance *instance, tn_status status,
                   const char *format, ...)
{
    tn_sentence sentence;
    va_list values;

    va_start(values, format);
    tn_sentence_vset(&sentence, format, values);
    va_end(values);
    instance->host->error(instance->host_data, sentence.text);
    return status;
}

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

uint64_t cpu_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Processors that this process may run on. */
static uint32_t processors(void)
{
    for (int bits = CPU_SETSIZE; bits <= 1 << 20; bits *= 2) {
        cpu_set_t *set = CPU_ALLOC(bits);
        size_t bytes = CPU_ALLOC_SIZE(bits);

        if (set == NULL) {
            break;
        }
        int failed = sched_getaffinity(0, bytes, set) != 0 ? errno : 0;
        int count = failed == 0 ? CPU_COUNT_S(bytes, set) : 0;

        CPU_FREE(set);
        if (count > 0) {
            return (uint32_t)count;
        }
        if (failed != EINVAL) { /* EINVAL: the kernel knows more of them */
            break;
        }
    }
    return 1;
}

static tn_status read_threads(tn_plugin_instance *instance)
{
    const tn_host *host = instance->host;
    const char *text = host->config(instance->host_data, "threads");
    uint32_t usable = processors();

    if (usable > CPU_THREADS_MAX) {
        usable = CPU_THREADS_MAX;
    }
    instance->threads = usable;
    if (text == NULL) {
        return TN_OK;
    }
    char *end = NULL;

    errno = 0;
    long value = strtol(text, &end, 10);

    if (end == text || *end != '\0' || errno != 0 || value < 1 ||
        value > CPU_THREADS_MAX) {
        const char *origin =
            host->config_origin(instance->host_data, "threads");

        return cpu_fail(instance, TN_ERROR_CONFIG,
                        "%s: threads = %s is no number of threads; use 1 to "
                        "%d, or leave it out for the %u that this process may "
                        "use",
                        origin != NULL ? origin : "configuration", text,
                        CPU_THREADS_MAX, (unsigned)usable);
    }
    instance->threads = (uint32_t)value;
    return TN_OK;
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
    tn_status status = read_threads(created);

    if (status != TN_OK) {
        host->release(host_data, created);
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
    cpu_device_finish(&instance->device);
    cpu_release(instance, instance);
}
