# SPDX-License-Identifier: MIT
#
# A table in Markdown of what `tenon bench --json` prints, with the goals of a
# backend:
#
#     tenon bench -b BACKEND --json | awk -v backend=BACKEND -f table.awk
#
# Its columns are those of bench/measure.c.

BEGIN {
    # goal[backend, measure, bytes, peer]: ours / peer, at most
    gib = 1073741824
    goal["cuda", "submit", "", "CUDA driver"] = 1.01
    goal["cuda", "graph", "", "CUDA driver"] = 0.3
    goal["cuda", "graph", "", "its own graph"] = 1.02
    goal["cuda", "allocate", 1048576, "CUDA driver"] = 0.01
    goal["cuda", "allocate", 1048576, "its stream-ordered pool"] = 0.5
    goal["cuda", "copy to, pageable", gib, "CUDA driver"] = 0.2
    goal["cuda", "copy from, pageable", gib, "CUDA driver"] = 0.5
    goal["cuda", "load, known text", "", "CUDA driver"] = 0.02
    goal["cpu", "graph", "", "not recorded"] = 0.5
    goal["opencl", "graph", "", "OpenCL"] = 1
    # pageable copies against the driver's of pinned memory
    beside_pinned["cuda"] = 1 / 0.85

    print "| case | peer | median us, ours | peer's | ratio (95 %) " \
        "| of means | of p99 | p99 us, ours | peer's | max us, ours " \
        "| peer's | goal | |"
    print "|---|---|---|---|---|---|---|---|---|---|---|---|---|"
}

# One key a line: "name": value,
/^ *"[a-z0-9-]+":/ && !/\[$/ {
    key = $1
    gsub(/[":]/, "", key)
    value = $0
    sub(/^[^:]*: */, "", value)
    sub(/,$/, "", value)
    gsub(/"/, "", value)
    row[key] = value == "null" ? "" : value
}

/^ *}/ && "measure" in row {
    print_row()
    split("", row)
}

END {
    if (backend in beside_pinned && pageable > 0 && pinned > 0) {
        ratio = pageable / pinned
        printf "| copy to, pageable, 1 GiB | CUDA driver, pinned | %s | %s " \
            "| %.4f | | | | | | | %s |\n", us(pageable), us(pinned), ratio, \
            judged(ratio, beside_pinned[backend])
    }
}

function us(nanoseconds) {
    return sprintf("%.2f", nanoseconds / 1000)
}

function judged(ratio, limit) {
    return sprintf("ratio %.4g | %s", limit, \
        ratio <= limit ? "met" : "**missed**")
}

function size(bytes) {
    if (bytes == "") {
        return ""
    }
    bytes += 0
    if (bytes >= gib && bytes % gib == 0) {
        return ", " bytes / gib " GiB"
    }
    return bytes >= 1048576 ? ", " bytes / 1048576 " MiB" : \
        ", " bytes / 1024 " KiB"
}

function print_row(    limit) {
    printf "| %s%s | %s | %s |", row["measure"], size(row["bytes"]), \
        row["peer"], us(row["time"])
    if (row["peer"] == "") {
        printf " | | | | %s | | %s | | | |\n", us(row["p99"]), us(row["max"])
        return
    }
    printf " %s | %.4f (%.4f to %.4f) | %.3f | %.3f | %s | %s | %s | %s |", \
        us(row["peer-time"]), row["ratio"], row["low"], row["high"], \
        row["mean"] / row["peer-mean"], row["p99"] / row["peer-p99"], \
        us(row["p99"]), us(row["peer-p99"]), us(row["max"]), \
        us(row["peer-max"])
    if ((backend, row["measure"], row["bytes"], row["peer"]) in goal) {
        limit = goal[backend, row["measure"], row["bytes"], row["peer"]]
        print " " judged(row["ratio"], limit) " |"
    } else {
        print " | |"
    }
    if (row["bytes"] == gib && row["measure"] == "copy to, pageable") {
        pageable = row["time"]
    }
    if (row["bytes"] == gib && row["measure"] == "copy to, pinned") {
        pinned = row["peer-time"]
    }
}
