/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "common/dl.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

/* A handle of dlopen() under a type of its own; nothing is allocated. */
static void *handle_of(tn_dl *dl)
{
    return dl;
}

tn_status tn_dl_open(const char *path, tn_dl **dl, tn_sentence *why)
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);

    if (handle == NULL) {
        const char *text = dlerror();

        tn_sentence_set(why, "%s", text != NULL ? text : "unknown reason");
        return TN_ERROR_UNAVAILABLE;
    }
    *dl = handle;
    return TN_OK;
}

void tn_dl_close(tn_dl *dl)
{
    if (dl != NULL) {
        dlclose(handle_of(dl));
    }
}

void (*tn_dl_function(tn_dl *dl, const char *name))(void)
{
    struct link_map *own = NULL;
    struct link_map *found = NULL;
    Dl_info info;
    void *address = dlsym(handle_of(dl), name);
    void (*function)(void) = NULL;

    if (address == NULL || dlinfo(handle_of(dl), RTLD_DI_LINKMAP, &own) != 0 ||
        dladdr1(address, &info, (void **)&found, RTLD_DL_LINKMAP) == 0 ||
        own != found) {
        return NULL;
    }
    /* POSIX lets dlsym() give functions; C has no cast for it. */
    memcpy(&function, &address, sizeof function);
    return function;
}

const char *tn_dl_definer(tn_dl *dl, const char *name)
{
    Dl_info info;
    void *address = dlsym(handle_of(dl), name);

    return address != NULL && dladdr(address, &info) != 0 ? info.dli_fname
                                                          : NULL;
}

tn_status tn_dl_folder_of(const void *address, char *folder, size_t size)
{
    char path[PATH_MAX];
    Dl_info info;

    if (dladdr(address, &info) == 0 || info.dli_fname == NULL ||
        realpath(info.dli_fname, path) == NULL) {
        return TN_ERROR_NOT_FOUND;
    }
    char *slash = strrchr(path, '/');

    if (slash == NULL || (size_t)(slash - path) >= size) {
        return TN_ERROR_NOT_FOUND;
    }
    *slash = '\0';
    memcpy(folder, path, (size_t)(slash - path) + 1);
    return TN_OK;
}
