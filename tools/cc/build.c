/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/processors.h"
#include "tools/cc/arch.h"
#include "tools/cc/cc.h"
#include "tools/cc/code.h"
#include "tools/cc/compare.h"
#include "tools/cc/compilers.h"
#include "tools/cc/file.h"
#include "tools/cc/folder.h"
#include "tools/cc/job.h"
#include "tools/report.h"

/*
 * What kernels are compiled with; kernel.h says why. They are loops, and these
 * flags make vectors of them. The dialect uses OpenMP's pragmas, not its
 * library.
 */
#define CPU_FLAGS                                                              \
    "-std=c11 -fPIC -fvisibility=hidden -O3 -fno-trapping-math "               \
    "-fno-math-errno -ffp-contract=fast -fopenmp-simd -DTN_OPENMP_SIMD "       \
    "-Werror=implicit-function-declaration"
#define CPU_LINK_FLAGS "-Wl,-z,defs -Wl,--as-needed -lm"

/* With no header but its own and the dialect's, and nothing of this machine. */
#define OPENCL_FLAGS "-E -undef -nostdinc -D__OPENCL_VERSION__=120"
#define OPENCL_CHECK_FLAGS                                                     \
    "-x cl -cl-std=CL1.2 -target spir64 -Xclang -finclude-default-header -w "  \
    "-fsyntax-only"

#define PTX_FLAGS                                                              \
    "-x cuda --cuda-device-only --cuda-path=/nonexistent -nocudainc "          \
    "-nocudalib -Wno-linker-warnings -O3 -S"
#define PTX_ARCH "sm_70" /* every GPU since Volta */
#define NVCC_FLAGS "-x cu -ptx"

typedef struct build {
    const cc_options *options;
    bool targets[CC_TARGETS];
    cc_compilers compilers;
    cc_arches arches;
    cc_folder folder;
    cc_words common; /* what every compiler gets */
    cc_jobs jobs;
    size_t dependencies; /* files of them that are written */
    tool_problem problem;
} build;

/* ---- commands ---- */

/* Has the compiler write down which files it read. */
static void add_dependencies(build *b, cc_words *words)
{
    if (b->options->dependencies != NULL) {
        cc_words_split(words, "-MD -MP -MT");
        cc_words_add(words, "%s/bundle.ini", b->options->folder);
        cc_words_add(words, "-MF");
        cc_words_add(words, "%s/%zu.d", b->folder.scratch, b->dependencies++);
    }
}

static cc_step *begin_compiler(build *b, cc_job *job, const cc_words *compiler)
{
    cc_step *step = cc_job_step(job);

    cc_words_add_all(&step->words, compiler);
    cc_words_add_all(&step->words, &b->common);
    add_dependencies(b, &step->words);
    return step;
}

/* "-" at the beginning of its name makes no option of it. */
static void add_source(const build *b, cc_words *words)
{
    const char *source = b->options->source;

    cc_words_add(words, "%s%s", source[0] == '-' ? "./" : "", source);
}

static void add_level(const build *b, cc_words *words)
{
    if (b->options->level != NULL) {
        cc_words_add(words, "-O%s", b->options->level);
    }
}

static cc_step *begin_script(build *b, cc_job *job, const char *output)
{
    cc_step *step = cc_job_step(job);

    cc_words_add_all(&step->words, &b->compilers.awk);
    step->output = cc_text("%s", output);
    return step;
}

static void add_script(build *b, cc_step *step, const char *script)
{
    cc_words_add(&step->words, "-f");
    cc_words_add(&step->words, "%s/%s", b->compilers.scripts, script);
}

/* What an author of kernels wants to be told of: words of bundle.ini, too. */
static void add_signatures(build *b)
{
    cc_job *job = cc_jobs_add(&b->jobs, "bundle.ini");
    char *expanded = cc_text("%s/signatures.i", b->folder.scratch);
    char *ini = cc_text("%s/bundle.ini", b->folder.made);
    const char *slash = strrchr(b->options->source, '/');
    cc_step *step = begin_compiler(b, job, &b->compilers.cc);

    cc_words_split(&step->words, "-E -DTN_EMIT_SIGNATURE");
    add_source(b, &step->words);
    cc_words_add(&step->words, "-o");
    cc_words_add(&step->words, "%s", expanded);

    step = begin_script(b, job, ini);
    cc_words_add(&step->words, "-v");
    cc_words_add(&step->words, "bundle=%s", b->folder.name);
    cc_words_add(&step->words, "-v");
    cc_words_add(&step->words, "source=%s",
                 slash != NULL ? slash + 1 : b->options->source);
    add_script(b, step, "rules.awk");
    add_script(b, step, "bundle.awk");
    cc_words_add(&step->words, "%s", expanded);
    free(expanded);
    free(ini);
}

