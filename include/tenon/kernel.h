/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The language of portable kernels: C11 and the macros below. One source
 * becomes vectorised native code, OpenCL C and PTX.
 *
 *     #include <tenon/kernel.h>
 *
 *     TN_KERNEL(add, TN_IN(float, a), TN_IN(float, b), TN_OUT(float, c),
 *               TN_VALUE(tn_u32, n))
 *     {
 *         TN_RANGE(i, n) {
 *             c[i] = a[i] + b[i];
 *         }
 *     }
 *
 * An application runs it with tn_launch(stream, add, tn_items(n), a, b, c, n).
 *
 * A launch has a grid of groups, and a group has items. The text between the
 * braces of a kernel is group level: it runs for each group. Within it stand
 * item loops such as TN_RANGE, whose block runs for each item of the group.
 *
 *     |                  | on a GPU                   | on a CPU             |
 *     |------------------|----------------------------|----------------------|
 *     | a group          | is a work-group or block   | is run by one thread |
 *     | an item          | is a work-item or thread   | is one turn of a loop|
 *     | an item loop     | runs its block once, or not| is a vectorised loop |
 *     | group-level code | runs in every item         | runs once            |
 *     | TN_BARRIER       | waits for the other items  | does nothing: the    |
 *     |                  | of the group               | loop before has ended|
 *
 * That is all of it. What follows from it are the rules at the end.
 *
 *
 * KERNELS
 *
 * TN_KERNEL(name, parameters...) { ... }
 *     A kernel that takes groups of any shape, up to TN_MAX_ITEMS items, or
 *     fewer where the device has fewer. Its
 *     name may be one of the C library's (exp, max): symbols begin with tn_k_.
 *
 * TN_KERNEL_SIZED(name, x, y, z, parameters...) { ... }
 *     A kernel that takes groups of x * y * z items only. Write plain numbers,
 *     they are copied into bundle.ini. Use it where the code counts on the
 *     size, as the tree of a reduction does; loops of known length are also
 *     faster.
 *
 * TN_KERNEL_WIDE(name, elements, parameters...) { ... }
 *     A kernel that works element by element, each item on several: a plain
 *     number, 1 to 16. A TN_RANGE of a group of G items runs over
 *     G * elements indices, so it takes fewer groups for the same n; a launch
 *     of tn_items(n) counts that in. On a GPU the loads of an item's elements
 *     are under way together, and a CPU runs many groups as one loop. It is for
 *     what moves memory: with 4 elements an H200 adds vectors at 4.4 in place
 *     of 3.4 TB/s, at any group size. Where a function is computed of each
 *     element it costs registers, and gains nothing (gelu: 1.06 either way,
 *     in groups of 512 only 0.8).
 *
 *         TN_KERNEL_WIDE(scale, 4, TN_INOUT(float, a), TN_VALUE(float, k),
 *                        TN_VALUE(tn_u32, n))
 *         {
 *             TN_RANGE(i, n) {
 *                 a[i] *= k;
 *             }
 *         }
 *
 *     It has TN_RANGE loops and no other ones, no TN_ONCE, no memory of groups
 *     and items, no barriers, and asks for no ids and sizes. bundle.ini says
 *     `elements = 4` of it; a variant that a drop-in adds to the bundle has one
 *     element an item.
 *
 * Parameters, 1 to 32 of them:
 *
 *     TN_IN(type, name, extent)       a buffer that is read   const type *name
 *     TN_OUT(type, name, extent)      one that is written     type *name
 *     TN_INOUT(type, name, extent)    both                    type *name
 *     TN_VALUE(type, name)            a number                const type name
 *     TN_STRUCT(type, bytes, name)    your struct, by value   const type name
 *     TN_DYNAMIC(type, name, extent)  group memory, its size  type *name
 *                                     given at launch
 *
 * type is one word: tn_i8 tn_u8 tn_i16 tn_u16 tn_i32 tn_u32 tn_i64 tn_u64
 * tn_f16 tn_f32 tn_f64, or int float double. Buffers may overlap as long as no
 * item reads what another one writes, so in-place use is fine. A struct has
 * members of these types and no hidden padding; bytes is its size as a plain
 * number. A tn_f16 is not passed by value. Parameters and variables are not
 * named as keywords of OpenCL C or C++ are (local, global, half; class, new).
 *
 * The extent says how many elements the kernel uses at most. A launch with a
 * buffer that has less, from its offset on, is refused with a sentence, where it
 * would else read or write what lies behind. Write it wherever it is known:
 *
 *     TN_KERNEL(outer, TN_IN(float, a, m), TN_IN(float, b, n),
 *               TN_OUT(float, c, m * n), TN_VALUE(tn_i32, m),
 *               TN_VALUE(tn_i32, n))
 *
 * It is an expression of names, + - * / and parentheses: of TN_VALUE parameters
 * of integer types, in whatever order they stand, and of decimal numbers, 16 in
 * all and 127 characters. It is calculated in 64 bits with a sign, where / rounds
 * towards 0; a result below 0 counts as 0; one that 64 bits do not hold, and a
 * division by 0, is refused at launch. It costs the kernel nothing. Without it
 * nothing is checked: leave it out where the use depends on the grid, such as
 * the results of a reduction over any number of groups. That of a TN_DYNAMIC
 * is often a value that carries the size of the group; without one `tenon cc`
 * says so. The members of a
 * TN_STRUCT are no parameters: pass a count that shall be checked by itself.
 *
 *
 * ITEM LOOPS
 *
 * TN_RANGE(i, n) { ... }
 * TN_RANGE2(x, nx, y, ny) { ... }
 * TN_RANGE3(x, nx, y, ny, z, nz) { ... }
 *     The items whose global index is below n, in one to three dimensions.
 *     Declares the indices for the block, as tn_i32. The launch may have more
 *     items than n; they do nothing. n is any integer: from 2^31 on it counts
 *     as 2^31 - 1, and below 0 as 0. Launch as many dimensions, TN_RANGE2 with
 *     tn_items2(nx, ny): bundle.ini says `dimensions = 2`, and a launch of
 *     fewer is refused, since only index 0 of the others would be done. In
 *     groups of more it differs between targets how often an index is.
 *
 * TN_LOCAL_RANGE(l, n) { ... }
 *     The first n items of a group of one dimension; l is the local index.
 *
 * TN_ITEMS { ... }
 *     All items, even those beyond the data. A guard is yours to write:
 *
 *         TN_ITEMS {
 *             tn_i32 i = TN_GLOBAL_ID(0);
 *             if (i >= n) {
 *                 continue;
 *             }
 *             c[i] = a[i] + b[i];
 *         }
 *
 *     Prefer TN_RANGE where it fits: it always vectorises.
 *
 * TN_ONCE { ... }
 *     Once a group, for stores from group level.
 *
 * TN_UNROLL for (...) { ... }
 *     An ordinary loop of up to 16 turns, known when it is compiled, as one
 *     text without turns: the 8 steps of a tree over 256 items take half the
 *     time on a CPU. It may stand at group level, with item loops and barriers
 *     in it.
 *
 * In all item loops, on every target, `continue` means "this item is done".
 * Always write the braces.
 *
 * In an item loop, for dimension d = 0, 1 or 2 (the digit itself):
 *
 *     TN_LOCAL_ID(d)    the item's place in its group
 *     TN_GLOBAL_ID(d)   its place in the grid
 *
 * Anywhere in a kernel:
 *
 *     TN_GROUP_ID(d)    the group's place in the grid
 *     TN_GROUPS(d)      how many groups the grid has
 *     TN_GROUP_SIZE(d)  how many items a group has
 *
 * All are tn_i32. A grid spans at most 2^31 items in a dimension.
 *
 *
 * MEMORY OF GROUPS AND ITEMS
 *
 * TN_SHARED float tile[16][16];
 *     Group level, outside of inner braces: memory that the items of a group
 *     share, not initialised. Declare no more than 32 KiB in a kernel; GPUs
 *     have 48.
 *
 * TN_BARRIER;
 *     Group level: what items wrote before it, the group's items see after it.
 *
 * TN_PRIVATE(float, sum);
 *     Group level: a variable of which each item has its own, and which lives
 *     from one item loop to the next; not initialised. TN_MY(sum) in an item
 *     loop is the item's own.
 *
 *         TN_PRIVATE(float, sum);
 *         TN_RANGE(i, n) {
 *             TN_MY(sum) = 0.0f;
 *         }
 *         for (tn_i32 k = 0; k < steps; ++k) {
 *             TN_RANGE(i, n) {
 *                 TN_MY(sum) += a[k * stride + i];
 *             }
 *         }
 *
 * TN_PRIVATE_ARRAY(float, sums, [4][2]);
 *     The same for an array; TN_MY_AT(sums, [j][k]) is an element of it.
 *
 * TN_CONSTANT float weights[3] = {0.25f, 0.5f, 0.25f};
 *     File scope: a table.
 *
 * TN_FUNCTION float square(float x) { return x * x; }
 *     File scope: a function for kernels to call, without item loops and
 *     barriers. Its pointers are `TN_GLOBAL float *p` for buffers and
 *     `TN_LOCAL float *p` for group memory.
 *
 * tn_load_f16(p, i), tn_store_f16(p, i, value);
 *     A tn_f16 is only stored. It is read as float, and written rounded to the
 *     nearest, ties to even.
 *
 *
 * MATHS, for float
 *
 * How far a result lies from the exact one at most, in units in the last place
 * (ulp): on any target, which are the limits of OpenCL's full profile, and on
 * a CPU, which is tested. An OpenCL device that has no numbers below 2^-126
 * takes and gives 0 for them.
 *
 *                   any   CPU                      any   CPU
 *     tn_exp(x)       3     1      tn_sqrt(x)        3     0.5
 *     tn_log(x)       3     1      tn_rsqrt(x)       2     1.5
 *     tn_sin(x)       4     2      tn_fma(x, y, z)   0.5   0.5
 *     tn_cos(x)       4     2      tn_abs(x)         0     0
 *     tn_tanh(x)      5     2      tn_floor(x)       0     0
 *     tn_erf(x)      16     2      tn_ceil(x)        0     0
 *     tn_pow(x, y)   16     1      tn_min(x, y)      0     0
 *                                  tn_max(x, y)      0     0
 *
 * tn_sin and tn_cos keep this for |x| <= 2^31; beyond, the CPU's answer is only
 * somewhere in [-1, 1]. Infinities and NaN behave as in C: tn_min and tn_max
 * give the other argument where one is NaN. tn_fma rounds once, and is slow on
 * CPUs without the instruction; where that does not matter, a * b + c is fast
 * everywhere, and rounds once or twice as the target likes: where a comparison
 * or a long iteration hangs on the last bit, write tn_fma. tn_as_u32(x) and
 * tn_as_f32(u) keep the bits. TN_INFINITY and TN_NAN are what they say.
 *
 *
 * ATOMICS, on buffers and group memory
 *
 *     tn_atomic_add_T(p, v)   tn_atomic_min_T(p, v)   tn_atomic_max_T(p, v)
 *     tn_atomic_exchange_T(p, v)   tn_atomic_cas_T(p, expected, desired)
 *
 * for T = u32, i32 or u64, and tn_atomic_add_f32(p, v). Each gives the old
 * value, and orders no other access. p is the address of a buffer's element or
 * of one in group memory, without a cast.
 *
 *
 * RULES
 *
 * A * marks what is refused at the author's line: by the CPU side, when it is
 * compiled with the flags below, or when the bundle is written.
 *
 *  1. * Item loops and TN_ONCE do not nest, and TN_BARRIER stands between
 *       them: a barrier that only some items reach hangs a GPU.
 *  2. * No return, break or goto leaves an item loop or TN_ONCE: the item
 *       would miss the barriers to come. Loops within the block may break.
 *  3. * Group-level code computes the same in every item: from values, group
 *       ids and memory that items share, read behind a barrier. It stores only
 *       in TN_ONCE, since a GPU would store once an item.
 *  4. * An item loop changes memory, variables of its own, and TN_PRIVATE
 *       ones. A variable of group level is one for the group on a CPU, but one
 *       an item on a GPU:
 *
 *           float sum = 0.0f;
 *           TN_RANGE(i, n) {
 *               sum += a[i];     wrong: two results
 *           }
 *
 *  5.   Between two barriers no item reads or writes what another one writes,
 *       except by atomics. Vectorised loops run items side by side just as
 *       GPUs do, and the end of an item loop is no barrier on a GPU.
 *  6.   `if` and `for` at group level depend on what is the same in all items,
 *       or they will not all come to the barriers within.
 *  7.   Indices are tn_i32. An unsigned one may wrap around, which keeps
 *       compilers from vectorising (0.58 against 0.16 ms for 2^20 elements).
 *  8.   A long loop over k stands outside of the item loop, with a TN_PRIVATE
 *       sum, if the items then read along a row: so it vectorises (a product
 *       of matrices of 512: 15 against 290 ms).
 *  9. * A parameter's type is one of those above, and the name of one kind:
 *       `long` and `unsigned int` are not, they differ between targets. An
 *       extent is an expression as described there.
 * 10. * Names that begin with tn_ or TN_ belong to this header. Parameters with
 *       such a name are refused.
 * 11. * No C library and no types of it: GPUs have none. No static variables
 *       and no recursion either.
 * 12.   The source is C and C++: a void * is not assigned to another pointer,
 *       nor an integer to an enum.
 * 13. * A TN_KERNEL_WIDE has TN_RANGE loops, and nothing else of groups and
 *       items.
 *
 *
 * TARGETS
 *
 * `tenon cc SOURCE.c -o DIR` builds all of them; with -v it prints what it runs.
 *
 * CPU. gcc and clang take the file as C11; so does any editor. Flags:
 *
 *     -std=c11 -O3 -march=x86-64-v3 -fPIC -shared -fvisibility=hidden
 *     -fopenmp-simd -DTN_OPENMP_SIMD
 *     -fno-trapping-math -fno-math-errno -ffp-contract=fast
 *     -Werror=implicit-function-declaration
 *
 * Those of OpenMP need no library; without them rule 2 is not checked.
 *
 * OpenCL C 1.2. A driver gets the source already expanded, by `cc -E -undef
 * -nostdinc -D__OPENCL_VERSION__=120` and kernels/clc.awk: it has nothing to
 * include, and its errors name the author's lines. -D options therefore are
 * for the expansion, not for the driver. double needs cl_khr_fp64, the atomics
 * of u64 cl_khr_int64_base_atomics (add, exchange, cas) and
 * cl_khr_int64_extended_atomics (min, max); on a device without these the
 * kernels that use them are missing, and the others work.
 *
 * CUDA. clang makes PTX without a CUDA toolkit, with the maths of libclc:
 *
 *     clang -x cuda --cuda-device-only --cuda-path=/nonexistent -nocudainc
 *     -nocudalib --cuda-gpu-arch=sm_70 -Xclang -target-feature -Xclang +ptx63
 *     -Xclang -mlink-bitcode-file -Xclang .../nvptx64--nvidiacl.bc -O3 -S
 *
 * and nvcc takes it with -x cu. Division and square root are correctly
 * rounded. In the PTX a kernel is the entry tn_k_NAME with its parameters in
 * order: a buffer is its address, .u64; a value is itself; a struct is
 * `.align N .b8 name[bytes]`; and a TN_DYNAMIC block is a .u64, the offset of
 * the block in the dynamic shared memory of the launch. Blocks lie there one
 * after the other in the order of the parameters, each aligned to 64 bytes,
 * behind the bytes that the launch asks for besides, which begin at 0.
 *
 * Signatures. With -E -DTN_EMIT_SIGNATURE the compiler prints what bundle.ini
 * is made of.
 */
