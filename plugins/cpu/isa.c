/* SPDX-License-Identifier: MIT */
/*
 * What the processor tells of itself: levels of the instruction set, as the
 * x86-64 psABI defines them, and its name.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "plugins/cpu/machine.h"

#if defined(__x86_64__)
#include <cpuid.h>

enum {
    EAX,
    EBX,
    ECX,
    EDX
};
#define EXTENDED 0x80000001u
#define BRAND 0x80000002u /* and the two after it, 16 bytes each */

/* Bits of one register that a level asks for. */
typedef struct feature_bits {
    unsigned level;
    unsigned leaf;
    unsigned reg;
    unsigned bits;
} feature_bits;

static const feature_bits needed[] = {
    /* SSE3, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, POPCNT; LAHF */
    {2, 1, ECX, 1u << 0 | 1u << 9 | 1u << 13 | 1u << 19 | 1u << 20 | 1u << 23},
    {2, EXTENDED, ECX, 1u << 0},
    /* FMA, MOVBE, OSXSAVE, AVX, F16C; BMI1, AVX2, BMI2; LZCNT */
    {3, 1, ECX, 1u << 12 | 1u << 22 | 1u << 27 | 1u << 28 | 1u << 29},
    {3, 7, EBX, 1u << 3 | 1u << 5 | 1u << 8},
    {3, EXTENDED, ECX, 1u << 5},
    /* AVX-512 F, DQ, CD, BW, VL */
    {4, 7, EBX, 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31},
};

/* Registers whose state the operating system keeps, by level. */
static const unsigned kept_state[] = {0, 0, 0, 0x06, 0xe6};

static unsigned read_xcr0(void)
{
    unsigned low;
    unsigned high;

    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static bool has_bits(const feature_bits *row)
{
    unsigned regs[4] = {0, 0, 0, 0};

    return __get_cpuid_count(row->leaf, 0, &regs[EAX], &regs[EBX], &regs[ECX],
                             &regs[EDX]) != 0 &&
           (regs[row->reg] & row->bits) == row->bits;
}

static bool has_level(unsigned level)
{
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; ++i) {
        if (needed[i].level == level && !has_bits(&needed[i])) {
            return false;
        }
    }
    /* Level 3 has seen OSXSAVE, without which xgetbv is no instruction. */
    return kept_state[level] == 0 ||
           (read_xcr0() & kept_state[level]) == kept_state[level];
}

/* Asked once: within a virtual machine each question takes microseconds. */
static unsigned best_level(void)
{
    static atomic_uint known;
    unsigned level = atomic_load_explicit(&known, memory_order_relaxed);

    if (level == 0) {
        level = 1;
        while (level < 4 && has_level(level + 1)) {
            ++level;
        }
        atomic_store_explicit(&known, level, memory_order_relaxed);
    }
    return level;
}

static const char *const names[] = {"x86-64", "x86-64-v2", "x86-64-v3",
                                    "x86-64-v4"};

bool cpu_machine_ask_name(char *name, char *vendor)
{
    enum {
        BRAND_BYTES = 48,
        VENDOR_BYTES = 12
    };
    unsigned regs[4];
    char *end = name;

    if (__get_cpuid(0, &regs[EAX], &regs[EBX], &regs[ECX], &regs[EDX]) == 0) {
        return false;
    }
    memcpy(vendor, &regs[EBX], 4);
    memcpy(vendor + 4, &regs[EDX], 4);
    memcpy(vendor + 8, &regs[ECX], 4);
    vendor[VENDOR_BYTES] = '\0';
    for (unsigned i = 0; i < BRAND_BYTES / sizeof regs; ++i) {
        if (__get_cpuid(BRAND + i, &regs[EAX], &regs[EBX], &regs[ECX],
                        &regs[EDX]) == 0) {
            return false;
        }
        memcpy(end, regs, sizeof regs);
        end += sizeof regs;
    }
    *end = '\0';
    return true;
}

#else /* one level, the baseline */

bool cpu_machine_ask_name(char *name, char *vendor)
{
    (void)name;
    (void)vendor;
    return false;
}

static unsigned best_level(void)
{
    return 1;
}

static const char *const names[] = {
#if defined(__aarch64__)
    "aarch64"
#elif defined(__riscv)
    "riscv64"
#elif defined(__powerpc64__)
    "ppc64le"
#elif defined(__s390x__)
    "s390x"
#elif defined(__loongarch__)
    "loongarch64"
#elif defined(__arm__)
    "arm"
#elif defined(__i386__)
    "i386"
#else
    "unknown"
#endif
};
#endif

const char *cpu_machine_target(void)
{
    return names[best_level() - 1];
}

uint32_t cpu_machine_rank(const char *target, size_t bytes)
{
    unsigned best = best_level();

    for (unsigned level = 1; level <= best; ++level) {
        const char *name = names[level - 1];

        if (strlen(name) == bytes && memcmp(name, target, bytes) == 0) {
            return 10 * level;
        }
    }
    return 0;
}
