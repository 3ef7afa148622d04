/* SPDX-License-Identifier: MIT */
/*
 * Runs every kernel of the library on one backend:
 *     library [BACKEND]
 * and prints a line for each. BACKEND is cpu without an argument. Exit status:
 * 0 all right, 77 the backend has no device here, else something is wrong.
 */
#include "tests/kernels/library.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    GUARD_BYTES = 64,
    GUARD = 0xff, /* as floats NaN */
    KEPT_MOST = 64,
    BUNDLES_MOST = 16,
    KERNELS_MOST = 128,
    SKIPPED = 77
};

static tn_device *device;
static tn_stream *stream;
static uint64_t random_state;
static bool all_right = true;

/* What the case has made. */
static tn_buffer *buffers[KEPT_MOST];
static void *blocks[KEPT_MOST];
static size_t buffer_count, block_count;

static struct {
    const char *name;
    tn_module *module;
} bundles[BUNDLES_MOST];
static size_t bundle_count;

/* The kernel that is tested now. */
static struct {
    const char *bundle, *name, *of;
    double tolerance, error;
    char size[64]; /* of the case */
    char sizes[1024];
    char wrong[256]; /* the first thing that is */
} now;

/* Those that were. */
static const char *tested[KERNELS_MOST][2];
static size_t tested_count;

/* ---- failures ---- */

void library_check(tn_status status, const char *call)
{
    if (status != TN_OK) {
        printf("%s %s: %s: %s\n%s", now.bundle, now.name, call,
               tn_error_message(), tn_error_log());
        exit(EXIT_FAILURE);
    }
}

static void __attribute__((format(printf, 1, 2))) wrong(const char *format, ...)
{
    va_list values;

    if (now.wrong[0] == '\0') {
        int used = snprintf(now.wrong, sizeof now.wrong, "at %s ", now.size);

        va_start(values, format);
        vsnprintf(now.wrong + used, sizeof now.wrong - (size_t)used, format,
                  values);
        va_end(values);
    }
}

void library_expect(int holds, const char *what)
{
    if (!holds) {
        wrong("not so: %s", what);
    }
}

/* ---- values ---- */

uint32_t library_word(void)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 32);
}

void *library_zeros(size_t n, size_t bytes)
{
    void *block = calloc(n > 0 ? n : 1, bytes);

    if (block == NULL || block_count == KEPT_MOST) {
        abort();
    }
    return blocks[block_count++] = block;
}

float *library_floats(size_t n, double low, double high)
{
    float *values = LIBRARY_ZEROS(n, float);

    for (size_t i = 0; i < n; ++i) {
        values[i] = (float)(low + (high - low) * library_word() * 0x1p-32);
    }
    return values;
}

/* ---- buffers ---- */

static tn_buffer *make_buffer(const void *values, size_t bytes)
{
    unsigned char *guarded = malloc(bytes + GUARD_BYTES);
    tn_buffer *buffer = NULL;

    if (guarded == NULL || buffer_count == KEPT_MOST) {
        abort();
    }
    memset(guarded, GUARD, bytes + GUARD_BYTES);
    if (values != NULL && bytes > 0) {
        memcpy(guarded, values, bytes);
    }
    library_check(tn_buffer_create(device, bytes + GUARD_BYTES, &buffer),
                  "tn_buffer_create");
    library_check(tn_copy_to(stream, buffer, 0, guarded, bytes + GUARD_BYTES),
                  "tn_copy_to");
    free(guarded);
    return buffers[buffer_count++] = buffer;
}

tn_buffer *library_in(const void *values, size_t bytes)
{
    return make_buffer(values, bytes);
}

tn_buffer *library_in_floats(const float *values, size_t n)
{
    return make_buffer(values, n * sizeof *values);
}

tn_buffer *library_out(size_t bytes)
{
    return make_buffer(NULL, bytes);
}

tn_buffer *library_out_floats(size_t n)
{
    return make_buffer(NULL, n * sizeof(float));
}

/* What a buffer has now; the caller frees it. */
static void *read_buffer(tn_buffer *buffer, size_t bytes)
{
    size_t size = (size_t)tn_buffer_size(buffer);
    unsigned char *values = malloc(size);

    if (values == NULL) {
        abort();
    }
    library_check(tn_copy_from(stream, buffer, 0, values, size),
                  "tn_copy_from");
    for (size_t i = bytes; i < size; ++i) {
        if (values[i] != GUARD) {
            wrong("byte %zu behind the end is written", i - bytes);
            break;
        }
    }
    return values;
}

/* ---- comparing ---- */

static double error_of(double got, double expected, double scale)
{
    if (isnan(expected) || isnan(got)) {
        return isnan(expected) && isnan(got) ? 0.0 : (double)INFINITY;
    }
    if (got == expected) {
        return 0.0;
    }
    return isfinite(expected) && scale > 0.0 ? fabs(got - expected) / scale
                                             : (double)INFINITY;
}

void library_compare(tn_buffer *got, const double *expected,
                     const double *scale, size_t n)
{
    float *values = read_buffer(got, n * sizeof *values);

    for (size_t i = 0; i < n; ++i) {
        double error = error_of((double)values[i], expected[i],
                                scale != NULL ? scale[i] : fabs(expected[i]));

        if (error > now.error) {
            now.error = error;
        }
        if (!(error <= now.tolerance)) {
            wrong("element %zu is %.9g, not %.9g", i, (double)values[i],
                  expected[i]);
        }
    }
    free(values);
}

