/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <CUnit/Basic.h>

#include "common/nearest.h"

/* The best of up to four names. */
static const char *best(tn_nearest *search, const char *wanted, const char *a,
                        const char *b, const char *c)
{
    tn_nearest_init(search, wanted);
    tn_nearest_offer(search, a);
    tn_nearest_offer(search, b);
    tn_nearest_offer(search, c);
    return search->best;
}

static void takes_the_nearest(void)
{
    tn_nearest s;

    CU_ASSERT_STRING_EQUAL(best(&s, "threds", "pin", "threads", "device"),
                           "threads");
    CU_ASSERT_STRING_EQUAL(best(&s, "saxpi", "scale", "saxpy", "sum"), "saxpy");
    CU_ASSERT_STRING_EQUAL(best(&s, "same", "sums", "same", "some"), "same");
    CU_ASSERT_EQUAL(s.distance, 0);
}

static void first_of_equals(void)
{
    tn_nearest s;

    CU_ASSERT_STRING_EQUAL(best(&s, "bat", "cat", "rat", "hat"), "cat");
}

static void swapped_letters_count_once(void)
{
    tn_nearest s;

    CU_ASSERT_STRING_EQUAL(best(&s, "f23", "f32", "f64", "u32"), "f32");
    CU_ASSERT_EQUAL(s.distance, 1);
}

static void nothing_is_near(void)
{
    tn_nearest s;

    CU_ASSERT_STRING_EQUAL(best(&s, "completely", "other", "words", "here"),
                           "");
    CU_ASSERT_STRING_EQUAL(best(&s, "abc", "xbz", "ayz", "xyz"), "");
}

static void short_names_differ_by_one(void)
{
    tn_nearest s;

    CU_ASSERT_STRING_EQUAL(best(&s, "b", "a", "xyz", "pq"), "a");
}

static void long_names(void)
{
    char name[200];
    char fits[64];
    tn_nearest s;

    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    memset(fits, 'n', sizeof fits);
    fits[sizeof fits - 1] = '\0';
    CU_ASSERT_STRING_EQUAL(best(&s, name, name, "a", fits), "");
    CU_ASSERT_STRING_EQUAL(best(&s, "n", name, "a", fits), "a");
    CU_ASSERT_STRING_EQUAL(best(&s, fits, name, "a", fits), fits);
}

static void hints(void)
{
    char text[96];
    tn_nearest s;

    best(&s, "threds", "threads", "", "");
    CU_ASSERT_STRING_EQUAL(tn_nearest_hint(&s, text, sizeof text),
                           " (did you mean threads?)");
    best(&s, "threds", "", "", "");
    CU_ASSERT_STRING_EQUAL(tn_nearest_hint(&s, text, sizeof text), "");
}

int main(void)
{
    CU_initialize_registry();
    CU_pSuite suite = CU_add_suite("nearest", NULL, NULL);

    CU_add_test(suite, "the nearest name is found", takes_the_nearest);
    CU_add_test(suite, "the first of equals wins", first_of_equals);
    CU_add_test(suite, "two swapped letters are one edit",
                swapped_letters_count_once);
    CU_add_test(suite, "a name that is far off is no hint", nothing_is_near);
    CU_add_test(suite, "a short name may differ by one letter",
                short_names_differ_by_one);
    CU_add_test(suite, "names that are too long are left out", long_names);
    CU_add_test(suite, "the hint is text for a sentence", hints);
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();

    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
