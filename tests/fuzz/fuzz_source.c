/* SPDX-License-Identifier: MIT */
/*
 * The text of a kernel from anywhere: what is taken has no directive that reads
 * files, also with splices and trigraphs away; what is included from a folder
 * comes from there alone. The input's part 'F' is a file of the folder, 'O' the
 * options.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "plugins/opencl/include.h"
#include "plugins/opencl/options.h"
#include "plugins/opencl/source.h"
#include "tests/fuzz/fuzz.h"

static const char secret[] = "nobody may read this";

enum {
    SECRET_BYTES = sizeof secret - 1
};

/* Takes splices out, as a compiler without trigraphs does. */
static size_t join_lines(const char *text, size_t bytes, char *joined)
{
    size_t used = 0;

    for (size_t i = 0; i < bytes; ++i) {
        if (text[i] == '\\' && i + 1 < bytes && text[i + 1] == '\n') {
            ++i;
        } else {
            joined[used++] = text[i];
        }
    }
    return used;
}

/* A plain reader that knows no comment: `#include` at the start of a line. */
static bool includes_plainly(const char *text, size_t bytes)
{
    bool begins = true;

    for (size_t i = 0; i < bytes; ++i) {
        if (begins && bytes - i >= 8 && memcmp(text + i, "#include", 8) == 0 &&
            (bytes - i == 8 || text[i + 8] == ' ' || text[i + 8] == '<')) {
            return true;
        }
        begins = text[i] == '\n' || (begins && text[i] == ' ');
    }
    return false;
}

static void check(const char *text, size_t bytes)
{
    tn_sentence why = {""};
    char guards[OCL_GUARDS_BYTES];
    tn_status status = ocl_source_check(text, bytes, &why);

    HOLDS(status == TN_OK || status == TN_ERROR_DENIED);
    HOLDS((status == TN_OK) == (why.text[0] == '\0'));
    ocl_source_guards(text, bytes, true, guards);
    HOLDS(memchr(guards, '\0', sizeof guards) != NULL);
    if (status != TN_OK) {
        return;
    }
    char *joined = malloc(bytes + 1);

    HOLDS(joined != NULL);
    HOLDS(!includes_plainly(joined, join_lines(text, bytes, joined)));
    free(joined);
}

static void expand(const char *text, size_t bytes)
{
    char *expanded = NULL;
    size_t expanded_bytes = 0;
    tn_sentence why = {""};
    tn_status status =
        ocl_include_expand(text, bytes, "k.cl", fuzz_path("folder"), &expanded,
                           &expanded_bytes, &why);

    if (status != TN_OK) {
        HOLDS(expanded == NULL && why.text[0] != '\0');
        return;
    }
    HOLDS(memmem(expanded, expanded_bytes, secret, SECRET_BYTES) == NULL);
    check(expanded, expanded_bytes);
    free(expanded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_parts parts = {data, size, '@'};
    const uint8_t *bytes;
    size_t count;
    char part;

    if (size >= SECRET_BYTES &&
        memmem(data, size, secret, SECRET_BYTES) != NULL) {
        return 0; /* it would be found in the right place, too */
    }
    fuzz_write("secret", secret, SECRET_BYTES);
    fuzz_write("folder/a.h", "", 0);
    while (fuzz_next_part(&parts, &part, &bytes, &count)) {
        char *text = malloc(count + 1);

        HOLDS(text != NULL);
        memcpy(text, bytes, count);
        text[count] = '\0';
        if (part == 'F') {
            fuzz_write("folder/a.h", text, count);
        } else if (part == 'O') {
            tn_sentence why;

            (void)ocl_options_check(text, &why);
        } else {
            check(text, count);
            expand(text, count);
        }
        free(text);
    }
    return 0;
}
