/* SPDX-License-Identifier: MIT */
/*
 * What kernels of known names compute: those of the conformance suite, some of
 * kernels/vector, and some that fail. No code is run: a kernel of another name
 * does nothing, and one of a known name does what the name stands for, whatever
 * its code says. Nor does the code tell how many elements an item has, so each
 * kernel of the dialect, tn_k_NAME, is taken to have the four of
 * kernels/vector: where one has fewer, the fake computes more than a GPU would,
 * and a grid that is too small goes unnoticed.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/fakes/cuda_driver/fake.h"

static int generation; /* of kernels that never end; atomic */

/* ---- arguments ---- */

#define VALUE(r, i, type) (*(const type *)(const void *)(r)->values[i])

/* A buffer's bytes from its start on; breaks the context where they are not. */
static void *buffer(running *r, int i, unsigned alignment, uint64_t bytes)
{
    CUdeviceptr address = VALUE(r, i, uint64_t);

    if (bytes == 0) {
        return NULL;
    }
    if (address % alignment != 0) {
        fake_break(r->context, CUDA_ERROR_MISALIGNED_ADDRESS);
        return NULL;
    }
    if (!fake_reaches(r->context, address, bytes)) {
        fake_break(r->context, CUDA_ERROR_ILLEGAL_ADDRESS);
        return NULL;
    }
    return (void *)(uintptr_t)address;
}

static uint64_t groups_of(const running *r)
{
    return (uint64_t)r->grid.groups[0] * r->grid.groups[1] * r->grid.groups[2];
}

static uint64_t items_of_group(const running *r)
{
    return (uint64_t)r->grid.items[0] * r->grid.items[1] * r->grid.items[2];
}

/* Elements along x, but not more than n: in kernels/vector an item has four. */
static uint64_t items_in_x(const running *r, uint32_t n)
{
    uint64_t elements = strncmp(r->function->name, "tn_k_", 5) == 0 ? 4 : 1;
    uint64_t items = (uint64_t)r->grid.groups[0] * r->grid.items[0] * elements;

    return items < n ? items : n;
}

/* ---- the conformance suite's ---- */

/* c = a + b of u32, or of floats where the code has them */
static void run_add(running *r)
{
    uint64_t n = items_in_x(r, VALUE(r, 3, uint32_t));
    void *a = buffer(r, 0, 4, 4 * n);
    void *b = buffer(r, 1, 4, 4 * n);
    void *c = buffer(r, 2, 4, 4 * n);

    if (a == NULL || b == NULL || c == NULL) {
        return;
    }
    for (uint64_t i = 0; i < n; ++i) {
        if (r->function->floats) {
            ((float *)c)[i] = ((float *)a)[i] + ((float *)b)[i];
        } else {
            ((uint32_t *)c)[i] = ((uint32_t *)a)[i] + ((uint32_t *)b)[i];
        }
    }
}

static void run_see(running *r)
{
    uint64_t x = (uint64_t)r->grid.groups[0] * r->grid.items[0];
    uint64_t y = (uint64_t)r->grid.groups[1] * r->grid.items[1];
    uint64_t z = (uint64_t)r->grid.groups[2] * r->grid.items[2];
    uint32_t *seen = buffer(r, 0, 4, 4 * x * y * z);

    for (uint64_t i = 0; seen != NULL && i < x * y * z; ++i) {
        seen[i] += (uint32_t)(i % x + 100 * (i / x % y) + 10000 * (i / x / y));
    }
}

static void run_append(running *r)
{
    uint32_t *list = buffer(r, 0, 4, 4);

    if (list != NULL) {
        list = buffer(r, 0, 4, 4 * ((uint64_t)list[0] + 2));
    }
    if (list != NULL) {
        list[++list[0]] = VALUE(r, 1, uint32_t);
    }
}

