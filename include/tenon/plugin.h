/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The plugin ABI: all that a backend and the runtime know of each other.
 *
 * A backend is a shared object that exports one function, tn_plugin_query().
 * The rules that hold for every operation stand, numbered, in
 * docs/plugin-abi.md; the numbers in brackets below are theirs. This header is
 * freestanding C11 and clean C++, and a plugin never links against libtenon.
 *
 * Conventions: shapes are x, y, z; sizes are bytes; times are nanoseconds. Out
 * parameters come last and are written only on success. Pointers that are
 * passed in are borrowed for the call unless said otherwise. The host has
 * checked what it can: handles are valid, ranges lie inside their allocation,
 * counts and limits hold [6].
 */
#ifndef TENON_PLUGIN_H
#define TENON_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#include "note.h"
#include "status.h"
#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Members are appended under a higher minor; whatever else changes raises the
 * major [2]. tenon-plugin.pc tells both as plugin_abi.
 */
#define TN_PLUGIN_ABI_MAJOR 1
#define TN_PLUGIN_ABI_MINOR 1
#define TN_PLUGIN_ABI                                                          \
    (((uint32_t)TN_PLUGIN_ABI_MAJOR << 16) | (uint32_t)TN_PLUGIN_ABI_MINOR)

/** The name of the one exported function, for dlsym. */
#define TN_PLUGIN_ENTRY "tn_plugin_query"

/**
 * Longest name of a backend, with its NUL: a letter, then letters, digits, '_'
 * and '-', all lower case.
 */
#define TN_PLUGIN_NAME_BYTES 32

/* Handles. Opaque to the host, owned by the plugin, never NULL [6]. */
typedef struct tn_plugin_instance tn_plugin_instance;
typedef struct tn_plugin_device tn_plugin_device;
typedef struct tn_plugin_memory tn_plugin_memory;
typedef struct tn_plugin_stream tn_plugin_stream;
typedef struct tn_plugin_event tn_plugin_event;
typedef struct tn_plugin_module tn_plugin_module;
typedef struct tn_plugin_kernel tn_plugin_kernel;
typedef struct tn_plugin_graph tn_plugin_graph;

/**
 * What the host lends a plugin [3]. Each function takes back the host_data that
 * came with it to instance_create(), may be called on any thread until
 * instance_destroy() returns, and never fails.
 */
typedef struct tn_host {
    uint32_t size; /**< bytes of this struct in the host's build */
    uint32_t abi;  /**< TN_PLUGIN_ABI of the host */

    /** Writes one line, without newline, to the application's log. */
    void (*log)(void *host_data, tn_log_level level, const char *line);

    /**
     * Says in one sentence why the call in progress fails: what was tried, what
     * went wrong and, where there is one, the fix [5]. The last one before the
     * call returns counts. Copied.
     */
    void (*error)(void *host_data, const char *sentence);

    /**
     * Hands over a compiler's whole log; size bytes, copied. Shown with the
     * next error, or at debug level.
     */
    void (*build_log)(void *host_data, const char *text, size_t size);

    /**
     * A key of the plugin's own section of the configuration: the text of its
     * value, valid as long as the instance, or NULL where it is not set.
     */
    const char *(*config)(void *host_data, const char *key);

    /**
     * Where that value came from ("/etc/tenon/tenon.ini:12"), for error
     * sentences; NULL where it is not set.
     */
    const char *(*config_origin)(void *host_data, const char *key);

    /**
     * Memory of the host's allocator; alignment is a power of two, 0 for
     * malloc's. NULL: no memory.
     */
    void *(*allocate)(void *host_data, size_t bytes, size_t alignment);

    /** Gives back what allocate() gave; NULL is fine. */
    void (*release)(void *host_data, void *pointer);
} tn_host;

