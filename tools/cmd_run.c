/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>

#include "tools/command.h"
#include "tools/report.h"
#include "tools/run.h"

/* Everything is there before the first file is touched. */
static int store(tool_run *run)
{
    tool_problem problem;

    for (size_t i = 0; i < run->count; ++i) {
        tn_status status = argument_fetch(&run->arguments[i], run->stream,
                                          run->arguments[i].array.data);

        if (status != TN_OK) {
            return report_status(REPORT_WORKING, status);
        }
    }
    for (size_t i = 0; i < run->count; ++i) {
        if (!argument_store(&run->arguments[i], &problem)) {
            return report_error(EXIT_FAILED, "%s", problem.text);
        }
    }
    return EXIT_OK;
}

/* Last, so that an error is the only line. */
static int report_run(tool_run *run)
{
    tn_device_info info = {.size = sizeof info};

    (void)tn_device_info_get(run->device, &info);
    report("%s (%s): %s", tn_device_name(run->device), info.name,
           tn_module_description(run->module));
    if (run->repeat > 0) {
        report("%" PRIu64 " launches, each: median %.3f us, least %.3f us",
               run->repeat, (double)run->median / 1e3,
               (double)run->least / 1e3);
    }
    return EXIT_OK;
}

int cmd_run(int argc, char **argv)
{
    tool_run run = {0};
    int code = run_parse(&run, argc, argv);

    if (code == EXIT_OK) {
        code = run_launch(&run);
    }
    if (code == EXIT_OK) {
        code = store(&run);
    }
    if (code == EXIT_OK) {
        code = report_run(&run);
    }
    run_close(&run);
    for (size_t i = 0; i < run.count; ++i) {
        argument_free(&run.arguments[i]);
    }
    free(run.arguments);
    free(run.options);
    return code;
}
