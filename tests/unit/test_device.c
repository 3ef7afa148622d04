/* SPDX-License-Identifier: MIT */
/* Which device of a backend is taken, and what devices tell. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/choosing.h"

static void default_is(const char *device, const char *expected)
{
    NEEDS(backends_open(
        "works", suite_text("[backend works]\ndevice = %s\n", device), &rt));
    SAME(chosen(), expected);
    close_it();
}

static void a_device_is_found_by_whatever_names_it(void)
{
    backends_install("works");
    default_is("0", "works:0");
    default_is("1", "works:1");
    default_is("Device B", "works:1");
    default_is("device b", "works:1");
    default_is("Fake", "works:0");
    default_is("0000:01:00.0", "works:1");
    default_is("1b1b1b1b-1b1b-1b1b-1b1b-1b1b1b1b1b1b", "works:1");
    default_is("GPU-1B1B1B1B-1b1b-1b1b-1b1b-1b1b1b1b1b1b", "works:1");
}

static void a_device_is_found_by_its_kind_or_driver(void)
{
    backends_install("works");
    default_is("accelerator", "works:0");
    default_is("ACCELERATOR", "works:0");
    default_is("one", "works:0"); /* the driver is "none" */
    default_is("NONE", "works:0");
    FAILS(backends_open("works", "[backend works]\ndevice = gpu\n", &rt),
          TN_ERROR_UNAVAILABLE,
          suite_text("no device matches 'gpu' of %s:7; there is 0: "
                     "Fake Device A",
                     suite_path("app.ini")));
}

static void a_device_that_is_not_there_is_told_with_those_that_are(void)
{
    static const char *const wrong[] = {
        "2",        "00",           "-1",
        "Device C", "0000:02:00.0", "1c1c1c1c-1c1c-1c1c-1c1c-1c1c1c1c1c1c",
    };

    backends_install("works spare");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; ++i) {
        FAILS(backends_open(
                  "works",
                  suite_text("[backend works]\ndevice = %s\n", wrong[i]), &rt),
              TN_ERROR_UNAVAILABLE,
              suite_text("no device matches '%s' of %s:7; there is 0: Fake "
                         "Device A, 1: Fake Device B",
                         wrong[i], suite_path("app.ini")));
    }
    NEEDS(backends_open("works, spare", "[backend works]\ndevice = 9\n", &rt));
    SAME(chosen(), "spare:0");
    STATE_IS("works", TN_BACKEND_REJECTED, "no device matches '9'");
    close_it();
}

static void devices_are_found_by_name_at_run_time(void)
{
    tn_device *device = NULL;
    tn_device *again = NULL;

    backends_install("works spare");
    NEEDS(backends_open("works", "", &rt));
    NEEDS(tn_device_find(rt, "works", &device));
    SAME(tn_device_name(device), "works:0");
    NEEDS(tn_device_find(rt, "works:1", &device));
    SAME(tn_device_name(device), "works:1");
    NEEDS(tn_device_find(rt, "works:0000:01:00.0", &again));
    CU_ASSERT_PTR_EQUAL(device, again);
    CU_ASSERT_EQUAL(backends_record(device)->opens % 2, 0);
    STATE_IS("spare", TN_BACKEND_EXCLUDED, "not listed");
    NEEDS(
        tn_device_find(rt, "spare:Device B", &device)); /* need not be listed */
    SAME(tn_device_name(device), "spare:1");
    STATE_IS("spare", TN_BACKEND_OPEN, "not listed");
    CU_ASSERT_EQUAL(backends_info(rt, "spare").device_count, 2);
    close_it();
}

static void find_fails(const char *name, tn_status status, const char *words)
{
    tn_device *device = untouched;

    FAILS(tn_device_find(rt, name, &device), status, words);
    CU_ASSERT_PTR_EQUAL(device, untouched);
}