/* Native code for a level; for none only the check that a CPU's compiler is. */
static void add_native(build *b, const char *level)
{
    cc_job *job = cc_jobs_add(&b->jobs, level != NULL ? level : "check");
    cc_step *step = begin_compiler(b, job, &b->compilers.cc);
    cc_words *words = &step->words;

    cc_words_split(words, getenv("CFLAGS"));
    cc_words_split(words, CPU_FLAGS);
    cc_words_split(words, b->compilers.terse);
    if (level != NULL &&
        (strcmp(level, "native") == 0 || strncmp(level, "x86-64", 6) == 0)) {
        cc_words_add(words, "-march=%s", level);
    }
    add_level(b, words);
    cc_words_add_all(words, &b->options->flags);
    cc_words_split(words, level != NULL ? "-shared" : "-O1 -c");
    add_source(b, words);
    cc_words_add(words, "-o");
    if (level == NULL) {
        cc_words_add(words, "%s/check.o", b->folder.scratch);
        return;
    }
    cc_words_add(words, "%s/%s.%s.so", b->folder.made, b->folder.name, level);
    cc_words_split(words, getenv("LDFLAGS"));
    cc_words_split(words, CPU_LINK_FLAGS);
}

static void add_opencl(build *b)
{
    cc_job *job = cc_jobs_add(&b->jobs, "OpenCL C");
    char *expanded = cc_text("%s/opencl.i", b->folder.scratch);
    char *text = cc_text("%s/%s.cl", b->folder.made, b->folder.name);
    cc_step *step = begin_compiler(b, job, &b->compilers.cc);

    cc_words_split(&step->words, OPENCL_FLAGS);
    add_source(b, &step->words);
    cc_words_add(&step->words, "-o");
    cc_words_add(&step->words, "%s", expanded);

    step = begin_script(b, job, text);
    add_script(b, step, "clc.awk");
    cc_words_add(&step->words, "%s", expanded);
    if (b->compilers.clang.count > 0) {
        step = cc_job_step(job);
        cc_words_add_all(&step->words, &b->compilers.clang);
        cc_words_split(&step->words, OPENCL_CHECK_FLAGS);
        cc_words_add(&step->words, "%s", text);
    }
    free(expanded);
    free(text);
}

static void add_clang_flags(const build *b, cc_words *words, const char *gpu)
{
    cc_words_split(words, PTX_FLAGS);
    cc_words_add(words, "--cuda-gpu-arch=%s", gpu);
    cc_words_split(words, "-Xclang -target-feature -Xclang");
    cc_words_add(words, "+ptx%u", cc_arch_ptx_version(gpu));
    cc_words_split(words, "-Xclang -mlink-bitcode-file -Xclang");
    cc_words_add(words, "%s", b->compilers.libclc);
    add_level(b, words);
}

static void add_ptx(build *b, const char *gpu)
{
    bool clang = cc_compilers_use_clang(&b->compilers);
    char *name = cc_text("PTX %s", gpu);
    cc_job *job = cc_jobs_add(&b->jobs, name);
    cc_step *step = begin_compiler(
        b, job, clang ? &b->compilers.clang : &b->compilers.nvcc);

    if (clang) {
        add_clang_flags(b, &step->words, gpu);
    } else {
        cc_words_split(&step->words, NVCC_FLAGS);
        cc_words_add(&step->words, "-arch=%s", gpu);
    }
    add_source(b, &step->words);
    cc_words_add(&step->words, "-o");
    cc_words_add(&step->words, "%s/%s.s", b->folder.scratch, gpu);
    free(name);
}

/* ---- variants ---- */

/* "vector.ptx", or one of several, "vector.sm_80.ptx". */
static char *ptx_file(const build *b, const char *gpu)
{
    return b->arches.gpus.count > 1 ? cc_text("%s.%s.ptx", b->folder.name, gpu)
                                    : cc_text("%s.ptx", b->folder.name);
}

/* What clang cannot say of PTX, bundle.ini does. */
static void add_ptx_script(build *b, const char *gpu)
{
    char *file = ptx_file(b, gpu);
    char *output = cc_text("%s/%s", b->folder.made, file);
    cc_step *step = begin_script(b, cc_jobs_add(&b->jobs, file), output);

    add_script(b, step, "ptx.awk");
    cc_words_add(&step->words, "%s/bundle.ini", b->folder.made);
    cc_words_add(&step->words, "%s/%s.s", b->folder.scratch, gpu);
    free(file);
    free(output);
}

