/* SPDX-License-Identifier: MIT */
/* What a kernel's note says: <tenon/kernel/entry.h> describes it. */
#include <stdio.h>
#include <string.h>

#include "common/extent.h"
#include "common/signature.h"
#include "plugins/cpu/cpu.h"
#include "plugins/cpu/machine.h"
#include "plugins/cpu/module.h"

/* One line of a note; its texts are not NUL-terminated. */
typedef struct note_line {
    const char *key;
    size_t key_bytes;
    const char *value;
    size_t value_bytes;
} note_line;

static bool next_line(tn_elf_note *note, note_line *line)
{
    return tn_elf_note_line(note, &line->key, &line->key_bytes, &line->value,
                            &line->value_bytes);
}

static bool has_key(const note_line *line, const char *key)
{
    return line->key_bytes == strlen(key) &&
           memcmp(line->key, key, line->key_bytes) == 0;
}

/* The value as a string; false where it is too long. */
static bool copy_value(const note_line *line, char *text, size_t size)
{
    if (line->value_bytes >= size) {
        return false;
    }
    memcpy(text, line->value, line->value_bytes);
    text[line->value_bytes] = '\0';
    return true;
}

static uint32_t count_parameters(tn_elf_note note)
{
    uint32_t count = 0;
    note_line line;

    while (next_line(&note, &line)) {
        count += has_key(&line, "arg");
    }
    return count;
}

static tn_status read_abi(const note_line *line, tn_sentence *why)
{
    char text[16];
    char own[16];

    snprintf(own, sizeof own, "%d", TN_KERNEL_ABI);
    if (!copy_value(line, text, sizeof text) || strcmp(text, own) != 0) {
        tn_sentence_set(why,
                        "kernels of this file are built for kernel ABI "
                        "%.*s, this backend runs ABI %s; build them again",
                        (int)(line->value_bytes < 16 ? line->value_bytes : 16),
                        line->value, own);
        return TN_ERROR_FORMAT;
    }
    return TN_OK;
}

static bool is_identifier(const char *text)
{
    const char *letters = "abcdefghijklmnopqrstuvwxyz"
                          "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

    return text[0] != '\0' && strchr("0123456789", text[0]) == NULL &&
           text[strspn(text, letters)] == '\0';
}

static tn_status read_name(tn_plugin_kernel *kernel, const note_line *line,
                           tn_sentence *why)
{
    if (!copy_value(line, kernel->name, sizeof kernel->name) ||
        !is_identifier(kernel->name)) {
        tn_sentence_set(why, "'%.*s' in a kernel's note is no name of a kernel",
                        (int)(line->value_bytes < 64 ? line->value_bytes : 64),
                        line->value);
        return TN_ERROR_FORMAT;
    }
    for (tn_plugin_kernel *k = kernel->module->kernels; k != NULL;
         k = k->next) {
        if (strcmp(k->name, kernel->name) == 0) {
            tn_sentence_set(why, "two notes tell of kernel %s", k->name);
            return TN_ERROR_FORMAT;
        }
    }
    return TN_OK;
}

static tn_status read_target(const note_line *line, tn_sentence *why)
{
    if (line->value_bytes > 0 &&
        cpu_machine_rank(line->value, line->value_bytes) == 0) {
        tn_sentence_set(why,
                        "built for %.*s, and this machine is %s; build it for "
                        "that, or in variants of a bundle",
                        (int)(line->value_bytes < 32 ? line->value_bytes : 32),
                        line->value, cpu_machine_target());
        return TN_ERROR_FORMAT;
    }
    return TN_OK;
}

static tn_status read_items(tn_plugin_kernel *kernel, const note_line *line,
                            tn_sentence *why)
{
    char text[40];
    unsigned x;
    unsigned y;
    unsigned z;
    char more;

    if (!copy_value(line, text, sizeof text) || strchr(text, '-') != NULL ||
        sscanf(text, "%4u %4u %4u %c", &x, &y, &z, &more) != 3 ||
        (uint64_t)x * y * z > CPU_ITEMS_MAX ||
        (x == 0 || y == 0 || z == 0) != (x == 0 && y == 0 && z == 0)) {
        tn_sentence_set(why,
                        "items=%.*s in a kernel's note; it takes three "
                        "numbers, 0 0 0 or at most %d in all",
                        (int)(line->value_bytes < 40 ? line->value_bytes : 40),
                        line->value, CPU_ITEMS_MAX);
        return TN_ERROR_FORMAT;
    }
    kernel->items[0] = x;
    kernel->items[1] = y;
    kernel->items[2] = z;
    return TN_OK;
}