#ifndef TENON_KERNEL_H
#define TENON_KERNEL_H

/* ---- which compiler reads this ---- */

#if defined(TN_EMIT_SIGNATURE)
#define TN_TARGET_SIGNATURE 1
#elif defined(__OPENCL_VERSION__) || defined(__OPENCL_C_VERSION__)
#define TN_TARGET_OPENCL 1
#elif defined(__CUDACC__) || defined(__CUDA__) || defined(__CUDACC_RTC__)
#define TN_TARGET_CUDA 1
#else
#define TN_TARGET_CPU 1
#endif

/** Most items of a group that any kernel takes. */
#define TN_MAX_ITEMS 1024

/** Most elements of an item of a TN_KERNEL_WIDE. */
#define TN_MAX_ELEMENTS 16

/* ---- lists of parameters ----
 *
 * TN_LIST(m, s, x, y, z) gives m(3, x) s() m(2, y) s() m(1, z). The number
 * counts what is left: length - number is the index.
 */

/* clang-format off */
#define TN_CAT_(a, b) a##b
#define TN_CAT(a, b) TN_CAT_(a, b)
#define TN_COMMA() ,
#define TN_NOTHING()

#define TN_LENGTH_(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14,\
    a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, \
    a30, a31, a32, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13,     \
    b14, b15, b16, count, ...) count
