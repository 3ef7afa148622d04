/* SPDX-License-Identifier: MIT */
#include "plugins/cuda/binary.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/binaries.h"

/* The driver's release: the same CUDA comes with several. Empty: unknown. */
static void read_release(char *release, int size)
{
    FILE *file = fopen("/sys/module/nvidia/version", "re");

    release[0] = '\0';
    if (file != NULL) {
        if (fgets(release, size, file) == NULL) {
            release[0] = '\0';
        }
        fclose(file);
    }
}

static bool can_link(const cuda_driver *driver)
{
    return driver->cuLinkCreate_v2 != NULL &&
           driver->cuLinkAddData_v2 != NULL && driver->cuLinkComplete != NULL &&
           driver->cuLinkDestroy != NULL;
}

void cuda_binary_key_init(cuda_binary_key *key, const tn_plugin_device *device,
                          const char *options, const char *ptx, size_t bytes)
{
    const tn_plugin_instance *instance = device->instance;
    char release[64];

    *key = (cuda_binary_key){NULL, 0};
    if (!tn_binaries_wanted(&instance->binaries) ||
        !can_link(&instance->driver)) {
        return;
    }
    FILE *out = open_memstream(&key->text, &key->bytes);

    if (out == NULL) {
        return;
    }
    read_release(release, sizeof release);
    fprintf(out, "cuda " CUDA_VERSION_TEXT "\n%s\n%d\n%s\n%s\n",
            device->info.target, instance->driver.version, release,
            options != NULL ? options : "");
    fwrite(ptx, 1, bytes, out);
    if (fclose(out) != 0) {
        cuda_binary_key_finish(key);
    }
}

void cuda_binary_key_finish(cuda_binary_key *key)
{
    free(key->text);
    *key = (cuda_binary_key){NULL, 0};
}

bool cuda_binary_load(tn_plugin_instance *instance, const cuda_binary_key *key,
                      cuda_code *code)
{
    void *cubin = NULL;
    size_t bytes = 0;

    if (!tn_binaries_read(&instance->binaries, key->text, key->bytes, &cubin,
                          &bytes)) {
        return false;
    }
    bool taken = instance->driver.cuModuleLoadDataEx(code, cubin, 0, NULL,
                                                     NULL) == TN_CUDA_SUCCESS;

    if (!taken) {
        tn_binaries_remove(&instance->binaries, key->text, key->bytes);
    }
    free(cubin);
    return taken;
}

void cuda_binary_store(tn_plugin_instance *instance, const cuda_binary_key *key,
                       const void *cubin, size_t bytes)
{
    tn_binaries_write(&instance->binaries, key->text, key->bytes, cubin, bytes);
}
