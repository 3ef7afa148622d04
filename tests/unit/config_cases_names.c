/* SPDX-License-Identifier: MIT */
#include "tests/unit/config_cases.h"

#define LINES(text)                                                            \
    {                                                                          \
        PUT(APP, text)                                                         \
    }
#define THERE_ARE "; there are [runtime] and [backend NAME]"
#define RULE                                                                   \
    ": a backend's name is lower case letters, digits, _ and -, a letter "     \
    "first, at most 31"
#define ONCE "remove one"
#define ABC "abcdefghijklmnopqrstuvwxyz"

static const config_case cases[] = {
    /* ---- keys of [runtime] ---- */

    {"letters swapped", LINES("[runtime]\nbackned = cpu\n"), TN_ERROR_CONFIG,
     "app.ini:2: unknown key backned in [runtime] (did you mean backend?)"},
    {"a letter too many", LINES("[runtime]\nfallbback = no\n"), TN_ERROR_CONFIG,
     "app.ini:2: unknown key fallbback in [runtime] (did you mean fallback?)"},
    {"a letter too few", LINES("[runtime]\nstrit = no\n"), TN_ERROR_CONFIG,
     "app.ini:2: unknown key strit in [runtime] (did you mean strict?)"},
    {"another letter", LINES("[runtime]\nlof = info\n"), TN_ERROR_CONFIG,
     "app.ini:2: unknown key lof in [runtime] (did you mean log?)"},
    {"an upper case letter", LINES("[runtime]\nLog = info\n"), TN_ERROR_CONFIG,
     "app.ini:2: unknown key Log in [runtime] (did you mean log?)"},
    {"a - for a _", LINES("[runtime]\nplugin-path = /p\n"), TN_ERROR_CONFIG,
     "app.ini:2: unknown key plugin-path in [runtime] (did you mean "
     "plugin_path?)"},
    {"a plural", LINES("[runtime]\nkernel_paths = /p\n"), TN_ERROR_CONFIG,
     "app.ini:2: unknown key kernel_paths in [runtime] (did you mean "
     "kernel_path?)"},
    {"nothing that is near", LINES("[runtime]\nquux = 1\n"), TN_ERROR_CONFIG,
     "app.ini:2: unknown key quux in [runtime]"},
    {"a key with a blank", LINES("[runtime]\nlog level = info\n"),
     TN_ERROR_CONFIG, "app.ini:2: unknown key log level in [runtime]"},
    {"a key in quotes", LINES("[runtime]\n\"log\" = info\n"), TN_ERROR_CONFIG,
     "app.ini:2: unknown key \"log\" in [runtime]"},
    {"a key of a backend", LINES("[runtime]\nrank = 1\n"), TN_ERROR_CONFIG,
     "app.ini:2: unknown key rank in [runtime]; it belongs to [backend NAME]"},
    {"another key of a backend", LINES("[runtime]\ndevice = 0\n"),
     TN_ERROR_CONFIG,
     "app.ini:2: unknown key device in [runtime]; it belongs to [backend "
     "NAME]"},
    {"two unknown keys", LINES("[runtime]\nlgo = 1\nstritc = 2\n"),
     TN_ERROR_CONFIG,
     "app.ini:2: unknown key lgo in [runtime] (did you mean log?)\n"
     "app.ini:3: unknown key stritc in [runtime] (did you mean strict?)"},
    {"an unknown key twice", LINES("[runtime]\nquux = 1\nquux = 1\n"),
     TN_ERROR_CONFIG,
     "app.ini:2: unknown key quux in [runtime]\n"
     "app.ini:3: unknown key quux in [runtime]"},
    {"an unknown key in a drop-in",
     {PUT("run/conf.d/a.ini", "[runtime]\nlgo = 1\n")},
     TN_ERROR_CONFIG,
     "run/conf.d/a.ini:2: unknown key lgo in [runtime] (did you mean log?)"},
    {"an unknown key of the call",
     {CALL("runtime", "lgo", "1")},
     TN_ERROR_CONFIG,
     "call: unknown key lgo in [runtime] (did you mean log?)"},
    {"a key of control characters", LINES("[runtime]\nl\033[31m = 1\n"),
     TN_ERROR_CONFIG, "app.ini:2: unknown key l [31m in [runtime]"},

    /* ---- keys of [backend NAME] ---- */

    {"a key of a plugin", LINES("[backend acme]\ncolour = red\n"), TN_OK,
     "[backend acme] colour = red (app.ini:2)"},
    {"a key of a plugin without a value", LINES("[backend acme]\ncolour =\n"),
     TN_OK, "[backend acme] colour =  (app.ini:2)"},
    {"a key of a plugin with dots", LINES("[backend acme]\npool.0.mb = 1\n"),
     TN_OK, "[backend acme] pool.0.mb = 1 (app.ini:2)"},
    {"a key of a plugin with a blank", LINES("[backend acme]\na b = 1\n"),
     TN_OK, "[backend acme] a b = 1 (app.ini:2)"},
    {"a key of [runtime] in a backend", LINES("[backend cpu]\nlog = info\n"),
     TN_OK, "[backend cpu] log = info (app.ini:2)"},

    /* ---- sections ---- */

    {"a section that is near", LINES("[runtiem]\nlog = info\n"),
     TN_ERROR_CONFIG,
     "app.ini:1: unknown section [runtiem] (did you mean runtime?)" THERE_ARE},
    {"a section in upper case", LINES("[Runtime]\nlog = info\n"),
     TN_ERROR_CONFIG,
     "app.ini:1: unknown section [Runtime] (did you mean runtime?)" THERE_ARE},
    {"a section with blanks", LINES("[ runtime ]\nlog = info\n"),
     TN_ERROR_CONFIG,
     "app.ini:1: unknown section [ runtime ] (did you mean "
     "runtime?)" THERE_ARE},
    {"a backend that is near", LINES("[bakend cuda]\nrank = 1\n"),
     TN_ERROR_CONFIG,
     "app.ini:1: unknown section [bakend cuda] (did you mean backend "
     "cuda?)" THERE_ARE},
    {"a backend with a dot", LINES("[backend.cpu]\nrank = 1\n"),
     TN_ERROR_CONFIG,
     "app.ini:1: unknown section [backend.cpu] (did you mean backend "
     "cpu?)" THERE_ARE},
    {"a backend alone", LINES("[cpu]\nrank = 1\n"), TN_ERROR_CONFIG,
     "app.ini:1: unknown section [cpu]" THERE_ARE},
    {"a section that is told once", LINES("[quux]\na = 1\nb = 2\nc = 3\n"),
     TN_ERROR_CONFIG, "app.ini:1: unknown section [quux]" THERE_ARE},
    {"a section that is told twice", LINES("[quux]\n[quux]\n"), TN_ERROR_CONFIG,
     "app.ini:1: unknown section [quux]" THERE_ARE "\n"
     "app.ini:2: unknown section [quux]" THERE_ARE},
    {"an empty section that nobody knows", LINES("[quux]\n"), TN_ERROR_CONFIG,
     "app.ini:1: unknown section [quux]" THERE_ARE},
    {"an empty section", LINES("[runtime]\n"), TN_OK, ""},
    {"an unknown section of the call",
     {CALL("runtiem", "log", "info")},
     TN_ERROR_CONFIG,
     "call: unknown section [runtiem] (did you mean runtime?)" THERE_ARE},
    {"a section of the call without a name",
     {CALL("", "log", "info")},
     TN_ERROR_CONFIG,
     "call: unknown section []" THERE_ARE},

    /* ---- names of backends ---- */

    {"no name", LINES("[backend]\nrank = 1\n"), TN_ERROR_CONFIG,
     "app.ini:1: unknown section [backend]" THERE_ARE},
    {"a blank for a name", LINES("[backend ]\nrank = 1\n"), TN_ERROR_CONFIG,
     "app.ini:1: [backend ]" RULE},
    {"two blanks", LINES("[backend  cpu]\nrank = 1\n"), TN_ERROR_CONFIG,
     "app.ini:1: [backend  cpu]" RULE},
    {"a blank behind the name", LINES("[backend cpu ]\nrank = 1\n"),
     TN_ERROR_CONFIG, "app.ini:1: [backend cpu ]" RULE},
    {"upper case", LINES("[backend CPU]\nrank = 1\n"), TN_ERROR_CONFIG,
     "app.ini:1: [backend CPU]" RULE},
    {"a digit first", LINES("[backend 3dfx]\nrank = 1\n"), TN_ERROR_CONFIG,
     "app.ini:1: [backend 3dfx]" RULE},
    {"a - first", LINES("[backend -a]\nrank = 1\n"), TN_ERROR_CONFIG,
     "app.ini:1: [backend -a]" RULE},
    {"a path", LINES("[backend ../a]\nrank = 1\n"), TN_ERROR_CONFIG,
     "app.ini:1: [backend ../a]" RULE},
    {"another script", LINES("[backend caf\xc3\xa9]\nrank = 1\n"),
     TN_ERROR_CONFIG, "app.ini:1: [backend caf\xc3\xa9]" RULE},
    {"two names", LINES("[backend cpu cuda]\nrank = 1\n"), TN_ERROR_CONFIG,
     "app.ini:1: [backend cpu cuda]" RULE},
    {"31 letters", LINES("[backend " ABC "01234]\nrank = 1\n"), TN_OK,
     "[backend " ABC "01234] rank = 1 (app.ini:2)"},
    {"32 letters", LINES("[backend " ABC "012345]\nrank = 1\n"),
     TN_ERROR_CONFIG, "app.ini:1: [backend " ABC "012345]" RULE},
    {"one letter", LINES("[backend a]\nrank = 1\n"), TN_OK,
     "[backend a] rank = 1 (app.ini:2)"},
    {"every kind of character", LINES("[backend a-1_b]\nrank = 1\n"), TN_OK,
     "[backend a-1_b] rank = 1 (app.ini:2)"},

    /* ---- twice ---- */

    {"a key twice", LINES("[runtime]\nlog = info\nlog = error\n"),
     TN_ERROR_CONFIG,
     "app.ini:3: log is set twice in [runtime], first at app.ini:2; " ONCE},
    {"a key twice with one value", LINES("[runtime]\nlog = info\nlog = info\n"),
     TN_ERROR_CONFIG,
     "app.ini:3: log is set twice in [runtime], first at app.ini:2; " ONCE},
    {"a key three times",
     LINES("[runtime]\nlog = info\nlog = info\nlog = info\n"), TN_ERROR_CONFIG,
     "app.ini:3: log is set twice in [runtime], first at app.ini:2; " ONCE
     "\napp.ini:4: log is set twice in [runtime], first at app.ini:2; " ONCE},
    {"a key twice in two parts of a section",
     LINES("[runtime]\nlog = info\n[backend a]\n[runtime]\nlog = info\n"),
     TN_ERROR_CONFIG,
     "app.ini:5: log is set twice in [runtime], first at app.ini:2; " ONCE},
    {"a key of a plugin twice", LINES("[backend a]\nb = 1\nb = 1\n"),
     TN_ERROR_CONFIG,
     "app.ini:3: b is set twice in [backend a], first at app.ini:2; " ONCE},
    {"the same key of two backends",
     LINES("[backend a]\nb = 1\n[backend b]\nb = 2\n"), TN_OK,
     "[backend a] b = 1 (app.ini:2)\n[backend b] b = 2 (app.ini:4)"},
    {"a wrong value, then a right one",
     LINES("[runtime]\nlog = loud\nlog = info\n"), TN_ERROR_CONFIG,
     "app.ini:2: log = loud: takes off, error, warning, info or debug"},
    {"the call sets a key twice",
     {CALL("runtime", "log", "info"), CALL("runtime", "log", "info")},
     TN_ERROR_CONFIG,
     "call: log is set twice in [runtime], first at call; " ONCE},
    {"a key twice in a drop-in",
     {PUT("lib/conf.d/a.ini", "[backend a]\nrank = 1\nrank = 2\n")},
     TN_ERROR_CONFIG,
     "lib/conf.d/a.ini:3: rank is set twice in [backend a], first at "
     "lib/conf.d/a.ini:2; " ONCE},
};

const config_table config_name_cases = CONFIG_TABLE(cases);
