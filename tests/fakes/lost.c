/* SPDX-License-Identifier: MIT */
/* Takes a launch, and loses the device over it. */
#include "tests/fakes/fake.h"

static tn_status launch(tn_plugin_stream *stream, tn_plugin_kernel *kernel,
                        const tn_plugin_launch *record)
{
    (void)kernel;
    (void)record;
    stream->failed = TN_ERROR_DEVICE_LOST;
    return TN_OK;
}

FAKE_PLUGIN("lost", "")
{
    table->launch = launch;
}
