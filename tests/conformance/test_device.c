/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/conformance/conformance.h"

static void at_least_one(void)
{
    uint32_t first = 0;
    uint32_t again = 0;

    WORKS(the.plugin.device_count(the.instance, &first));
    WORKS(the.plugin.device_count(the.instance, &again));
    CU_ASSERT(first >= 1);
    CU_ASSERT_EQUAL(first, again);
}

static void info_is_sane(void)
{
    const tn_device_info *info = &the.info;

    CU_ASSERT_EQUAL(info->size, sizeof *info);
    CU_ASSERT(info->kind <= TN_DEVICE_ACCELERATOR);
    CU_ASSERT(info->name[0] != '\0');
    CU_ASSERT_PTR_NOT_NULL(memchr(info->name, '\0', sizeof info->name));
    CU_ASSERT_PTR_NOT_NULL(memchr(info->target, '\0', sizeof info->target));
    CU_ASSERT(info->numa_node >= -1);
    CU_ASSERT(info->offset_alignment >= 1);
    CU_ASSERT_EQUAL(info->offset_alignment & (info->offset_alignment - 1), 0);
    CU_ASSERT(info->max_items >= 1);
    for (int i = 0; i < 3; ++i) {
        CU_ASSERT(info->max_items_dim[i] >= 1);
        CU_ASSERT(info->max_items_dim[i] <= info->max_items);
        CU_ASSERT(info->max_groups_dim[i] >= 1);
    }
    CU_ASSERT(info->allocation_bytes <= info->memory_bytes);
}

/* An older host's struct is shorter; what lies behind is not the plugin's. */
static void info_fills_no_more(void)
{
    union {
        tn_device_info info;
        unsigned char bytes[sizeof(tn_device_info)];
    } room;
    const uint32_t known = offsetof(tn_device_info, vendor) + 5;
    size_t touched = 0;

    memset(&room, 0xa5, sizeof room);
    room.info.size = known;
    WORKS(the.plugin.device_info(the.instance, 0, &room.info));
    CU_ASSERT_STRING_EQUAL(room.info.name, the.info.name);
    for (size_t i = known; i < sizeof room; ++i) {
        touched += room.bytes[i] != 0xa5;
    }
    CU_ASSERT_EQUAL(touched, 0);
}

static void status_is_fine(void)
{
    WORKS(the.plugin.device_status(the.device));
}

static void free_memory_is_told(void)
{
    uint64_t bytes = UINT64_MAX;

    NEEDS(device_memory_free);
    WORKS(the.plugin.device_memory_free(the.device, &bytes));
    CU_ASSERT(bytes > 0);
    CU_ASSERT(bytes <= the.info.memory_bytes);
}

static uint32_t rank_of(const char *format, const char *requirements)
{
    uint32_t rank = UINT32_MAX;

    WORKS(the.plugin.module_rank(the.device, format, requirements, &rank));
    return rank;
}

static void unknown_format_has_no_rank(void)
{
    CU_ASSERT_EQUAL(rank_of("no-such-format", ""), 0);
}

static void unknown_token_has_no_rank(void)
{
    NEEDS_KERNELS;
    CU_ASSERT(rank_of(the.kernels.format, "") > 0);
    CU_ASSERT_EQUAL(rank_of(the.kernels.format, "no-such-token"), 0);
    CU_ASSERT_EQUAL(rank_of(the.kernels.format, "no-such-count >= 1"), 0);
}

static void own_target_has_highest_rank(void)
{
    NEEDS_KERNELS;
    if (the.info.target[0] == '\0') {
        skip("the device has no target");
        return;
    }
    CU_ASSERT(rank_of(the.kernels.format, the.info.target) >
              rank_of(the.kernels.format, ""));
}

void add_device_tests(CU_pSuite tests)
{
    CU_add_test(tests, "[7] there is a device, and always the same number",
                at_least_one);
    CU_add_test(tests, "[7] a device's info is complete and consistent",
                info_is_sane);
    CU_add_test(tests, "[2] a shorter info is filled no further than its size",
                info_fills_no_more);
    CU_add_test(tests, "[5] a working device's status is fine", status_is_fine);
    CU_add_test(tests, "[7] free memory is no more than there is",
                free_memory_is_told);
    CU_add_test(tests, "[7] a format that nobody knows has rank 0",
                unknown_format_has_no_rank);
    CU_add_test(tests, "[7] a requirement that nobody knows gives rank 0",
                unknown_token_has_no_rank);
    CU_add_test(tests, "[7] code for the device's own target ranks higher",
                own_target_has_highest_rank);
}
