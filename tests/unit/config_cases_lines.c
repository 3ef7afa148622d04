/* SPDX-License-Identifier: MIT */
#include "tests/unit/config_cases.h"

#define X20 "xxxxxxxxxxxxxxxxxxxx"
#define X44 X20 X20 "xxxx"
#define X180 X20 X20 X20 X20 X20 X20 X20 X20 X20
#define NEITHER "is neither [section] nor key = value"
#define INDENTED "an indented line; begin it in the first column"
#define TOO_LONG "a line has at most 198 bytes; break it up"
#define NO_TEXT "a NUL byte; this is no text file"
#define MARK "\xEF\xBB\xBF"
#define INFO "[runtime] log = info (app.ini:2)"
#define LINES(text)                                                            \
    {                                                                          \
        PUT(APP, text)                                                         \
    }

static const config_case cases[] = {
    /* ---- how a line may look ---- */

    {"no blanks", LINES("[runtime]\nlog=info\n"), TN_OK, INFO},
    {"many blanks", LINES("[runtime]\nlog \t=\t  info \t\n"), TN_OK, INFO},
    {"no newline at the end", LINES("[runtime]\nlog = info"), TN_OK, INFO},
    {"blanks behind a section", LINES("[runtime]  \nlog = info\n"), TN_OK,
     INFO},
    {"CRLF", LINES("[runtime]\r\nlog = info\r\n"), TN_OK, INFO},
    {"CRLF without the last LF", LINES("[runtime]\r\nlog = info\r"), TN_OK,
     INFO},
    {"a byte order mark", LINES(MARK "[runtime]\nlog = info\n"), TN_OK, INFO},
    {"a byte order mark and CRLF", LINES(MARK "[runtime]\r\nlog = info\r\n"),
     TN_OK, INFO},
    {"a byte order mark alone", LINES(MARK), TN_OK, ""},
    {"newlines alone", LINES("\n\r\n\n"), TN_OK, ""},
    {"comments alone", LINES("; one\n# two\n  ; three\n"), TN_OK, ""},
    {"lines are counted over comments",
     LINES("; one\n\n[runtime]\n# four\nlog = info\n"), TN_OK,
     "[runtime] log = info (app.ini:5)"},
    {"a section twice",
     LINES("[runtime]\nlog = info\n[backend a]\nrank = 1\n[runtime]\n"
           "strict = no\n"),
     TN_OK,
     INFO "\n[runtime] strict = no (app.ini:6)\n"
          "[backend a] rank = 1 (app.ini:4)"},

    /* ---- comments and quotes ---- */

    {"a comment behind a value", LINES("[runtime]\nlog = info ; why\n"), TN_OK,
     INFO},
    {"a comment behind a section", LINES("[runtime] ; why\nlog = info\n"),
     TN_OK, INFO},
    {"a comment needs a blank before it", LINES("[runtime]\nlog = info;why\n"),
     TN_ERROR_CONFIG,
     "app.ini:2: log = info;why: takes off, error, warning, info or debug"},
    {"# begins no comment behind a value",
     LINES("[runtime]\nlog = info # why\n"), TN_ERROR_CONFIG,
     "app.ini:2: log = info # why: takes off, error, warning, info or debug"},
    {"a comment in the place of a value", LINES("[runtime]\nlog = ; why\n"),
     TN_ERROR_CONFIG,
     "app.ini:2: log = : takes off, error, warning, info or debug"},
    {"a comment that ends a key", LINES("[runtime]\nlog ; = info\n"),
     TN_ERROR_CONFIG, "app.ini:2: " NEITHER},
    {"quotes are part of a value", LINES("[runtime]\nlog = \"info\"\n"),
     TN_ERROR_CONFIG,
     "app.ini:2: log = \"info\": takes off, error, warning, info or debug (did "
     "you "
     "mean info?)"},
    {"quotes do not keep a comment in",
     LINES("[runtime]\nplugin_path = \"/a ; b\"\n"), TN_ERROR_CONFIG,
     "app.ini:2: plugin_path = \"/a: takes folders by their whole "
     "paths, which begin with /"},
    {"a backslash is part of a value", LINES("[runtime]\nplugin_path = /a\\\n"),
     TN_OK, "[runtime] plugin_path = /a\\ (app.ini:2)"},
    {"a second = is part of a value", LINES("[backend a]\nfilter = b = c\n"),
     TN_OK, "[backend a] filter = b = c (app.ini:2)"},

    /* ---- no setting ---- */

    {"a word", LINES("[runtime]\nlog\n"), TN_ERROR_CONFIG,
     "app.ini:2: " NEITHER},
    {"a colon", LINES("[runtime]\nlog: info\n"), TN_ERROR_CONFIG,
     "app.ini:2: " NEITHER},
    {"no key", LINES("[runtime]\n= info\n"), TN_ERROR_CONFIG,
     "app.ini:2: a value without a key"},
    {"no section", LINES("log = info\n"), TN_ERROR_CONFIG,
     "app.ini:1: a key before the first [section]"},
    {"no section, and then one", LINES("log = info\n[runtime]\nlog = info\n"),
     TN_ERROR_CONFIG, "app.ini:1: a key before the first [section]"},
    {"an indented setting", LINES("[runtime]\n log = info\n"), TN_ERROR_CONFIG,
     "app.ini:2: " INDENTED},
    {"an indented second line", LINES("[runtime]\nlog = info\n\tdebug\n"),
     TN_ERROR_CONFIG, "app.ini:3: " INDENTED},
    {"an indented section takes its keys along",
     LINES("[runtime]\n [backend a]\nlgo = 1\n"), TN_ERROR_CONFIG,
     "app.ini:2: " INDENTED},
    {"a mark in the second line", LINES("[runtime]\n" MARK "log = info\n"),
     TN_ERROR_CONFIG, "app.ini:2: unknown key " MARK "log in [runtime]"},
    {"two marks", LINES(MARK MARK "[runtime]\nlog = info\n"), TN_ERROR_CONFIG,
     "app.ini:1: a second byte order mark\n"
     "app.ini:2: a key before the first [section]"},
    {"UTF-16", LINES("\xff\xfe[\0r\0]\0\n\0"), TN_ERROR_CONFIG,
     "app.ini:1: " NO_TEXT "\napp.ini:2: " NO_TEXT},
    {"CR alone", LINES("[runtime]\rlog = info\r"), TN_ERROR_CONFIG,
     "app.ini:1: text behind the bracket of a section; put it on its own "
     "line"},
    {"an ELF file", LINES("\x7f\x45\x4c\x46\2\1\1\0\0\0"), TN_ERROR_CONFIG,
     "app.ini:1: " NO_TEXT},
    {"a NUL in a value", LINES("[runtime]\nlog = in\0fo\n"), TN_ERROR_CONFIG,
     "app.ini:2: " NO_TEXT},
    {"a NUL behind the last line", LINES("[runtime]\nlog = info\n\0"),
     TN_ERROR_CONFIG, "app.ini:3: " NO_TEXT},
    {"a NUL in a section takes its keys along",
     LINES("[run\0time]\nlog = info\n"), TN_ERROR_CONFIG,
     "app.ini:1: " NO_TEXT},
    {"JSON", LINES("{\n  \"log\": \"info\"\n}\n"), TN_ERROR_CONFIG,
     "app.ini:1: " NEITHER "\napp.ini:2: " INDENTED "\napp.ini:3: " NEITHER},

    /* ---- sections that are none ---- */

    {"a section without an end", LINES("[runtime\nlog = info\n"),
     TN_ERROR_CONFIG, "app.ini:1: a section needs a closing bracket: [name]"},
    {"a section without a name", LINES("[]\nlog = info\n"), TN_ERROR_CONFIG,
     "app.ini:1: a section without a name"},
    {"text behind a section", LINES("[runtime] log = info\n"), TN_ERROR_CONFIG,
     "app.ini:1: text behind the bracket of a section; put it on its own "
     "line"},
    {"two brackets", LINES("[[runtime]]\nlog = info\n"), TN_ERROR_CONFIG,
     "app.ini:1: text behind the bracket of a section; put it on its own "
     "line"},
    {"a good section after a bad one",
     LINES("[runtime\nlgo = 1\n[runtime]\nlgo = 1\n"), TN_ERROR_CONFIG,
     "app.ini:1: a section needs a closing bracket: [name]\n"
     "app.ini:4: unknown key lgo in [runtime] (did you mean log?)"},

    /* ---- lengths ---- */

    {"197 bytes", LINES("[backend a]\nk = " X180 "xxxxxxxxxxxxx\n"), TN_OK,
     "[backend a] k = " X180 "xxxxxxxxxxxxx (app.ini:2)"},
    {"198 bytes", LINES("[backend a]\nk = " X180 "xxxxxxxxxxxxxx\n"), TN_OK,
     "[backend a] k = " X180 "xxxxxxxxxxxxxx (app.ini:2)"},
    {"198 bytes and CRLF",
     LINES("[backend a]\r\nk = " X180 "xxxxxxxxxxxxxx\r\n"), TN_OK,
     "[backend a] k = " X180 "xxxxxxxxxxxxxx (app.ini:2)"},
    {"199 bytes",
     {LONG(APP, "[backend a]\nk = ", 195)},
     TN_ERROR_CONFIG,
     "app.ini:2: " TOO_LONG},
    {"200 bytes",
     {LONG(APP, "[backend a]\nk = ", 196)},
     TN_ERROR_CONFIG,
     "app.ini:2: " TOO_LONG},
    {"201 bytes",
     {LONG(APP, "[backend a]\nk = ", 197)},
     TN_ERROR_CONFIG,
     "app.ini:2: " TOO_LONG},
    {"202 bytes",
     {LONG(APP, "[backend a]\nk = ", 198)},
     TN_ERROR_CONFIG,
     "app.ini:2: " TOO_LONG},
    {"300 kB",
     {LONG(APP, "[runtime]\nlog = ", 300000)},
     TN_ERROR_CONFIG,
     "app.ini:2: " TOO_LONG},
    {"300 kB in a drop-in",
     {LONG("lib/conf.d/a.ini", "", 300000)},
     TN_ERROR_CONFIG,
     "lib/conf.d/a.ini:1: " TOO_LONG},
    {"300 kB of a comment",
     {LONG(APP, "; ", 300000)},
     TN_ERROR_CONFIG,
     "app.ini:1: " TOO_LONG},
    {"300 kB of a section, which takes its keys along",
     {LONG(APP, "[", 300000)},
     TN_ERROR_CONFIG,
     "app.ini:1: " TOO_LONG},
    {"1 MiB of one line",
     {LONG(APP, "[a]\n", (1 << 20) - 5)},
     TN_ERROR_CONFIG,
     "app.ini:1: unknown section [a]; there are [runtime] and [backend NAME]\n"
     "app.ini:2: " TOO_LONG},
    {"one byte more",
     {LONG(APP, "[a]\n", (1 << 20) - 4)},
     TN_ERROR_CONFIG,
     "app.ini: has 1048577 bytes, at most 1048576 are read"},
    {"a section of 47 bytes", LINES("[xxx" X44 "]\nk = v\n"), TN_ERROR_CONFIG,
     "app.ini:1: unknown section [xxx" X44 "]; there are [runtime] and "
     "[backend NAME]"},
    {"a section of 48 bytes", LINES("[xxxx" X44 "]\nk = v\n"), TN_ERROR_CONFIG,
     "app.ini:1: unknown section [xxxx" X44 "]; there are [runtime] and "
     "[backend NAME]"},
    {"a section of 49 bytes", LINES("[xxxxx" X44 "]\nk = v\n"), TN_ERROR_CONFIG,
     "app.ini:1: a section's name has at most 48 bytes"},
    {"a section of 50 bytes", LINES("[xxxxxx" X44 "]\nk = v\n"),
     TN_ERROR_CONFIG, "app.ini:1: a section's name has at most 48 bytes"},
    {"a section of 51 bytes", LINES("[xxxxxxx" X44 "]\nk = v\n"),
     TN_ERROR_CONFIG, "app.ini:1: a section's name has at most 48 bytes"},
};

const config_table config_line_cases = CONFIG_TABLE(cases);
