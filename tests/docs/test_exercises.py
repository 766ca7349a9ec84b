"""The exercises of docs/kernels.md: each number in a solution is counted here, each change of a kernel is made and run."""

import re
from unittest.mock import patch

import numpy as np
import pytest

from benchmarks.kernel_traffic import tensor_core
from benchmarks.kernel_traffic.pictures.pools import Wires
from benchmarks.kernel_traffic.walks import Change, accesses, asked, convolve, count, imported, layer, pool, walk
from gpu.findings.races import races
from kernels.cuda.convolution.estimate import H100, SHARES
from kernels.cuda.convolution.implicit_gemm import Tile
from kernels.cuda.convolution.ladder import estimates
from kernels.cuda.convolution.tensor_cores import TILES
from kernels.cuda.simulated_mma import AMPERE, HOPPER, WARP, multiply_add, of_warps
from kernels.numpy_backend import conv2d
from kernels.shapes import Geometry
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "kernels.md").read_text()
SOLUTIONS = dict(re.findall(r"<details><summary>Solution: ([\w ]+)</summary>\n(.*?)</details>", PAGE, re.DOTALL))
CHANGES = {
    name: Change(*map("\n".join, ([line[1:].strip() for line in lines if line[0] == sign] for sign in "-+")))
    for name, text in SOLUTIONS.items()
    for lines in [found.splitlines() for found in re.findall(r"```diff\n(.*?)```", text, re.DOTALL)]
}
SMALL = (1, 1, 34, 34), (1, 1, 3, 3)


def pixels(recording, space="global", array="images"):
    return count(recording.launch, space, array, "read")


def sectors(recording, array, kind):
    found = asked(recording.launch, "global", array, kind)
    return sum(request.sectors for request in found) / len(found)


def shared_reads(recording):
    return (
        sum(count(recording.launch, "shared", array, "read") for array in ("pixels", "weights")) / recording.multiply_adds
    )


def conflicts(recording):
    found = [request for array in ("pixels", "weights") for request in asked(recording.launch, "shared", array)]
    return sum(request.conflicts for request in found) / len(found)


def exchanges(values):
    kernels_cuda, _ = imported()
    wires = Wires(range(values))
    kernels_cuda.pooling.forgetting(values)(wires)
    return sum(kind == "exchange" for kind, *_ in wires.steps)


def direct_1():
    recording = convolve("direct", (1, 2, 18, 34), (1, 2, 3, 3))
    found = [at for array in ("images", "kernels") for at in accesses(recording.launch, "global", array, "read")]
    yield len(found)
    yield sum(len({at.at for at in accesses(recording.launch, "global", array)}) for array in ("images", "kernels"))


def direct_2():
    yield sectors(convolve("direct", *SMALL), "output", "write")
    yield sectors(convolve("direct", *SMALL, change=CHANGES["direct 2"]), "output", "write")


def direct_3():
    recording = convolve("direct", (1, 1, 8, 8), (1, 1, 3, 3), Geometry(padding=(1, 1)))
    yield recording.multiply_adds
    yield pixels(recording)


def tiled_1():
    recording = convolve("tiled", (1, 1, 20, 20), (1, 1, 5, 5))
    yield pixels(recording)
    yield recording.multiply_adds


def tiled_3():
    recording = convolve("tiled", (1, 1, 33, 33), (1, 1, 3, 3), Geometry(stride=(2, 2)))
    yield pixels(recording)
    yield recording.multiply_adds / pixels(recording)
    other = convolve("tiled", (1, 1, 18, 18), (1, 1, 3, 3))
    yield other.multiply_adds / pixels(other)


def most_conflicts_of_writes(change=None):
    launch = convolve("blocked", (1, 1, 34, 18), (16, 1, 3, 3), change=change).launch
    return max(request.conflicts for request in asked(launch, "shared", "weights", "write"))


def blocked_1():
    launch = convolve("blocked", (1, 1, 34, 18), (20, 1, 3, 3)).launch
    (totals,) = {memory.size for memory in launch.memories if memory.name == "totals"}
    maps = totals * launch.threads_of_block * int(np.prod(launch.blocks)) / (32 * 16)
    yield maps
    yield 100 * (maps - 20) / maps


