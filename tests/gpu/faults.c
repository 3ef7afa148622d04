/* SPDX-License-Identifier: MIT */
/*
 * faults CASE: what goes wrong on a real NVIDIA GPU, one case a process, since
 * some of them cost the process its device. scripts/check --gpu runs them all;
 * `faults list` names them. Exits with 0 when Tenon answered as it should.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tenon/tenon.h>

#define HEAD ".version 6.3\n.target sm_70\n.address_size 64\n"

static const char ptx[] = HEAD
    ".visible .entry nowhere(.param .u64 at)\n"
    "{\n    .reg .b64 %rd<2>;\n    .reg .b32 %r<2>;\n"
    "    mov.u64 %rd1, 16;\n    mov.u32 %r1, 1;\n"
    "    st.global.u32 [%rd1], %r1;\n    ret;\n}\n"
    ".visible .entry crooked(.param .u64 at)\n"
    "{\n    .reg .b64 %rd<3>;\n    .reg .b32 %r<2>;\n"
    "    ld.param.u64 %rd1, [at];\n    add.s64 %rd2, %rd1, 1;\n"
    "    mov.u32 %r1, 1;\n    st.global.u32 [%rd2], %r1;\n    ret;\n}\n"
    ".visible .entry trapped(.param .u64 at)\n{\n    trap;\n    ret;\n}\n"
    ".visible .entry endless(.param .u64 at)\n"
    "{\n    .reg .b64 %rd<2>;\n    .reg .b32 %r<2>;\n    .reg .pred %p<2>;\n"
    "    ld.param.u64 %rd1, [at];\nAGAIN:\n"
    "    ld.volatile.global.u32 %r1, [%rd1];\n"
    "    setp.eq.u32 %p1, %r1, 0;\n    @%p1 bra AGAIN;\n    ret;\n}\n"
    ".extern .shared .align 16 .b8 dynamic[];\n"
    ".visible .entry shared(.param .u64 at, .param .u64 block)\n"
    "{\n    .reg .b64 %rd<3>;\n    .reg .b32 %r<3>;\n"
    "    mov.u32 %r1, dynamic;\n    mov.u32 %r2, 7;\n"
    "    st.shared.u32 [%r1], %r2;\n    ld.shared.u32 %r2, [%r1];\n"
    "    ld.param.u64 %rd1, [at];\n    st.global.u32 [%rd1], %r2;\n"
    "    ret;\n}\n"
    ".visible .entry _Z5twicePf(.param .u64 at)\n{\n    ret;\n}\n"
    ".visible .entry _Z4samePf(.param .u64 at)\n{\n    ret;\n}\n"
    ".visible .entry _Z4samePd(.param .u64 at)\n{\n    ret;\n}\n";

static struct {
    tn_runtime *runtime;
    tn_device *device;
    tn_stream *stream;
    tn_module *module;
    tn_buffer *buffer;
    int wrong;
} the;

/* ---- expectations ---- */

static void expect(bool right, const char *what)
{
    printf("%s %s: %s\n", right ? "   " : "NOT", what, tn_error_message());
    the.wrong += !right;
}

static void needs(tn_status status, const char *what)
{
    if (status != TN_OK) {
        expect(false, what);
        exit(EXIT_FAILURE);
    }
}

static void answers(tn_status given, tn_status wanted, const char *part,
                    const char *what)
{
    bool right = given == wanted &&
                 (part == NULL || strstr(tn_error_message(), part) != NULL ||
                  strstr(tn_error_log(), part) != NULL);

    if (!right) {
        printf("    status %s instead of %s, or no \"%s\"\n",
               tn_status_name(given), tn_status_name(wanted),
               part != NULL ? part : "");
    }
    expect(right, what);
}

/* ---- what all cases use ---- */

static void open_all(void)
{
    static const tn_setting settings[] = {{"runtime", "backend", "cuda", NULL},
                                          {"runtime", "fallback", "no", NULL}};
    tn_options options = {
        .size = sizeof options, .settings = settings, .setting_count = 2};
    uint32_t zero = 0;

    needs(tn_runtime_open_with(&options, &the.runtime), "opening");
    needs(tn_device_default(the.runtime, &the.device), "the device");
    needs(tn_stream_create(the.device, &the.stream), "a stream");
    needs(
        tn_module_load_data(the.device, ptx, sizeof ptx - 1, NULL, &the.module),
        "the module");
    needs(tn_buffer_create(the.device, 4096, &the.buffer), "a buffer");
    needs(tn_fill(the.stream, the.buffer, 0, 4096, &zero, sizeof zero),
          "a fill");
    needs(tn_stream_sync(the.stream), "a sync");
}

