/* SPDX-License-Identifier: MIT */
/* Has no driver, and says what to install. */
#include "tests/fakes/fake.h"

static tn_status instance_create(const tn_host *host, void *host_data,
                                 tn_plugin_instance **instance)
{
    (void)instance;
    host->error(host_data, "libfake.so.1 is not here; install fake-driver");
    return TN_ERROR_UNAVAILABLE;
}

FAKE_PLUGIN("unavailable", "")
{
    table->instance_create = instance_create;
}
