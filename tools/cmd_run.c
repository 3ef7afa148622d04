/* SPDX-License-Identifier: MIT */
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
static int report_run(const tool_run *run)
{
    char *description = run_describe(run);

    if (description == NULL) {
        return report_error(EXIT_FAILED, "no memory for the device's name");
    }
    run_report(run, description, run->median, run->least);
    free(description);
    return EXIT_OK;
}

static int run_once(tool_run *run)
{
    int code = run_launch(run);

    if (code == EXIT_OK) {
        code = store(run);
    }
    if (code == EXIT_OK) {
        code = report_run(run);
    }
    return code;
}

int cmd_run(int argc, char **argv)
{
    tool_run run = {.tolerance = -1};
    int code = run_parse(&run, argc, argv);

    if (code == EXIT_OK) {
        code = run.compare_count > 0 ? run_compare(&run) : run_once(&run);
    }
    run_close(&run);
    for (size_t i = 0; i < run.count; ++i) {
        argument_free(&run.arguments[i]);
    }
    free(run.arguments);
    free(run.options);
    free(run.compare);
    free(run.compare_text);
    return code;
}
