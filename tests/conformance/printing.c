/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>

#include "tests/conformance/conformance.h"

void printing_begin(printing *of)
{
    fflush(stdout);
    of->file = tmpfile();
    of->output = dup(STDOUT_FILENO);
    if (of->file == NULL || of->output < 0 ||
        dup2(fileno(of->file), STDOUT_FILENO) < 0) {
        perror("conformance: no file for what the plugin prints");
        _exit(1);
    }
}

bool printing_end(printing *of)
{
    fflush(stdout);
    bool printed = lseek(fileno(of->file), 0, SEEK_END) > 0;

    dup2(of->output, STDOUT_FILENO);
    close(of->output);
    fclose(of->file);
    return printed;
}
