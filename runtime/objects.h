/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The objects behind the handles of tenon.h, and how they hang together:
 *
 *     runtime - backends - devices - buffers, streams, events, graphs
 *                                  - modules - kernels
 *
 * Everything that a device owns is on its list, so that closing the runtime
 * finds what the application left.
 */
#ifndef TENON_RUNTIME_OBJECTS_H
#define TENON_RUNTIME_OBJECTS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include <tenon/plugin.h>
#include <tenon/tenon.h>

#include "common/extent.h"
#include "runtime/bundle.h"
#include "runtime/config.h"
#include "runtime/error.h"
#include "runtime/fork.h"
#include "runtime/loader.h"
#include "runtime/log.h"
#include "runtime/paths.h"
#include "runtime/pool.h"

typedef struct tn_backend tn_backend;
typedef struct tn_text tn_text;
typedef struct tn_recording tn_recording;

/** What hangs on a device, in the order in which closing destroys it. */
typedef enum tn_object_kind {
    TN_OBJECT_GRAPH,
    TN_OBJECT_EVENT,
    TN_OBJECT_STREAM,
    TN_OBJECT_MODULE,
    TN_OBJECT_BUFFER,
    TN_OBJECT_KINDS
} tn_object_kind;

/** First member of each of these: a link of its device's list. */
typedef struct tn_object {
    tn_device *device;
    tn_object_kind kind;
    atomic_bool recorded; /* a graph may need it; several threads may say so */
    struct tn_object *next;
    struct tn_object *previous;
} tn_object;

struct tn_device {
    tn_backend *backend;
    const tn_plugin *plugin;  /* the backend's table */
    tn_plugin_device *handle; /* NULL until opened */
    atomic_bool opened;
    uint32_t index;
    tn_device_info info;
    char name[TN_PLUGIN_NAME_BYTES + 12]; /* "cuda:0" */
    pthread_mutex_t lock; /* of the list, the opening and the pool */
    tn_object *objects;
    tn_pool pool;
};

struct tn_backend {
    tn_runtime *runtime;
    char name[TN_PLUGIN_NAME_BYTES];
    int rank;
    bool listed; /* by `backend =`, or by `auto` */
    tn_backend_state state;
    tn_status status;   /* of a rejected one */
    const char *reason; /* never NULL once the registry is made */
    tn_text *reasons;   /* all that it ever had: callers may still read them */
    bool fallback_told; /* it was logged that another one is used instead */
    char *plugin_path;  /* owned; NULL: no file found */
    tn_library *library;
    tn_plugin_instance *instance;
    unsigned fork_count; /* tn_fork_count when the instance was created */
    tn_device *devices;
    uint32_t device_count;
};

struct tn_runtime {
    tn_config *config;
    tn_logger logger;
    tn_folders plugin_folders;
    tn_folders kernel_folders;
    pthread_mutex_t lock; /* of the backends' state and of explanation */
    /* what no fork can take over: calls inside the lock, and instances */
    atomic_uint held;
    atomic_uint fork_count; /* tn_fork_count of the process it belongs to */
    tn_backend *backends;   /* listed ones first, in order */
    size_t backend_count;
    size_t listed_count;
    tn_device *default_device; /* NULL until chosen */
    char *explanation;
};

struct tn_buffer {
    tn_object object;
    tn_plugin_memory *handle;
    uint64_t bytes;
    bool borrowed; /* a module's variable: the module frees it */
    tn_block block;
};

/** Arguments of a launch that takes the short way, plain.h. */
#define TN_PLAIN_ARGUMENTS_MAX 16

struct tn_stream {
    tn_object object;
    tn_plugin_stream *handle;
    tn_recording *recording; /* NULL: work is run, not recorded */
    tn_timeline *timeline;
    bool native;  /* others may queue work on it, too */
    bool overdue; /* the last wait did not see its work end */
    /* the plain launch that is being made; one thread at a time makes one */
    struct {
        const tn_device *device; /* TN_PLAIN_NOWHERE while work is recorded */
        unsigned fork_count;     /* of the device's backend */
        __typeof__(((tn_plugin *)0)->launch) launch; /* of its plugin */
        uint64_t shaped; /* 1: the record has more than a line of groups */
        tn_plugin_launch record;
        tn_plugin_slot slots[TN_PLAIN_ARGUMENTS_MAX];
    } plain;
};

struct tn_event {
    tn_object object;
    tn_plugin_event *handle;
    bool timed;
};

