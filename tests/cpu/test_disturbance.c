/* SPDX-License-Identifier: MIT */
/* A machine that changes while a child of this process works. */
#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/processors.h"
#include "tests/cpu/cpu_test.h"

/* What a child and its parent know of each other. */
typedef struct progress {
    atomic_uint rounds; /* that the child has finished */
    atomic_bool enough; /* the child is to end */
} progress;

static progress *shared;

/* Adds up until it is told to end; the exit status tells if it was right. */
static int work_until_told(void)
{
    uint32_t expected = 0;
    uint32_t counted = 0;
    opened o;

    open_with(&o, "4");
    tn_plugin_memory *memory = memory_of(&o, 4);
    tn_plugin_module *module = module_of(&o, own_kernels_path);
    tn_plugin_kernel *count = kernel_of(module, "count");
    bool right = the.plugin.fill(o.stream, memory, 0, 4, &counted, 4) == TN_OK;

    while (right && !atomic_load(&shared->enough)) {
        for (uint32_t i = 0; i < 50; ++i) {
            right &= count_groups(count, o.stream, memory, 1 + i) == TN_OK;
            expected += 1 + i;
        }
        right &= linger(&o, module, o.stream, memory, 100, 10) == TN_OK;
        expected += 100;
        right &= the.plugin.stream_sync(o.stream, TN_FOREVER) == TN_OK;
        atomic_fetch_add(&shared->rounds, 1);
    }
    right &= the.plugin.copy_from(o.stream, memory, 0, &counted, 4) == TN_OK;
    the.plugin.module_destroy(module);
    the.plugin.memory_destroy(memory, NULL);
    close_opened(&o);
    return right && counted == expected && expected > 0 ? 0 : 1;
}

static void moment(long milliseconds)
{
    nanosleep(&(struct timespec){0, milliseconds * 1000000}, NULL);
}

static bool has_ended(pid_t child)
{
    siginfo_t info = {.si_pid = 0};

    return waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) !=
               0 ||
           info.si_pid != 0;
}

/* Waits for a round that was begun from now on; false if the child ended. */
static bool works_on(pid_t child)
{
    unsigned before = atomic_load(&shared->rounds);

    while (atomic_load(&shared->rounds) - before < 2) {
        if (has_ended(child)) {
            return false;
        }
        moment(1);
    }
    return true;
}

/* ---- a process that is stopped ---- */

static bool stop(pid_t child)
{
    siginfo_t info;

    return kill(child, SIGSTOP) == 0 &&
           waitid(P_PID, (id_t)child, &info, WSTOPPED | WEXITED | WNOWAIT) ==
               0 &&
           info.si_code == CLD_STOPPED;
}

static bool stop_and_resume(pid_t child)
{
    for (int i = 0; i < 15; ++i) {
        if (!works_on(child) || !stop(child)) {
            return false;
        }
        moment(30);
        kill(child, SIGCONT);
        moment(i); /* ends at another place of a round each time */
    }
    return works_on(child);
}

/* ---- a process with fewer processors ---- */

/* All threads of the process to the processors of the set. @return how many */
static unsigned confine(pid_t process, const cpu_set_t *set)
{
    char path[64];
    const struct dirent *entry;
    unsigned confined = 0;

    snprintf(path, sizeof path, "/proc/%d/task", (int)process);
    DIR *threads = opendir(path);

    while (threads != NULL && (entry = readdir(threads)) != NULL) {
        if (entry->d_name[0] != '.') {
            confined +=
                sched_setaffinity(atoi(entry->d_name), sizeof *set, set) == 0;
        }
    }
    if (threads != NULL) {
        closedir(threads);
    }
    return confined;
}

/* The child's first thread, and those of the pool, are there at each turn. */
static bool take_and_give_processors(pid_t child)
{
    cpu_set_t all;
    cpu_set_t one;
    size_t first = 0;

    CU_ASSERT_EQUAL_FATAL(sched_getaffinity(0, sizeof all, &all), 0);
    while (!CPU_ISSET(first, &all)) {
        ++first;
    }
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    for (int i = 0; i < 10; ++i) {
        if (!works_on(child) || confine(child, &one) < 2) {
            return false;
        }
        moment(50);
        if (!works_on(child) || confine(child, &all) < 2) {
            return false;
        }
        moment(50);
    }
    return confine(child, &one) >= 2 && works_on(child);
}

/* ---- */

/* The child works until the last disturbance is over. */
static void disturb(bool (*disturbance)(pid_t child))
{
    int status = 0;

    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CU_ASSERT_FATAL(shared != MAP_FAILED);
    fflush(stdout);
    pid_t child = fork();

    if (child == 0) {
        alarm(60);
        _exit(work_until_told());
    }
    CU_ASSERT_FATAL(child > 0);
    CU_ASSERT(disturbance(child));
    atomic_store(&shared->enough, true);
    CU_ASSERT_EQUAL_FATAL(waitpid(child, &status, 0), child);
    CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    munmap(shared, sizeof *shared);
}

static void stopped(void)
{
    disturb(stop_and_resume);
}

static void fewer_processors(void)
{
    if (tn_processors(NULL, 0) < 2) {
        skip("there is one processor, which cannot be taken away");
        return;
    }
    disturb(take_and_give_processors);
}

void add_disturbance_tests(CU_pSuite tests)
{
    CU_add_test(tests, "a process that is stopped goes on right", stopped);
    CU_add_test(tests, "a process works on when processors are taken from it",
                fewer_processors);
}
