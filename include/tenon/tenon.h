/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The application API of Tenon: one program, built once, runs its kernels on
 * whatever backend the configuration names.
 *
 *     tn_runtime *rt;
 *     tn_device *dev;
 *     tn_stream *s;
 *     tn_module *m;
 *     tn_kernel *add;
 *     tn_runtime_open("app.ini", &rt);
 *     tn_device_default(rt, &dev);
 *     tn_stream_create(dev, &s);
 *     tn_module_load(dev, "vector", &m);
 *     tn_kernel_get(m, "add", &add);
 *     tn_launch(s, add, tn_items(n), a, b, c, n);
 *     tn_copy_from(s, c, 0, result, bytes);
 *     tn_runtime_close(rt);
 *
 * For every function:
 * - It returns TN_OK, or a status whose sentence is in tn_error_message(), and
 *   then has changed nothing: out parameters, which come last, are untouched.
 * - Pointers passed in are borrowed for the call, unless it says otherwise.
 *   Sizes and offsets are bytes, times are nanoseconds, shapes are x, y, z.
 * - NULL for an object is TN_ERROR_INVALID; a destroy function accepts it.
 * - Any thread may call it; one stream is used by one thread at a time;
 *   kernels, modules, devices and buffers by many at once.
 * - TN_ERROR_NO_MEMORY, TN_ERROR_DEVICE_LOST and TN_ERROR_FORKED may come from
 *   all, and what went wrong in queued work (TN_ERROR_DEVICE) from all that use
 *   its stream: they are not listed each time.
 *
 * C11 and C++11. In C++ the same names are there, tn_launch as a template.
 */
#ifndef TENON_TENON_H
#define TENON_TENON_H

#include <stddef.h>
#include <stdint.h>

#include "status.h"
#include "types.h"

#define TN_VERSION_MAJOR 0
#define TN_VERSION_MINOR 1
#define TN_VERSION_PATCH 0

#if defined(__GNUC__)
#define TN_API __attribute__((visibility("default")))
#else
#define TN_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tn_config tn_config;
typedef struct tn_runtime tn_runtime;
typedef struct tn_device tn_device;
typedef struct tn_buffer tn_buffer;
typedef struct tn_stream tn_stream;
typedef struct tn_event tn_event;
typedef struct tn_bundle tn_bundle;
typedef struct tn_module tn_module;
typedef struct tn_kernel tn_kernel;
typedef struct tn_graph tn_graph;

/* ======================================================================
 * Version and errors
 * ====================================================================== */

/** The version of the library that runs: "0.1.0". */
TN_API const char *tn_version(void);

/**
 * "TN_ERROR_NO_MEMORY"; "TN_ERROR_?" for a code that this version does not
 * know. Constant.
 */
TN_API const char *tn_status_name(tn_status status);

/** "out of memory": the code's meaning in general. Constant. */
TN_API const char *tn_status_text(tn_status status);

/**
 * The sentence of this thread's last failed call: what was tried, where it went
 * wrong and, where there is one, the fix. One line without newline; "" when no
 * call has failed. Valid until this thread's next failed call.
 */
TN_API const char *tn_error_message(void);

/**
 * The whole compiler log that belongs to it, "" where there is none. Valid as
 * the message.
 */
TN_API const char *tn_error_log(void);

/* ======================================================================
 * Configuration
 * ====================================================================== */

/** One setting: `key = value` in [section]. */
typedef struct tn_setting {
    const char *section; /**< "runtime", "backend cuda" */
    const char *key;
    const char *value;
    /**
     * "/etc/tenon/tenon.ini:12", "TENON_BACKEND" or "default". On the way in
     * what errors and listings are to name, such as "-b"; NULL: "call"
     */
    const char *origin;
} tn_setting;

/** How a configuration is read and a runtime opened. All members may be 0. */
typedef struct tn_options {
    uint32_t size;    /**< sizeof(tn_options) */
    uint32_t flags;   /**< TN_OPEN_* */
    const char *file; /**< the application's file, NULL for none */
    /** the call's own settings: they win over all else */
    const tn_setting *settings;
    size_t setting_count;
    /**
     * Takes the log instead of stderr; one line without newline, on any thread.
     */
    void (*log)(void *log_data, tn_log_level level, const char *line);
    void *log_data;
} tn_options;

enum {
    /**
     * Choose no backend yet: tn_device_default() does. For programs that only
     * list.
     */
    TN_OPEN_DEFERRED = 1 << 0
};

/**
 * Reads the configuration alone; opens no plugin.
 *
 * @param options  NULL: the system's and the user's files and the environment
 * @param config   owned by the caller
 *
 * @return TN_OK; TN_ERROR_CONFIG with file, line and the nearest known name, or
 *         with the file that cannot be read; when there are several, all of
 *         them are in tn_error_log()
 */
TN_API tn_status tn_config_open(const tn_options *options, tn_config **config);
TN_API void tn_config_close(tn_config *config);

/**
 * How many settings there are; those that nobody set appear with their default.
 */
TN_API size_t tn_config_count(const tn_config *config);

/**
 * A setting, index < tn_config_count(); sections in order of appearance. Its
 * texts belong to the config.
 */
TN_API tn_status tn_config_get(const tn_config *config, size_t index,
                               tn_setting *setting);

/* ======================================================================
 * Runtime and backends
 * ====================================================================== */

/**
 * Opens the runtime: reads the configuration and takes the first backend of
 * `backend =` that works.
 *
 * @param file     the application's INI file, NULL for the system's
 *                 configuration alone
 * @param runtime  owned by the caller
 *
 * @return TN_OK; TN_ERROR_CONFIG as tn_config_open(); TN_ERROR_UNAVAILABLE when
 *         no backend works, with each one's reason. Where one alone is tried,
 *         because no other is listed or `fallback = no`, what it answered:
 *         TN_ERROR_PLUGIN for a plugin that was rejected
 */
