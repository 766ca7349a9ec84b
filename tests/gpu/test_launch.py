"""The machine: what kernels compute on it, in every order of threads, and what it notes when they go wrong."""

import math
from runpy import run_path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.faults import KernelError, Kind, NotBegun, OverBudget
from gpu.machine.launch import (
    MOST_OF_BLOCK,
    MOST_OF_GRID,
    MOST_THREADS,
    SHARED_BYTES,
    Blank,
    Budget,
    Order,
    evaluate,
    launch,
)
from gpu.machine.program import read
from gpu.machine.stand_in import StandIn
from tests.conftest import ROOT

HEAD = (
    "import math\nimport numpy as np\nfrom numba import cuda, float32, float64, int32, int64, uint32\n\nBIG = 1 << 40\n\n"
)


def kernel(body, parameters="values, output", before=""):
    """Return a kernel with this body, its first line being line 1 of the body."""
    lines = "\n".join(f"    {line}" for line in body.strip("\n").split("\n"))
    return read(f"{HEAD}{before}@cuda.jit\ndef kernel({parameters}):\n{lines}\n", "kernels.py").functions["kernel"]


def run(function, blocks, threads, *arguments, size=8, dtype=np.float32, **options):
    """Return what a kernel writes to its last argument, and the recording."""
    output = np.zeros(size, dtype)
    recording = launch(function, blocks, threads, [*arguments, Blank(output)], **options)
    return output, recording


def kinds(recording):
    return [fault.kind for fault in recording.faults]


def counting(size):
    return np.arange(1, size + 1, dtype=np.float32)


