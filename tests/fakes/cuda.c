/* SPDX-License-Identifier: MIT */
/* Opens the library of a driver, as the real one does; works without it. */
#include "common/dl.h"
#include "tests/fakes/fake.h"

static tn_status instance_create(const tn_host *host, void *host_data,
                                 tn_plugin_instance **instance)
{
    static tn_dl *driver; /* as long as the process */
    tn_sentence why;

    if (driver == NULL && tn_dl_open("libcuda.so.1", &driver, &why) != TN_OK) {
        host->log(host_data, TN_LOG_DEBUG, why.text);
    }
    return fake_instance_create(host, host_data, instance);
}

TN_PLUGIN_NOTE("cuda", "fake clc", "", "libcuda.so.1");
FAKE_ENTRY("cuda")
{
    table->instance_create = instance_create;
}
