# SPDX-License-Identifier: MIT
#
# Writes the head and the kernels of bundle.ini from what
# `-E -DTN_EMIT_SIGNATURE` makes of a source, that is, from lines such as
#     tn_kernel sum 256 1 1 1; in f32* a [n]; out f32* partial; u32 n; tn_end
#
#     awk -v bundle=NAME -v source=NAME.c -f rules.awk -f bundle.awk FILE

function fail(sentence) {
    fail_at(line, sentence)
}

function fail_at(number, sentence) {
    print file ":" number ": error: " sentence > "/dev/stderr"
    failed = 1
}

# "in f32 *  a" as it stands in bundle.ini: "in f32* a".
function tidy(text) {
    gsub(/[ \t]+/, " ", text)
    gsub(/ ?\* ?/, "* ", text)
    gsub(/ ?: ?/, ":", text)
    sub(/^ /, "", text)
    sub(/ $/, "", text)
    return text
}

# "(n+1)* m" as "(n + 1) * m", "(n)" as "n".
function tidy_extent(text) {
    gsub(/[-+*\/]/, " & ", text)
    gsub(/[ \t]+/, " ", text)
    gsub(/\( /, "(", text)
    gsub(/ \)/, ")", text)
    sub(/^ /, "", text)
    sub(/ $/, "", text)
    if (text ~ /^\([^()]+\)$/) {
        text = substr(text, 2, length(text) - 2)
    }
    return text
}

function note(sentence) {
    print file ":" line ": note: " sentence > "/dev/stderr"
}

function is_number(text) {
    return text ~ /^[0-9]+$/
}

function write_kernel(text,    parts, head, count, i) {
    count = split(text, parts, ";")
    split(tidy(parts[1]), head, " ")
    if (!is_number(head[2]) || !is_number(head[3]) || !is_number(head[4])) {
        fail("kernel " head[1] ": the size of a group is three plain numbers")
    }
    if (!is_number(head[5]) || head[5] < 1 || head[5] > 16) {
        fail("kernel " head[1] ": an item has 1 to 16 elements, a plain number")
    }
    if (head[1] in seen) {
        fail("kernel " head[1] " is defined twice")
    }
    seen[head[1]] = 1
    ++kernels
    out = out "\n[kernel " head[1] "]\n"
    if (head[2] > 0) {
        out = out "items = " head[2] " " head[3] " " head[4] "\n"
    }
    if (head[5] > 1) {
        out = out "elements = " head[5] "\n"
    }
    head_end = length(out)
    dimensions = head[4] > 1 ? 3 : head[3] > 1 ? 2 : 1
    split("", integers)
    for (i = 2; i < count; ++i) { # the last one is empty
        if (tidy(parts[i]) ~ /^[iu][0-9]+ /) {
            integers[substr(tidy(parts[i]), index(tidy(parts[i]), " ") + 1)] = 1
        }
    }
    for (i = 2; i < count; ++i) {
        write_parameter(head[1], i - 2, parts[i])
    }
}

# Its loops have been seen: a grid of fewer dimensions would leave rows out.
function end_kernel() {
    if (dimensions > 1) {
        out = substr(out, 1, head_end) "dimensions = " dimensions "\n" \
            substr(out, head_end + 1)
    }
}

function member(word) {
    sub(/^[^.]*[.]/, "", word)
    return word
}

# common/extent.h is how it will be read.
function check_extent(of, text,    rest, word, operands) {
    rest = text
    while (match(rest, /[A-Za-z_0-9.]+/)) {
        word = substr(rest, RSTART, RLENGTH)
        rest = substr(rest, RSTART + RLENGTH)
        ++operands
        if (word ~ /^[A-Za-z_0-9]+[.][A-Za-z_]/) {
            fail(of word " is a member of a struct, and no parameter; pass it" \
                " by itself, as in TN_VALUE(tn_i32, " member(word) "), and" \
                " write " member(word))
        } else if (word ~ /^[0-9.]/ && (word !~ /^(0|[1-9][0-9]*)$/ ||
            length(word) > 18)) {
            fail(of word " is no plain number")
        } else if (word !~ /^[0-9.]/ && !(word in integers)) {
            fail(of "the kernel has no integer " word " that is passed by" \
                " value")
        }
    }
    rest = text
    gsub(/[A-Za-z_0-9.]+/, "n", rest)
    gsub(/ /, "", rest)
    while (sub(/\(n\)|n[-+*\/]n/, "n", rest)) {
    }
    if (rest != "n") {
        fail(of "an extent is made of names of integers, numbers, + - * / and" \
            " parentheses")
    } else if (text ~ /\/ 0( |\)|$)/) {
        fail(of "divides by 0")
    } else if (operands > 16 || length(text) > 127) {
        fail(of "an extent has at most 16 names and numbers, and 127 characters")
    }
}

