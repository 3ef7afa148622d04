/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What is known of this machine.
 */
#ifndef TENON_CPU_MACHINE_H
#define TENON_CPU_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The processor's name, and who made it: "" where unknown. */
void cpu_machine_name(char *name, size_t name_bytes, char *vendor,
                      size_t vendor_bytes);

enum {
    CPU_BRAND_BYTES = 49,
    CPU_VENDOR_BYTES = 13
};

/** The same in the processor's own words; false where it has none. */
bool cpu_machine_ask_name(char *name, char *vendor);

/**
 * Bytes of memory that this process may have, by the machine and by its control
 * groups, and how many of them it can still have. Both read files.
 */
uint64_t cpu_machine_memory(void);
uint64_t cpu_machine_memory_free(void);

/** Bytes of the caches of level 1 (data), 2 and 3; 0 where unknown. */
void cpu_machine_caches(uint64_t bytes[3]);

/** What code is built for at best: "x86-64-v3", "aarch64". */
const char *cpu_machine_target(void);

/**
 * How much a build for a target uses of this machine: higher is better, 0 where
 * it does not run. "x86-64" counts 10 and each level 10 more; the baseline of
 * any other machine counts 10.
 */
uint32_t cpu_machine_rank(const char *target, size_t bytes);

#endif
