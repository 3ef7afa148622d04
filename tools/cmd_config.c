/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include <tenon/tenon.h>

#include "tools/command.h"
#include "tools/output.h"
#include "tools/report.h"

static const struct option long_options[] = {
    COMMAND_HELP_OPTION,
    {"check", required_argument, NULL, 'k'},
    {"config", required_argument, NULL, 'c'},
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

static const tool_command self = {
    .name = "config",
    .options = ":hc:",
    .long_options = long_options,
    .help = "usage: tenon config [OPTION...]\n"
            "       tenon config --check FILE\n"
            "\n"
            "Shows every setting, its value and where it comes from: a file "
            "and line,\n"
            "an environment variable, or the default. Opens no plugin.\n"
            "\n"
            "options:\n"
            "  -c, --config FILE  read this INI file too, as an application's\n"
            "      --json         print JSON\n"
            "      --check FILE   only tell each error of this INI file, with "
            "its line;\n"
            "                     exit code 4 if there is one, else 0\n"
            "  -h, --help         this text\n",
};

enum {
    SECTION,
    KEY,
    VALUE,
    ORIGIN,
    COLUMNS
};

static const output_column columns[COLUMNS] = {
    [SECTION] = {"SECTION", 0, SCOLS_JSON_STRING},
    [KEY] = {"KEY", 0, SCOLS_JSON_STRING},
    [VALUE] = {"VALUE", SCOLS_FL_WRAP, SCOLS_JSON_STRING},
    [ORIGIN] = {"ORIGIN", SCOLS_FL_WRAP, SCOLS_JSON_STRING},
};

static void print_settings(const tn_config *config, bool json)
{
    struct libscols_table *table =
        output_table("settings", json, columns, COLUMNS);
    tn_setting setting;

    for (size_t i = 0; i < tn_config_count(config); ++i) {
        if (tn_config_get(config, i, &setting) == TN_OK) {
            struct libscols_line *line = output_line(table, NULL);

            output_cell(line, SECTION, "%s", setting.section);
            output_cell(line, KEY, "%s", setting.key);
            output_cell(line, VALUE, "%s", setting.value);
            output_cell(line, ORIGIN, "%s", setting.origin);
        }
    }
    output_print(table);
}

/* ---- --check ---- */

/* Whether the line tells of that file: "FILE:3: sentence". */
static bool is_about(const char *line, const char *file)
{
    size_t length = strlen(file);

    return strncmp(line, file, length) == 0 && line[length] == ':';
}

/* Of all that is wrong only what this file can be blamed for. */
static int check(const char *file)
{
    const tn_options options = {.size = sizeof options, .file = file};
    tn_config *config = NULL;
    tn_status status = tn_config_open(&options, &config);
    int code = EXIT_OK;

    tn_config_close(config);
    if (status == TN_OK) {
        return EXIT_OK;
    }
    if (status != TN_ERROR_CONFIG && status != TN_ERROR_IO) {
        return report_status(REPORT_OPENING, status);
    }
    const char *log = tn_error_log();
    const char *line = log[0] != '\0' ? log : tn_error_message();
    const char *first = NULL;

    while (*line != '\0') {
        size_t length = strcspn(line, "\n");

        if (is_about(line, file)) {
            if (first != NULL && strncmp(first, line, length) == 0 &&
                first[length] == '\n') {
                break; /* it is a drop-in too, and all of it comes again */
            }
            first = first != NULL ? first : line;
            code = report_error(EXIT_CONFIG, "%.*s", (int)length, line);
        }
        line += length + (line[length] == '\n');
    }
    return code;
}

int cmd_config(int argc, char **argv)
{
    tn_options options = {.size = sizeof options};
    tn_config *config;
    const char *checked = NULL;
    bool json = false;

    for (int option; (option = command_option(&self, argc, argv)) != -1;) {
        if (option == 'c') {
            options.file = optarg;
        } else if (option == 'k') {
            checked = optarg;
        } else {
            json = true;
        }
    }
    command_no_operand(&self, argc, argv);
    if (checked != NULL) {
        return options.file == NULL && !json
                   ? check(checked)
                   : report_usage("config", "--check takes no other option");
    }
    tn_status status = tn_config_open(&options, &config);

    if (status != TN_OK) {
        return report_status(REPORT_OPENING, status);
    }
    print_settings(config, json);
    tn_config_close(config);
    return EXIT_OK;
}