/** What memory is asked for. */
typedef struct tn_plugin_memory_desc {
    uint32_t size; /**< bytes of this struct */
    tn_memory_kind kind;
    uint64_t bytes; /**< at least 1 */
    /** a power of two; 0: whatever suits every type */
    uint64_t alignment;
    /** usable in this stream's order from now on; NULL: at once, everywhere */
    tn_plugin_stream *stream;
} tn_plugin_memory_desc;

/** What a foreign handle is. */
enum {
    TN_HANDLE_POINTER = 1, /**< an address that this device's kernels can use */
    /**
     * the driver's own object (CUdeviceptr, cl_mem, CUstream, cl_command_queue
     * ...)
     */
    TN_HANDLE_NATIVE = 2
};

/** Foreign memory that becomes tn_plugin_memory. It stays the caller's. */
typedef struct tn_plugin_import_desc {
    uint32_t size; /**< bytes of this struct */
    uint32_t handle_kind;
    uint64_t handle;
    uint64_t bytes; /**< at least 1 */
    /** called once, when no queued work uses it any more; may be NULL */
    void (*release)(void *data);
    void *data;
} tn_plugin_import_desc;

/** What stream is asked for. */
typedef struct tn_plugin_stream_desc {
    uint32_t size; /**< bytes of this struct */
    /** 0: normal; lower numbers go first; clamped to what the device has */
    int32_t priority;
    /**
     * TN_HANDLE_NATIVE: wrap `handle`, which stays the caller's; 0: make one
     */
    uint32_t handle_kind;
    uint32_t reserved;
    uint64_t handle;
} tn_plugin_stream_desc;

/** What event is asked for. */
typedef struct tn_plugin_event_desc {
    uint32_t size;  /**< bytes of this struct */
    uint32_t timed; /**< 1: event_elapsed() will be asked; 0: cheaper */
} tn_plugin_event_desc;

/** Code to load. */
typedef struct tn_plugin_module_desc {
    uint32_t size; /**< bytes of this struct */
    uint32_t reserved;
    const char *name; /**< for error sentences */
    /** "so", "ptx", "cubin", "clc" ...: one that module_rank() took */
    const char *format;
    const void *image; /**< the whole file; not NUL-terminated */
    uint64_t image_bytes;
    /** absolute path of that very file, NULL if it has none */
    const char *path;
    const char *options; /**< for the device's compiler, "" for none */
} tn_plugin_module_desc;

/** Arguments that a launch has at most. */
#define TN_ARGUMENTS_MAX 64

/**
 * One argument of a launch, by its kind:
 * BUFFER takes one slot with memory and offset; LOCAL one slot with the bytes;
 * a scalar one slot that begins with the value in the host's byte order; STRUCT
 * one slot with its size in bytes (`bytes`) and then as many as hold them, with
 * 0 behind the last byte. Structs have at most TN_STRUCT_BYTES_MAX in a launch,
 * so there are at most TN_ARGUMENTS_MAX slots and those that hold that many.
 */
typedef union tn_plugin_slot {
    struct {
        tn_plugin_memory *memory;
        uint64_t offset;
    } buffer;
    uint64_t bytes;
    unsigned char value[16];
    uint64_t words[2];
} tn_plugin_slot;

/**
 * A launch: plain data without host pointers in its values, so that it can be
 * recorded, traced or sent elsewhere [10]. The host has checked kinds against
 * kernel_parameter() where the plugin knows it, and the limits of the device.
 */
typedef struct tn_plugin_launch {
    uint32_t size;           /**< bytes of this struct */
    uint32_t argument_count; /**< at most TN_ARGUMENTS_MAX */
    uint32_t slot_count;
    /**
     * dynamic group memory beside LOCAL arguments: the first block, at offset 0
     * of the group's dynamic memory. LOCAL arguments follow in their order, each
     * at the next multiple of 64
     */
    uint32_t local_bytes;
    uint32_t groups[3]; /**< each at least 1 */
    /** of one group; each at least 1, and groups * items <= TN_ITEMS_MAX */
    uint32_t items[3];
    /**
     * tn_type of argument i in bits 4 (i mod 16) to 4 (i mod 16) + 3 of word i
     * / 16; the rest is 0.
     */
    uint64_t kinds[TN_ARGUMENTS_MAX / 16];
    const tn_plugin_slot *slots;
} tn_plugin_launch;

