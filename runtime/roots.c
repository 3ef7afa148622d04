/* SPDX-License-Identifier: MIT */
/* Alone in a file, so that a test links folders of its own in their place. */
#include "runtime/config.h"

const tn_config_roots tn_system_roots = {"/usr/lib/tenon", "/run/tenon",
                                         TN_CONFDIR};
