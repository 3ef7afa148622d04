/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The reference build of kernels for the CPU (-DTN_REFERENCE), for tests: each
 * item of a group is a fiber, which runs the whole kernel as an item of a GPU
 * does. Code at group level runs in every item, TN_BARRIER waits for the
 * others, and between two barriers the items run one after another in an order
 * that the environment gives:
 *
 *     TN_REFERENCE_ORDER=forward     by their number (the default)
 *     TN_REFERENCE_ORDER=backward    the other way round
 *     TN_REFERENCE_ORDER=NUMBER      shuffled, by that seed
 *
 * Groups run in that order too, and memory of groups and items begins as NaN. A
 * kernel that keeps the rules gives the same in every order and in the other
 * builds. Items that do not all come to one barrier end the program with a
 * sentence.
 *
 * Built with -fsanitize=thread, each fiber is known to ThreadSanitizer, which
 * then reports what items do to the same memory without a barrier between.
 *
 * Needs glibc, and -std=gnu11 in place of -std=c11.
 */
#ifndef TENON_KERNEL_H
#include "../kernel.h"
#elif defined(TN_REFERENCE) && !defined(TENON_KERNEL_REFERENCE_H)
#define TENON_KERNEL_REFERENCE_H

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if !defined(__x86_64__)
#include <ucontext.h>
#endif

#define TN_STACK_BYTES ((size_t)64 * 1024)

/* ---- ThreadSanitizer's fibers, where it is there ---- */

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TN_TSAN 1
#endif
#elif defined(__SANITIZE_THREAD__)
#define TN_TSAN 1
#endif

#if defined(TN_TSAN)
void *__tsan_get_current_fiber(void);
void *__tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void *fiber);
void __tsan_switch_to_fiber(void *fiber, unsigned flags);
void __tsan_acquire(void *address);
void __tsan_release(void *address);
#define TN_TSAN_NO_ORDER 1u
#define TN_IF_TSAN(...) __VA_ARGS__
/* What runs the items is not what is looked at. */
#define TN_UNSEEN __attribute__((no_sanitize("thread"), unused))
#else
#define TN_IF_TSAN(...)
#define TN_UNSEEN __attribute__((unused))
#endif

/* ---- switching stacks ---- */

#if defined(__x86_64__)
typedef void *tn_context; /* the stack pointer; the registers lie there */

/* Without the system calls of swapcontext(): many times faster. */
void tn_switch(tn_context *from, tn_context to)
    __attribute__((visibility("hidden")));
__asm__(".pushsection .text\n"
        ".type tn_switch, @function\n"
        "tn_switch:\n"
        "    pushq %rbp\n"
        "    pushq %rbx\n"
        "    pushq %r12\n"
        "    pushq %r13\n"
        "    pushq %r14\n"
        "    pushq %r15\n"
        "    movq %rsp, (%rdi)\n"
        "    movq %rsi, %rsp\n"
        "    popq %r15\n"
        "    popq %r14\n"
        "    popq %r13\n"
        "    popq %r12\n"
        "    popq %rbx\n"
        "    popq %rbp\n"
        "    ret\n"
        ".size tn_switch, . - tn_switch\n"
        ".popsection\n");

TN_UNSEEN static void tn_context_switch(tn_context *from, tn_context *to)
{
    tn_switch(from, *to);
}

/* A context that begins with start(), which never returns. */
TN_UNSEEN static void tn_context_make(tn_context *context, char *stack,
                                      void (*start)(void))
{
    void **top = (void **)(void *)(stack + TN_STACK_BYTES - 16);

    top[0] = (void *)(uintptr_t)start; /* where the switch returns to */
    top[1] = NULL;
    *context = top - 6; /* registers, of any value */
}
#else
typedef ucontext_t tn_context;

TN_UNSEEN static void tn_context_switch(tn_context *from, tn_context *to)
{
    swapcontext(from, to);
}

TN_UNSEEN static void tn_context_make(tn_context *context, char *stack,
                                      void (*start)(void))
{
    getcontext(context);
    context->uc_link = NULL;
    context->uc_stack.ss_sp = stack;
    context->uc_stack.ss_size = TN_STACK_BYTES;
    makecontext(context, start, 0);
}
#endif

