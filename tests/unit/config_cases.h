/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Cases of configuration, as tables: what lies where, and what is told of it.
 */
#ifndef TENON_TESTS_CONFIG_CASES_H
#define TENON_TESTS_CONFIG_CASES_H

#include <stddef.h>

#include <tenon/status.h>

typedef enum config_step_kind {
    STEP_NONE, /* behind the last one */
    STEP_FILE,
    STEP_LONG, /* text, then `size` times x and the end of the line */
    STEP_LINK,
    STEP_FIFO,
    STEP_FOLDER,
    STEP_MODE, /* who may do what, as of chmod */
    STEP_VARIABLE,
    STEP_CALL /* name is the section of a setting of the call */
} config_step_kind;

/* One thing that is there. A '$' in a target or variable is the folder. */
typedef struct config_step {
    config_step_kind kind;
    const char *name;
    const char *text;
    size_t size;
    const char *key;
} config_step;

#define PUT(name, text)                                                        \
    {                                                                          \
        STEP_FILE, name, text, sizeof(text) - 1, NULL                          \
    }
#define LONG(name, text, count)                                                \
    {                                                                          \
        STEP_LONG, name, text, count, NULL                                     \
    }
#define LINK(target, name)                                                     \
    {                                                                          \
        STEP_LINK, name, target, 0, NULL                                       \
    }
#define FIFO(name)                                                             \
    {                                                                          \
        STEP_FIFO, name, NULL, 0, NULL                                         \
    }
#define FOLDER(name)                                                           \
    {                                                                          \
        STEP_FOLDER, name, NULL, 0, NULL                                       \
    }
#define MODE(name, mode)                                                       \
    {                                                                          \
        STEP_MODE, name, NULL, mode, NULL                                      \
    }
#define SET(variable, value)                                                   \
    {                                                                          \
        STEP_VARIABLE, variable, value, 0, NULL                                \
    }
#define CALL(section, key, value)                                              \
    {                                                                          \
        STEP_CALL, section, value, 0, key                                      \
    }

/** The application's file, which is read where there is one. */
#define APP "app.ini"

enum {
    CONFIG_STEPS = 7
};

typedef struct config_case {
    const char *name;
    config_step steps[CONFIG_STEPS];
    tn_status status;
    /**
     * What is told, the test's folder left out. On failure every problem, one
     * a line. On success every setting that somebody set, "[section] key =
     * value (origin)" each on a line, and before them the files that others may
     * have written.
     */
    const char *told;
} config_case;

typedef struct config_table {
    const config_case *cases;
    size_t count;
} config_table;

#define CONFIG_TABLE(cases)                                                    \
    {                                                                          \
        cases, sizeof(cases) / sizeof *(cases)                                 \
    }

/** Where settings come from, and which of them wins. */
extern const config_table config_source_cases;
/** Files that are none, and files that others may have written. */
extern const config_table config_file_cases;
/** Lines that can be read, and lines that cannot. */
extern const config_table config_line_cases;
/** Sections and keys. */
extern const config_table config_name_cases;
/** Values. */
extern const config_table config_value_cases;

#endif
