/* SPDX-License-Identifier: MIT */
/*
 * What the fake driver is told to do, by TENON_FAKE_CUDA or
 * tn_fake_cuda_script(): clauses with ';' between them.
 *
 *   FUNCTION=NUMBER      each call of it answers that CUresult
 *   FUNCTION:2=NUMBER    its second call does; 700 and its like break all
 *                        primary contexts, too
 *   FUNCTION:2+=hang     its second call and all later ones never return
 *   version=11040        the driver's version
 *   missing=A,B          the library does not export these
 *   devices=2 sm=90 memory=64M name=TEXT
 *   peer=no pools=no managed=no
 *   mig=yes              each device is a part of a GPU
 *   log=100000           bytes that a JIT compiler's log has at least
 *   trace=FILE           a line for each call
 */
#include <dlfcn.h>
#include <link.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/fakes/cuda_driver/fake.h"

enum {
    RULES_MAX = 32,
    NAME_BYTES = 64,
    SCRIPT_BYTES = 4096,
    HANGS = -1
};

typedef struct rule {
    char function[NAME_BYTES];
    long from; /* the calls that it is for */
    long to;
    int answer;
    long calls; /* so far; atomic */
} rule;

static const machine modern = {.version = 13000,
                               .devices = 1,
                               .sm = 90,
                               .memory = (uint64_t)4 << 30,
                               .peer = true,
                               .pools = true,
                               .managed = true,
                               .name = "NVIDIA Fake"};

machine the_machine;
static rule rules[RULES_MAX];
static int rule_count;
static char text[SCRIPT_BYTES];
static FILE *trace;
static bool initialised; /* atomic */
static bool forked;

void fake_die(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    fputs("fake libcuda: ", stderr);
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
    va_end(values);
    abort();
}

void fake_trace(const char *format, ...)
{
    va_list values;

    if (trace != NULL) {
        va_start(values, format);
        flockfile(trace);
        vfprintf(trace, format, values);
        fputc('\n', trace);
        fflush(trace);
        funlockfile(trace);
        va_end(values);
    }
}

/* ---- symbols that are missing ---- */

static struct link_map *own_map(void)
{
    Dl_info info;
    struct link_map *map = NULL;

    if (dladdr1(&the_machine, &info, (void **)&map, RTLD_DL_LINKMAP) == 0 ||
        map == NULL) {
        fake_die("the loader does not know this library");
    }
    return map;
}

static ElfW(Addr) dynamic_entry(const struct link_map *map, ElfW(Sxword) tag)
{
    for (const ElfW(Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL; ++entry) {
        if (entry->d_tag == tag) {
            return entry->d_un.d_ptr;
        }
    }
    return 0;
}

/*
 * The name of a function where the loader reads it; with another first letter
 * nobody finds the function.
 */
static char *exported_name(const char *name)
{
    struct link_map *map = own_map();
    char *names = (char *)dynamic_entry(map, DT_STRTAB);
    size_t bytes = dynamic_entry(map, DT_STRSZ);
    size_t length = strlen(name) + 1;

    if (names < (char *)map->l_addr) { /* not relocated on this machine */
        names += map->l_addr;
    }
    for (size_t i = 1; i + length <= bytes; ++i) {
        if (names[i - 1] == '\0' && memcmp(names + i, name, length) == 0) {
            return names + i;
        }
    }
    return NULL;
}

static void write_name(char *name, char first)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    void *begin = (void *)((uintptr_t)name / page * page);

    if (mprotect(begin, page, PROT_READ | PROT_WRITE) != 0) {
        fake_die("cannot hide %s", name);
    }
    *name = first;
    mprotect(begin, page, PROT_READ);
}

static char *hidden[RULES_MAX];
static int hidden_count;

static void hide(char *names)
{
    char *rest = NULL;

    for (char *name = strtok_r(names, ", ", &rest); name != NULL;
         name = strtok_r(NULL, ", ", &rest)) {
        char *found = exported_name(name);

        if (found == NULL || hidden_count == RULES_MAX) {
            fake_die("script: missing=%s: there is no such function", name);
        }
        write_name(found, '#');
        hidden[hidden_count++] = found;
    }
}

