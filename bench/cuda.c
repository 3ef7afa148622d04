/* SPDX-License-Identifier: MIT */
/*
 * cuda [LIBRARY [MEBI]]: Tenon's cuda backend beside plain calls of the driver,
 * in one process, on one context and on the same memory. The goals are those of
 * docs/architecture.md. Copies and kernels work on MEBI times 2^20 floats.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tenon/tenon.h>

#include "bench/check.h"
#include "bench/cuda_sides.h"
#include "bench/measure.h"

enum {
    ITEMS = 256,
    COPIED_FLOATS = 16 << 20, /* 64 MiB */
    LAUNCH_FLOATS = 1 << 10,
    MEBI_FLOATS = 256
};

/*
 * What clang makes of
 *
 *     __global__ void add(const float *a, const float *b, float *c, unsigned n)
 *     {
 *         unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
 *         if (i < n) {
 *             c[i] = a[i] + b[i];
 *         }
 *     }
 */
static const char plain_ptx[] =
    ".version 6.3\n.target sm_70\n.address_size 64\n"
    ".visible .entry add(.param .u64 a, .param .u64 b, .param .u64 c,\n"
    "    .param .u32 n)\n"
    "{\n"
    "    .reg .pred %p<2>; .reg .b32 %r<6>; .reg .f32 %f<4>;\n"
    "    .reg .b64 %rd<11>;\n"
    "    ld.param.u32 %r1, [n];\n"
    "    mov.u32 %r2, %ctaid.x;\n"
    "    mov.u32 %r3, %ntid.x;\n"
    "    mov.u32 %r4, %tid.x;\n"
    "    mad.lo.s32 %r5, %r2, %r3, %r4;\n"
    "    setp.ge.u32 %p1, %r5, %r1;\n"
    "    @%p1 bra LBB0_2;\n"
    "    ld.param.u64 %rd4, [a];\n"
    "    ld.param.u64 %rd5, [c];\n"
    "    cvta.to.global.u64 %rd6, %rd5;\n"
    "    ld.param.u64 %rd7, [b];\n"
    "    cvta.to.global.u64 %rd8, %rd7;\n"
    "    cvta.to.global.u64 %rd9, %rd4;\n"
    "    mul.wide.u32 %rd10, %r5, 4;\n"
    "    add.s64 %rd1, %rd6, %rd10;\n"
    "    add.s64 %rd2, %rd8, %rd10;\n"
    "    add.s64 %rd3, %rd9, %rd10;\n"
    "    ld.global.f32 %f1, [%rd3];\n"
    "    ld.global.f32 %f2, [%rd2];\n"
    "    add.f32 %f3, %f1, %f2;\n"
    "    st.global.f32 [%rd1], %f3;\n"
    "LBB0_2:\n"
    "    ret;\n"
    "}\n";

static struct {
    cuda_sides sides;
    void *plain_add;
    tn_kernel *same_add;   /* of plain_ptx, through Tenon */
    tn_kernel *bundle_add; /* of the vector bundle; NULL: it has no PTX */
    tn_buffer *buffers[3];
    cu_address addresses[3];
    tn_buffer *pinned_buffer;
    void *pinned;
    uint32_t count; /* floats of a buffer */
} the;

/* ---- launches; the harness times what answers 0 ---- */

static void launch_ours(tn_kernel *kernel, uint32_t n)
{
    ours_check(tn_launch(the.sides.stream, kernel, tn_items(n), the.buffers[0],
                         the.buffers[1], the.buffers[2], n));
}

static void launch_plainly(uint32_t n)
{
    void *arguments[] = {&the.addresses[0], &the.addresses[1],
                         &the.addresses[2], &n};

    CU(the.sides.driver.cuLaunchKernel(the.plain_add, (n + ITEMS - 1) / ITEMS,
                                       1, 1, ITEMS, 1, 1, 0, the.sides.queue,
                                       arguments, NULL));
}

static void wait_ours(void)
{
    ours_check(tn_stream_sync(the.sides.stream));
}

static void wait_plainly(void)
{
    CU(the.sides.driver.cuStreamSynchronize(the.sides.queue));
}

