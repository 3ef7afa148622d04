# SPDX-License-Identifier: MIT
#
# Finds in a kernel what the compilers cannot, since each target is right for
# itself: a variable of group level that an item loop changes, which is one for
# the group on a CPU and one an item on a GPU; and a store at group level,
# which happens once on a CPU and once an item on a GPU. Used by bundle.awk;
# reads text in which the dialect's macros are not expanded.

# Adds the tokens of a line: names and numbers, operators, brackets.
function add_tokens(text) {
    while (match(text, /^[ \t]+/) || match(text, /^[A-Za-z_0-9.]+/) ||
           match(text, /^(<<=|>>=|->|\+\+|--|[-+*\/%&|^=!<>]=)/) ||
           match(text, /^./)) {
        if (text !~ /^[ \t]/) {
            token[++tokens] = substr(text, 1, RLENGTH)
            token_line[tokens] = line
        }
        text = substr(text, RLENGTH + 1)
    }
}

# A member is no variable: p.x and .x are one token, "p.x" of the variable p.
function variable(text) {
    sub(/\..*/, "", text)
    return text
}

function is_name(text) {
    return text ~ /^[A-Za-z_][A-Za-z0-9_]*$/ &&
        text !~ /^(return|else|case|goto|sizeof|const|volatile|struct|unsigned|signed|static|do|if|for|while|switch)$/
}

function is_type(text) {
    return text ~ /^(tn_[iuf](8|16|32|64)|int|float|double|char|short|long|unsigned|signed|size_t)$/
}

# Behind the bracket that belongs to the one at i.
function behind(i,    depth) {
    do {
        depth += token[i] ~ /^[[({]$/ ? 1 : token[i] ~ /^[])}]$/ ? -1 : 0
        ++i
    } while (depth > 0 && i <= tokens)
    return i
}

# Behind the subscripts and members at i.
function behind_place(i) {
    while (token[i] == "[" || token[i] == "->" || token[i] ~ /^\./) {
        i = token[i] == "[" ? behind(i) : token[i] == "->" ? i + 2 : i + 1
    }
    return i
}

# Whether what is meant is what the name at i points at, or has as a part.
function is_part(i) {
    return behind_place(i + 1) > i + 1
}

function changes(i,    next_token) {
    next_token = token[behind_place(i + 1)]
    return next_token ~ /^([-+*\/%&|^]|<<|>>)?=$/ ||
        next_token ~ /^(\+\+|--)$/ || token[i - 1] ~ /^(\+\+|--)$/
}

# Declares the names of a declaration that begins with the name at i.
function declare(i, level) {
    while (i <= tokens) {
        where[token[i]] = level == "group" && token[i - 1] == "*" ? \
            "pointer" : level
        i = behind_place(i + 1)
        while (token[i] !~ /^[,;)]$/ && i <= tokens) {
            i = token[i] ~ /^[[({]$/ ? behind(i) : i + 1
        }
        if (token[i] != ",") {
            return
        }
        ++i
        while (token[i] == "*") {
            ++i
        }
    }
}

# Whether a declaration's first name is at i: a type stands before it.
function declares(i,    k) {
    k = i - 1
    while (token[k] == "*" || token[k] == "const") {
        --k
    }
    if (k == i - 1) {
        return is_name(token[k]) && token[k] !~ /^TN_/
    }
    return is_type(token[k])
}

# The parameters of a kernel that it may write.
function declare_parameters(head,    parts, words, count, i) {
    count = split(head, parts, ";")
    for (i = 2; i < count; ++i) {
        sub(/\[.*/, "", parts[i]) # its extent
        if (tidy(parts[i]) ~ /^(out|inout|local) /) {
            where[words[split(tidy(parts[i]), words, " ")]] = "memory"
        }
    }
}

function check_item(i,    name) {
    name = variable(token[i])
    if ((where[name] == "group" || (where[name] == "pointer" && !is_part(i))) &&
        changes(i)) {
        fail_at(token_line[i], name " is changed within an item loop or" \
            " TN_ONCE, but declared outside: a GPU has one for each item;" \
            " for one an item write TN_PRIVATE(type, " name ") and TN_MY(" name \
            "), for one of all items add up in TN_SHARED memory or by an" \
            " atomic")
        where[name] = "" # once is enough
    }
}

function check_group(i,    name) {
    name = variable(token[i])
    if (name ~ /^tn_(atomic|store)_/ ||
        ((where[name] == "memory" || (where[name] == "pointer" && is_part(i))) &&
            changes(i))) {
        fail_at(token_line[i], name " stores at group level, which a GPU does" \
            " once an item: put it into TN_ONCE { }")
        where[name] = ""
    }
}

# Looks through the body of a kernel, the tokens; head is as bundle.awk has it.
# Raises dimensions to those of its loops.
function check_body(head,    i, depth, item_depth, pending, level) {
    split("", where)
    declare_parameters(head)
    for (i = 1; i <= tokens; ++i) {
        level = item_depth ? "item" : "group"
        if (token[i] == "{") {
            ++depth
            if (pending) {
                item_depth = depth
                pending = 0
            }
        } else if (token[i] == "}") {
            if (depth-- == item_depth) {
                item_depth = 0
                forget_items()
            }
        } else if (token[i] ~ /^TN_(ITEMS|ONCE|RANGE[23]?|LOCAL_RANGE)$/) {
            pending = 1
            if (token[i] ~ /[23]$/ && substr(token[i], 9) > dimensions) {
                dimensions = substr(token[i], 9)
            }
            if (token[i + 1] == "(") {
                declare_indices(i + 1)
                i = behind(i + 1) - 1
            }
        } else if (is_name(token[i]) && declares(i)) {
            declare(i, declared_as(i, level))
        } else if (item_depth) {
            check_item(i)
        } else {
            check_group(i)
        }
    }
    tokens = 0
}

# TN_SHARED float tile[4]: memory, at whatever level.
function declared_as(i, level,    k) {
    for (k = i - 1; is_name(token[k]) || token[k] == "const"; --k) {
        if (token[k] == "TN_SHARED") {
            return "memory"
        }
    }
    if (level == "item") {
        outer[token[i]] = where[token[i]]
    }
    return level
}

# The first, third and fifth of TN_RANGE3(x, nx, y, ny, z, nz).
function declare_indices(i,    end, number) {
    end = behind(i) - 1
    for (++i; i < end; ++i) {
        if (number % 2 == 0 && is_name(token[i])) {
            outer[token[i]] = where[token[i]]
            where[token[i]] = "item"
        }
        while (i < end && token[i] != ",") {
            i = token[i] ~ /^[[({]$/ ? behind(i) : i + 1
        }
        ++number
    }
}

# What an item loop declared is gone behind it.
function forget_items(    name) {
    for (name in outer) {
        where[name] = outer[name]
    }
    split("", outer)
}