TN_API tn_status tn_runtime_open(const char *file, tn_runtime **runtime);

/**
 * The same with more to say. @param options NULL is tn_runtime_open(NULL,
 * runtime)
 */
TN_API tn_status tn_runtime_open_with(const tn_options *options,
                                      tn_runtime **runtime);

/**
 * Closes the runtime and destroys what is left of its objects, after waiting
 * for their work. No other thread may be in a call on them.
 */
TN_API void tn_runtime_close(tn_runtime *runtime);

/** What became of a backend. */
typedef uint32_t tn_backend_state;
enum {
    TN_BACKEND_UNTRIED = 0,  /**< nobody needed it; nothing of it was opened */
    TN_BACKEND_CHOSEN = 1,   /**< holds the default device */
    TN_BACKEND_OPEN = 2,     /**< works, and was asked for beside the default */
    TN_BACKEND_REJECTED = 3, /**< tried; status and reason tell why not */
    /** known, but the configuration does not list it */
    TN_BACKEND_EXCLUDED = 4
};

/**
 * A backend and what is known of it. Texts belong to the runtime and stay valid
 * as long as it.
 */
typedef struct tn_backend_info {
    uint32_t size; /**< sizeof(tn_backend_info), set by the caller */
    tn_backend_state state;
    tn_status status;      /**< of a rejected one */
    int32_t rank;          /**< where it stands under `auto`: higher first */
    uint32_t device_count; /**< of an open one */
    uint32_t reserved;
    const char *name;
    /** file that is or would be opened; "" where none was found */
    const char *plugin;
    const char *version; /**< of the plugin, once opened; "" before */
    /** one sentence: why it was chosen, rejected, excluded or not tried */
    const char *reason;
} tn_backend_info;

/**
 * Backends that are known: those listed first, in order, then the others by
 * rank.
 */
TN_API size_t tn_runtime_backend_count(const tn_runtime *runtime);
TN_API tn_status tn_runtime_backend(const tn_runtime *runtime, size_t index,
                                    tn_backend_info *info);

/**
 * Tries every listed backend that is still untried, so that the list is
 * complete. Failures are only recorded.
 */
TN_API tn_status tn_runtime_probe(tn_runtime *runtime);

/**
 * The whole choice as text of several lines: each backend, what was tried and
 * why it was or was not taken; then the folders of plugins and bundles, and each
 * bundle that is not found, since one of its name comes first. Belongs to the runtime; valid until the next
 * call of it.
 */
TN_API const char *tn_runtime_explain(tn_runtime *runtime);

/* ======================================================================
 * Devices
 * ====================================================================== */

/**
 * The device that the configuration chooses. Belongs to the runtime.
 *
 * @return TN_OK; with TN_OPEN_DEFERRED what tn_runtime_open() would have
 *         answered
 */
TN_API tn_status tn_device_default(tn_runtime *runtime, tn_device **device);

/**
 * A device by name.
 *
 * @param name    "BACKEND" or "BACKEND:DEVICE", where DEVICE is an index, a
 *                UUID, a PCI address or part of the device's name ("cpu",
 *                "cuda:1", "opencl:Intel"); the backend need not be listed
 * @param device  belongs to the runtime; the same one for the same device
 *
 * @return TN_OK; TN_ERROR_NOT_FOUND with what there is; TN_ERROR_UNAVAILABLE or
 *         TN_ERROR_PLUGIN with the reason
 */
TN_API tn_status tn_device_find(tn_runtime *runtime, const char *name,
                                tn_device **device);

/**
 * Devices of all backends that are open, the default device's backend first.
 */
TN_API size_t tn_device_count(tn_runtime *runtime);
TN_API tn_status tn_device_get(tn_runtime *runtime, size_t index,
                               tn_device **device);

/** "cuda:0". Belongs to the device. */
TN_API const char *tn_device_name(const tn_device *device);

/** @param info info->size is set by the caller; no more than that is filled */
TN_API tn_status tn_device_info_get(const tn_device *device,
                                    tn_device_info *info);

/**
 * Bytes that are free on it now, without those that are cached for new buffers:
 * see tn_device_memory_stats(). TN_ERROR_UNSUPPORTED where the driver cannot
 * tell.
 */
TN_API tn_status tn_device_memory_free(tn_device *device, uint64_t *bytes);

/**
 * The memory of a device that this runtime's buffers hold, and what it keeps of
 * destroyed ones for the next. Sizes are bytes of the device's memory, in which
 * a buffer may take a little more than it was asked for.
 */
typedef struct tn_memory_stats {
    uint32_t size;          /**< sizeof(tn_memory_stats), set by the caller */
    uint32_t buffers;       /**< that are in use, without imported memory */
    uint64_t limit_bytes;   /**< that are cached at most: `cache_memory` */
    uint64_t used_bytes;    /**< that they hold */
    uint64_t asked_bytes;   /**< that they were asked for */
    uint64_t cached_bytes;  /**< kept for the next buffers */
    uint64_t waiting_bytes; /**< of these, what queued work may still use */
    uint64_t peak_bytes;    /**< most that was used and cached at once */
    uint64_t hits;          /**< buffers made of cached memory */
    uint64_t misses;        /**< buffers that the driver was asked for */
} tn_memory_stats;

/**
 * @param stats  stats->size is set by the caller; no more than that is filled
 */
TN_API tn_status tn_device_memory_stats(tn_device *device,
                                        tn_memory_stats *stats);

/**
 * Gives the driver back what is cached; what queued work may still use, after
 * that work.
 */
TN_API tn_status tn_device_memory_trim(tn_device *device);

/** TN_OK, or TN_ERROR_DEVICE_LOST with what happened. */
TN_API tn_status tn_device_status(tn_device *device);

/** The driver's own object: CUcontext, cl_device_id. TN_ERROR_UNSUPPORTED. */
TN_API tn_status tn_device_native(tn_device *device, uint64_t *handle);