#define TN_LENGTH(...) TN_LENGTH_(__VA_ARGS__,                                 \
    TOO_MANY, TOO_MANY, TOO_MANY, TOO_MANY, TOO_MANY, TOO_MANY, TOO_MANY,      \
    TOO_MANY, TOO_MANY, TOO_MANY, TOO_MANY, TOO_MANY, TOO_MANY, TOO_MANY,      \
    TOO_MANY, TOO_MANY, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20,    \
    19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)

#define TN_LIST(m, s, ...)                                                     \
    TN_CAT(TN_LIST_, TN_LENGTH(__VA_ARGS__))(m, s, __VA_ARGS__)
#define TN_LIST_TOO_MANY(m, s, ...) m(1, TOO_MANY)
#define TN_LIST_1(m, s, x) m(1, x)
#define TN_LIST_2(m, s, x, ...) m(2, x) s() TN_LIST_1(m, s, __VA_ARGS__)
#define TN_LIST_3(m, s, x, ...) m(3, x) s() TN_LIST_2(m, s, __VA_ARGS__)
#define TN_LIST_4(m, s, x, ...) m(4, x) s() TN_LIST_3(m, s, __VA_ARGS__)
#define TN_LIST_5(m, s, x, ...) m(5, x) s() TN_LIST_4(m, s, __VA_ARGS__)
#define TN_LIST_6(m, s, x, ...) m(6, x) s() TN_LIST_5(m, s, __VA_ARGS__)
#define TN_LIST_7(m, s, x, ...) m(7, x) s() TN_LIST_6(m, s, __VA_ARGS__)
#define TN_LIST_8(m, s, x, ...) m(8, x) s() TN_LIST_7(m, s, __VA_ARGS__)
#define TN_LIST_9(m, s, x, ...) m(9, x) s() TN_LIST_8(m, s, __VA_ARGS__)
#define TN_LIST_10(m, s, x, ...) m(10, x) s() TN_LIST_9(m, s, __VA_ARGS__)
#define TN_LIST_11(m, s, x, ...) m(11, x) s() TN_LIST_10(m, s, __VA_ARGS__)
#define TN_LIST_12(m, s, x, ...) m(12, x) s() TN_LIST_11(m, s, __VA_ARGS__)
#define TN_LIST_13(m, s, x, ...) m(13, x) s() TN_LIST_12(m, s, __VA_ARGS__)
#define TN_LIST_14(m, s, x, ...) m(14, x) s() TN_LIST_13(m, s, __VA_ARGS__)
#define TN_LIST_15(m, s, x, ...) m(15, x) s() TN_LIST_14(m, s, __VA_ARGS__)
#define TN_LIST_16(m, s, x, ...) m(16, x) s() TN_LIST_15(m, s, __VA_ARGS__)
#define TN_LIST_17(m, s, x, ...) m(17, x) s() TN_LIST_16(m, s, __VA_ARGS__)
#define TN_LIST_18(m, s, x, ...) m(18, x) s() TN_LIST_17(m, s, __VA_ARGS__)
#define TN_LIST_19(m, s, x, ...) m(19, x) s() TN_LIST_18(m, s, __VA_ARGS__)
#define TN_LIST_20(m, s, x, ...) m(20, x) s() TN_LIST_19(m, s, __VA_ARGS__)
#define TN_LIST_21(m, s, x, ...) m(21, x) s() TN_LIST_20(m, s, __VA_ARGS__)
#define TN_LIST_22(m, s, x, ...) m(22, x) s() TN_LIST_21(m, s, __VA_ARGS__)
#define TN_LIST_23(m, s, x, ...) m(23, x) s() TN_LIST_22(m, s, __VA_ARGS__)
#define TN_LIST_24(m, s, x, ...) m(24, x) s() TN_LIST_23(m, s, __VA_ARGS__)
#define TN_LIST_25(m, s, x, ...) m(25, x) s() TN_LIST_24(m, s, __VA_ARGS__)
#define TN_LIST_26(m, s, x, ...) m(26, x) s() TN_LIST_25(m, s, __VA_ARGS__)
#define TN_LIST_27(m, s, x, ...) m(27, x) s() TN_LIST_26(m, s, __VA_ARGS__)
#define TN_LIST_28(m, s, x, ...) m(28, x) s() TN_LIST_27(m, s, __VA_ARGS__)
#define TN_LIST_29(m, s, x, ...) m(29, x) s() TN_LIST_28(m, s, __VA_ARGS__)
#define TN_LIST_30(m, s, x, ...) m(30, x) s() TN_LIST_29(m, s, __VA_ARGS__)
#define TN_LIST_31(m, s, x, ...) m(31, x) s() TN_LIST_30(m, s, __VA_ARGS__)
#define TN_LIST_32(m, s, x, ...) m(32, x) s() TN_LIST_31(m, s, __VA_ARGS__)

