/* SPDX-License-Identifier: MIT */
#include "tests/unit/choosing.h"

#include <string.h>

tn_runtime *rt;
tn_device *const untouched = (tn_device *)&rt;

const char *chosen(void)
{
    tn_device *device = NULL;

    NEEDS(tn_device_default(rt, &device));
    return tn_device_name(device);
}

void choosing_state_is(const char *backend, tn_backend_state state,
                       const char *reason, const char *file, unsigned line)
{
    tn_backend_info info = backends_info(rt, backend);

    suite_check(info.state == state, backend,
                suite_text("state %u", info.state), file, line);
    suite_contains(info.reason, reason, true, file, line);
}

unsigned logged(const char *words)
{
    unsigned count = 0;

    for (const char *at = backends_log(); (at = strstr(at, words)) != NULL;
         ++at) {
        ++count;
    }
    return count;
}

void close_it(void)
{
    tn_runtime_close(rt);
    rt = NULL;
}
