/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A libcuda.so.1 for machines without a GPU. Device memory is memory of the
 * host, streams are queues with a thread each, and kernels of known names
 * compute on the host. It checks what the real driver checks, answers as that
 * does, and ends the process where that would crash: a caller who is wrong
 * shall not be lucky.
 *
 * TENON_FAKE_CUDA holds a script, script.c has its words.
 */
#ifndef TENON_TESTS_FAKE_CUDA_H
#define TENON_TESTS_FAKE_CUDA_H

#include <pthread.h>
#include <stdbool.h>

#include "tests/fakes/cuda_driver/control.h"
#include "tests/fakes/cuda_driver/driver.h"

/* Begins a function of the driver: DRIVER(cuInit, unsigned flags) {...} */
#ifdef FAKE_CUDA_H /* has declared it */
#define DRIVER(name, ...) CUresult name(__VA_ARGS__)
#else
#define DRIVER(name, ...)                                                      \
    FAKE_EXPORT CUresult name(__VA_ARGS__);                                    \
    CUresult name(__VA_ARGS__)
#endif
/*
 * In the thread's own block, not in one that the loader allocates later and
 * whose end no thread sanitizer sees.
 */
#define FAKE_THREAD_LOCAL                                                      \
    _Thread_local __attribute__((tls_model("initial-exec")))

enum {
    DEVICES_MAX = 8
};

/** What the script says of the machine. */
typedef struct machine {
    int version; /* of the driver: 11040 */
    int devices;
    int sm;
    uint64_t memory; /* bytes of each device */
    size_t log;      /* bytes that the JIT's log has at least */
    bool peer;       /* devices reach each other's memory */
    bool pools;
    bool managed;
    bool mig; /* devices are parts of GPUs */
    const char *name;
} machine;

extern machine the_machine;

/* ---- the script ---- */

/** What a function of the driver needs before it does anything. */
typedef enum need {
    NEEDS_NOTHING,
    NEEDS_INIT,
    NEEDS_CONTEXT /* current on this thread, and healthy */
} need;

/** Counts and traces a call; what it shall answer at once, or 0 to go on. */
CUresult fake_enter(const char *function, need what);
#define ENTER(what)                                                            \
    do {                                                                       \
        CUresult entered = fake_enter(__func__, what);                         \
        if (entered != CUDA_SUCCESS) {                                         \
            return entered;                                                    \
        }                                                                      \
    } while (0)

/** From now on the driver is initialised. */
void fake_initialise(void);
/** Whether this thread runs a function for cuLaunchHostFunc(). */
extern FAKE_THREAD_LOCAL bool fake_in_callback;

/** Ends the process: the caller did what a driver does not survive. */
__attribute__((noreturn, format(printf, 1, 2))) void fake_die(const char *text,
                                                              ...);
/** A line in the trace, where there is one. */
__attribute__((format(printf, 1, 2))) void fake_trace(const char *text, ...);

/* ---- objects; destroyed ones are kept, so that their use is seen ---- */

typedef enum kind {
    IS_CONTEXT = 0x7e0c0de1,
    IS_STREAM,
    IS_EVENT,
    IS_MODULE,
    IS_FUNCTION,
    IS_POOL,
    IS_GRAPH,
    IS_EXECUTABLE,
    IS_LINKER,
    IS_DESTROYED = 0x0dead000
} kind;

typedef struct object {
    kind kind; /* atomic */
    CUcontext context;
    struct object *next;
} object;

/** Makes an object that counts as alive until fake_bury(). */
void *fake_make(kind what, size_t bytes, CUcontext context);
void fake_bury(void *one);
/** Buries all that belong to a context, or with NULL to any. */
void fake_bury_all(CUcontext context);
/** Dies unless it is alive. */
void fake_check(const void *one, kind what);
long fake_alive(kind what);

/* ---- contexts ---- */

struct CUctx_st {
    object object;
    int device;
    bool primary;
    int users;      /* of a primary context */
    CUresult fault; /* atomic; what broke it */
    CUstream legacy;
    CUstream streams; /* that wait for the legacy one, by `sibling` */
    pthread_mutex_t lock;
    pthread_mutex_t callbacks; /* run one at a time, as the driver's do */
    unsigned peers;            /* bit i: may reach device i */
};

/** The thread's, or NULL; and where there is one. */
CUcontext fake_current(void);
__attribute__((returns_nonnull)) CUcontext fake_context(void);
void fake_break(CUcontext context, CUresult why);
CUresult fake_fault(CUcontext context);
/** Breaks all primary contexts. */
void fake_contexts_break(CUresult why);
bool fake_device_is_there(CUdevice device);
/** As in a new process: there are none, and no device is lost. */
void fake_contexts_forget(void);
/** Waits for all work of a context. */
void fake_drain(CUcontext context);

/* ---- streams ---- */

/** Work in a stream; `run` is left out when the context is broken. */
typedef struct work {
    struct work *next;
    size_t bytes; /* of all of it */
    void (*run)(struct work *work);
    void (*left_out)(struct work *work); /* instead of run; may be NULL */
    CUcontext context;
    CUstream stream;
    bool callback;
    CUstream awaited; /* its work number `number`, before this one */
    uint64_t number;
} work;