/**
 * A backend's table of further operations by name ("tenon.blas/1").
 * TN_ERROR_UNSUPPORTED.
 */
TN_API tn_status tn_device_extension(tn_device *device, const char *name,
                                     const void **table);

/* ======================================================================
 * Buffers
 * ====================================================================== */

/** What buffer is asked for. */
typedef struct tn_buffer_options {
    uint32_t size; /**< sizeof(tn_buffer_options) */
    tn_memory_kind kind;
    uint64_t alignment; /**< a power of two; 0: suits every type */
    /**
     * allocate in its order: the memory may be that of a buffer which was
     * destroyed on this stream, with work that still uses it, so other streams
     * and the host wait for this one first. NULL: usable at once everywhere
     */
    tn_stream *stream;
} tn_buffer_options;

/**
 * Allocates memory on a device; its contents are undefined. Memory of destroyed
 * buffers is used again, as soon as no queued work can use it: see
 * tn_memory_stats. Where the driver has none left, what is cached goes back to
 * it first.
 *
 * @param bytes   at least 1
 * @param buffer  owned by the caller
 *
 * @return TN_OK; TN_ERROR_INVALID for 0 bytes; TN_ERROR_NO_MEMORY with what was
 *         asked for and what there is
 */
TN_API tn_status tn_buffer_create(tn_device *device, uint64_t bytes,
                                  tn_buffer **buffer);

/**
 * The same with more to say. TN_ERROR_UNSUPPORTED for a kind that the device
 * lacks.
 */
TN_API tn_status tn_buffer_create_with(tn_device *device, uint64_t bytes,
                                       const tn_buffer_options *options,
                                       tn_buffer **buffer);

/**
 * Wraps memory that somebody else owns and that this device can use at that
 * address.
 *
 * @param release  called once, when the buffer is destroyed and no queued work
 *                 uses it; may be NULL
 *
 * @return TN_OK; TN_ERROR_UNSUPPORTED. On failure release is not called.
 */
TN_API tn_status tn_buffer_import(tn_device *device, void *pointer,
                                  uint64_t bytes, void (*release)(void *data),
                                  void *data, tn_buffer **buffer);

/** Frees it after the work that is queued on its device now. */
TN_API void tn_buffer_destroy(tn_buffer *buffer);

/**
 * Frees it in the order of a stream: the next buffer that is allocated in this
 * order can have the memory at once. What other streams do with the buffer, this
 * one has waited for.
 */
TN_API void tn_buffer_destroy_on(tn_buffer *buffer, tn_stream *stream);

/** Its bytes; 0 for NULL. */
TN_API uint64_t tn_buffer_size(const tn_buffer *buffer);
TN_API tn_device *tn_buffer_device(const tn_buffer *buffer);

/**
 * Makes a range visible to the host until tn_buffer_unmap(). Work that uses it
 * has finished.
 *
 * @return TN_OK; TN_ERROR_RANGE; TN_ERROR_UNSUPPORTED
 */
TN_API tn_status tn_buffer_map(tn_buffer *buffer, uint64_t offset,
                               uint64_t bytes, tn_access access,
                               void **pointer);
TN_API tn_status tn_buffer_unmap(tn_buffer *buffer, void *pointer);

/**
 * The driver's own handle: CUdeviceptr, cl_mem, an address.
 * TN_ERROR_UNSUPPORTED.
 */
TN_API tn_status tn_buffer_native(tn_buffer *buffer, uint64_t *handle);

/* ======================================================================
 * Streams and events
 * ====================================================================== */

/** @param stream owned by the caller */
TN_API tn_status tn_stream_create(tn_device *device, tn_stream **stream);

/**
 * @param priority 0: normal; lower numbers go first; clamped to what the device
 *                 has
 */
TN_API tn_status tn_stream_create_priority(tn_device *device, int32_t priority,
                                           tn_stream **stream);

/**
 * Wraps the driver's own queue (CUstream, cl_command_queue), which stays the
 * caller's. TN_ERROR_UNSUPPORTED.
 */
TN_API tn_status tn_stream_wrap(tn_device *device, uint64_t native,
                                tn_stream **stream);

/** Legal while work is queued, which still runs. */
TN_API void tn_stream_destroy(tn_stream *stream);
TN_API tn_device *tn_stream_device(const tn_stream *stream);
TN_API tn_status tn_stream_native(tn_stream *stream, uint64_t *handle);

/** Waits until all that is queued has finished. */
TN_API tn_status tn_stream_sync(tn_stream *stream);

/**
 * The same, at most `timeout` nanoseconds: TN_TIMEOUT when work is left then.
 */
TN_API tn_status tn_stream_sync_for(tn_stream *stream, uint64_t timeout);

/** TN_OK when idle, TN_NOT_READY while work is left. */
TN_API tn_status tn_stream_status(tn_stream *stream);

/**
 * Holds later work back until the event has passed; of another backend too,
 * then by waiting on the host.
 */
TN_API tn_status tn_stream_wait(tn_stream *stream, tn_event *event);

/**
 * Calls function(data, status) on a thread of the backend after earlier work;
 * it calls nothing of Tenon.
 */
TN_API tn_status tn_stream_call(tn_stream *stream,
                                void (*function)(void *data, tn_status status),
                                void *data);

/** An event for order alone. @param event owned by the caller */
TN_API tn_status tn_event_create(tn_device *device, tn_event **event);

/** An event that also takes the time. */
TN_API tn_status tn_event_create_timed(tn_device *device, tn_event **event);
TN_API void tn_event_destroy(tn_event *event);

/**
 * Sets it behind what is queued now; recorded again, it moves. An event never
 * recorded has passed.
 */
TN_API tn_status tn_event_record(tn_event *event, tn_stream *stream);

/** TN_OK when passed, else TN_NOT_READY. */
TN_API tn_status tn_event_status(tn_event *event);
TN_API tn_status tn_event_sync(tn_event *event);
TN_API tn_status tn_event_sync_for(tn_event *event, uint64_t timeout);