function write_parameter(kernel, number, text,    words, name, extent) {
    if (match(text, /\[.*\]/)) {
        extent = tidy_extent(substr(text, RSTART + 1, RLENGTH - 2))
        text = substr(text, 1, RSTART - 1)
    }
    text = tidy(text)
    sub(/^TN_SIGNATURE_/, "", text)
    if (text == "" || text == "TOO_MANY") {
        fail("kernel " kernel ": a kernel has 1 to 32 parameters")
    } else if (match(text, /TN_TYPE_OF_[A-Za-z0-9_]*/)) {
        fail("kernel " kernel ": " substr(text, RSTART + 11, RLENGTH - 11) \
            " is no type of a parameter; tn_i8 to tn_f64, int, float and" \
            " double are")
    } else if (text !~ /^((in|out|inout|local) [iuf][0-9]+\*|[iuf][0-9]+|struct:[0-9]+) [A-Za-z_][A-Za-z0-9_]*$/) {
        fail("kernel " kernel ": \"" text "\" is no parameter; write TN_IN," \
            " TN_OUT, TN_INOUT, TN_VALUE, TN_STRUCT or TN_DYNAMIC")
    } else {
        name = words[split(text, words, " ")]
        if (name ~ /^(tn_|TN_)/) {
            fail("kernel " kernel ": the names that begin with tn_ belong to" \
                " tenon/kernel.h; call " name " another")
        }
        if ((kernel, name) in seen) {
            fail("kernel " kernel " has two parameters " name)
        }
        seen[kernel, name] = 1
        if (extent != "") {
            check_extent("kernel " kernel ": " name " [" extent "]: ", extent)
            text = text " [" extent "]"
        } else if (words[1] == "local") {
            note("kernel " kernel ": " name " has no extent, so a launch with" \
                " less memory than it uses is not refused; write TN_DYNAMIC(" \
                "type, " name ", ELEMENTS), 1 where that depends on the grid")
        }
    }
    out = out "arg." number " = " text "\n"
}

# What to write for a function of the C library; "" where nothing is known.
function instead_of(word,    base) {
    base = word
    if (!(base in maths)) {
        sub(/[fl]$/, "", base)
    }
    if (!(base in maths)) {
        return ""
    }
    if (maths[base] == "") {
        return word " has no form in tenon/kernel.h, write your own as a" \
            " TN_FUNCTION"
    }
    return "write " maths[base] " for " word \
        (word == base "f" || maths[base] !~ /tn_/ ? "" : "; it is float's," \
        " and there is none for double")
}

# A name before a "(" is a call, or a function of the author's where a type
# stands before it.
function check_call(word, before,    instead) {
    instead = instead_of(word)
    if (instead == "" || word in own) {
        return
    }
    sub(/[* \t]+$/, "", before)
    if (match(before, /[A-Za-z_][A-Za-z0-9_]*$/) &&
        substr(before, RSTART) !~ /^(return|else|do|case)$/) {
        own[word] = 1
        return
    }
    fail("kernels have no C library: " instead)
    told[word] = 1
}

