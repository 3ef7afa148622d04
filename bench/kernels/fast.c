/* SPDX-License-Identifier: MIT */
/* The nbody bundle, compiled with -ffast-math. */
#include "../../kernels/nbody/nbody.c"
