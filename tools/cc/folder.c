/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tools/cc/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tenon/tenon.h>

#include "tools/cc/file.h"
#include "tools/cc/words.h"

/* ---- files ---- */

static int remove_one(const char *path, const struct stat *info, int type,
                      struct FTW *place)
{
    (void)info;
    (void)type;
    (void)place;
    return remove(path);
}

static void remove_tree(const char *path)
{
    enum {
        OPEN_FOLDERS = 16
    };

    nftw(path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}

/* ---- what is there already ---- */

/* Whether an entry of the folder is one of the bundle. */
static bool is_listed(const tn_bundle *bundle, const char *name)
{
    tn_variant_info variant = {.size = sizeof variant};
    size_t bytes = strlen(name);

    if (strcmp(name, "bundle.ini") == 0 || strcmp(name, "bundle.d") == 0) {
        return true;
    }
    for (uint32_t i = 0; tn_bundle_variant_get(bundle, i, &variant) == TN_OK;
         ++i) {
        if (strncmp(variant.file, name, bytes) == 0 &&
            (variant.file[bytes] == '\0' || variant.file[bytes] == '/')) {
            return true;
        }
    }
    return false;
}

static bool check_entries(const char *path, const tn_bundle *bundle,
                          tool_problem *problem)
{
    DIR *directory = opendir(path);
    const struct dirent *entry;
    bool right = directory != NULL ||
                 problem_set(problem, "%s: %s", path, strerror(errno));

    while (right && (entry = readdir(directory)) != NULL) {
        const char *name = entry->d_name;

        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
            (bundle != NULL && is_listed(bundle, name))) {
            continue;
        }
        right = problem_set(
            problem,
            bundle != NULL
                ? "%s holds %s, which is not of the bundle and would be lost; "
                  "move it away or choose another folder"
                : "%s is no bundle and not empty, it holds %s; choose another "
                  "folder",
            path, name);
    }
    if (directory != NULL) {
        closedir(directory);
    }
    return right;
}

static bool make_parents(char *path, tool_problem *problem)
{
    for (char *c = path + 1; (c = strchr(c, '/')) != NULL; ++c) {
        *c = '\0';
        bool right = mkdir(path, 0777) == 0 || errno == EEXIST;
        int error = errno;

        if (!right) {
            problem_set(problem, "cannot make the folder %s: %s", path,
                        strerror(error));
        }
        *c = '/';
        if (!right) {
            return false;
        }
    }
    return true;
}

/* A file that a drop-in brought, and the folder that it lies in. */
static bool keep_file(const cc_folder *folder, const char *file,
                      tool_problem *problem)
{
    char *from = cc_text("%s/%s", folder->path, file);
    char *to = cc_text("%s/%s", folder->made, file);
    bool right = make_parents(to, problem) && cc_file_copy(from, to, problem);

    free(from);
    free(to);
    return right;
}

static bool keep_drop_ins(const cc_folder *folder, const tn_bundle *bundle,
                          tool_problem *problem)
{
    tn_variant_info variant = {.size = sizeof variant};
    char *drop_ins = cc_text("%s/bundle.d", folder->path);
    DIR *directory = opendir(drop_ins);
    const struct dirent *entry;
    bool right = true;

    while (right && directory != NULL && (entry = readdir(directory)) != NULL) {
        char *file = cc_text("bundle.d/%s", entry->d_name);

        right = entry->d_type == DT_DIR || keep_file(folder, file, problem);
        free(file);
    }
    if (directory != NULL) {
        closedir(directory);
    }
    for (uint32_t i = 0;
         right && tn_bundle_variant_get(bundle, i, &variant) == TN_OK; ++i) {
        right = strncmp(variant.origin, drop_ins, strlen(drop_ins)) != 0 ||
                (strncmp(variant.file, "bundle.d/", 9) == 0 &&
                 strchr(variant.file + 9, '/') == NULL) ||
                keep_file(folder, variant.file, problem);
    }
    free(drop_ins);
    return right;
}

