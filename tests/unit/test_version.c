/* SPDX-License-Identifier: MIT */
/* One version in the headers, the library and the package. */
#include <stdlib.h>
#include <string.h>

#include <tenon/note.h>
#include <tenon/plugin.h>

#include "tests/unit/suite.h"

static void the_headers_have_the_version_of_the_package(void)
{
    SAME(TN_NOTE_TEXT(TN_VERSION_MAJOR) "." TN_NOTE_TEXT(
             TN_VERSION_MINOR) "." TN_NOTE_TEXT(TN_VERSION_PATCH),
         PACKAGE_VERSION);
}

static void the_library_has_the_version_of_its_headers(void)
{
    SAME(tn_version(), PACKAGE_VERSION);
}

static void the_abi_is_one_number_of_both(void)
{
    CU_ASSERT_EQUAL(TN_PLUGIN_ABI >> 16, TN_PLUGIN_ABI_MAJOR);
    CU_ASSERT_EQUAL(TN_PLUGIN_ABI & 0xffff, TN_PLUGIN_ABI_MINOR);
}

#define TESTS(X)                                                               \
    X(the_headers_have_the_version_of_the_package)                             \
    X(the_library_has_the_version_of_its_headers)                              \
    X(the_abi_is_one_number_of_both)

SUITE_MAIN("version", TESTS)
