/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <tenon/tenon.h>

#include "tools/command.h"
#include "tools/report.h"

static const struct option long_options[] = {
    COMMAND_HELP_OPTION,
    {"config", required_argument, NULL, 'c'},
    {NULL, 0, NULL, 0},
};

static const tool_command self = {
    .name = "explain",
    .options = ":hc:",
    .long_options = long_options,
    .help = "usage: tenon explain [OPTION...]\n"
            "\n"
            "Chooses a device as a program would, and tells what was tried and "
            "why each\n"
            "backend was or was not taken.\n"
            "\n"
            "options:\n"
            "  -c, --config FILE  read this INI file too, as an application's\n"
            "  -h, --help         this text\n",
};

int cmd_explain(int argc, char **argv)
{
    tn_options options = {.size = sizeof options, .flags = TN_OPEN_DEFERRED};
    tn_runtime *runtime;
    tn_device *device;
    int code = EXIT_OK;

    while (command_option(&self, argc, argv) != -1) {
        options.file = optarg;
    }
    command_no_operand(&self, argc, argv);
    tn_status status = tn_runtime_open_with(&options, &runtime);

    if (status != TN_OK) {
        return report_status(REPORT_OPENING, status);
    }
    status = tn_device_default(runtime, &device);
    fputs(tn_runtime_explain(runtime), stdout);
    if (status != TN_OK) {
        fflush(stdout);
        code = report_status(REPORT_OPENING, status);
    }
    tn_runtime_close(runtime);
    return code;
}
