/* SPDX-License-Identifier: MIT */
/* Does not launch. */
#include "tests/fakes/fake.h"

static tn_status launch(tn_plugin_stream *stream, tn_plugin_kernel *kernel,
                        const tn_plugin_launch *record)
{
    (void)kernel;
    (void)record;
    return fake_fail(stream->device->instance, TN_ERROR_DEVICE,
                     "the queue is closed");
}

FAKE_PLUGIN("launch_fails", "")
{
    table->launch = launch;
}
