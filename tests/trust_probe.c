/* SPDX-License-Identifier: MIT */
/*
 * For tests/trust.sh: tells what a process sees of the configuration, and what
 * comes of it. The folders lib, run and etc beside it stand for /usr/lib/tenon,
 * /run/tenon and /etc/tenon.
 *
 *     trust_probe [FILE [MODULE]]   the application's file, "" for none
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <tenon/tenon.h>

#include "common/cache.h"
#include "runtime/config.h"

static char roots[3][PATH_MAX + 8];
const tn_config_roots tn_system_roots = {roots[0], roots[1], roots[2]};

/* Where the program lies is nothing that its user could choose. */
static int find_roots(void)
{
    static const char *const names[] = {"lib", "run", "etc"};
    char own[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);

    if (length <= 0) {
        perror("/proc/self/exe");
        return 99;
    }
    own[length] = '\0';
    *strrchr(own, '/') = '\0';
    for (size_t i = 0; i < 3; ++i) {
        snprintf(roots[i], sizeof roots[i], "%s/%s", own, names[i]);
    }
    return 0;
}

/* A process that nobody may trace cannot look for its leaks. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

static void print_line(void *data, tn_log_level level, const char *line)
{
    (void)data;
    (void)level;
    printf("log: %s\n", line);
}

static int print_failure(const char *what, tn_status status)
{
    printf("%s: %s: %s\n", what, tn_status_name(status), tn_error_message());
    return 1;
}

static tn_status print_settings(const tn_options *options)
{
    tn_config *config = NULL;
    tn_setting setting;
    tn_status status = tn_config_open(options, &config);

    if (status != TN_OK) {
        return status;
    }
    for (size_t i = 0; i < tn_config_count(config); ++i) {
        if (tn_config_get(config, i, &setting) == TN_OK) {
            printf("[%s] %s = %s (%s)\n", setting.section, setting.key,
                   setting.value, setting.origin);
        }
    }
    tn_config_close(config);
    return TN_OK;
}

static int use(tn_runtime *runtime, const char *name)
{
    tn_device *device = NULL;
    tn_module *module = NULL;
    tn_status status = tn_device_default(runtime, &device);

    if (status != TN_OK) {
        return print_failure("device", status);
    }
    printf("device %s\n", tn_device_name(device));
    if (name == NULL) {
        return 0;
    }
    status = tn_module_load(device, name, &module);
    if (status != TN_OK) {
        return print_failure("module", status);
    }
    printf("module %s\n", tn_module_description(module));
    return 0;
}

int main(int argc, char **argv)
{
    const tn_options options = {.size = sizeof options,
                                .flags = TN_OPEN_DEFERRED,
                                .file = argc > 1 && argv[1][0] != '\0' ? argv[1]
                                                                       : NULL,
                                .log = print_line};
    tn_runtime *runtime = NULL;

    char cache[PATH_MAX];

    if (find_roots() != 0) {
        return 99;
    }
    printf("privileged: %s\n", getauxval(AT_SECURE) != 0 ? "yes" : "no");
    printf("cache: %s\n", tn_cache_folder("acme", cache, sizeof cache) == TN_OK
                              ? cache
                              : "none");
    tn_status status = print_settings(&options);

    if (status == TN_OK) {
        status = tn_runtime_open_with(&options, &runtime);
    }
    if (status != TN_OK) {
        return print_failure("configuration", status);
    }
    int result = argc > 1 ? use(runtime, argc > 2 ? argv[2] : NULL) : 0;

    tn_runtime_close(runtime);
    return result;
}
