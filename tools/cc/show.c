/* SPDX-License-Identifier: MIT */
#include "tools/cc/show.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

static const char *type_name(tn_type type)
{
    static const struct {
        tn_type type;
        const char *name;
    } rows[] = {
#define TYPE_ROW(name, number, text, bytes) {TN_TYPE_##name, text},
        TN_TYPE_LIST(TYPE_ROW)
#undef TYPE_ROW
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
        if (rows[i].type == type) {
            return rows[i].name;
        }
    }
    return "?";
}

static const char *direction(const tn_parameter *parameter)
{
    if (parameter->type == TN_TYPE_LOCAL) {
        return "local";
    }
    return parameter->access == TN_ACCESS_READ         ? "in"
           : parameter->access == TN_ACCESS_WRITE      ? "out"
           : parameter->access == TN_ACCESS_READ_WRITE ? "inout"
                                                       : "buffer";
}

const char *cc_show_parameter(const tn_parameter *parameter,
                              char text[CC_SHOWN_BYTES])
{
    if (parameter->type == TN_TYPE_BUFFER || parameter->type == TN_TYPE_LOCAL) {
        bool known = parameter->extent[0] != '\0';

        snprintf(text, CC_SHOWN_BYTES, "%s %s* %s%s%s%s", direction(parameter),
                 type_name(parameter->element), parameter->name,
                 known ? " [" : "", parameter->extent, known ? "]" : "");
    } else if (parameter->type == TN_TYPE_STRUCT) {
        snprintf(text, CC_SHOWN_BYTES, "struct:%" PRIu64 " %s",
                 parameter->bytes, parameter->name);
    } else {
        snprintf(text, CC_SHOWN_BYTES, "%s %s", type_name(parameter->type),
                 parameter->name);
    }
    return text;
}

const char *cc_show_code(const tn_parameter *parameter,
                         char text[CC_SHOWN_BYTES])
{
    if (parameter->type == TN_TYPE_NONE) {
        snprintf(text, CC_SHOWN_BYTES, "%" PRIu64 " bytes", parameter->bytes);
    } else if (parameter->type == TN_TYPE_BUFFER ||
               parameter->type == TN_TYPE_LOCAL) {
        snprintf(text, CC_SHOWN_BYTES, "a pointer%s%s",
                 parameter->element != TN_TYPE_NONE ? " to " : "",
                 parameter->element != TN_TYPE_NONE
                     ? type_name(parameter->element)
                     : "");
    } else if (parameter->type == TN_TYPE_STRUCT) {
        snprintf(text, CC_SHOWN_BYTES, "a struct of %" PRIu64 " bytes",
                 parameter->bytes);
    } else {
        snprintf(text, CC_SHOWN_BYTES, "%s", type_name(parameter->type));
    }
    return text;
}
