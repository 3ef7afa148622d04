/* SPDX-License-Identifier: MIT */
/* Which processors, how many of them at a time, and threads on them. */
#include <dirent.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/memory.h"
#include "common/processors.h"
#include "plugins/cpu/cpu.h"
#include "tests/cpu/cpu_test.h"

/* ---- a machine made of files ---- */

static char root[] = "/tmp/tenon-test-XXXXXX";

static bool make_root(void)
{
    strcpy(strrchr(root, '-') + 1, "XXXXXX");
    if (mkdtemp(root) == NULL) {
        skip("no folder can be made in /tmp");
        return false;
    }
    return true;
}

/* Writes a file below the root, and the folders to it. */
static void put(const char *path, const char *text)
{
    char whole[512];

    snprintf(whole, sizeof whole, "%s%s", root, path);
    for (char *slash = whole + sizeof root; (slash = strchr(slash, '/'));
         ++slash) {
        *slash = '\0';
        mkdir(whole, 0700);
        *slash = '/';
    }
    FILE *file = fopen(whole, "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT(fputs(text, file) >= 0);
    CU_ASSERT_EQUAL(fclose(file), 0);
}

static void remove_root(void)
{
    char command[sizeof root + 16];

    snprintf(command, sizeof command, "rm -r %s", root);
    CU_ASSERT_EQUAL(system(command), 0);
}

/* ---- quotas ---- */

static void quota_of_version_2(void)
{
    if (!make_root()) {
        return;
    }
    CU_ASSERT_EQUAL(tn_processors_quota(root), 0);
    put("/proc/self/cgroup", "0::/a/b\n");
    CU_ASSERT_EQUAL(tn_processors_quota(root), 0);
    put("/sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
    CU_ASSERT_EQUAL(tn_processors_quota(root), 0);
    put("/sys/fs/cgroup/a/b/cpu.max", "250000 100000\n");
    CU_ASSERT_EQUAL(tn_processors_quota(root), 3);
    put("/sys/fs/cgroup/a/cpu.max", "20000 100000\n");
    CU_ASSERT_EQUAL(tn_processors_quota(root), 1);
    put("/sys/fs/cgroup/a/cpu.max", "nonsense\n");
    CU_ASSERT_EQUAL(tn_processors_quota(root), 3);
    put("/sys/fs/cgroup/a/cpu.max", "100000 0\n");
    CU_ASSERT_EQUAL(tn_processors_quota(root), 3);
    remove_root();
}

/* A container sees its own group at the top, and the path of another tree. */
static void quota_of_version_1(void)
{
    if (!make_root()) {
        return;
    }
    put("/proc/self/cgroup", "5:cpuset:/\n4:cpu,cpuacct:/pod/x\n0::/\n");
    put("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
    put("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    CU_ASSERT_EQUAL(tn_processors_quota(root), 0);
    put("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "400000\n");
    CU_ASSERT_EQUAL(tn_processors_quota(root), 4);
    put("/sys/fs/cgroup/cpu,cpuacct/pod/x/cpu.cfs_quota_us", "150000\n");
    put("/sys/fs/cgroup/cpu,cpuacct/pod/x/cpu.cfs_period_us", "100000\n");
    CU_ASSERT_EQUAL(tn_processors_quota(root), 2);
    put("/proc/self/cgroup", "5:cpuset:/\n3:cpuacct:/pod/x\nwrong\n");
    CU_ASSERT_EQUAL(tn_processors_quota(root), 0);
    remove_root();
}

/* ---- limits of memory ---- */

static void limit_of_version_2(void)
{
    if (!make_root()) {
        return;
    }
    CU_ASSERT_EQUAL(tn_memory_limit(root), UINT64_MAX);
    put("/proc/self/cgroup", "0::/a/b\n");
    CU_ASSERT_EQUAL(tn_memory_limit(root), UINT64_MAX);
    put("/sys/fs/cgroup/a/b/memory.max", "max\n");
    CU_ASSERT_EQUAL(tn_memory_limit(root), UINT64_MAX);
    put("/sys/fs/cgroup/a/memory.max", "8000\n");
    CU_ASSERT_EQUAL(tn_memory_limit(root), 8000);
    CU_ASSERT_EQUAL(tn_memory_left(root), 8000);
    put("/sys/fs/cgroup/a/b/memory.max", "9000\n");
    put("/sys/fs/cgroup/a/b/memory.current", "6000\n");
    CU_ASSERT_EQUAL(tn_memory_limit(root), 8000);
    CU_ASSERT_EQUAL(tn_memory_left(root), 3000);
    put("/sys/fs/cgroup/a/b/memory.stat",
        "anon 4000\ninactive_file_x 1\ninactive_file 1500\nslab 7\n");
    CU_ASSERT_EQUAL(tn_memory_left(root), 4500);
    put("/sys/fs/cgroup/a/b/memory.current", "20000\n");
    CU_ASSERT_EQUAL(tn_memory_left(root), 0);
    remove_root();
}

static void limit_of_version_1(void)
{
    if (!make_root()) {
        return;
    }
    put("/proc/self/cgroup", "4:cpu,cpuacct:/x\n3:hugetlb,memory:/pod\n0::/\n");
    put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "5000\n");
    put("/sys/fs/cgroup/memory/memory.usage_in_bytes", "1000\n");
    CU_ASSERT_EQUAL(tn_memory_limit(root), 5000);
    CU_ASSERT_EQUAL(tn_memory_left(root), 4000);
    put("/sys/fs/cgroup/memory/memory.stat",
        "inactive_file 999\ntotal_inactive_file 300\n");
    CU_ASSERT_EQUAL(tn_memory_left(root), 4300);
    put("/sys/fs/cgroup/hugetlb,memory/pod/memory.limit_in_bytes", "400\n");
    CU_ASSERT_EQUAL(tn_memory_limit(root), 400);
    put("/proc/self/cgroup", "3:memory_too:/pod\n");
    CU_ASSERT_EQUAL(tn_memory_limit(root), UINT64_MAX);
    remove_root();
}

/* ---- nodes ---- */

static void one_node(void)
{
    int processors[] = {1, 3, 5};

    if (!make_root()) {
        return;
    }
    CU_ASSERT_EQUAL(cpu_order_by_nodes(root, processors, 3), -1);
    put("/sys/devices/system/node/online", "0-1\n");
    put("/sys/devices/system/node/node0/cpulist", "0,2,4,6\n");
    put("/sys/devices/system/node/node1/cpulist", "1,3,5,7\n");
    CU_ASSERT_EQUAL(cpu_order_by_nodes(root, processors, 3), 1);
    CU_ASSERT_EQUAL(processors[0], 1);
    CU_ASSERT_EQUAL(processors[2], 5);
    remove_root();
}

static void several_nodes(void)
{
    int processors[] = {0, 1, 2, 3, 16, 17, 40};
    static const int ordered[] = {0, 16, 40, 1, 17, 2, 3};

    if (!make_root()) {
        return;
    }
    put("/sys/devices/system/node/online", "0,2\n");
    put("/sys/devices/system/node/node0/cpulist", "0-15\n");
    put("/sys/devices/system/node/node2/cpulist", "16-31\n");
    CU_ASSERT_EQUAL(cpu_order_by_nodes(root, processors, 7), -1);
    CU_ASSERT_EQUAL(memcmp(processors, ordered, sizeof ordered), 0);
    remove_root();
}

/* A node of memory alone, one whose file is missing, and gaps. */
static void odd_nodes(void)
{
    int processors[] = {4, 5, 6, 7};
    static const int ordered[] = {4, 6, 7, 5};

    if (!make_root()) {
        return;
    }
    put("/sys/devices/system/node/online", "0,3-5\n");
    put("/sys/devices/system/node/node0/cpulist", "4-5\n");
    put("/sys/devices/system/node/node3/cpulist", "\n");
    put("/sys/devices/system/node/node5/cpulist", "6\n");
    CU_ASSERT_EQUAL(cpu_order_by_nodes(root, processors, 2), 0);
    CU_ASSERT_EQUAL(cpu_order_by_nodes(root, processors, 4), -1);
    CU_ASSERT_EQUAL(memcmp(processors, ordered, sizeof ordered), 0);
    put("/sys/devices/system/node/node5/cpulist", "none\n");
    put("/sys/devices/system/node/node0/cpulist", "4-,-3,7-6\n");
    CU_ASSERT_EQUAL(cpu_order_by_nodes(root, processors, 4), -1);
    CU_ASSERT_EQUAL(memcmp(processors, ordered, sizeof ordered), 0);
    remove_root();
}

/* 4096 processors that alternate, so that each node's list is a long one. */
static void long_lists(void)
{
    enum {
        COUNT = 4096
    };
    static char lists[2][COUNT * 3];
    static int processors[COUNT];
    size_t used[2] = {0, 0};
    unsigned wrong = 0;

    if (!make_root()) {
        return;
    }
    for (int i = 0; i < COUNT; ++i) {
        int node = i % 2;

        processors[i] = i < COUNT / 2 ? 2 * i : 2 * i - COUNT + 1;
        used[node] += (size_t)snprintf(lists[node] + used[node],
                                       sizeof lists[node] - used[node], "%s%d",
                                       i > 1 ? "," : "", i);
    }
    put("/sys/devices/system/node/online", "0-1\n");
    put("/sys/devices/system/node/node0/cpulist", lists[0]);
    put("/sys/devices/system/node/node1/cpulist", lists[1]);
    CU_ASSERT_EQUAL(cpu_order_by_nodes(root, processors, COUNT / 2), 0);
    CU_ASSERT_EQUAL(cpu_order_by_nodes(root, processors, COUNT), -1);
    for (int i = 0; i < COUNT; ++i) {
        wrong += processors[i] != i;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    remove_root();
}

/* ---- this machine ---- */

static void affinity_counts(void)
{
    cpu_set_t own;
    cpu_set_t one;
    int processors[CPU_SETSIZE];
    tn_device_info info = {.size = sizeof info};
    opened o;

    CU_ASSERT_EQUAL_FATAL(sched_getaffinity(0, sizeof own, &own), 0);
    uint32_t count = tn_processors(processors, CPU_SETSIZE);

    CU_ASSERT_EQUAL(count, (uint32_t)CPU_COUNT(&own));
    CPU_ZERO(&one);
    CPU_SET((size_t)processors[count - 1], &one);
    CU_ASSERT_EQUAL_FATAL(sched_setaffinity(0, sizeof one, &one), 0);
    CU_ASSERT_EQUAL(tn_processors(processors, 1), 1);
    open_with(&o, NULL);
    WORKS(the.plugin.device_info(o.instance, 0, &info));
    CU_ASSERT_EQUAL(info.compute_units, 1);
    close_opened(&o);
    CU_ASSERT_EQUAL(sched_setaffinity(0, sizeof own, &own), 0);
}

static unsigned allowed_processors(const char *thread)
{
    cpu_set_t set;

    return sched_getaffinity(atoi(thread), sizeof set, &set) == 0
               ? (unsigned)CPU_COUNT(&set)
               : 0;
}

/* How many threads of the pool may run on one processor, and on all. */
typedef struct pool_threads {
    unsigned count;
    unsigned on_one;
    unsigned on_all;
} pool_threads;

static void count_pool_threads(pool_threads *found)
{
    const unsigned all = tn_processors(NULL, 0);
    struct dirent *entry;
    DIR *threads = opendir("/proc/self/task");

    CU_ASSERT_PTR_NOT_NULL_FATAL(threads);
    *found = (pool_threads){.count = 0};
    while ((entry = readdir(threads)) != NULL) {
        if (is_of_pool(entry->d_name)) {
            unsigned allowed = allowed_processors(entry->d_name);

            ++found->count;
            found->on_one += allowed == 1;
            found->on_all += allowed == all;
        }
    }
    closedir(threads);
}

/* Launches what some threads are wanted for, and waits until they have begun. */
static void launch_for(opened *o, unsigned threads, pool_threads *found)
{
    tn_plugin_memory *memory = memory_of(o, 64);
    tn_plugin_module *module = module_of(o, own_kernels_path);

    WORKS(linger(o, module, o->stream, memory, 20, 100));
    WORKS(the.plugin.stream_sync(o->stream, TN_FOREVER));
    count_pool_threads(found);
    for (int i = 0; i < 5000 && found->count < threads; ++i) {
        nanosleep(&(struct timespec){0, 1000000}, NULL);
        count_pool_threads(found);
    }
    the.plugin.module_destroy(module);
    the.plugin.memory_destroy(memory, NULL);
}

static void pinned_threads(void)
{
    pool_threads found;
    opened o;

    open_with_key(&o, "pin", "On");
    launch_for(&o, 1, &found);
    CU_ASSERT(found.count >= 1);
    CU_ASSERT_EQUAL(found.on_one, found.count);
    close_opened(&o);
    open_with_key(&o, "pin", "no");
    launch_for(&o, 1, &found);
    CU_ASSERT(found.count >= 1);
    CU_ASSERT_EQUAL(found.on_all, found.count);
    close_opened(&o);
}

/* Threads are not where the one that needs them first happens to be bound. */
static void bound_launcher(void)
{
    cpu_set_t own;
    cpu_set_t one;
    pool_threads found;
    opened o;

    CU_ASSERT_EQUAL_FATAL(sched_getaffinity(0, sizeof own, &own), 0);
    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    open_with(&o, "3");
    CU_ASSERT_EQUAL_FATAL(sched_setaffinity(0, sizeof one, &one), 0);
    launch_for(&o, 3, &found);
    CU_ASSERT_EQUAL_FATAL(sched_setaffinity(0, sizeof own, &own), 0);
    count_pool_threads(&found);
    CU_ASSERT_EQUAL(found.count, 3);
    CU_ASSERT_EQUAL(found.on_all, 3);
    close_opened(&o);
}

static char warning[512]; /* the last */

static void keep_warning(void *data, tn_log_level level, const char *line)
{
    fake_host *host = data;

    if (level == TN_LOG_WARNING) {
        ++host->warnings;
        snprintf(warning, sizeof warning, "%s", line);
    }
}

/* What the list of processors says is a while old when threads are created. */
static void expect_unpinned(uint32_t gone, pool_threads *found)
{
    enum {
        GONE = 1 << 16 /* no kernel has that many */
    };
    opened o;

    CU_ASSERT_FATAL(fake_host_set("pin", "yes"));
    open_with(&o, "5");
    cpu_places *places = &o.instance->places;

    o.host.table.log = keep_warning;
    for (uint32_t i = 0; i < gone && i < places->usable; ++i) {
        places->processors[i] = GONE;
    }
    launch_for(&o, 5, found);
    CU_ASSERT_EQUAL(found->count, 5);
    CU_ASSERT_EQUAL(o.host.warnings, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(warning, "processor 65536 (Invalid"));
    close_opened(&o);
    CU_ASSERT(fake_host_set("pin", NULL));
}

static void processors_that_went(void)
{
    uint32_t all = tn_processors(NULL, 0);
    uint32_t unpinned = (5 + all - 1) / all;
    pool_threads found;

    expect_unpinned(all, &found);
    CU_ASSERT_EQUAL(found.on_all, 5);
    expect_unpinned(1, &found);
    CU_ASSERT_EQUAL(found.on_one, all > 2 ? 5 - unpinned : 5);
}

static void wrong_pin(void)
{
    fake_host host;
    tn_plugin_instance *instance = NULL;

    fake_host_init(&host);
    host.key = "pin";
    host.value = "maybe";
    FAILS(the.plugin.instance_create(&host.table, &host, &instance),
          TN_ERROR_CONFIG);
    CU_ASSERT_PTR_NULL(instance);
    CU_ASSERT_PTR_NOT_NULL(strstr(fake_host_error(), "/etc/fake.ini:7"));
    CU_ASSERT_PTR_NOT_NULL(strstr(fake_host_error(), "maybe"));
    CU_ASSERT_EQUAL(host.blocks, 0);
}

void add_places_tests(CU_pSuite tests)
{
    CU_add_test(tests, "a quota of version 2 bounds the threads",
                quota_of_version_2);
    CU_add_test(tests, "a quota of version 1 bounds the threads",
                quota_of_version_1);
    CU_add_test(tests, "a limit of version 2 bounds the memory",
                limit_of_version_2);
    CU_add_test(tests, "a limit of version 1 bounds the memory",
                limit_of_version_1);
    CU_add_test(tests, "processors of one node tell it", one_node);
    CU_add_test(tests, "processors of several nodes take turns", several_nodes);
    CU_add_test(tests, "nodes without processors or files are nobody's",
                odd_nodes);
    CU_add_test(tests, "lists of processors may be long", long_lists);
    CU_add_test(tests, "the default is what affinity allows", affinity_counts);
    CU_add_test(tests, "threads are pinned, if that is asked for",
                pinned_threads);
    CU_add_test(tests,
                "threads go where the backend was opened, not where a launch "
                "is bound",
                bound_launcher);
    CU_add_test(tests,
                "a thread whose processor went runs on any, as one "
                "warning says",
                processors_that_went);
    CU_add_test(tests, "a wrong word for pin is told with its origin",
                wrong_pin);
}
