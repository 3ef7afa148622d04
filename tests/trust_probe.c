/* SPDX-License-Identifier: MIT */
/*
 * For tests/trust.sh: tells what a process sees of the configuration, and what
 * comes of it.
 *
 *     trust_probe [FILE [MODULE]]   the application's file, "" for none
 */
#include <stdio.h>
#include <sys/auxv.h>

#include <tenon/tenon.h>

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

    printf("privileged: %s\n", getauxval(AT_SECURE) != 0 ? "yes" : "no");
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
