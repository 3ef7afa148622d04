/* SPDX-License-Identifier: MIT */
#include "plugins/cpu/library.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    NAME_BYTES = 64,
    NO_FILE = -1
};

void cpu_library_init(cpu_library *library)
{
    *library = (cpu_library){NULL, NO_FILE};
}

/* ---- what the loader knows ---- */

static int compare_name(struct dl_phdr_info *info, size_t size, void *data)
{
    const char **path = data;

    (void)size;
    return strcmp(info->dlpi_name, *path) == 0;
}

/*
 * Whether an object of that name is loaded. The loader goes by names first: it
 * would give that one again, even if the file was replaced since.
 */
static bool is_loaded(const char *path)
{
    return dl_iterate_phdr(compare_name, &path) != 0;
}

static void name_of(int file, char name[NAME_BYTES])
{
    snprintf(name, NAME_BYTES, "/proc/self/fd/%d", file);
}

/* ---- the file at the path ---- */

static bool holds_image(int file, const tn_plugin_module_desc *desc)
{
    struct stat facts;
    size_t bytes = (size_t)desc->image_bytes;

    if (fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode) ||
        (uint64_t)facts.st_size != desc->image_bytes) {
        return false;
    }
    void *mapped = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, file, 0);

    if (mapped == MAP_FAILED) {
        return false;
    }
    bool same = memcmp(mapped, desc->image, bytes) == 0;

    munmap(mapped, bytes);
    return same;
}

static bool path_holds_image(const tn_plugin_module_desc *desc)
{
    int file = open(desc->path, O_RDONLY | O_CLOEXEC);

    if (file < 0) {
        return false;
    }
    bool same = holds_image(file, desc);

    close(file);
    return same;
}

/* ---- a file in memory ---- */

static bool write_all(int file, const char *bytes, uint64_t left)
{
    while (left > 0) {
        ssize_t written = write(file, bytes, (size_t)left);

        if (written < 0 && errno != EINTR) {
            return false;
        }
        if (written > 0) {
            bytes += written;
            left -= (uint64_t)written;
        }
    }
    return true;
}

static tn_status open_memory(cpu_library *library,
                             const tn_plugin_module_desc *desc,
                             tn_sentence *why)
{
    char name[NAME_BYTES];
    int file = memfd_create("tenon-kernels", MFD_CLOEXEC);

    if (file < 0 || !write_all(file, desc->image, desc->image_bytes)) {
        tn_sentence_set(why, "no file in memory for its code: %s",
                        strerror(errno));
        if (file >= 0) {
            close(file);
        }
        return TN_ERROR_NO_MEMORY;
    }
    name_of(file, name);
    tn_status status = tn_dl_open(name, &library->opened, why);

    if (status != TN_OK && access(name, F_OK) != 0) {
        tn_sentence_set(why,
                        "its code is in memory, where the loader finds it as "
                        "%s alone; mount /proc, or load it from its file",
                        name);
        status = TN_ERROR_IO;
    }
    if (status != TN_OK) {
        close(file);
        return status;
    }
    library->file = file;
    return TN_OK;
}

/* ---- */

tn_status cpu_library_open(cpu_library *library,
                           const tn_plugin_module_desc *desc, tn_sentence *why)
{
    bool by_path =
        desc->path != NULL && !is_loaded(desc->path) && path_holds_image(desc);
    tn_status status = by_path ? tn_dl_open(desc->path, &library->opened, why)
                               : open_memory(library, desc, why);

    /* The loader's word for all that it dislikes. */
    return status == TN_ERROR_UNAVAILABLE ? TN_ERROR_FORMAT : status;
}

void cpu_library_close(cpu_library *library)
{
    char name[NAME_BYTES];

    tn_dl_close(library->opened);
    if (library->file == NO_FILE) {
        return;
    }
    /*
     * Some objects are never unloaded. Theirs is then the name for good, so
     * another file must not get the number.
     */
    name_of(library->file, name);
    if (!is_loaded(name)) {
        close(library->file);
    }
}