/* ---- a parameter as text, for bundle.ini and for the note of a .so ---- */

#define TN_SIGNATURE(number, x) TN_SIGNATURE_##x
#define TN_SIGNATURE_TN_IN(...) in TN_POINTER_TEXT(__VA_ARGS__)
#define TN_SIGNATURE_TN_OUT(...) out TN_POINTER_TEXT(__VA_ARGS__)
#define TN_SIGNATURE_TN_INOUT(...) inout TN_POINTER_TEXT(__VA_ARGS__)
#define TN_SIGNATURE_TN_VALUE(type, name) TN_TYPE_OF_##type name
#define TN_SIGNATURE_TN_STRUCT(type, bytes, name) struct:bytes name
#define TN_SIGNATURE_TN_DYNAMIC(...) local TN_POINTER_TEXT(__VA_ARGS__)

#define TN_POINTER_TEXT(...)                                                   \
    TN_CAT(TN_POINTER_TEXT_, TN_LENGTH(__VA_ARGS__))(__VA_ARGS__)
#define TN_POINTER_TEXT_2(type, name) TN_TYPE_OF_##type* name
#define TN_POINTER_TEXT_3(type, name, extent) TN_TYPE_OF_##type* name [extent]

#define TN_TYPE_OF_tn_i8 i8
#define TN_TYPE_OF_tn_u8 u8
#define TN_TYPE_OF_tn_i16 i16
#define TN_TYPE_OF_tn_u16 u16
#define TN_TYPE_OF_tn_i32 i32
#define TN_TYPE_OF_tn_u32 u32
#define TN_TYPE_OF_tn_i64 i64
#define TN_TYPE_OF_tn_u64 u64
#define TN_TYPE_OF_tn_f16 f16
#define TN_TYPE_OF_tn_f32 f32
#define TN_TYPE_OF_tn_f64 f64
#define TN_TYPE_OF_int i32
#define TN_TYPE_OF_float f32
#define TN_TYPE_OF_double f64

