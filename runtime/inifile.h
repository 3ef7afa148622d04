/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Strict reading of INI text through inih. The only file that knows <ini.h>.
 *
 * inih reads leniently: it splits long lines, cuts long section names, takes
 * an indented line for more of the value above. This reader refuses what inih
 * would mangle, so that the result is the same with any build of inih.
 */
#ifndef TENON_RUNTIME_INIFILE_H
#define TENON_RUNTIME_INIFILE_H

#include <stddef.h>

/** Longest line and section name, without newline and brackets. */
#define TN_INIFILE_LINE 198
#define TN_INIFILE_SECTION 48

/**
 * Whoever reads: `section` gets each section that begins, `entry` each setting
 * in it, `problem` each bad line.
 */
typedef struct tn_inifile_reader {
    void (*section)(void *data, const char *section, unsigned line);
    void (*entry)(void *data, const char *section, const char *key,
                  const char *value, unsigned line);
    void (*problem)(void *data, unsigned line, const char *sentence);
    void *data;
} tn_inifile_reader;

/**
 * Reads INI text from its first to its last line; a bad line is reported and
 * left out, a bad section with all of its keys.
 *
 * @param text  size bytes; may begin with a byte order mark, lines may end in
 *              CR LF
 */
void tn_inifile_read(const char *text, size_t size,
                     const tn_inifile_reader *reader);

#endif
