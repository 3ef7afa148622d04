/* SPDX-License-Identifier: MIT */
/* y = k x + y in C++, where tn_launch is a template: ./saxpy [app.ini] */
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <tenon/tenon.h>

static void check(tn_status status)
{
    if (status != TN_OK) {
        std::fprintf(stderr, "saxpy: %s\n%s", tn_error_message(),
                     tn_error_log());
        std::exit(EXIT_FAILURE);
    }
}

static tn_buffer *upload(tn_stream *stream, const std::vector<float> &values)
{
    const std::size_t bytes = values.size() * sizeof(float);
    tn_buffer *buffer;

    check(tn_buffer_create(tn_stream_device(stream), bytes, &buffer));
    check(tn_copy_to(stream, buffer, 0, values.data(), bytes));
    return buffer;
}

int main(int argc, char **argv)
{
    const std::uint32_t n = 1000;
    std::vector<float> x(n, 2), y(n, 1);
    tn_runtime *runtime;
    tn_device *device;
    tn_stream *stream;
    tn_module *module;
    tn_kernel *saxpy;

    check(tn_runtime_open(argc > 1 ? argv[1] : nullptr, &runtime));
    check(tn_device_default(runtime, &device));
    check(tn_stream_create(device, &stream));
    check(tn_module_load(device, "vector", &module));
    check(tn_kernel_get(module, "saxpy", &saxpy));

    tn_buffer *on_x = upload(stream, x);
    tn_buffer *on_y = upload(stream, y);
    check(tn_launch(stream, saxpy, tn_items(n), 10.0f, on_x, on_y, n));
    check(tn_copy_from(stream, on_y, 0, y.data(), n * sizeof(float)));

    std::printf("%s: %g ... %g\n", tn_device_name(device), y.front(), y.back());
    tn_runtime_close(runtime);
    return y == std::vector<float>(n, 21) ? EXIT_SUCCESS : EXIT_FAILURE;
}