/* ---- an order ---- */

/* The p-th of count is (p * factor + offset) % count. */
typedef struct tn_order {
    tn_u64 count;
    tn_u64 factor;
    tn_u64 offset;
} tn_order;

TN_UNSEEN static tn_u64 tn_gcd(tn_u64 a, tn_u64 b)
{
    while (b != 0) {
        tn_u64 rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* @param random state of a generator, 0 at first; each order is another */
TN_UNSEEN static tn_order tn_order_next(tn_u64 count, tn_u64 *random)
{
    const char *wanted = getenv("TN_REFERENCE_ORDER");

    if (wanted == NULL || strcmp(wanted, "forward") == 0) {
        return (tn_order){count, 1, 0};
    }
    if (strcmp(wanted, "backward") == 0) {
        return (tn_order){count, count - 1, count - 1};
    }
    tn_u64 seed = strtoull(wanted, NULL, 0);

    *random = *random * 6364136223846793005u + 2 * seed + 1;
    tn_order order = {count, *random >> 48, *random >> 32 & 0xffffu};

    while (tn_gcd(order.factor, count) != 1) {
        ++order.factor;
    }
    return order;
}

TN_UNSEEN static tn_u64 tn_order_at(const tn_order *order, tn_u64 p)
{
    return (p * order->factor + order->offset) % order->count;
}

/* ---- fibers ---- */

/* Runs the kernel for one item. */
typedef void (*tn_item_entry)(tn_group group, const tn_group_range *range,
                              void *const *arguments);

typedef struct tn_fiber {
    tn_context context;
    tn_group group; /* of this one item */
    tn_i32 line;    /* of the barrier that it waits at, 0: it has finished */
    TN_IF_TSAN(void *tsan;)
} tn_fiber;

/* The call of a kernel that runs; one at a time, since group memory is. */
static struct tn_reference {
    pthread_mutex_t lock;
    const char *name;
    tn_item_entry entry;
    const tn_group_range *range;
    void *const *arguments;
    tn_u32 elements; /* of an item */
    tn_u64 random;
    tn_context scheduler;
    tn_fiber *fibers;
    char *stacks;
    tn_fiber *running;
    TN_IF_TSAN(void *tsan; char begin, end;)
} tn_reference = {.lock = PTHREAD_MUTEX_INITIALIZER};

TN_UNSEEN static void tn_reference_item(void)
{
    tn_fiber *fiber = tn_reference.running;

    TN_IF_TSAN(__tsan_acquire(&tn_reference.begin);)
    tn_reference.entry(fiber->group, tn_reference.range,
                       tn_reference.arguments);
    fiber->line = 0;
    TN_IF_TSAN(__tsan_release(&tn_reference.end);)
    TN_IF_TSAN(__tsan_switch_to_fiber(tn_reference.tsan, TN_TSAN_NO_ORDER);)
    tn_context_switch(&fiber->context, &tn_reference.scheduler);
}

TN_UNSEEN static void tn_reference_wait(tn_i32 line)
{
    tn_fiber *fiber = tn_reference.running;

    fiber->line = line;
    TN_IF_TSAN(__tsan_release(&tn_reference.end);)
    TN_IF_TSAN(__tsan_switch_to_fiber(tn_reference.tsan, TN_TSAN_NO_ORDER);)
    tn_context_switch(&fiber->context, &tn_reference.scheduler);
    TN_IF_TSAN(__tsan_acquire(&tn_reference.begin);)
}

TN_UNSEEN static void tn_reference_prepare(tn_fiber *fiber,
                                           const tn_group *group, tn_u64 number)
{
    const tn_u64 x = (tn_u64)group->size[0], y = (tn_u64)group->size[1];
    const tn_u64 local[3] = {number % x, number / x % y, number / x / y};

    fiber->group = *group;
    for (int d = 0; d < 3; ++d) {
        fiber->group.local[d] = (tn_i32)local[d];
        /* which may wrap around for an item that has no element */
        fiber->group.base[d] =
            (tn_i32)((tn_u32)group->base[d] + (tn_u32)local[d]);
        fiber->group.items[d] = 1;
    }
    if (group->elements > 1) { /* up to the group's end, beyond which is none */
        tn_i32 last = group->items[0] - (tn_i32)local[0];

        fiber->group.base[0] = last > 0 ? fiber->group.base[0] : group->base[0];
        fiber->group.items[0] = last > 0 ? last : 0;
    }
    tn_context_make(&fiber->context,
                    tn_reference.stacks + number * TN_STACK_BYTES,
                    tn_reference_item);
    TN_IF_TSAN(
        if (fiber->tsan == NULL) { fiber->tsan = __tsan_create_fiber(0); })
}

/* Runs each item up to its next barrier or its end. Gives that barrier. */
TN_UNSEEN static tn_i32 tn_reference_advance(tn_u64 count)
{
    tn_order order = tn_order_next(count, &tn_reference.random);
    tn_i32 line = -1;

    TN_IF_TSAN(__tsan_release(&tn_reference.begin);)
    for (tn_u64 p = 0; p < count; ++p) {
        tn_fiber *fiber = &tn_reference.fibers[tn_order_at(&order, p)];

        tn_reference.running = fiber;
        TN_IF_TSAN(__tsan_switch_to_fiber(fiber->tsan, TN_TSAN_NO_ORDER);)
        tn_context_switch(&tn_reference.scheduler, &fiber->context);
        if (line >= 0 && fiber->line != line) {
            fprintf(stderr,
                    "kernel %s: items of a group come to different barriers, "
                    "in lines %d and %d (0 is the end)\n",
                    tn_reference.name, (int)line, (int)fiber->line);
            abort();
        }
        line = fiber->line;
    }
    TN_IF_TSAN(__tsan_acquire(&tn_reference.end);)
    return line;
}

/* Where the linker puts all that is TN_SHARED; NULL where nothing is. */
extern char __start_tn_shared[] __attribute__((weak, visibility("hidden")));
extern char __stop_tn_shared[] __attribute__((weak, visibility("hidden")));

TN_UNSEEN static void tn_reference_group(const tn_group *group)
{
    tn_u64 count = (tn_u64)group->size[0] * (tn_u64)group->size[1] *
                   (tn_u64)group->size[2];

    if (count > TN_MAX_ITEMS) {
        return; /* who launches refuses it */
    }
    if (__start_tn_shared != NULL) {
        memset(__start_tn_shared, 0xff,
               (size_t)(__stop_tn_shared - __start_tn_shared));
    }
    for (tn_u64 i = 0; i < count; ++i) {
        tn_reference_prepare(&tn_reference.fibers[i], group, i);
    }
    while (tn_reference_advance(count) != 0) {
    }
}

/* Whether the group is run; then its place and size. */
TN_UNSEEN static int tn_reference_place(tn_group *group, const tn_u32 sized[3])
{
    for (int d = 0; d < 3; ++d) {
        if (!tn_group_place(group, d, sized[d])) {
            return 0;
        }
        group->size[d] = group->items[d];
    }
    group->elements = (tn_i32)tn_reference.elements;
    if (group->elements > 1) {
        group->size[0] = (tn_i32)group->full[0];
        tn_group_merge(group, 1, tn_reference.elements);
    }
    return 1;
}

TN_UNSEEN static void tn_reference_groups(const tn_u32 sized[3])
{
    const tn_group_range *range = tn_reference.range;
    tn_u64 count = range->begin < range->end ? range->end - range->begin : 0;
    tn_order order = tn_order_next(count, &tn_reference.random);

    for (tn_u64 p = 0; p < count; ++p) {
        tn_group_range one = *range;
        tn_group group = {.id = {0}};

        one.begin += tn_order_at(&order, p);
        one.end = one.begin + 1;
        tn_group_first(&group, &one);
        if (tn_reference_place(&group, sized)) {
            tn_reference_group(&group);
        }
    }
}

/* When the kernels are unloaded. */
__attribute__((destructor)) TN_UNSEEN static void tn_reference_forget(void)
{
    TN_IF_TSAN(for (int i = 0;
                    tn_reference.fibers != NULL && i < TN_MAX_ITEMS &&
                    tn_reference.fibers[i].tsan != NULL;
                    ++i) { __tsan_destroy_fiber(tn_reference.fibers[i].tsan); })
    free(tn_reference.stacks);
    free(tn_reference.fibers);
}

TN_UNSEEN static void tn_reference_run(const char *name, tn_item_entry entry,
                                       const tn_u32 sized[3], tn_u32 elements,
                                       const tn_group_range *range,
                                       void *const *arguments)
{
    pthread_mutex_lock(&tn_reference.lock);
    tn_reference.name = name;
    tn_reference.entry = entry;
    tn_reference.elements = elements;
    tn_reference.range = range;
    tn_reference.arguments = arguments;
    tn_reference.random = 0;
    if (tn_reference.stacks == NULL) {
        tn_reference.fibers = calloc(TN_MAX_ITEMS, sizeof(tn_fiber));
        tn_reference.stacks = malloc(TN_MAX_ITEMS * TN_STACK_BYTES);
    }
    TN_IF_TSAN(tn_reference.tsan = __tsan_get_current_fiber();)
    if (tn_reference.fibers == NULL || tn_reference.stacks == NULL) {
        abort();
    }
    tn_reference_groups(sized);
    pthread_mutex_unlock(&tn_reference.lock);
}

/* ---- what differs in the text of kernels ---- */

/* clang-format off */
#define TN_ENTRY(name, x, y, z, ...)                                           \
    TN_ENTRY_OF(name, tn_narrow, x, y, z, 1, __VA_ARGS__)
#define TN_ENTRY_WIDE(name, elements, ...)                                     \
    TN_ENTRY_OF(name, tn_wide, 0, 0, 0, elements, __VA_ARGS__)
#define TN_ENTRY_OF(name, width, x, y, z, elements, ...)                       \
    static void tn_item_##name(                                                \
        tn_group tn_g,                                                         \
        __attribute__((unused)) const tn_group_range *tn_range,                \
        void *const *tn_arguments)                                             \
    {                                                                          \
        enum { tn_length = TN_LENGTH(__VA_ARGS__) };                           \
        TN_LIST(TN_LOAD, TN_NOTHING, __VA_ARGS__)                              \
        TN_LIST(TN_CHECK_EXTENT, TN_NOTHING, __VA_ARGS__)                      \
        tn_body_##name(tn_g, (width){{0}},                                     \
                       TN_LIST(TN_PASS, TN_COMMA, __VA_ARGS__));               \
    }                                                                          \
    void tn_k_##name(const tn_group_range *tn_range,                           \
                     void *const *tn_arguments)                                \
    {                                                                          \
        tn_reference_run(#name, tn_item_##name, (const tn_u32[3]){x, y, z},    \
                         elements, tn_range, tn_arguments);                    \
    }
