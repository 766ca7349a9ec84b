"""The types of variables where paths meet, as Numba finds them before anything runs.

    value = 0.0
    if inside:
        value = pixels[i]

Behind the `if`, value is float64 for every thread, whichever way it went. So a function is walked through once by a thread
that takes every path and touches nothing. What it finds is what threads convert to when they meet.
"""

import ast
import itertools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from gpu.faults import KernelError, Kind, Place
from gpu.machine.actions import Launch, Range
from gpu.machine.frames import Frame, Path, Types, Variable
from gpu.machine.functions import Function
from gpu.machine.interpreter import Walk, Walking
from gpu.machine.memories import Access, Change, Memories, Storage, View
from gpu.machine.numbers import Number, is_number
from gpu.machine.threads import Active, Group
from gpu.recording import Memory, Recording, Triple


def types_of(function: Function, arguments: list[Any], launch: Launch) -> Types:
    """Return the types of a function's variables, for arguments of such types; raises KernelError where paths disagree."""
    dry = _Dry(launch)
    walk = _EveryPath(dry, Group(np.zeros(1, np.int64), dry.blocks, dry.threads, 0))
    types = Types()
    walk.kernel = walk.frame = Frame(function, arguments, walk.group.everyone, types)
    for _ in walk.body(function.tree.body, walk.group.everyone):
        pass  # nobody waits at barriers
    results = [value for _, value in walk.frame.returned]
    types.result = _common(results, f"what {function.name} returns", function.place(function.tree)) if results else None
    return types


def signature(value: object) -> object:
    """Return what Numba compiles a function for: the type of an argument, or of several."""
    if isinstance(value, (list, tuple)):
        return tuple(map(signature, value))
    if isinstance(value, View):
        return value.storage.memory.dtype, len(value.shape), value.storage.memory.space
    return value.dtype if is_number(value) else value


class _EveryPath(Walk):
    """A walk of one thread that takes every path, and goes through a loop until its variables' types stay as they are."""

    def call(self, function: Function, arguments: list[Any], active: Active, place: Place | None = None) -> Walking:
        """Return an example of what a function returns."""
        return self.launch.types_of(function, arguments).result
        yield  # a generator, as every call is

    def _ways(self, condition: Number, active: Active) -> tuple[Active, Active]:
        return active, active

    def _same_for_all(self, over: Range | tuple[Any, ...]) -> Iterable[Any] | None:
        return over if isinstance(over, tuple) else itertools.repeat(np.int64(0))

    def _turn(self, node: ast.While | ast.For, active: Active, left: list[Path]) -> Walking:
        before = dict(self.frame.variables)
        left.append((active, before))
        going = yield from super()._turn(node, active, left)
        if not going.count:
            return going
        self._meet(node, "turn", [(active, before), (active, self.frame.variables)], active)
        return self._nobody() if _signatures(before) == _signatures(self.frame.variables) else going

    def _meet(self, node: ast.stmt, when: str, paths: list[Path], before: Active) -> Active:
        paths = [path for path in paths if path[0].count]
        found: dict[str, Variable] = {}
        for name in dict.fromkeys(name for _, variables in paths for name in variables):
            values = [variables[name].value for _, variables in paths if name in variables]
            found[name] = Variable(_common(values, name, self.place(node)))
            if any(signature(value) != signature(found[name].value) for value in values):
                self.frame.types.met.setdefault((node, when), {})[name] = found[name].value
        self.frame.variables = found
        return before if paths else self._nobody()

    def _entry(self, entries: tuple[Any, ...], index: Number, active: Active, node: ast.Subscript) -> object:
        if isinstance(node.slice, ast.Constant) or not entries or index.dtype.kind not in "iu":
            return super()._entry(entries, index, active, node)
        return _common(list(entries), ast.unparse(node), self.place(node))

    def logic(self, node: ast.BoolOp, active: Active) -> Number:
        """Return `a and b` or `a or b`."""
        return self._chosen(node, [self.number(one, active) for one in node.values])

    def choice(self, node: ast.IfExp, active: Active) -> object:
        """Return `a if condition else b`."""
        self.condition(node.test, active)
        return self._chosen(node, [self.value(node.body, active), self.value(node.orelse, active)])

    expressions = Walk.expressions | {ast.BoolOp: logic, ast.IfExp: choice}

    def _chosen(self, node: ast.expr, values: list[Any]) -> object:
        example = _common(values, ast.unparse(node), self.place(node))
        if any(signature(value) != signature(example) for value in values):
            self.frame.types.chosen[node] = example
        return example


def _signatures(variables: dict[str, Variable]) -> dict[str, Any]:
    return {name: signature(variable.value) for name, variable in variables.items()}


def _common(values: list[Any], name: str, place: Place) -> object:
    """Return an example of the type that several values have together."""
    first = values[0]
    if all(value is first for value in values):
        return first
    if all(map(is_number, values)):
        return np.ones(1, np.result_type(*(value.dtype for value in values)))
    if all(isinstance(value, tuple) for value in values) and len({len(value) for value in values}) == 1:
        return tuple(_common(list(each), name, place) for each in zip(*values))
    if all(isinstance(value, View) and signature(value) == signature(first) for value in values):
        return first
    sentence = (
        f"{name} is of one kind on one path and of another kind on another. Numba cannot compile that: use two names."
    )
    raise KernelError(sentence, place)


class _Dry:
    """A launch in which nothing happens."""

    def __init__(self, launch: Launch) -> None:
        self.blocks: Triple = launch.blocks
        self.threads: Triple = launch.threads
        self.steps, self.types_of = launch.steps, launch.types_of
        self.memories: Memories = _Untouched(Recording("", self.blocks, self.threads), 0, False)

    def array(self, frame: Frame, memory: Memory) -> View:
        """Return an array of this type."""
        return View(Storage(memory, np.zeros(1, memory.dtype)))


class _Untouched(Memories):
    """Memory of which a walk learns the types alone."""

    def __init__(self, recording: Recording, budget: int, notes: bool) -> None:
        super().__init__(recording, budget, notes)
        self.warp_epochs = np.zeros(1, np.int64)

    def load(self, access: Access) -> Number:
        """Return a number of the array's type."""
        self.require_indices(access)
        return np.ones(1, access.view.storage.values.dtype)

    def store(self, access: Access, value: Number) -> None:
        """Write nothing."""
        self.require_indices(access)

    def exchange(self, access: Access, value: Number, change: Change) -> Number:
        """Change nothing."""
        return self.load(access)

    def fault(self, kind: Kind, said: Callable[[str], str], place: Place, array: str, thread: int) -> None:
        """Find no faults: the numbers are examples."""