def blocked_2():
    yield most_conflicts_of_writes()
    yield most_conflicts_of_writes(CHANGES["blocked 2"])


def blocked_3():
    for channels in (3, 5):
        yield convolve("blocked", (1, channels, 34, 18), (16, channels, 3, 3)).launch.barriers


def gemm_1():
    yield shared_reads(walk("implicit GEMM 64x64"))
    layer_ = (1, 8, 10, 10), (64, 8, 3, 3)
    yield shared_reads(convolve("implicit_gemm", *layer_, tile=Tile(64, 64, rows=4, columns=4)))


def gemm_2():
    tile, case = Tile(64, 128), ((1, 8, 10, 18), (64, 8, 3, 3))
    yield conflicts(convolve("implicit_gemm", *case, tile=tile))
    yield conflicts(convolve("implicit_gemm", *case, tile=tile, change=CHANGES["implicit GEMM 2"]))


def gemm_3():
    few = convolve("implicit_gemm", (1, 3, 10, 10), (32, 3, 3, 3), tile=Tile(64, 64, columns=4))
    yield 100 * shared_reads(walk("implicit GEMM 64x64")) / shared_reads(few)


def pipelined_1():
    for rung in ("implicit GEMM 64x128", "pipelined GEMM 64x128"):
        recording = walk(rung)
        lanes = sum(len(request.lanes) for request in asked(recording.launch, "global", "kernels"))
        yield recording.multiply_adds / lanes


def pipelined_3():
    yield SHARES["implicit GEMM 64x128"] * 3 / 8
    yield SHARES["pipelined GEMM 64x128"] * 3 / 16
    first = (32, 3, 224, 224), (64, 3, 7, 7), Geometry((2, 2), (3, 3)), np.dtype(np.float32)
    found = estimates(*first, H100)
    assert found["implicit GEMM 64x128"] < found["pipelined GEMM 64x128"]


def cores_1():
    for tile in TILES:
        one_step = (1, 16, 1, tile.pixels), (tile.filters, 16, 1, 1)
        with patch.object(tensor_core, "of_warps", wraps=of_warps) as product:
            launch = convolve.__wrapped__("tensor_cores", *one_step, tile=tile).launch
        warps = tile.threads // WARP
        products = sum(len(call.args[0]) == warps for call in product.call_args_list)  # others only tell their types
        yield products
        reads = sum(count(launch, "shared", array, "read") for array in ("pixels", "weights"))
        yield reads / (tile.threads * products)


def on_tensor_cores(images, kernels, change=None):
    kernels_cuda, cuda = imported("tensor_cores", change)
    output = cuda.device_array((1, len(kernels), *images.shape[2:]), np.float32)
    arrays = map(cuda.to_device, (images, kernels, np.zeros(len(kernels), np.float32)))
    kernels_cuda.convolution.tensor_cores.launch(*arrays, Geometry(), np.float32(0), output, TILES[0])
    return output.copy_to_host()


def cores_2():
    unit, factor = 2.0**-23, np.float32(2.0**-13)
    for kept in (AMPERE, HOPPER):
        a, b, c = np.full((16, 8), factor), np.full((8, 8), factor), np.ones((16, 8), np.float32)
        yield (multiply_add(a, b, c, kept)[0, 0] - 1) / unit
    total = np.float32(1)
    for _ in range(8):
        total += factor * factor
    yield (total - 1) / unit
    factors = np.array([1] + 7 * [0] + 8 * [factor], np.float32).reshape(1, 16, 1, 1)
    yield (on_tensor_cores(factors, factors).item() - 1) / unit


