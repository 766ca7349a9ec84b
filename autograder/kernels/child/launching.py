"""Read a file in a worker, launch its kernels on the machine in gpu/, and count what they do.

Nothing of a submission is executed as Python here, so the results can be trusted. They are plain data.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from gpu import language
from gpu.faults import Fault, KernelError, Kind, NotBegun, OverBudget
from gpu.findings import pictures
from gpu.findings.advice import advice
from gpu.findings.races import races
from gpu.findings.traffic import Request, busiest, traffic
from gpu.machine import program
from gpu.machine.functions import Function
from gpu.machine.launch import Blank, Order, evaluate, launch
from gpu.machine.program import Program
from gpu.recording import WARP, Recording

MOST_TURNS = 2_000  # instructions times warps of a launch that runs in every order: running warps one by one takes time
BY_WARP = {order.value: (order, WARP) for order in (Order.FORWARD, Order.BACKWARD, Order.SHUFFLED)}
BY_THREAD = {"one after another": (Order.FORWARD, 1)}
AXES = 3
GARBAGE = -1e30  # the initial content of the output: unlike 0, never a right number, and short to show
LONGEST_LINE, LONGEST_SENTENCE = 200, 600  # characters to show
GRID = "{} must return (blocks, threads), each an int or a tuple of up to three ints, but {}"

Axes = int | tuple[int, ...]
Result = TypeVar("Result")


class Stop(Exception):
    """Nothing is launched: a verdict, a sentence that says why, and the line that it is about, or 0."""

    def __init__(self, verdict: str, sentence: str, line: int = 0) -> None:
        super().__init__(sentence)
        self.verdict, self.line = verdict, line
        self.sentence = sentence if len(sentence) <= LONGEST_SENTENCE else f"{sentence[:LONGEST_SENTENCE]} ..."


class Source:
    """The submission's file."""

    def __init__(self, name: str, text: bytes) -> None:
        self.name, self.text = name, text
        self.lines = text.splitlines()  # of bytes, so that lines are counted as Python counts them

    def shown(self, line: int) -> str:
        """Return a line with its number, as reports show it."""
        return f"{self.name} line {line}: {self.lines[line - 1].decode('utf-8', 'replace').strip()[:LONGEST_LINE]}"


@dataclass(frozen=True)
class Launch:
    """A kernel with its blocks and threads, as the file's launch_KERNEL returned them, and its arguments."""

    function: Function
    blocks: Axes
    threads: Axes
    arguments: list[Any]
    seed: int

    def run(self, order: Order, width: int = WARP) -> tuple[Recording, list[Any]]:
        """Launch the kernel; return what it did, and its arguments afterwards. Only threads together are recorded."""
        *given, output = (each.copy() if isinstance(each, np.ndarray) else each for each in self.arguments)
        arguments, noted = [*given, Blank(output)], order is Order.TOGETHER
        recording = launch(
            self.function, self.blocks, self.threads, arguments, order, notes=noted, seed=self.seed, width=width
        )
        return recording, [*given, output]