static void show_all(void)
{
    while (hidden_count > 0) {
        write_name(hidden[--hidden_count], 'c');
    }
}

/* ---- reading the script ---- */

static uint64_t number(const char *clause, const char *value)
{
    char *end = NULL;
    uint64_t n = strtoull(value, &end, 10);

    if (*end == 'G' || *end == 'M' || *end == 'K') {
        n <<= *end == 'G' ? 30 : *end == 'M' ? 20 : 10;
        ++end;
    }
    if (end == value || *end != '\0') {
        fake_die("script: %s=%s: not a number", clause, value);
    }
    return n;
}

static bool truth(const char *key, const char *value)
{
    if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0) {
        fake_die("script: %s=%s: say yes or no", key, value);
    }
    return value[0] == 'y';
}

static void open_trace(const char *path)
{
    if (trace != NULL) {
        fclose(trace);
    }
    trace = fopen(path, "we");
    if (trace == NULL) {
        fake_die("script: trace=%s: cannot be written", path);
    }
}

static bool read_key(const char *key, char *value)
{
    machine *m = &the_machine;

    if (strcmp(key, "version") == 0) {
        m->version = (int)number(key, value);
    } else if (strcmp(key, "devices") == 0) {
        m->devices = (int)number(key, value);
    } else if (strcmp(key, "sm") == 0) {
        m->sm = (int)number(key, value);
    } else if (strcmp(key, "memory") == 0) {
        m->memory = number(key, value);
    } else if (strcmp(key, "log") == 0) {
        m->log = number(key, value);
    } else if (strcmp(key, "peer") == 0) {
        m->peer = truth(key, value);
    } else if (strcmp(key, "pools") == 0) {
        m->pools = truth(key, value);
    } else if (strcmp(key, "managed") == 0) {
        m->managed = truth(key, value);
    } else if (strcmp(key, "mig") == 0) {
        m->mig = truth(key, value);
    } else if (strcmp(key, "name") == 0) {
        m->name = value;
    } else if (strcmp(key, "missing") == 0) {
        hide(value);
    } else if (strcmp(key, "trace") == 0) {
        open_trace(value);
    } else {
        return false;
    }
    return true;
}

static void read_rule(char *function, const char *value)
{
    char *colon = strchr(function, ':');
    rule *r = &rules[rule_count];

    if (rule_count == RULES_MAX) {
        fake_die("script: more than %d rules", RULES_MAX);
    }
    memset(r, 0, sizeof *r);
    r->from = 1;
    r->to = __LONG_MAX__;
    if (colon != NULL) {
        size_t length = strlen(colon);
        bool later = colon[length - 1] == '+';

        *colon = '\0';
        if (later) {
            colon[length - 1] = '\0';
        }
        r->from = (long)number(function, colon + 1);
        r->to = later ? __LONG_MAX__ : r->from;
    }
    if (exported_name(function) == NULL || strlen(function) >= NAME_BYTES) {
        fake_die("script: %s: neither a key nor a function", function);
    }
    strcpy(r->function, function);
    r->answer =
        strcmp(value, "hang") == 0 ? HANGS : (int)number(function, value);
    ++rule_count;
}

static void read_clause(char *clause)
{
    char *equals = strchr(clause, '=');

    if (equals == NULL || equals == clause || equals[1] == '\0') {
        fake_die("script: '%s' is no KEY=VALUE", clause);
    }
    *equals = '\0';
    if (!read_key(clause, equals + 1)) {
        read_rule(clause, equals + 1);
    }
}

static char *trim(char *clause)
{
    clause += strspn(clause, " \n");
    for (size_t n = strlen(clause); n > 0 && strchr(" \n", clause[n - 1]);) {
        clause[--n] = '\0';
    }
    return clause;
}

