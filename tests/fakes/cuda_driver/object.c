/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "tests/fakes/cuda_driver/fake.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static object *all; /* all that ever were, so that no address comes again */
static long alive[9];

void *fake_make(kind what, size_t bytes, CUcontext context)
{
    object *one = calloc(1, bytes);

    if (one == NULL) {
        fake_die("no memory");
    }
    one->kind = what;
    one->context = context;
    pthread_mutex_lock(&lock);
    one->next = all;
    all = one;
    ++alive[what - IS_CONTEXT];
    pthread_mutex_unlock(&lock);
    return one;
}

static void bury_locked(object *one)
{
    --alive[one->kind - IS_CONTEXT];
    __atomic_store_n(&one->kind, IS_DESTROYED, __ATOMIC_RELEASE);
}

void fake_bury(void *one)
{
    pthread_mutex_lock(&lock);
    bury_locked(one);
    pthread_mutex_unlock(&lock);
}

void fake_bury_all(CUcontext context)
{
    pthread_mutex_lock(&lock);
    for (object *one = all; one != NULL; one = one->next) {
        if (one->kind != IS_DESTROYED && one->context != NULL &&
            (context == NULL || one->context == context)) {
            bury_locked(one);
        }
    }
    pthread_mutex_unlock(&lock);
}

void fake_check(const void *one, kind what)
{
    static const char *const names[] = {
        "context", "stream",           "event", "module", "function", "pool",
        "graph",   "executable graph", "linker"};
    const object *o = one;

    if (o == NULL) {
        fake_die("a %s that is NULL", names[what - IS_CONTEXT]);
    }
    kind found = __atomic_load_n(&o->kind, __ATOMIC_ACQUIRE);

    if (found != what) {
        fake_die("%p is no %s%s", one, names[what - IS_CONTEXT],
                 found == IS_DESTROYED ? " any more" : "");
    }
}

long fake_alive(kind what)
{
    pthread_mutex_lock(&lock);
    long count = alive[what - IS_CONTEXT];

    pthread_mutex_unlock(&lock);
    return count;
}

long tn_fake_cuda_objects(void)
{
    return fake_alive(IS_STREAM) + fake_alive(IS_EVENT) +
           fake_alive(IS_MODULE) + fake_alive(IS_GRAPH) +
           fake_alive(IS_EXECUTABLE) + fake_alive(IS_LINKER) -
           fake_alive(IS_CONTEXT); /* legacy streams */
}