/** What a kernel's buffers need. */
typedef enum tn_plain_sizing {
    TN_PLAIN_ANY_SIZE,  /* no buffer has an extent */
    TN_PLAIN_ALIKE,     /* all of them as much: a value */
    TN_PLAIN_VALUES,    /* some of them values */
    TN_PLAIN_CALCULATED /* more than that */
} tn_plain_sizing;

/** How many bytes a buffer must have: a value, or any extent, times a factor. */
typedef struct tn_plain_extent {
    uint64_t most;           /* of the value */
    uint64_t factor;         /* bytes for each */
    uint32_t value;          /* the argument's index */
    const tn_extent *extent; /* borrowed from the kernel */
} tn_plain_extent;

/** What a plain launch is compared with: plain.h. */
typedef struct tn_plain {
    /* where a launch may be plain: when the first one was; NULL before */
    _Atomic(const tn_device *) device;
    uint32_t count;      /* of arguments */
    uint32_t counts[2];  /* the same of arguments and slots, to be copied */
    uint32_t items;      /* of a group in a line that the kernel chooses */
    uint32_t width;      /* its items' elements */
    uint64_t most;       /* items that such a line may have */
    uint64_t misaligned; /* bits that offsets do not have; 0: none is plain */
    /* types of the first launch that was right and plain, then never changed */
    tn_type types[TN_PLAIN_ARGUMENTS_MAX];
    uint64_t kinds;      /* the same packed */
    uint64_t word_kinds; /* the same for tn_launch_words() */
    atomic_bool noted;   /* somebody writes them, or has */
    /* extents that differ, at most one for each argument but one */
    uint32_t extent_count;
    tn_plain_sizing sizing;
    uint8_t need_of[TN_PLAIN_ARGUMENTS_MAX]; /* 0: none, else its number + 1 */
    tn_plain_extent extents[TN_PLAIN_ARGUMENTS_MAX - 1];
} tn_plain;

struct tn_kernel {
    tn_plain plain;
    tn_module *module;
    tn_kernel *next;
    tn_plugin_kernel *handle;
    char *name;
    tn_kernel_info info;
    tn_parameter *parameters; /* info.parameter_count, NULL if unknown */
    tn_extent *extents;       /* as many; NULL where no parameter has one */
    /* types of the parameters, packed as in tn_plugin_launch.kinds */
    uint64_t kinds[TN_ARGUMENTS_MAX / 16];
    uint64_t kind_mask[TN_ARGUMENTS_MAX / 16]; /* 0 where unknown */
    bool check_sizes;        /* structs, or values known by size alone */
    bool has_local;          /* takes LOCAL arguments, or may */
    uint32_t max_items;      /* of a group: the kernel's and device's limit */
    uint32_t most_items[3];  /* the same of its sides */
    uint32_t most_groups[3]; /* the device's limit */
    uint32_t own_items[3];   /* of the group of a launch that asks for none */
};

struct tn_module {
    tn_object object;
    tn_plugin_module *handle;
    char *description;
    tn_bundle *bundle;    /* NULL: a single file */
    uint32_t part;        /* of the bundle, which has the variant */
    bool exact_grids;     /* its kernels run no item more than they are told */
    pthread_mutex_t lock; /* of kernels */
    tn_kernel *kernels;
    const char **names; /* of its kernels, borrowed from bundle or plugin */
};

/* ---- backends: registry.c, backend.c and select.c ---- */

/** Makes the list of backends from the configuration and the plugin path. */
tn_status tn_registry_init(tn_runtime *runtime);
void tn_registry_finish(tn_runtime *runtime);

/** " (did you mean NAME?)" of the backends that are known, or "". */
const char *tn_registry_hint(const tn_runtime *runtime, const char *name,
                             char *text, size_t size);

/** A backend by name, NULL if unknown. */
tn_backend *tn_registry_find(const tn_runtime *runtime, const char *name);

/**
 * Opens a backend: plugin, instance and the list of its devices. The state
 * becomes OPEN or REJECTED and stays so; asked again, it answers the same.
 */
tn_status tn_backend_open_locked(tn_backend *backend);

/** Looks for its plugin's file: backend->plugin_path, NULL if there is none. */
void tn_backend_locate(tn_backend *backend);

/** Notes that it cannot be used: the reason is tn_error_message(). */
void tn_backend_reject(tn_backend *backend, tn_status status);

/** Closes its devices with all that hangs on them, and its instance. */
void tn_backend_finish(tn_backend *backend);

/** A sentence for what a plugin's call answered; returns status. */
tn_status tn_backend_failed(const tn_backend *backend, tn_status status,
                            const char *action);

