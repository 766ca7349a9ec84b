"""Keys of the templates on GPU kernels: the code that they show runs on the GPU in Python, which says what happened."""

import re
from fractions import Fraction

import numpy as np
import pytest

from gpu.findings.races import races
from gpu.findings.traffic import requests
from gpu.machine.launch import launch
from gpu.machine.program import read
from quizzes.making import make
from quizzes.making import read as read_quiz
from quizzes.rng import Seeded
from quizzes.roster import numbered
from quizzes.search import draw_variants
from quizzes.template import find
from tests.conftest import ROOT

TOPICS = {"GPU threads", "Barriers and races", "GPU memory"}
FEW = [str(number) for number in range(12)]


def run(body, blocks, threads, **arguments):
    """Launch a kernel of these lines, and return what it did."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    source = f"from numba import cuda, float32, int32\n\n\n@cuda.jit\ndef kernel({', '.join(arguments)}):\n{lines}\n"
    recording = launch(read(source, "kernel.py").functions["kernel"], blocks, threads, list(arguments.values()))
    assert recording.faults == []
    return recording


def code(variant):
    return re.search(r"```python\n(.*?)```", variant.stem, re.DOTALL)[1]


def numbers(pattern, variant):
    """Return the numbers that a stem says, in the groups of a pattern."""
    return [int(found.replace(",", "")) for found in re.search(pattern, variant.stem, re.DOTALL).groups()]


def reads(variant):
    """Return the indices of the reads that a stem lists."""
    return re.findall(r"- [A-D]: `\w\[(.*)\]`", variant.stem)


def answer(variant):
    """Return the row of a key."""
    return variant.answer.values[0]


def test_element_of_a_thread():
    for variant in draw_variants(find("element-of-a-thread"), "gpu", FEW):
        blocks, threads, thread, block, element = numbers(
            r"with (\d+) blocks of (\d+) .* thread (\d+) of block (\d+)\?.* `i` is ([\d,]+),", variant
        )
        whose = np.zeros((blocks * threads, 2), np.int32)
        run("i = cuda.grid(1)\nwhose[i, 0] = cuda.blockIdx.x\nwhose[i, 1] = cuda.threadIdx.x", blocks, threads, whose=whose)
        index, *its = answer(variant)
        assert whose[index].tolist() == [block, thread] and whose[element].tolist() == its


def test_blocks_for_a_size():
    for variant in draw_variants(find("blocks-for-a-size"), "gpu", FEW):
        size, threads = numbers(r"handles ([\d,]+) elements.* blocks of (\d+) threads", variant)
        blocks, working, idle, idle_warps = answer(variant)
        busy = np.zeros((blocks, threads), np.int32)
        body = "if cuda.grid(1) < size:\n    busy[cuda.blockIdx.x, cuda.threadIdx.x] = 1"
        run(body, blocks, threads, busy=busy, size=size)
        assert busy.sum() == size and busy[:-1].all()
        assert (busy[-1].sum(), (busy[-1] == 0).sum()) == (working, idle)
        assert sum(not warp.any() for warp in busy[-1].reshape(-1, 32)) == idle_warps


def test_pixel_of_a_thread():
    for variant in draw_variants(find("pixel-of-a-thread"), "gpu", FEW):
        rows, columns, *threads = numbers(r"of (\d+) rows and (\d+) columns.* of \((\d+), (\d+)\) threads", variant)
        x, y, *block = numbers(r"thread \((\d+), (\d+)\) of block \((\d+), (\d+)\)", variant)
        output = np.zeros((rows, columns), np.int32)
        mine = " and ".join(
            f"cuda.{name}.{axis} == {value}"
            for name, place in (("threadIdx", (x, y)), ("blockIdx", block))
            for axis, value in zip("xy", place)
        )
        grid = [-(-side // step) for side, step in zip((columns, rows), threads)]
        run(f"column, row = cuda.grid(2)\nif {mine}:\n    output[row, column] = 1", grid, threads, output=output)
        assert np.flatnonzero(output).tolist() == [variant.answer.value]


def test_loop_over_the_grid():
    for variant in draw_variants(find("loop-over-the-grid"), "gpu", FEW):
        blocks, threads, size = numbers(r"with (\d+) blocks of (\d+) threads, and `size` is ([\d,]+)\.", variant)
        thread, block, turn = numbers(r"thread (\d+) of block (\d+): what is `i` in round (\d+)", variant)
        values = np.zeros(size, np.float32)
        done = run(code(variant), blocks, threads, values=values, output=values.copy(), size=size)
        visits = [step.elements[step.threads == block * threads + thread] for step in done.of("global", "output", "write")]
        visited = np.concatenate(visits).tolist()
        assert (visited[turn - 1], len(visited), len(visits)) == answer(variant)


def test_values_through_shared_memory():
    for variant in draw_variants(find("values-through-shared-memory"), "gpu", FEW):
        values = np.array(re.findall(r"\d+", re.search(r"holds ([\d, and]+)\.", variant.stem)[1]), np.int32)
        output = np.zeros_like(values)
        body = code(variant).partition("output):\n")[2].replace("\n    ", "\n").strip()
        assert races(run(body, 2, 4, values=values, output=output)) == []
        assert output.reshape(2, 4).tolist() == [list(row) for row in variant.answer.values]


def test_reduction_step_by_step():
    for variant in draw_variants(find("reduction-step-by-step"), "gpu", FEW):
        said = re.search(r"holds (.*)\. What", variant.stem)[1].replace("\N{MINUS SIGN}", "-")
        s, history = np.array(re.findall(r"-?\d+", said), np.int32), np.zeros((3, 8), np.int32)
        noting = "cuda.syncthreads()\n    history[turn, t] = s[t]\n    turn += 1\n    cuda.syncthreads()"
        body = "t = cuda.threadIdx.x\nturn = 0\n" + code(variant).replace("cuda.syncthreads()", noting)
        assert races(run(body, 1, 8, s=s, history=history)) == []
        shown = [int(column.strip("s[]")) for column in variant.answer.columns]
        assert history[:, shown].tolist() == [list(row) for row in variant.answer.values]


SUMMED = """s = cuda.shared.array({threads}, int32)
t, i = cuda.threadIdx.x, cuda.grid(1)
s[t] = values[i] if i < values.size else 0
cuda.syncthreads()
left = {threads} // 2
while left > 0:
    if t < left:
        s[t] += s[t + left]
    cuda.syncthreads()
    left //= 2