struct CUstream_st {
    object object;
    CUcontext context;
    unsigned flags;
    int priority;
    CUstream sibling;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    work *first, *last;
    uint64_t queued; /* pieces of work that came, and that are done */
    uint64_t done;
    CUgraph capture; /* gets the work instead; NULL: it is queued */
    bool closing;
};

CUstream fake_stream_make(CUcontext context, unsigned flags, int priority);
void fake_stream_close(CUstream stream);
/** The stream behind a handle, NULL too; needs a current context for those. */
CUresult fake_stream_of(CUstream handle, CUstream *stream);
/* Begins a function of one stream, which needs no current context. */
#define ENTER_STREAM(handle, stream)                                           \
    CUstream stream = NULL;                                                    \
    ENTER(NEEDS_INIT);                                                         \
    do {                                                                       \
        CUresult found = fake_stream_of(handle, &stream);                      \
        if (found != CUDA_SUCCESS) {                                           \
            return found;                                                      \
        }                                                                      \
    } while (0)
/**
 * New work of a size, zeroed, to be filled and queued. It has no pointers to
 * what is its own unless it cannot be captured.
 */
void *fake_work(size_t bytes, void (*run)(work *));
/** Another like it. */
void *fake_work_again(const work *what);
/** Queues it, or captures it; returns its number. */
uint64_t fake_queue(CUstream stream, work *what);
void fake_wait(CUstream stream, uint64_t number);
bool fake_is_done(CUstream stream, uint64_t number);
/** Waits for all of it, in a broken context too, where it is left out. */
void fake_settle(CUstream stream);

/* ---- graphs ---- */

/** Work goes to the graph from now on. */
void fake_capture(CUgraph graph, work *what);

/* ---- memory ---- */

typedef enum place {
    ON_DEVICE,
    ON_HOST,    /* page-locked */
    REGISTERED, /* page-locked later */
    MANAGED,
    IN_MODULE
} place;

typedef struct block {
    char *base;
    size_t bytes;
    place where;
    int device;
    CUcontext context;
    unsigned flags;
    CUmemoryPool pool; /* NULL: of none */
} block;

/** The block that holds a whole range; false where none does. */
bool fake_find(CUdeviceptr address, size_t bytes, block *found);
/** @param from  NULL: of no pool */
CUresult fake_allocate(CUcontext context, place where, size_t bytes,
                       unsigned flags, CUmemoryPool from, char **base);
void fake_release(char *base);
/** Notes memory that the caller has, and forgets it; false: there is none. */
void fake_register(const block *of_others);
bool fake_unregister(const char *base);
/** Bytes of a device that are allocated, and those of its pools. */
uint64_t fake_bytes_used(int device);
uint64_t fake_bytes_pooled(int device);
/** Whether another device was let at a pool's memory. */
bool fake_pool_reaches(CUmemoryPool pool, int device);
/** Whether kernels and copies of a device reach a range. */
bool fake_reaches(CUcontext context, CUdeviceptr address, size_t bytes);
void fake_release_all(CUcontext context);

/* ---- modules ---- */

enum {
    PARAMETERS_MAX = 64,
    FUNCTION_NAME_BYTES = 256,
    SHARED_MAX = 227 << 10, /* bytes of a group, for who asks */
    SHARED_PLAIN = 48 << 10 /* and for who does not */
};

typedef struct ptx_parameter {
    size_t offset;
    size_t bytes;
} ptx_parameter;

struct CUfunc_st {
    object object;
    char name[FUNCTION_NAME_BYTES];
    CUmodule module;
    ptx_parameter parameters[PARAMETERS_MAX];
    size_t parameter_count;
    uint32_t max_items; /* .maxntid */
    size_t static_shared;
    int dynamic_shared; /* most that is allowed; atomic */
    bool floats;        /* it computes with .f32 */
    struct CUfunc_st *sibling;
};

typedef struct symbol {
    char name[FUNCTION_NAME_BYTES];
    char *base;
    size_t bytes;
    struct symbol *sibling;
} symbol;

struct CUmod_st {
    object object;
    CUcontext context;
    CUfunction functions;
    symbol *symbols;
    int sm;
    int ptx;
};

/**
 * Reads PTX, filling a module.
 * @return the driver's answer, with its words in log
 */
CUresult fake_ptx_read(CUmodule module, const char *text, char *log,
                       size_t log_bytes);

/** The type of an ELF file that is a head and the PTX that it was made of. */
#define FAKE_CUBIN_OF_PTX 0xfe01

/** The same for a cubin, of which only the length is known to be enough. */
CUresult fake_cubin_read(CUmodule module, const unsigned char *image);
CUresult fake_fatbin_read(CUmodule module, const unsigned char *image);

/* ---- kernels ---- */

typedef struct grid {
    uint32_t groups[3];
    uint32_t items[3];
} grid;

typedef struct running {
    CUcontext context;
    CUfunction function;
    grid grid;
    char *shared;
    size_t shared_bytes;
    unsigned char *values[PARAMETERS_MAX];
} running;

/**
 * Does what a kernel of this name does; one of a name that nobody knows does
 * nothing.
 */
void fake_kernel_run(running *run);
/** A launch as work, or NULL where it does not fit. */
work *fake_launch(CUfunction f, const grid *g, size_t shared, void **arguments,
                  void **extra);
bool fake_is_launch(const work *what);
/** Lets kernels that never end do so. */
void fake_kernels_release(void);

#endif
