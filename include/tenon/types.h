/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Words that applications and plugins share: element types, kinds of device and
 * memory, what a device tells of itself.
 *
 * Freestanding C11 and C++. Enumerations cross the plugin ABI as uint32_t;
 * values are only added, never renumbered. A struct that begins with `size`
 * grows at its end: whoever owns the storage sets size, whoever fills it writes
 * no more than the smaller of both sizes.
 */
#ifndef TENON_TYPES_H
#define TENON_TYPES_H

#include <stddef.h>
#include <stdint.h>

/** A time limit that never passes, in nanoseconds. */
#define TN_FOREVER UINT64_MAX

/** How much a log line matters. A log at level L takes lines of level <= L. */
typedef uint32_t tn_log_level;
enum {
    TN_LOG_OFF = 0,
    TN_LOG_ERROR = 1,
    TN_LOG_WARNING = 2,
    TN_LOG_INFO = 3,
    TN_LOG_DEBUG = 4
};

/**
 * What one argument of a launch is. Four bits hold each of them, so that the
 * kinds of sixteen arguments pack into one word (tn_plugin_launch.kinds) and a
 * signature is checked with one compare.
 */
typedef uint32_t tn_type;
/* X(NAME, number, name in signatures, bytes of a value) */
#define TN_TYPE_LIST(X)                                                        \
    X(BUFFER, 1, "buffer", 0) /* memory + offset */                            \
    X(LOCAL, 2, "local", 0)   /* bytes of group memory, no value */            \
    X(STRUCT, 3, "struct", 0) /* a value of any size, compared by size */      \
    X(I8, 4, "i8", 1)                                                          \
    X(U8, 5, "u8", 1)                                                          \
    X(I16, 6, "i16", 2)                                                        \
    X(U16, 7, "u16", 2)                                                        \
    X(I32, 8, "i32", 4)                                                        \
    X(U32, 9, "u32", 4)                                                        \
    X(I64, 10, "i64", 8)                                                       \
    X(U64, 11, "u64", 8)                                                       \
    X(F16, 12, "f16", 2)                                                       \
    X(F32, 13, "f32", 4)                                                       \
    X(F64, 14, "f64", 8)

enum {
    TN_TYPE_NONE = 0, /**< not known */
#define TN_TYPE_CONSTANT(name, number, text, bytes) TN_TYPE_##name = number,
    TN_TYPE_LIST(TN_TYPE_CONSTANT)
#undef TN_TYPE_CONSTANT
};

/** What a kernel does with a buffer. A set of bits; 0 where nobody knows. */
typedef uint32_t tn_access;
enum {
    TN_ACCESS_READ = 1,
    TN_ACCESS_WRITE = 2,
    TN_ACCESS_READ_WRITE = 3
};

/** Where a buffer lives. */
typedef uint32_t tn_memory_kind;
enum {
    TN_MEMORY_DEVICE = 0, /**< the device's own; fastest for kernels */
    TN_MEMORY_PINNED = 1, /**< the host's, page-locked; fastest to copy */
    TN_MEMORY_SHARED = 2  /**< one address for both; UNSUPPORTED where none */
};

/** What a device is. */
typedef uint32_t tn_device_kind;
enum {
    TN_DEVICE_OTHER = 0,
    TN_DEVICE_CPU = 1,
    TN_DEVICE_GPU = 2,
    TN_DEVICE_ACCELERATOR = 3
};

/** What a device can beyond the core. Bits of tn_device_info.features. */
enum {
    TN_FEATURE_PINNED = 1 << 0,     /**< TN_MEMORY_PINNED */
    TN_FEATURE_SHARED = 1 << 1,     /**< TN_MEMORY_SHARED */
    TN_FEATURE_MAP = 1 << 2,        /**< buffers map into the host */
    TN_FEATURE_IMPORT = 1 << 3,     /**< foreign memory wraps as a buffer */
    TN_FEATURE_PEER = 1 << 4,       /**< copies between its devices */
    TN_FEATURE_GRAPH = 1 << 5,      /**< native graphs */
    TN_FEATURE_SYMBOLS = 1 << 6,    /**< a module's variables as buffers */
    TN_FEATURE_F64 = 1 << 7,        /**< kernels with f64 */
    TN_FEATURE_HOST_MEMORY = 1 << 8 /**< device memory is host memory */
};

