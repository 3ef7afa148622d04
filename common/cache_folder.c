/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "common/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    DIGITS = 32, /* of an entry's name, before ".bin" */
    ENTRY_BYTES = DIGITS + 5,
    HOUR = 3600, /* what is being written longer than that was given up */
    DAY = 24 * HOUR
};

typedef enum kind {
    ENTRY,
    UNFINISHED, /* being written, or left by a process that was ended */
    FOREIGN
} kind;

typedef struct file {
    int folder;
    const char *name;
    struct stat info;
    kind kind;
    const char *foreign; /* why it is none of ours */
} file;

/* ---- walking over a folder ---- */

static kind kind_of_name(const char *name)
{
    size_t digits = strspn(name, "0123456789abcdef");
    const char *end = name + digits;

    if (digits != DIGITS || strncmp(end, ".bin", 4) != 0) {
        return FOREIGN;
    }
    end += 4;
    if (*end == '\0') {
        return ENTRY;
    }
    return *end == '.' && strlen(end) == 7 ? UNFINISHED : FOREIGN;
}

static void judge(file *found)
{
    const struct stat *info = &found->info;

    found->kind = kind_of_name(found->name);
    found->foreign = S_ISLNK(info->st_mode)      ? "a symbolic link"
                     : S_ISDIR(info->st_mode)    ? "a folder"
                     : !S_ISREG(info->st_mode)   ? "no regular file"
                     : info->st_uid != geteuid() ? "another user's"
                     : found->kind == FOREIGN    ? "no entry of the cache"
                                                 : NULL;
    if (found->foreign != NULL) {
        found->kind = FOREIGN;
    }
}

typedef void (*visitor)(const file *found, void *data);

/* Shows all files to a visitor, which may remove them. */
static tn_status each_file(const char *path, visitor visit, void *data,
                           tn_sentence *why)
{
    DIR *folder = opendir(path);
    const struct dirent *item;

    if (folder == NULL) {
        if (errno == ENOENT) {
            return TN_OK;
        }
        tn_sentence_set(why, "%s: %s", path, strerror(errno));
        return TN_ERROR_IO;
    }
    while ((item = readdir(folder)) != NULL) {
        file found = {.folder = dirfd(folder), .name = item->d_name};

        if (strcmp(item->d_name, ".") != 0 && strcmp(item->d_name, "..") != 0 &&
            fstatat(found.folder, found.name, &found.info,
                    AT_SYMLINK_NOFOLLOW) == 0) {
            judge(&found);
            visit(&found, data);
        }
    }
    closedir(folder);
    return TN_OK;
}

/* ---- what it holds ---- */

static void count(tn_cache_usage *usage, const struct stat *info)
{
    int64_t used = (int64_t)info->st_mtim.tv_sec;

    if (usage->entries == 0 || used < usage->oldest) {
        usage->oldest = used;
    }
    if (usage->entries == 0 || used > usage->newest) {
        usage->newest = used;
    }
    ++usage->entries;
    usage->bytes += (uint64_t)info->st_size;
}

static void count_entry(const file *found, void *data)
{
    if (found->kind == ENTRY) {
        count(data, &found->info);
    }
}

tn_status tn_cache_measure(const char *folder, tn_cache_usage *usage,
                           tn_sentence *why)
{
    *usage = (tn_cache_usage){0};
    return each_file(folder, count_entry, usage, why);
}

/* ---- emptying it ---- */

typedef struct clearing {
    const char *folder;
    tn_cache_usage *gone;
    tn_cache_left left;
    void *data;
    tn_sentence *why;
    tn_status status;
} clearing;

static void clear_file(const file *found, void *data)
{
    clearing *c = data;

    if (found->kind == FOREIGN) {
        c->left(c->data, found->name, found->foreign);
    } else if (unlinkat(found->folder, found->name, 0) == 0) {
        if (found->kind == ENTRY) {
            count(c->gone, &found->info);
        }
    } else if (errno != ENOENT) { /* another process was faster */
        tn_sentence_set(c->why, "%s/%s: %s", c->folder, found->name,
                        strerror(errno));
        c->status = TN_ERROR_IO;
    }
}

tn_status tn_cache_clear(const char *folder, tn_cache_usage *gone,
                         tn_cache_left left, void *data, tn_sentence *why)
{
    clearing c = {.folder = folder,
                  .gone = gone,
                  .left = left,
                  .data = data,
                  .why = why,
                  .status = TN_OK};

    *gone = (tn_cache_usage){0};
    tn_status status = each_file(folder, clear_file, &c, why);

    return status == TN_OK ? c.status : status;
}

/* ---- keeping it within a bound ---- */

typedef struct entry {
    char name[ENTRY_BYTES];
    struct timespec used;
    uint64_t bytes;
} entry;

typedef struct entries {
    const char *kept;
    time_t now;
    uint64_t bytes;
    entry *list;
    size_t count;
    size_t room;
} entries;

static bool make_room(entries *all)
{
    size_t room = all->room > 0 ? 2 * all->room : 256;
    entry *list = reallocarray(all->list, room, sizeof *list);

    if (list == NULL) {
        return false;
    }
    all->list = list;
    all->room = room;
    return true;
}

static void add_entry(const file *found, void *data)
{
    entries *all = data;
    const struct stat *info = &found->info;
    time_t most = found->kind == ENTRY ? TN_CACHE_DAYS * (time_t)DAY : HOUR;

    if (found->kind == FOREIGN) {
        return;
    }
    if (info->st_mtim.tv_sec < all->now - most) {
        (void)unlinkat(found->folder, found->name, 0);
    } else if (found->kind == ENTRY) {
        all->bytes += (uint64_t)info->st_size;
        if (strcmp(found->name, all->kept) != 0 &&
            (all->count < all->room || make_room(all))) {
            entry *added = &all->list[all->count++];

            strcpy(added->name, found->name);
            added->used = info->st_mtim;
            added->bytes = (uint64_t)info->st_size;
        }
    }
}

/* The name comes last, so that all processes have the same order. */
static int compare(const void *a, const void *b)
{
    const entry *first = a;
    const entry *second = b;

    if (first->used.tv_sec != second->used.tv_sec) {
        return first->used.tv_sec < second->used.tv_sec ? -1 : 1;
    }
    if (first->used.tv_nsec != second->used.tv_nsec) {
        return first->used.tv_nsec < second->used.tv_nsec ? -1 : 1;
    }
    return strcmp(first->name, second->name);
}

static void remove_oldest(const char *path, entries *all, uint64_t limit)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (folder < 0) {
        return;
    }
    qsort(all->list, all->count, sizeof *all->list, compare);
    for (size_t i = 0; i < all->count && all->bytes > limit; ++i) {
        if (unlinkat(folder, all->list[i].name, 0) == 0 || errno == ENOENT) {
            all->bytes -= all->list[i].bytes;
        }
    }
    close(folder);
}

void tn_cache_bound(const char *folder, uint64_t limit, const char *kept)
{
    entries all = {.kept = kept, .now = time(NULL)};
    tn_sentence why;

    if (each_file(folder, add_entry, &all, &why) == TN_OK &&
        all.bytes > limit) {
        remove_oldest(folder, &all, limit);
    }
    free(all.list);
}