# The source is compiled as three languages; no name may be a word of another.
function check_words(text,    word, before) {
    # words of a signature: a direction, and the name of a kernel
    gsub(/; *local /, "; ", text)
    gsub(/tn_kernel [A-Za-z0-9_]+/, "", text)
    while (match(text, /[A-Za-z_][A-Za-z0-9_]*/)) {
        word = substr(text, RSTART, RLENGTH)
        before = before substr(text, 1, RSTART - 1)
        text = substr(text, RSTART + RLENGTH)
        if (text ~ /^[ \t]*\(/ && !(word in told)) {
            check_call(word, before)
        }
        before = before word
        if (word in told) {
            continue
        }
        if (word in opencl) {
            fail(word " is a keyword of OpenCL C; choose another name")
        } else if (word in cuda) {
            fail(word " is a keyword of C++, which CUDA is; choose another" \
                " name")
        } else if (word ~ /^u?int(8|16|32|64|max|ptr)_t$/) {
            fail(word " is no type of OpenCL C; tn_i8 to tn_f64 are the same" \
                " on all targets")
        } else {
            continue
        }
        told[word] = 1
    }
}

# Collects the body of a kernel and, at its end, checks it. Returns what stands
# behind it on the line.
function follow_body(text,    taken) {
    while (match(text, /[{}]/)) {
        taken = taken substr(text, 1, RSTART)
        body_depth += substr(text, RSTART, 1) == "{" ? 1 : -1
        text = substr(text, RSTART + 1)
        if (body_depth == 0) {
            add_tokens(taken)
            check_body(head)
            end_kernel()
            in_body = 0
            return text
        }
    }
    add_tokens(taken text)
    return ""
}

BEGIN {
    split("kernel global local constant private half uniform pipe generic" \
        " read_only write_only read_write event_t sampler_t image1d_t" \
        " image2d_t image3d_t", words, " ")
    for (i in words) {
        opencl[words[i]] = 1
    }
    split("alignas alignof and and_eq asm bitand bitor catch char8_t" \
        " char16_t char32_t class compl concept const_cast consteval" \
        " constexpr constinit co_await co_return co_yield decltype delete" \
        " dynamic_cast explicit export friend mutable namespace new noexcept" \
        " not not_eq nullptr operator or or_eq protected public" \
        " reinterpret_cast requires static_assert static_cast template this" \
        " thread_local throw try typeid typename using virtual wchar_t xor" \
        " xor_eq", words, " ")
    for (i in words) {
        cuda[words[i]] = 1
    }
    # of <math.h>, without the f and l of float and long double
    split("acos asin atan atan2 acosh asinh atanh frexp ilogb ldexp logb modf" \
        " scalbn scalbln lgamma tgamma lrint llrint lround llround fmod" \
        " remainder remquo copysign nan nextafter nexttoward signbit isnormal" \
        " fpclassify printf puts malloc calloc realloc free memcpy memmove" \
        " memset memcmp strlen assert abort exit rand", words, " ")
    for (i in words) {
        maths[words[i]] = ""
    }
    split("exp log sin cos tanh erf pow sqrt rsqrt fma floor ceil", words, " ")
    for (i in words) {
        maths[words[i]] = "tn_" words[i]
    }
    maths["fabs"] = "tn_abs"
    maths["fmin"] = "tn_min"
    maths["fmax"] = "tn_max"
    maths["abs"] = maths["labs"] = maths["llabs"] = "x < 0 ? -x : x"
    maths["tan"] = "tn_sin(x) / tn_cos(x)"
    maths["sinh"] = "0.5f * (tn_exp(x) - tn_exp(-x))"
    maths["cosh"] = "0.5f * (tn_exp(x) + tn_exp(-x))"
    maths["exp2"] = "tn_exp(0.693147181f * x)"
    maths["expm1"] = "tn_exp(x) - 1.0f"
    maths["log2"] = "1.44269504f * tn_log(x)"
    maths["log10"] = "0.434294482f * tn_log(x)"
    maths["log1p"] = "tn_log(1.0f + x)"
    maths["erfc"] = "1.0f - tn_erf(x)"
    maths["cbrt"] = "tn_pow(x, 1.0f / 3.0f)"
    maths["hypot"] = "tn_sqrt(x * x + y * y)"
    maths["fdim"] = "tn_max(x - y, 0.0f)"
    maths["trunc"] = "x < 0.0f ? tn_ceil(x) : tn_floor(x)"
    maths["round"] = maths["rint"] = maths["nearbyint"] = "tn_floor(x + 0.5f)"
    maths["isnan"] = "x != x"
    maths["isinf"] = "tn_abs(x) == TN_INFINITY"
    maths["isfinite"] = "tn_abs(x) < TN_INFINITY"
}
# A line marker of the preprocessor: # 12 "file.c" 1 3. 1 begins a file, 3 says
# that it is the system's.
/^# [0-9]+ "/ {
    flags = $0
    sub(/^.*"/, "", flags)
    from = file
    from_line = line
    line = $2 - 1
    file = $0
    sub(/^[^"]*"/, "", file)
    sub(/".*$/, "", file)
    was_system = in_system
    in_system = flags ~ / 3/
    if (in_system && !was_system && flags ~ / 1/ && from !~ /^</ &&
        file !~ /tenon\/kernel/) {
        header = file
        file = from
        fail_at(from_line + 1, "kernels have no C library: leave out " header \
            ", tenon/kernel.h is all there is")
        file = header
    }
    next
}
{
    ++line
}
!/^[ \t]*#/ && !in_system {
    check_words($0)
}
in_body {
    $0 = follow_body($0)
}
/(^|[^A-Za-z0-9_])tn_kernel / {
    text = ""
    collecting = 1
}
collecting {
    text = text " " $0
}
collecting && /; *tn_end/ {
    collecting = 0
    # several may stand on one line
    while (match(text, /tn_kernel [^;]*;/)) {
        text = substr(text, RSTART + 10)
        match(text, /; *tn_end/)
        head = substr(text, 1, RSTART)
        text = substr(text, RSTART + RLENGTH)
        write_kernel(head)
        in_body = 1
        text = follow_body(text)
    }
}

END {
    if (kernels == 0 && !failed) {
        fail_at(line > 0 ? line : 1, "there is no kernel in it: write TN_KERNEL(...)")
    }
    if (failed) {
        exit 1
    }
    print "; made from " source
    print "[bundle]\nformat = 1\nname = " bundle
    printf "%s", out
}
