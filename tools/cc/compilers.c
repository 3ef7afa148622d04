/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tools/cc/compilers.h"

#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tenon/tenon.h>

#include "common/dl.h"

/* ---- programs ---- */

/* Whether a program is on the PATH, or at its own path. */
static bool is_program(const char *name)
{
    const char *path = getenv("PATH");

    if (strchr(name, '/') != NULL) {
        return access(name, X_OK) == 0;
    }
    path = path != NULL ? path : "/usr/local/bin:/usr/bin:/bin";
    while (true) {
        size_t bytes = strcspn(path, ":");
        char *file = cc_text("%.*s/%s", (int)bytes, path, name);
        bool found = bytes > 0 && access(file, X_OK) == 0;

        free(file);
        if (found || path[bytes] == '\0') {
            return found;
        }
        path += bytes + 1;
    }
}

/*
 * A command from the environment, which is taken as it is, or the first of
 * `names` that is there.
 */
static void find_command(cc_words *words, const char *variable,
                         const char *const *names)
{
    const char *told = variable != NULL ? getenv(variable) : NULL;

    if (told != NULL && *told != '\0') {
        cc_words_split(words, told);
        return;
    }
    for (; words->count == 0 && *names != NULL; ++names) {
        if (is_program(*names)) {
            cc_words_add(words, "%s", *names);
        }
    }
}

static bool check_command(const cc_words *words, const char *variable,
                          const char *names, const char *package,
                          tool_problem *problem)
{
    return words->count > 0 ||
           problem_set(problem,
                       "there is no %s here, which every bundle needs: install "
                       "%s (apt-get install %s), or name one in %s",
                       names, package, package, variable);
}

/* A program that nobody needs, but somebody has named. */
static bool check_named(const cc_words *words, const char *variable,
                        tool_problem *problem)
{
    return words->count == 0 || is_program(words->items[0]) ||
           problem_set(problem, "%s=%s: there is no such program", variable,
                       words->items[0]);
}

/* ---- files ---- */

static char *find_libclc(void)
{
    static const char *const patterns[] = {"/usr/lib/clc/",
                                           "/usr/share/clc/",
                                           "/usr/lib64/clc/",
                                           "/usr/local/share/clc/",
                                           "/usr/lib/llvm-*/share/clc/",
                                           "/usr/lib/llvm-*/lib/clc/"};
    const char *told = getenv("LIBCLC");
    char *path = NULL;

    if (told != NULL && *told != '\0') {
        return cc_text("%s", told);
    }
    for (size_t i = 0; path == NULL && i < sizeof patterns / sizeof *patterns;
         ++i) {
        char *pattern = cc_text("%snvptx64--nvidiacl.bc", patterns[i]);
        glob_t found;

        if (glob(pattern, 0, NULL, &found) == 0) {
            /* the latest: names sort by version as long as these have 2 digits */
            path = cc_text("%s", found.gl_pathv[found.gl_pathc - 1]);
            globfree(&found);
        }
        free(pattern);
    }
    return path;
}

/* tenon/cc beside libtenon.so, so that a build tree or a moved installation
 * works, as plugins are found. */
static bool find_own(cc_compilers *compilers, tool_problem *problem)
{
    char folder[PATH_MAX];
    char *header = NULL;
    bool right = false;

    compilers->scripts = cc_text(TN_CCDIR);
    if (tn_dl_folder_of(tn_version(), folder, sizeof folder) == TN_OK) {
        char *beside = cc_text("%s/tenon/cc", folder);

        if (access(beside, F_OK) == 0) {
            free(compilers->scripts);
            compilers->scripts = beside;
        } else {
            free(beside);
        }
    }
    compilers->include = cc_text("%s/headers", compilers->scripts);
    header = cc_text("%s/tenon/kernel.h", compilers->include);
    right = access(header, R_OK) == 0 ||
            problem_set(problem,
                        "there is no %s: install Tenon's headers, which are in "
                        "its package for development",
                        header);
    free(header);
    return right;
}

/* The first line that a command prints. */
static char *ask(const cc_words *words, const char *question)
{
    char *command = cc_text("%s", "");
    char *line = NULL;
    size_t size = 0;

    for (size_t i = 0; i < words->count; ++i) {
        char *longer = cc_text("%s'%s' ", command, words->items[i]);

        free(command);
        command = longer;
    }
    char *whole = cc_text("%s%s 2>/dev/null", command, question);
    FILE *output = popen(whole, "re");

    if (output != NULL) {
        if (getline(&line, &size, output) <= 0) {
            free(line);
            line = NULL;
        }
        pclose(output);
    }
    free(command);
    free(whole);
    return line != NULL ? line : cc_text("%s", "");
}

