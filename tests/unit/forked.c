/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/unit/forked.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/bundles.h"

enum {
    HANGS = 60 /* seconds after which a child is taken to hang */
};

/* ---- children ---- */

int forked_failures;

bool forked_expect(bool holds, const char *what)
{
    if (!holds) {
        printf("\n    in the child: %s: %s", what, tn_error_message());
        forked_failures++;
    }
    return holds;
}

bool forked_passes(void (*run)(void))
{
    int result = 0;

    fflush(stdout);
    pid_t child = fork();

    if (child == 0) {
        alarm(HANGS);
        forked_failures = 0;
        run();
        fflush(stdout);
        _exit(forked_failures > 0);
    }
    if (child < 0 || waitpid(child, &result, 0) != child) {
        return false;
    }
    if (WIFSIGNALED(result)) {
        printf("\n    the child ended by signal %d%s", WTERMSIG(result),
               WTERMSIG(result) == SIGALRM ? ": it hung" : "");
    }
    return WIFEXITED(result) && WEXITSTATUS(result) == 0;
}

/* ---- what the parent has open ---- */

forked_objects parent;

const char *forked_install(forked_backend kind)
{
    if (kind == FAKE_CUDA) {
        backends_install("cuda");
        return "cuda";
    }
    if (kind == REAL_CUDA) {
        suite_link(suite_built(FORKED_CUDA_PLUGIN), "plugins/cuda.so");
        return "cuda";
    }
    suite_link(suite_built("plugins/cpu/.libs/cpu.so"), "plugins/cpu.so");
    return "cpu";
}

/* Its section of the configuration. */
static const char *settings(forked_backend kind)
{
    return kind == REAL_CUDA
               ? suite_text(
                     "[backend cuda]\nlibrary = %s\n",
                     suite_built("tests/fakes/cuda_driver/.libs/libcuda.so"))
               : "";
}

static tn_status load_module(forked_backend kind, tn_device *device,
                             tn_module **module)
{
    static const char text[] =
        "kernel add(in u32* a, in u32* b, out u32* c, u32 n)\n";

    if (kind == FAKE_CUDA) {
        return tn_module_load_data(device, text, strlen(text), NULL, module);
    }
    return tn_module_load(
        device,
        kind == REAL_CUDA
            ? suite_source("tests/cuda/entries.ptx")
            : suite_built("tests/fixtures/.libs/conformance_kernels.so"),
        module);
}

static tn_status launch(tn_stream *stream, tn_kernel *kernel, tn_buffer *in,
                        tn_buffer *out)
{
    return tn_launch(stream, kernel, tn_items(FORKED_ITEMS), in, in, out,
                     (uint32_t)FORKED_ITEMS);
}

void forked_open(forked_backend kind)
{
    const uint32_t one = 1;

    NEEDS(backends_open(forked_install(kind), settings(kind), &parent.runtime));
    NEEDS(tn_device_default(parent.runtime, &parent.device));
    NEEDS(tn_stream_create(parent.device, &parent.stream));
    NEEDS(tn_stream_create(parent.device, &parent.recorded));
    NEEDS(tn_event_create_timed(parent.device, &parent.event));
    NEEDS(tn_event_create_timed(parent.device, &parent.later));
    NEEDS(tn_buffer_create(parent.device, FORKED_ITEMS * 4, &parent.buffer));
    NEEDS(tn_buffer_create(parent.device, FORKED_ITEMS * 4, &parent.sums));
    NEEDS(load_module(kind, parent.device, &parent.module));
    NEEDS(tn_kernel_get(parent.module, "add", &parent.kernel));
    tn_bundle_close(parent.bundle); /* of the test before; it is no runtime's */
    write_bundle(BUNDLE ADD NOP PLAIN);
    NEEDS(tn_bundle_open(NULL, suite_path("kernels/vector"), &parent.bundle));
    NEEDS(tn_graph_begin(parent.recorded));
    NEEDS(launch(parent.recorded, parent.kernel, parent.buffer, parent.sums));
    NEEDS(tn_graph_end(parent.recorded, &parent.graph));
    NEEDS(tn_graph_begin(parent.recorded));
    NEEDS(tn_fill(parent.stream, parent.buffer, 0, FORKED_ITEMS * 4, &one,
                  sizeof one));
    NEEDS(tn_stream_sync(parent.stream));
}

/* Whether `add` of that very module gives what it should. */
static bool computes(tn_stream *stream, tn_kernel *kernel, tn_buffer *in,
                     tn_buffer *out)
{
    static uint32_t host[FORKED_ITEMS];
    const uint32_t two = 2;

    if (tn_fill(stream, in, 0, FORKED_ITEMS * 4, &two, sizeof two) != TN_OK ||
        launch(stream, kernel, in, out) != TN_OK ||
        tn_copy_from(stream, out, 0, host, sizeof host) != TN_OK) {
        return false;
    }
    for (size_t i = 0; i < FORKED_ITEMS; ++i) {
        if (host[i] != 4) {
            return false;
        }
    }
    return true;
}

tn_status forked_launch(void)
{
    return launch(parent.stream, parent.kernel, parent.buffer, parent.sums);
}

bool forked_computes(void)
{
    return computes(parent.stream, parent.kernel, parent.buffer, parent.sums);
}

/* ---- a runtime of the child's own ---- */

tn_status forked_open_again(const char *file, uint32_t flags,
                            tn_runtime **runtime)
{
    const tn_options options = {
        .size = sizeof options, .flags = flags, .file = file};

    return tn_runtime_open_with(&options, runtime);
}

const char *forked_file;

void forked_compute(void)
{
    tn_runtime *runtime = NULL;
    tn_device *device = NULL;
    tn_stream *stream = NULL;
    tn_module *module = NULL;
    tn_kernel *kernel = NULL;
    tn_buffer *in = NULL;
    tn_buffer *sums = NULL;

    if (EXPECT(forked_open_again(forked_file, 0, &runtime) == TN_OK) &&
        EXPECT(tn_device_default(runtime, &device) == TN_OK) &&
        EXPECT(tn_stream_create(device, &stream) == TN_OK) &&
        EXPECT(load_module(REAL_CPU, device, &module) == TN_OK) &&
        EXPECT(tn_kernel_get(module, "add", &kernel) == TN_OK) &&
        EXPECT(tn_buffer_create(device, FORKED_ITEMS * 4, &in) == TN_OK) &&
        EXPECT(tn_buffer_create(device, FORKED_ITEMS * 4, &sums) == TN_OK)) {
        EXPECT(computes(stream, kernel, in, sums));
    }
    tn_runtime_close(runtime);
}
