"""What a worker does for the checks of kernels: it reads a file, launches its kernels on the machine of gpu/, and counts.

Nothing of a submission is executed as Python here, so that what comes back can be believed. It is plain data.
"""

import ast
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gpu import language
from gpu.faults import Fault, KernelError, Kind, NotBegun, OverBudget
from gpu.findings import pictures
from gpu.findings.advice import advice
from gpu.findings.races import races
from gpu.findings.traffic import Request, busiest, traffic
from gpu.machine import program
from gpu.machine.launch import Blank, Order, evaluate, launch
from gpu.machine.program import Function, Program
from gpu.recording import WARP, Recording

MOST_TURNS = 2_000  # instructions, times warps, of a launch that runs in every order: one warp after another takes time
BY_WARP = {order.value: (order, WARP) for order in (Order.FORWARD, Order.BACKWARD, Order.SHUFFLED)}
BY_THREAD = {"one after another": (Order.FORWARD, 1)}
AXES = 3
GARBAGE = -1e30  # what the output holds before: never a right number, as a 0 would be, and short where it is shown
LONGEST_LINE, LONGEST_SENTENCE = 200, 600  # characters that are shown
GRID = "{} must return (blocks, threads), each an int or a tuple of up to three ints, but {}"


class Stop(Exception):
    """Why nothing is launched: a verdict's word, a sentence, and the line that it is about, or 0."""

    def __init__(self, means: str, sentence: str, line: int = 0):
        super().__init__(sentence)
        self.means, self.line = means, line
        self.sentence = sentence if len(sentence) <= LONGEST_SENTENCE else f"{sentence[:LONGEST_SENTENCE]} ..."


def run(
    _, source: np.ndarray, file: str, kernel: str, sizes: list[int], arguments: list[Any], shape: list[int], seed: int
) -> dict[str, Any]:
    """Launch a kernel with the blocks and threads that the file's launch_KERNEL returns for these sizes.

    source: the file's bytes. arguments: of the kernel, but for the last, an array of float32 of this shape. seed: of a
    shuffled order. Returns the fields of launched.Ran; or "stopped", "sentence" and "lines" where the kernel cannot be
    launched or does not end.
    """
    text = source.tobytes()
    lines = text.splitlines()  # of bytes: as Python counts them, not at every character that ends one elsewhere

    def shown(line: int) -> str:
        return f"{file} line {line}: {lines[line - 1].decode('utf-8', 'replace').strip()[:LONGEST_LINE]}"

    try:
        found = _understood(lambda: program.read(text, file))
        function = _kernel(found, kernel)
        launcher = _function(found, f"launch_{kernel}")
        grid = _grid(launcher, sizes)
        output = np.full(shape, GARBAGE, np.float32)
        return _understood(lambda: _ran(function, launcher, grid, [*arguments, output], seed, shown))
    except Stop as stop:
        return {
            "stopped": stop.means,
            "sentence": stop.sentence,
            "lines": [shown(stop.line)] if stop.line and stop.line <= len(lines) else [],
        }


def _understood(does: Callable[[], Any]) -> Any:
    """Return what is done; raise Stop with what it means that it cannot be."""
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
    """Return the kernel of this name."""
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


def _grid(function: Function, sizes: Sequence[int]) -> tuple[Any, Any]:
    """Return the blocks and threads that a function of the file asks for."""
    name = function.name
    grid = _understood(lambda: evaluate(function, *sizes))
    if grid is None:
        raise Stop("wrong", f"{GRID.format(name, 'returned None')}. Is a return missing?", function.tree.lineno)
    if not isinstance(grid, tuple) or len(grid) != 2:
        raise Stop("wrong", f"{GRID.format(name, f'returned {grid}')}.", function.tree.lineno)
    for what, said in zip(("blocks", "threads"), grid):
        axes = said if isinstance(said, tuple) else (said,)
        if not 1 <= len(axes) <= AXES or any(type(axis) is not int for axis in axes):
            advice = " Divide with //, and round up." if any(isinstance(axis, float) for axis in axes) else ""
            raise Stop("wrong", f"{GRID.format(name, f'its {what} are {said}')}.{advice}", function.tree.lineno)
    return grid


def _ran(
    function: Function, launcher: Function, grid: tuple[Any, Any], arguments: Sequence[Any], seed: int,
    shown: Callable[[int], str],
) -> dict[str, Any]:  # fmt: skip
    """Launch a kernel in every order of its threads, and return what it did. grid: what the launcher returned."""
    recording, after = _launched(function, *grid, arguments, Order.TOGETHER, seed)
    if limit := next((fault for fault in recording.faults if fault.kind is Kind.LIMIT), None):
        raise Stop("wrong", limit.sentence, limit.places[0].line if limit.places else launcher.tree.lineno)
    faults = [*recording.faults, *races(recording)]
    outputs = {Order.TOGETHER.value: after[-1]}
    # Races tell all that the order of threads can do, but for atomics: there threads of a warp must go alone, too.
    orders = BY_WARP | (BY_THREAD if recording.atomics and not function.waits_for_warps else {})
    turns = len(recording.steps) * int(np.prod(recording.blocks)) * -(-recording.threads_of_block // WARP)
    for name, (order, width) in orders.items() if turns <= MOST_TURNS else ():
        other, then = _launched(function, *grid, arguments, order, seed, width)
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
        "misdeeds": [_plain(fault, shown) for fault in faults],
        "accesses": [{**each._asdict(), "worst": each.worst and _drawn(each.worst, shown)} for each in traffic(recording)],
        "busiest": busiest(recording),
        "threads": recording.threads_of_block,
        "barriers": recording.barriers,
        "atomics": recording.atomics,
    }


def _launched(
    function: Function, blocks: Any, threads: Any, arguments: Sequence[Any], order: Order, seed: int, width: int = WARP
) -> tuple[Recording, list[Any]]:
    """Launch a kernel; return what it did, and its arguments as they are then. Only threads together are recorded."""
    *given, output = (each.copy() if isinstance(each, np.ndarray) else each for each in arguments)
    noted = order is Order.TOGETHER
    recording = launch(function, blocks, threads, [*given, Blank(output)], order, notes=noted, seed=seed, width=width)
    return recording, [*given, output]


def _plain(fault: Fault, shown: Callable[[int], str]) -> dict[str, Any]:
    """Return a fault as data, with the lines to look at."""
    lines = dict.fromkeys(place.line for place in fault.places)
    return {"kind": fault.kind.value, "sentence": _capital(fault.sentence), "lines": [shown(line) for line in lines]}


def _drawn(request: Request, shown: Callable[[int], str]) -> dict[str, Any]:
    """Return a request that wastes something as data: what to do about it, and a picture."""
    title, *drawn = pictures.text(request).splitlines()
    return {
        "title": _capital(title),
        "advice": _capital(advice(request)),
        "svg": pictures.svg(request),
        "text": "\n".join(drawn),
        "lines": [shown(request.place.line)],
    }


def _capital(sentence: str) -> str:
    """Return a sentence as it stands alone."""
    return sentence[:1].upper() + sentence[1:]
