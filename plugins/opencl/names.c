/* SPDX-License-Identifier: MIT */
#include "plugins/opencl/names.h"

#include <stddef.h>

/* X(code, TN_status, meaning) */
#define CODES(X)                                                               \
    X(CL_DEVICE_NOT_FOUND, UNAVAILABLE, "there is no device of that type")     \
    X(CL_DEVICE_NOT_AVAILABLE, UNAVAILABLE, "the device cannot be used now")   \
    X(CL_COMPILER_NOT_AVAILABLE, UNSUPPORTED, "the driver has no compiler")    \
    X(CL_MEM_OBJECT_ALLOCATION_FAILURE, NO_MEMORY, "no memory on the device")  \
    X(CL_OUT_OF_RESOURCES, NO_MEMORY, "the device is out of resources")        \
    X(CL_OUT_OF_HOST_MEMORY, NO_MEMORY, "the driver is out of host memory")    \
    X(CL_PROFILING_INFO_NOT_AVAILABLE, UNSUPPORTED, "the driver has no times") \
    X(CL_MEM_COPY_OVERLAP, INVALID, "the ranges overlap")                      \
    X(CL_BUILD_PROGRAM_FAILURE, BUILD, "the compiler refused the code")        \
    X(CL_MAP_FAILURE, DEVICE, "the memory cannot be mapped")                   \
    X(CL_MISALIGNED_SUB_BUFFER_OFFSET, RANGE, "the offset is not aligned")     \
    X(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST, DEVICE,                    \
      "work before it failed")                                                 \
    X(CL_COMPILE_PROGRAM_FAILURE, BUILD, "the compiler refused the code")      \
    X(CL_LINKER_NOT_AVAILABLE, UNSUPPORTED, "the driver has no linker")        \
    X(CL_LINK_PROGRAM_FAILURE, BUILD, "the linker refused the code")           \
    X(CL_KERNEL_ARG_INFO_NOT_AVAILABLE, UNSUPPORTED,                           \
      "the driver does not tell parameters")                                   \
    X(CL_INVALID_VALUE, INVALID, "the driver refuses a value")                 \
    X(CL_INVALID_DEVICE_TYPE, INVALID, "the driver refuses the device type")   \
    X(CL_INVALID_PLATFORM, UNAVAILABLE, "the driver refuses its platform")     \
    X(CL_INVALID_DEVICE, UNAVAILABLE, "the driver refuses its device")         \
    X(CL_INVALID_CONTEXT, DEVICE, "the driver refuses its context")            \
    X(CL_INVALID_QUEUE_PROPERTIES, UNSUPPORTED,                                \
      "the device has no such queues")                                         \
    X(CL_INVALID_COMMAND_QUEUE, DEVICE, "the queue is broken")                 \
    X(CL_INVALID_HOST_PTR, INVALID, "the driver refuses the host memory")      \
    X(CL_INVALID_MEM_OBJECT, INVALID, "it is no memory of this device")        \
    X(CL_INVALID_BINARY, FORMAT, "the binary is not for this device")          \
    X(CL_INVALID_BUILD_OPTIONS, BUILD, "the compiler refuses the options")     \
    X(CL_INVALID_PROGRAM, FORMAT, "the driver refuses the program")            \
    X(CL_INVALID_PROGRAM_EXECUTABLE, BUILD, "the program is not built")        \
    X(CL_INVALID_KERNEL_NAME, NOT_FOUND, "there is no such kernel")            \
    X(CL_INVALID_KERNEL_DEFINITION, BUILD, "the kernel differs by device")     \
    X(CL_INVALID_KERNEL, INVALID, "the driver refuses the kernel")             \
    X(CL_INVALID_ARG_INDEX, SIGNATURE, "the kernel has no such argument")      \
    X(CL_INVALID_ARG_VALUE, SIGNATURE, "the argument is of another kind")      \
    X(CL_INVALID_ARG_SIZE, SIGNATURE, "the argument is of another size")       \
    X(CL_INVALID_KERNEL_ARGS, SIGNATURE, "arguments are missing")              \
    X(CL_INVALID_WORK_DIMENSION, RANGE, "the grid has too many dimensions")    \
    X(CL_INVALID_WORK_GROUP_SIZE, RANGE, "a group of this size is too large")  \
    X(CL_INVALID_WORK_ITEM_SIZE, RANGE, "a side of the group is too long")     \
    X(CL_INVALID_GLOBAL_OFFSET, RANGE, "the driver refuses the offset")        \
    X(CL_INVALID_EVENT_WAIT_LIST, INVALID, "it is no event of this device")    \
    X(CL_INVALID_EVENT, INVALID, "the driver refuses the event")               \
    X(CL_INVALID_OPERATION, UNSUPPORTED, "the driver cannot do that")          \
    X(CL_INVALID_BUFFER_SIZE, NO_MEMORY,                                       \
      "the driver has no such large buffer")                                   \
    X(CL_INVALID_GLOBAL_WORK_SIZE, RANGE, "the grid is too large")             \
    X(CL_INVALID_PROPERTY, INVALID, "the driver refuses a property")           \
    X(CL_PLATFORM_NOT_FOUND_KHR, UNAVAILABLE, "no driver is installed")

const ocl_code *ocl_code_find(cl_int number)
{
    static const ocl_code codes[] = {
#define CODE(code, status, meaning) {code, TN_ERROR_##status, #code, meaning},
        CODES(CODE)
#undef CODE
    };
    static const ocl_code unknown = {0, TN_ERROR_DEVICE, "unknown code",
                                     "only the driver knows what it means"};

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; ++i) {
        if (codes[i].number == number) {
            return &codes[i];
        }
    }
    return &unknown;
}
