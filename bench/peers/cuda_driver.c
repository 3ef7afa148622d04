/* SPDX-License-Identifier: MIT */
#include "bench/peers/cuda_driver.h"

#include "bench/measure.h"
#include "common/dl.h"

bool cu_open(cu_driver *driver, const char *library)
{
    tn_sentence why;
    tn_dl *dl = NULL;

    if (tn_dl_open(library, &dl, &why) != TN_OK) {
        return false;
    }
#define FIND(name, parameters)                                                 \
    driver->name = (int(*) parameters)tn_dl_function(dl, #name);               \
    if (driver->name == NULL) {                                                \
        return false;                                                          \
    }
    CU_FUNCTIONS(FIND)
#undef FIND
    return driver->cuInit(0) == 0;
}

void cu_check(int result, const char *call)
{
    if (result != 0) {
        measure_die("%s: error %d", call, result);
    }
}