static char *machine_of(const cc_words *cc)
{
    char *triple = ask(cc, "-dumpmachine");

    triple[strcspn(triple, "-\n")] = '\0';
    return triple;
}

/*
 * Without it gcc and clang follow each error through the macros of kernel.h,
 * with up to 300 lines of notes.
 */
static const char *terse_flag(const cc_words *cc)
{
    static const char *const flags[] = {"-ftrack-macro-expansion=0",
                                        "-fmacro-backtrace-limit=1"};
    const char *known = "";

    for (size_t i = 0; *known == '\0' && i < sizeof flags / sizeof *flags;
         ++i) {
        char *question = cc_text("%s -E -x c /dev/null", flags[i]);
        char *line = ask(cc, question);

        known = *line != '\0' ? flags[i] : "";
        free(question);
        free(line);
    }
    return known;
}

/* ---- all of it ---- */

bool cc_compilers_find(cc_compilers *compilers, tool_problem *problem)
{
    static const char *const ccs[] = {"cc", "gcc", "clang", NULL};
    static const char *const awks[] = {"awk", NULL};
    static const char *const nvccs[] = {"nvcc", "/usr/local/cuda/bin/nvcc",
                                        NULL};
    static const char *const clangs[] = {
        "clang",    "clang-21", "clang-20", "clang-19", "clang-18",
        "clang-17", "clang-16", "clang-15", "clang-14", NULL};

    *compilers = (cc_compilers){.libclc = find_libclc()};
    find_command(&compilers->cc, "CC", ccs);
    find_command(&compilers->awk, "AWK", awks);
    find_command(&compilers->clang, "KERNEL_CLANG", clangs);
    find_command(&compilers->nvcc, "NVCC", nvccs);
    if (!check_command(&compilers->cc, "CC", "C compiler", "gcc", problem) ||
        !check_command(&compilers->awk, "AWK", "awk", "mawk", problem) ||
        !check_named(&compilers->cc, "CC", problem) ||
        !check_named(&compilers->awk, "AWK", problem) ||
        !check_named(&compilers->clang, "KERNEL_CLANG", problem) ||
        !check_named(&compilers->nvcc, "NVCC", problem)) {
        return false;
    }
    if (compilers->libclc != NULL && access(compilers->libclc, R_OK) != 0) {
        return problem_set(problem, "LIBCLC=%s: cannot be read",
                           compilers->libclc);
    }
    compilers->machine = machine_of(&compilers->cc);
    compilers->terse = terse_flag(&compilers->cc);
    return find_own(compilers, problem);
}

void cc_compilers_finish(cc_compilers *compilers)
{
    cc_words_free(&compilers->cc);
    cc_words_free(&compilers->awk);
    cc_words_free(&compilers->clang);
    cc_words_free(&compilers->nvcc);
    free(compilers->libclc);
    free(compilers->scripts);
    free(compilers->include);
    free(compilers->machine);
}

bool cc_compilers_use_clang(const cc_compilers *compilers)
{
    return compilers->clang.count > 0 && compilers->libclc != NULL;
}

char *cc_compilers_oldest_gpu(const cc_compilers *compilers)
{
    char *line = ask(&compilers->nvcc, "--list-gpu-arch"); /* "compute_75" */
    const char *number = strchr(line, '_');
    char *gpu = cc_text("sm_%s", number != NULL ? number + 1 : "70");

    gpu[strcspn(gpu, "\n")] = '\0';
    free(line);
    return gpu;
}

const char *cc_compilers_lack_ptx(const cc_compilers *compilers)
{
    if (cc_compilers_use_clang(compilers) || compilers->nvcc.count > 0) {
        return NULL;
    }
    if (compilers->clang.count > 0) {
        return "libclc is missing (apt-get install libclc-14, or the version "
               "of your clang; or CUDA's nvcc)";
    }
    return compilers->libclc != NULL
               ? "clang is missing (apt-get install clang; or CUDA's nvcc)"
               : "clang and libclc are missing (apt-get install clang "
                 "libclc-14; or CUDA's nvcc)";
}
