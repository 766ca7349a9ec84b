"""Asynchronous copies: on a GPU or in the simulator, on the machine in gpu/, and what goes wrong without a wait."""

import os

import numpy as np
import pytest
from llvmlite import ir
from numba import float32

from benchmarks.kernel_traffic import asynchronous
from gpu.findings.races import races
from gpu.findings.traffic import requests
from gpu.machine.stand_in import StandIn
from kernels.cuda import ptx
from kernels.cuda.device import cuda

GPU = os.environ.get("CONVGRADE_GPU") == "1"
ROWS, QUAD = 4, 4
CELLS = (ROWS, QUAD)
VALUES = np.arange(1, ROWS * QUAD + 1, dtype=np.float32)


def reverses(jit, ptx, early=True, barrier=True, late=False, shift=0):
    """Return a kernel that writes 16 numbers backwards, through shared memory. It may wait before or after its barrier."""
    copy4, copy16, wait = ptx.copy4, ptx.copy16, ptx.wait

    @jit
    def kernel(values, fours, output):
        """Copy a number and, as a thread of the first four, a row; write the numbers of a neighbour."""
        ones = cuda.shared.array(CELLS, float32)
        rows = cuda.shared.array(CELLS, float32)
        x = cuda.threadIdx.x
        copy4(ones, (x // QUAD, x % QUAD), values, x, x > 0)
        if x < ROWS:
            copy16(rows, (x, 0), fours, x * QUAD + shift)
        if early:
            wait()
        if barrier:
            cuda.syncthreads()
        if late:
            wait()
        there = ROWS * QUAD - 1 - x
        output[x] = ones[there // QUAD, there % QUAD] + 100 * rows[there // QUAD, there % QUAD]

    return kernel


def run(cuda, kernel):
    """Return what a kernel writes."""
    output = cuda.to_device(np.zeros(ROWS * QUAD, np.float32))
    kernel[1, ROWS * QUAD](cuda.to_device(VALUES), cuda.to_device(VALUES), output)
    return output.copy_to_host()


EXPECTED = 101 * VALUES[::-1]
EXPECTED[-1] -= VALUES[0]  # that is not inside


def test_copies_arrive():
    np.testing.assert_array_equal(run(cuda, reverses(cuda.jit, ptx)), EXPECTED)


def test_copies_arrive_on_the_machine_without_races_by_four():
    machine = StandIn()
    np.testing.assert_array_equal(run(machine, reverses(machine.jit, asynchronous.ptx())), EXPECTED)
    (launch,) = machine.launches
    assert [*launch.faults, *races(launch)] == []
    for name, kind, size in (("values", "read", 4), ("fours", "read", 16), ("ones", "write", 4), ("rows", "write", 16)):
        assert {*requests(launch, name=name, kind=kind)[0].sizes} == {size}


@pytest.mark.skipif(GPU, reason="a GPU may forgive what is wrong; the simulator does not")
def test_what_nobody_waits_for_never_arrives():
    assert np.isnan(run(cuda, reverses(cuda.jit, ptx, early=False))).all()
    machine = StandIn()
    assert np.isnan(run(machine, reverses(machine.jit, asynchronous.ptx(), early=False))).all()


@pytest.mark.parametrize("when", [{"barrier": False}, {"early": False, "late": True}], ids=str)
def test_who_reads_too_early_is_in_a_race_on_the_machine(when):
    machine = StandIn()
    run(machine, reverses(machine.jit, asynchronous.ptx(), **when))
    assert {fault.array for fault in races(machine.launches[0])} == {"ones", "rows"}


@pytest.mark.skipif(GPU, reason="a GPU stops the whole process")
def test_four_numbers_come_from_a_multiple_of_four():
    with pytest.raises(ValueError, match="from one multiple of 16 bytes to another, not from"):
        run(cuda, reverses(cuda.jit, ptx, shift=1))
    machine = StandIn()
    run(machine, reverses(machine.jit, asynchronous.ptx(), shift=1))
    assert "not from a multiple of 16 bytes to another" in machine.launches[0].faults[0].sentence


def test_shared_arrays_are_aligned_for_wide_copies():
    module = ir.Module()
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), []), "kernel")
    shared = ir.GlobalVariable(module, ir.ArrayType(ir.FloatType(), 8), "cells", addrspace=ptx.SHARED)
    other = ir.GlobalVariable(module, ir.IntType(32), "constant")
    shared.align = other.align = 4
    ptx._align_shared_arrays(ir.IRBuilder(function.append_basic_block()), 16)
    assert (shared.align, other.align) == (16, 4)
