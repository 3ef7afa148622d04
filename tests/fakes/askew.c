/* SPDX-License-Identifier: MIT */
/* Tells of kernels what cannot be. */
#include "tests/fakes/fake.h"

static tn_status kernel_info(tn_plugin_kernel *kernel, tn_kernel_info *info)
{
    (void)kernel;
    *info = (tn_kernel_info){
        .size = info->size, .parameter_count = 4, .required_items = {64, 0, 0}};
    return TN_OK;
}

FAKE_PLUGIN("askew", "")
{
    table->kernel_info = kernel_info;
    table->kernel_parameter = NULL;
}