static void what_cannot_be_found_is_told(void)
{
    tn_device *device = NULL;

    backends_install("works unavailable refuses locked");
    NEEDS(backends_open("works", "", &rt));
    find_fails("wrks", TN_ERROR_NOT_FOUND,
               "there is no backend wrks (did you mean works?)");
    find_fails("", TN_ERROR_NOT_FOUND, "there is no backend ");
    find_fails("works:2", TN_ERROR_NOT_FOUND,
               "works: no device matches '2'; there is 0: Fake Device A");
    find_fails("works:", TN_ERROR_NOT_FOUND, "no device matches ''");
    find_fails("works:3090", TN_ERROR_NOT_FOUND, "no device matches");
    find_fails("abcdefghijklmnopqrstuvwxyz0123456789:0", TN_ERROR_NOT_FOUND,
               "there is no backend abcdef");
    find_fails("unavailable", TN_ERROR_UNAVAILABLE,
               "unavailable: libfake.so.1 is not here");
    find_fails("unavailable:1", TN_ERROR_UNAVAILABLE,
               "unavailable: libfake.so.1 is not here"); /* the same again */
    find_fails("refuses", TN_ERROR_PLUGIN, "refuses: ");
    find_fails("locked:1", TN_ERROR_UNAVAILABLE,
               "locked:1: another process has the device");
    find_fails(NULL, TN_ERROR_INVALID, "name is NULL");
    FAILS(tn_device_find(rt, "works", NULL), TN_ERROR_INVALID, "device");
    FAILS(tn_device_find(NULL, "works", &device), TN_ERROR_INVALID, "runtime");
    WORKS(tn_device_find(rt, "works:1", &device));
    close_it();
}

static void devices_of_open_backends_are_listed_the_defaults_first(void)
{
    tn_device *device = untouched;

    backends_install("works spare");
    NEEDS(backends_open("spare, works", "", &rt));
    CU_ASSERT_EQUAL(tn_device_count(rt), 2);
    WORKS(tn_runtime_probe(rt));
    CU_ASSERT_EQUAL(tn_device_count(rt), 4);
    WORKS(tn_device_get(rt, 1, &device));
    SAME(tn_device_name(device), "spare:1");
    WORKS(tn_device_get(rt, 2, &device));
    SAME(tn_device_name(device), "works:0");
    device = untouched;
    FAILS(tn_device_get(rt, 4, &device), TN_ERROR_RANGE, "there are 4 devices");
    CU_ASSERT_PTR_EQUAL(device, untouched);
    CU_ASSERT_EQUAL(tn_device_count(NULL), 0);
    SAME(tn_device_name(NULL), "");
    close_it();
}

static void a_device_tells_of_itself(void)
{
    backends_fixture the;
    tn_device_info info = {.size = sizeof info};
    uint64_t number = 0;
    const void *table = untouched;

    backends_begin(&the, "works");
    WORKS(tn_device_info_get(the.other, &info));
    SAME(info.name, "Fake Device B");
    CU_ASSERT_EQUAL(info.size, sizeof info);
    CU_ASSERT_EQUAL(info.max_items, FAKE_MAX_ITEMS);
    info = (tn_device_info){.size = 4};
    FAILS(tn_device_info_get(the.other, &info), TN_ERROR_INVALID, "size is 4");
    WORKS(tn_device_memory_free(the.other, &number));
    CU_ASSERT_EQUAL(number, 4096);
    WORKS(tn_device_native(the.other, &number));
    CU_ASSERT_EQUAL(number, 101);
    WORKS(tn_device_status(the.other));
    FAILS(tn_device_extension(the.device, "fake.blas/1", &table),
          TN_ERROR_UNSUPPORTED, "knows no other extension");
    CU_ASSERT_PTR_EQUAL(table, untouched);
    FAILS(tn_device_status(NULL), TN_ERROR_INVALID, "device is NULL");
    backends_end(&the);
}

#define TESTS(X)                                                               \
    X(a_device_is_found_by_whatever_names_it)                                  \
    X(a_device_is_found_by_its_kind_or_driver)                                 \
    X(a_device_that_is_not_there_is_told_with_those_that_are)                  \
    X(devices_are_found_by_name_at_run_time)                                   \
    X(what_cannot_be_found_is_told)                                            \
    X(devices_of_open_backends_are_listed_the_defaults_first)                  \
    X(a_device_tells_of_itself)

SUITE_MAIN("device", TESTS)
