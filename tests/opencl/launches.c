/* SPDX-License-Identifier: MIT */
/*
 * launches PLUGIN DRIVER COUNT: a launch whose arguments stay, so often, through
 * the plugin and by hand; for callgrind, which counts what each side does.
 */
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/conformance.h"

enum {
    ITEMS = 64
};

/* What a program without Tenon has. */
typedef struct by_hand {
    cl_command_queue queue;
    cl_kernel kernel;
    __typeof__(&clEnqueueNDRangeKernel) enqueue;
    __typeof__(&clFlush) flush;
} by_hand;

/* Functions of their own, so that they are counted apart. */
__attribute__((noinline)) static cl_int launch_by_hand(const by_hand *hand)
{
    const size_t items[3] = {ITEMS, 1, 1};
    cl_int code = hand->enqueue(hand->queue, hand->kernel, 3, NULL, items,
                                items, 0, NULL, NULL);

    return code == CL_SUCCESS ? hand->flush(hand->queue) : code;
}

static by_hand open_by_hand(const char *driver)
{
    by_hand hand = {NULL, NULL, NULL, NULL};
    tn_sentence why;
    tn_dl *library = NULL;

    if (tn_dl_open(driver, &library, &why) == TN_OK) {
        void (*enqueue)(void) =
            tn_dl_function(library, "clEnqueueNDRangeKernel");
        void (*flush)(void) = tn_dl_function(library, "clFlush");

        memcpy(&hand.enqueue, &enqueue, sizeof enqueue);
        memcpy(&hand.flush, &flush, sizeof flush);
    }
    return hand;
}

static unsigned launch_all(const by_hand *hand, int count)
{
    static char text[] = "__kernel void add(__global uint *a, __global uint *b,"
                         " __global uint *c, uint n) {}";
    tn_plugin_stream *stream = new_stream();
    tn_plugin_kernel *kernel;
    launching l;
    unsigned failed = 0;

    the.kernels.format = "clc";
    the.kernels.image = text;
    the.kernels.bytes = sizeof text - 1;
    the.module = new_module();
    if (the.plugin.kernel_get(the.module, "add", &kernel) != TN_OK) {
        return 1;
    }
    tn_plugin_memory_desc desc = {.size = sizeof desc, .bytes = 256};
    tn_plugin_memory *memory = NULL;

    failed += the.plugin.memory_create(the.device, &desc, &memory) != TN_OK;
    launching_init(&l, 1, ITEMS);
    for (int i = 0; i < 3; ++i) {
        launching_buffer(&l, memory, 0);
    }
    launching_u32(&l, ITEMS);
    l.launch.slots = l.slots;
    for (int i = 0; i < count; ++i) {
        failed += the.plugin.launch(stream, kernel, &l.launch) != TN_OK;
        failed += launch_by_hand(hand) != CL_SUCCESS;
    }
    the.plugin.memory_destroy(memory, NULL);
    the.plugin.stream_destroy(stream);
    the.kernels.image = NULL; /* suite_close() frees it */
    return failed;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: launches PLUGIN DRIVER COUNT\n", stderr);
        return 2;
    }
    by_hand hand = open_by_hand(argv[2]);

    if (hand.enqueue == NULL || hand.flush == NULL ||
        !fake_host_set("library", argv[2]) || !fake_host_set("cache", "no") ||
        !suite_open(argv[1])) {
        return 1;
    }
    unsigned failed = launch_all(&hand, atoi(argv[3]));

    suite_close();
    return failed == 0 ? 0 : 1;
}