def cores_3():
    changes = None, CHANGES["tensor cores 3"]
    bits = np.arange(0, 2**13, 5, dtype=np.float32)  # a fifth of what the 13 bits that TF32 lacks can be
    numbers = (1 + 2.0**-23 * bits).reshape(1, 1, 1, -1)
    for change in changes:
        errors = (on_tensor_cores(numbers, np.ones((1, 1, 1, 1), np.float32), change) - numbers) * 2.0**23
        assert (errors.max() > 0) == (change is None)
        yield abs(errors).max()
    random = np.random.default_rng(0)
    images, kernels = (abs(random.normal(size=shape)).astype(np.float32) for shape in ((1, 64, 8, 8), (64, 64, 1, 1)))
    exact = np.einsum("nchw,kc->nkhw", images.astype(float), kernels[:, :, 0, 0].astype(float))
    for change in changes:
        yield -((on_tensor_cores(images, kernels, change) - exact) / exact).mean() * 2.0**23


def pooling_1():
    recording = pool("average", (3, 3), (2, 2), (1, 1, 33, 65))
    yield count(recording.launch, "global", "planes", "read") / recording.output.size
    yield count(recording.launch, "global", "planes", "read") / (33 * 65)


def pooling_2():
    yield exchanges(9)
    yield exchanges(25)
    yield 25 // 2 + 2


NUMBERS = {
    "direct 1": direct_1,
    "direct 2": direct_2,
    "direct 3": direct_3,
    "tiled 1": tiled_1,
    "tiled 3": tiled_3,
    "blocked 1": blocked_1,
    "blocked 2": blocked_2,
    "blocked 3": blocked_3,
    "implicit GEMM 1": gemm_1,
    "implicit GEMM 2": gemm_2,
    "implicit GEMM 3": gemm_3,
    "pipelined 1": pipelined_1,
    "pipelined 3": pipelined_3,
    "tensor cores 1": cores_1,
    "tensor cores 2": cores_2,
    "tensor cores 3": cores_3,
    "pooling 1": pooling_1,
    "pooling 2": pooling_2,
}


def written(number):
    return f"{number:,.0f}" if number >= 100 or number == int(number) else f"{number:.3g}"


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", NUMBERS)
def test_bold_numbers_are_what_was_counted(name):
    assert re.findall(r"\*\*(.+?)\*\*", SOLUTIONS[name]) == list(map(written, NUMBERS[name]()))


def test_each_solution_is_tested():
    assert SOLUTIONS.keys() == NUMBERS.keys() | CHANGES.keys()


@pytest.mark.parametrize(("name", "file", "case", "tile"), [
    ("direct 2", "direct", SMALL, None),
    ("blocked 2", "blocked", ((1, 1, 34, 18), (16, 1, 3, 3)), None),
    ("implicit GEMM 2", "implicit_gemm", ((1, 8, 10, 18), (64, 8, 3, 3)), Tile(64, 128)),
    ("tensor cores 3", "tensor_cores", ((1, 16, 10, 10), (64, 16, 3, 3)), TILES[0]),
])  # fmt: skip
def test_a_change_that_keeps_the_outputs_right(name, file, case, tile):
    recording = convolve(file, *case, tile=tile, change=CHANGES[name])
    images, weights, bias, shape = layer(*case, Geometry())
    expected = np.empty(shape, np.float32)
    conv2d(images, weights, bias, Geometry(), np.float32(0), expected)
    np.testing.assert_allclose(recording.output, expected, rtol=1e-4, atol=1e-4)


def test_a_missing_barrier_is_a_race_where_there_is_a_second_channel():
    def found(channels):
        changed = convolve("tiled", (1, channels, 6, 6), (1, channels, 3, 3), tile=4, change=CHANGES["tiled 2"])
        return [race for launch in changed.launches for race in races(launch)]

    assert found(channels=2)
    assert not found(channels=1)


def test_a_missing_wait_reads_what_has_not_arrived():
    case = {"images_shape": (1, 4, 5, 6), "kernels_shape": (16, 4, 2, 3), "tile": Tile(16, 16, depth=4, rows=4, columns=4)}
    assert np.isfinite(convolve("pipelined", **case).output).all()
    assert not np.isfinite(convolve("pipelined", **case, change=CHANGES["pipelined 2"]).output).any()
