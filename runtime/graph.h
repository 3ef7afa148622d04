/* SPDX-License-Identifier: MIT */
/**
 * @file
 * What graphs must be told of.
 */
#ifndef TENON_RUNTIME_GRAPH_H
#define TENON_RUNTIME_GRAPH_H

#include "runtime/objects.h"

/**
 * A buffer or module is about to be destroyed: the graphs that need it cannot
 * be launched any more, and will say so.
 */
void tn_graphs_lose(tn_object *object);

#endif