/** What a recorded command does. */
enum {
    TN_COMMAND_LAUNCH = 1,
    TN_COMMAND_COPY = 2,
    TN_COMMAND_FILL = 3
};

/**
 * One recorded command of a graph; borrowed for graph_create() [11]. Never
 * grows.
 */
typedef struct tn_plugin_command {
    uint32_t kind;
    uint32_t reserved;
    union {
        struct {
            tn_plugin_kernel *kernel;
            const tn_plugin_launch *record;
        } launch;
        struct {
            tn_plugin_memory *to;
            uint64_t to_offset;
            tn_plugin_memory *from;
            uint64_t from_offset;
            uint64_t bytes;
        } copy;
        struct {
            tn_plugin_memory *memory;
            uint64_t offset;
            uint64_t bytes;
            uint64_t pattern[2];
            uint32_t pattern_bytes;
            uint32_t reserved;
        } fill;
        uint64_t words[14];
    } as;
} tn_plugin_command;

/**
 * A slot of a recorded launch that gets another value for one replay. Never
 * grows.
 */
typedef struct tn_plugin_binding {
    uint32_t command; /**< index into the commands of graph_create() */
    uint32_t slot;    /**< index into that launch's slots */
    tn_plugin_slot value;
} tn_plugin_binding;

/**
 * A backend: what tn_plugin_query() answers. Constant and read-only; the host
 * copies it and puts stubs that answer TN_ERROR_UNSUPPORTED where an operation
 * is NULL or lies beyond size [2]. Every operation may be called on any thread;
 * one stream is used by one thread at a time, kernels and modules by many at
 * once [6].
 */