static bool write_variant(build *b, const char *name, const char *format,
                          const char *file, const char *requirements)
{
    char *ini = cc_text("%s/bundle.ini", b->folder.made);
    char *text =
        cc_text("\n[variant %s]\nformat = %s\nfile = %s\n%s%s%s", name, format,
                file, *requirements != '\0' ? "requires = " : "", requirements,
                *requirements != '\0' ? "\n" : "");
    bool right = cc_file_append(ini, text, &b->problem);

    free(ini);
    free(text);
    return right;
}

static bool write_native(build *b, const char *level)
{
    char *file = cc_text("%s.%s.so", b->folder.name, level);
    char *path = cc_text("%s/%s", b->folder.made, file);
    const char *name = strncmp(level, "x86-64-", 7) == 0 ? level + 7 : level;
    cc_code code = {.format = NULL};
    bool native = strcmp(level, "native") == 0;
    bool right =
        (!native || cc_code_read(&code, path, &b->problem)) &&
        write_variant(b, name, "so", file, native ? code.target : level);

    cc_code_finish(&code);
    free(file);
    free(path);
    return right;
}

static bool write_ptx(build *b, const char *gpu)
{
    char *file = ptx_file(b, gpu);
    char *name =
        b->arches.gpus.count > 1 ? cc_text("ptx-%s", gpu) : cc_text("ptx");
    bool right = write_variant(b, name, "ptx", file, gpu);

    free(file);
    free(name);
    return right;
}

static bool write_variants(build *b)
{
    char *file = cc_text("%s.cl", b->folder.name);
    bool right = true;

    for (size_t i = 0;
         right && b->targets[CC_TARGET_CPU] && i < b->arches.levels.count;
         ++i) {
        right = write_native(b, b->arches.levels.items[i]);
    }
    if (right && b->targets[CC_TARGET_OPENCL]) {
        right = write_variant(b, "clc", "clc", file, "");
    }
    for (size_t i = 0;
         right && b->targets[CC_TARGET_PTX] && i < b->arches.gpus.count; ++i) {
        right = write_ptx(b, b->arches.gpus.items[i]);
    }
    free(file);
    return right;
}

/* Each compiler's files, together. */
static bool write_dependencies(build *b)
{
    FILE *output = fopen(b->options->dependencies, "we");
    bool right = output != NULL;

    for (size_t i = 0; right && i < b->dependencies; ++i) {
        char *path = cc_text("%s/%zu.d", b->folder.scratch, i);
        FILE *input = fopen(path, "re");
        int c;

        right = input != NULL;
        while (right && (c = getc(input)) != EOF) {
            right = putc(c, output) != EOF;
        }
        if (input != NULL) {
            fclose(input);
        }
        free(path);
    }
    if (output != NULL && fclose(output) != 0) {
        right = false;
    }
    return right || problem_set(&b->problem, "cannot write %s: %s",
                                b->options->dependencies, strerror(errno));
}

/* ---- the order of things ---- */

/* All that can be built, or all that was asked for. */
static bool choose_targets(build *b)
{
    const char *why = cc_compilers_lack_ptx(&b->compilers);

    for (int i = 0; i < CC_TARGETS; ++i) {
        b->targets[i] = !b->options->targets_named || b->options->targets[i];
    }
    if (b->targets[CC_TARGET_PTX] && why != NULL) {
        if (b->options->targets_named) {
            return problem_set(&b->problem, "--target ptx: %s", why);
        }
        b->targets[CC_TARGET_PTX] = false;
        report("%s gets no PTX, for NVIDIA's GPUs: %s", b->options->folder,
               why);
    }
    if (b->targets[CC_TARGET_OPENCL] && !b->options->targets_named &&
        b->compilers.clang.count == 0) {
        report("the OpenCL C of %s is not checked: clang is missing (apt-get "
               "install clang)",
               b->options->folder);
    }
    return true;
}

static bool choose_gpu(build *b)
{
    bool clang = cc_compilers_use_clang(&b->compilers);

    if (b->arches.gpus.count > 0 || !b->targets[CC_TARGET_PTX]) {
        return true;
    }
    char *oldest =
        clang ? cc_text(PTX_ARCH) : cc_compilers_oldest_gpu(&b->compilers);

    cc_words_add(&b->arches.gpus, "%s", oldest);
    free(oldest);
    return true;
}

