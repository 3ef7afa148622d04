/* SPDX-License-Identifier: MIT */
#include "plugins/cpu/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "common/memory.h"

/* The value of "key : value", or NULL; ends the line in place. */
static const char *value_of(char *line, const char *key)
{
    size_t bytes = strlen(key);

    if (strncmp(line, key, bytes) != 0 || strchr(" \t:", line[bytes]) == NULL) {
        return NULL;
    }
    char *value = strchr(line, ':');

    if (value == NULL) {
        return NULL;
    }
    value += 1 + strspn(value + 1, " \t");
    value[strcspn(value, "\n")] = '\0';
    return value;
}

static const char *vendor_of(const char *id)
{
    static const struct {
        const char *id;
        const char *name;
    } known[] = {{"GenuineIntel", "Intel"},
                 {"AuthenticAMD", "AMD"},
                 {"HygonGenuine", "Hygon"},
                 {"CentaurHauls", "VIA"},
                 {"  Shanghai  ", "Zhaoxin"}};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; ++i) {
        if (strcmp(known[i].id, id) == 0) {
            return known[i].name;
        }
    }
    return id;
}

/* The first processor's lines; they end with an empty one. */
static void read_cpuinfo(FILE *file, char *name, size_t name_bytes,
                         char *vendor, size_t vendor_bytes)
{
    char line[4096]; /* flags are a long line */

    while (fgets(line, sizeof line, file) != NULL && line[0] != '\n') {
        const char *value = value_of(line, "model name");

        if (value != NULL) {
            snprintf(name, name_bytes, "%s", value);
        }
        value = value_of(line, "vendor_id");
        if (value != NULL) {
            snprintf(vendor, vendor_bytes, "%s", vendor_of(value));
        }
    }
}

/* The words of a text with single spaces between them. */
static void copy_words(char *to, size_t bytes, const char *from)
{
    size_t used = 0;

    for (; *from != '\0' && used + 1 < bytes; ++from) {
        if (*from != ' ' || (used > 0 && to[used - 1] != ' ')) {
            to[used++] = *from;
        }
    }
    while (used > 0 && to[used - 1] == ' ') {
        --used;
    }
    to[used] = '\0';
}

void cpu_machine_name(char *name, size_t name_bytes, char *vendor,
                      size_t vendor_bytes)
{
    char brand[CPU_BRAND_BYTES];
    char id[CPU_VENDOR_BYTES];

    name[0] = '\0';
    vendor[0] = '\0';
    if (cpu_machine_ask_name(brand, id)) {
        copy_words(name, name_bytes, brand);
        snprintf(vendor, vendor_bytes, "%s", vendor_of(id));
    }
    /* The file may take longer than all else that opening does. */
    FILE *file = name[0] == '\0' ? fopen("/proc/cpuinfo", "re") : NULL;

    if (file != NULL) {
        read_cpuinfo(file, name, name_bytes, vendor, vendor_bytes);
        fclose(file);
    }
    if (name[0] == '\0') {
        struct utsname system;
        const char *machine = uname(&system) == 0 ? system.machine : "unknown";

        snprintf(name, name_bytes, "%.64s processor", machine);
    }
}

static uint64_t pages(int which)
{
    long count = sysconf(which);
    long bytes = sysconf(_SC_PAGESIZE);

    return count > 0 && bytes > 0 ? (uint64_t)count * (uint64_t)bytes : 0;
}

uint64_t cpu_machine_memory(void)
{
    uint64_t bytes = pages(_SC_PHYS_PAGES);
    uint64_t limit = tn_memory_limit("");

    return limit < bytes ? limit : bytes;
}

void cpu_machine_caches(uint64_t bytes[3])
{
#if defined(_SC_LEVEL1_DCACHE_SIZE)
    static const int levels[3] = {_SC_LEVEL1_DCACHE_SIZE, _SC_LEVEL2_CACHE_SIZE,
                                  _SC_LEVEL3_CACHE_SIZE};

    for (int i = 0; i < 3; ++i) {
        long size = sysconf(levels[i]);

        bytes[i] = size > 0 ? (uint64_t)size : 0;
    }
#else
    bytes[0] = bytes[1] = bytes[2] = 0;
#endif
}

uint64_t cpu_machine_memory_free(void)
{
    FILE *file = fopen("/proc/meminfo", "re");
    uint64_t bytes = 0;
    char line[256];

    while (file != NULL && bytes == 0 &&
           fgets(line, sizeof line, file) != NULL) {
        const char *value = value_of(line, "MemAvailable");

        if (value != NULL) {
            bytes = strtoull(value, NULL, 10) * 1024;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    bytes = bytes != 0 ? bytes : pages(_SC_AVPHYS_PAGES);
    uint64_t left = tn_memory_left("");

    return left < bytes ? left : bytes;
}
