/* SPDX-License-Identifier: MIT */
/* common/beneath.c: with openat2() and without, where a name may lead. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "common/beneath.h"
#include "tests/unit/suite.h"

typedef int (*opener)(int folder, const char *name, int flags);

static const opener openers[] = {tn_open_beneath, tn_walk_beneath};

/* What a file of the folder "in" holds, or why it was not opened. */
static const char *content(opener open_it, const char *name)
{
    static char text[32];
    int folder = open(suite_path("in"), O_PATH | O_DIRECTORY | O_CLOEXEC);
    int file = open_it(folder, name, O_RDONLY | O_CLOEXEC);
    int error = errno;
    ssize_t bytes = file >= 0 ? read(file, text, sizeof text - 1) : -1;

    close(folder);
    if (file < 0) {
        return strerror(error);
    }
    close(file);
    text[bytes > 0 ? bytes : 0] = '\0';
    return bytes >= 0 ? text : "unreadable";
}

#define HOLDS(name, expected)                                                  \
    for (size_t i = 0; i < sizeof openers / sizeof openers[0]; ++i) {          \
        SAME(content(openers[i], name), expected);                             \
    }

static void files_of_the_folder_are_opened(void)
{
    suite_write("in/a", "a");
    suite_write("in/sub/b", "b");
    HOLDS("a", "a");
    HOLDS("./sub//b", "b");
    HOLDS("sub/../a", "a");
    HOLDS("sub", "unreadable");
    HOLDS("none", strerror(ENOENT));
    HOLDS("a/b", strerror(ENOTDIR));
}

static void links_within_the_folder_are_followed(void)
{
    suite_write("in/sub/b", "b");
    suite_link("sub", "in/folder");
    suite_link("../sub/./b", "in/sub/link");
    suite_link("folder/link", "in/link");
    HOLDS("folder/b", "b");
    HOLDS("link", "b");
}

static void nothing_leads_out(void)
{
    suite_write("in/sub/b", "b");
    suite_write("out", "out");
    suite_link("../out", "in/link");
    suite_link("..", "in/folder");
    suite_link(suite_path("in/sub/b"), "in/whole");
    suite_link("ring", "in/ring");
    HOLDS("../out", strerror(EXDEV));
    HOLDS("sub/../../out", strerror(EXDEV));
    HOLDS("/etc/passwd", strerror(EXDEV));
    HOLDS("link", strerror(EXDEV));
    HOLDS("folder/out", strerror(EXDEV));
    HOLDS("whole", strerror(EXDEV));
    HOLDS("ring", strerror(ELOOP));
}

static void long_ways_end(void)
{
    char name[2 * PATH_MAX];

    suite_mkdir("in");
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    HOLDS(name, strerror(ENAMETOOLONG));
    HOLDS("", strerror(ENOENT));
}

#define TESTS(X)                                                               \
    X(files_of_the_folder_are_opened)                                          \
    X(links_within_the_folder_are_followed)                                    \
    X(nothing_leads_out)                                                       \
    X(long_ways_end)

SUITE_MAIN("beneath", TESTS)