static bool check_source(build *b)
{
    const char *source = b->options->source;
    struct stat info;

    if (access(source, R_OK) != 0 || stat(source, &info) != 0) {
        return problem_set(&b->problem, "cannot read %s: %s", source,
                           strerror(errno));
    }
    return S_ISREG(info.st_mode) ||
           problem_set(&b->problem, "%s is no file of C", source);
}

static bool prepare(build *b)
{
    if (!check_source(b) || !cc_compilers_find(&b->compilers, &b->problem) ||
        !cc_arches_choose(&b->arches, &b->options->arch, b->compilers.machine,
                          &b->problem) ||
        !choose_targets(b) || !choose_gpu(b)) {
        return false;
    }
    cc_words_add_all(&b->common, &b->options->defines);
    cc_words_add(&b->common, "-I%s", b->compilers.include);
    cc_words_split(&b->common, getenv("CPPFLAGS"));
    return cc_folder_begin(&b->folder, b->options->folder, &b->problem);
}

/* First what is quick and says best what is wrong. */
static void plan(build *b)
{
    add_signatures(b);
    if (b->targets[CC_TARGET_OPENCL]) {
        add_opencl(b);
    }
    for (size_t i = 0; b->targets[CC_TARGET_CPU] && i < b->arches.levels.count;
         ++i) {
        add_native(b, b->arches.levels.items[i]);
    }
    if (!b->targets[CC_TARGET_CPU]) {
        add_native(b, NULL);
    }
    for (size_t i = 0; b->targets[CC_TARGET_PTX] && i < b->arches.gpus.count;
         ++i) {
        add_ptx(b, b->arches.gpus.items[i]);
    }
}

static bool run(build *b)
{
    const cc_work work = {.at_once = b->options->jobs > 0
                                         ? b->options->jobs
                                         : tn_processors_allowed(),
                          .verbose = b->options->verbose};

    return cc_jobs_run(&b->jobs, &work);
}

/* What needs bundle.ini. */
static bool complete(build *b)
{
    cc_jobs_free(&b->jobs);
    for (size_t i = 0; b->targets[CC_TARGET_PTX] && i < b->arches.gpus.count;
         ++i) {
        add_ptx_script(b, b->arches.gpus.items[i]);
    }
    return run(b);
}

/* What was added to the bundle before has to fit what it has become. */
static bool check_added(build *b)
{
    tn_bundle *bundle = NULL;

    if (tn_bundle_open(NULL, b->folder.made, &bundle) != TN_OK) {
        return problem_set(&b->problem, "%s", tn_error_message());
    }
    bool right = cc_compare_added(bundle) ||
                 problem_set(&b->problem,
                             "%s/bundle.d does not fit %s any more; bring it "
                             "up to date or remove it",
                             b->options->folder, b->options->source);

    tn_bundle_close(bundle);
    return right;
}

static int fail_to_build(const build *b)
{
    char *list = cc_text("%s", "");

    for (size_t i = 0; i < b->jobs.count; ++i) {
        if (b->jobs.items[i].failed) {
            char *longer = cc_text("%s%s%s", list, *list != '\0' ? ", " : "",
                                   b->jobs.items[i].name);

            free(list);
            list = longer;
        }
    }
    int code = report_error(EXIT_MODULE,
                            "%s: could not be built (%s); nothing is written",
                            b->options->source, list);

    free(list);
    return code;
}

static int build_all(build *b)
{
    if (!prepare(b)) {
        return report_error(EXIT_FAILED, "%s", b->problem.text);
    }
    plan(b);
    if (!run(b) || !complete(b)) {
        return b->jobs.signal != 0 ? EXIT_FAILED : fail_to_build(b);
    }
    if (!write_variants(b) || !check_added(b) ||
        (b->options->dependencies != NULL && !write_dependencies(b)) ||
        !cc_folder_commit(&b->folder, &b->problem)) {
        return report_error(EXIT_FAILED, "%s", b->problem.text);
    }
    return EXIT_OK;
}

int cc_build(const cc_options *options)
{
    build b = {.options = options};

    signal(SIGPIPE, SIG_IGN); /* or nobody would tidy up */
    int code = build_all(&b);
    int number = b.jobs.signal;

    cc_folder_finish(&b.folder);
    cc_compilers_finish(&b.compilers);
    cc_arches_finish(&b.arches);
    cc_words_free(&b.common);
    cc_jobs_free(&b.jobs);
    if (number != 0) {
        signal(number, SIG_DFL);
        raise(number);
    }
    return code;
}
