/* SPDX-License-Identifier: MIT */
/* Has a key of its own, `colour`, and is particular about it. */
#include <stdio.h>
#include <string.h>

#include "tests/fakes/fake.h"

static tn_status instance_create(const tn_host *host, void *host_data,
                                 tn_plugin_instance **instance)
{
    const char *colour = host->config(host_data, "colour");
    char sentence[200];

    if (colour != NULL && strcmp(colour, "red") != 0) {
        snprintf(sentence, sizeof sentence,
                 "%s: colour = %s: takes red and nothing else",
                 host->config_origin(host_data, "colour"), colour);
        host->error(host_data, sentence);
        return TN_ERROR_CONFIG;
    }
    if (host->config(host_data, "shape") != NULL ||
        host->config_origin(host_data, "shape") != NULL) {
        return TN_ERROR_INTERNAL;
    }
    return fake_instance_create(host, host_data, instance);
}

FAKE_PLUGIN("colour", "colour shape")
{
    table->instance_create = instance_create;
}
