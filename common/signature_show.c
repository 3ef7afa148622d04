/* SPDX-License-Identifier: MIT */
/* Signatures as text. */
#include "common/signature.h"

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

const char *tn_signature_show(const tn_parameter *parameter,
                              char text[TN_SIGNATURE_BYTES])
{
    if (parameter->type == TN_TYPE_BUFFER || parameter->type == TN_TYPE_LOCAL) {
        bool sized = parameter->extent[0] != '\0';

        snprintf(text, TN_SIGNATURE_BYTES, "%s %s* %s%s%s%s",
                 direction(parameter), type_name(parameter->element),
                 parameter->name, sized ? " [" : "", parameter->extent,
                 sized ? "]" : "");
    } else if (parameter->type == TN_TYPE_STRUCT) {
        snprintf(text, TN_SIGNATURE_BYTES, "struct:%" PRIu64 " %s",
                 parameter->bytes, parameter->name);
    } else {
        snprintf(text, TN_SIGNATURE_BYTES, "%s %s", type_name(parameter->type),
                 parameter->name);
    }
    return text;
}

/* "a pointer to f32", or "in f32*" where it is known what is done with it. */
static void show_pointer(const tn_parameter *parameter,
                         char text[TN_SIGNATURE_BYTES])
{
    bool known = parameter->element != TN_TYPE_NONE;
    const char *element = known ? type_name(parameter->element) : "";

    if (parameter->type == TN_TYPE_LOCAL || parameter->access != 0) {
        snprintf(text, TN_SIGNATURE_BYTES, "%s %s*", direction(parameter),
                 element);
    } else {
        snprintf(text, TN_SIGNATURE_BYTES, "a pointer%s%s", known ? " to " : "",
                 element);
    }
}

const char *tn_signature_show_code(const tn_parameter *parameter,
                                   char text[TN_SIGNATURE_BYTES])
{
    switch (parameter->type) {
    case TN_TYPE_NONE:
        snprintf(text, TN_SIGNATURE_BYTES, "%" PRIu64 " bytes",
                 parameter->bytes);
        break;
    case TN_TYPE_BUFFER:
    case TN_TYPE_LOCAL:
        show_pointer(parameter, text);
        break;
    case TN_TYPE_STRUCT:
        snprintf(text, TN_SIGNATURE_BYTES, "a struct of %" PRIu64 " bytes",
                 parameter->bytes);
        break;
    default:
        snprintf(text, TN_SIGNATURE_BYTES, "%s", type_name(parameter->type));
    }
    return text;
}
