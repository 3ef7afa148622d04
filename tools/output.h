/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Listings, as a table for people or as JSON for programs.
 */
#ifndef TENON_TOOLS_OUTPUT_H
#define TENON_TOOLS_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libsmartcols.h>

typedef struct output_column {
    const char *name; /**< the header; in lower case the key in JSON */
    int flags;        /**< SCOLS_FL_*; WRAP: between words, on a terminal */
    int json_type;    /**< SCOLS_JSON_*; of an array each line is an element */
} output_column;

/** A table on stdout. Ends the process when there is no memory. */
struct libscols_table *output_table(const char *name, bool json,
                                    const output_column *columns, size_t count);

/** A line of it, under parent or NULL. Ends the process without memory. */
struct libscols_line *output_line(struct libscols_table *table,
                                  struct libscols_line *parent);

/** Sets a cell. One that is never set is null in JSON. */
void output_cell(struct libscols_line *line, size_t column, const char *format,
                 ...) __attribute__((format(printf, 3, 4)));

enum {
    OUTPUT_BYTES = 16
};

/** Bytes for people: "1000", "1.5 KiB". @return text */
const char *output_bytes(uint64_t bytes, char text[OUTPUT_BYTES]);

/** Prints and frees it. */
void output_print(struct libscols_table *table);

#endif
