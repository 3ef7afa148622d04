/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/ptx.h"
#include "common/requirement.h"
#include "plugins/cuda/cuda.h"

/* The more has been compiled before, the better. */
enum {
    RANK_PTX = 1 << 16,
    RANK_FATBIN = 2 << 16,
    RANK_CUBIN = 3 << 16
};

/* Whether code of that format for that target runs here. */
static bool runs(const char *format, uint32_t wanted, char suffix, uint32_t sm)
{
    if (suffix == 'a') {
        return sm == wanted;
    }
    if (sm < wanted) {
        return false;
    }
    bool same_major = sm / 10 == wanted / 10;

    return strcmp(format, "cubin") == 0 || suffix == 'f' ? same_major : true;
}

/* How well one requirement is met; false where it is not. */
static bool judge(const tn_plugin_device *device, const char *format,
                  const char *text, size_t bytes, uint32_t *value)
{
    uint32_t wanted = 0;
    char suffix = 0;

    if (!tn_ptx_target_parse(text, bytes, &wanted, &suffix) ||
        !runs(format, wanted, suffix, device->sm)) {
        return false;
    }
    uint32_t own = 4 * wanted + (suffix == 'a' ? 2 : suffix == 'f' ? 1 : 0);

    *value = own > *value ? own : *value;
    return true;
}

static uint32_t base_rank(const char *format)
{
    return strcmp(format, "ptx") == 0      ? RANK_PTX
           : strcmp(format, "fatbin") == 0 ? RANK_FATBIN
           : strcmp(format, "cubin") == 0  ? RANK_CUBIN
                                           : 0;
}

tn_status cuda_module_rank(tn_plugin_device *device, const char *format,
                           const char *requirements, uint32_t *rank)
{
    uint32_t base = base_rank(format);
    uint32_t value = 0;
    const char *next;
    size_t bytes;

    *rank = 0;
    if (base == 0) {
        return TN_OK;
    }
    while ((next = tn_requirement_next(&requirements, &bytes)) != NULL) {
        if (!judge(device, format, next, bytes, &value)) {
            return TN_OK;
        }
    }
    *rank = base + value;
    return TN_OK;
}
