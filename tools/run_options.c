/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/command.h"
#include "tools/report.h"
#include "tools/run.h"
#include "tools/value.h"

static const struct option long_options[] = {
    COMMAND_HELP_OPTION,
    {"config", required_argument, NULL, 'c'},
    {"backend", required_argument, NULL, 'b'},
    {"items", required_argument, NULL, 'n'},
    {"group", required_argument, NULL, 'l'},
    {"define", required_argument, NULL, 'D'},
    {"options", required_argument, NULL, 'o'},
    {"repeat", required_argument, NULL, 'r'},
    {"compare", required_argument, NULL, 'C'},
    {"tolerance", required_argument, NULL, 't'},
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

static const tool_command self = {
    .name = "run",
    .options = ":hc:b:n:l:D:",
    .long_options = long_options,
    .help =
        "usage: tenon run [OPTION...] MODULE KERNEL [ARG...]\n"
        "\n"
        "Runs a kernel and says on stderr which device was used.\n"
        "\n"
        "MODULE is a bundle's name, the path of its folder, or a file of code\n"
        "(.so, .cl, .ptx, .cubin, .fatbin). ARG is, in the kernel's order, one "
        "of\n"
        "  in:FILE.npy                      array that is read\n"
        "  out:DTYPE:D0,D1...=FILE.npy      array that is written; begins as "
        "0\n"
        "  inout:FILE.npy=OUT.npy           both\n"
        "  DTYPE:VALUE                      u32:1024, f32:0.5\n"
        "  struct:DTYPE:VALUE,...           members as C lays them out\n"
        "  local:BYTES                      memory of a group\n"
        "where DTYPE is one of " VALUE_TYPES ".\n"
        "'-' in place of a file that is written prints its values.\n"
        "\n"
        "options:\n"
        "  -c, --config FILE           read this INI file too\n"
        "  -b, --backend NAME[:DEVICE] use this one and no other\n"
        "  -n, --items X[,Y[,Z]]       items in all; default: the elements of\n"
        "                              the first array; a kernel of two\n"
        "                              dimensions needs X,Y\n"
        "  -l, --group X[,Y[,Z]]       items of a group; default: what the "
        "kernel\n"
        "                              wants, else 256\n"
        "  -D, --define NAME[=VALUE]   defines a macro, where MODULE is a file "
        "of\n"
        "                              source; may be given again\n"
        "      --options TEXT          more options for its compiler\n"
        "      --repeat N              launch N times, each time on the same\n"
        "                              input, and tell the time of one\n"
        "      --compare BACKEND[:DEVICE],BACKEND[:DEVICE]...\n"
        "                              run on each of these, and tell how far "
        "what\n"
        "                              they write is from the first's; '=FILE' "
        "may\n"
        "                              be left out, and gets what the first "
        "wrote\n"
        "      --tolerance X           with --compare: exit code 1 beyond X "
        "times the\n"
        "                              largest value; default: integers 0, "
        "f16 1e-3,\n"
        "                              f32 and f64 1e-4\n"
        "      --json                  with --compare: print JSON\n"
        "  -h, --help                  this text\n"
        "\n"
        "example:\n"
        "  tenon run -b cpu vector add in:a.npy in:b.npy "
        "out:f32:1024=c.npy u32:1024\n",
};

static int parse_items(tool_run *run, const char *text)
{
    uint32_t count;

    run->grid = tn_items3(1, 1, 1);
    run->has_items = true;
    if (!value_parse_extents(text, run->grid.items, 3, &count)) {
        return report_usage(self.name, "-n %s: items are X[,Y[,Z]]", text);
    }
    run->grid.dimensions = count;
    return EXIT_OK;
}

static int parse_group(const char *text, uint32_t group[3])
{
    uint64_t extents[3] = {1, 1, 1};
    uint32_t count;

    if (!value_parse_extents(text, extents, 3, &count)) {
        return report_usage(self.name, "-l %s: a group is X[,Y[,Z]]", text);
    }
    for (int i = 0; i < 3; ++i) {
        if (extents[i] == 0 || extents[i] > UINT32_MAX) {
            return report_usage(self.name,
                                "-l %s: a group has 1 to %" PRIu32
                                " items in each dimension",
                                text, UINT32_MAX);
        }
        group[i] = (uint32_t)extents[i];
    }
    return EXIT_OK;
}

/* One backend: a list would hide which of them was meant. */
int run_choose(tool_run *run, const char *option, const char *text)
{
    size_t length = strcspn(text, ":");

    if (length == 0 || length >= sizeof run->backend ||
        strcspn(text, ", \t") < length) {
        return report_usage(self.name, "%s %s: it is BACKEND[:DEVICE]", option,
                            text);
    }
    memcpy(run->backend, text, length);
    run->backend[length] = '\0';
    run->device_wanted = text[length] == ':' ? text : NULL;
    run->chosen_by = option;
    return EXIT_OK;
}

/* Behind what is there already. */
static int add_option(tool_run *run, const char *prefix, const char *text)
{
    char *longer = NULL;

    if (asprintf(&longer, "%s%s%s%s", run->options != NULL ? run->options : "",
                 run->options != NULL ? " " : "", prefix, text) < 0) {
        return report_error(EXIT_FAILED, "no memory for the options");
    }
    free(run->options);
    run->options = longer;
    return EXIT_OK;
}

/* Compilers split their options at blanks. */
static int add_define(tool_run *run, const char *text)
{
    if (text[strcspn(text, " \t\"'")] != '\0' || text[0] == '\0' ||
        text[0] == '=') {
        return report_usage(self.name,
                            "-D %s: it is NAME or NAME=VALUE without blanks "
                            "and quotes",
                            text);
    }
    return add_option(run, "-D", text);
}

static int parse_repeat(tool_run *run, const char *text)
{
    if (!value_parse_count(text, &run->repeat) || run->repeat == 0 ||
        run->repeat > UINT32_MAX) {
        return report_usage(self.name, "--repeat %s: it is 1 to %" PRIu32, text,
                            UINT32_MAX);
    }
    return EXIT_OK;
}

/* "cpu,opencl:1": each is chosen in its turn. */
static int parse_compare(tool_run *run, const char *text)
{
    int code = EXIT_OK;

    free(run->compare);
    free(run->compare_text);
    run->compare_count = 0;
    run->compare = calloc(strlen(text) + 1, sizeof *run->compare);
    run->compare_text = strdup(text);
    if (run->compare == NULL || run->compare_text == NULL) {
        return report_error(EXIT_FAILED, "no memory for the backends");
    }
    for (char *rest = run->compare_text; rest != NULL && code == EXIT_OK;) {
        char *backend = strsep(&rest, ",");
        tool_run unused = {0};

        run->compare[run->compare_count++] = backend;
        code = run_choose(&unused, "--compare", backend);
    }
    if (code == EXIT_OK && run->compare_count < 2) {
        code = report_usage(self.name, "--compare %s: it is BACKEND,BACKEND...",
                            text);
    }
    return code;
}

static int parse_tolerance(tool_run *run, const char *text)
{
    char *end = NULL;

    run->tolerance = strtod(text, &end);
    if (end == text || *end != '\0' || !(run->tolerance >= 0)) {
        return report_usage(self.name,
                            "--tolerance %s: it is a number from 0 on, in "
                            "terms of the largest value",
                            text);
    }
    return EXIT_OK;
}

/* What goes together. */
static int check_options(const tool_run *run)
{
    if (run->compare_count == 0) {
        return run->json || run->tolerance >= 0
                   ? report_usage(self.name, "%s is for --compare",
                                  run->json ? "--json" : "--tolerance")
                   : EXIT_OK;
    }
    return run->backend[0] != '\0'
               ? report_usage(self.name, "-b and --compare both name backends; "
                                         "leave one out")
               : EXIT_OK;
}

/* A table of differences needs something that is written. */
static int check_compared(const tool_run *run)
{
    size_t written = 0;

    for (size_t i = 0; i < run->count; ++i) {
        const tool_argument *argument = &run->arguments[i];

        written += argument_is_written(argument);
        if (argument->output != NULL && strcmp(argument->output, "-") == 0) {
            return report_usage(self.name,
                                "%s: --compare prints the differences; give a "
                                "file or leave '=-' out",
                                argument->text);
        }
    }
    return written > 0
               ? EXIT_OK
               : report_usage(self.name, "--compare needs an array that the "
                                         "kernel writes, out: or inout:");
}

static int parse_options(tool_run *run, int argc, char **argv)
{
    uint32_t group[3] = {0, 0, 0};
    int code = EXIT_OK;

    for (int option; code == EXIT_OK &&
                     (option = command_option(&self, argc, argv)) != -1;) {
        switch (option) {
        case 'c':
            run->config = optarg;
            break;
        case 'b':
            code = run_choose(run, "-b", optarg);
            break;
        case 'D':
            code = add_define(run, optarg);
            break;
        case 'o':
            code = add_option(run, "", optarg);
            break;
        case 'n':
            code = parse_items(run, optarg);
            break;
        case 'l':
            code = parse_group(optarg, group);
            break;
        case 'C':
            code = parse_compare(run, optarg);
            break;
        case 't':
            code = parse_tolerance(run, optarg);
            break;
        case 'j':
            run->json = true;
            break;
        default:
            code = parse_repeat(run, optarg);
        }
    }
    memcpy(run->grid.group, group, sizeof group);
    return code;
}

static int parse_arguments(tool_run *run, int count, char **texts)
{
    tool_problem problem;

    run->arguments = calloc((size_t)count + 1, sizeof *run->arguments);
    if (run->arguments == NULL) {
        return report_error(EXIT_FAILED, "no memory for the arguments");
    }
    for (int i = 0; i < count; ++i) {
        tool_argument *argument = &run->arguments[run->count++];

        if (!argument_parse(texts[i], run->compare_count == 0, argument,
                            &problem)) {
            return report_usage(self.name, "%s", problem.text);
        }
        if (argument->input != NULL && strcmp(argument->input, "-") == 0) {
            return report_usage(self.name,
                                "%s: text does not tell its dtype, give a "
                                ".npy file",
                                texts[i]);
        }
    }
    return EXIT_OK;
}

int run_parse(tool_run *run, int argc, char **argv)
{
    int code = parse_options(run, argc, argv);

    if (code == EXIT_OK) {
        code = check_options(run);
    }
    if (code != EXIT_OK) {
        return code;
    }
    if (argc - optind < 2) {
        return report_usage(self.name, "%s is missing",
                            optind == argc ? "MODULE" : "KERNEL");
    }
    run->module_name = argv[optind];
    run->kernel_name = argv[optind + 1];
    code = parse_arguments(run, argc - optind - 2, argv + optind + 2);
    return code == EXIT_OK && run->compare_count > 0 ? check_compared(run)
                                                     : code;
}
