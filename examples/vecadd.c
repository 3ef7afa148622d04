/* SPDX-License-Identifier: MIT */
/* Adds two vectors on the backend that the configuration names:
 *     ./vecadd [app.ini] */
#include <stdio.h>
#include <stdlib.h>

#include <tenon/tenon.h>

#define N 1024

static void check(tn_status status)
{
    if (status != TN_OK) {
        fprintf(stderr, "vecadd: %s\n%s", tn_error_message(), tn_error_log());
        exit(EXIT_FAILURE);
    }
}

int main(int argc, char **argv)
{
    int32_t a[N], b[N], c[N];
    for (int i = 0; i < N; ++i) {
        a[i] = i;
        b[i] = 2 * i;
    }

    tn_runtime *runtime;
    tn_device *device;
    tn_stream *stream;
    check(tn_runtime_open(argc > 1 ? argv[1] : NULL, &runtime));
    check(tn_device_default(runtime, &device));
    check(tn_stream_create(device, &stream));

    tn_module *module;
    tn_kernel *add;
    check(tn_module_load(device, "vector", &module));
    check(tn_kernel_get(module, "add_i32", &add));

    tn_buffer *buffer[3];
    for (int i = 0; i < 3; ++i) {
        check(tn_buffer_create(device, sizeof a, &buffer[i]));
    }
    check(tn_copy_to(stream, buffer[0], 0, a, sizeof a));
    check(tn_copy_to(stream, buffer[1], 0, b, sizeof b));
    check(tn_launch(stream, add, tn_items(N), buffer[0], buffer[1], buffer[2],
                    (uint32_t)N));
    check(tn_copy_from(stream, buffer[2], 0, c, sizeof c)); /* waits */

    int right = 0;
    for (int i = 0; i < N; ++i) {
        right += c[i] == 3 * i;
    }
    printf("%s: %s\n", tn_device_name(device), tn_module_description(module));
    printf("%d %d %d ... %d\n", c[0], c[1], c[2], c[N - 1]);
    printf("%s\n", right == N ? "all right" : "WRONG");

    tn_runtime_close(runtime); /* and all that was made on it */
    return right == N ? EXIT_SUCCESS : EXIT_FAILURE;
}