static tn_kernel *kernel(const char *name)
{
    tn_kernel *found = NULL;

    needs(tn_kernel_get(the.module, name, &found), name);
    return found;
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* ---- cases ---- */

/* The first call tells what happened, later ones say the same at once. */
static void is_lost_by(const char *name, const char *number)
{
    tn_kernel *other = kernel("endless");
    uint32_t word = 0;

    needs(tn_launch(the.stream, kernel(name), tn_items(1), the.buffer), name);
    answers(tn_stream_sync(the.stream), TN_ERROR_DEVICE_LOST, number, "sync");
    double begin = now();

    answers(tn_device_status(the.device), TN_ERROR_DEVICE_LOST, number,
            "device status");
    answers(tn_copy_from(the.stream, the.buffer, 0, &word, sizeof word),
            TN_ERROR_DEVICE_LOST, number, "copy");
    answers(tn_launch(the.stream, other, tn_items(1), the.buffer),
            TN_ERROR_DEVICE_LOST, number, "launch");
    expect(now() - begin < 0.1, "at once");
}

static void illegal_address(void)
{
    is_lost_by("nowhere", "(700)");
}

static void misaligned_address(void)
{
    is_lost_by("crooked", "(716)");
}

static void trap(void)
{
    is_lost_by("trapped", "(7");
}

static void endless_kernel(void)
{
    needs(tn_launch(the.stream, kernel("endless"), tn_items(1), the.buffer),
          "launch");
    expect(tn_stream_sync_for(the.stream, 200000000) == TN_TIMEOUT,
           "sync with a time limit");
    expect(tn_stream_status(the.stream) == TN_NOT_READY, "status");
    double begin = now();

    tn_runtime_close(the.runtime);
    the.runtime = NULL;
    expect(now() - begin < 20.0, "closing ends");
}

static void out_of_memory(void)
{
    tn_buffer *buffers[64];
    size_t count = 0;
    uint64_t bytes = (uint64_t)16 << 30;
    tn_status status = TN_OK;

    while (count < 64 && (status = tn_buffer_create(
                              the.device, bytes, &buffers[count])) == TN_OK) {
        ++count;
    }
    answers(status, TN_ERROR_NO_MEMORY, "17179869184", "16 GiB too many");
    tn_buffer *small = NULL;

    answers(tn_buffer_create(the.device, 1 << 20, &small), TN_OK, NULL,
            "1 MiB afterwards");
    while (count > 0) {
        tn_buffer_destroy(buffers[--count]);
    }
    answers(tn_buffer_create(the.device, bytes, &buffers[0]), TN_OK, NULL,
            "16 GiB after they were freed");
    answers(tn_buffer_create(the.device, (uint64_t)1 << 60, &small),
            TN_ERROR_NO_MEMORY, "1152921504606846976", "2^60 bytes");
}

static void group_memory(void)
{
    tn_device_info info = {.size = sizeof info};
    tn_kernel *shared = kernel("shared");
    uint32_t word = 0;

    needs(tn_device_info_get(the.device, &info), "info");
    printf("    %llu bytes of group memory\n",
           (unsigned long long)info.local_bytes);
    answers(tn_launch(the.stream, shared, tn_items(1), the.buffer,
                      tn_local((uint32_t)info.local_bytes)),
            TN_OK, NULL, "all of it");
    answers(tn_copy_from(the.stream, the.buffer, 0, &word, sizeof word), TN_OK,
            NULL, "its result");
    expect(word == 7, "the result is right");
    answers(tn_launch(the.stream, shared, tn_items(1), the.buffer,
                      tn_local((uint32_t)info.local_bytes + 1)),
            TN_ERROR_RANGE, "232", "a byte too many");
    answers(tn_launch(the.stream, kernel("trapped"),
                      tn_in_groups(tn_items(4096), 2048, 1, 1), the.buffer),
            TN_ERROR_RANGE, "1024", "2048 items a group");
    answers(tn_launch(the.stream, kernel("trapped"), tn_items(1)),
            TN_ERROR_SIGNATURE, "1 argument", "an argument too few");
    answers(tn_launch(the.stream, kernel("trapped"), tn_items(1), (uint32_t)1),
            TN_ERROR_SIGNATURE, "bytes", "an argument of another size");
    answers(tn_stream_sync(the.stream), TN_OK, NULL, "nothing of it ran");
}

static tn_status load(const char *text)
{
    tn_module *module = NULL;

    return tn_module_load_data(the.device, text, strlen(text), NULL, &module);
}

static void wrong_code(void)
{
    static const char broken[] = HEAD ".visible .entry add(.param .u64 a)\n"
                                      "{\n    no.such.thing %r1;\n    ret;\n}";

    answers(load("This is text, about a kernel.\n"), TN_ERROR_FORMAT, NULL,
            "text");
    answers(load(broken), TN_ERROR_BUILD, "line", "an unknown instruction");
    char part[sizeof ptx];

    snprintf(part, sizeof part, "%.*s", (int)(sizeof ptx / 2), ptx);
    answers(load(part), TN_ERROR_BUILD, NULL, "PTX that ends early");
    answers(load(".version 7.0\n.target sm_121\n.address_size 64\n"),
            TN_ERROR_FORMAT, "sm_121", "PTX for a later GPU");
    answers(load(".version 99.0\n.target sm_70\n.address_size 64\n"
                 ".visible .entry a()\n{\n    ret;\n}\n"),
            TN_ERROR_FORMAT, "(222)", "PTX of a later version");
    tn_kernel *found = NULL;

    answers(tn_kernel_get(the.module, "endles", &found), TN_ERROR_NOT_FOUND,
            "endless", "a kernel that is not there");
    answers(tn_kernel_get(the.module, "twice", &found), TN_OK, NULL,
            "a mangled one by its plain name");
    answers(tn_kernel_get(the.module, "same", &found), TN_ERROR_NOT_FOUND,
            "_Z4samePd", "two of one plain name");
}

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {{"illegal-address", illegal_address},
             {"misaligned-address", misaligned_address},
             {"trap", trap},
             {"endless-kernel", endless_kernel},
             {"out-of-memory", out_of_memory},
             {"group-memory", group_memory},
             {"wrong-code", wrong_code}};

int main(int argc, char **argv)
{
    const char *wanted = argc == 2 ? argv[1] : "list";
    bool found = false;

    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        if (strcmp(wanted, "list") == 0) {
            puts(cases[i].name);
            found = true;
        } else if (strcmp(wanted, cases[i].name) == 0) {
            open_all();
            cases[i].run();
            tn_runtime_close(the.runtime);
            found = true;
        }
    }
    return found && the.wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