/*
 * TN_BARE(TN_PASS_, TN_IN(float, a, n)) is TN_PASS_TN_IN(float, a): the extent is
 * for the signature alone.
 */
#define TN_BARE(prefix, x) TN_BARE_CAT(prefix, TN_BARE_##x)
#define TN_BARE_CAT(a, b) TN_BARE_CAT_(a, b)
#define TN_BARE_CAT_(a, b) a##b
#define TN_BARE_TN_IN(...) TN_BARE_POINTER(TN_IN, __VA_ARGS__, )
#define TN_BARE_TN_OUT(...) TN_BARE_POINTER(TN_OUT, __VA_ARGS__, )
#define TN_BARE_TN_INOUT(...) TN_BARE_POINTER(TN_INOUT, __VA_ARGS__, )
#define TN_BARE_TN_VALUE(...) TN_VALUE(__VA_ARGS__)
#define TN_BARE_TN_STRUCT(...) TN_STRUCT(__VA_ARGS__)
#define TN_BARE_TN_DYNAMIC(...) TN_BARE_POINTER(TN_DYNAMIC, __VA_ARGS__, )
#define TN_BARE_POINTER(kind, type, name, ...) kind(type, name)
/* clang-format on */

/* ---- the target's side ---- */

#if defined(TN_TARGET_SIGNATURE)
#include "kernel/signature.h"
#elif defined(TN_TARGET_OPENCL)
#include "kernel/opencl.h"
#elif defined(TN_TARGET_CUDA)
#include "kernel/cuda.h"
#else
#include "kernel/cpu.h"
#endif

#endif
