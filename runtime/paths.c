/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "runtime/paths.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/dl.h"
#include "runtime/error.h"
#include "runtime/file.h"

/* Takes the path over. */
static tn_status add(tn_folders *folders, char *path)
{
    char **grown =
        path != NULL
            ? reallocarray(folders->items, folders->count + 1, sizeof *grown)
            : NULL;

    if (grown == NULL) {
        free(path);
        return tn_fail_memory("the search path");
    }
    folders->items = grown;
    grown[folders->count++] = path;
    return TN_OK;
}

static tn_status add_configured(tn_folders *folders, const char *configured)
{
    tn_status status = TN_OK;

    while (status == TN_OK && *configured != '\0') {
        size_t length = strcspn(configured, ":");

        if (length > 0) {
            status = add(folders, strndup(configured, length));
        }
        configured += length;
        configured += *configured == ':';
    }
    return status;
}

static tn_status add_built_in(tn_folders *folders, const char *part,
                              const char *installed)
{
    char own[PATH_MAX];
    char *beside = NULL;

    if (tn_dl_folder_of((const void *)installed, own, sizeof own) == TN_OK &&
        asprintf(&beside, "%s/tenon/%s", own, part) >= 0) {
        if (access(beside, F_OK) == 0) {
            return add(folders, beside);
        }
        free(beside);
    }
    return add(folders, strdup(installed));
}

tn_status tn_folders_init(tn_folders *folders, const char *configured,
                          const char *part, const char *installed)
{
    tn_folders made = {NULL, 0};
    tn_status status = add_configured(&made, configured);

    if (status == TN_OK) {
        status = add_built_in(&made, part, installed);
    }
    if (status != TN_OK) {
        tn_folders_finish(&made);
        return status;
    }
    *folders = made;
    return TN_OK;
}

void tn_folders_finish(tn_folders *folders)
{
    for (size_t i = 0; i < folders->count; ++i) {
        free(folders->items[i]);
    }
    free(folders->items);
    *folders = (tn_folders){NULL, 0};
}

char *tn_folders_find(const tn_folders *folders, const char *name)
{
    for (size_t i = 0; i < folders->count; ++i) {
        char *path = tn_path_join(folders->items[i], name);

        if (path != NULL && access(path, F_OK) == 0) {
            return path;
        }
        free(path);
    }
    return NULL;
}

static int has_no_dot(const struct dirent *item)
{
    return item->d_name[0] != '.';
}

/* alphasort() would follow the locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

void tn_folders_each(const tn_folders *folders,
                     void (*visit)(void *data, const char *folder,
                                   const char *name),
                     void *data)
{
    for (size_t i = 0; i < folders->count; ++i) {
        struct dirent **found = NULL;
        int count = scandir(folders->items[i], &found, has_no_dot, by_name);

        for (int k = 0; k < count; ++k) {
            visit(data, folders->items[i], found[k]->d_name);
            free(found[k]);
        }
        free(found);
    }
}

typedef struct hidden_search {
    const tn_folders *folders;
    bool (*is_one)(const char *path);
    void (*visit)(void *data, const char *hidden, const char *first);
    void *data;
} hidden_search;

/* A folder may stand in the list twice, by two names. */
static bool is_same(const char *a, const char *b)
{
    struct stat one;
    struct stat other;

    return stat(a, &one) == 0 && stat(b, &other) == 0 &&
           one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

static void visit_if_hidden(void *data, const char *folder, const char *name)
{
    const hidden_search *search = data;
    char *path = tn_path_join(folder, name);
    char *first = tn_folders_find(search->folders, name);

    if (path != NULL && first != NULL && search->is_one(path) &&
        !is_same(path, first)) {
        search->visit(search->data, path, first);
    }
    free(first);
    free(path);
}

void tn_folders_each_hidden(const tn_folders *folders,
                            bool (*is_one)(const char *path),
                            void (*visit)(void *data, const char *hidden,
                                          const char *first),
                            void *data)
{
    hidden_search search = {folders, is_one, visit, data};

    tn_folders_each(folders, visit_if_hidden, &search);
}

const char *tn_folders_text(const tn_folders *folders, char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < folders->count && used < size; ++i) {
        int length = snprintf(text + used, size - used, "%s%s",
                              i > 0 ? ", " : "", folders->items[i]);

        used += length > 0 ? (size_t)length : 0;
    }
    return text;
}