if t == 0:
    sums[cuda.blockIdx.x] = s[0]"""


def test_reduction_in_rounds():
    for variant in draw_variants(find("reduction-in-rounds"), "gpu", FEW[:6]):
        size, threads, turn = numbers(r"^([\d,]+) numbers.* blocks of (\d+) threads\..* in round (\d+)", variant)
        values, launches = np.ones(size, np.int32), []
        while values.size > 1:
            sums = np.zeros(-(-values.size // threads), np.int32)
            launches.append(run(SUMMED.format(threads=threads), sums.size, threads, values=values, sums=sums))
            values = sums
        assert values.tolist() == [size]
        first = launches[0]
        adding = first.of("shared", "s", "write")[turn]  # the first one copies
        of_block_0 = np.count_nonzero(adding.threads < threads)
        assert (len(launches), first.blocks[0], first.barriers, of_block_0) == answer(variant)


@pytest.mark.costly
def test_barriers_that_are_needed():
    for variant in draw_variants(find("barriers-that-are-needed"), "gpu", FEW):
        lines = [re.sub(r" +# \d+$", "", line) for line in code(variant).splitlines()]
        threads = int(re.search(r"blocks of (\d+) threads", variant.stem)[1])
        needed = {int(option.text.split()[-1]) for option in variant.answer.options if option.right}
        assert not _races_with(lines, threads, needed)
        for line in needed:
            assert _races_with(lines, threads, needed - {line})


def _races_with(lines, threads, barriers):
    """Run lines, counted from 1, with a barrier after some of them; return whether threads race."""
    body = [f"{line}\n    cuda.syncthreads()" if number in barriers else line for number, line in enumerate(lines, start=1)]
    values, output = np.ones((9, threads), np.int32), np.zeros(threads, np.int32)
    return bool(races(run("\n".join(body), 1, threads, values=values, output=output)))


@pytest.mark.costly
def test_lines_that_race():
    draw, met = Seeded("lines"), set()
    for _ in range(12):
        draw.start_again()
        question = find("lines-that-race").make(draw)
        threads = int(re.match(r"The (\d+) threads", question.stem)[1])
        for option in question.key.options:
            line = option.text.strip("`")
            s = np.zeros(4096, np.int32)
            found = races(run(f"t = cuda.threadIdx.x\n{line}", 1, threads, s=s))
            assert bool(found) == option.right, line
            met.add((re.sub(r"\d+", "#", line), option.right))
    assert len(met) >= 16


def test_sectors_of_a_read():
    for variant in draw_variants(find("sectors-of-a-read"), "gpu", FEW):
        kind = re.search(r"array of (\w+) numbers", variant.stem)[1]
        for index, (sectors, wasted) in zip(reads(variant), variant.answer.values):
            a = np.zeros(1000, kind)
            done = run(f"t = cuda.threadIdx.x\nb[t] = a[{index}]", 1, 32, a=a, b=np.zeros(32, kind))
            (found,) = requests(done, "global", "a")
            (step,) = done.of("global", "a")
            wanted = len(np.unique(step.elements)) * a.itemsize
            assert (found.sectors.tolist(), 32 * found.sectors[0] - wanted) == ([sectors], wasted)


def test_sectors_of_a_transposition():
    checked = 0
    for variant in draw_variants(find("sectors-of-a-transposition"), "gpu", [str(number) for number in range(60)]):
        rows, columns = numbers(r"of (\d+) rows and (\d+) columns", variant)
        if rows * columns > 50_000:
            continue
        kind, across, down = re.search(
            r"columns, (\w+) numbers.*have \((\d+), (\d+)\) threads", variant.stem, re.DOTALL
        ).groups()
        grid = columns // int(across), rows // int(down)
        image = np.zeros((rows, columns), kind)
        done = run(code(variant), grid, (int(across), int(down)), image=image, output=image.T.copy())
        (read_,), (written,) = requests(done, "global", "image"), requests(done, "global", "output")
        each_read, each_write, total = answer(variant)
        assert set(read_.sectors.tolist()) == {each_read} and set(written.sectors.tolist()) == {each_write}
        assert read_.sectors.sum() + written.sectors.sum() == total
        checked += 1
    assert checked >= 5


def from_shared(shape, index, threads):
    """Read a float32 array in shared memory, with all threads of a block; return the read's step and its request."""
    body = (
        f"s = cuda.shared.array({shape}, float32)\nx, y = cuda.threadIdx.x, cuda.threadIdx.y\nt = x\n"
        f"s[{index}] = 1\ncuda.syncthreads()\noutput[y, x] = s[{index}]"
    )
    done = run(body, 1, threads, output=np.zeros(threads[::-1], np.float32))
    (step,), (request,) = done.of("shared", "s", "read"), requests(done, "shared", "s", "read")
    return step, request


