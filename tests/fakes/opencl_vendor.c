/* SPDX-License-Identifier: MIT */
/* A driver for the ICD loader that says when it is opened, and is none. */
#include <unistd.h>

__attribute__((constructor)) static void say(void)
{
    static const char line[] = "the vendor's library is opened\n";

    (void)!write(STDOUT_FILENO, line, sizeof line - 1);
}
