/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tenon/tenon.h>

#include "common/bytes.h"
#include "common/cache.h"
#include "common/nearest.h"
#include "tools/command.h"
#include "tools/output.h"
#include "tools/report.h"

static const struct option long_options[] = {
    COMMAND_HELP_OPTION,
    {"clear", no_argument, NULL, 'e'},
    {"config", required_argument, NULL, 'c'},
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

static const tool_command self = {
    .name = "cache",
    .options = ":hc:",
    .long_options = long_options,
    .help = "usage: tenon cache [OPTION...] [BACKEND...]\n"
            "       tenon cache --clear [--json] [BACKEND...]\n"
            "\n"
            "Shows what is kept of code that drivers compiled, of all backends "
            "that keep any\n"
            "or of those named. Opens no plugin.\n"
            "\n"
            "options:\n"
            "      --clear        remove all of it, and show what was removed\n"
            "  -c, --config FILE  read this INI file too, as an application's\n"
            "      --json         print JSON; times are seconds since 1970\n"
            "  -h, --help         this text\n",
};

static const char *const backends[] = {
#define BACKEND_NAME(name) #name,
    TN_CACHE_BACKENDS(BACKEND_NAME)
#undef BACKEND_NAME
};

enum {
    BACKENDS = sizeof backends / sizeof backends[0]
};

enum {
    BACKEND,
    ENTRIES,
    BYTES,
    BOUND,
    OLDEST,
    NEWEST,
    FOLDER,
    COLUMNS
};

static const output_column columns[COLUMNS] = {
    [BACKEND] = {"BACKEND", 0, SCOLS_JSON_STRING},
    [ENTRIES] = {"ENTRIES", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [BYTES] = {"BYTES", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [BOUND] = {"BOUND", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [OLDEST] = {"OLDEST", 0, SCOLS_JSON_NUMBER},
    [NEWEST] = {"NEWEST", 0, SCOLS_JSON_NUMBER},
    [FOLDER] = {"FOLDER", 0, SCOLS_JSON_STRING},
};

/* What was removed has fewer, in this order. */
enum {
    GONE_BACKEND,
    GONE_ENTRIES,
    GONE_BYTES,
    GONE_FOLDER,
    GONE_COLUMNS
};

static const output_column gone_columns[GONE_COLUMNS] = {
    [GONE_BACKEND] = {"BACKEND", 0, SCOLS_JSON_STRING},
    [GONE_ENTRIES] = {"REMOVED", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [GONE_BYTES] = {"BYTES", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
    [GONE_FOLDER] = {"FOLDER", 0, SCOLS_JSON_STRING},
};

static void put_bytes(struct libscols_line *line, size_t column, uint64_t bytes,
                      bool json)
{
    char text[OUTPUT_BYTES];

    if (json) {
        output_cell(line, column, "%" PRIu64, bytes);
    } else {
        output_cell(line, column, "%s", output_bytes(bytes, text));
    }
}

/* ---- what is kept ---- */

static bool find_setting(const tn_config *config, const char *backend,
                         const char *key, tn_setting *setting)
{
    char section[64];
    tn_setting one;

    snprintf(section, sizeof section, "backend %s", backend);
    for (size_t i = 0; i < tn_config_count(config); ++i) {
        if (tn_config_get(config, i, &one) == TN_OK &&
            strcmp(one.section, section) == 0 && strcmp(one.key, key) == 0) {
            *setting = one;
            return true;
        }
    }
    return false;
}

/* As the backend's plugin would read it. @return exit code */
static int read_bound(const tn_config *config, const char *backend,
                      uint64_t *bound)
{
    tn_setting setting = {.value = TN_CACHE_SIZE_DEFAULT};

    if (find_setting(config, backend, "cache", &setting) &&
        strcmp(setting.value, "no") == 0) {
        *bound = 0;
        return EXIT_OK;
    }
    setting.value = TN_CACHE_SIZE_DEFAULT;
    (void)find_setting(config, backend, "cache_size", &setting);
    if (!tn_bytes_read(setting.value, bound)) {
        return report_error(EXIT_CONFIG, "%s: cache_size = %s %s",
                            setting.origin, setting.value, TN_CACHE_SIZE_WRONG);
    }
    return EXIT_OK;
}

static void put_time(struct libscols_line *line, size_t column, int64_t moment,
                     bool json)
{
    time_t seconds = (time_t)moment;
    struct tm parts;
    char text[32];

    if (json) {
        output_cell(line, column, "%" PRId64, moment);
    } else if (localtime_r(&seconds, &parts) != NULL &&
               strftime(text, sizeof text, "%Y-%m-%d %H:%M", &parts) > 0) {
        output_cell(line, column, "%s", text);
    }
}

static int list_backend(struct libscols_table *table, const tn_config *config,
                        const char *backend, const char *folder, bool json)
{
    tn_cache_usage usage;
    tn_sentence why;
    uint64_t bound = 0;
    int code = read_bound(config, backend, &bound);

    if (code == EXIT_OK && tn_cache_measure(folder, &usage, &why) != TN_OK) {
        code = report_error(EXIT_FAILED, "%s", why.text);
    }
    if (code != EXIT_OK) {
        return code;
    }
    struct libscols_line *line = output_line(table, NULL);

    output_cell(line, BACKEND, "%s", backend);
    output_cell(line, ENTRIES, "%" PRIu64, usage.entries);
    put_bytes(line, BYTES, usage.bytes, json);
    put_bytes(line, BOUND, bound, json);
    if (usage.entries > 0) {
        put_time(line, OLDEST, usage.oldest, json);
        put_time(line, NEWEST, usage.newest, json);
    }
    output_cell(line, FOLDER, "%s", folder);
    return EXIT_OK;
}

/* ---- removing it ---- */

static void tell_left(void *folder, const char *name, const char *why)
{
    report("%s/%s stays: it is %s", (const char *)folder, name, why);
}

static int clear_backend(struct libscols_table *table, const char *backend,
                         char *folder, bool json)
{
    tn_cache_usage gone;
    tn_sentence why;
    tn_status status = tn_cache_clear(folder, &gone, tell_left, folder, &why);
    struct libscols_line *line = output_line(table, NULL);

    output_cell(line, GONE_BACKEND, "%s", backend);
    output_cell(line, GONE_ENTRIES, "%" PRIu64, gone.entries);
    put_bytes(line, GONE_BYTES, gone.bytes, json);
    output_cell(line, GONE_FOLDER, "%s", folder);
    return status == TN_OK ? EXIT_OK
                           : report_error(EXIT_FAILED, "%s", why.text);
}

/* ---- all of them ---- */

/* Names are known by now; without any all are wanted. */
static bool is_wanted(const char *backend, int count, char **names)
{
    for (int i = 0; i < count; ++i) {
        if (strcmp(names[i], backend) == 0) {
            return true;
        }
    }
    return count == 0;
}

static int check_name(const char *name)
{
    tn_nearest search;
    char hint[96];

    tn_nearest_init(&search, name);
    for (size_t i = 0; i < BACKENDS; ++i) {
        if (strcmp(name, backends[i]) == 0) {
            return EXIT_OK;
        }
        tn_nearest_offer(&search, backends[i]);
    }
    return report_usage(self.name, "no backend '%s' keeps anything%s", name,
                        tn_nearest_hint(&search, hint, sizeof hint));
}

/* @param config  NULL: what is kept is removed */
static int each_backend(const tn_config *config, bool json, int count,
                        char **names)
{
    char folder[PATH_MAX];
    int code = EXIT_OK;

    if (tn_cache_folder(backends[0], folder, sizeof folder) != TN_OK) {
        return report_error(EXIT_FAILED,
                            "nothing is kept: neither XDG_CACHE_HOME nor HOME "
                            "tells a folder by its whole path, or this runs "
                            "with privileges of others");
    }
    struct libscols_table *table =
        config != NULL
            ? output_table("caches", json, columns, COLUMNS)
            : output_table("caches", json, gone_columns, GONE_COLUMNS);

    for (size_t i = 0; i < BACKENDS; ++i) {
        if (!is_wanted(backends[i], count, names) ||
            tn_cache_folder(backends[i], folder, sizeof folder) != TN_OK) {
            continue;
        }
        int one = config != NULL
                      ? list_backend(table, config, backends[i], folder, json)
                      : clear_backend(table, backends[i], folder, json);

        code = one != EXIT_OK ? one : code;
    }
    output_print(table);
    return code;
}

int cmd_cache(int argc, char **argv)
{
    tn_options options = {.size = sizeof options};
    tn_config *config = NULL;
    bool clear = false;
    bool json = false;

    for (int option; (option = command_option(&self, argc, argv)) != -1;) {
        switch (option) {
        case 'c':
            options.file = optarg;
            break;
        case 'e':
            clear = true;
            break;
        default:
            json = true;
            break;
        }
    }
    for (int i = optind; i < argc; ++i) {
        if (check_name(argv[i]) != EXIT_OK) {
            return EXIT_USAGE;
        }
    }
    if (clear) { /* whatever the configuration says */
        return each_backend(NULL, json, argc - optind, argv + optind);
    }
    tn_status status = tn_config_open(&options, &config);

    if (status != TN_OK) {
        return report_status(REPORT_OPENING, status);
    }
    int code = each_backend(config, json, argc - optind, argv + optind);

    tn_config_close(config);
    return code;
}