static void run_many(running *r)
{
    double *out = buffer(r, 0, 8, 8);
    uint32_t *k = buffer(r, 11, 4, 4);
    float *l = buffer(r, 12, 4, 4);

    if (out == NULL || k == NULL || l == NULL) {
        return;
    }
    double sum = VALUE(r, 1, int8_t) * 1.0 + VALUE(r, 2, uint8_t) * 2.0 +
                 VALUE(r, 3, int16_t) * 3.0 + VALUE(r, 4, uint16_t) * 4.0 +
                 VALUE(r, 5, int32_t) * 5.0 + VALUE(r, 6, uint32_t) * 6.0 +
                 (double)VALUE(r, 7, int64_t) * 7.0 +
                 (double)VALUE(r, 8, uint64_t) * 8.0 +
                 (double)VALUE(r, 9, float) * 9.0 +
                 VALUE(r, 10, double) * 10.0 + *k * 11.0 + (double)*l * 12.0;

    for (int i = 13; i < 19; ++i) {
        sum += VALUE(r, i, uint32_t) * (double)i;
    }
    *out = sum + VALUE(r, 19, uint16_t) * 19.0;
}

static void run_structs(running *r)
{
    uint8_t *bytes = buffer(r, 3, 1, 49);

    if (bytes != NULL) {
        memcpy(bytes, r->values[0], 5);
        memcpy(bytes + 5, r->values[1], 4);
        memcpy(bytes + 9, r->values[2], 40);
    }
}

/* Whether a block of group memory holds what a group writes all over it. */
static bool keeps(running *r, uint64_t offset, size_t bytes, unsigned char with)
{
    if (offset % 64 != 0 || offset + bytes > r->shared_bytes) {
        return false;
    }
    memset(r->shared + offset, with, bytes);
    return true;
}

static void run_locals(running *r)
{
    uint64_t a = VALUE(r, 0, uint64_t);
    uint64_t b = VALUE(r, 1, uint64_t);
    size_t a_bytes = 4 * (size_t)VALUE(r, 3, uint32_t);
    size_t b_bytes = 8 * (size_t)VALUE(r, 4, uint32_t);
    uint32_t *right = buffer(r, 2, 4, 4 * groups_of(r));

    for (uint64_t group = 0; right != NULL && group < groups_of(r); ++group) {
        right[group] = keeps(r, a, a_bytes, 1) && keeps(r, b, b_bytes, 2);
        for (size_t i = 0; right[group] != 0 && i < a_bytes; ++i) {
            right[group] = r->shared[a + i] == 1;
        }
    }
}

static void run_sized(running *r)
{
    uint32_t *items = buffer(r, 0, 4, 4 * groups_of(r));

    for (uint64_t group = 0; items != NULL && group < groups_of(r); ++group) {
        items[group] = (uint32_t)items_of_group(r);
    }
}

/* ---- those of kernels/vector ---- */

static void run_add_i32(running *r)
{
    uint64_t n = items_in_x(r, VALUE(r, 3, uint32_t));
    uint32_t *a = buffer(r, 0, 4, 4 * n);
    uint32_t *b = buffer(r, 1, 4, 4 * n);
    uint32_t *c = buffer(r, 2, 4, 4 * n);

    for (uint64_t i = 0; a && b && c && i < n; ++i) {
        c[i] = a[i] + b[i];
    }
}

static void run_add_f64(running *r)
{
    uint64_t n = items_in_x(r, VALUE(r, 3, uint32_t));
    double *a = buffer(r, 0, 8, 8 * n);
    double *b = buffer(r, 1, 8, 8 * n);
    double *c = buffer(r, 2, 8, 8 * n);

    for (uint64_t i = 0; a && b && c && i < n; ++i) {
        c[i] = a[i] + b[i];
    }
}

static void run_scale(running *r)
{
    uint64_t n = items_in_x(r, VALUE(r, 3, uint32_t));
    float *a = buffer(r, 0, 4, 4 * n);
    float *b = buffer(r, 1, 4, 4 * n);

    for (uint64_t i = 0; a && b && i < n; ++i) {
        b[i] = VALUE(r, 2, float) * a[i];
    }
}

