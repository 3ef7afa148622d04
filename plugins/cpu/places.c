/* SPDX-License-Identifier: MIT */
/*
 * /sys tells the nodes; hwloc would take longer to look at the whole machine
 * than opening a runtime may.
 */
#include "plugins/cpu/places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PATH_BYTES = 256,
    LIST_BYTES = 4096,
    NODES_MAX = 1024,
    PROCESSORS_MAX = 1 << 20
};

/* ---- nodes of memory ---- */

/* The text of a small file; false if it cannot be read. */
static bool read_line(const char *path, char text[LIST_BYTES])
{
    FILE *file = fopen(path, "re");

    if (file == NULL) {
        return false;
    }
    bool read = fgets(text, LIST_BYTES, file) != NULL;

    fclose(file);
    return read;
}

/* The next "3" or "0-7" of a list like "0-7,16"; false at its end. */
static bool next_range(const char **list, int *first, int *last)
{
    char *end;
    long from = strtol(*list, &end, 10);

    if (end == *list || from < 0 || from > PROCESSORS_MAX) {
        return false;
    }
    long to = *end == '-' ? strtol(end + 1, &end, 10) : from;

    if (to < from || to > PROCESSORS_MAX) {
        return false;
    }
    *list = *end == ',' ? end + 1 : end;
    *first = (int)from;
    *last = (int)to;
    return true;
}

static bool list_has(const char *list, int number)
{
    int first;
    int last;

    while (next_range(&list, &first, &last)) {
        if (number >= first && number <= last) {
            return true;
        }
    }
    return false;
}

/* Notes for the processors of a node that they are of that node. */
static void mark_node(const char *root, int node, const int *processors,
                      uint32_t count, int *node_of)
{
    char path[PATH_BYTES];
    char list[LIST_BYTES];

    snprintf(path, sizeof path, "%s/sys/devices/system/node/node%d/cpulist",
             root, node);
    if (!read_line(path, list)) {
        return;
    }
    for (uint32_t i = 0; i < count; ++i) {
        if (list_has(list, processors[i])) {
            node_of[i] = node;
        }
    }
}

static void find_nodes(const char *root, const int *processors, uint32_t count,
                       int *node_of)
{
    char path[PATH_BYTES];
    char online[LIST_BYTES];
    const char *list = online;
    int first;
    int last;

    for (uint32_t i = 0; i < count; ++i) {
        node_of[i] = -1;
    }
    snprintf(path, sizeof path, "%s/sys/devices/system/node/online", root);
    if (!read_line(path, online)) {
        return;
    }
    while (next_range(&list, &first, &last)) {
        for (int node = first; node <= last && node < NODES_MAX; ++node) {
            mark_node(root, node, processors, count, node_of);
        }
    }
}

/* For each processor, how many before it are of its node. */
static void count_turns(const int *node_of, uint32_t count, int *turns)
{
    for (uint32_t i = 0; i < count; ++i) {
        turns[i] = 0;
        for (uint32_t k = 0; k < i; ++k) {
            turns[i] += node_of[k] == node_of[i];
        }
    }
}

/* First of each node the first, then of each the second, and so on. */
static void interleave(int *processors, uint32_t count, const int *turns,
                       int *ordered)
{
    uint32_t placed = 0;

    for (int turn = 0; placed < count; ++turn) {
        for (uint32_t i = 0; i < count; ++i) {
            if (turns[i] == turn) {
                ordered[placed++] = processors[i];
            }
        }
    }
    memcpy(processors, ordered, count * sizeof *processors);
}

int cpu_order_by_nodes(const char *root, int *processors, uint32_t count)
{
    int *node_of = calloc((size_t)count + 1, 3 * sizeof *node_of);
    bool several = false;

    if (node_of == NULL) {
        return -1; /* in the order of their numbers, then */
    }
    find_nodes(root, processors, count, node_of);
    int node = node_of[0];

    for (uint32_t i = 1; i < count; ++i) {
        several |= node_of[i] != node;
    }
    if (several) {
        int *turns = node_of + count;

        count_turns(node_of, count, turns);
        interleave(processors, count, turns, turns + count);
        node = -1;
    }
    free(node_of);
    return node;
}
