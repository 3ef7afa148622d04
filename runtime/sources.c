/* SPDX-License-Identifier: MIT */
/*
 * Where a configuration comes from, in order; the later wins: drop-ins, the
 * system's file, the user's, the application's, the environment, the call.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/config.h"
#include "runtime/error.h"
#include "runtime/file.h"
#include "runtime/inifile.h"
#include "runtime/trust.h"

/* ---- one file ---- */

typedef struct file_reading {
    tn_config *config;
    const char *path;
    bool known_section; /* else its keys have been told with it */
} file_reading;

/* @param origin at least PATH_MAX + 16 */
static void write_origin(const file_reading *reading, unsigned line,
                         char *origin, size_t size)
{
    snprintf(origin, size, "%s:%u", reading->path, line);
}

static void on_section(void *data, const char *section, unsigned line)
{
    file_reading *reading = data;
    char origin[PATH_MAX + 16];

    write_origin(reading, line, origin, sizeof origin);
    reading->known_section =
        tn_config_check_section(reading->config, section, origin);
}

static void on_entry(void *data, const char *section, const char *key,
                     const char *value, unsigned line)
{
    file_reading *reading = data;
    char origin[PATH_MAX + 16];

    if (!reading->known_section) {
        return;
    }
    write_origin(reading, line, origin, sizeof origin);
    tn_config_set(reading->config, section, key, value, origin);
}

static void on_problem(void *data, unsigned line, const char *sentence)
{
    file_reading *reading = data;
    char origin[PATH_MAX + 16];

    write_origin(reading, line, origin, sizeof origin);
    tn_config_problem(reading->config, origin, "%s", sentence);
}

static bool is_link(const char *path)
{
    struct stat info;

    return lstat(path, &info) == 0 && S_ISLNK(info.st_mode);
}

static void read_file(tn_config *config, const char *path, bool required)
{
    file_reading reading = {.config = config, .path = path};
    const tn_inifile_reader reader = {on_section, on_entry, on_problem,
                                      &reading};
    tn_file file;
    tn_status status = tn_file_read(path, TN_FILE_TEXT_LIMIT, &file);

    config->source++;
    if (status == TN_ERROR_NOT_FOUND && !required && !is_link(path)) {
        return;
    }
    if (status != TN_OK) {
        tn_problems_add_unread(&config->problems, path);
        return;
    }
    if (file.distrust != NULL) {
        tn_problems_add(&config->distrusted, path, "%s", file.distrust);
    }
    config->in_file = true;
    config->distrusts = file.distrust != NULL;
    tn_inifile_read(file.bytes, file.size, &reader);
    config->in_file = false;
    config->distrusts = false;
    tn_file_finish(&file);
}

static void read_file_in(tn_config *config, const char *folder,
                         const char *name)
{
    char *path = tn_path_join(folder, name);

    if (path == NULL) {
        tn_config_problem(config, name, "no memory");
        return;
    }
    read_file(config, path, false);
    free(path);
}

/* ---- drop-ins ---- */

/* Drop-ins of all folders by name; the name in a later folder masks. */
typedef struct drop_in {
    char *name;
    char *path;
} drop_in;

typedef struct drop_ins {
    drop_in *items;
    size_t count;
} drop_ins;

static drop_in *find_drop_in(drop_ins *list, const char *name)
{
    for (size_t i = 0; i < list->count; ++i) {
        if (strcmp(list->items[i].name, name) == 0) {
            return &list->items[i];
        }
    }
    return NULL;
}

static bool put_drop_in(drop_ins *list, const char *name, char *path)
{
    drop_in *item = find_drop_in(list, name);

    if (item != NULL) {
        free(item->path);
        item->path = path;
        return true;
    }
    drop_in *grown = reallocarray(list->items, list->count + 1, sizeof *grown);

    if (grown == NULL) {
        return false;
    }
    list->items = grown;
    item = &grown[list->count];
    item->name = strdup(name);
    item->path = path;
    if (item->name == NULL) {
        return false;
    }
    list->count++;
    return true;
}