@pytest.mark.costly
@given(st.integers(1, 300), st.sampled_from([(1, 1, 1), (7, 1, 1), (8, 4, 1), (4, 3, 5), (64, 2, 1)]))
def test_every_thread_has_its_own_place(size, threads):
    function = kernel(
        """
        x, y, z = cuda.grid(3)
        thread = cuda.threadIdx.x + cuda.blockDim.x * (cuda.threadIdx.y + cuda.blockDim.y * cuda.threadIdx.z)
        i = cuda.blockIdx.x * cuda.blockDim.x * cuda.blockDim.y * cuda.blockDim.z + thread
        if i < output.size and x == cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x and y < cuda.blockDim.y:
            output[i] = i + z * 0
        """.replace("\n        ", "\n"),
        "output",
    )
    blocks = -(-size // int(np.prod(threads)))
    for order in Order:
        output, recording = run(function, blocks, threads, size=size, order=order)
        assert output.tolist() == list(range(size))
        assert recording.faults == []


REDUCTION = """
shared = cuda.shared.array(64, float32)
thread = cuda.threadIdx.x
shared[thread] = values[thread]
cuda.syncthreads()
half = 32
while half > 0:
    if thread < half:
        shared[thread] += shared[thread + half]
    cuda.syncthreads()
    half //= 2
if thread == 0:
    output[0] = shared[0]
"""


@pytest.mark.parametrize("order", Order)
def test_threads_wait_for_each_other_at_barriers(order):
    output, recording = run(kernel(REDUCTION), 1, 64, counting(64), size=1, order=order)
    assert output[0] == 64 * 65 / 2
    assert (recording.faults, recording.barriers, recording.shared_bytes) == ([], 7, 256)


def test_without_a_barrier_the_order_shows():
    lines = REDUCTION.replace("cuda.syncthreads()\nhalf", "half")
    found = {run(kernel(lines), 1, 64, counting(64), size=1, order=order)[0][0] for order in Order}
    assert len(found) > 1


def test_shared_memory_belongs_to_a_block_and_local_memory_to_a_thread():
    function = kernel("""
shared = cuda.shared.array(4, float32)
own = cuda.local.array(2, float32)
i = cuda.grid(1)
own[0] = i
own[1] = own[0] * 2
shared[cuda.threadIdx.x] = own[1]
cuda.syncthreads()
output[i] = shared[3 - cuda.threadIdx.x]
""", "output")  # fmt: skip
    for order in Order:
        output, recording = run(function, 2, 4, order=order)
        assert output.tolist() == [6, 4, 2, 0, 14, 12, 10, 8]
        assert recording.faults == []


def test_arrays_that_are_made_on_one_line_are_two():
    function = kernel(
        """
        a = cuda.shared.array(8, float32); b = cuda.shared.array(8, float32)
        i = cuda.threadIdx.x
        a[i] = values[i]; b[i] = 10 * values[i]
        cuda.syncthreads()
        output[i] = a[7 - i] + b[i]
        """.replace("\n        ", "\n")
    )
    output, recording = run(function, 1, 8, counting(8))
    assert output.tolist() == [8 - i + 10 * (i + 1) for i in range(8)]
    assert (recording.faults, recording.shared_bytes) == ([], 64)


def test_a_grid_knows_its_size():
    function = kernel(
        "x, y, z = cuda.gridsize(3)\noutput[cuda.grid(1)] = x + 10 * y + 100 * z + 1000 * cuda.gridsize(1)", "output"
    )
    output, _ = run(function, (2, 1, 1), (4, 3, 5))
    assert output.tolist() == [8 + 30 + 500 + 8000] * 8


def test_loops_conditions_and_early_returns_divide_threads():
    function = kernel("""
i = cuda.grid(1)
if i == 3:
    return
total = 0
for j in range(i):
    if j == 1:
        continue
    if j == 5:
        break
    total += j
while total > 6:
    total -= 1
output[i] = total if i % 2 else -total
""", "output")  # fmt: skip

    def expected(i):
        total = 0
        for j in range(i):
            if j == 1:
                continue
            if j == 5:
                break
            total += j
        return min(total, 6) * (1 if i % 2 else -1)

    output, recording = run(function, 1, 8)
    assert output.tolist() == [0 if i == 3 else expected(i) for i in range(8)]
    assert recording.faults == []


def test_conditions_protect_what_stands_behind_them():
    function = kernel("""
i = cuda.grid(1)
total = float32(0)
if i > 0 and values[i - 1] > 2 or i == 0 and values[i] == 1:
    total += 1
if 0 <= i - 2 < values.size and values[i - 2] > 0:
    total += 10
output[i] = values[i + 1] if i + 1 < values.size else total
""")  # fmt: skip
    output, recording = run(function, 1, 4, counting(4), size=4)
    assert output.tolist() == [2, 3, 4, 11]
    assert recording.faults == []


def test_each_thread_has_its_own_entry_of_a_tuple():
    """However many entries there are, and whether they are the same for all threads or not."""
    function = kernel("""
i = cuda.grid(1)
twice = 2 * i
output[i] = TABLE[-1 - i] + (i, twice)[i % 2]
""", "output", f"TABLE = {tuple(range(100))}\n\n\n")  # fmt: skip
    output, _ = run(function, 1, 80, size=80)
    assert output.tolist() == [99 - i + i * (1 + i % 2) for i in range(80)]


def test_device_functions_return_to_each_thread_its_own():
    function = kernel(
        "i = cuda.grid(1)\na, b = both(values, i)\noutput[i] = a * 100 + b",
        before="""
@cuda.jit(device=True)
def both(values, i):
    if i % 2 == 0:
        return values[i], i
    for j in range(10):
        if j == i:
            return j, values[0]
    return values[0], values[0]

""",
    )
    output, recording = run(function, 1, 8, counting(8))
    assert output.tolist() == [100, 101, 302, 301, 504, 501, 706, 701]
    assert recording.faults == []


def test_a_device_function_returns_to_all_or_to_none():
    before = "@cuda.jit(device=True)\ndef positive(value):\n    if value > 2:\n        return value\n\n\n"
    with pytest.raises(KernelError, match="some threads come to the end of positive without a value"):
        run(kernel("i = cuda.grid(1)\noutput[i] = positive(values[i])", before=before), 1, 8, counting(8))


def test_arrays_of_two_functions_are_two_even_if_they_are_compiled_from_one():
    def over_block(combine):
        def reduce(value):
            shared = cuda.shared.array(8, float32)
            shared[cuda.threadIdx.x] = value
            return combine(shared[cuda.threadIdx.x], 1)

        return reduce

    def add(one, other):
        return one + other

    def times(one, other):
        return one * other

    cuda, float32 = StandIn(), np.float32
    total, product = over_block(add), over_block(times)

    @cuda.jit
    def kernel(output):
        i = cuda.threadIdx.x
        output[i] = total(i) + product(i * 10)

    output = np.zeros(8, np.float32)
    kernel[1, 8](output)
    assert output.tolist() == [11 * i + 1 for i in range(8)]
    assert cuda.launches[0].shared_bytes == 64


FAULTS = {
    "a negative index": ("output[i] = values[i - 1]", Kind.NEGATIVE_INDEX, "thread 0 reads values[-1] (line 10)"),
    "an index at the end": ("output[i] = values[i + 1]", Kind.OUT_OF_RANGE, "thread 7 reads values[8] (line 10)"),
    "a write beyond the end": ("output[i + 1] = 0", Kind.OUT_OF_RANGE, "thread 7 writes output[8] (line 10)"),
    "an output that is read": ("output[i] += 1", Kind.UNINITIALISED, "thread 0 reads output[0] (line 10)"),
    "an empty local array": (
        "own = cuda.local.array(3, float32)\noutput[i] = own[1]",
        Kind.UNINITIALISED,
        "thread 0 reads own[1] (line 11)",
    ),
    "a local array that was written before it was made again": (
        "for j in range(2):\n    own = cuda.local.array(1, float32)\n    if not j:\n        own[j] = 1\noutput[i] = own[0]",
        Kind.UNINITIALISED,
        "thread 0 reads own[0] (line 14)",
    ),
    "a local array that is too short": (
        "own = cuda.local.array(3, float32)\nown[i] = i\noutput[i] = i",
        Kind.OUT_OF_RANGE,
        "thread 3 writes own[3] (line 11)",
    ),
    "a barrier for some": ("if i < 3:\n    cuda.syncthreads()\noutput[i] = 0", Kind.BARRIER, "but thread 3 does not"),
    "a barrier after a return": ("if i == 5:\n    return\ncuda.syncthreads()", Kind.BARRIER, "but thread 5 does not"),
    "a barrier in an uneven loop": ("for j in range(i):\n    cuda.syncthreads()", Kind.BARRIER, "but thread 0 does not"),
    "a warp of which some do not come": (
        "if i < 3:\n    cuda.syncwarp()",
        Kind.BARRIER,
        "but not all of its threads come there",
    ),
    "a mask without some that come": (
        "output[i] = cuda.shfl_sync(0xF, values[i], 0)",
        Kind.BARRIER,
        "but the mask leaves out threads that come there",
    ),
    "a mask with some that do not come": (
        "if i < 4:\n    output[i] = cuda.shfl_sync(0x1F, values[i], 0)",
        Kind.BARRIER,
        "but not all threads that the mask names come there",
    ),
    "a division by zero": ("output[i] = 8 // i", Kind.ZERO, "thread 0 divides by 0 (line 10)"),
    "far too much shared memory": (
        "big = cuda.shared.array((BIG, BIG), float32)\nbig[i, 0] = 0\noutput[i] = 0",
        Kind.LIMIT,
        "4,835,703,278,458,516,698,824,704 bytes of shared memory",
    ),
    "too much shared memory": (
        "big = cuda.shared.array(12289, float32)\nbig[i] = 0\noutput[i] = 0",
        Kind.LIMIT,
        "49,156 bytes of shared memory",
    ),
}


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("name", FAULTS)
def test_what_a_gpu_lets_pass_is_noted(name, order):
    body, kind, sentence = FAULTS[name]
    _, recording = run(kernel(f"i = cuda.grid(1)\n{body}"), 1, 8, counting(8), order=order)
    assert kinds(recording) == [kind]
    if order is Order.TOGETHER:
        assert sentence in recording.faults[0].sentence


def test_a_thread_goes_on_after_a_fault_as_on_a_gpu():
    output, _ = run(kernel("i = cuda.grid(1)\noutput[i] = values[i - 1]"), 1, 8, counting(8))
    assert output.tolist() == [8, 1, 2, 3, 4, 5, 6, 7]
    output, _ = run(kernel("i = cuda.grid(1)\noutput[i] = values[i + 1]"), 1, 8, counting(8))
    assert np.isnan(output[7])
    assert output[:7].tolist() == [2, 3, 4, 5, 6, 7, 8]


def test_an_instruction_of_which_all_is_outside_asks_memory_for_nothing():
    _, recording = run(kernel("i = cuda.grid(1)\noutput[i] = values[i + 8]"), 1, 8, counting(8))
    assert [step.memory.name for step in recording.steps] == ["output"]


@pytest.mark.parametrize(
    ("blocks", "threads", "sentence"),
    [
        (1, 1025, "1 to 1,024 threads along x"),
        (1, (32, 33), "at most 1,024 threads"),
        (1, (1, 1, 65), "1 to 64 threads along z"),
        ((1, 65536), 1, "1 to 65,535 blocks along y"),
        (0, 32, "1 to 2,147,483,647 blocks along x"),
        (1, -1, "threads along x"),
    ],
)
def test_the_hardware_has_limits(blocks, threads, sentence):
    _, recording = run(kernel("output[0] = 0"), blocks, threads, counting(8))
    assert kinds(recording) == [Kind.LIMIT]
    assert sentence in recording.faults[0].sentence


def test_the_limits_are_those_that_our_own_launches_keep():
    ours = run_path(str(ROOT / "kernels" / "cuda" / "limits.py"))  # gpu/ stands on its own, and so holds them once more
    assert ours["MOST_BLOCKS"] == MOST_OF_GRID
    assert (ours["MOST_THREADS_ALONG"], ours["MOST_THREADS"]) == (MOST_OF_BLOCK, MOST_THREADS)
    assert ours["SHARED_BYTES"] == SHARED_BYTES


def test_warps_exchange_values():
    function = kernel("""
i = cuda.grid(1)
total = values[i]
offset = 16
while offset > 0:
    total += cuda.shfl_down_sync(0xFFFFFFFF, total, offset)
    offset //= 2
if cuda.laneid == 0:
    output[i // 32] = total
""")  # fmt: skip
    for order in Order:
        output, recording = run(function, 1, 64, counting(64), size=2, order=order)
        assert output.tolist() == [32 * 33 / 2, 64 * 65 / 2 - 32 * 33 / 2]
        assert recording.faults == []


def test_a_warp_waits_for_those_that_are_there_and_named():
    function = kernel("""
i = cuda.grid(1)
if i > 5:
    return
cuda.syncwarp()
output[i] = values[i]
if i < 4:
    output[i] = cuda.shfl_xor_sync(0xF, values[i], 1)
""")  # fmt: skip
    output, recording = run(function, 1, 8, counting(8))
    assert output.tolist() == [2, 1, 4, 3, 5, 6, 0, 0]
    assert recording.faults == []


def test_a_thread_that_does_not_come_gives_nothing_of_use():
    body = "i = cuda.grid(1)\noutput[i] = cuda.shfl_down_sync(0xFFFFFFFF, values[i], 2)"
    output, _ = run(kernel(body), 1, 8, counting(8))
    assert output[:6].tolist() == [3, 4, 5, 6, 7, 8]
    assert np.isnan(output[6:]).all()


def test_atomics_order_nothing_as_threads_that_go_alone_show():
    function = kernel("""
before = cuda.atomic.add(counts, 0, 1)
output[cuda.grid(1)] = cuda.atomic.add(counts, 0, 0)
""", "counts, output")  # fmt: skip
    for width, found in ((32, [8] * 8), (1, [1, 2, 3, 4, 5, 6, 7, 8])):
        output, recording = run(function, 1, 8, np.zeros(1, np.int32), order=Order.FORWARD, width=width)
        assert output.tolist() == found
        assert recording.faults == []


@pytest.mark.parametrize(
    ("body", "waits"),
    [("output[0] = 1", False), ("cuda.syncthreads()", False), ("cuda.syncwarp()", True), ("output[0] = lane(1)", True)],
)
def test_a_function_knows_whether_its_warps_wait(body, waits):
    before = "@cuda.jit(device=True)\ndef lane(value):\n    return cuda.shfl_sync(-1, value, 0)\n\n\n"
    assert kernel(body, before=before).waits_for_warps is waits


def test_atomics_lose_nothing():
    function = kernel("""
before = cuda.atomic.add(counts, int32(values[cuda.grid(1)]) % 4, 1)
output[cuda.grid(1)] = before
""", "values, counts, output")  # fmt: skip
    counts = np.zeros(4, np.int32)
    output, recording = run(function, 2, 8, counting(16), counts, size=16)
    assert counts.tolist() == [4, 4, 4, 4]
    assert sorted(output.tolist()) == [0] * 4 + [1] * 4 + [2] * 4 + [3] * 4
    assert recording.atomics


@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    ("body", "error", "sentence"),
    [
        ("while True:\n    pass", OverBudget, "does a loop never end"),
        ("for i in range(1 << 60):\n    pass", OverBudget, "does a loop never end"),
        ("big = cuda.local.array(BIG, float32)\nbig[0] = 0", OverBudget, "local arrays"),
        ("big = cuda.local.array((BIG, BIG), float32)\nbig[0, 0] = 0", OverBudget, "local arrays"),
        ("raise NotImplementedError", NotBegun, "not written yet"),
        ("i = cuda.grid(1)\noutput[i * 0.5] = 0", KernelError, "index of type float64"),
        ("output[0, 0] = 0", KernelError, "has 1 axis, but is used with 2 indices"),
        ("output[0] = values", KernelError, "takes a number, but gets an array"),
        ("output[0] = ()[cuda.grid(1)]", KernelError, "has 0 entries"),
        ("output[0] = (1, 2)[cuda.grid(1)]", KernelError, "has 2 entries"),
        ("output[0] = (1, 2)[values[cuda.grid(1)]]", KernelError, "index of type float32, not an integer: divide with //."),
        ("x = values if cuda.grid(1) < 3 else output\nx[0] = 1", KernelError, "is one array for some threads and another"),
        ("row = cuda.shared.array((2, 3), float32)\nrow[0] += 1", KernelError, r"row\[0\] is an array, not a number"),
        ("if cuda.grid(1) > 2:\n    total = 1\noutput[0] = total", KernelError, "total is read by a thread"),
    ],
)
def test_a_kernel_that_cannot_go_on_says_why(body, error, sentence):
    with pytest.raises(error, match=sentence) as raised:
        run(kernel(body), 1, 8, counting(8))
    assert raised.value.place.line >= 7


