/* SPDX-License-Identifier: MIT */
#include "tools/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/report.h"

static void *checked(void *object)
{
    if (object == NULL) {
        exit(report_error(EXIT_FAILED, "no memory for the table"));
    }
    return object;
}

/* ---- wrapping between words, which libsmartcols alone does not -------------- */

/* The least width: that of the longest word. */
static size_t longest_word(const struct libscols_column *column,
                           const char *text, void *data)
{
    size_t longest = 0;

    (void)column;
    (void)data;
    while (*text != '\0') {
        size_t length = strcspn(text, " ");

        longest = length > longest ? length : longest;
        text += length + strspn(text + length, " ");
    }
    return longest;
}

/* Ends the text after the words that fit; returns what is left, or NULL. */
static char *split_line(const struct libscols_column *column, char *text,
                        void *data)
{
    size_t width = scols_column_get_width(column);
    char *space = NULL;

    (void)data;
    if (text == NULL || strlen(text) <= width) {
        return NULL;
    }
    for (char *c = text; *c != '\0'; ++c) {
        if (*c == ' ' && (space == NULL || (size_t)(c - text) <= width)) {
            space = c;
        }
    }
    if (space == NULL) {
        return NULL;
    }
    *space = '\0';
    return space + 1;
}

/* ---- tables --------------------------------------------------------------- */

struct libscols_table *output_table(const char *name, bool json,
                                    const output_column *columns, size_t count)
{
    struct libscols_table *table = checked(scols_new_table());

    scols_table_set_name(table, name);
    scols_table_enable_json(table, json);
    for (size_t i = 0; i < count; ++i) {
        bool array = json && columns[i].json_type == SCOLS_JSON_ARRAY_STRING;
        int flags = columns[i].flags;

        if (!array && (json || isatty(STDOUT_FILENO) == 0)) {
            flags &= ~SCOLS_FL_WRAP; /* a line each, for grep and the like */
        }
        struct libscols_column *column =
            checked(scols_table_new_column(table, columns[i].name, 0, flags));

        if (array) {
            scols_column_set_wrapfunc(column, scols_wrapnl_chunksize,
                                      scols_wrapnl_nextchunk, NULL);
        } else if ((flags & SCOLS_FL_WRAP) != 0) {
            scols_column_set_wrapfunc(column, longest_word, split_line, NULL);
        }
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

const char *output_bytes(uint64_t bytes, char text[OUTPUT_BYTES])
{
    static const char units[] = "KMGTPE";
    double value = (double)bytes / 1024;
    size_t unit = 0;

    if (bytes < 1024) {
        snprintf(text, OUTPUT_BYTES, "%u", (unsigned)bytes);
        return text;
    }
    while (value >= 1024) {
        value /= 1024;
        ++unit;
    }
    snprintf(text, OUTPUT_BYTES, "%.*f %ciB", value < 10 ? 1 : 0, value,
             units[unit]);
    return text;
}

void output_print(struct libscols_table *table)
{
    scols_print_table(table);
    scols_unref_table(table);
}
