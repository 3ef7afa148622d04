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
    NODES_MAX = 1024,
    PROCESSORS_MAX = 1 << 20
};

/* ---- nodes of memory ---- */

/*
 * The first line of a file, to be freed; NULL if it cannot be read. Processors
 * that alternate between nodes make a list of any length.
 */
static char *read_line(const char *path)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;

    if (file == NULL) {
        return NULL;
    }
    if (getline(&line, &room, file) < 0) {
        free(line);
        line = NULL;
    }
    fclose(file);
    return line;
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

/* Notes for the processors of a node that they are of that node. */
static void mark_node(const char *root, int node, const int *processors,
                      uint32_t count, int *node_of)
{
    char path[PATH_BYTES];
    int first;
    int last;

    snprintf(path, sizeof path, "%s/sys/devices/system/node/node%d/cpulist",
             root, node);
    char *line = read_line(path);
    const char *list = line;

    while (list != NULL && next_range(&list, &first, &last)) {
        for (uint32_t i = 0; i < count; ++i) {
            if (processors[i] >= first && processors[i] <= last) {
                node_of[i] = node;
            }
        }
    }
    free(line);
}

static void find_nodes(const char *root, const int *processors, uint32_t count,
                       int *node_of)
{
    char path[PATH_BYTES];
    int first;
    int last;

    for (uint32_t i = 0; i < count; ++i) {
        node_of[i] = -1;
    }
    snprintf(path, sizeof path, "%s/sys/devices/system/node/online", root);
    char *line = read_line(path);
    const char *list = line;

    while (list != NULL && next_range(&list, &first, &last)) {
        for (int node = first; node <= last && node < NODES_MAX; ++node) {
            mark_node(root, node, processors, count, node_of);
        }
    }
    free(line);
}

/* For each processor, how many before it are of its node. */
static void count_turns(const int *node_of, uint32_t count, int *turns)
{
    int seen[NODES_MAX + 1] = {0}; /* the first: of no node */

    for (uint32_t i = 0; i < count; ++i) {
        turns[i] = seen[node_of[i] + 1]++;
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
    int node = count > 0 ? node_of[0] : -1;

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
