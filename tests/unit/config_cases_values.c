/* SPDX-License-Identifier: MIT */
#include "tests/unit/config_cases.h"

#define RUNTIME(line)                                                          \
    {                                                                          \
        PUT(APP, "[runtime]\n" line "\n")                                      \
    }
#define BACKEND(line)                                                          \
    {                                                                          \
        PUT(APP, "[backend a]\n" line "\n")                                    \
    }
#define SAYS(line) "app.ini:2: " line ": "
#define KEPT(line) "[runtime] " line " (app.ini:2)"
#define KEPT_BACKEND(line) "[backend a] " line " (app.ini:2)"
#define LEVELS "takes off, error, warning, info or debug"
#define YES_OR_NO "takes yes or no"
#define LETTERS "a backend's name is lower case letters, digits, _ and -"
#define OR_AUTO "name one or more backends (backend = cuda, cpu), or auto"
#define NUMBER "takes a whole number from -1000 to 1000"
#define WHICH                                                                  \
    "takes an index, a kind (gpu, cpu, accelerator), a UUID, a PCI address "   \
    "or "                                                                      \
    "part of a name"
#define FOLDERS "takes folders by their whole paths, which begin with /"
#define A_PLUGIN                                                               \
    "takes a file's name in the plugin folders, or a whole path, which "       \
    "begins "                                                                  \
    "with /"
#define A50 "aaaaaaaaaa aaaaaaaaaa aaaaaaaaaa aaaaaaaaaa aaaaaa "

