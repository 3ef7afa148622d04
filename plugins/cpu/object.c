/* SPDX-License-Identifier: MIT */
#include "plugins/cpu/object.h"

#include "plugins/cpu/cpu.h"
#include "plugins/cpu/device.h"
#include "plugins/cpu/stream.h"

void cpu_object_init(cpu_object *object, void (*end)(cpu_object *object))
{
    atomic_init(&object->references, 1);
    object->end = end;
}

void cpu_object_reference(cpu_object *object)
{
    atomic_fetch_add_explicit(&object->references, 1, memory_order_relaxed);
}

void cpu_object_unreference(cpu_object *object)
{
    if (atomic_fetch_sub_explicit(&object->references, 1,
                                  memory_order_acq_rel) == 1) {
        object->end(object);
    }
}

/*
 * A stream whose work uses the object and that has no memory to note so,
 * referenced, or NULL: each has noted it.
 */
static tn_plugin_stream *note_in_streams(cpu_object *object,
                                         tn_plugin_device *device)
{
    cpu_lock_take(&device->lock);
    tn_plugin_stream *stream = device->streams;

    while (stream != NULL && cpu_stream_retire(stream, object)) {
        stream = stream->others.next;
    }
    if (stream != NULL) {
        cpu_stream_reference(stream);
    }
    cpu_lock_release(&device->lock);
    return stream;
}

void cpu_object_retire(cpu_object *object, tn_plugin_device *device)
{
    tn_plugin_stream *stream;

    while ((stream = note_in_streams(object, device)) != NULL) {
        cpu_stream_await(stream, UINT64_MAX, TN_FOREVER);
        cpu_stream_unreference(stream);
    }
    cpu_object_unreference(object);
}