static uint64_t submit_ours(void *data)
{
    (void)data;
    launch_ours(the.same_add, LAUNCH_FLOATS);
    return 0;
}

static uint64_t submit_plainly(void *data)
{
    (void)data;
    launch_plainly(LAUNCH_FLOATS);
    return 0;
}

static uint64_t round_ours(void *data)
{
    submit_ours(data);
    wait_ours();
    return 0;
}

static uint64_t round_plainly(void *data)
{
    submit_plainly(data);
    wait_plainly();
    return 0;
}

/* ---- copies from and to page-locked memory ---- */

static uint64_t copy_to_ours(void *data)
{
    (void)data;
    ours_check(tn_copy_to_async(the.sides.stream, the.buffers[0], 0, the.pinned,
                                COPIED_FLOATS * sizeof(float)));
    wait_ours();
    return 0;
}

static uint64_t copy_to_plainly(void *data)
{
    (void)data;
    CU(the.sides.driver.cuMemcpyHtoDAsync_v2(the.addresses[0], the.pinned,
                                             COPIED_FLOATS * sizeof(float),
                                             the.sides.queue));
    wait_plainly();
    return 0;
}

static uint64_t copy_from_ours(void *data)
{
    (void)data;
    ours_check(tn_copy_from_async(the.sides.stream, the.buffers[0], 0,
                                  the.pinned, COPIED_FLOATS * sizeof(float)));
    wait_ours();
    return 0;
}

static uint64_t copy_from_plainly(void *data)
{
    (void)data;
    CU(the.sides.driver.cuMemcpyDtoHAsync_v2(the.pinned, the.addresses[0],
                                             COPIED_FLOATS * sizeof(float),
                                             the.sides.queue));
    wait_plainly();
    return 0;
}

/* ---- vector addition ---- */

static uint64_t add_ours(void *data)
{
    (void)data;
    launch_ours(the.bundle_add, the.count);
    wait_ours();
    return 0;
}

static uint64_t add_plainly(void *data)
{
    (void)data;
    launch_plainly(the.count);
    wait_plainly();
    return 0;
}

/* As many bytes as the addition reads and writes: three buffers' worth. */
static uint64_t copy_on_device(void *data)
{
    size_t bytes = (size_t)the.count * sizeof(float);

    (void)data;
    CU(the.sides.driver.cuMemcpyDtoDAsync_v2(the.addresses[2], the.addresses[0],
                                             bytes, the.sides.queue));
    CU(the.sides.driver.cuMemcpyDtoDAsync_v2(the.addresses[2], the.addresses[1],
                                             bytes / 2, the.sides.queue));
    wait_plainly();
    return 0;
}

/* Whether the bundle's kernel adds: a figure of a wrong one is worth nothing. */
static void check_sum(void)
{
    float a = 1.5f;
    float b = 2.25f;
    float c[2] = {0};
    uint64_t bytes = (uint64_t)the.count * sizeof(float);

    ours_check(
        tn_fill(the.sides.stream, the.buffers[0], 0, bytes, &a, sizeof a));
    ours_check(
        tn_fill(the.sides.stream, the.buffers[1], 0, bytes, &b, sizeof b));
    ours_check(
        tn_fill(the.sides.stream, the.buffers[2], 0, bytes, &a, sizeof a));
    launch_ours(the.bundle_add != NULL ? the.bundle_add : the.same_add,
                the.count);
    ours_check(
        tn_copy_from(the.sides.stream, the.buffers[2], 0, &c[0], sizeof c[0]));
    ours_check(tn_copy_from(the.sides.stream, the.buffers[2],
                            bytes - sizeof c[1], &c[1], sizeof c[1]));
    if (c[0] != a + b || c[1] != a + b) {
        measure_die("1.5 + 2.25 is %g and %g", (double)c[0], (double)c[1]);
    }
}

/* ---- opening ---- */