/**
 * Time between two timed events that have passed. TN_NOT_READY;
 * TN_ERROR_INVALID for events without time.
 */
TN_API tn_status tn_event_elapsed(tn_event *start, tn_event *end,
                                  uint64_t *nanoseconds);

/* ======================================================================
 * Copies and fills, in the stream's order
 * ====================================================================== */

/**
 * Copies from the host; `host` may be reused when it returns.
 *
 * @return TN_OK; TN_ERROR_RANGE when offset + bytes lies outside the buffer. 0
 *         bytes do nothing.
 */
TN_API tn_status tn_copy_to(tn_stream *stream, tn_buffer *buffer,
                            uint64_t offset, const void *host, uint64_t bytes);

/** Copies to the host; the bytes are there when it returns. */
TN_API tn_status tn_copy_from(tn_stream *stream, tn_buffer *buffer,
                              uint64_t offset, void *host, uint64_t bytes);

/**
 * The same, returning when queued: `host` stays valid until the stream has
 * passed it.
 */
TN_API tn_status tn_copy_to_async(tn_stream *stream, tn_buffer *buffer,
                                  uint64_t offset, const void *host,
                                  uint64_t bytes);
TN_API tn_status tn_copy_from_async(tn_stream *stream, tn_buffer *buffer,
                                    uint64_t offset, void *host,
                                    uint64_t bytes);

/**
 * Between buffers of the stream's backend; overlapping ranges are
 * TN_ERROR_INVALID.
 */
TN_API tn_status tn_copy(tn_stream *stream, tn_buffer *to, uint64_t to_offset,
                         tn_buffer *from, uint64_t from_offset, uint64_t bytes);

/**
 * Repeats a pattern of 1, 2, 4, 8 or 16 bytes; offset and bytes are multiples
 * of it.
 */
TN_API tn_status tn_fill(tn_stream *stream, tn_buffer *buffer, uint64_t offset,
                         uint64_t bytes, const void *pattern,
                         size_t pattern_bytes);

/* ======================================================================
 * Modules and kernels
 * ====================================================================== */

/**
 * Loads code on a device.
 *
 * @param name    a bundle's name, looked for on the kernel path; or, when it
 *                holds a '/', the path of a bundle's folder or of one file
 *                whose format is found from its content, or from an end in .cl
 * @param module  owned by the caller
 *
 * @return TN_OK; TN_ERROR_NOT_FOUND with the folders searched and the nearest
 *         name; TN_ERROR_BUNDLE with file and line; TN_ERROR_FORMAT with the
 *         formats there are and those that the device takes; TN_ERROR_BUILD
 *         with the compiler's log in tn_error_log(); TN_ERROR_IO
 */
TN_API tn_status tn_module_load(tn_device *device, const char *name,
                                tn_module **module);

/**
 * The same with options for the device's compiler, "" for none. They are for
 * one file of source; what no compiler sees and a bundle, whose bundle.ini has
 * the options, are TN_ERROR_INVALID then.
 */
TN_API tn_status tn_module_load_with(tn_device *device, const char *name,
                                     const char *options, tn_module **module);

/**
 * Loads code from memory; its format is found from the content.
 *
 * @param options  for the device's compiler, NULL or "" for none
 * @param image    may be freed on return; text needs no NUL
 */
TN_API tn_status tn_module_load_data(tn_device *device, const void *image,
                                     size_t bytes, const char *options,
                                     tn_module **module);

/**
 * Unloads it after queued work that uses its kernels. Its kernels are gone with
 * it.
 */
TN_API void tn_module_destroy(tn_module *module);

/**
 * What was loaded: "vector, variant v3 (so):
 * /usr/lib/tenon/kernels/vector/vector.x86-64-v3.so".
 */
TN_API const char *tn_module_description(const tn_module *module);

/**
 * Names of its kernels, as far as the backend or the bundle can tell. They
 * belong to the module.
 */
TN_API tn_status tn_module_kernels(tn_module *module, const char *const **names,
                                   size_t *count);

/**
 * A variable of the module (constant memory) as a buffer, owned by the caller.
 * TN_ERROR_UNSUPPORTED.
 */
TN_API tn_status tn_module_symbol(tn_module *module, const char *name,
                                  tn_buffer **buffer);

/**
 * A kernel by name. It belongs to the module. TN_ERROR_NOT_FOUND with the
 * nearest name, or those there are.
 */
TN_API tn_status tn_kernel_get(tn_module *module, const char *name,
                               tn_kernel **kernel);
TN_API const char *tn_kernel_name(const tn_kernel *kernel);

/** @param info info->size is set by the caller */
TN_API tn_status tn_kernel_info_get(tn_kernel *kernel, tn_kernel_info *info);

/**
 * @param index less than info.parameter_count. @param parameter parameter->size
 *              is set by the caller
 */
TN_API tn_status tn_kernel_parameter(tn_kernel *kernel, uint32_t index,
                                     tn_parameter *parameter);

/* ======================================================================
 * Bundles, without loading their code
 * ====================================================================== */

/** What bundle.ini tells of the whole. Texts belong to the bundle. */
typedef struct tn_bundle_info {
    uint32_t size; /**< bytes of this struct; set by the caller */
    uint32_t kernel_count;
    uint32_t variant_count;
    uint32_t reserved;
    const char *name;
    const char *folder;
} tn_bundle_info;

/** One of its kernels. */
typedef struct tn_signature_info {
    uint32_t size; /**< bytes of this struct; set by the caller */
    uint32_t parameter_count;
    uint32_t required_items[3]; /**< the only group size it takes; 0: any */
    uint32_t elements;          /**< of an item in x, by bundle.ini */
    const char *name;
    const char *origin; /**< file and line */
} tn_signature_info;