static const config_case cases[] = {
    /* ---- log ---- */

    {"off", RUNTIME("log = off"), TN_OK, KEPT("log = off")},
    {"error", RUNTIME("log = error"), TN_OK, KEPT("log = error")},
    {"warning", RUNTIME("log = warning"), TN_OK, KEPT("log = warning")},
    {"debug", RUNTIME("log = debug"), TN_OK, KEPT("log = debug")},
    {"an unknown level", RUNTIME("log = loud"), TN_ERROR_CONFIG,
     SAYS("log = loud") LEVELS},
    {"a level that is near", RUNTIME("log = debgu"), TN_ERROR_CONFIG,
     SAYS("log = debgu") LEVELS " (did you mean debug?)"},
    {"a level in upper case", RUNTIME("log = Info"), TN_ERROR_CONFIG,
     SAYS("log = Info") LEVELS " (did you mean info?)"},
    {"a level as a number", RUNTIME("log = 3"), TN_ERROR_CONFIG,
     SAYS("log = 3") LEVELS},
    {"no level", RUNTIME("log ="), TN_ERROR_CONFIG, SAYS("log = ") LEVELS},
    {"two levels", RUNTIME("log = info, debug"), TN_ERROR_CONFIG,
     SAYS("log = info, debug") LEVELS},
    {"a level of the environment",
     {SET("TENON_LOG", "trace")},
     TN_ERROR_CONFIG,
     "TENON_LOG: log = trace: " LEVELS},
    {"a level with a newline",
     {SET("TENON_LOG", "info\ndebug")},
     TN_ERROR_CONFIG,
     "TENON_LOG: log = info debug: " LEVELS},
    {"a level with blanks",
     {SET("TENON_LOG", " info")},
     TN_ERROR_CONFIG,
     "TENON_LOG: log =  info: " LEVELS " (did you mean info?)"},

    /* ---- yes and no ---- */

    {"yes", RUNTIME("fallback = yes"), TN_OK, KEPT("fallback = yes")},
    {"no", RUNTIME("fallback = no"), TN_OK, KEPT("fallback = no")},
    {"true", RUNTIME("fallback = true"), TN_OK, KEPT("fallback = true")},
    {"FALSE", RUNTIME("fallback = FALSE"), TN_OK, KEPT("fallback = FALSE")},
    {"on", RUNTIME("fallback = on"), TN_OK, KEPT("fallback = on")},
    {"Off", RUNTIME("fallback = Off"), TN_OK, KEPT("fallback = Off")},
    {"1", RUNTIME("fallback = 1"), TN_OK, KEPT("fallback = 1")},
    {"0", RUNTIME("fallback = 0"), TN_OK, KEPT("fallback = 0")},
    {"2", RUNTIME("fallback = 2"), TN_ERROR_CONFIG,
     SAYS("fallback = 2") YES_OR_NO},
    {"y", RUNTIME("fallback = y"), TN_ERROR_CONFIG,
     SAYS("fallback = y") YES_OR_NO},
    {"perhaps", RUNTIME("strict = perhaps"), TN_ERROR_CONFIG,
     SAYS("strict = perhaps") YES_OR_NO},
    {"neither yes nor no", RUNTIME("strict ="), TN_ERROR_CONFIG,
     SAYS("strict = ") YES_OR_NO},
    {"yes and no", RUNTIME("strict = yes no"), TN_ERROR_CONFIG,
     SAYS("strict = yes no") YES_OR_NO},
    {"no of the call",
     {CALL("runtime", "fallback", "nope")},
     TN_ERROR_CONFIG,
     "call: fallback = nope: " YES_OR_NO},

    /* ---- backend ---- */

    {"auto", RUNTIME("backend = auto"), TN_OK, KEPT("backend = auto")},
    {"one", RUNTIME("backend = cpu"), TN_OK, KEPT("backend = cpu")},
    {"commas", RUNTIME("backend = cuda,opencl,cpu"), TN_OK,
     KEPT("backend = cuda,opencl,cpu")},
    {"blanks", RUNTIME("backend = cuda opencl\tcpu"), TN_OK,
     KEPT("backend = cuda opencl\tcpu")},
    {"both, and too many", RUNTIME("backend = ,cuda,, cpu ,"), TN_OK,
     KEPT("backend = ,cuda,, cpu ,")},
    {"one that nobody knows yet", RUNTIME("backend = acme"), TN_OK,
     KEPT("backend = acme")},
    {"a comment behind a list", RUNTIME("backend = cuda, cpu ; in order"),
     TN_OK, KEPT("backend = cuda, cpu")},
    {"none", RUNTIME("backend ="), TN_ERROR_CONFIG, SAYS("backend = ") OR_AUTO},
    {"commas alone", RUNTIME("backend = , ,"), TN_ERROR_CONFIG,
     SAYS("backend = , ,") OR_AUTO},
    {"auto and another", RUNTIME("backend = auto, cpu"), TN_ERROR_CONFIG,
     SAYS("backend = auto, cpu") "auto stands alone"},
    {"another and auto", RUNTIME("backend = cpu auto"), TN_ERROR_CONFIG,
     SAYS("backend = cpu auto") "auto stands alone"},
    {"auto twice", RUNTIME("backend = auto auto"), TN_ERROR_CONFIG,
     SAYS("backend = auto auto") "auto stands alone"},
    {"one twice, where the first place counts",
     RUNTIME("backend = cpu, cuda, cpu"), TN_OK,
     KEPT("backend = cpu, cuda, cpu")},
    {"upper case", RUNTIME("backend = CUDA"), TN_ERROR_CONFIG,
     SAYS("backend = CUDA") LETTERS},
    {"semicolons", RUNTIME("backend = cuda;cpu"), TN_ERROR_CONFIG,
     SAYS("backend = cuda;cpu") LETTERS},
    {"quotes", RUNTIME("backend = 'cpu'"), TN_ERROR_CONFIG,
     SAYS("backend = 'cpu'") LETTERS},
    {"a device", RUNTIME("backend = cpu:0"), TN_ERROR_CONFIG,
     SAYS("backend = cpu:0") LETTERS},
    {"a file", RUNTIME("backend = /lib/cpu.so"), TN_ERROR_CONFIG,
     SAYS("backend = /lib/cpu.so") LETTERS},
    {"a comment that is none", RUNTIME("backend = cpu # fast"), TN_ERROR_CONFIG,
     SAYS("backend = cpu # fast") LETTERS},
    {"a list that is too long",
     {SET("TENON_BACKEND", A50 A50 A50 A50 A50 A50)},
     TN_ERROR_CONFIG,
     "TENON_BACKEND: backend = " A50 A50 A50 A50 A50 A50 ": too many backends"},
    {"a wrong name in the environment",
     {SET("TENON_BACKEND", "cpu,GPU")},
     TN_ERROR_CONFIG,
     "TENON_BACKEND: backend = cpu,GPU: " LETTERS},
    {"auto with fallback = no", RUNTIME("backend = auto\nfallback = no"), TN_OK,
     KEPT("backend = auto") "\n[runtime] fallback = no (app.ini:3)"},

    /* ---- folders ---- */

    {"no folder", RUNTIME("plugin_path ="), TN_OK, KEPT("plugin_path = ")},
    {"two folders", RUNTIME("plugin_path = /a:/b c"), TN_OK,
     KEPT("plugin_path = /a:/b c")},
    {"folders that are empty", RUNTIME("kernel_path = :/a::"), TN_OK,
     KEPT("kernel_path = :/a::")},
    {"a folder that is relative", RUNTIME("plugin_path = plugins"),
     TN_ERROR_CONFIG, SAYS("plugin_path = plugins") FOLDERS},
    {"a second folder that is relative", RUNTIME("kernel_path = /a:b"),
     TN_ERROR_CONFIG, SAYS("kernel_path = /a:b") FOLDERS},
    {"home as the shell writes it", RUNTIME("kernel_path = ~/kernels"),
     TN_ERROR_CONFIG, SAYS("kernel_path = ~/kernels") FOLDERS},
    {"a variable as the shell writes it", RUNTIME("kernel_path = $HOME/k"),
     TN_ERROR_CONFIG, SAYS("kernel_path = $HOME/k") FOLDERS},
    {"the shell knows what is relative",
     {SET("TENON_PLUGIN_PATH", "build")},
     TN_OK,
     "[runtime] plugin_path = build (TENON_PLUGIN_PATH)"},
    {"the program knows as well",
     {CALL("runtime", "kernel_path", "build")},
     TN_OK,
     "[runtime] kernel_path = build (call)"},

    /* ---- plugin ---- */

    {"a file's name", BACKEND("plugin = acme.so"), TN_OK,
     KEPT_BACKEND("plugin = acme.so")},
    {"a whole path", BACKEND("plugin = /opt/acme/acme.so"), TN_OK,
     KEPT_BACKEND("plugin = /opt/acme/acme.so")},
    {"no plugin", BACKEND("plugin ="), TN_ERROR_CONFIG,
     SAYS("plugin = ") A_PLUGIN},
    {"a relative path", BACKEND("plugin = plugins/acme.so"), TN_ERROR_CONFIG,
     SAYS("plugin = plugins/acme.so") A_PLUGIN},
    {"a path from here", BACKEND("plugin = ./acme.so"), TN_ERROR_CONFIG,
     SAYS("plugin = ./acme.so") A_PLUGIN},
    {"a relative path of the call",
     {CALL("backend a", "plugin", "build/acme.so")},
     TN_OK,
     "[backend a] plugin = build/acme.so (call)"},

    /* ---- rank ---- */

    {"0", BACKEND("rank = 0"), TN_OK, KEPT_BACKEND("rank = 0")},
    {"the largest", BACKEND("rank = 1000"), TN_OK, KEPT_BACKEND("rank = 1000")},
    {"the smallest", BACKEND("rank = -1000"), TN_OK,
     KEPT_BACKEND("rank = -1000")},
    {"a sign", BACKEND("rank = +5"), TN_OK, KEPT_BACKEND("rank = +5")},
    {"one more", BACKEND("rank = 1001"), TN_ERROR_CONFIG,
     SAYS("rank = 1001") NUMBER},
    {"one less", BACKEND("rank = -1001"), TN_ERROR_CONFIG,
     SAYS("rank = -1001") NUMBER},
    {"beyond 64 bits", BACKEND("rank = 99999999999999999999"), TN_ERROR_CONFIG,
     SAYS("rank = 99999999999999999999") NUMBER},
    {"a fraction", BACKEND("rank = 1.5"), TN_ERROR_CONFIG,
     SAYS("rank = 1.5") NUMBER},
    {"a word", BACKEND("rank = high"), TN_ERROR_CONFIG,
     SAYS("rank = high") NUMBER},
    {"a unit", BACKEND("rank = 5k"), TN_ERROR_CONFIG, SAYS("rank = 5k") NUMBER},
    {"hexadecimal", BACKEND("rank = 0x10"), TN_ERROR_CONFIG,
     SAYS("rank = 0x10") NUMBER},
    {"two signs", BACKEND("rank = --5"), TN_ERROR_CONFIG,
     SAYS("rank = --5") NUMBER},
    {"no rank", BACKEND("rank ="), TN_ERROR_CONFIG, SAYS("rank = ") NUMBER},
    {"a rank with blanks of the call",
     {CALL("backend a", "rank", " 5")},
     TN_ERROR_CONFIG,
     "call: rank =  5: " NUMBER},

    /* ---- device ---- */

    {"an index", BACKEND("device = 3"), TN_OK, KEPT_BACKEND("device = 3")},
    {"a UUID", BACKEND("device = GPU-8f6d2f3b-5d1c-4f0e-9a51-7d2d2b1c4e11"),
     TN_OK, KEPT_BACKEND("device = GPU-8f6d2f3b-5d1c-4f0e-9a51-7d2d2b1c4e11")},
    {"a PCI address", BACKEND("device = 0000:65:00.0"), TN_OK,
     KEPT_BACKEND("device = 0000:65:00.0")},
    {"part of a name", BACKEND("device = H200 NVL"), TN_OK,
     KEPT_BACKEND("device = H200 NVL")},
    {"no device", BACKEND("device ="), TN_ERROR_CONFIG,
     SAYS("device = ") WHICH},

    /* ---- contradictions and several ---- */

    {"two values that are wrong", RUNTIME("log = loud\nstrict = maybe"),
     TN_ERROR_CONFIG,
     SAYS("log = loud") LEVELS "\napp.ini:3: strict = maybe: " YES_OR_NO},
    {"a wrong value that a later source would replace",
     {PUT("etc/tenon.ini", "[runtime]\nlog = loud\n"),
      PUT(APP, "[runtime]\nlog = info\n")},
     TN_ERROR_CONFIG,
     "etc/tenon.ini:2: log = loud: " LEVELS},
    {"a wrong value of control characters", RUNTIME("log = \033[31minfo"),
     TN_ERROR_CONFIG, SAYS("log =  [31minfo") LEVELS},
};

const config_table config_value_cases = CONFIG_TABLE(cases);