static void load_kernels(void)
{
    tn_module *module = NULL;
    void *raw = NULL;

    ours_check(tn_module_load_data(the.sides.device, plain_ptx,
                                   sizeof plain_ptx - 1, NULL, &module));
    ours_check(tn_kernel_get(module, "add", &the.same_add));
    if (tn_module_load(the.sides.device, "vector", &module) == TN_OK) {
        ours_check(tn_kernel_get(module, "add", &the.bundle_add));
    }
    CU(the.sides.driver.cuModuleLoadData(&raw, plain_ptx));
    CU(the.sides.driver.cuModuleGetFunction(&the.plain_add, raw, "add"));
}

static void make_memory(void)
{
    tn_buffer_options pinned = {.size = sizeof pinned,
                                .kind = TN_MEMORY_PINNED};
    uint64_t bytes = (uint64_t)the.count * sizeof(float);
    uint64_t handle = 0;

    for (int i = 0; i < 3; ++i) {
        ours_check(tn_buffer_create(the.sides.device, bytes, &the.buffers[i]));
        ours_check(tn_buffer_native(the.buffers[i], &handle));
        the.addresses[i] = handle;
    }
    ours_check(tn_buffer_create_with(the.sides.device,
                                     COPIED_FLOATS * sizeof(float), &pinned,
                                     &the.pinned_buffer));
    ours_check(tn_buffer_map(the.pinned_buffer, 0,
                             COPIED_FLOATS * sizeof(float),
                             TN_ACCESS_READ_WRITE, &the.pinned));
    memset(the.pinned, 1, COPIED_FLOATS * sizeof(float));
}

/* ---- the cases ---- */

static void run_all(void)
{
    const measure_case cases[] = {
        {"submit a launch of 4 arguments",
         {"tenon", submit_ours, NULL},
         {"cuLaunchKernel", submit_plainly, NULL},
         51,
         200,
         1.02,
         MEASURE_MEDIAN},
        {"launch and wait",
         {"tenon", round_ours, NULL},
         {"driver", round_plainly, NULL},
         51,
         100,
         1.02,
         MEASURE_MEDIAN},
        {"64 MiB to the device, pinned",
         {"tenon", copy_to_ours, NULL},
         {"driver", copy_to_plainly, NULL},
         MEASURE_PAIRS,
         5,
         1 / 0.98,
         MEASURE_MEDIAN},
        {"64 MiB from the device, pinned",
         {"tenon", copy_from_ours, NULL},
         {"driver", copy_from_plainly, NULL},
         MEASURE_PAIRS,
         5,
         1 / 0.98,
         MEASURE_MEDIAN},
        {"vector add",
         {"tenon, kernel.h", add_ours, NULL},
         {"CUDA kernel", add_plainly, NULL},
         MEASURE_PAIRS,
         5,
         1 / 0.97,
         MEASURE_MEDIAN},
        {"vector add",
         {"tenon, kernel.h", add_ours, NULL},
         {"copy of as many bytes", copy_on_device, NULL},
         MEASURE_PAIRS,
         5,
         1 / 0.85,
         MEASURE_MEDIAN}};

    measure_table_begin();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        if (cases[i].ours.run == add_ours && the.bundle_add == NULL) {
            measure_skip(cases[i].name, "the vector bundle has no PTX");
        } else {
            measure_run(&cases[i]);
        }
    }
}

int main(int argc, char **argv)
{
    const char *library = argc > 1 ? argv[1] : "libcuda.so.1";
    int mebi = argc > 2 ? atoi(argv[2]) : MEBI_FLOATS;
    tn_device_info info = {.size = sizeof info};
    int version = 0;

    if (mebi < COPIED_FLOATS >> 20) {
        mebi = COPIED_FLOATS >> 20;
    }
    the.count = (uint32_t)mebi << 20;
    if (!cuda_sides_open(&the.sides, "cuda", library)) {
        return 77;
    }
    load_kernels();
    make_memory();
    check_sum();
    ours_check(tn_device_info_get(the.sides.device, &info));
    CU(the.sides.driver.cuDriverGetVersion(&version));
    printf("%s, %s, driver for CUDA %d.%d; add of %d Mi floats\n\n", info.name,
           info.target, version / 1000, version % 1000 / 10, mebi);
    run_all();
    tn_runtime_close(the.sides.runtime);
    return EXIT_SUCCESS;
}