def test_too_many_threads_are_not_started():
    with pytest.raises(OverBudget, match="2,048,000 threads are launched"):
        run(kernel("output[0] = 0"), 2000, 1024, counting(8))
    with pytest.raises(OverBudget, match="9,444,444,733,164,249,676,800 threads are launched"):
        run(kernel("output[0] = 0"), (2**31 - 1, 65_535, 65_535), 1024, counting(8))
    with pytest.raises(OverBudget, match="reads and writes memory too often"):
        run(kernel("output[0] = 0"), 1, 32, counting(8), budget=Budget(accesses=31))


def test_functions_of_the_host_compute_launches():
    functions = read(
        HEAD + "WIDE, TALL = 32, 8 // 2\n\n\ndef launch_it(height, width):\n"
        "    columns = width and math.ceil(width / WIDE)\n    return (columns, -(-height // TALL)), (WIDE, TALL)\n",
        "kernels.py",
    ).functions
    found = evaluate(functions["launch_it"], 9, 65)
    assert found == ((3, 3), (32, 4))
    assert {type(axis) for axes in found for axis in axes} == {int}


PYTHONS = (
    "math.floor(-2.5)|2 ** -1|0 ** 0|min(1, 2.5)|max(2, 1.5)|round(2.5)|int(-2.7)|True + True|-7 % 2.5|-7 // 2|~5|not 1|"
    "1 and 2|0 or 3|0 and 2.5|5 & 3|-1 >> 1|int(math.log2(256))|1 / 3|10 ** 18|math.fmod(-7, 3)|-True|1 < 2 < 3|(1, 2.5)[1]"
)


