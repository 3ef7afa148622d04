/* SPDX-License-Identifier: MIT */
/* Takes its time to start. */
#include <time.h>

#include "tests/fakes/fake.h"

static tn_status instance_create(const tn_host *host, void *host_data,
                                 tn_plugin_instance **instance)
{
    const struct timespec half_a_second = {0, 500000000};

    host->log(host_data, TN_LOG_DEBUG, "starts");
    nanosleep(&half_a_second, NULL);
    return fake_instance_create(host, host_data, instance);
}

FAKE_PLUGIN("slow", "")
{
    table->instance_create = instance_create;
}