typedef struct tn_plugin {
    uint32_t size;       /**< bytes of this struct in the plugin's build */
    uint32_t abi;        /**< TN_PLUGIN_ABI of the plugin's build */
    const char *name;    /**< of the backend; the same as in the note */
    const char *version; /**< of the plugin, free text */
    const char *vendor;  /**< who to write to, free text */

    /* ---- instance: one for each runtime that uses the backend ---- */

    /**
     * Starts the backend: opens its driver and finds its devices.
     *
     * @param host  stays valid until instance_destroy()
     * @return TN_OK; TN_ERROR_UNAVAILABLE where driver or device is missing,
     *         the sentence says what to install; TN_ERROR_CONFIG for a wrong
     *         value in its section; TN_ERROR_NO_MEMORY
     */
    tn_status (*instance_create)(const tn_host *host, void *host_data,
                                 tn_plugin_instance **instance);

    /** Ends it. All of its objects have been destroyed. */
    void (*instance_destroy)(tn_plugin_instance *instance);

    /**
     * Makes this plugin a layer over another one's instance [14]: notes that
     * `instance` belongs to `next`. A plugin with this operation is a layer;
     * operations that it leaves NULL come from the next one, handles pass
     * unchanged. NULL in a backend.
     */
    tn_status (*instance_wrap)(const tn_host *host, void *host_data,
                               const struct tn_plugin *next,
                               tn_plugin_instance *instance);

    /**
     * A table of further operations by name ("tenon.blas/1"), valid as long as
     * the plugin is loaded [12].
     *
     * @return TN_OK; TN_ERROR_UNSUPPORTED
     */
    tn_status (*get_extension)(tn_plugin_instance *instance, const char *name,
                               const void **table);

    /* ---- devices [7] ---- */

    /**
     * How many devices there are; the same number for the life of the instance.
     */
    tn_status (*device_count)(tn_plugin_instance *instance, uint32_t *count);

    /**
     * Describes a device without opening it. info->size is the host's; fill no
     * more than that [2].
     */
    tn_status (*device_info)(tn_plugin_instance *instance, uint32_t index,
                             tn_device_info *info);

    /** Opens a device for use; asked once for each index. */
    tn_status (*device_open)(tn_plugin_instance *instance, uint32_t index,
                             tn_plugin_device **device);

    /**
     * Closes it after all of its objects are destroyed; work that is still
     * queued is finished or given up.
     */
    void (*device_close)(tn_plugin_device *device);

    /** TN_OK, or TN_ERROR_DEVICE_LOST with what happened; asks no driver. */
    tn_status (*device_status)(tn_plugin_device *device);

    /** Optional: bytes of device memory that are free now. */
    tn_status (*device_memory_free)(tn_plugin_device *device, uint64_t *bytes);

    /**
     * How well code suits this device.
     *
     * @param requirements  text of a variant's `requires`: tokens, or "token >=
     *                      number", separated by commas, all of which must
     *                      hold; "" for none
     * @param rank          0: cannot run here; the highest number is the best
     *                      choice
     */
    tn_status (*module_rank)(tn_plugin_device *device, const char *format,
                             const char *requirements, uint32_t *rank);

    /* ---- memory [8] ---- */

    /**
     * Allocates. TN_ERROR_NO_MEMORY; TN_ERROR_UNSUPPORTED for a kind the device
     * lacks. Contents are undefined.
     */
    tn_status (*memory_create)(tn_plugin_device *device,
                               const tn_plugin_memory_desc *desc,
                               tn_plugin_memory **memory);

    /** Optional: wraps foreign memory. On failure release() is not called. */
    tn_status (*memory_import)(tn_plugin_device *device,
                               const tn_plugin_import_desc *desc,
                               tn_plugin_memory **memory);

    /**
     * Frees after the work that uses it: in that stream's order, or, with NULL,
     * after all that is queued now.
     */
    void (*memory_destroy)(tn_plugin_memory *memory, tn_plugin_stream *stream);

    /**
     * Optional: makes a range readable and writable through a host pointer
     * until memory_unmap(). Work that uses the range has finished. access:
     * TN_ACCESS_* bits.
     */
    tn_status (*memory_map)(tn_plugin_memory *memory, uint64_t offset,
                            uint64_t bytes, tn_access access, void **pointer);
    tn_status (*memory_unmap)(tn_plugin_memory *memory, void *pointer);

    /* ---- streams: queues whose work runs in order [9] ---- */

    tn_status (*stream_create)(tn_plugin_device *device,
                               const tn_plugin_stream_desc *desc,
                               tn_plugin_stream **stream);

    /** Legal with work in the queue, which still runs. Returns at once. */
    void (*stream_destroy)(tn_plugin_stream *stream);

    /**
     * Waits until all that is queued now has finished, at most timeout
     * nanoseconds (TN_FOREVER: no limit).
     *
     * @return TN_OK; TN_TIMEOUT; what went wrong in the stream, with its
     *         sentence, each time it is asked [5]
     */
    tn_status (*stream_sync)(tn_plugin_stream *stream, uint64_t timeout);

    /**
     * The same without waiting: TN_OK when idle, TN_NOT_READY, or what went
     * wrong.
     */
    tn_status (*stream_status)(tn_plugin_stream *stream);

    /**
     * Holds later work of the stream back until the event, of any device of
     * this instance, has passed. What counts is the event as it was last
     * recorded before this call; a later record changes nothing, and one that
     * was never recorded has passed. What went wrong in the event's stream
     * before it goes wrong in this one too.
     */
    tn_status (*stream_wait)(tn_plugin_stream *stream, tn_plugin_event *event);

    /**
     * Optional: calls function(data, status) on a thread of the plugin when
     * earlier work is done. It calls no Tenon.
     */
    tn_status (*stream_call)(tn_plugin_stream *stream,
                             void (*function)(void *data, tn_status status),
                             void *data);

    /* ---- events: points in a stream ---- */

    tn_status (*event_create)(tn_plugin_device *device,
                              const tn_plugin_event_desc *desc,
                              tn_plugin_event **event);

    /** Legal while the event is awaited: who waits, goes on. */
    void (*event_destroy)(tn_plugin_event *event);

    /**
     * Sets the event behind what is queued now; a second record replaces the
     * first. Never recorded: passed.
     */
    tn_status (*event_record)(tn_plugin_event *event, tn_plugin_stream *stream);

    /**
     * TN_OK when passed, TN_NOT_READY, or what went wrong in its stream before
     * it.
     */
    tn_status (*event_status)(tn_plugin_event *event);

    /** Waits for it: TN_OK, TN_TIMEOUT, or what went wrong. */
    tn_status (*event_sync)(tn_plugin_event *event, uint64_t timeout);

    /**
     * Optional: time from start to end, both timed, recorded and passed; else
     * TN_ERROR_INVALID or TN_NOT_READY.
     */
    tn_status (*event_elapsed)(tn_plugin_event *start, tn_plugin_event *end,
                               uint64_t *nanoseconds);

    /* ---- modules and kernels ---- */

    /**
     * Loads code.
     *
     * @return TN_OK; TN_ERROR_FORMAT when the image is not what its format
     *         says; TN_ERROR_BUILD, the compiler's log given to
     *         host->build_log(); TN_ERROR_NO_MEMORY
     */
    tn_status (*module_create)(tn_plugin_device *device,
                               const tn_plugin_module_desc *desc,
                               tn_plugin_module **module);

    /** Unloads it with its kernels, after queued work that uses them. */
    void (*module_destroy)(tn_plugin_module *module);

    /**
     * Optional: the kernels it holds; the array and its texts belong to the
     * module.
     */
    tn_status (*module_kernels)(tn_plugin_module *module,
                                const char *const **names, uint32_t *count);

    /**
     * Optional: a variable of the module as memory, which belongs to the module
     * (never destroyed by the host).
     */
    tn_status (*module_symbol)(tn_plugin_module *module, const char *name,
                               tn_plugin_memory **memory, uint64_t *bytes);

    /** A kernel by its name; it belongs to the module. TN_ERROR_NOT_FOUND. */
    tn_status (*kernel_get)(tn_plugin_module *module, const char *name,
                            tn_plugin_kernel **kernel);

    /** What is known of it. info->size is the host's. */
    tn_status (*kernel_info)(tn_plugin_kernel *kernel, tn_kernel_info *info);

    /**
     * One parameter, index < info.parameter_count. parameter->size is the
     * host's.
     */
    tn_status (*kernel_parameter)(tn_plugin_kernel *kernel, uint32_t index,
                                  tn_parameter *parameter);

    /* ---- work: queued on a stream, checked by the host ---- */

    /** Runs a kernel over a grid. Borrowed data is copied before it returns. */
    tn_status (*launch)(tn_plugin_stream *stream, tn_plugin_kernel *kernel,
                        const tn_plugin_launch *launch);

    /** Copies from the host; `host` may be reused when the call returns. */
    tn_status (*copy_to)(tn_plugin_stream *stream, tn_plugin_memory *memory,
                         uint64_t offset, const void *host, uint64_t bytes);

    /** Copies to the host; the bytes are there when the call returns. */
    tn_status (*copy_from)(tn_plugin_stream *stream, tn_plugin_memory *memory,
                           uint64_t offset, void *host, uint64_t bytes);

    /**
     * Optional: the same, returning when queued: `host` stays valid until the
     * stream has passed it.
     */
    tn_status (*copy_to_async)(tn_plugin_stream *stream,
                               tn_plugin_memory *memory, uint64_t offset,
                               const void *host, uint64_t bytes);
    tn_status (*copy_from_async)(tn_plugin_stream *stream,
                                 tn_plugin_memory *memory, uint64_t offset,
                                 void *host, uint64_t bytes);

    /**
     * Copies between allocations, of other devices of this instance too where
     * TN_FEATURE_PEER is set. Ranges in one allocation do not overlap.
     */
    tn_status (*copy)(tn_plugin_stream *stream, tn_plugin_memory *to,
                      uint64_t to_offset, tn_plugin_memory *from,
                      uint64_t from_offset, uint64_t bytes);

    /**
     * Repeats a pattern of 1, 2, 4, 8 or 16 bytes; offset and bytes are
     * multiples of pattern_bytes.
     */
    tn_status (*fill)(tn_plugin_stream *stream, tn_plugin_memory *memory,
                      uint64_t offset, uint64_t bytes, const void *pattern,
                      uint32_t pattern_bytes);

    /*
     * ---- graphs, optional: without them the host replays by a loop [11] ----
     */

    /**
     * Makes a graph of commands that run in this order. A slot that is left
     * open is all 0 in its record: each graph_launch() binds all of these.
     * TN_ERROR_UNSUPPORTED where the device has no graph for such commands:
     * then the host replays them.
     */
    tn_status (*graph_create)(tn_plugin_device *device,
                              const tn_plugin_command *commands, uint32_t count,
                              tn_plugin_graph **graph);

    /** Legal while it runs. */
    void (*graph_destroy)(tn_plugin_graph *graph);

    /**
     * Queues the commands. Launched by one thread at a time; what runs already
     * keeps the values that it was launched with.
     */
    tn_status (*graph_launch)(tn_plugin_graph *graph, tn_plugin_stream *stream,
                              const tn_plugin_binding *bindings,
                              uint32_t count);

    /* ---- native handles, optional ---- */

    /** The driver's own object behind a handle; it stays the plugin's. */
    tn_status (*device_native)(tn_plugin_device *device, uint64_t *handle);
    tn_status (*memory_native)(tn_plugin_memory *memory, uint64_t *handle);
    tn_status (*stream_native)(tn_plugin_stream *stream, uint64_t *handle);
    tn_status (*event_native)(tn_plugin_event *event, uint64_t *handle);
} tn_plugin;