@pytest.mark.parametrize("value", PYTHONS.split("|"))
def test_the_host_computes_as_python_does(value):
    functions = read(
        f"{HEAD}HERE = {value}\n\n\ndef one():\n    return HERE\n\n\ndef other():\n    return {value}\n", "kernels.py"
    ).functions
    for function in functions.values():
        found, pythons = evaluate(function), eval(value, {"math": math})
        assert (type(found), found) == (type(pythons), pythons)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("1 // 0", "by zero"),
        ("2.0**5000", "out of range"),
        ("math.sqrt(-1)", "domain error"),
        ("(-8)**0.5", "complex"),
        ("1.5 & 1", "&"),
    ],
)
def test_the_host_stops_where_python_does(value, sentence):
    with pytest.raises(KernelError, match=sentence):
        read(f"{HEAD}HERE = {value}\n", "kernels.py")


@pytest.mark.parametrize("value", ["2**70", "1 << 64", "10**30", "3 * 2**63", "-(2**62) * 4", "10**(10**9)", "1 << 10**9"])
def test_a_constant_must_fit_into_64_bits(value):
    with pytest.raises(KernelError, match="does not fit into 64 bits"):
        read(f"{HEAD}HUGE = {value}\n", "kernels.py")


def test_a_recording_knows_who_touched_what_and_when():
    function = kernel("""
shared = cuda.shared.array(8, float32)
i = cuda.threadIdx.x
shared[i] = values[cuda.grid(1)]
cuda.syncthreads()
if i % 2:
    output[cuda.grid(1)] = shared[7 - i]
""")  # fmt: skip
    _, recording = run(function, 2, 8, counting(16), size=16)
    first, second, third, fourth = recording.steps
    assert [step.kind for step in recording.steps] == ["read", "write", "read", "write"]
    assert [step.memory.name for step in recording.steps] == ["values", "shared", "shared", "output"]
    assert first.threads.tolist() == first.elements.tolist() == list(range(16))
    assert second.elements.tolist() == [*range(8), *range(8)]
    assert third.threads.tolist() == fourth.elements.tolist() == list(range(1, 16, 2))
    assert third.elements.tolist() == [6, 4, 2, 0, 6, 4, 2, 0]
    assert set(second.epochs) == {0} and set(third.epochs) == {1}
    assert third.place.line == 14 and recording.block(9) == (1, 0, 0) and recording.thread(9) == (1, 0, 0)
    assert {memory.name: memory.start % 256 for memory in recording.memories if memory.space == "global"} == {
        "values": 0,
        "output": 0,
    }
