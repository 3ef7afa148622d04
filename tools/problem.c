/* SPDX-License-Identifier: MIT */
#include "tools/problem.h"

#include <stdarg.h>
#include <stdio.h>

bool problem_set(tool_problem *problem, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    vsnprintf(problem->text, sizeof problem->text, format, values);
    va_end(values);
    return false;
}