/** One of its variants. */
typedef struct tn_variant_info {
    uint32_t size;    /**< bytes of this struct; set by the caller */
    uint32_t present; /**< whether its file is there, inside of the folder */
    uint64_t bytes;   /**< of the file */
    const char *name;
    const char *format;
    const char *file;         /**< by its path from the folder */
    const char *requirements; /**< what a device needs; "" for nothing */
    const char *options;      /**< for the device's compiler; "" for none */
    const char *origin;       /**< file and line */
} tn_variant_info;

/**
 * Reads a bundle's description, bundle.ini and the drop-ins of bundle.d.
 *
 * @param runtime  whose kernel path a name is looked for on; it stays open. NULL:
 *                 name is a path
 * @param name     as for tn_module_load()
 * @param bundle   owned by the caller
 *
 * @return TN_OK; TN_ERROR_NOT_FOUND; TN_ERROR_BUNDLE with file and line;
 *         TN_ERROR_IO
 */
TN_API tn_status tn_bundle_open(tn_runtime *runtime, const char *name,
                                tn_bundle **bundle);
TN_API void tn_bundle_close(tn_bundle *bundle);
TN_API tn_status tn_bundle_info_get(const tn_bundle *bundle,
                                    tn_bundle_info *info);

/** In the order of the file; TN_ERROR_RANGE behind the last one. */
TN_API tn_status tn_bundle_kernel_get(const tn_bundle *bundle, uint32_t index,
                                      tn_signature_info *info);

/** @param parameter parameter->size is set by the caller */
TN_API tn_status tn_bundle_parameter_get(const tn_bundle *bundle,
                                         uint32_t kernel, uint32_t index,
                                         tn_parameter *parameter);

/** The same as for kernels. */
TN_API tn_status tn_bundle_variant_get(const tn_bundle *bundle, uint32_t index,
                                       tn_variant_info *info);

/**
 * How well a variant suits a device: tn_module_load() takes the highest, the
 * first of equals.
 *
 * @param rank  0: the device cannot take it
 */
TN_API tn_status tn_bundle_variant_rank(const tn_bundle *bundle, uint32_t index,
                                        tn_device *device, uint32_t *rank);

/* ======================================================================
 * Launch
 * ====================================================================== */

/** The work of a launch. */
typedef struct tn_grid {
    /**
     * in all; rounded up to whole groups, so a kernel checks its index, and then
     * at most TN_ITEMS_MAX in each dimension. 0: does nothing. Of a kernel whose
     * items have several elements (tn_kernel_info.elements) its elements: the
     * groups are fewer then
     */
    uint64_t items[3];
    /**
     * items of a group; 0: what the kernel wants, else 256 in x and 1 in y and
     * z
     */
    uint32_t group[3];
    /** dynamic group memory beside tn_local() arguments */
    uint32_t local_bytes;
} tn_grid;

/** x, y and z items, with the kernel's own group size. */
static inline tn_grid tn_items3(uint64_t x, uint64_t y, uint64_t z)
{
    tn_grid grid = {{x, y, z}, {0, 0, 0}, 0};
    return grid;
}
static inline tn_grid tn_items2(uint64_t x, uint64_t y)
{
    return tn_items3(x, y, 1);
}
static inline tn_grid tn_items(uint64_t x)
{
    return tn_items3(x, 1, 1);
}

/** The same grid in groups of x, y and z items. */
static inline tn_grid tn_in_groups(tn_grid grid, uint32_t x, uint32_t y,
                                   uint32_t z)
{
    grid.group[0] = x;
    grid.group[1] = y;
    grid.group[2] = z;
    return grid;
}

/**
 * One argument of a launch. Made by tn_launch() from plain values and by the
 * functions below.
 */
typedef struct tn_argument {
    tn_type type;
    uint32_t bytes; /**< of a value, struct or local block */
    union {
        tn_buffer *buffer;
        const void *data; /**< of a struct: borrowed for the call */
        int64_t i;
        uint64_t u;
        float f32;
        double f64;
    } value;
    uint64_t offset; /**< into a buffer */
    /** 1: bound at each tn_graph_launch(), value.u is the slot's number */
    uint32_t open;
    uint32_t reserved;
} tn_argument;

/** Most arguments that a launch has. */
#define TN_ARGUMENT_LIMIT 64

/**
 * Launches a kernel; tn_launch() is the comfortable way.
 *
 * @param arguments  count of them, compared with the kernel's signature where
 *                   it is known
 *
 * @return TN_OK, also for a grid without items, which does nothing;
 *         TN_ERROR_SIGNATURE with kernel and argument; TN_ERROR_RANGE for
 *         groups or grids beyond the device's limits, with these, for offsets
 *         outside a buffer, and for buffers that are shorter than the kernel's
 *         signature says (tn_parameter.extent); TN_ERROR_INVALID for objects of
 *         different devices
 */
TN_API tn_status tn_launch_arguments(tn_stream *stream, tn_kernel *kernel,
                                     tn_grid grid, const tn_argument *arguments,
                                     size_t count);

/**
 * The same for buffers and numbers alone, at most 16 of them, whose types are
 * packed. tn_launch() calls it where it can.
 *
 * @param grid   not NULL
 * @param kinds  tn_type of each argument in four bits, of the last one in the
 *               lowest; there are as many arguments as kinds that are not 0
 * @param words  not NULL; of each argument the tn_buffer *, or the number in 64
 *               bits, those of an f32 in the lower half
 */
TN_API tn_status tn_launch_words(tn_stream *stream, tn_kernel *kernel,
                                 const tn_grid *grid, uint64_t kinds,
                                 const uint64_t *words);

/* ======================================================================
 * Graphs: launches, copies and fills recorded once, run many times
 * ====================================================================== */

/**
 * Begins to record a stream: until tn_graph_end() its launches, buffer copies
 * and fills are kept instead of run. What returns data to the host, waits or
 * records events answers TN_ERROR_INVALID meanwhile.
 */
TN_API tn_status tn_graph_begin(tn_stream *stream);