void library_compare_bytes(tn_buffer *got, const void *expected, size_t bytes)
{
    unsigned char *values = read_buffer(got, bytes);
    size_t i = 0;

    while (i < bytes && values[i] == ((const unsigned char *)expected)[i]) {
        ++i;
    }
    if (i < bytes) {
        wrong("byte %zu of %zu differs", i, bytes);
        now.error = (double)INFINITY;
    }
    free(values);
}

/* ---- cases ---- */

tn_stream *library_stream(void)
{
    return stream;
}

static void forget_case(void)
{
    while (buffer_count > 0) {
        tn_buffer_destroy(buffers[--buffer_count]);
    }
    while (block_count > 0) {
        free(blocks[--block_count]);
    }
}

void library_case(const char *format, ...)
{
    size_t used = strlen(now.sizes);
    va_list values;

    forget_case();
    va_start(values, format);
    vsnprintf(now.size, sizeof now.size, format, values);
    va_end(values);
    if (used < strlen(now.size) ||
        strcmp(now.sizes + used - strlen(now.size), now.size) != 0) {
        snprintf(now.sizes + used, sizeof now.sizes - used, " %s", now.size);
    }
}

static tn_module *find_module(const char *bundle)
{
    for (size_t i = 0; i < bundle_count; ++i) {
        if (strcmp(bundles[i].name, bundle) == 0) {
            return bundles[i].module;
        }
    }
    if (bundle_count == BUNDLES_MOST) {
        abort();
    }
    bundles[bundle_count].name = bundle;
    library_check(tn_module_load(device, bundle, &bundles[bundle_count].module),
                  "tn_module_load");
    printf("%s\n", tn_module_description(bundles[bundle_count].module));
    return bundles[bundle_count++].module;
}

tn_kernel *library_begin(const char *bundle, const char *kernel,
                         double tolerance, const char *of)
{
    tn_kernel *found = NULL;

    memset(&now, 0, sizeof now);
    now.bundle = bundle;
    now.name = kernel;
    now.tolerance = tolerance;
    now.of = of;
    random_state = 0;
    library_check(tn_kernel_get(find_module(bundle), kernel, &found),
                  "tn_kernel_get");
    return found;
}

void library_end(void)
{
    forget_case();
    if (tested_count == KERNELS_MOST) {
        abort();
    }
    tested[tested_count][0] = now.bundle;
    tested[tested_count++][1] = now.name;
    printf("%-7s %-16s ", now.bundle, now.name);
    if (now.tolerance > 0.0) {
        printf("error %-8.2g <= %-8.2g of %s", now.error, now.tolerance,
               now.of);
    } else {
        printf("exact");
    }
    printf(";%s: %s%s\n", now.sizes, now.wrong[0] == '\0' ? "ok" : "WRONG ",
           now.wrong);
    all_right = all_right && now.wrong[0] == '\0';
}

/* ---- all of it ---- */

static bool was_tested(const char *bundle, const char *kernel)
{
    for (size_t i = 0; i < tested_count; ++i) {
        if (strcmp(tested[i][0], bundle) == 0 &&
            strcmp(tested[i][1], kernel) == 0) {
            return true;
        }
    }
    return false;
}

/* No kernel of a bundle was forgotten. */
static void check_tested(void)
{
    for (size_t b = 0; b < bundle_count; ++b) {
        const char *const *names = NULL;
        size_t count = 0;

        library_check(tn_module_kernels(bundles[b].module, &names, &count),
                      "tn_module_kernels");
        for (size_t k = 0; k < count; ++k) {
            if (!was_tested(bundles[b].name, names[k])) {
                printf("%s %s: no test\n", bundles[b].name, names[k]);
                all_right = false;
            }
        }
    }
}

int main(int argc, char **argv)
{
    const tn_setting setting = {.section = "runtime",
                                .key = "backend",
                                .value = argc > 1 ? argv[1] : "cpu"};
    const tn_options options = {
        .size = sizeof options, .settings = &setting, .setting_count = 1};
    tn_device_info info = {.size = sizeof info};
    tn_runtime *runtime = NULL;

    setvbuf(stdout, NULL, _IOLBF, 0);
    now.bundle = "library";
    now.name = setting.value;
    tn_status status = tn_runtime_open_with(&options, &runtime);

    if (status == TN_ERROR_UNAVAILABLE) {
        printf("%s\n", tn_error_message());
        return SKIPPED;
    }
    library_check(status, "opening");
    library_check(tn_device_default(runtime, &device), "tn_device_default");
    library_check(tn_stream_create(device, &stream), "tn_stream_create");
    library_check(tn_device_info_get(device, &info), "tn_device_info_get");
    printf("device %s, %s\n", tn_device_name(device), info.name);
    library_test_vector();
    library_test_matrix();
    library_test_nn();
    library_test_scan();
    library_test_random();
    library_test_image();
    library_test_nbody();
    check_tested();
    tn_runtime_close(runtime);
    printf("%zu kernels, %s\n", tested_count,
           all_right ? "all right" : "some WRONG");
    return all_right ? EXIT_SUCCESS : EXIT_FAILURE;
}
