/* SPDX-License-Identifier: MIT */
/*
 * The cuda backend's own types, constants and prototypes are those of NVIDIA's
 * <cuda.h>. The compiler proves it: where they differ, this does not compile.
 */
/* all versions of each function, by their own names */
#define __CUDA_API_VERSION_INTERNAL
#include <cuda.h>

#include <stdio.h>

#include "plugins/cuda/driver_types.h"

/* ---- constants ---- */

#define SAME_RESULT(name, number, meaning)                                     \
    _Static_assert((int)name == TN_##name, #name);
CUDA_RESULTS(SAME_RESULT)

#define SAME_CONSTANT(name, number)                                            \
    _Static_assert((int)CU_##name == TN_CU_##name, #name);
CUDA_CONSTANTS(SAME_CONSTANT)

/* ---- structs ---- */

#define SAME_SIZE(ours, theirs)                                                \
    _Static_assert(sizeof(ours) == sizeof(theirs), #ours);                     \
    _Static_assert(_Alignof(ours) == _Alignof(theirs), #ours);
#define SAME_MEMBER(ours, member, theirs, their_member)                        \
    _Static_assert(offsetof(ours, member) == offsetof(theirs, their_member) && \
                       sizeof(((ours *)0)->member) ==                          \
                           sizeof(((theirs *)0)->their_member),                \
                   #ours "." #member);

SAME_SIZE(cuda_result, CUresult)
SAME_SIZE(cuda_uuid, CUuuid)
SAME_SIZE(cuda_location, CUmemLocation)
SAME_MEMBER(cuda_location, type, CUmemLocation, type)
SAME_MEMBER(cuda_location, id, CUmemLocation, id)
SAME_SIZE(cuda_access, CUmemAccessDesc)
SAME_MEMBER(cuda_access, location, CUmemAccessDesc, location)
SAME_MEMBER(cuda_access, flags, CUmemAccessDesc, flags)
SAME_SIZE(cuda_pool_properties, CUmemPoolProps)
SAME_MEMBER(cuda_pool_properties, allocation, CUmemPoolProps, allocType)
SAME_MEMBER(cuda_pool_properties, handles, CUmemPoolProps, handleTypes)
SAME_MEMBER(cuda_pool_properties, location, CUmemPoolProps, location)
SAME_MEMBER(cuda_pool_properties, security, CUmemPoolProps,
            win32SecurityAttributes)
SAME_MEMBER(cuda_pool_properties, max_size, CUmemPoolProps, maxSize)
SAME_MEMBER(cuda_pool_properties, usage, CUmemPoolProps, usage)
SAME_MEMBER(cuda_pool_properties, reserved, CUmemPoolProps, reserved)
SAME_SIZE(cuda_node_launch, CUDA_KERNEL_NODE_PARAMS_v1)
SAME_MEMBER(cuda_node_launch, function, CUDA_KERNEL_NODE_PARAMS_v1, func)
SAME_MEMBER(cuda_node_launch, groups_x, CUDA_KERNEL_NODE_PARAMS_v1, gridDimX)
SAME_MEMBER(cuda_node_launch, groups_y, CUDA_KERNEL_NODE_PARAMS_v1, gridDimY)
SAME_MEMBER(cuda_node_launch, groups_z, CUDA_KERNEL_NODE_PARAMS_v1, gridDimZ)
SAME_MEMBER(cuda_node_launch, items_x, CUDA_KERNEL_NODE_PARAMS_v1, blockDimX)
SAME_MEMBER(cuda_node_launch, items_y, CUDA_KERNEL_NODE_PARAMS_v1, blockDimY)
SAME_MEMBER(cuda_node_launch, items_z, CUDA_KERNEL_NODE_PARAMS_v1, blockDimZ)
SAME_MEMBER(cuda_node_launch, shared_bytes, CUDA_KERNEL_NODE_PARAMS_v1,
            sharedMemBytes)
SAME_MEMBER(cuda_node_launch, arguments, CUDA_KERNEL_NODE_PARAMS_v1,
            kernelParams)
SAME_MEMBER(cuda_node_launch, extra, CUDA_KERNEL_NODE_PARAMS_v1, extra)

/*
 * ---- prototypes: with the structs' own names, each function of <cuda.h> can
 * be what the table's member points to ----
 */

#define cuda_uuid CUuuid
#define cuda_access CUmemAccessDesc
#define cuda_pool_properties CUmemPoolProps
#define cuda_node_launch CUDA_KERNEL_NODE_PARAMS_v1
#include "plugins/cuda/driver.h"

/* Only its type is used: nothing of the driver is linked. */
#define SAME_PROTOTYPE(name, parameters)                                       \
    static __attribute__((unused)) void compare_##name(                        \
        cuda_result(**member) parameters, __typeof__(&name) function)          \
    {                                                                          \
        *member = function;                                                    \
    }
CUDA_FUNCTIONS(SAME_PROTOTYPE, SAME_PROTOTYPE)

int main(void)
{
    if ((uintptr_t)CU_STREAM_LEGACY != CUDA_LEGACY_QUEUE ||
        (uintptr_t)CU_STREAM_PER_THREAD != CUDA_THREAD_QUEUE) {
        puts("CU_STREAM_LEGACY or CU_STREAM_PER_THREAD is another");
        return 1;
    }
#define COUNT(name, parameters) +1
    printf("%d prototypes are those of CUDA %d.%d\n",
           0 CUDA_FUNCTIONS(COUNT, COUNT), CUDA_VERSION / 1000,
           CUDA_VERSION % 1000 / 10);
    return 0;
}