/**
 * Ends the recording.
 *
 * @param graph  owned by the caller; the kernels and buffers in it are borrowed:
 *               once one is destroyed, the graph cannot be launched any more
 * @return TN_OK; TN_ERROR_INVALID when the stream is not recorded; what the
 *         backend says against a graph of this work, the recording being
 *         dropped; TN_ERROR_NO_MEMORY
 */
TN_API tn_status tn_graph_end(tn_stream *stream, tn_graph **graph);

/**
 * An argument that is left open while recording and bound at each
 * tn_graph_launch().
 */
typedef struct tn_binding {
    uint32_t slot; /**< the number given to tn_slot() */
    uint32_t reserved;
    tn_argument value;
} tn_binding;

/**
 * Queues all of it on a stream of its device, in the recorded order. One graph
 * is launched by one thread at a time.
 *
 * @param bindings  one for each open slot
 * @return TN_OK; TN_ERROR_SIGNATURE for a slot without value or of another
 *         kind; TN_ERROR_RANGE for a buffer that is too short, as when
 *         launching; TN_ERROR_INVALID for a stream of another device, or when
 *         something that it needs was destroyed
 */
TN_API tn_status tn_graph_launch(tn_graph *graph, tn_stream *stream,
                                 const tn_binding *bindings, size_t count);
TN_API void tn_graph_destroy(tn_graph *graph);

/* ======================================================================
 * Arguments from values
 * ====================================================================== */

static inline tn_argument tn_argument_signed(tn_type type, uint32_t bytes,
                                             int64_t value)
{
    tn_argument a = {type, bytes, {NULL}, 0, 0, 0};
    a.value.i = value;
    return a;
}
static inline tn_argument tn_argument_unsigned(tn_type type, uint32_t bytes,
                                               uint64_t value)
{
    tn_argument a = {type, bytes, {NULL}, 0, 0, 0};
    a.value.u = value;
    return a;
}

/** A buffer from an offset on. */
static inline tn_argument tn_at(tn_buffer *buffer, uint64_t offset)
{
    tn_argument a = {TN_TYPE_BUFFER, 0, {NULL}, 0, 0, 0};
    a.value.buffer = buffer;
    a.offset = offset;
    return a;
}
/** Group memory of that many bytes. */
static inline tn_argument tn_local(uint32_t bytes)
{
    return tn_argument_unsigned(TN_TYPE_LOCAL, bytes, 0);
}
/**
 * A struct by value: tn_struct(&s, sizeof s); borrowed until the launch
 * returns. Those of a launch have at most TN_STRUCT_BYTES_MAX together.
 */
static inline tn_argument tn_struct(const void *data, uint32_t bytes)
{
    tn_argument a = {TN_TYPE_STRUCT, bytes, {NULL}, 0, 0, 0};
    a.value.data = data;
    return a;
}
/** An f16 by its bits. */
static inline tn_argument tn_f16(uint16_t bits)
{
    return tn_argument_unsigned(TN_TYPE_F16, 2, bits);
}
/**
 * An argument of a recorded launch that each tn_graph_launch() binds. @param
 * type TN_TYPE_BUFFER or a scalar's
 */
static inline tn_argument tn_slot(uint32_t number, tn_type type)
{
    tn_argument a = {type, 0, {NULL}, 0, 1, 0};
    a.value.u = number;
    return a;
}
static inline tn_argument tn_argument_self(tn_argument value)
{
    return value;
}
static inline tn_argument tn_argument_buffer(tn_buffer *value)
{
    return tn_at(value, 0);
}
static inline tn_argument tn_argument_f32(float value)
{
    tn_argument a = {TN_TYPE_F32, 4, {NULL}, 0, 0, 0};
    a.value.f32 = value;
    return a;
}
static inline tn_argument tn_argument_f64(double value)
{
    tn_argument a = {TN_TYPE_F64, 8, {NULL}, 0, 0, 0};
    a.value.f64 = value;
    return a;
}

/* The same as words of tn_launch_words(). */
static inline uint64_t tn_word_signed(int64_t value)
{
    return (uint64_t)value;
}
static inline uint64_t tn_word_unsigned(uint64_t value)
{
    return value;
}
static inline uint64_t tn_word_buffer(tn_buffer *value)
{
    return (uint64_t)(uintptr_t)value;
}
static inline uint64_t tn_word_f32(float value)
{
    union {
        float f32;
        uint32_t bits;
    } word;
    word.f32 = value;
    return word.bits;
}
static inline uint64_t tn_word_f64(double value)
{
    union {
        double f64;
        uint64_t bits;
    } word;
    word.f64 = value;
    return word.bits;
}
/* For what is none, and is not used. */
static inline uint64_t tn_word_none(tn_argument value)
{
    (void)value;
    return 0;
}

/* X(suffix, C type, type of the argument, how): the integers of C */
#define TN_INTEGER_ARGUMENTS(X)                                                \
    X(char, signed char, TN_TYPE_I8, signed)                                   \
    X(uchar, unsigned char, TN_TYPE_U8, unsigned)                              \
    X(short, short, TN_TYPE_I16, signed)                                       \
    X(ushort, unsigned short, TN_TYPE_U16, unsigned)                           \
    X(int, int, TN_TYPE_I32, signed)                                           \
    X(uint, unsigned int, TN_TYPE_U32, unsigned)                               \
    X(long, long, sizeof(long) == 8 ? TN_TYPE_I64 : TN_TYPE_I32, signed)       \
    X(ulong, unsigned long, sizeof(long) == 8 ? TN_TYPE_U64 : TN_TYPE_U32,     \
      unsigned)                                                                \
    X(llong, long long, TN_TYPE_I64, signed)                                   \
    X(ullong, unsigned long long, TN_TYPE_U64, unsigned)

#define TN_INTEGER_ARGUMENT(name, c_type, type, how)                           \
    static inline tn_argument tn_argument_##name(c_type value)                 \
    {                                                                          \
        return tn_argument_##how(type, (uint32_t)sizeof(value), value);        \
    }
