/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Commands: what a stream queues.
 *
 * A command that runs has units of work (groups of a launch, pieces of a copy),
 * which threads claim in chunks from a counter; whoever finishes the last unit
 * finishes the command. A thread that holds a reference may look at the counter
 * at any time, so nobody waits for a thread that claimed nothing.
 *
 * A command is short when its kernel's pace promises that its work is done
 * before another thread would have come. Who takes it takes the whole of it,
 * and needs no counters; if it proves slow, the rest is for all to claim.
 *
 * Commands that ended go back to their stream, which uses them again.
 */
#ifndef TENON_CPU_COMMAND_H
#define TENON_CPU_COMMAND_H

#include <stdatomic.h>
#include <stdbool.h>

#include <tenon/kernel/entry.h>
#include <tenon/plugin.h>

#include "plugins/cpu/object.h"
#include "plugins/cpu/pool.h"

typedef struct cpu_command cpu_command;

typedef enum cpu_kind {
    CPU_LAUNCH,
    CPU_COPY,
    CPU_FILL,
    CPU_GRAPH,
    CPU_CALL,
    CPU_RETIRE, /* ends an object behind the work that uses it */
    CPU_RECORD, /* the point that an event stands for */
    CPU_WAIT    /* holds the stream back until a point is passed */
} cpu_kind;

/** What a launch, a copy and a fill do: queued by themselves or in a graph. */
typedef struct cpu_launch_work {
    tn_plugin_kernel *kernel;
    tn_group_range range; /* of all groups; who runs some makes his of it */
    void **arguments;
    tn_plugin_slot *slots; /* of a buffer: address, then memory */
} cpu_launch_work;

typedef struct cpu_copy_work {
    unsigned char *to;
    const unsigned char *from;
    uint64_t bytes;
    tn_plugin_memory *memories[2]; /* or NULL */
} cpu_copy_work;

typedef struct cpu_fill_work {
    unsigned char *to;
    uint64_t bytes;
    tn_plugin_memory *memory;
    unsigned char pattern[16];
} cpu_fill_work;

struct cpu_command {
    tn_plugin_instance *instance;
    tn_plugin_stream *stream; /* alive while the command is queued */
    atomic_uint references;
    cpu_kind kind;
    uint64_t sequence;   /* its number in the stream, from 1 */
    cpu_command *next;   /* in the queue, or among the free; stream's lock */
    bool standard;       /* has the usual tail, and so is used again */
    bool active;         /* at the stream's head and claimable; stream's lock */
    bool whole;          /* taken by one thread, and known to no other */
    atomic_bool brief;   /* short, as far as anybody knows */
    atomic_uint runners; /* threads that joined it */

    atomic_uint_fast64_t units; /* rises while a graph goes on */
    uint64_t chunk;             /* units claimed at once, unless it is short */
    atomic_uint_fast64_t claimed;
    atomic_uint_fast64_t finished;

    union {
        cpu_launch_work launch;
        cpu_copy_work copy;
        cpu_fill_work fill;
        struct {
            tn_plugin_graph *graph;
            void **arguments; /* of all its launches */
            atomic_uint step; /* that can be claimed */
        } graph;
        struct {
            void (*function)(void *data, tn_status status);
            void *data;
        } call;
        struct {
            /* Waiting commands; the point itself once it is passed. */
            _Atomic(cpu_command *) waiting;
            bool timed;
            tn_status status; /* of the stream, then */
            uint64_t time;
        } record;
        struct {
            cpu_command *point;
            cpu_command *next; /* who waits for the same one */
        } wait;
        cpu_object *retired;
    } as;
    /* A launch's or graph's arguments, a staged copy's bytes follow. */
};

/** Bytes of a piece of a copy or fill. */
#define CPU_PIECE_BYTES ((uint64_t)256 << 10)

enum {
    CPU_PIECE_TIME = 200000 /* nanoseconds of a piece where memory is slow */
};

/**
 * A new command, not queued yet; what its kind has is not set.
 *
 * @param tail  bytes that follow the struct, at cpu_command_tail()
 * @return NULL after cpu_fail()
 */
cpu_command *cpu_command_create(tn_plugin_stream *stream, cpu_kind kind,
                                size_t tail);

/**
 * The same for any thread, of a CPU_RETIRE, with a reference of the object;
 * NULL without memory.
 */
cpu_command *cpu_command_create_retire(tn_plugin_stream *stream,
                                       cpu_object *object);
void *cpu_command_tail(cpu_command *command);

void cpu_command_reference(cpu_command *command);
void cpu_command_unreference(cpu_command *command);

/** Gives up its memory, or keeps it for the stream's next one. */
void cpu_command_recycle_locked(cpu_command *command);

/**
 * Has the stream's own thread use next what was given up last: that is in the
 * processor's caches, however many others there are.
 */
void cpu_command_take_back_locked(tn_plugin_stream *stream);

/** Whether a thread would find something to claim. */
bool cpu_command_is_claimable(const cpu_command *command);
bool cpu_command_is_short(const cpu_command *command);

