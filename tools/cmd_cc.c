/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "common/nearest.h"
#include "tools/cc/cc.h"
#include "tools/command.h"
#include "tools/report.h"

/* Options that have no letter. */
enum {
    OPTION_TARGET = 256,
    OPTION_ARCH,
    OPTION_CFLAGS,
    OPTION_DEPFILE,
    OPTION_INSPECT,
    OPTION_ADD,
    OPTION_NAME,
    OPTION_REQUIRES,
    OPTION_JSON
};

static const struct option long_options[] = {
    COMMAND_HELP_OPTION,
    {"output", required_argument, NULL, 'o'},
    {"target", required_argument, NULL, OPTION_TARGET},
    {"arch", required_argument, NULL, OPTION_ARCH},
    {"cflags", required_argument, NULL, OPTION_CFLAGS},
    {"depfile", required_argument, NULL, OPTION_DEPFILE},
    {"jobs", required_argument, NULL, 'j'},
    {"verbose", no_argument, NULL, 'v'},
    {"inspect", no_argument, NULL, OPTION_INSPECT},
    {"add", required_argument, NULL, OPTION_ADD},
    {"name", required_argument, NULL, OPTION_NAME},
    {"requires", required_argument, NULL, OPTION_REQUIRES},
    {"config", required_argument, NULL, 'c'},
    {"json", no_argument, NULL, OPTION_JSON},
    {NULL, 0, NULL, 0},
};

static const tool_command self = {
    .name = "cc",
    .options = ":ho:O:D:U:I:j:vc:",
    .long_options = long_options,
    .help =
        "usage: tenon cc [OPTION...] SOURCE.c -o DIR\n"
        "       tenon cc --inspect [-c FILE] [--json] BUNDLE\n"
        "       tenon cc --add FILE [--name NAME] [--requires TEXT] DIR\n"
        "\n"
        "Builds a bundle, a folder that tn_module_load() takes on any backend, "
        "of kernels\n"
        "written with <tenon/kernel.h>: native code, OpenCL C, and PTX where "
        "clang with\n"
        "libclc or nvcc is. DIR appears when all is built; a bundle that was "
        "there is\n"
        "replaced, and keeps what was added to it.\n"
        "\n"
        "options:\n"
        "  -o, --output DIR       the bundle, named as its folder\n"
        "  -O LEVEL               of optimization: 0 to 3, s, fast; default: "
        "3\n"
        "  -D NAME[=VALUE]        defines a macro, for all targets\n"
        "  -U NAME                undefines it\n"
        "  -I DIR                 a folder of your headers\n"
        "      --target LIST      of cpu, opencl, ptx; default: all that can "
        "be built\n"
        "      --arch LIST        of CPUs: x86-64-v4, x86-64-v3, x86-64-v2, "
        "x86-64,\n"
        "                         native (this machine alone); of GPUs: sm_70 "
        "and later;\n"
        "                         default: all of these CPUs, and sm_70\n"
        "      --cflags TEXT      more flags for the native compiler, $CC\n"
        "      --depfile FILE     write which files were read, as rules of "
        "make\n"
        "  -j, --jobs N           compilers at once; default: CPUs that may be "
        "used\n"
        "  -v, --verbose          print the commands that are run\n"
        "      --inspect          show a bundle's kernels, its variants, and "
        "which of\n"
        "                         them this machine's devices take\n"
        "      --add FILE         add a file of code (.ptx, .cubin, .fatbin, "
        ".cl, .so)\n"
        "                         to a bundle; its kernels are compared with "
        "the bundle's\n"
        "      --name NAME        of the variant that is added; default: "
        "FILE's\n"
        "      --requires TEXT    what a device needs for it; default: what "
        "the file says\n"
        "  -c, --config FILE      read this INI file too\n"
        "      --json             print JSON\n"
        "  -h, --help             this text\n"
        "\n"
        "environment: CC, CPPFLAGS, CFLAGS, LDFLAGS, KERNEL_CLANG, LIBCLC, "
        "NVCC, AWK\n"
        "\n"
        "example:\n"
        "  tenon cc vector.c -o vector && tenon cc --inspect vector\n",
};

typedef enum action {
    BUILD,
    INSPECT,
    ADD
} action;

static const char *const target_words[] = {
#define TARGET_WORD(name, word) word,
    CC_TARGET_LIST(TARGET_WORD)
#undef TARGET_WORD
};

/* The words of a list, by commas. */
static void split_list(cc_words *words, const char *list)
{
    char *copy = cc_text("%s", list);
    char *rest = copy;

    while (rest != NULL) {
        cc_words_add(words, "%s", strsep(&rest, ","));
    }
    free(copy);
}

static int parse_target(cc_options *options, const char *word)
{
    tn_nearest nearest;
    char hint[96];

    tn_nearest_init(&nearest, word);
    for (int i = 0; i < CC_TARGETS; ++i) {
        if (strcmp(word, target_words[i]) == 0) {
            options->targets[i] = true;
            return EXIT_OK;
        }
        tn_nearest_offer(&nearest, target_words[i]);
    }
    return report_usage(self.name, "--target %s: takes cpu, opencl and ptx%s",
                        word, tn_nearest_hint(&nearest, hint, sizeof hint));
}

static int parse_targets(cc_options *options, const char *list)
{
    cc_words words = {NULL, 0};
    int code = EXIT_OK;

    options->targets_named = true;
    split_list(&words, list);
    for (size_t i = 0; code == EXIT_OK && i < words.count; ++i) {
        code = parse_target(options, words.items[i]);
    }
    cc_words_free(&words);
    return code;
}