TN_INTEGER_ARGUMENTS(TN_INTEGER_ARGUMENT)
#undef TN_INTEGER_ARGUMENT

#ifdef __cplusplus
} /* extern "C" */

/* In C++ overloads and a template do what _Generic does in C. */
inline tn_argument tn_argument_of(tn_argument value)
{
    return value;
}
inline tn_argument tn_argument_of(tn_buffer *value)
{
    return tn_argument_buffer(value);
}
inline tn_argument tn_argument_of(float value)
{
    return tn_argument_f32(value);
}
inline tn_argument tn_argument_of(double value)
{
    return tn_argument_f64(value);
}
#define TN_INTEGER_ARGUMENT(name, c_type, type, how)                           \
    inline tn_argument tn_argument_of(c_type value)                            \
    {                                                                          \
        return tn_argument_##name(value);                                      \
    }
TN_INTEGER_ARGUMENTS(TN_INTEGER_ARGUMENT)
#undef TN_INTEGER_ARGUMENT

/** As the macro in C. */
template <class... Values>
inline tn_status tn_launch(tn_stream *stream, tn_kernel *kernel, tn_grid grid,
                           Values... values)
{
    const tn_argument arguments[sizeof...(values) + 1] = {
        tn_argument_of(values)..., tn_argument()};
    return tn_launch_arguments(stream, kernel, grid, arguments,
                               sizeof...(values));
}

#else

/* clang-format off */
#define TN_ARGUMENT(value)                                                     \
    _Generic((value),                                                          \
        tn_argument: tn_argument_self,                                         \
        tn_buffer *: tn_argument_buffer,                                       \
        float: tn_argument_f32,                                                \
        double: tn_argument_f64,                                               \
        signed char: tn_argument_char,                                         \
        unsigned char: tn_argument_uchar,                                      \
        short: tn_argument_short,                                              \
        unsigned short: tn_argument_ushort,                                    \
        int: tn_argument_int,                                                  \
        unsigned int: tn_argument_uint,                                        \
        long: tn_argument_long,                                                \
        unsigned long: tn_argument_ulong,                                      \
        long long: tn_argument_llong,                                          \
        unsigned long long: tn_argument_ullong)(value)
/* clang-format on */

/* TN_COUNT_(a, b) is 2; the grid and up to 32 arguments. */
#define TN_COUNT_(...)                                                         \
    TN_COUNT_AT_(__VA_ARGS__, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22,  \
                 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6,   \
                 5, 4, 3, 2, 1, 0)
#define TN_COUNT_AT_(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13,   \
                     a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24,    \
                     a25, a26, a27, a28, a29, a30, a31, a32, a33, count, ...)  \
    count
#define TN_JOIN_(a, b) TN_JOIN_AT_(a, b)
#define TN_JOIN_AT_(a, b) a##b
#define TN_FIRST_(...) TN_FIRST_AT_(__VA_ARGS__, 0)
#define TN_FIRST_AT_(first, ...) first

/*
 * TN_EACH_k(m, s, grid, a, b ...): m(k, a) s() m(k - 1, b) ...; the last value
 * has the number 2. Nothing of it is there for m where there is none.
 */
#define TN_EACH_1(m, s, g) m(1, 0)
#define TN_EACH_2(m, s, g, a) m(2, a)
#define TN_EACH_3(m, s, g, a, ...) m(3, a) s() TN_EACH_2(m, s, g, __VA_ARGS__)
#define TN_EACH_4(m, s, g, a, ...) m(4, a) s() TN_EACH_3(m, s, g, __VA_ARGS__)
#define TN_EACH_5(m, s, g, a, ...) m(5, a) s() TN_EACH_4(m, s, g, __VA_ARGS__)
#define TN_EACH_6(m, s, g, a, ...) m(6, a) s() TN_EACH_5(m, s, g, __VA_ARGS__)
#define TN_EACH_7(m, s, g, a, ...) m(7, a) s() TN_EACH_6(m, s, g, __VA_ARGS__)
#define TN_EACH_8(m, s, g, a, ...) m(8, a) s() TN_EACH_7(m, s, g, __VA_ARGS__)
#define TN_EACH_9(m, s, g, a, ...) m(9, a) s() TN_EACH_8(m, s, g, __VA_ARGS__)
#define TN_EACH_10(m, s, g, a, ...) m(10, a) s() TN_EACH_9(m, s, g, __VA_ARGS__)
#define TN_EACH_11(m, s, g, a, ...)                                            \
    m(11, a) s() TN_EACH_10(m, s, g, __VA_ARGS__)
#define TN_EACH_12(m, s, g, a, ...)                                            \
    m(12, a) s() TN_EACH_11(m, s, g, __VA_ARGS__)
#define TN_EACH_13(m, s, g, a, ...)                                            \
    m(13, a) s() TN_EACH_12(m, s, g, __VA_ARGS__)
#define TN_EACH_14(m, s, g, a, ...)                                            \
    m(14, a) s() TN_EACH_13(m, s, g, __VA_ARGS__)
#define TN_EACH_15(m, s, g, a, ...)                                            \
    m(15, a) s() TN_EACH_14(m, s, g, __VA_ARGS__)
#define TN_EACH_16(m, s, g, a, ...)                                            \
    m(16, a) s() TN_EACH_15(m, s, g, __VA_ARGS__)
#define TN_EACH_17(m, s, g, a, ...)                                            \
    m(17, a) s() TN_EACH_16(m, s, g, __VA_ARGS__)
#define TN_EACH_18(m, s, g, a, ...)                                            \
    m(18, a) s() TN_EACH_17(m, s, g, __VA_ARGS__)
#define TN_EACH_19(m, s, g, a, ...)                                            \
    m(19, a) s() TN_EACH_18(m, s, g, __VA_ARGS__)
