/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <tenon/tenon.h>

#include "tools/command.h"
#include "tools/output.h"
#include "tools/report.h"

static const struct option long_options[] = {
    COMMAND_HELP_OPTION,
    {"config", required_argument, NULL, 'c'},
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

static const tool_command self = {
    .name = "config",
    .options = ":hc:",
    .long_options = long_options,
    .help = "usage: tenon config [OPTION...]\n"
            "\n"
            "Shows every setting, its value and where it comes from: a file "
            "and line,\n"
            "an environment variable, or the default. Opens no plugin.\n"
            "\n"
            "options:\n"
            "  -c, --config FILE  read this INI file too, as an application's\n"
            "      --json         print JSON\n"
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

int cmd_config(int argc, char **argv)
{
    tn_options options = {.size = sizeof options};
    tn_config *config;
    bool json = false;

    for (int option; (option = command_option(&self, argc, argv)) != -1;) {
        if (option == 'c') {
            options.file = optarg;
        } else {
            json = true;
        }
    }
    command_no_operand(&self, argc, argv);
    tn_status status = tn_config_open(&options, &config);

    if (status != TN_OK) {
        return report_status(REPORT_OPENING, status);
    }
    print_settings(config, json);
    tn_config_close(config);
    return EXIT_OK;
}