/* What stands at its place: nothing, an empty folder, a bundle. */
static bool look(const cc_folder *folder, tool_problem *problem)
{
    struct stat info;
    tn_bundle *bundle = NULL;
    char *ini = cc_text("%s/bundle.ini", folder->path);
    bool is_bundle = access(ini, F_OK) == 0;

    free(ini);
    if (lstat(folder->path, &info) != 0) {
        return errno == ENOENT ||
               problem_set(problem, "%s: %s", folder->path, strerror(errno));
    }
    if (!S_ISDIR(info.st_mode)) {
        return problem_set(problem,
                           "%s is there and no folder; choose another name",
                           folder->path);
    }
    if (is_bundle && tn_bundle_open(NULL, folder->path, &bundle) != TN_OK) {
        return problem_set(problem, "%s; remove %s to build it anew",
                           tn_error_message(), folder->path);
    }
    bool right = check_entries(folder->path, bundle, problem) &&
                 (!is_bundle || keep_drop_ins(folder, bundle, problem));

    tn_bundle_close(bundle);
    return right;
}

/* ---- making ---- */

static bool check_name(const char *path, const char *name,
                       tool_problem *problem)
{
    if (name[0] == '.' || name[0] == '\0' ||
        name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
                          "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-")] !=
            '\0') {
        return problem_set(problem,
                           "-o %s: the folder's name is the bundle's, of "
                           "letters, digits and _.+-",
                           path);
    }
    return true;
}

/* The path without links and slashes at its end, as far as it is there. */
static char *settle(const char *path)
{
    char *real = realpath(path, NULL);
    char *text = real != NULL ? real : cc_text("%s", path);
    size_t bytes = strlen(text);

    while (bytes > 1 && text[bytes - 1] == '/') {
        text[--bytes] = '\0';
    }
    return text;
}

bool cc_folder_begin(cc_folder *folder, const char *path, tool_problem *problem)
{
    char *settled = settle(path);
    char *slash = strrchr(settled, '/');
    char *parent = slash != NULL ? strndup(settled, (size_t)(slash - settled))
                                 : cc_text(".");

    *folder = (cc_folder){.path = settled};
    folder->name = cc_text("%s", slash != NULL ? slash + 1 : settled);
    char *scratch = cc_text("%s/.%s.XXXXXX", parent, folder->name);
    bool right = check_name(path, folder->name, problem);

    free(parent);
    if (right && mkdtemp(scratch) == NULL) {
        right = problem_set(problem, "cannot write beside %s: %s", settled,
                            strerror(errno));
    } else if (right) {
        folder->scratch = scratch;
        scratch = NULL;
        folder->made = cc_text("%s/%s", folder->scratch, folder->name);
        right = mkdir(folder->made, 0777) == 0 ||
                problem_set(problem, "%s: %s", folder->made, strerror(errno));
    }
    free(scratch);
    return right && look(folder, problem);
}

/* Where folders cannot change places, the old one goes away for a moment. */
static bool swap(const cc_folder *folder)
{
    char *aside = cc_text("%s/old", folder->scratch);
    bool right = rename(folder->path, aside) == 0;

    if (right && rename(folder->made, folder->path) != 0) {
        int error = errno;

        right = false;
        rename(aside, folder->path);
        errno = error;
    }
    free(aside);
    return right;
}

bool cc_folder_commit(cc_folder *folder, tool_problem *problem)
{
    bool right = rename(folder->made, folder->path) == 0;

    if (!right && (errno == ENOTEMPTY || errno == EEXIST)) {
        right = renameat2(AT_FDCWD, folder->made, AT_FDCWD, folder->path,
                          RENAME_EXCHANGE) == 0 ||
                ((errno == EINVAL || errno == ENOSYS) && swap(folder));
    }
    return right || problem_set(problem, "cannot put the bundle at %s: %s",
                                folder->path, strerror(errno));
}

void cc_folder_finish(cc_folder *folder)
{
    if (folder->scratch != NULL) {
        remove_tree(folder->scratch);
    }
    free(folder->path);
    free(folder->name);
    free(folder->scratch);
    free(folder->made);
    *folder = (cc_folder){.path = NULL};
}
