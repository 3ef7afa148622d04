/* SPDX-License-Identifier: MIT */
/*
 * Runs the files of a corpus through a fuzz target once, without libFuzzer.
 * The program's name, replay_NAME, tells which: tests/fuzz/corpus/NAME.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

static bool replay(const char *path)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        return false;
    }
    size_t size = (size_t)ftell(file);
    /* of the very size, so that a sanitizer sees what is read behind it */
    uint8_t *bytes = malloc(size > 0 ? size : 1);

    rewind(file);
    bool done = bytes != NULL && fread(bytes, 1, size, file) == size;

    fclose(file);
    if (done) {
        LLVMFuzzerTestOneInput(bytes, size);
    }
    free(bytes);
    return done;
}

static int is_input(const struct dirent *item)
{
    return item->d_name[0] != '.';
}

int main(int argc, char **argv)
{
    const char *sources = getenv("TN_SRCDIR");
    const char *name = strrchr(argv[0], '_');
    char folder[PATH_MAX];
    struct dirent **inputs = NULL;
    int failures = 0;

    if (argc != 1 || name == NULL) {
        fputs("usage: replay_NAME\n", stderr);
        return 2;
    }
    snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus/%s",
             sources != NULL ? sources : ".", name + 1);
    int count = scandir(folder, &inputs, is_input, alphasort);

    for (int i = 0; i < count; ++i) {
        char path[PATH_MAX + NAME_MAX + 2];

        snprintf(path, sizeof path, "%s/%s", folder, inputs[i]->d_name);
        printf("%s\n", inputs[i]->d_name);
        fflush(stdout); /* the last line names what a crash comes from */
        failures += !replay(path);
        free(inputs[i]);
    }
    free(inputs);
    printf("%d files of %s, %d unread\n", count, folder, failures);
    return count <= 0 || failures > 0;
}