/**
 * Whether one more thread may work on it, of the pool or one that waits: as
 * many as are configured do.
 */
bool cpu_command_has_seat_locked(const cpu_command *command);

/** Into how many shares its work can be cut. */
uint64_t cpu_command_shares(const cpu_command *command);

/** Nanoseconds, or more, that a chunk may take; TN_FOREVER: who knows. */
uint64_t cpu_command_chunk_time(const cpu_command *command);

/** Who runs a command. */
typedef struct cpu_runner {
    uint64_t limit;     /* when to stop, in time of cpu_now() */
    cpu_scratch *arena; /* its own; NULL: it borrows one */
    bool of_pool;       /* nobody waits for what it runs */
} cpu_runner;

/**
 * Claims and runs units until none is left or the limit is over; finishes the
 * command if the last to end is among them. Gives up the caller's reference.
 */
void cpu_command_run(cpu_command *command, const cpu_runner *runner);

/** Whether its work uses an object, or may use it. */
bool cpu_command_uses(const cpu_command *command, const cpu_object *object);

/* What the kinds do. */
/** @param scratch  NULL fails the stream where the work needs group memory */
void cpu_launch_run(const cpu_launch_work *work, void *const *arguments,
                    uint64_t begin, uint64_t end, tn_plugin_stream *stream,
                    const cpu_scratch *scratch);
void cpu_copy_run(const cpu_copy_work *work, uint64_t begin, uint64_t end);
void cpu_fill_run(const cpu_fill_work *work, uint64_t begin, uint64_t end);

/** What so many groups may take; TN_FOREVER before the kernel's first run. */
uint64_t cpu_launch_time(const tn_plugin_kernel *kernel, uint64_t groups);
bool cpu_launch_is_short(const tn_plugin_kernel *kernel, uint64_t groups);
bool cpu_copy_is_short(uint64_t bytes);
/** Learns from a launch how long the kernel's groups take. */
void cpu_launch_note_pace(tn_plugin_kernel *kernel, uint64_t ticks,
                          uint64_t groups);
/** Groups that are claimed at once. */
uint64_t cpu_launch_chunk(const tn_plugin_kernel *kernel, uint64_t groups);

/** Whether what ran shows that work of so many units is not short after all. */
bool cpu_is_slow(uint64_t ticks, uint64_t ran, uint64_t units);
/** Units of short work that are run first, to see that. */
uint64_t cpu_first_part(uint64_t units);

/**
 * Makes the work of a launch.
 *
 * @param slots      room for the kernel's, and for as many arguments
 * @param arguments  as it has parameters
 * @param units      its groups
 */
tn_status cpu_launch_set(cpu_launch_work *work, tn_plugin_instance *instance,
                         tn_plugin_kernel *kernel,
                         const tn_plugin_launch *launch, tn_plugin_slot *slots,
                         void **arguments, uint64_t *units);
bool cpu_launch_uses(const cpu_launch_work *work, const cpu_object *object);
/** Work of nothing has no units. */
tn_status cpu_copy_set(cpu_copy_work *work, tn_plugin_memory *to,
                       uint64_t to_offset, tn_plugin_memory *from,
                       uint64_t from_offset, uint64_t bytes, uint64_t *units);
tn_status cpu_fill_set(cpu_fill_work *work, tn_plugin_memory *memory,
                       uint64_t offset, uint64_t bytes, const void *pattern,
                       uint32_t pattern_bytes, uint64_t *units);

/**
 * Whether the point of a CPU_RECORD is passed; then its status and time stand.
 */
bool cpu_point_is_passed(cpu_command *point);

/** Passes it. @return the commands that waited */
cpu_command *cpu_point_pass(cpu_command *point);

/** Makes a CPU_WAIT one of those; false if the point is passed already. */
bool cpu_point_await(cpu_command *point, cpu_command *wait);

/* Operations of the table. */
tn_status cpu_launch(tn_plugin_stream *stream, tn_plugin_kernel *kernel,
                     const tn_plugin_launch *launch);
tn_status cpu_copy_to(tn_plugin_stream *stream, tn_plugin_memory *memory,
                      uint64_t offset, const void *host, uint64_t bytes);
tn_status cpu_copy_from(tn_plugin_stream *stream, tn_plugin_memory *memory,
                        uint64_t offset, void *host, uint64_t bytes);
tn_status cpu_copy_to_async(tn_plugin_stream *stream, tn_plugin_memory *memory,
                            uint64_t offset, const void *host, uint64_t bytes);
tn_status cpu_copy_from_async(tn_plugin_stream *stream,
                              tn_plugin_memory *memory, uint64_t offset,
                              void *host, uint64_t bytes);
tn_status cpu_copy(tn_plugin_stream *stream, tn_plugin_memory *to,
                   uint64_t to_offset, tn_plugin_memory *from,
                   uint64_t from_offset, uint64_t bytes);
tn_status cpu_fill(tn_plugin_stream *stream, tn_plugin_memory *memory,
                   uint64_t offset, uint64_t bytes, const void *pattern,
                   uint32_t pattern_bytes);

#endif