#if defined(__GNUC__)
#define TN_PLUGIN_EXPORT __attribute__((visibility("default")))
#else
#define TN_PLUGIN_EXPORT
#endif

/** The type of tn_plugin_query(), for hosts. */
typedef tn_status (*tn_plugin_query_function)(uint32_t host_abi,
                                              const tn_plugin **plugin);

/**
 * The one function that a plugin exports [1]. It runs no driver code and
 * changes nothing.
 *
 * @param host_abi  TN_PLUGIN_ABI of the host
 * @param plugin    the plugin's table
 *
 * @return TN_OK; TN_ERROR_UNSUPPORTED when the plugin needs a newer host
 */
TN_PLUGIN_EXPORT tn_status tn_plugin_query(uint32_t host_abi,
                                           const tn_plugin **plugin);

/* ---- the note: what a plugin tells without being run [4] ---- */

/**
 * Puts the note into a plugin; once, at file scope.
 *
 * All are string literals. Lists are separated by single spaces, "" for none.
 *
 * @param backend    the name, as in tn_plugin.name
 * @param formats    formats of code that it takes: "so"
 * @param keys       keys of its section [backend NAME] beside the host's own:
 *                   "threads pin"
 * @param libraries  what it will dlopen: "libcuda.so.1"
 */
#define TN_PLUGIN_NOTE(backend, formats, keys, libraries)                      \
    TN_ELF_NOTE(tn_plugin_note, TN_NOTE_SECTION, TN_NOTE_OWNER,                \
                TN_NOTE_PLUGIN,                                                \
                "name=" backend "\n"                                           \
                "abi=" TN_NOTE_TEXT(TN_PLUGIN_ABI_MAJOR) "." TN_NOTE_TEXT(     \
                    TN_PLUGIN_ABI_MINOR) "\n"                                  \
                                         "formats=" formats "\n"               \
                                         "keys=" keys "\n"                     \
                                         "libraries=" libraries "\n")

#ifdef __cplusplus
}
#endif

#endif