static void run_saxpy(running *r)
{
    uint64_t n = items_in_x(r, VALUE(r, 3, uint32_t));
    float *x = buffer(r, 1, 4, 4 * n);
    float *y = buffer(r, 2, 4, 4 * n);

    for (uint64_t i = 0; x && y && i < n; ++i) {
        y[i] = VALUE(r, 0, float) * x[i] + y[i];
    }
}

/* Each item adds up its elements, a tree the items: exact in this order. */
static float sum_of_group(const float *a, uint64_t n, uint64_t group,
                          uint64_t groups)
{
    float tile[256] = {0};

    for (uint64_t at = 256 * group; at < n; at += 256 * groups) {
        for (uint64_t l = 0; l < 256 && at + l < n; ++l) {
            tile[l] += a[at + l];
        }
    }
    for (int step = 128; step > 0; step /= 2) {
        for (int l = 0; l < step; ++l) {
            tile[l] += tile[l + step];
        }
    }
    return tile[0];
}

static void run_sum(running *r)
{
    uint64_t n = VALUE(r, 2, uint32_t);
    uint64_t groups = r->grid.groups[0];
    float *a = buffer(r, 0, 4, 4 * n);
    float *partial = buffer(r, 1, 4, 4 * groups);

    for (uint64_t g = 0; a && partial && g < groups; ++g) {
        partial[g] = sum_of_group(a, n, g, groups);
    }
}

/* ---- those that fail ---- */

static void run_illegal_address(running *r)
{
    fake_break(r->context, CUDA_ERROR_ILLEGAL_ADDRESS);
}

static void run_trap(running *r)
{
    fake_break(r->context, CUDA_ERROR_LAUNCH_FAILED);
}

/* Until the script changes, or something else breaks the context. */
static void run_endless(running *r)
{
    int mine = __atomic_load_n(&generation, __ATOMIC_ACQUIRE);
    struct timespec moment = {0, 500000};

    while (mine == __atomic_load_n(&generation, __ATOMIC_ACQUIRE) &&
           fake_fault(r->context) == CUDA_SUCCESS) {
        nanosleep(&moment, NULL);
    }
}

void fake_kernels_release(void)
{
    __atomic_add_fetch(&generation, 1, __ATOMIC_ACQ_REL);
}

/* ---- by name ---- */

static const struct {
    const char *name;
    void (*run)(running *run);
} kernels[] = {
    {"add", run_add},         {"see", run_see},
    {"append", run_append},   {"many", run_many},
    {"structs", run_structs}, {"locals", run_locals},
    {"sized", run_sized},     {"add_i32", run_add_i32},
    {"add_f64", run_add_f64}, {"scale", run_scale},
    {"saxpy", run_saxpy},     {"sum", run_sum},
    {"trap", run_trap},       {"illegal_address", run_illegal_address},
    {"endless", run_endless},
};

/* "add" of "add", "tn_k_add" and the C++ "_Z3addPKfS0_Pfj". */
static size_t plain_name(const char **name)
{
    char *end = NULL;

    if (strncmp(*name, "tn_k_", 5) == 0) {
        *name += 5;
    } else if (strncmp(*name, "_Z", 2) == 0) {
        size_t length = strtoul(*name + 2, &end, 10);

        *name = end;
        return length;
    }
    return strlen(*name);
}

void fake_kernel_run(running *r)
{
    const char *name = r->function->name;
    size_t length = plain_name(&name);
    int fault = 0;

    for (size_t i = 0; i < sizeof kernels / sizeof kernels[0]; ++i) {
        if (strlen(kernels[i].name) == length &&
            memcmp(kernels[i].name, name, length) == 0) {
            kernels[i].run(r);
            return;
        }
    }
    if (strncmp(name, "fault_", 6) == 0) { /* fault_715 */
        fault = atoi(name + 6);
        fake_break(r->context, (CUresult)fault);
    }
}
