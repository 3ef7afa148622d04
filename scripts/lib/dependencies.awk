# SPDX-License-Identifier: MIT
#
# Reads the list of sources, then each of them, and prints a finding for every
# #include that the layout does not allow: docs/architecture.md has the rules
# in words, this file has them in force.

BEGIN {
    # Which folders a folder may include, besides itself. plugins/ stands for
    # each plugin alone; what is not here (tests/) may include anything.
    may["include"] = ""
    may["common"] = "include"
    may["runtime"] = "include common"
    may["plugins"] = "include common"
    may["kernels"] = "include"
    may["tools"] = "include common"
    may["examples"] = "include"
    may["bench"] = "include common"

    # Which public headers it may include, where that is not all of them.
    public["common"] = "status.h types.h plugin.h note.h kernel/entry.h"
    public["plugins"] = public["common"] " kernel/cpu.h kernel/signature.h"
    public["kernels"] = "kernel.h"
    public["tools"] = "note.h tenon.h"
    public["examples"] = "tenon.h"
    public["bench"] = "tenon.h"

    # The parts of tenon.h, which others see by that name alone.
    api = "api/base.h api/buffer.h api/bundle.h api/config.h api/device.h " \
        "api/graph.h api/launch.h api/module.h api/runtime.h api/stream.h " \
        "api/values.h"

    # Which public headers a public header may include.
    header["include/tenon/status.h"] = ""
    header["include/tenon/types.h"] = "status.h"
    header["include/tenon/note.h"] = ""
    header["include/tenon/plugin.h"] = "note.h status.h types.h"
    header["include/tenon/tenon.h"] = api
    for (i = split(api, part, " "); i > 0; i--) {
        header["include/tenon/" part[i]] = "status.h types.h " api
    }

    # Headers that need no C library: all that plugin.h and its own may use.
    freestanding = "float.h limits.h stdalign.h stdarg.h stdbool.h stddef.h stdint.h"
    system_of["include/tenon/status.h"] = freestanding
    system_of["include/tenon/types.h"] = freestanding
    system_of["include/tenon/note.h"] = freestanding
    system_of["include/tenon/plugin.h"] = "stddef.h stdint.h"

    # Headers of others with one home each; vendors' are bench/peers' too.
    home["dlfcn.h"] = "common/dl.c"
    home["ini.h"] = "runtime/inifile.c"
    home["libsmartcols.h"] = "tools/"
    home["cuda.h"] = "plugins/"
    home["CL/"] = "plugins/"
}

{ # the list of sources
    known[$0] = 1
    order[++count] = $0
}

END {
    for (i = 1; i <= count; i++) {
        read_source(order[i])
    }
}

function read_source(path,    line, number, name) {
    while ((getline line < path) > 0) {
        number++
        if (line !~ /^[ \t]*#[ \t]*include[ \t]*["<]/) {
            continue
        }
        name = line
        sub(/^[^"<]*["<]/, "", name)
        sub(/[">].*/, "", name)
        judge(path, number, name)
    }
    close(path)
}

function judge(path, number, name,    from, target, to) {
    from = path ~ /^bench\/kernels\// ? "kernels" : folder(path)
    if (!(from in may)) {
        return
    }
    target = ours(path, name)
    if (target == "") {
        judge_system(path, number, name)
        return
    }
    to = folder(target)
    if (plugin(path) != plugin(target) && to == "plugins") {
        finding(path, number, "includes " target ": only a plugin's own " \
            "files may know it; the runtime and plugins meet in plugin.h")
    } else if (to != from && !word(to, may[from])) {
        finding(path, number, "includes " target ": " from "/ may know " \
            list(may[from]))
    } else if (path in header && !word(public_name(target), header[path])) {
        finding(path, number, "includes " target ": this header may know " \
            list(header[path]))
    } else if (path ~ /^include\/tenon\/kernel/ &&
            target ~ /^include\/tenon\/(api\/.*|tenon\.h|plugin\.h)$/) {
        finding(path, number, "includes " target ": kernels know neither " \
            "tenon.h nor plugin.h")
    } else if (to == "include" && from in public &&
            !word(public_name(target), public[from])) {
        finding(path, number, "includes " target ": of the public headers, " \
            from "/ may know " list(public[from]))
    }
}

function judge_system(path, number, name,    pattern) {
    if (path in system_of && !word(name, system_of[path])) {
        finding(path, number, "includes <" name ">: this header may know " \
            list(system_of[path]))
    }
    for (pattern in home) {
        if ((name == pattern || pattern ~ /\/$/ && index(name, pattern) == 1) &&
                index(path, home[pattern]) != 1 &&
                !(home[pattern] == "plugins/" && path ~ /^bench\/peers\//)) {
            finding(path, number, "includes <" name ">: only " \
                home[pattern] " may")
        }
    }
}

# The file of ours that an #include names, "" for one of the system's. A name
# is a public header, a path from the top, or a path from the includer.
function ours(path, name,    beside) {
    if (name ~ /^tenon\//) {
        return clean("include/" name)
    }
    beside = path
    sub(/[^\/]*$/, "", beside)
    beside = clean(beside name)
    if (beside in known || name ~ /^\./) {
        return folder(beside) in may ? beside : ""
    }
    name = clean(name)
    return folder(name) in may && name ~ /\// ? name : ""
}

# Takes "x/../" and "./" out of a path.
function clean(path) {
    while (sub(/(^|\/)\.\//, "/", path) ||
           sub(/[^\/.][^\/]*\/\.\.\//, "", path)) {
    }
    gsub(/\/\/+/, "/", path)
    sub(/^\//, "", path)
    return path
}

function folder(path) {
    sub(/\/.*/, "", path)
    return path
}

# plugins/NAME of a plugin's file, "" for others.
function plugin(path) {
    return match(path, /^plugins\/[^\/]*\//) ? substr(path, 1, RLENGTH) : ""
}

function public_name(path) {
    sub(/^include\/tenon\//, "", path)
    return path
}

function word(one, words) {
    return index(" " words " ", " " one " ") > 0
}

function list(words) {
    if (words == "") {
        return "none of ours"
    }
    gsub(/ /, ", ", words)
    return words " alone"
}

function finding(path, number, sentence) {
    print path ":" number ": " sentence
}