/* clang-format on */

#define TN_FIRST_LOCAL(d) tn_g.local[d]
#define TN_ITEMS_OF(d) tn_g.size[d]
#define TN_ONCE_TURNS                                                          \
    ((tn_g.local[0] | tn_g.local[1] | tn_g.local[2]) == 0 ? 1 : 0)
#define TN_WAIT(at_group_level) tn_reference_wait(__LINE__ + (at_group_level))

/* The elements of an item lie apart: each is a run of one index, or of none. */
TN_UNSEEN static tn_i32 tn_run_begin(const tn_group *group, tn_i32 run,
                                     tn_i32 end)
{
    tn_i64 index = group->base[0] + (tn_i64)run * group->size[0];

    return index < end ? (tn_i32)index : end;
}
TN_UNSEEN static tn_i32 tn_run_end(const tn_group *group, tn_i32 run,
                                   tn_i32 end)
{
    tn_i32 begin = tn_run_begin(group, run, end);

    return begin < end ? begin + 1 : end;
}
#define TN_RUNS tn_g.elements
#define TN_RUN_BEGIN(run, end) tn_run_begin(&tn_g, run, end)
#define TN_RUN_END(run, end) tn_run_end(&tn_g, run, end)

#define TN_SHARED                                                              \
    static __attribute__((section("tn_shared"),                                \
                          aligned(64 + TN_IN_NARROW("TN_SHARED"))))
#define TN_PRIVATE_ARRAY(type, name, extents)                                  \
    type name extents;                                                         \
    memset(&name, 0xff + TN_IN_NARROW("TN_PRIVATE"), sizeof name)
#define TN_MY(name) name
#define TN_MY_AT(name, indices) name indices

#endif
