/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The floating-point mode around kernels: they find the default one, and the
 * thread gets its own back.
 */
#ifndef TENON_CPU_FPU_H
#define TENON_CPU_FPU_H

#if defined(__SSE__)

typedef unsigned cpu_fpu;

enum {
    CPU_MXCSR_DEFAULT = 0x1f80
}; /* round to nearest, nothing traps */

static inline cpu_fpu cpu_fpu_enter(void)
{
    cpu_fpu own = __builtin_ia32_stmxcsr();

    __builtin_ia32_ldmxcsr(CPU_MXCSR_DEFAULT);
    return own;
}

static inline void cpu_fpu_leave(cpu_fpu own)
{
    __builtin_ia32_ldmxcsr(own);
}

#else

#include <fenv.h>

typedef fenv_t cpu_fpu;

static inline cpu_fpu cpu_fpu_enter(void)
{
    cpu_fpu own;

    fegetenv(&own);
    fesetenv(FE_DFL_ENV);
    return own;
}

static inline void cpu_fpu_leave(cpu_fpu own)
{
    fesetenv(&own);
}

#endif

#endif
