# SPDX-License-Identifier: MIT
#
# Gives each kernel of a PTX file the group size that its bundle.ini says:
#
#     awk -f ptx.awk bundle.ini NAME.ptx
#
# clang's launch_bounds become .maxntid, the most items that a group may have;
# .reqntid says how many it has in each dimension.

FNR == NR {
    if (/^\[/) {
        kernel = /^\[kernel / ? $2 : ""
        sub(/\]/, "", kernel)
    } else if (/^items = / && kernel != "") {
        size["tn_k_" kernel] = $3 ", " $4 ", " $5
    }
    next
}
/^\.visible \.entry / {
    entry = $3
    sub(/\(.*/, "", entry)
}
/^\.maxntid / && entry in size {
    print ".reqntid " size[entry]
    next
}
{
    print
}
