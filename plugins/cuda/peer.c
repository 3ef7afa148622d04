/* SPDX-License-Identifier: MIT */
#include "plugins/cuda/peer.h"

#include "plugins/cuda/cuda.h"
#include "plugins/cuda/stream.h"

enum {
    PEERS_MAX = 64 /* bits of tn_plugin_device.peers */
};

/* Lets `device`, whose context is current, use memory of `other`. */
static void enable(const tn_plugin_device *device,
                   const tn_plugin_device *other)
{
    const cuda_driver *driver = &device->instance->driver;
    cuda_access access = {{TN_CU_MEM_LOCATION_TYPE_DEVICE, device->ordinal},
                          TN_CU_MEM_ACCESS_FLAGS_PROT_READWRITE};
    int can = 0;

    if (driver->cuDeviceCanAccessPeer(&can, device->ordinal, other->ordinal) !=
            TN_CUDA_SUCCESS ||
        can == 0) {
        return;
    }
    /* where this fails, the copy goes through the host */
    (void)driver->cuCtxEnablePeerAccess(other->context, 0);
    if (other->pool != NULL && driver->cuMemPoolSetAccess != NULL) {
        (void)driver->cuMemPoolSetAccess(other->pool, &access, 1);
    }
}

/* Once for each pair. */
static void enable_once(tn_plugin_device *device, const tn_plugin_device *other)
{
    if (other == device || other->index >= PEERS_MAX) {
        return;
    }
    pthread_mutex_lock(&device->lock);
    bool first = (device->peers >> other->index & 1) == 0;

    device->peers |= (uint64_t)1 << other->index;
    pthread_mutex_unlock(&device->lock);
    if (first) {
        enable(device, other);
    }
}

/* The other device destroys its memory after this stream's work, too. */
static void have_reaper_wait(tn_plugin_stream *stream,
                             const tn_plugin_device *other)
{
    tn_plugin_device *device = stream->device;
    const cuda_driver *driver = &device->instance->driver;

    if (other == device) {
        return;
    }
    pthread_mutex_lock(&device->lock);
    if (driver->cuEventRecord(stream->tail, stream->queue) == TN_CUDA_SUCCESS) {
        (void)driver->cuStreamWaitEvent(other->reaper, stream->tail, 0);
    }
    pthread_mutex_unlock(&device->lock);
}

cuda_result cuda_peer_copy(tn_plugin_stream *stream, tn_plugin_memory *to,
                           uint64_t to_offset, tn_plugin_memory *from,
                           uint64_t from_offset, size_t bytes)
{
    tn_plugin_device *device = stream->device;
    const cuda_driver *driver = &device->instance->driver;

    enable_once(device, to->device);
    enable_once(device, from->device);
    cuda_result result =
        driver->cuMemcpyPeerAsync(to->address + to_offset, to->device->context,
                                  from->address + from_offset,
                                  from->device->context, bytes, stream->queue);

    have_reaper_wait(stream, to->device);
    have_reaper_wait(stream, from->device);
    return result;
}
