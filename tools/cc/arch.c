/* SPDX-License-Identifier: MIT */
#include "tools/cc/arch.h"

#include <stdlib.h>
#include <string.h>

#include "common/nearest.h"

static const char *const x86_levels[] = {"x86-64-v4", "x86-64-v3", "x86-64-v2",
                                         "x86-64"};
enum {
    X86_LEVELS = sizeof x86_levels / sizeof x86_levels[0]
};

/* Machines other than x86-64 have one level, called as the cpu backend calls
 * it. */
static const char *baseline_of(const char *machine)
{
    static const struct {
        const char *prefix;
        const char *name;
    } rows[] = {{"i386", "i386"},      {"i486", "i386"},
                {"i586", "i386"},      {"i686", "i386"},
                {"arm", "arm"},        {"powerpc64le", "ppc64le"},
                {"powerpc64", "ppc64"}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
        if (strncmp(machine, rows[i].prefix, strlen(rows[i].prefix)) == 0) {
            return rows[i].name;
        }
    }
    return machine;
}

/* The CPU levels that there are, "native" apart. */
static void list_levels(cc_words *levels, const char *machine)
{
    if (strcmp(machine, "x86_64") != 0) {
        cc_words_add(levels, "%s", baseline_of(machine));
        return;
    }
    for (size_t i = 0; i < X86_LEVELS; ++i) {
        cc_words_add(levels, "%s", x86_levels[i]);
    }
}

static bool holds(const cc_words *words, const char *word)
{
    for (size_t i = 0; i < words->count; ++i) {
        if (strcmp(words->items[i], word) == 0) {
            return true;
        }
    }
    return false;
}

/* "sm_70", "sm_90a" */
static bool is_gpu(const char *word)
{
    size_t digits =
        strncmp(word, "sm_", 3) == 0 ? strspn(word + 3, "0123456789") : 0;

    return digits >= 2 && digits <= 3 &&
           (word[3 + digits] == '\0' || strcmp(word + 3 + digits, "a") == 0);
}

static bool refuse(const char *word, const cc_words *known,
                   tool_problem *problem)
{
    tn_nearest nearest;
    char hint[96];

    tn_nearest_init(&nearest, word);
    for (size_t i = 0; i < known->count; ++i) {
        tn_nearest_offer(&nearest, known->items[i]);
    }
    return problem_set(problem,
                       "--arch %s: takes native, sm_70 and later, and what the "
                       "compiler makes code for, %s%s%s%s",
                       word, known->items[0], known->count > 1 ? " to " : "",
                       known->count > 1 ? known->items[known->count - 1] : "",
                       tn_nearest_hint(&nearest, hint, sizeof hint));
}

/* The best first: it is taken before its equals. */
static void order(cc_words *levels, const cc_words *told, const cc_words *known)
{
    if (holds(told, "native")) {
        cc_words_add(levels, "native");
    }
    for (size_t i = 0; i < known->count; ++i) {
        if (holds(told, known->items[i])) {
            cc_words_add(levels, "%s", known->items[i]);
        }
    }
}

bool cc_arches_choose(cc_arches *arches, const cc_words *told,
                      const char *machine, tool_problem *problem)
{
    cc_words known = {NULL, 0};
    bool right = true;

    *arches = (cc_arches){.levels = {NULL, 0}};
    list_levels(&known, machine);
    for (size_t i = 0; right && i < told->count; ++i) {
        const char *word = told->items[i];

        if (is_gpu(word)) {
            if (!holds(&arches->gpus, word)) {
                cc_words_add(&arches->gpus, "%s", word);
            }
        } else if (strcmp(word, "native") != 0 && !holds(&known, word)) {
            right = refuse(word, &known, problem);
        }
    }
    order(&arches->levels, told, &known);
    if (arches->levels.count == 0) {
        cc_words_add_all(&arches->levels, &known);
    }
    cc_words_free(&known);
    return right;
}

void cc_arches_finish(cc_arches *arches)
{
    cc_words_free(&arches->levels);
    cc_words_free(&arches->gpus);
}

unsigned cc_arch_ptx_version(const char *gpu)
{
    /* from the PTX ISA's table of releases */
    static const struct {
        unsigned sm;
        unsigned version;
    } rows[] = {{75, 63}, {80, 70},  {86, 71}, {87, 74},
                {90, 78}, {103, 86}, {121, 88}};
    unsigned sm = (unsigned)strtoul(gpu + 3, NULL, 10);

    if (strchr(gpu, 'a') != NULL && sm == 90) {
        return 80;
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
        if (sm <= rows[i].sm) {
            return rows[i].version;
        }
    }
    return rows[sizeof rows / sizeof rows[0] - 1].version;
}
