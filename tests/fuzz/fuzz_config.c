/* SPDX-License-Identifier: MIT */
/*
 * The configuration, from all of its sources at once. The input is the
 * application's file; a line "@X" begins another source, of those below.
 *
 * What is read can be written down as one file, and reads the same from there.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/config.h"
#include "tests/fuzz/fuzz.h"

#define APPLICATION "app.ini"
#define EXTRA "extra.ini"
#define COPY "copy.ini"

enum {
    SETTINGS_MAX = 4
};

static const struct {
    char part;
    const char *name;
} files[] = {
    {'@', APPLICATION},
    {'1', "vendor/conf.d/10-first.ini"},
    {'2', "vendor/conf.d/20-second.ini"},
    {'3', "run/conf.d/10-first.ini"}, /* masks part 1 */
    {'4', "system/conf.d/20-second.ini"},
    {'5', "system/conf.d/30-third.ini"},
    {'6', "system/tenon.ini"},
    {'7', "user/tenon/tenon.ini"},
    {'8', EXTRA},
};

static const struct {
    char part;
    const char *name;
} variables[] = {
    {'B', "TENON_BACKEND"},
    {'P', "TENON_PLUGIN_PATH"},
    {'K', "TENON_KERNEL_PATH"},
    {'L', "TENON_LOG"},
};

enum {
    FILES = sizeof files / sizeof files[0],
    VARIABLES = sizeof variables / sizeof variables[0],
    CALL = 'C' /* section, key and value, a line each */
};

static bool written[FILES];

/* The texts of the call's settings. */
static char *texts[SETTINGS_MAX];
static tn_setting settings[SETTINGS_MAX];
static size_t setting_count;

static void forget(void)
{
    for (size_t i = 0; i < FILES; ++i) {
        if (written[i]) {
            fuzz_write(files[i].name, NULL, 0);
            written[i] = false;
        }
    }
    for (size_t i = 0; i < VARIABLES; ++i) {
        unsetenv(variables[i].name);
    }
    unsetenv("TENON_CONFIG");
    while (setting_count > 0) {
        free(texts[--setting_count]);
    }
}

static char *text_of(const uint8_t *bytes, size_t size)
{
    char *text = strndup((const char *)bytes, size);

    HOLDS(text != NULL);
    return text;
}

static const char *cut_line(char **rest)
{
    const char *line = strsep(rest, "\n");

    return line != NULL ? line : "";
}

static void add_setting(const uint8_t *bytes, size_t size)
{
    if (setting_count < SETTINGS_MAX) {
        char *rest = texts[setting_count] = text_of(bytes, size);
        tn_setting *setting = &settings[setting_count++];

        setting->section = cut_line(&rest);
        setting->key = cut_line(&rest);
        setting->value = rest != NULL ? rest : "";
    }
}

static void set_variable(const char *name, const uint8_t *bytes, size_t size)
{
    char *text = text_of(bytes, size);

    text[strcspn(text, "\n")] = '\0';
    setenv(name, text, 1);
    free(text);
}

static void take_part(char part, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < FILES; ++i) {
        if (files[i].part == part) {
            fuzz_write(files[i].name, bytes, size);
            written[i] = true;
            if (strcmp(files[i].name, EXTRA) == 0) {
                setenv("TENON_CONFIG", fuzz_path(EXTRA), 1);
            }
        }
    }
    for (size_t i = 0; i < VARIABLES; ++i) {
        if (variables[i].part == part) {
            set_variable(variables[i].name, bytes, size);
        }
    }
    if (part == CALL) {
        add_setting(bytes, size);
    }
}

/* All sources, or one application's file alone. */
static tn_status read_all(tn_config **config)
{
    const tn_config_roots roots = {fuzz_path("vendor"), fuzz_path("run"),
                                   fuzz_path("system")};
    const tn_options options = {.size = sizeof options,
                                .file = fuzz_path(APPLICATION),
                                .settings = settings,
                                .setting_count = setting_count};

    return tn_config_open_from(&roots, &options, config);
}

static tn_status read_one(const char *name, tn_config **config)
{
    const char *none = fuzz_path("none");
    const tn_config_roots roots = {none, none, none};
    const tn_options options = {.size = sizeof options,
                                .file = fuzz_path(name)};

    return tn_config_open_from(&roots, &options, config);
}

static bool is_from_file(const tn_setting *setting)
{
    return setting->origin[0] == '/';
}

static void check_setting(const tn_config *config, const tn_setting *setting)
{
    const tn_setting *found =
        tn_config_find(config, setting->section, setting->key);

    HOLDS(found != NULL && found->value == setting->value);
    HOLDS(setting->key[0] != '\0' || strcmp(setting->origin, "call") == 0);
    HOLDS(strncmp(setting->origin, fuzz_path(""), strlen(fuzz_path(""))) == 0 ||
          strncmp(setting->origin, "TENON_", 6) == 0 ||
          strcmp(setting->origin, "call") == 0 ||
          strcmp(setting->origin, "default") == 0);
}

static void write_copy(const tn_config *config)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    const char *section = "";
    tn_setting setting;

    HOLDS(out != NULL);
    for (size_t i = 0; i < tn_config_count(config); ++i) {
        HOLDS(tn_config_get(config, i, &setting) == TN_OK);
        check_setting(config, &setting);
        if (is_from_file(&setting)) {
            if (strcmp(section, setting.section) != 0) {
                fprintf(out, "[%s]\n", setting.section);
            }
            section = setting.section;
            fprintf(out, "%s=%s\n", setting.key, setting.value);
        }
    }
    fclose(out);
    fuzz_write(COPY, text, size);
    free(text);
}

static void check_copy(const tn_config *config)
{
    tn_config *copy = NULL;
    tn_setting setting;

    HOLDS(read_one(COPY, &copy) == TN_OK);
    for (size_t i = 0; i < tn_config_count(config); ++i) {
        HOLDS(tn_config_get(config, i, &setting) == TN_OK);
        if (is_from_file(&setting)) {
            const char *value =
                tn_config_value(copy, setting.section, setting.key);

            HOLDS(value != NULL && strcmp(value, setting.value) == 0);
        }
    }
    tn_config_close(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_parts parts = {data, size, '@'};
    static const char *const others[] = {"TENON_", "call", NULL};
    tn_config *config = NULL;
    const uint8_t *bytes;
    size_t count;
    char part;

    setenv("XDG_CONFIG_HOME", fuzz_path("user"), 1);
    while (fuzz_next_part(&parts, &part, &bytes, &count)) {
        take_part(part, bytes, count);
    }
    tn_status status = read_all(&config);

    if (status != TN_OK) {
        HOLDS(config == NULL);
        HOLDS(status == TN_ERROR_CONFIG || status == TN_ERROR_IO);
        fuzz_check_failure(others);
        forget();
        return 0;
    }
    write_copy(config);
    forget();
    check_copy(config);
    tn_config_close(config);
    return 0;
}
