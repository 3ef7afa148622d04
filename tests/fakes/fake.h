/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A small but whole backend on host memory, which each fake plugin spoils in
 * one way of its own. All work is done before a call returns.
 *
 * Code in its formats "fake" and "clc" is text, one kernel a line, with what
 * is to be told of it behind the parameters:
 *
 *     kernel add(in f32* a, in f32* b, out f32* c, u32 n)
 *     kernel sized(in f32* a) items 64 2 1
 *
 * `items X Y Z` is the only group size it takes, `preferred N` and `max N` are
 * items, `elements N` those of an item, `local N` bytes of group memory;
 * `untold` tells no parameters, `untyped` their bytes alone. Only `add`
 * computes anything. A line `variable NAME BYTES` is a variable.
 *
 * A test may declare streams busy or broken, by their number: their work is done
 * all the same, but they and events recorded on them deny it.
 *
 * module_rank() takes "", which is 1, and "level >= N" up to 3, which is 1 + N.
 */
#ifndef TENON_TESTS_FAKE_H
#define TENON_TESTS_FAKE_H

#include <stdatomic.h>

#include <tenon/plugin.h>

/** The extension that shows what a fake plugin has seen: a fake_record. */
#define FAKE_RECORD "fake.record/1"

/* Streams that tn_stream_wrap() gives: never idle; broken from the start. */
#define FAKE_STUCK_STREAM 77
#define FAKE_BROKEN_STREAM 78

/** What the broken stream says. */
#define FAKE_BROKEN_SENTENCE "address 0x1234 is nobody's"

#define FAKE_DEVICES 2
#define FAKE_OFFSET_ALIGNMENT 16
#define FAKE_MAX_ITEMS 1024
#define FAKE_MAX_ITEMS_Z 64
#define FAKE_MAX_GROUPS_X (1u << 20)
#define FAKE_MAX_GROUPS_Y 65535u
#define FAKE_LOCAL_BYTES 49152u
#define FAKE_ALLOCATION_BYTES ((uint64_t)1 << 30)

enum {
    FAKE_SLOTS_MAX = 256,
    FAKE_STREAM_NUMBERS = 32
};

/** Counts of the process, since the plugin was loaded. */
typedef struct fake_record {
    atomic_uint queries;
    /* living objects */
    atomic_int instances;
    atomic_int devices;
    atomic_int memories;
    atomic_int streams;
    atomic_int events;
    atomic_int modules;
    atomic_int graphs;
    /* calls */
    atomic_uint opens; /* of devices */
    atomic_uint launches;
    atomic_uint copies; /* of each kind */
    atomic_uint fills;
    atomic_uint syncs;
    atomic_uint graph_commands;
    atomic_uint event_records;
    /* set by a test: bits of streams, by their number, ... */
    atomic_uint busy;     /* that say that their work has not ended */
    atomic_uint broken;   /* whose work failed */
    atomic_int no_memory; /* so many more allocations fail */
    /* the last of each */
    char kernel[TN_NAME_BYTES];
    tn_plugin_launch launch; /* its slots are these: */
    tn_plugin_slot slots[FAKE_SLOTS_MAX];
    tn_plugin_memory_desc memory;
    tn_plugin_stream_desc stream;
    tn_plugin_stream *freed_on; /* stream of the last memory_destroy() */
    char options[64];           /* of the last module */
    char path[256];
} fake_record;

extern fake_record fake_seen;

struct tn_plugin_instance {
    const tn_host *host;
    void *host_data;
};

struct tn_plugin_device {
    tn_plugin_instance *instance;
    uint32_t index;
};

struct tn_plugin_memory {
    tn_plugin_device *device;
    unsigned char *bytes;
    void (*release)(void *data); /* of imported memory */
    void *data;
};

struct tn_plugin_stream {
    tn_plugin_device *device;
    uint64_t native;
    uint32_t number;  /* they follow each other, and begin anew at some time */
    tn_status failed; /* what sticks to it */
};

/** Says why, and gives the status back. */
tn_status fake_fail(const tn_plugin_instance *instance, tn_status status,
                    const char *sentence);

/** A whole table, of a plugin that works. */
void fake_fill(tn_plugin *table, const char *name);

/* Operations that a fake plugin falls back on. */
tn_status fake_instance_create(const tn_host *host, void *host_data,
                               tn_plugin_instance **instance);
void fake_instance_destroy(tn_plugin_instance *instance);
tn_status fake_device_info(tn_plugin_instance *instance, uint32_t index,
                           tn_device_info *info);
tn_status fake_launch(tn_plugin_stream *stream, tn_plugin_kernel *kernel,
                      const tn_plugin_launch *launch);

/**
 * A plugin with keys of its own, whose table the block behind it spoils:
 *
 *     FAKE_PLUGIN("name", "") { table->launch = launch; }
 */
#define FAKE_PLUGIN(backend, keys)                                             \
    TN_PLUGIN_NOTE(backend, "fake clc", keys, "");                             \
    FAKE_ENTRY(backend)

/** The same behind a note of its own. */
#define FAKE_ENTRY(backend)                                                    \
    static void spoil(tn_plugin *table);                                       \
    tn_status tn_plugin_query(uint32_t host_abi, const tn_plugin **plugin)     \
    {                                                                          \
        static tn_plugin table;                                                \
                                                                               \
        (void)host_abi;                                                        \
        fake_seen.queries++;                                                   \
        fake_fill(&table, backend);                                            \
        spoil(&table);                                                         \
        *plugin = &table;                                                      \
        return TN_OK;                                                          \
    }                                                                          \
    static void spoil(tn_plugin *table)

/** A note that tells another ABI. */
#define FAKE_NOTE_OF_ABI(backend, abi)                                         \
    TN_ELF_NOTE(tn_plugin_note, TN_NOTE_SECTION, TN_NOTE_OWNER,                \
                TN_NOTE_PLUGIN,                                                \
                "name=" backend "\nabi=" abi "\nformats=fake\nkeys=\n"         \
                "libraries=\n")

#endif
