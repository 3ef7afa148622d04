#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pytorch.py cpu|cuda LIBRARY: short work, copies and allocations by eager
PyTorch. LIBRARY is what bench/peers/pytorch.c becomes: our side, which takes
turns with this one in one process. Exit status 77 where PyTorch is not there,
or has no such device."""

import ctypes
import sys
from time import perf_counter_ns as now

try:
    import torch
except ImportError:
    print('PyTorch: left out: python3 finds no module torch')
    sys.exit(77)

CHAIN = 64
FLOATS = 1024
GIB_FLOATS = 1 << 28

gpu = sys.argv[1] == 'cuda'
if gpu and not torch.cuda.is_available():
    print('PyTorch: left out: it finds no GPU')
    sys.exit(77)
device = torch.device('cuda:0' if gpu else 'cpu')
ours = ctypes.CDLL(sys.argv[2])
PEER = ctypes.CFUNCTYPE(ctypes.c_uint64, ctypes.c_void_p)

if gpu:
    wait = torch.cuda.current_stream().synchronize
else:
    def wait():
        pass


def compare(name, peer):
    """peer(unused) gives the nanoseconds that it took."""
    ours.beside_run(name.encode(), PEER(peer))
    wait()


a = torch.ones(FLOATS, device=device)
b = torch.ones(FLOATS, device=device)


def add(_):
    begin = now()
    a + b
    return now() - begin


def add_and_wait(_):
    begin = now()
    a + b
    wait()
    return now() - begin


def chain(_):
    begin = now()
    for _ in range(CHAIN):
        a.add_(b)
    wait()
    return now() - begin


def allocate(_):
    begin = now()
    torch.empty(1 << 18, device=device)
    return now() - begin


def copies(kind, host):
    large = torch.ones(GIB_FLOATS, device=device)

    def copy_to(_):
        begin = now()
        large.copy_(host)
        wait()
        return now() - begin

    def copy_from(_):
        begin = now()
        host.copy_(large)
        wait()
        return now() - begin

    compare('1 GiB to the device, ' + kind, copy_to)
    compare('1 GiB from the device, ' + kind, copy_from)


with torch.no_grad():
    ours.beside_open(sys.argv[1].encode(),
                     ('PyTorch %s' % torch.__version__).encode())
    compare('a + b, submit', add)
    compare('a + b, launch and wait', add_and_wait)
    compare('chain of 64', chain)
    compare('chain of 64, recorded', chain)
    compare('allocate and free 1 MiB', allocate)
    copies('pageable', torch.ones(GIB_FLOATS))
    if gpu:
        copies('pinned', torch.ones(GIB_FLOATS, pin_memory=True))
    ours.beside_close()
