# SPDX-License-Identifier: MIT
#
# Writes the OpenCL C of a bundle from the expanded source:
#
#     cc -E -undef -nostdinc -D__OPENCL_VERSION__=120 NAME.c -o NAME.i
#     awk -f clc.awk NAME.i > NAME.cl
#
# Drivers then need no header and no variadic macros, which some refuse. Lines
# keep their numbers by #line. What needs an extension stands between #ifdef
# and #endif, so that a device without it has the bundle's other kernels.

function fail(at, sentence) {
    print at ": error: " sentence > "/dev/stderr"
    failed = 1
}

# Where a file is, without folders: the text must not tell who built it.
function short(path) {
    if (match(path, /tenon\/kernel(\/[a-z_]*)?\.h$/)) {
        return substr(path, RSTART)
    }
    sub(/^.*\//, "", path)
    return path
}

# Says where the next line stands, or fills a small gap.
function seek(file, line) {
    if (file != out_file || line < out_line || line > out_line + 4) {
        print "#line " line " \"" file "\""
        out_file = file
        out_line = line
    }
    while (out_line < line) {
        print ""
        ++out_line
    }
}

# The name that a unit at file scope defines: of a function, type or table.
function defined_name(text,    words, count) {
    gsub(/__attribute__ *\(\([a-z_, ]*(\([^()]*\))?\)\)/, "", text)
    if (text ~ /^[ \t]*typedef/) {
        sub(/ *;[ \t]*$/, "", text)
    } else {
        sub(/[[({=].*/, "", text)
    }
    gsub(/[^A-Za-z0-9_]+/, " ", text)
    sub(/ $/, "", text)
    count = split(text, words, " ")
    return words[count]
}

function uses(text, word) {
    return text ~ ("(^|[^A-Za-z0-9_])" word "([^A-Za-z0-9_]|$)")
}

# What a unit needs by itself, or since it uses a name that needs it.
function needs(text, extension,    name) {
    if (extension == "cl_khr_fp64" && uses(text, "double")) {
        return 1
    }
    if (extension == "cl_khr_int64_base_atomics" &&
        uses(text, "atom_(add|xchg|cmpxchg)")) {
        return 1
    }
    if (extension == "cl_khr_int64_extended_atomics" &&
        uses(text, "atom_(min|max)")) {
        return 1
    }
    for (name in needing) {
        if (index(needing[name], extension) && uses(text, name)) {
            return 1
        }
    }
    return 0
}

function flush(    i, k, count, guards, extension) {
    if (units == 0) {
        return
    }
    for (i = 1; i <= extensions; ++i) {
        if (needs(unit, known[i])) {
            guards = guards " " known[i]
        }
    }
    count = split(guards, extension, " ")
    if (count > 0) {
        needing[defined_name(unit)] = guards
    }
    for (i = 1; i <= count; ++i) {
        print "#ifdef " extension[i]
        print "#pragma OPENCL EXTENSION " extension[i] " : enable"
        out_file = ""
    }
    for (k = 1; k <= units; ++k) {
        seek(files[k], lines[k])
        print texts[k]
        ++out_line
    }
    for (i = count; i >= 1; --i) {
        print "#endif"
        out_file = ""
    }
    unit = ""
    units = 0
}

# Follows the braces of a line, and where its TN_SHARED stand.
function follow(text, at,    token) {
    while (match(text, /[{}]|__local[^A-Za-z0-9_]/)) {
        token = substr(text, RSTART, 1)
        depth += token == "{" ? 1 : token == "}" ? -1 : 0
        if (token == "_" && depth != 1) {
            fail(at, "TN_SHARED stands within inner braces; OpenCL C has" \
                " group memory at the beginning of a kernel only")
        }
        text = substr(text, RSTART + RLENGTH)
    }
}

BEGIN {
    extensions = split("cl_khr_fp64 cl_khr_int64_base_atomics" \
        " cl_khr_int64_extended_atomics", known, " ")
}
# A line marker of the preprocessor: # 12 "file.c"
/^# [0-9]+ "/ {
    line = $2 - 1
    path = $0
    sub(/^[^"]*"/, "", path)
    sub(/".*$/, "", path)
    next
}
{
    ++line
}
/^[ \t]*$/ {
    next
}
{
    gsub(/[ \t]+$/, "")
    files[++units] = short(path)
    lines[units] = line
    texts[units] = $0
    unit = unit $0 "\n"
    follow($0, path ":" line)
}
depth == 0 && /([;}]|^#.*)$/ {
    flush()
}
END {
    flush()
    if (failed) {
        exit 1
    }
}
