/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "runtime/loader.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/elf.h"
#include "runtime/config.h"
#include "runtime/error.h"
#include "runtime/file.h"
#include "runtime/fork.h"

#include <tenon/note.h>

/* A table larger than this is no table. */
enum {
    TABLE_BYTES_MAX = 1 << 16
};

static pthread_mutex_t libraries_lock = PTHREAD_MUTEX_INITIALIZER;
static tn_library *libraries;

static tn_status reject(const char *path, const char *why)
{
    return tn_fail(TN_ERROR_PLUGIN, "%s: %s", path, why);
}

/* ---- the note ---- */

typedef struct note_reading {
    tn_library *library;
    bool found;
    bool failed; /* no memory */
} note_reading;

static bool is_key(const char *key, size_t bytes, const char *name)
{
    return strlen(name) == bytes && memcmp(key, name, bytes) == 0;
}

static void take_text(note_reading *reading, char **target, const char *value,
                      size_t bytes)
{
    free(*target);
    *target = strndup(value, bytes);
    reading->failed = reading->failed || *target == NULL;
}

static void take_line(note_reading *reading, const char *key, size_t key_bytes,
                      const char *value, size_t bytes)
{
    tn_library *library = reading->library;

    if (is_key(key, key_bytes, "name")) {
        /* cut to size it would be another's */
        snprintf(library->name, sizeof library->name, "%.*s",
                 bytes < sizeof library->name ? (int)bytes : 0, value);
    } else if (is_key(key, key_bytes, "abi")) {
        unsigned major = 0;
        unsigned minor = 0;
        char text[32];

        snprintf(text, sizeof text, "%.*s", (int)bytes, value);
        if (sscanf(text, "%5u.%5u", &major, &minor) == 2 &&
            major <= UINT16_MAX && minor <= UINT16_MAX) {
            library->abi = (uint32_t)major << 16 | (uint16_t)minor;
        }
    } else if (is_key(key, key_bytes, "formats")) {
        take_text(reading, &library->formats, value, bytes);
    } else if (is_key(key, key_bytes, "keys")) {
        take_text(reading, &library->keys, value, bytes);
    } else if (is_key(key, key_bytes, "libraries")) {
        take_text(reading, &library->libraries, value, bytes);
    }
}

static tn_status on_note(const tn_elf_note *note, void *data)
{
    note_reading *reading = data;
    tn_elf_note rest = *note;
    const char *key;
    const char *value;
    size_t key_bytes;
    size_t bytes;

    if (note->type != TN_NOTE_PLUGIN) {
        return TN_OK;
    }
    reading->found = true;
    while (tn_elf_note_line(&rest, &key, &key_bytes, &value, &bytes)) {
        take_line(reading, key, key_bytes, value, bytes);
    }
    return TN_OK;
}

static tn_status check_abi(const char *path, uint32_t abi)
{
    if (abi >> 16 == TN_PLUGIN_ABI_MAJOR) {
        return TN_OK; /* any minor: both sides grow only at the end */
    }
    return tn_fail(TN_ERROR_PLUGIN,
                   "%s: built for plugin ABI %u.%u, this Tenon has %u.%u; "
                   "install the plugin that belongs to it",
                   path, abi >> 16, abi & 0xffff, TN_PLUGIN_ABI_MAJOR,
                   TN_PLUGIN_ABI_MINOR);
}

static tn_status read_note(const char *path, bool strict, tn_library *library)
{
    note_reading reading = {library, false, false};
    tn_sentence why;
    tn_file file;
    tn_status status = tn_file_read(path, TN_FILE_CODE_LIMIT, &file);

    if (status == TN_ERROR_NOT_FOUND) {
        return TN_ERROR_UNAVAILABLE; /* it is not installed */
    }
    if (status != TN_OK) {
        return status == TN_ERROR_NO_MEMORY ? status : TN_ERROR_PLUGIN;
    }
    status = tn_elf_read(file.bytes, file.size, on_note, &reading, &why);
    library->path = file.path;
    library->distrust = file.distrust;
    file.path = NULL;
    tn_file_finish(&file);
    if (status != TN_OK) {
        return reject(path, why.text);
    }
    if (strict && library->distrust != NULL) {
        return reject(path, library->distrust);
    }
    if (!reading.found) {
        return reject(path, "is no Tenon plugin (it has no .note.tenon)");
    }
    if (reading.failed) {
        return tn_fail_memory(path);
    }
    if (!tn_config_is_backend_name(library->name)) {
        return reject(path, "its note gives no valid backend name");
    }
    return check_abi(path, library->abi);
}

bool tn_library_lists(const char *list, const char *word)
{
    size_t length = strlen(word);

    while (list != NULL && *list != '\0') {
        size_t item = strcspn(list, " ");

        if (item == length && memcmp(list, word, length) == 0) {
            return true;
        }
        list += item;
        list += strspn(list, " ");
    }
    return false;
}