def run(_: object, source: NDArray[np.uint8], name: str, kernel: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Launch a kernel with the blocks and threads that the file's launch_KERNEL returns for the sizes.

    source, name: of the file. asked: sizes; the arguments of the kernel, except for the last, a float32 array; the shape of
    that; and the seed of a shuffled order. Returns the fields of launches.Profile; or "stopped", "sentence" and "lines" if
    the kernel cannot be launched or does not end.
    """
    file = Source(name, source.tobytes())
    try:
        found = _translated(lambda: program.read(file.text, name))
        function = _kernel(found, kernel)
        launcher = _function(found, f"launch_{kernel}")
        blocks, threads = _grid(launcher, asked["sizes"])
        output = np.full(asked["shape"], GARBAGE, np.float32)
        launched = Launch(function, blocks, threads, [*asked["arguments"], output], asked["seed"])
        return _translated(lambda: _profile(launched, launcher, file))
    except Stop as stop:
        return {
            "stopped": stop.verdict,
            "sentence": stop.sentence,
            "lines": [file.shown(stop.line)] if stop.line and stop.line <= len(file.lines) else [],
        }


def _translated(does: Callable[[], Result]) -> Result:
    """Call a function and return its result; turn its errors into Stop, with the verdict that they mean."""
    try:
        return does()
    except language.Forbidden as error:
        raise Stop("forbidden", error.sentence, error.line) from None
    except language.NotPython as error:
        raise Stop("crashed", error.sentence, error.line) from None
    except NotBegun as error:
        raise Stop("not implemented", error.sentence, _line(error)) from None
    except OverBudget as error:
        raise Stop("timed out", error.sentence, _line(error)) from None
    except KernelError as error:
        raise Stop("crashed", error.sentence, _line(error)) from None


def _line(error: KernelError) -> int:
    return error.place.line if error.place else 0


def _kernel(found: Program, name: str) -> Function:
    """Return the kernel with this name."""
    function = _function(found, name)
    marks = function.tree.decorator_list
    if not marks:
        raise Stop("crashed", f"{name} is not a kernel: write @cuda.jit above it.", function.tree.lineno)
    if any(keyword.arg == "device" for mark in marks if isinstance(mark, ast.Call) for keyword in mark.keywords):
        raise Stop("crashed", f"{name} is a device function, which no launch can start: write @cuda.jit.", marks[0].lineno)
    return function


def _function(found: Program, name: str) -> Function:
    if name not in found.functions:
        raise Stop("missing", f"{found.file} has no function called {name}.")
    return found.functions[name]


def _grid(function: Function, sizes: Sequence[int]) -> tuple[Axes, Axes]:
    """Return the blocks and threads that a function of the file returns."""
    name = function.name
    grid: object = _translated(lambda: evaluate(function, *sizes))
    if grid is None:
        raise Stop("wrong", f"{GRID.format(name, 'returned None')}. Is a return missing?", function.tree.lineno)
    if not isinstance(grid, tuple) or len(grid) != 2:
        raise Stop("wrong", f"{GRID.format(name, f'returned {grid}')}.", function.tree.lineno)
    blocks, threads = grid
    for what, said in (("blocks", blocks), ("threads", threads)):
        axes = said if isinstance(said, tuple) else (said,)
        if not 1 <= len(axes) <= AXES or any(type(axis) is not int for axis in axes):
            advice = " Divide with //, and round up." if any(isinstance(axis, float) for axis in axes) else ""
            raise Stop("wrong", f"{GRID.format(name, f'its {what} are {said}')}.{advice}", function.tree.lineno)
    return blocks, threads


def _profile(launched: Launch, launcher: Function, file: Source) -> dict[str, Any]:
    """Launch a kernel in every order of its threads, and return what it did."""
    function, arguments = launched.function, launched.arguments
    recording, after = launched.run(Order.TOGETHER)
    if limit := next((fault for fault in recording.faults if fault.kind is Kind.LIMIT), None):
        raise Stop("wrong", limit.sentence, limit.places[0].line if limit.places else launcher.tree.lineno)
    faults = [*recording.faults, *races(recording)]
    outputs = {Order.TOGETHER.value: after[-1]}
    # Races show all effects of the order of threads, except with atomics: then the threads of a warp must run alone, too.
    orders = BY_WARP | (BY_THREAD if recording.atomics and not function.waits_for_warps else {})
    turns = len(recording.steps) * int(np.prod(recording.blocks)) * -(-recording.threads_of_block // WARP)
    for name, (order, width) in orders.items() if turns <= MOST_TURNS else ():
        other, then = launched.run(order, width)
        outputs[name] = then[-1]
        faults = faults or other.faults
    given = zip(function.parameters, arguments[:-1], after)
    output = function.parameters[-1]
    written = [step.elements for step in recording.of("global", output) if step.kind != "read"]
    return {
        "parameters": function.parameters,
        "outputs": outputs,
        "written": len(np.unique(np.concatenate(written))) if written else 0,
        "changed": [name for name, before, now in given if not np.array_equal(before, now, equal_nan=True)],
        "misdeeds": [_plain(fault, file) for fault in faults],
        "accesses": [{**each._asdict(), "worst": each.worst and _drawn(each.worst, file)} for each in traffic(recording)],
        "busiest": busiest(recording),
        "threads": recording.threads_of_block,
        "barriers": recording.barriers,
        "atomics": recording.atomics,
    }


def _plain(fault: Fault, file: Source) -> dict[str, Any]:
    """Return a fault as plain data, with the lines to look at."""
    lines = dict.fromkeys(place.line for place in fault.places)
    return {"kind": fault.kind.value, "sentence": _capital(fault.sentence), "lines": [file.shown(line) for line in lines]}


def _drawn(request: Request, file: Source) -> dict[str, Any]:
    """Return a wasteful request as plain data: what to do about it, and a picture."""
    title, *drawn = pictures.text(request).splitlines()
    return {
        "title": _capital(title),
        "advice": _capital(advice(request)),
        "svg": pictures.svg(request),
        "text": "\n".join(drawn),
        "lines": [file.shown(request.place.line)],
    }


def _capital(sentence: str) -> str:
    """Return a sentence with a capital letter."""
    return sentence[:1].upper() + sentence[1:]
