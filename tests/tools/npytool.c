/* SPDX-License-Identifier: MIT */
/* Makes and compares .npy files for the tests of the tenon command. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/npy.h"
#include "tools/value.h"

static int usage(void)
{
    fputs("usage: npytool make FILE DTYPE D0,D1... START STEP\n"
          "       npytool check FILE DTYPE D0,D1... START STEP\n"
          "The i-th value is START + i * STEP; check compares every one.\n",
          stderr);
    return 2;
}

static int fail(const char *text)
{
    fprintf(stderr, "npytool: %s\n", text);
    return 1;
}

/* Through text, as a user would give it. */
static bool set_value(npy_array *array, uint64_t index, double value,
                      tool_problem *problem)
{
    uint32_t bytes = value_type_bytes(array->type);
    tn_argument argument;
    char text[64];

    snprintf(text, sizeof text, "%.17g", value);
    if (!value_parse(array->type, text, &argument, problem)) {
        return false;
    }
    memcpy((char *)array->data + index * bytes, &argument.value, bytes);
    return true;
}

static bool make(char **words, npy_array *array, tool_problem *problem)
{
    double start = strtod(words[2], NULL);
    double step = strtod(words[3], NULL);

    array->type = value_type_find(words[0], strlen(words[0]));
    if (array->type == TN_TYPE_NONE ||
        !value_parse_extents(words[1], array->shape, NPY_RANK_LIMIT,
                             &array->rank) ||
        !npy_measure(array)) {
        return problem_set(problem, "%s %s is no array", words[0], words[1]);
    }
    array->data = calloc(1, array->bytes + 1);
    if (array->data == NULL) {
        return problem_set(problem, "no memory");
    }
    for (uint64_t i = 0; i < array->count; ++i) {
        if (!set_value(array, i, start + (double)i * step, problem)) {
            return false;
        }
    }
    return true;
}

static bool compare(const npy_array *array, const npy_array *expected,
                    tool_problem *problem)
{
    uint32_t bytes = value_type_bytes(expected->type);

    if (array->type != expected->type || array->rank != expected->rank ||
        memcmp(array->shape, expected->shape,
               array->rank * sizeof array->shape[0]) != 0) {
        return problem_set(problem, "another dtype or shape");
    }
    for (uint64_t i = 0; i < array->count; ++i) {
        if (memcmp((const char *)array->data + i * bytes,
                   (const char *)expected->data + i * bytes, bytes) != 0) {
            return problem_set(problem, "another value at %llu",
                               (unsigned long long)i);
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    npy_array expected = {0};
    npy_array array = {0};
    tool_problem problem;
    bool done;

    if (argc != 7) {
        return usage();
    }
    if (strcmp(argv[1], "make") == 0) {
        done = make(argv + 3, &expected, &problem) &&
               npy_write(argv[2], &expected, &problem);
    } else if (strcmp(argv[1], "check") == 0) {
        done = make(argv + 3, &expected, &problem) &&
               npy_read(argv[2], &array, &problem) &&
               compare(&array, &expected, &problem);
    } else {
        return usage();
    }
    npy_free(&array);
    npy_free(&expected);
    return done ? 0 : fail(problem.text);
}
