/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Signatures as text.
 */
#ifndef TENON_TOOLS_CC_SHOW_H
#define TENON_TOOLS_CC_SHOW_H

#include <tenon/tenon.h>

enum {
    CC_SHOWN_BYTES = TN_NAME_BYTES + TN_EXTENT_BYTES + 32
};

/** "in f32* a [n]", "u32 n", as in bundle.ini. @return text */
const char *cc_show_parameter(const tn_parameter *parameter,
                              char text[CC_SHOWN_BYTES]);

/** What code tells of a parameter: "8 bytes", "f32". @return text */
const char *cc_show_code(const tn_parameter *parameter,
                         char text[CC_SHOWN_BYTES]);

#endif