def test_banks_of_a_tile():
    for variant in draw_variants(find("banks-of-a-tile"), "gpu", FEW[:6]):
        shape = tuple(numbers(r"of (\d+) rows and (\d+) columns", variant))
        places = re.findall(r"`tile\[(\d+, \d+)\]`", variant.stem)
        banks = [int(from_shared(shape, place, (1, 1))[0].elements[0] % 32) for place in places]
        column = from_shared(shape, "t, 0", (32, 1))[1]
        assert (*banks, column.conflicts[0] + 1) == answer(variant)


def test_turns_of_shared_memory():
    for variant in draw_variants(find("turns-of-shared-memory"), "gpu", FEW[:6]):
        for index, (banks, turns) in zip(reads(variant), variant.answer.values):
            step, request = from_shared(5000, index, (32, 1))
            assert (len(np.unique(step.elements % 32)), request.conflicts.tolist()) == (banks, [turns - 1])


def test_widths_without_conflicts():
    for variant in draw_variants(find("widths-without-conflicts"), "gpu", FEW[:6]):
        blocks = re.search(r"have \((\d+), (\d+)\) threads", variant.stem)
        threads, index = (tuple(map(int, blocks.groups())), "y, x") if blocks else ((32, 1), "t, 0")
        for option in variant.answer.options:
            width = int(option.text.split()[0])
            assert (not from_shared((32, width), index, threads)[1].conflicts.any()) == option.right


DIRECT = """x, y = cuda.grid(2)
total = 0.0
for c in range(3):
    for r in range(side):
        for s in range(side):
            total += image[c, y + r, x + s]
output[y, x] = total"""


@pytest.mark.parametrize("seed", FEW[:6])
def test_reads_with_a_tile(seed):
    draw = Seeded(seed, fixed={"channels": 3})
    question = find("reads-with-a-tile").make(draw)
    kernel, (across, down) = draw.named["kernel"], draw.named["threads"]
    image = np.zeros((3, down + kernel - 1, across + kernel - 1), np.float32)
    output = np.zeros((down, across), np.float32)
    steps = run(DIRECT, 1, (across, down), image=image, output=output, side=kernel).of("global", "image")
    elements = np.concatenate([step.elements for step in steps])
    different = len(np.unique(elements))
    assert question.key.values == ((len(elements), different, 4 * different // 3),)


BLOCKED = """weights = cuda.shared.array((27, 5), float32)
pixels = cuda.shared.array((27, {places}), float32)
for tap in range(27):
    for f in range(5):
        weights[tap, f] = 1
    for p in range({places}):
        pixels[tap, p] = 1
cuda.syncthreads()
few = cuda.local.array(5, float32)
for tap in range(27):
    for f in range(5):
        few[f] = weights[tap, f]
    for p in range({places}):
        pixel = pixels[tap, p]
        for f in range(5):
            totals[f, p] += few[f] * pixel"""


@pytest.mark.parametrize("places", [2, 4])
def test_totals_in_registers(places):
    question = find("totals-in-registers").make(
        Seeded("totals", fixed={"channels": 3, "kernel": 3, "filters": 5, "places": places})
    )
    totals = np.zeros((5, places), np.float32)  # each multiply-add adds 1
    steps = run(BLOCKED.format(places=places), 1, 1, totals=totals).of("shared", kind="read")
    read_ = sum(len(step.elements) for step in steps)
    assert question.key.values == ((totals.size, totals.sum(), read_, Fraction(read_, int(totals.sum()))),)


def test_the_example_quiz_is_made_and_names_the_homework():
    made = make(read_quiz(ROOT / "quizzes" / "examples" / "cuda.toml"), "a seed", numbered(6))
    variants = [variant for version in made.versions for variant in version.variants]
    assert len(variants) == 6 * 8 and {variant.topic for variant in variants} == TOPICS
    assert all("of the homework cuda" in variant.steps[-1] for variant in variants)
