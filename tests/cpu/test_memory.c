/* SPDX-License-Identifier: MIT */
/* Where buffers lie. */
#include "tests/cpu/cpu_test.h"

enum {
    PAGE = 4096,
    LARGE = 8 << 20,
    MALLOC_ASIDE = 16 /* its large blocks begin there in a page */
};

/* The place of a new buffer in its page, in bytes. */
static uint64_t place_of(uint64_t bytes, uint64_t alignment)
{
    tn_plugin_memory_desc desc = {
        .size = sizeof desc, .bytes = bytes, .alignment = alignment};
    tn_plugin_memory *memory = NULL;
    void *mapped = NULL;
    uint64_t address = 0;

    WORKS_FATAL(the.plugin.memory_create(the.device, &desc, &memory));
    WORKS(the.plugin.memory_native(memory, &address));
    WORKS(
        the.plugin.memory_map(memory, bytes - 1, 1, TN_ACCESS_WRITE, &mapped));
    CU_ASSERT_EQUAL((uint64_t)(uintptr_t)mapped, address + bytes - 1);
    *(volatile unsigned char *)mapped = 1;
    the.plugin.memory_destroy(memory, NULL);
    return address % PAGE;
}

/* Copies to what lies a few bytes behind in its page take many times longer. */
static void lie_aside(void)
{
    for (uint64_t bytes = 128 << 10; bytes <= LARGE; bytes *= 2) {
        uint64_t place = place_of(bytes, 0);

        CU_ASSERT_EQUAL(place % 64, 0);
        CU_ASSERT(place >= 256 + MALLOC_ASIDE);
        CU_ASSERT(place <= PAGE - 256);
    }
}

static void keep_what_was_asked(void)
{
    for (uint64_t alignment = 64; alignment <= PAGE; alignment *= 2) {
        CU_ASSERT_EQUAL(place_of(LARGE, alignment) % alignment, 0);
        CU_ASSERT_EQUAL(place_of(LARGE + 1, alignment) % alignment, 0);
    }
}

void add_buffer_tests(CU_pSuite tests)
{
    CU_add_test(tests, "large buffers do not begin where malloc's do nearly",
                lie_aside);
    CU_add_test(tests, "large buffers are aligned as asked",
                keep_what_was_asked);
}
