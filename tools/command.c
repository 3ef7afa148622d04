/* SPDX-License-Identifier: MIT */
#include "tools/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/report.h"

/** The option that getopt_long() stumbled over, as it was written. */
static const char *culprit(char **argv)
{
    static char text[3] = "-?";

    if (optopt == 0 || strncmp(argv[optind - 1], "--", 2) == 0) {
        return argv[optind - 1];
    }
    text[1] = (char)optopt;
    return text;
}

int command_option(const tool_command *command, int argc, char **argv)
{
    opterr = 0;
    int option =
        getopt_long(argc, argv, command->options, command->long_options, NULL);

    switch (option) {
    case 'h':
        if (command->help == NULL) {
            return option;
        }
        fputs(command->help, stdout);
        exit(EXIT_OK);
    case ':':
        exit(report_usage(command->name, "%s needs a value", culprit(argv)));
    case '?':
        exit(report_usage(command->name, "unknown option %s", culprit(argv)));
    default:
        return option;
    }
}

void command_no_operand(const tool_command *command, int argc, char **argv)
{
    if (optind < argc) {
        exit(report_usage(command->name, "unexpected '%s'", argv[optind]));
    }
}
