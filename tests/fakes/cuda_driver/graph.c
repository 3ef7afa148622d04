/* SPDX-License-Identifier: MIT */
/*
 * Graphs that are captured from one stream: its work in its order, copied for
 * an executable graph, and for each launch of it.
 */
#include <stdlib.h>

#include "tests/fakes/cuda_driver/fake.h"

struct CUgraphNode_st {
    CUgraph graph;
    CUgraphNode previous;
    work *work;
};

struct CUgraph_st {
    object object;
    CUgraphNode last;
    size_t count;
};

struct CUgraphExec_st {
    object object;
    size_t count;
    CUgraphNode *nodes; /* and its work for each */
    work **works;
    CUstream stream; /* of its last launch, with the number of its end */
    uint64_t number;
};

static void *allocate(size_t count, size_t bytes)
{
    void *new = calloc(count + 1, bytes);

    if (new == NULL) {
        fake_die("no memory");
    }
    return new;
}

/* ---- capturing ---- */

void fake_capture(CUgraph graph, work *what)
{
    CUgraphNode new = allocate(1, sizeof *new);

    new->graph = graph;
    new->previous = graph->last;
    new->work = what;
    graph->last = new;
    ++graph->count;
}

DRIVER(cuStreamBeginCapture_v2, CUstream handle, CUstreamCaptureMode mode)
{
    ENTER_STREAM(handle, stream);
    if ((int)mode < 0 || mode > CU_STREAM_CAPTURE_MODE_RELAXED ||
        stream->capture != NULL) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    if (stream == stream->context->legacy) {
        return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
    stream->capture =
        fake_make(IS_GRAPH, sizeof *stream->capture, stream->context);
    return CUDA_SUCCESS;
}

DRIVER(cuStreamGetCaptureInfo_v2, CUstream handle,
       CUstreamCaptureStatus *status, cuuint64_t *id, CUgraph *graph,
       const CUgraphNode **last, size_t *count)
{
    ENTER_STREAM(handle, stream);
    CUgraph captured = stream->capture;

    *status = captured != NULL ? CU_STREAM_CAPTURE_STATUS_ACTIVE
                               : CU_STREAM_CAPTURE_STATUS_NONE;
    if (captured != NULL) {
        if (id != NULL) {
            *id = (uintptr_t)captured;
        }
        if (graph != NULL) {
            *graph = captured;
        }
        *last = &captured->last;
        *count = captured->last != NULL;
    }
    return CUDA_SUCCESS;
}

/* The graph is dropped where the call fails, but the capture has ended. */
DRIVER(cuStreamEndCapture, CUstream handle, CUgraph *graph)
{
    CUresult answer = fake_enter(__func__, NEEDS_INIT);

    fake_check(handle, IS_STREAM);
    CUgraph captured = handle->capture;

    handle->capture = NULL;
    if (answer == CUDA_SUCCESS) {
        answer = captured == NULL ? CUDA_ERROR_INVALID_VALUE
                                  : fake_fault(handle->context);
    }
    if (answer == CUDA_SUCCESS) {
        *graph = captured;
    } else if (captured != NULL) {
        fake_bury(captured);
    }
    return answer;
}

DRIVER(cuGraphDestroy, CUgraph graph)
{
    ENTER(NEEDS_INIT);
    fake_check(graph, IS_GRAPH);
    fake_bury(graph);
    return CUDA_SUCCESS;
}

/* ---- running ---- */

DRIVER(cuGraphInstantiateWithFlags, CUgraphExec *executable, CUgraph graph,
       unsigned long long flags)
{
    ENTER(NEEDS_CONTEXT);
    fake_check(graph, IS_GRAPH);
    if (flags != 0) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    CUgraphExec new =
        fake_make(IS_EXECUTABLE, sizeof *new, graph->object.context);
    size_t i = graph->count;

    new->count = i;
    new->nodes = allocate(i, sizeof *new->nodes);
    new->works = allocate(i, sizeof *new->works);
    for (CUgraphNode n = graph->last; n != NULL; n = n->previous) {
        new->nodes[--i] = n;
        new->works[i] = fake_work_again(n->work);
    }
    *executable = new;
    return CUDA_SUCCESS;
}

static size_t place_of(CUgraphExec executable, CUgraphNode node)
{
    for (size_t i = 0; i < executable->count; ++i) {
        if (executable->nodes[i] == node) {
            return i;
        }
    }
    fake_die("a node that the executable graph does not have");
}

DRIVER(cuGraphExecKernelNodeSetParams, CUgraphExec executable, CUgraphNode node,
       const CUDA_KERNEL_NODE_PARAMS_v1 *p)
{
    const grid g = {{p->gridDimX, p->gridDimY, p->gridDimZ},
                    {p->blockDimX, p->blockDimY, p->blockDimZ}};

    ENTER(NEEDS_CONTEXT);
    fake_check(executable, IS_EXECUTABLE);
    work **at = &executable->works[place_of(executable, node)];

    fake_check(node->graph, IS_GRAPH);
    fake_check(p->func, IS_FUNCTION);
    if (!fake_is_launch(*at)) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    work *launch =
        fake_launch(p->func, &g, p->sharedMemBytes, p->kernelParams, p->extra);

    if (launch == NULL) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    free(*at);
    *at = launch;
    return CUDA_SUCCESS;
}

/* After its own last launch, in whatever stream that was. */
DRIVER(cuGraphLaunch, CUgraphExec executable, CUstream handle)
{
    ENTER_STREAM(handle, stream);
    fake_check(executable, IS_EXECUTABLE);
    if (stream->capture != NULL) {
        return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
    work *begin = fake_work(sizeof *begin, NULL);

    begin->awaited = executable->stream;
    begin->number = executable->number;
    fake_queue(stream, begin);
    for (size_t i = 0; i < executable->count; ++i) {
        fake_queue(stream, fake_work_again(executable->works[i]));
    }
    executable->stream = stream;
    executable->number = fake_queue(stream, fake_work(sizeof(work), NULL));
    return CUDA_SUCCESS;
}

DRIVER(cuGraphExecDestroy, CUgraphExec executable)
{
    ENTER(NEEDS_INIT);
    fake_check(executable, IS_EXECUTABLE);
    for (size_t i = 0; i < executable->count; ++i) {
        free(executable->works[i]);
    }
    free(executable->works);
    free(executable->nodes);
    fake_bury(executable);
    return CUDA_SUCCESS;
}