static int parse_jobs(cc_options *options, const char *text)
{
    char *end = NULL;
    unsigned long jobs = strtoul(text, &end, 10);

    if (strspn(text, "0123456789") == 0 || *end != '\0' || jobs < 1 ||
        jobs > 4096) {
        return report_usage(self.name, "-j %s: it is 1 to 4096", text);
    }
    options->jobs = (unsigned)jobs;
    return EXIT_OK;
}

static int parse_level(cc_options *options, const char *text)
{
    static const char *const levels[] = {"0", "1", "2",    "3",
                                         "s", "g", "fast", NULL};
    size_t i = 0;

    while (levels[i] != NULL && strcmp(levels[i], text) != 0) {
        ++i;
    }
    if (levels[i] == NULL) {
        return report_usage(self.name, "-O %s: it is 0 to 3, s, g or fast",
                            text);
    }
    options->level = levels[i];
    return EXIT_OK;
}

static int parse_define(cc_options *options, char letter, const char *text)
{
    if (*text == '\0' || *text == '=') {
        return report_usage(self.name, "-%c %s: a name is missing", letter,
                            text);
    }
    cc_words_add(&options->defines, "-%c%s", letter, text);
    return EXIT_OK;
}

static int parse_option(cc_options *options, action *act, int option)
{
    switch (option) {
    case 'o':
        options->folder = optarg;
        break;
    case 'O':
        return parse_level(options, optarg);
    case 'D':
    case 'U':
    case 'I':
        return parse_define(options, (char)option, optarg);
    case 'j':
        return parse_jobs(options, optarg);
    case 'v':
        options->verbose = true;
        break;
    case 'c':
        options->config = optarg;
        break;
    case OPTION_TARGET:
        return parse_targets(options, optarg);
    case OPTION_ARCH:
        split_list(&options->arch, optarg);
        break;
    case OPTION_CFLAGS:
        cc_words_split(&options->flags, optarg);
        break;
    case OPTION_DEPFILE:
        options->dependencies = optarg;
        break;
    case OPTION_INSPECT:
        *act = INSPECT;
        break;
    case OPTION_ADD:
        *act = ADD;
        options->source = optarg;
        break;
    case OPTION_NAME:
        options->name = optarg;
        break;
    case OPTION_REQUIRES:
        options->requirements = optarg;
        break;
    default:
        options->json = true;
        break;
    }
    return EXIT_OK;
}

/* An option that nobody would read is a mistake. */
static int check_options(const cc_options *options, action act)
{
    const struct {
        bool given;
        action act;
        const char *name;
        const char *purpose;
    } rows[] = {
        {options->json, INSPECT, "--json", "--inspect"},
        {options->config != NULL, INSPECT, "--config", "--inspect"},
        {options->name != NULL, ADD, "--name", "--add"},
        {options->requirements != NULL, ADD, "--requires", "--add"},
        {options->folder != NULL, BUILD, "-o", "a source"},
        {options->targets_named, BUILD, "--target", "a source"},
        {options->arch.count > 0, BUILD, "--arch", "a source"},
        {options->defines.count > 0, BUILD, "-D, -U and -I", "a source"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
        if (rows[i].given && rows[i].act != act) {
            return report_usage(self.name, "%s stands with %s only",
                                rows[i].name, rows[i].purpose);
        }
    }
    return EXIT_OK;
}

static bool is_c(const char *name)
{
    size_t bytes = strlen(name);

    return bytes > 2 && strcmp(name + bytes - 2, ".c") == 0;
}

/* The one operand is what the action is about. */
static int parse_operand(cc_options *options, action act, int argc, char **argv)
{
    if (optind == argc) {
        return report_usage(self.name, "%s is missing",
                            act == BUILD ? "SOURCE.c" : "the bundle's folder");
    }
    if (optind + 1 < argc) {
        return report_usage(self.name,
                            act == BUILD
                                ? "unexpected '%s': a bundle has one source, "
                                  "which may include others"
                                : "unexpected '%s'",
                            argv[optind + 1]);
    }
    if (act != BUILD) {
        options->folder = argv[optind];
        return EXIT_OK;
    }
    options->source = argv[optind];
    if (!is_c(options->source)) {
        return report_usage(self.name, "%s: a source of kernels ends in .c",
                            options->source);
    }
    return options->folder != NULL
               ? EXIT_OK
               : report_usage(self.name, "-o DIR is missing");
}

static int parse(cc_options *options, action *act, int argc, char **argv)
{
    int code = EXIT_OK;

    for (int option; code == EXIT_OK &&
                     (option = command_option(&self, argc, argv)) != -1;) {
        code = parse_option(options, act, option);
    }
    if (code == EXIT_OK) {
        code = check_options(options, *act);
    }
    return code == EXIT_OK ? parse_operand(options, *act, argc, argv) : code;
}

int cmd_cc(int argc, char **argv)
{
    static int (*const actions[])(const cc_options *) = {
        [BUILD] = cc_build, [INSPECT] = cc_inspect, [ADD] = cc_add};
    cc_options options = {.source = NULL};
    action act = BUILD;
    int code = parse(&options, &act, argc, argv);

    if (code == EXIT_OK) {
        code = actions[act](&options);
    }
    cc_words_free(&options.defines);
    cc_words_free(&options.flags);
    cc_words_free(&options.arch);
    return code;
}
