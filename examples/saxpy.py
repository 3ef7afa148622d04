# SPDX-License-Identifier: MIT
"""y = k x + y in Python, with ctypes alone: python3 saxpy.py [app.ini]

The way of any language that calls C functions: objects are pointers, and
tn_launch_words() takes the arguments of a launch as plain integers.
"""
import sys
from ctypes import (CDLL, POINTER, Structure, byref, c_char_p, c_double,
                    c_float, c_int8, c_int16, c_int32, c_int64, c_uint8,
                    c_uint16, c_uint32, c_uint64, c_void_p, sizeof)

tenon = CDLL("libtenon.so.0")
for name in "tn_error_message", "tn_error_log", "tn_device_name":
    getattr(tenon, name).restype = c_char_p
    getattr(tenon, name).argtypes = [c_void_p] * (name == "tn_device_name")

# The numbers of TN_TYPE_LIST in tenon/types.h
KINDS = {c_void_p: 1, c_int8: 4, c_uint8: 5, c_int16: 6, c_uint16: 7,
         c_int32: 8, c_uint32: 9, c_int64: 10, c_uint64: 11, c_float: 13,
         c_double: 14}


class Grid(Structure):
    """tn_grid of tenon/api/launch.h; what is left 0 is the kernel's choice"""
    _fields_ = [("items", c_uint64 * 3), ("group", c_uint32 * 3),
                ("local_bytes", c_uint32), ("dimensions", c_uint32),
                ("reserved", c_uint32)]


def call(function, *arguments):
    """Calls what returns a tn_status, and raises its sentence."""
    if function(*arguments) != 0:
        raise RuntimeError(b"\n".join([tenon.tn_error_message(),
                                       tenon.tn_error_log()]).decode())


def make(function, *arguments):
    """The same for what makes an object, its last parameter."""
    made = c_void_p()
    call(function, *arguments, byref(made))
    return made


def launch(stream, kernel, items, *values):
    """Each value is of the ctypes type that the kernel declares."""
    kinds, words = 0, (c_uint64 * (len(values) or 1))()
    for i, value in enumerate(values):
        kinds = kinds << 4 | KINDS[type(value)]
        words[i] = value.value if type(value) not in (c_float, c_double) \
            else int.from_bytes(bytes(value), sys.byteorder)
    grid = Grid(items=(items, 1, 1), dimensions=1)
    call(tenon.tn_launch_words, stream, kernel, byref(grid), c_uint64(kinds),
         words)


def upload(device, stream, array):
    buffer = make(tenon.tn_buffer_create, device, c_uint64(sizeof(array)))
    call(tenon.tn_copy_to, stream, buffer, c_uint64(0), array,
         c_uint64(sizeof(array)))
    return buffer


n = 1000
x, y = (c_float * n)(*[2] * n), (c_float * n)(*[1] * n)
path = sys.argv[1].encode() if len(sys.argv) > 1 else None
runtime = make(tenon.tn_runtime_open, path)
device = make(tenon.tn_device_default, runtime)
stream = make(tenon.tn_stream_create, device)
module = make(tenon.tn_module_load, device, b"vector")
saxpy = make(tenon.tn_kernel_get, module, b"saxpy")

on_x, on_y = upload(device, stream, x), upload(device, stream, y)
launch(stream, saxpy, n, c_float(10), on_x, on_y, c_uint32(n))
call(tenon.tn_copy_from, stream, on_y, c_uint64(0), y, c_uint64(sizeof(y)))

print(f"{tenon.tn_device_name(device).decode()}: {y[0]:g} ... {y[n - 1]:g}")
tenon.tn_runtime_close(runtime)
sys.exit(list(y) != [21] * n)
