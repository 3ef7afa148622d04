/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Threads that the driver starts inherit the signal mask of the thread that has
 * it start them: they shall take no signals.
 */
#ifndef TENON_CUDA_SIGNALS_H
#define TENON_CUDA_SIGNALS_H

#include <pthread.h>
#include <signal.h>

typedef sigset_t cuda_signals;

static inline void cuda_signals_block(cuda_signals *own)
{
    sigset_t all;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, own);
}

static inline void cuda_signals_restore(const cuda_signals *own)
{
    pthread_sigmask(SIG_SETMASK, own, NULL);
}

#endif
