# SPDX-License-Identifier: MIT
#
# A table of what tests/kernels/library said on several devices:
#
#     awk -f library.awk FILE...
#
# A row is a kernel, a column a device: the largest error that was found, or
# what is wrong.

FNR == 1 {
    ++devices
}

/^device / {
    sub(/^device /, "")
    device[devices] = $0
}

/^[a-z]+ +[a-z0-9_]+ +(exact|error)/ {
    name = $1 " " $2
    if (!(name in bound)) {
        order[++kernels] = name
    }
    if ($3 == "error") {
        of = $0
        sub(/^.* <= [^ ]+ +of /, "", of)
        sub(/;.*/, "", of)
        gsub(/\|/, "\\|", of)
        bound[name] = $6 " of " of
        found[name, devices] = $4
    } else {
        bound[name] = "exact"
        found[name, devices] = "the same bits"
    }
    if ($0 !~ /: ok$/) {
        found[name, devices] = "**wrong**"
        ++wrong
    }
}

END {
    printf "| kernel | at most |"
    for (d = 1; d <= devices; ++d) {
        printf " %s |", device[d]
    }
    printf "\n|---|---|"
    for (d = 1; d <= devices; ++d) {
        printf "---|"
    }
    print ""
    for (k = 1; k <= kernels; ++k) {
        printf "| %s | %s |", order[k], bound[order[k]]
        for (d = 1; d <= devices; ++d) {
            if (!((order[k], d) in found)) {
                found[order[k], d] = "not run"
                ++wrong
            }
            printf " %s |", found[order[k], d]
        }
        print ""
    }
    printf "\n%d kernels on %d devices, %d wrong or not run\n", kernels,
        devices, wrong + 0
    exit wrong > 0
}
