/* SPDX-License-Identifier: MIT */
/* Functions of one value that layers of a neural network end with. */
#ifndef TENON_KERNELS_ACTIVATION_H
#define TENON_KERNELS_ACTIVATION_H

#include <tenon/kernel.h>

/* As the argument `activation` of kernels. */
#define ACTIVATION_NONE 0
#define ACTIVATION_RELU 1
#define ACTIVATION_GELU 2
#define ACTIVATION_SILU 3
#define ACTIVATION_TANH 4

/* max(x, 0); NaN stays. Nair and Hinton, 2010. */
TN_FUNCTION float relu(float x)
{
    return x < 0.0f ? 0.0f : x;
}

/*
 * x P(X <= x) of a normal X, by erf. Hendrycks and Gimpel, 2016. Below -14
 * nothing is left of it; so minus infinity gives 0 too.
 */
TN_FUNCTION float gelu(float x)
{
    float y = 0.5f * x * (1.0f + tn_erf(x * 0x1.6a09e6p-1f));

    return x < -14.0f ? 0.0f : y;
}

/*
 * x / (1 + exp(-x)). Elfwing, Uchibe and Doya, 2017. Below -104 nothing is
 * left of it, as above.
 */
TN_FUNCTION float silu(float x)
{
    float y = x / (1.0f + tn_exp(-x));

    return x < -104.0f ? 0.0f : y;
}

#endif