/** Notes why a backend was or was not taken. */
void tn_backend_set_reason(tn_backend *backend, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Takes the first listed backend that works as the default device's. */
tn_status tn_select_locked(tn_runtime *runtime);

/**
 * A device of an open backend by index, UUID, PCI address or name.
 *
 * @param origin  of the setting that wants it; NULL: the caller does
 *
 * @return TN_OK; TN_ERROR_NOT_FOUND with the devices that there are
 */
tn_status tn_backend_find_device(tn_backend *backend, const char *wanted,
                                 const char *origin, tn_device **device);

/* ---- devices and what hangs on them: device.c ---- */

/** Whether the device was opened by a process that this one is a fork of. */
static inline bool tn_device_is_forked(const tn_device *device)
{
    return device->backend->fork_count != tn_fork_count;
}

/** tn_fail() for a call in a fork of the process that opened the device. */
tn_status tn_fail_forked(const char *function, const char *device);

/** Returns from a function of the API that needs a device of this process. */
#define TN_REQUIRE_DEVICE(device)                                              \
    do {                                                                       \
        TN_REQUIRE(device);                                                    \
        if (__builtin_expect(tn_device_is_forked(device), 0)) {                \
            return tn_fail_forked(__func__, (device)->name);                   \
        }                                                                      \
    } while (0)

/** The same for what hangs on a device. */
#define TN_REQUIRE_OBJECT(pointer)                                             \
    do {                                                                       \
        TN_REQUIRE(pointer);                                                   \
        TN_REQUIRE_DEVICE((pointer)->object.device);                           \
    } while (0)

/** Opens a device on first use; cheap ever after. */
tn_status tn_device_ready(tn_device *device);

/** How well code suits a device; 0: not at all. */
tn_status tn_module_rank(tn_device *device, const char *format,
                         const char *requirements, uint32_t *rank);

/** The folder of a bundle on the kernel path; free() it. */
tn_status tn_bundle_locate(const tn_runtime *runtime, const char *name,
                           char **folder);

/** Allocates an object of size bytes and hangs it on its device. */
void *tn_object_create(tn_device *device, tn_object_kind kind, size_t size);

/** Its memory may be used in ways that no stream's timeline tells. */
static inline void tn_buffer_expose(tn_buffer *buffer)
{
    atomic_store_explicit(&buffer->block.exposed, true, memory_order_relaxed);
}

/** Takes it off and frees the struct itself. */
void tn_object_destroy(tn_object *object);

/* The same of a struct that is kept. */
void tn_object_link_locked(tn_object *object);
void tn_object_unlink_locked(tn_object *object);

/** Waits for the work that is left on the device. */
void tn_device_drain(tn_device *device);

/** Destroys what is left on the device and closes it. */
void tn_device_close(tn_device *device);

/** A sentence for what a plugin's call on a device answered; returns status. */
tn_status tn_device_failed(const tn_device *device, tn_status status,
                           const char *action);

/** The same where the call may have succeeded. */
static inline tn_status tn_device_answer(const tn_device *device,
                                         tn_status status, const char *action)
{
    return status == TN_OK ? TN_OK : tn_device_failed(device, status, action);
}

/** A stream has submitted work. */
static inline void tn_stream_submitted(tn_stream *stream)
{
    tn_timeline *timeline = stream->timeline;

    atomic_store_explicit(
        &timeline->submitted,
        atomic_load_explicit(&timeline->submitted, memory_order_relaxed) + 1,
        memory_order_release);
    if (__builtin_expect(
            atomic_load_explicit(&timeline->wanted, memory_order_relaxed), 0)) {
        tn_timeline_mark(stream);
    }
}

/** The same of a call that queues work: its stream has submitted it. */
static inline tn_status tn_stream_answer(tn_stream *stream, tn_status status,
                                         const char *action)
{
    if (__builtin_expect(status != TN_OK, 0)) {
        status = tn_device_failed(stream->object.device, status, action);
    }
    tn_stream_submitted(stream);
    return status;
}

/** The same of a call that waits or asks for the first `count` submissions. */
tn_status tn_stream_settle(tn_stream *stream, uint64_t count, tn_status status,
                           const char *action);

/** Frees the kernels that were looked up. */
void tn_module_free_kernels(tn_module *module);

/** Whether the object belongs to that device; else a sentence. */
tn_status tn_check_same_device(const char *what, const tn_device *of,
                               const tn_device *stream_device);

/** Whether offset .. + bytes lies inside the buffer; else a sentence. */
tn_status tn_check_range(const char *what, const tn_buffer *buffer,
                         uint64_t offset, uint64_t bytes);

#endif
