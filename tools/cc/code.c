/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tools/cc/code.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tenon/note.h>

#include "common/elf.h"
#include "common/mangled.h"
#include "common/ptx.h"
#include "common/signature.h"
#include "tools/cc/file.h"
#include "tools/report.h"

static const char prefix[] = "tn_k_"; /* of the dialect's symbols */

static cc_kernel *add_kernel(cc_code *code)
{
    cc_kernel *grown =
        reallocarray(code->kernels, code->count + 1, sizeof *code->kernels);

    if (grown == NULL) {
        exit(report_error(EXIT_FAILED, "no memory for a kernel"));
    }
    code->kernels = grown;
    memset(&grown[code->count], 0, sizeof *grown);
    return &grown[code->count++];
}

/* ---- native code: its notes ---- */

static bool is_key(const char *key, size_t bytes, const char *wanted)
{
    return bytes == strlen(wanted) && memcmp(key, wanted, bytes) == 0;
}

static void copy(char *to, size_t size, const char *text, size_t bytes)
{
    snprintf(to, size, "%.*s", (int)(bytes < size ? bytes : size - 1), text);
}

static void read_items(cc_kernel *kernel, const char *text, size_t bytes)
{
    char copied[40];

    copy(copied, sizeof copied, text, bytes);
    if (sscanf(copied, "%4u %4u %4u", &kernel->items[0], &kernel->items[1],
               &kernel->items[2]) != 3) {
        memset(kernel->items, 0, sizeof kernel->items);
    }
}

static tn_status read_note(const tn_elf_note *note, void *data)
{
    cc_code *code = data;
    tn_elf_note lines = *note;
    const char *key;
    const char *value;
    size_t key_bytes;
    size_t bytes;
    tn_sentence why;

    if (note->type != TN_NOTE_KERNEL) {
        return TN_OK;
    }
    cc_kernel *kernel = add_kernel(code);

    while (tn_elf_note_line(&lines, &key, &key_bytes, &value, &bytes)) {
        if (is_key(key, key_bytes, "name")) {
            copy(kernel->name, sizeof kernel->name, value, bytes);
        } else if (is_key(key, key_bytes, "target")) {
            copy(code->target, sizeof code->target, value, bytes);
        } else if (is_key(key, key_bytes, "items")) {
            read_items(kernel, value, bytes);
        } else if (is_key(key, key_bytes, "arg") &&
                   kernel->count < TN_ARGUMENT_LIMIT &&
                   tn_signature_parse(value, bytes,
                                      &kernel->parameters[kernel->count],
                                      &why) == TN_OK) {
            ++kernel->count;
        }
    }
    return TN_OK;
}

static bool read_elf(cc_code *code, const char *path, const char *image,
                     size_t size, tool_problem *problem)
{
    uint16_t machine = 0;
    tn_sentence why;

    if (size >= sizeof(Elf64_Ehdr)) {
        memcpy(&machine, image + offsetof(Elf64_Ehdr, e_machine),
               sizeof machine);
    }
    if (machine == EM_CUDA) {
        uint32_t flags;

        memcpy(&flags, image + offsetof(Elf64_Ehdr, e_flags), sizeof flags);
        code->format = "cubin";
        /* later compilers keep the number in the second byte */
        flags = (flags & 0xff) != 0 ? flags & 0xff : flags >> 8 & 0xff;
        snprintf(code->target, sizeof code->target, "sm_%u", flags);
        return true;
    }
    code->format = "so";
    code->tells = true;
    return tn_elf_read(image, size, read_note, code, &why) == TN_OK ||
           problem_set(problem, "%s: %s", path, why.text);
}

/* ---- PTX ---- */

static unsigned line_of(const char *text, const char *at)
{
    unsigned line = 1;

    for (; text < at; ++text) {
        line += *text == '\n';
    }
    return line;
}

static void name_entry(cc_kernel *kernel, const tn_ptx_entry *entry)
{
    char symbol[512];
    char plain[512];

    copy(symbol, sizeof symbol, entry->name, entry->name_bytes);
    const char *name = tn_mangled_plain(symbol, plain, sizeof plain);

    if (strncmp(name, prefix, sizeof prefix - 1) == 0) {
        name += sizeof prefix - 1;
    }
    copy(kernel->name, sizeof kernel->name, name, strlen(name));
}

static bool read_ptx(cc_code *code, const char *path, const char *text,
                     size_t size, tool_problem *problem)
{
    tn_parameter parameters[TN_ARGUMENT_LIMIT];
    tn_ptx ptx;
    tn_ptx_entry entry;
    tn_sentence why;

    code->format = "ptx";
    code->tells = true;
    if (!tn_ptx_begin(&ptx, text, size, &why)) {
        return problem_set(problem, "%s: %s", path, why.text);
    }
    copy(code->target, sizeof code->target, ptx.target, strlen(ptx.target));
    while (tn_ptx_next(&ptx, &entry, parameters)) {
        cc_kernel *kernel = add_kernel(code);

        name_entry(kernel, &entry);
        kernel->line = line_of(text, entry.name);
        kernel->count = entry.count;
        memcpy(kernel->items, entry.items, sizeof kernel->items);
        memcpy(kernel->parameters, parameters, sizeof parameters);
        for (uint32_t i = 0; entry.count != TN_UNKNOWN && i < entry.count;
             ++i) {
            kernel->lines[i] = line_of(text, entry.places[i]);
        }
    }
    return true;
}

/* ---- any of them ---- */

static bool ends_in(const char *path, const char *end)
{
    size_t bytes = strlen(path);

    return bytes > strlen(end) && strcmp(path + bytes - strlen(end), end) == 0;
}

static bool read_content(cc_code *code, const char *path, const char *bytes,
                         size_t size, tool_problem *problem)
{
    static const unsigned char fatbin[] = {0x50, 0xed, 0x55, 0xba};

    if (tn_elf_is(bytes, size)) {
        return read_elf(code, path, bytes, size, problem);
    }
    if (size >= sizeof fatbin && memcmp(bytes, fatbin, sizeof fatbin) == 0) {
        code->format = "fatbin";
        return true;
    }
    if (memchr(bytes, '\0', size) == NULL && ends_in(path, ".cl")) {
        code->format = "clc";
        return true;
    }
    if (memchr(bytes, '\0', size) == NULL && ends_in(path, ".ptx")) {
        return read_ptx(code, path, bytes, size, problem);
    }
    return problem_set(problem,
                       "%s is no code that a bundle takes: .ptx, .cl, .cubin, "
                       ".fatbin or .so",
                       path);
}

bool cc_code_read(cc_code *code, const char *path, tool_problem *problem)
{
    char *bytes = NULL;
    size_t size = 0;

    *code = (cc_code){.format = NULL};
    bool right = cc_file_read(path, &bytes, &size, problem) &&
                 read_content(code, path, bytes, size, problem);

    free(bytes);
    return right;
}

void cc_code_finish(cc_code *code)
{
    free(code->kernels);
}