static void collect_drop_ins(tn_config *config, const char *root,
                             drop_ins *list)
{
    char *folder = tn_path_join(root, "conf.d");
    DIR *directory = folder != NULL ? opendir(folder) : NULL;
    const struct dirent *item;

    if (folder != NULL && directory == NULL) {
        int error = errno;

        if (error != ENOENT || is_link(folder)) {
            tn_config_problem(config, folder, "%s", strerror(error));
        }
    }
    while (directory != NULL && (item = readdir(directory)) != NULL) {
        if (fnmatch("*.ini", item->d_name, FNM_PERIOD) != 0) {
            continue;
        }
        char *path = tn_path_join(folder, item->d_name);

        if (path == NULL || !put_drop_in(list, item->d_name, path)) {
            free(path);
            tn_config_problem(config, folder, "no memory");
            break;
        }
    }
    if (directory != NULL) {
        closedir(directory);
    }
    free(folder);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const drop_in *)a)->name, ((const drop_in *)b)->name);
}

/* A link to /dev/null disables a drop-in of that name. */
static bool is_disabled(const char *path)
{
    char target[PATH_MAX];

    return realpath(path, target) != NULL && strcmp(target, "/dev/null") == 0;
}

static void read_drop_ins(tn_config *config, const tn_config_roots *roots)
{
    drop_ins list = {NULL, 0};

    collect_drop_ins(config, roots->vendor, &list);
    collect_drop_ins(config, roots->runtime, &list);
    collect_drop_ins(config, roots->system, &list);
    if (list.count > 0) {
        qsort(list.items, list.count, sizeof *list.items, by_name);
    }
    for (size_t i = 0; i < list.count; ++i) {
        if (!is_disabled(list.items[i].path)) {
            read_file(config, list.items[i].path, true);
        }
        free(list.items[i].name);
        free(list.items[i].path);
    }
    free(list.items);
}

/* ---- user, environment, call ---- */

/* A relative folder is to be ignored. @return whether it is one */
static bool read_users(tn_config *config, const char *variable,
                       const char *name)
{
    const char *base = getenv(variable);
    char path[PATH_MAX];

    if (base == NULL || base[0] != '/') {
        return false;
    }
    snprintf(path, sizeof path, "%s/%s", base, name);
    if (access(path, R_OK) != 0 && errno == EACCES) { /* who has changed user */
        tn_config_problem(config, path,
                          "Permission denied; let %s name a folder that this "
                          "user can read",
                          variable);
    } else {
        read_file_in(config, base, name);
    }
    return true;
}

static void read_user_file(tn_config *config)
{
    if (!read_users(config, "XDG_CONFIG_HOME", "tenon/tenon.ini")) {
        (void)read_users(config, "HOME", ".config/tenon/tenon.ini");
    }
}

static void read_environment(tn_config *config)
{
    static const struct {
        const char *variable;
        const char *key;
    } variables[] = {
        {"TENON_BACKEND", "backend"},
        {"TENON_PLUGIN_PATH", "plugin_path"},
        {"TENON_KERNEL_PATH", "kernel_path"},
        {"TENON_LOG", "log"},
    };
    const char *file = getenv("TENON_CONFIG");

    if (file != NULL && *file != '\0') {
        read_file(config, file, true);
    }
    config->source++;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; ++i) {
        const char *value = getenv(variables[i].variable);

        if (value != NULL && *value != '\0') {
            tn_config_set(config, "runtime", variables[i].key, value,
                          variables[i].variable);
        }
    }
}

static void read_call(tn_config *config, const tn_options *options)
{
    config->source++;
    for (size_t i = 0; i < options->setting_count; ++i) {
        const tn_setting *setting = &options->settings[i];
        const char *origin = setting->origin != NULL ? setting->origin : "call";

        if (setting->section == NULL || setting->key == NULL ||
            setting->value == NULL) {
            tn_config_problem(config, origin, "setting %zu has a NULL", i);
            continue;
        }
        tn_config_set(config, setting->section, setting->key, setting->value,
                      origin);
    }
}

void tn_config_read_sources(tn_config *config, const tn_config_roots *roots,
                            const tn_options *options)
{
    /* Under setuid and the like the user is not trusted. */
    bool trusted = !tn_process_is_secure();

    read_drop_ins(config, roots);
    read_file_in(config, roots->system, "tenon.ini");
    if (trusted) {
        read_user_file(config);
    }
    if (options != NULL && options->file != NULL) {
        read_file(config, options->file, true);
    }
    if (trusted) {
        read_environment(config);
    }
    if (options != NULL) {
        read_call(config, options);
    }
}
