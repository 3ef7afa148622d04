/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The application API of Tenon: one program, built once, runs its kernels on
 * whatever backend the configuration names.
 *
 *     tn_runtime *rt;
 *     tn_device *dev;
 *     tn_stream *s;
 *     tn_module *m;
 *     tn_kernel *add;
 *     tn_runtime_open("app.ini", &rt);
 *     tn_device_default(rt, &dev);
 *     tn_stream_create(dev, &s);
 *     tn_module_load(dev, "vector", &m);
 *     tn_kernel_get(m, "add", &add);
 *     tn_launch(s, add, tn_items(n), a, b, c, n);
 *     tn_copy_from(s, c, 0, result, bytes);
 *     tn_runtime_close(rt);
 *
 * For every function:
 * - It returns TN_OK, or a status whose sentence is in tn_error_message(), and
 *   then has changed nothing: out parameters, which come last, are untouched.
 * - Pointers passed in are borrowed for the call, unless it says otherwise.
 *   Sizes and offsets are bytes, times are nanoseconds, shapes are x, y, z.
 * - NULL for an object is TN_ERROR_INVALID; a destroy function accepts it.
 * - Any thread may call it; one stream is used by one thread at a time;
 *   kernels, modules, devices and buffers by many at once.
 * - TN_ERROR_NO_MEMORY, TN_ERROR_DEVICE_LOST and TN_ERROR_FORKED may come from
 *   all, and what went wrong in queued work (TN_ERROR_DEVICE) from all that use
 *   its stream: they are not listed each time.
 *
 * C11 and C++11. In C++ the same names are there, tn_launch as a template.
 * Other languages call tn_launch_words() or tn_launch_arguments() instead.
 */
#ifndef TENON_TENON_H
#define TENON_TENON_H

#define TN_VERSION_MAJOR 0
#define TN_VERSION_MINOR 1
#define TN_VERSION_PATCH 0

#include "api/base.h"    /* handles, version, what went wrong */
#include "api/buffer.h"  /* memory, copies, fills */
#include "api/bundle.h"  /* what a bundle has, without loading it */
#include "api/config.h"  /* settings, before anything is opened */
#include "api/device.h"  /* which there are, what they have */
#include "api/graph.h"   /* work that is recorded once and run many times */
#include "api/launch.h"  /* grids, arguments, running a kernel */
#include "api/module.h"  /* code on a device, its kernels */
#include "api/runtime.h" /* backends: which was chosen, and why */
#include "api/stream.h"  /* order and waiting; events */
#include "api/values.h"  /* tn_launch() */

#endif