#define TN_EACH_20(m, s, g, a, ...)                                            \
    m(20, a) s() TN_EACH_19(m, s, g, __VA_ARGS__)
#define TN_EACH_21(m, s, g, a, ...)                                            \
    m(21, a) s() TN_EACH_20(m, s, g, __VA_ARGS__)
#define TN_EACH_22(m, s, g, a, ...)                                            \
    m(22, a) s() TN_EACH_21(m, s, g, __VA_ARGS__)
#define TN_EACH_23(m, s, g, a, ...)                                            \
    m(23, a) s() TN_EACH_22(m, s, g, __VA_ARGS__)
#define TN_EACH_24(m, s, g, a, ...)                                            \
    m(24, a) s() TN_EACH_23(m, s, g, __VA_ARGS__)
#define TN_EACH_25(m, s, g, a, ...)                                            \
    m(25, a) s() TN_EACH_24(m, s, g, __VA_ARGS__)
#define TN_EACH_26(m, s, g, a, ...)                                            \
    m(26, a) s() TN_EACH_25(m, s, g, __VA_ARGS__)
#define TN_EACH_27(m, s, g, a, ...)                                            \
    m(27, a) s() TN_EACH_26(m, s, g, __VA_ARGS__)
#define TN_EACH_28(m, s, g, a, ...)                                            \
    m(28, a) s() TN_EACH_27(m, s, g, __VA_ARGS__)
#define TN_EACH_29(m, s, g, a, ...)                                            \
    m(29, a) s() TN_EACH_28(m, s, g, __VA_ARGS__)
#define TN_EACH_30(m, s, g, a, ...)                                            \
    m(30, a) s() TN_EACH_29(m, s, g, __VA_ARGS__)
#define TN_EACH_31(m, s, g, a, ...)                                            \
    m(31, a) s() TN_EACH_30(m, s, g, __VA_ARGS__)
#define TN_EACH_32(m, s, g, a, ...)                                            \
    m(32, a) s() TN_EACH_31(m, s, g, __VA_ARGS__)
#define TN_EACH_33(m, s, g, a, ...)                                            \
    m(33, a) s() TN_EACH_32(m, s, g, __VA_ARGS__)

#define TN_COMMA_() ,
#define TN_OR_() |
#define TN_LIST_(m, s, ...)                                                    \
    TN_JOIN_(TN_EACH_, TN_COUNT_(__VA_ARGS__))(m, s, __VA_ARGS__)

#define TN_ARGUMENT_AT_(k, a) TN_ARGUMENT(a)
#define TN_WORD_AT_(k, a) TN_WORD_(a)
/* All bits where a value is none for tn_launch_words(), or there are many. */
#define TN_KIND_AT_(k, a)                                                      \
    ((k) > 17 || (k) < 2 || TN_KIND_(a) == 0                                   \
         ? UINT64_MAX                                                          \
         : (uint64_t)TN_KIND_(a) << (4 * (unsigned)(k)-8) % 64)

/* clang-format off */
#define TN_KIND_(value)                                                        \
    _Generic((value),                                                          \
        tn_argument: 0,                                                        \
        tn_buffer *: TN_TYPE_BUFFER,                                           \
        float: TN_TYPE_F32,                                                    \
        double: TN_TYPE_F64,                                                   \
        signed char: TN_TYPE_I8,                                               \
        unsigned char: TN_TYPE_U8,                                             \
        short: TN_TYPE_I16,                                                    \
        unsigned short: TN_TYPE_U16,                                           \
        int: TN_TYPE_I32,                                                      \
        unsigned int: TN_TYPE_U32,                                             \
        long: sizeof(long) == 8 ? TN_TYPE_I64 : TN_TYPE_I32,                   \
        unsigned long: sizeof(long) == 8 ? TN_TYPE_U64 : TN_TYPE_U32,          \
        long long: TN_TYPE_I64,                                                \
        unsigned long long: TN_TYPE_U64)
#define TN_WORD_(value)                                                        \
    _Generic((value),                                                          \
        tn_argument: tn_word_none,                                             \
        tn_buffer *: tn_word_buffer,                                           \
        float: tn_word_f32,                                                    \
        double: tn_word_f64,                                                   \
        unsigned char: tn_word_unsigned,                                       \
        unsigned short: tn_word_unsigned,                                      \
        unsigned int: tn_word_unsigned,                                        \
        unsigned long: tn_word_unsigned,                                       \
        unsigned long long: tn_word_unsigned,                                  \
        default: tn_word_signed)(value)
/* clang-format on */

/**
 * Launches a kernel with plain values: tn_launch(stream, kernel, grid, ...).
 * Each value must have the very type that the kernel declares: a tn_buffer *,
 * an integer, float or double, or what tn_at(), tn_local(), tn_struct(),
 * tn_f16() and tn_slot() make. At most 32; tn_launch_arguments() takes more,
 * and says what is answered.
 *
 * Of up to 16 values none of which is made by one of these functions, the types
 * are packed when the program is compiled: the launch then is cheapest.
 */
#define tn_launch(stream, kernel, ...)                                         \
    ((TN_LIST_(TN_KIND_AT_, TN_OR_, __VA_ARGS__)) != UINT64_MAX                \
         ? tn_launch_words(stream, kernel,                                     \
                           (const tn_grid[]){TN_FIRST_(__VA_ARGS__)},          \
                           TN_LIST_(TN_KIND_AT_, TN_OR_, __VA_ARGS__),         \
                           (const uint64_t[]){                                 \
                               TN_LIST_(TN_WORD_AT_, TN_COMMA_, __VA_ARGS__)}) \
         : tn_launch_arguments(stream, kernel, TN_FIRST_(__VA_ARGS__),         \
                               (const tn_argument[]){TN_LIST_(                 \
                                   TN_ARGUMENT_AT_, TN_COMMA_, __VA_ARGS__)},  \
                               TN_COUNT_(__VA_ARGS__) - 1))

#endif /* __cplusplus */

#endif
