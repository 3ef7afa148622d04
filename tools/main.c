/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tenon/tenon.h>

#include "common/nearest.h"
#include "tools/command.h"
#include "tools/report.h"

static const struct {
    const char *name;
    int (*function)(int argc, char **argv);
} commands[] = {
#define COMMAND_ENTRY(name, text) {#name, cmd_##name},
    COMMAND_LIST(COMMAND_ENTRY)
#undef COMMAND_ENTRY
};

enum {
    COMMAND_COUNT = sizeof commands / sizeof commands[0]
};

static const struct option long_options[] = {
    COMMAND_HELP_OPTION,
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

/* No help text: its lists are made here. */
static const tool_command tenon = {
    .name = "",
    .options = "+:hV",
    .long_options = long_options,
};

static void print_help(void)
{
    fputs("usage: tenon COMMAND [OPTION...] [ARGUMENT...]\n"
          "\n"
          "Runs compute kernels on the backend that the configuration names.\n"
          "\n"
          "commands:\n",
          stdout);
#define COMMAND_LINE(name, text) printf("  %-10s %s\n", #name, text);
    COMMAND_LIST(COMMAND_LINE)
#undef COMMAND_LINE
    fputs("\n"
          "options:\n"
          "  -h, --help     this text; 'tenon COMMAND --help' for a command\n"
          "  -V, --version  the version\n"
          "\n"
          "exit codes:\n",
          stdout);
#define EXIT_LINE(name, code, meaning) printf("  %-10d %s\n", code, meaning);
    REPORT_EXIT_LIST(EXIT_LINE)
#undef EXIT_LINE
    fputs("\n"
          "More in tenon(1) and tenon.ini(5).\n",
          stdout);
}

/*
 * What was printed and never arrived is a failure: a full disk, say, or a
 * closed standard output. What a library has flushed before has left no errno.
 */
static void close_output(void)
{
    bool failed = ferror(stdout) != 0;

    errno = 0;
    if (fclose(stdout) != 0 || failed) {
        report("cannot write the output: %s",
               errno != 0 ? strerror(errno) : "some of it is lost");
        _exit(EXIT_FAILED);
    }
}

/*
 * A closed standard stream would be the next file that is opened, and get what
 * is printed. Nothing can be read from these, nor written to standard output.
 */
static void occupy_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
        if (fcntl(fd, F_GETFD) < 0) {
            (void)!open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_RDWR);
        }
    }
}

static int unknown_command(const char *name)
{
    tn_nearest search;
    char hint[96];

    tn_nearest_init(&search, name);
    for (size_t i = 0; i < COMMAND_COUNT; ++i) {
        tn_nearest_offer(&search, commands[i].name);
    }
    return report_usage("", "no command '%s'%s", name,
                        tn_nearest_hint(&search, hint, sizeof hint));
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "");  /* widths of UTF-8; numbers stay those of C */
    signal(SIGXFSZ, SIG_IGN); /* a limit on files is told as a full disk is */
    occupy_streams();
    atexit(close_output);
    switch (command_option(&tenon, argc, argv)) {
    case 'h':
        print_help();
        return EXIT_OK;
    case 'V':
        printf("tenon %s\n", tn_version());
        return EXIT_OK;
    default:
        break;
    }
    if (optind == argc) {
        return report_usage("", "a command is missing");
    }
    argc -= optind;
    argv += optind;
    optind = 0; /* glibc: begin anew */
    for (size_t i = 0; i < COMMAND_COUNT; ++i) {
        if (strcmp(commands[i].name, argv[0]) == 0) {
            return commands[i].function(argc, argv);
        }
    }
    return unknown_command(argv[0]);
}
