/* SPDX-License-Identifier: MIT */
/*
 * tn_launch() as applications write it. The same text is compiled as C11, where
 * it is a macro, and as C++11 and C++17, where it is a template: each value has
 * to become an argument of the very type that the kernel declares.
 *
 *     launch FOLDER    of fake plugins; exits with 0 if all is well
 */
#include <stdio.h>
#include <string.h>

#include <tenon/tenon.h>

static const char kernels[] =
    "kernel add(in f32* a, in f32* b, out f32* c, u32 n)\n"
    "kernel nothing()\n"
    "kernel all(i8 a, u8 b, i16 c, u16 d, i32 e, u32 f, i64 g, u64 h, i64 i, "
    "u64 j, f16 k, f32 l, f64 m, in u8* n, local f32* o, struct:12 p)\n";

static int failures;

static void check(int line, tn_status status, tn_status expected)
{
    if (status != expected) {
        fprintf(stderr, "launch.c:%d: %s: %s\n", line, tn_status_name(status),
                tn_error_message());
        ++failures;
    }
}

#define CHECK(call, expected) check(__LINE__, call, expected)

typedef struct point {
    float x, y, z;
} point;

static void launch_all(tn_stream *stream, tn_kernel *kernel, tn_buffer *buffer)
{
    point p = {1.0f, 2.0f, 3.0f};
    tn_grid grid = tn_in_groups(tn_items3(8, 4, 2), 4, 2, 1);

#define BEGIN                                                                  \
    (signed char)1, (unsigned char)2, (short)3, (unsigned short)4, 5, 6u, 7L,  \
        8UL, 9LL, 10ULL, tn_half(0x3c00)
#define END tn_at(buffer, 16), tn_local(64), tn_struct(&p, sizeof p)
    CHECK(tn_launch(stream, kernel, grid, BEGIN, 1.0f, 2.0, END), TN_OK);
    CHECK(tn_launch(stream, kernel, grid, BEGIN, 1.0, 2.0, END),
          TN_ERROR_SIGNATURE);
    CHECK(tn_launch(stream, kernel, grid, BEGIN, 1.0f, 2, END),
          TN_ERROR_SIGNATURE);
    CHECK(tn_launch(stream, kernel, grid, BEGIN, 1.0f, 2.0),
          TN_ERROR_SIGNATURE);
#undef BEGIN
#undef END
}

static void launch_add(tn_device *device, tn_stream *stream, tn_kernel *add)
{
    float numbers[3] = {1.0f, 2.0f, 3.0f};
    tn_buffer *a = NULL;
    const uint32_t n = 3;

    CHECK(tn_buffer_create(device, sizeof numbers, &a), TN_OK);
    CHECK(tn_copy_to(stream, a, 0, numbers, sizeof numbers), TN_OK);
    CHECK(tn_launch(stream, add, tn_items(n), a, a, a, n), TN_OK);
    CHECK(tn_copy_from(stream, a, 0, numbers, sizeof numbers), TN_OK);
    if (numbers[0] != 2.0f || numbers[1] != 4.0f || numbers[2] != 6.0f) {
        fprintf(stderr, "add: %g %g %g\n", (double)numbers[0],
                (double)numbers[1], (double)numbers[2]);
        ++failures;
    }
}

static void use(tn_device *device)
{
    tn_stream *stream = NULL;
    tn_module *module = NULL;
    tn_kernel *add = NULL;
    tn_kernel *all = NULL;
    tn_kernel *nothing = NULL;
    tn_buffer *buffer = NULL;

    CHECK(tn_stream_create(device, &stream), TN_OK);
    CHECK(
        tn_module_load_data(device, kernels, sizeof kernels - 1, NULL, &module),
        TN_OK);
    CHECK(tn_kernel_get(module, "add", &add), TN_OK);
    CHECK(tn_kernel_get(module, "all", &all), TN_OK);
    CHECK(tn_kernel_get(module, "nothing", &nothing), TN_OK);
    CHECK(tn_buffer_create(device, 64, &buffer), TN_OK);
    if (failures == 0) {
        CHECK(tn_launch(stream, nothing, tn_items(1)), TN_OK);
        CHECK(tn_launch(stream, nothing, tn_items2(1, 1), 1),
              TN_ERROR_SIGNATURE);
        launch_all(stream, all, buffer);
        launch_add(device, stream, add);
    }
    CHECK(tn_stream_sync(stream), TN_OK);
}

int main(int argc, char **argv)
{
    tn_setting settings[2];
    tn_options options;
    tn_runtime *runtime = NULL;
    tn_device *device = NULL;

    if (argc != 2) {
        return 2;
    }
    memset(settings, 0, sizeof settings);
    settings[0].section = settings[1].section = "runtime";
    settings[0].key = "plugin_path";
    settings[0].value = argv[1];
    settings[1].key = "backend";
    settings[1].value = "works";
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.settings = settings;
    options.setting_count = 2;
    CHECK(tn_runtime_open_with(&options, &runtime), TN_OK);
    CHECK(tn_device_default(runtime, &device), TN_OK);
    if (failures == 0) {
        use(device);
    }
    tn_runtime_close(runtime);
    return failures != 0;
}