/* ---- the table ---- */

static tn_status check_table(const char *path, const tn_library *library,
                             const tn_plugin *table)
{
    if (table == NULL) {
        return reject(path, "tn_plugin_query() gave no table");
    }
    if (table->size < offsetof(tn_plugin, instance_wrap) ||
        table->size > TABLE_BYTES_MAX ||
        table->size % sizeof(void (*)(void)) != 0) {
        return tn_fail(TN_ERROR_PLUGIN,
                       "%s: its table claims %u bytes, this Tenon knows %zu",
                       path, table->size, sizeof *table);
    }
    if (table->abi != library->abi || table->name == NULL ||
        strcmp(table->name, library->name) != 0) {
        return reject(path, "its table and its note tell different names or "
                            "ABIs");
    }
    return table->instance_create != NULL
               ? TN_OK
               : reject(path, "its table has no instance_create");
}

static tn_status fail_no_entry(const char *path, const tn_library *library)
{
    const char *other = tn_dl_definer(library->dl, TN_PLUGIN_ENTRY);

    if (other == NULL) {
        return reject(path, "does not export " TN_PLUGIN_ENTRY);
    }
    return tn_fail(TN_ERROR_PLUGIN,
                   "%s: does not export " TN_PLUGIN_ENTRY " itself, as %s does "
                   "that it depends on; link that into it",
                   path, other);
}

static tn_status query(const char *path, tn_library *library)
{
    const tn_plugin *table = NULL;
    tn_plugin_query_function entry =
        (tn_plugin_query_function)tn_dl_function(library->dl, TN_PLUGIN_ENTRY);

    if (entry == NULL) {
        return fail_no_entry(path, library);
    }
    tn_status status = entry(TN_PLUGIN_ABI, &table);

    if (status != TN_OK) {
        return tn_fail(TN_ERROR_PLUGIN, "%s: the plugin refused: %s", path,
                       tn_status_text(status));
    }
    status = check_table(path, library, table);
    if (status == TN_OK) {
        tn_plugin_fill(table, &library->table);
    }
    return status;
}

/* ---- the process's libraries ---- */

static void library_free(tn_library *library)
{
    tn_dl_close(library->dl);
    free(library->path);
    free(library->formats);
    free(library->keys);
    free(library->libraries);
    free(library);
}

/* The loader begins with the path where the fault is the file's own. */
static const char *without_path(const char *text, const char *path)
{
    size_t length = strlen(path);

    return strncmp(text, path, length) == 0 &&
                   strncmp(text + length, ": ", 2) == 0
               ? text + length + 2
               : text;
}

static tn_status library_load(const char *path, bool strict,
                              tn_library *library)
{
    tn_sentence why;
    tn_status status = read_note(path, strict, library);

    if (status != TN_OK) {
        return status;
    }
    if (tn_dl_open(library->path, &library->dl, &why) != TN_OK) {
        return reject(path, without_path(why.text, library->path));
    }
    return query(path, library);
}

static tn_library *find_locked(const char *path)
{
    for (tn_library *at = libraries; at != NULL; at = at->next) {
        if (strcmp(at->path, path) == 0) {
            return at;
        }
    }
    return NULL;
}

static tn_status open_locked(const char *path, bool strict,
                             tn_library **library)
{
    char *real = realpath(path, NULL);
    tn_library *found = real != NULL ? find_locked(real) : NULL;

    free(real);
    if (found != NULL) {
        if (strict && found->distrust != NULL) {
            return reject(path, found->distrust);
        }
        *library = found;
        return TN_OK;
    }
    tn_library *made = calloc(1, sizeof *made);

    if (made == NULL) {
        return tn_fail_memory(path);
    }
    tn_status status = library_load(path, strict, made);

    if (status != TN_OK) {
        library_free(made);
        return status;
    }
    made->next = libraries;
    libraries = made;
    *library = made;
    return TN_OK;
}

tn_status tn_library_open(const char *path, bool strict, tn_library **library)
{
    tn_libraries_lock();
    tn_status status = open_locked(path, strict, library);

    tn_libraries_unlock();
    return status;
}

static tn_status touch_locked(tn_library *library)
{
    bool has_driver = library->libraries != NULL && *library->libraries != '\0';

    if (library->touched && library->touched_at != tn_fork_count &&
        has_driver) {
        return tn_fail(TN_ERROR_FORKED,
                       "its driver was in use when this process was forked; "
                       "fork before the first use, or exec a program");
    }
    library->touched = true;
    library->touched_at = tn_fork_count;
    return TN_OK;
}

tn_status tn_library_touch(tn_library *library)
{
    tn_libraries_lock();
    tn_status status = touch_locked(library);

    tn_libraries_unlock();
    return status;
}

void tn_libraries_lock(void)
{
    pthread_mutex_lock(&libraries_lock);
}

void tn_libraries_unlock(void)
{
    pthread_mutex_unlock(&libraries_lock);
}