/**
 * Who a device is and what it has.
 *
 * Texts are NUL-terminated UTF-8 and empty where unknown; numbers are 0 where
 * unknown unless said otherwise.
 */
typedef struct tn_device_info {
    uint32_t size; /**< bytes of this struct; set by its owner */
    tn_device_kind kind;
    char name[128];  /**< "NVIDIA H200" */
    char vendor[64]; /**< "NVIDIA Corporation" */
    /** what code is built for: "sm_90", "x86-64-v3" */
    char target[64];
    char driver[64];      /**< driver and its version */
    char pci_address[16]; /**< "0000:65:00.0" */
    uint8_t uuid[16];     /**< all 0 where the device has none */
    /** DLDeviceType of DLPack: 1 CPU, 2 CUDA, 4 OpenCL */
    uint32_t dlpack_type;
    /** device_id of DLPack: the vendor's own ordinal */
    int32_t dlpack_ordinal;
    int32_t numa_node;      /**< -1 where unknown */
    uint32_t compute_units; /**< processors, SMs or threads that run groups */
    /** items that run in lockstep: warp, wavefront; 1 on a CPU */
    uint32_t subgroup_items;
    /** bytes: offsets of arguments are multiples of it; at least 1 */
    uint32_t offset_alignment;
    uint64_t memory_bytes;     /**< in all */
    uint64_t allocation_bytes; /**< largest single buffer */
    uint64_t local_bytes;      /**< group memory a group may use */
    uint64_t argument_bytes;   /**< all arguments of a launch together */
    /** items of one group, over all dimensions; at least 1 */
    uint32_t max_items;
    uint32_t max_items_dim[3];  /**< items of one group in x, y, z */
    uint32_t max_groups_dim[3]; /**< groups of a grid in x, y, z */
    uint32_t features;          /**< TN_FEATURE_* */
    /** caches that a processor sees: level 1 (of data), 2 and 3 */
    uint64_t cache_bytes[3];
} tn_device_info;

/** Bytes of all structs that a launch passes by value, together. */
#define TN_STRUCT_BYTES_MAX 3072

/**
 * Items that a grid spans in x, y or z, its last groups counted whole: kernels
 * count them in 32 bits with a sign.
 */
#define TN_ITEMS_MAX ((uint64_t)1 << 31)

/** Most elements that an item of a kernel runs over. */
#define TN_ELEMENTS_MAX 16

/** Name that a kernel's parameter has at most, with its NUL. */
#define TN_NAME_BYTES 64
/** Extent that it has at most, with its NUL. */
#define TN_EXTENT_BYTES 128

/** One parameter of a kernel, as far as somebody knows it. */
typedef struct tn_parameter {
    uint32_t size; /**< bytes of this struct; set by its owner */
    /** BUFFER, LOCAL, STRUCT or a scalar; NONE: unknown */
    tn_type type;
    tn_type element;          /**< of a buffer or local block; NONE: unknown */
    tn_access access;         /**< of a buffer; 0: unknown */
    uint64_t bytes;           /**< of a value; 0 for BUFFER and LOCAL */
    char name[TN_NAME_BYTES]; /**< empty where unknown */
    /**
     * elements that a buffer or local block has at least, an expression over
     * integers among the kernel's parameters: "rows * columns"; empty where
     * unknown. Since 1.1
     */
    char extent[TN_EXTENT_BYTES];
} tn_parameter;

/** What a kernel is, on its device. Numbers are 0 where unknown. */
typedef struct tn_kernel_info {
    uint32_t size;              /**< bytes of this struct; set by its owner */
    uint32_t parameter_count;   /**< TN_UNKNOWN where nobody knows */
    uint32_t required_items[3]; /**< the only group size it takes; 0: any */
    uint32_t preferred_items;   /**< group size in x that suits it */
    uint32_t max_items;         /**< largest group on this device */
    uint32_t registers;         /**< 32-bit registers an item */
    uint64_t local_bytes;       /**< group memory it declares itself */
    uint64_t private_bytes;     /**< spilled or stack memory an item */
    /** elements that an item runs over, in x; a grid counts these. 0: one */
    uint32_t elements;
    /** that a grid of it has at least, told by bundle.ini; plugins leave it 0 */
    uint32_t dimensions;
} tn_kernel_info;

/** A count that nobody knows. */
#define TN_UNKNOWN UINT32_MAX

#endif