static tn_status read_elements(tn_plugin_kernel *kernel, const note_line *line,
                               tn_sentence *why)
{
    char text[8];
    unsigned elements;
    char more;

    if (!copy_value(line, text, sizeof text) || strchr(text, '-') != NULL ||
        sscanf(text, "%4u %c", &elements, &more) != 1 || elements == 0 ||
        elements > TN_ELEMENTS_MAX) {
        tn_sentence_set(why,
                        "elements=%.*s in a kernel's note; it takes a number, "
                        "1 to %d",
                        (int)(line->value_bytes < 40 ? line->value_bytes : 40),
                        line->value, TN_ELEMENTS_MAX);
        return TN_ERROR_FORMAT;
    }
    kernel->elements = elements;
    return TN_OK;
}

static tn_status read_parameter(tn_plugin_kernel *kernel, const note_line *line,
                                tn_sentence *why)
{
    uint32_t i = kernel->parameter_count;
    tn_parameter *parameter = &kernel->parameters[i];

    if (tn_signature_parse(line->value, line->value_bytes, parameter, why) !=
        TN_OK) {
        return TN_ERROR_FORMAT;
    }
    kernel->kinds[i / 16] |= (uint64_t)parameter->type << (4 * (i % 16));
    kernel->slot_count += cpu_parameter_slots(parameter);
    ++kernel->parameter_count;
    return TN_OK;
}

static tn_status read_lines(tn_plugin_kernel *kernel, tn_elf_note note,
                            tn_sentence *why)
{
    tn_status status = TN_OK;
    bool has_abi = false;
    note_line line;

    while (status == TN_OK && next_line(&note, &line)) {
        if (has_key(&line, "abi")) {
            has_abi = true;
            status = read_abi(&line, why);
        } else if (has_key(&line, "name")) {
            status = read_name(kernel, &line, why);
        } else if (has_key(&line, "target")) {
            status = read_target(&line, why);
        } else if (has_key(&line, "items")) {
            status = read_items(kernel, &line, why);
        } else if (has_key(&line, "elements")) {
            status = read_elements(kernel, &line, why);
        } else if (has_key(&line, "arg")) {
            status = read_parameter(kernel, &line, why);
        } /* else of a newer Tenon */
    }
    if (status == TN_OK && (!has_abi || kernel->name[0] == '\0')) {
        tn_sentence_set(why, "a kernel's note lacks its %s",
                        has_abi ? "name" : "abi");
        status = TN_ERROR_FORMAT;
    }
    return status;
}

static tn_status check_extents(const tn_plugin_kernel *kernel, tn_sentence *why)
{
    tn_sentence wrong;

    if (tn_extents_check(kernel->parameters, kernel->parameter_count, &wrong) ==
        TN_OK) {
        return TN_OK;
    }
    tn_sentence_set(why, "the note of kernel %s: %s", kernel->name, wrong.text);
    return TN_ERROR_FORMAT;
}

tn_status cpu_note_read(tn_plugin_module *module, const tn_elf_note *note,
                        tn_sentence *why)
{
    uint32_t parameters = count_parameters(*note);

    if (parameters > TN_ARGUMENTS_MAX) {
        tn_sentence_set(why, "a kernel has %u parameters, more than %d",
                        (unsigned)parameters, TN_ARGUMENTS_MAX);
        return TN_ERROR_FORMAT;
    }
    tn_plugin_kernel *kernel = cpu_allocate(
        module->instance, sizeof *kernel + parameters * sizeof(tn_parameter));

    if (kernel == NULL) {
        tn_sentence_set(why, "no memory left for a kernel");
        return TN_ERROR_NO_MEMORY;
    }
    kernel->module = module;
    kernel->elements = 1;
    tn_status status = read_lines(kernel, *note, why);

    if (status == TN_OK) {
        status = check_extents(kernel, why);
    }
    if (status != TN_OK) {
        cpu_release(module->instance, kernel);
        return status;
    }
    *module->last = kernel;
    module->last = &kernel->next;
    ++module->kernel_count;
    return TN_OK;
}
