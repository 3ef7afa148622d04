/* SPDX-License-Identifier: MIT */
#include "runtime/fork.h"

#include <pthread.h>

#include "runtime/loader.h"

unsigned tn_fork_count;

static pthread_once_t watch_once = PTHREAD_ONCE_INIT;

/* Between fork() and exec() only one thread lives: nothing to protect. */
static void in_child(void)
{
    tn_fork_count++;
    tn_libraries_unlock();
}

static void watch(void)
{
    /* without memory for it a fork goes unnoticed, as it would without us */
    (void)pthread_atfork(tn_libraries_lock, tn_libraries_unlock, in_child);
}

void tn_fork_watch(void)
{
    pthread_once(&watch_once, watch);
}
