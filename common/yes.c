/* SPDX-License-Identifier: MIT */
#include "common/yes.h"

#include <strings.h>

static const char *const words[] = {"yes", "true",  "on",  "1",
                                    "no",  "false", "off", "0"};

enum {
    WORDS = sizeof words / sizeof words[0]
};

bool tn_yes_read(const char *text, bool *yes)
{
    for (int i = 0; i < WORDS; ++i) {
        if (strcasecmp(text, words[i]) == 0) {
            *yes = i < WORDS / 2;
            return true;
        }
    }
    return false;
}
