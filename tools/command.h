/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The subcommands, and what all of them do alike.
 */
#ifndef TENON_TOOLS_COMMAND_H
#define TENON_TOOLS_COMMAND_H

#include <getopt.h>

/* X(name, what it shows or does) */
#define COMMAND_LIST(X)                                                        \
    X(list, "shows backends and their devices")                                \
    X(info, "shows a device and the memory that is held of it")                \
    X(explain, "tells why a backend was taken and the others were not")        \
    X(config, "shows every setting and where it comes from")                   \
    X(cache, "shows or removes what is kept of compiled code")                 \
    X(run, "runs a kernel on .npy files")                                      \
    X(cc, "builds a bundle of kernels, and shows what is in one")              \
    X(bench, "measures a device beside plain calls of its driver")

/* int cmd_NAME(): gets its own name as argv[0], returns the exit code */
#define COMMAND_FUNCTION(name, text) int cmd_##name(int argc, char **argv);
COMMAND_LIST(COMMAND_FUNCTION)
#undef COMMAND_FUNCTION

/** What a subcommand takes; "" is the name of `tenon` itself. */
typedef struct tool_command {
    const char *name;
    const char *options; /**< as for getopt(), beginning with ":" */
    const struct option *long_options;
    const char *help; /**< NULL: --help is the caller's, as 'h' */
} tool_command;

/** For every list of long options. */
#define COMMAND_HELP_OPTION                                                    \
    {                                                                          \
        "help", no_argument, NULL, 'h'                                         \
    }

/**
 * The next option, or -1. Does not return for --help, which it prints, and for
 * what is no option: the process ends then.
 */
int command_option(const tool_command *command, int argc, char **argv);

/** For a subcommand without operands: refuses what is left of argv. */
void command_no_operand(const tool_command *command, int argc, char **argv);

#endif
