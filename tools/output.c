/* SPDX-License-Identifier: MIT */
#include "tools/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/report.h"

static void *checked(void *object)
{
    if (object == NULL) {
        exit(report_error(EXIT_FAILED, "no memory for the table"));
    }
    return object;
}

struct libscols_table *output_table(const char *name, bool json,
                                    const output_column *columns, size_t count)
{
    struct libscols_table *table = checked(scols_new_table());

    scols_table_set_name(table, name);
    scols_table_enable_json(table, json);
    for (size_t i = 0; i < count; ++i) {
        struct libscols_column *column = checked(scols_table_new_column(
            table, columns[i].name, 0, columns[i].flags));

        scols_column_set_json_type(column, columns[i].json_type);
    }
    return table;
}

struct libscols_line *output_line(struct libscols_table *table,
                                  struct libscols_line *parent)
{
    return checked(scols_table_new_line(table, parent));
}

void output_cell(struct libscols_line *line, size_t column, const char *format,
                 ...)
{
    char text[2048];
    va_list values;

    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    if (scols_line_set_data(line, column, text) != 0) {
        checked(NULL);
    }
}

void output_print(struct libscols_table *table)
{
    scols_print_table(table);
    scols_unref_table(table);
}