static void read_script(const char *script)
{
    char *rest = NULL;

    the_machine = modern;
    rule_count = 0;
    show_all();
    if (strlen(script) >= sizeof text) {
        fake_die("script: longer than %d bytes", SCRIPT_BYTES);
    }
    strcpy(text, script);
    for (char *clause = strtok_r(text, ";", &rest); clause != NULL;
         clause = strtok_r(NULL, ";", &rest)) {
        clause = trim(clause);
        if (*clause != '\0') {
            read_clause(clause);
        }
    }
    if (the_machine.devices > DEVICES_MAX) {
        fake_die("script: devices=%d: at most %d", the_machine.devices,
                 DEVICES_MAX);
    }
}

/* A fork may use the driver if this process has not. */
static void note_fork(void)
{
    forked = initialised;
}

__attribute__((constructor)) static void start(void)
{
    const char *script = getenv("TENON_FAKE_CUDA");

    pthread_atfork(NULL, NULL, note_fork);
    read_script(script != NULL ? script : "");
}

/* ---- each call comes by ---- */

/* Errors after which nothing works any more are told by broken contexts. */
static bool is_final(int answer)
{
    return answer == CUDA_ERROR_ECC_UNCORRECTABLE ||
           answer == CUDA_ERROR_NVLINK_UNCORRECTABLE ||
           answer == CUDA_ERROR_ILLEGAL_ADDRESS ||
           answer == CUDA_ERROR_LAUNCH_TIMEOUT || answer == CUDA_ERROR_ASSERT ||
           (answer >= CUDA_ERROR_HARDWARE_STACK_ERROR &&
            answer <= CUDA_ERROR_LAUNCH_FAILED);
}

static CUresult obey(rule *r)
{
    long call = __atomic_add_fetch(&r->calls, 1, __ATOMIC_RELAXED);

    if (call < r->from || call > r->to) {
        return CUDA_SUCCESS;
    }
    while (r->answer == HANGS) {
        pause();
    }
    if (is_final(r->answer)) {
        fake_contexts_break((CUresult)r->answer);
    }
    return (CUresult)r->answer;
}

void fake_initialise(void)
{
    __atomic_store_n(&initialised, true, __ATOMIC_RELEASE);
}

static CUresult judge(need what)
{
    CUcontext context;

    if (what == NEEDS_NOTHING) {
        return CUDA_SUCCESS;
    }
    if (!__atomic_load_n(&initialised, __ATOMIC_ACQUIRE)) {
        return CUDA_ERROR_NOT_INITIALIZED;
    }
    if (what == NEEDS_INIT) {
        return CUDA_SUCCESS;
    }
    context = fake_current();
    return context == NULL ? CUDA_ERROR_INVALID_CONTEXT : fake_fault(context);
}

CUresult fake_enter(const char *function, need what)
{
    if (forked) {
        fake_die("%s in a fork of the process that used the driver", function);
    }
    if (fake_in_callback) {
        fake_die("%s in a function that cuLaunchHostFunc() called", function);
    }
    fake_trace("%s", function);
    for (int i = 0; i < rule_count; ++i) {
        if (strcmp(rules[i].function, function) == 0) {
            CUresult answer = obey(&rules[i]);

            if (answer != CUDA_SUCCESS) {
                return answer;
            }
        }
    }
    return judge(what);
}

/* ---- for tests that have opened the library too ---- */

/* No other thread is in a call of the driver. */

void tn_fake_cuda_script(const char *script)
{
    fake_kernels_release();
    fake_contexts_forget();
    __atomic_store_n(&initialised, false, __ATOMIC_RELEASE);
    if (trace != NULL) {
        fclose(trace);
        trace = NULL;
    }
    read_script(script);
}

long tn_fake_cuda_calls(const char *function)
{
    long sum = 0;

    for (int i = 0; i < rule_count; ++i) {
        if (strcmp(rules[i].function, function) == 0) {
            sum += __atomic_load_n(&rules[i].calls, __ATOMIC_RELAXED);
        }
    }
    return sum;
}
