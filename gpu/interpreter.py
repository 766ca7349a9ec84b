"""Walk through a kernel's syntax tree, all threads of a group together.

A statement is carried out by the threads that are active there: `if` divides them, loops go on until none is left, as on
the hardware. Statements are generators, which pause at barriers: whoever launches the kernel then lets other groups walk.
A variable is a NumPy scalar where all threads have the same value, else an array with one for each.
"""

import ast
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, NamedTuple, Protocol

import numpy as np

from gpu import numbers
from gpu.faults import KernelError, Kind, NotBegun, OverBudget, Place
from gpu.functions import Function
from gpu.memories import Memories, View
from gpu.names import SYNCTHREADS, Action, Meaning, Module, Own, Type
from gpu.names import Function as OfNumbers
from gpu.numbers import Number, is_number
from gpu.recording import Triple
from gpu.threads import Active, Group

DEEPEST = 32  # of calls


class Barrier(NamedTuple):
    """Threads that wait for the others of their block."""

    place: Place
    active: Active


Walking = Generator[Barrier, None, Any]


class Launch(Protocol):
    """What the walk needs of a launch."""

    blocks: Triple
    threads: Triple
    memories: Memories
    steps_left: int

    def array(self, walk: "Walk", space: str, name: str, shape: tuple[int, ...], dtype: np.dtype, place: Place) -> View:
        """Return the shared or local array that is made at a place."""


class Variable(NamedTuple):
    """What a name stands for, and the threads for which it does: None for all."""

    value: Any
    defined: np.ndarray | None = None


@dataclass
class Frame:
    """One call of a function."""

    function: Function
    depth: int  # how many calls lie above it
    active: Active  # those who called
    variables: dict[str, Variable] = field(default_factory=dict)
    returned: list[tuple[Active, Any]] = field(default_factory=list)
    left: np.ndarray | None = None  # who has returned


@dataclass
class Loop:
    """One turn of a loop: who goes on with the next, and who leaves."""

    next: list[Active] = field(default_factory=list)
    left: list[Active] = field(default_factory=list)


class Walk:
    """The walk of one group of threads."""

    def __init__(self, launch: Launch, group: Group):
        self.launch, self.group, self.memories = launch, group, launch.memories
        self.frame: Frame
        self.loops: list[Loop] = []

    # Calls

    def call(self, function: Function, arguments: list[Any], active: Active, place: Place | None = None) -> Walking:
        """Let threads run a function; returns what it returns."""
        if len(arguments) != len(function.parameters):
            wanted = f"{function.name} takes {len(function.parameters)} arguments"
            raise KernelError(f"{wanted}, but gets {len(arguments)}", place)
        caller, loops = getattr(self, "frame", None), self.loops
        frame = Frame(function, 0 if caller is None else caller.depth + 1, active)
        if frame.depth > DEEPEST:
            raise KernelError(f"{function.name} calls itself again and again", place)
        frame.variables = {name: Variable(value) for name, value in zip(function.parameters, arguments)}
        self.frame, self.loops = frame, []
        yield from self.body(function.tree.body, active)
        if caller:
            self.frame, self.loops = caller, loops
        return self._result(frame.returned, active)

    def _result(self, returned: list[tuple[Active, Any]], active: Active) -> Any:
        """Return what all threads have returned; None where they have not."""
        if not returned:
            return None
        result = returned[-1][1]
        for some, value in reversed(returned[:-1]):
            result = self._merged(some.mask, value, result, "what the function returns")
        return result

    # Statements: each returns the threads that go on behind it

    def body(self, statements: list[ast.stmt], active: Active) -> Walking:
        """Carry out statements one after the other."""
        for statement in statements:
            if not active.count:
                break
            self.launch.steps_left -= 1
            if self.launch.steps_left < 0:
                raise OverBudget("the kernel takes more steps than it may: does a loop never end?", self.place(statement))
            if type(statement) in SIMPLE:
                active = SIMPLE[type(statement)](self, statement, active)
            else:
                active = yield from STATEMENTS[type(statement)](self, statement, active)
        return active

    def expression(self, node: ast.Expr, active: Active) -> Walking:
        """A call whose result nobody wants, or a docstring."""
        if isinstance(node.value, ast.Call):
            yield from self._waited_for(node.value, active)
        return active

    def assign(self, node: ast.Assign, active: Active) -> Walking:
        """target = value."""
        value = yield from self._waited_for(node.value, active)
        for target in node.targets:
            self._put(target, value, active)
        return active

    def augment(self, node: ast.AugAssign, active: Active) -> Active:
        """target += value."""
        operation, place = numbers.BINARY[type(node.op)], self.place(node)
        if isinstance(node.target, ast.Subscript):  # the array and its indices are computed once
            view, indices = self._subscript(node.target, active)
            before = self._element(view, indices, active, self.place(node.target))
            after = self._binary(node.op, operation, before, self.number(node.value, active), active, place)
            self.memories.store(view, indices, after, active, self.place(node.target))
        elif isinstance(node.target, ast.Name):
            before = self._read(node.target.id, active, self.place(node.target))
            value = self.number(node.value, active)
            after = self._binary(node.op, operation, self._as_number(before, node.target), value, active, place)
            self._bind(node.target.id, after, active)
        return active

    def if_(self, node: ast.If, active: Active) -> Walking:
        """if, elif, else."""
        condition = self.condition(node.test, active)
        if not condition.ndim:
            return (yield from self.body(node.body if condition else node.orelse, active))
        then = active.where(condition)
        others = active.but(then)
        rest = (yield from self.body(node.body, then)) if then.count else then
        others = (yield from self.body(node.orelse, others)) if others.count else others
        return self._together(active, [rest, others])

    def while_(self, node: ast.While, active: Active) -> Walking:
        """while: until nobody's condition holds."""
        going, left = active, []
        while going.count:
            self.launch.steps_left -= 1
            if self.launch.steps_left < 0:
                raise OverBudget("the kernel takes more steps than it may: does this loop end?", self.place(node))
            condition = self.condition(node.test, going)
            if not condition.ndim:
                staying = going if condition else going.where(np.zeros(self.group.size, bool))
            else:
                staying = going.where(condition)
            if staying.count < going.count:
                left.append(going.but(staying))
            going = yield from self._turn(node.body, staying, left)
        return self._together(active, left)

    def for_(self, node: ast.For, active: Active) -> Walking:
        """for x in range(...), or over a tuple."""
        over = self.value(node.iter, active)
        left: list[Active] = []
        going = active
        if isinstance(over, tuple):
            for value in over:
                self._put(node.target, value, going)
                going = yield from self._turn(node.body, going, left)
            return self._together(active, [going, *left])
        if not isinstance(over, _Range):
            raise KernelError("for goes over a range or a tuple", self.place(node.iter))
        if over.is_the_same_for_all:
            for turn in range(int(over.start), int(over.stop), int(over.step)):
                if not going.count:
                    break
                self.launch.steps_left -= 1
                if self.launch.steps_left < 0:
                    raise OverBudget("the kernel takes more steps than it may: does this loop end?", self.place(node))
                self._put(node.target, np.int64(turn), going)
                going = yield from self._turn(node.body, going, left)
            return self._together(active, [going, *left])
        number, stop, step = (np.broadcast_to(each, self.group.size) for each in (over.start, over.stop, over.step))
        while going.count:
            staying = going.where(np.where(step > 0, number < stop, number > stop))
            if staying.count < going.count:
                left.append(going.but(staying))
            if staying.count:
                self._put(node.target, number, staying)
            going = yield from self._turn(node.body, staying, left)
            number = number + step
        return self._together(active, left)

    def _turn(self, body: list[ast.stmt], active: Active, left: list[Active]) -> Walking:
        """Carry out a loop's body once; returns who goes on with the next turn. left: gets who leaves the loop."""
        loop = Loop()
        self.loops.append(loop)
        rest = yield from self.body(body, active)
        self.loops.pop()
        left += loop.left
        return self._together(active, [rest, *loop.next])

    def break_(self, node: ast.Break, active: Active) -> Active:
        """break."""
        self.loops[-1].left.append(active)
        return self._nobody()

    def continue_(self, node: ast.Continue, active: Active) -> Active:
        """continue."""
        self.loops[-1].next.append(active)
        return self._nobody()

    def return_(self, node: ast.Return, active: Active) -> Walking:
        """return."""
        value = None if node.value is None else (yield from self._waited_for(node.value, active))
        frame = self.frame
        frame.returned.append((active, value))
        frame.left = active.mask if frame.left is None else frame.left | active.mask
        return self._nobody()

    def raise_(self, node: ast.Raise, active: Active) -> Active:
        """raise NotImplementedError: a stub."""
        raise NotBegun(f"{self.frame.function.name} is not written yet", self.place(node))

    def pass_(self, node: ast.Pass, active: Active) -> Active:
        """pass."""
        return active

    def _nobody(self) -> Active:
        return Active(self.group, np.zeros(self.group.size, bool))

    def _together(self, before: Active, parts: list[Active]) -> Active:
        """Return the threads of several parts; the very same as before if all of them are there."""
        some = [part for part in parts if part.count]
        if sum(part.count for part in some) == before.count:
            return before
        if len(some) == 1:
            return some[0]
        return Active(self.group, np.logical_or.reduce([np.zeros(self.group.size, bool), *(part.mask for part in some)]))

    # Names

    def _read(self, name: str, active: Active, place: Place) -> Any:
        found = self.frame.variables.get(name)
        if found is not None:
            if found.defined is not None and (active.mask & ~found.defined).any():
                raise KernelError(f"{name} is read by a thread that has not set it", place)
            return found.value
        function = self.frame.function
        if name in function.variables:
            raise KernelError(f"{name} is read before it is set", place)
        if name in function.meanings:
            return function.meanings[name]
        raise KernelError(f"{name} is not defined", place)

    def _bind(self, name: str, value: Any, active: Active) -> None:
        """Set a variable for the active threads."""
        frame = self.frame
        staying = frame.active.count if frame.left is None else frame.active.count - int(np.count_nonzero(frame.left))
        old = frame.variables.get(name)
        if active.count == staying:  # nobody else is left in this call who could read the old one
            frame.variables[name] = Variable(value)
        elif old is None:
            frame.variables[name] = Variable(value, active.mask)
        else:
            defined = None if old.defined is None else old.defined | active.mask
            frame.variables[name] = Variable(self._merged(active.mask, value, old.value, name), defined)

    def _put(self, target: ast.expr, value: Any, active: Active) -> None:
        """Assign to a name, an element, or several of these."""
        if isinstance(target, ast.Name):
            self._bind(target.id, value, active)
        elif isinstance(target, ast.Subscript):
            view, indices = self._subscript(target, active)
            self.memories.store(view, indices, self._as_number(value, target), active, self.place(target))
        elif isinstance(target, (ast.Tuple, ast.List)):
            if not isinstance(value, tuple) or len(value) != len(target.elts):
                raise KernelError(f"{len(target.elts)} names need a tuple of {len(target.elts)}", self.place(target))
            for one, part in zip(target.elts, value):
                self._put(one, part, active)
        else:
            raise KernelError("nothing can be assigned to this", self.place(target))

    def _merged(self, mask: np.ndarray, value: Any, other: Any, name: str) -> Any:
        """Return a value for some threads and another one for the others."""
        if value is other:
            return value
        if is_number(value) and is_number(other):
            return np.where(mask, value, other)
        if isinstance(value, tuple) and isinstance(other, tuple) and len(value) == len(other):
            return tuple(self._merged(mask, *pair, name) for pair in zip(value, other))
        if isinstance(value, View) and isinstance(other, View) and value.storage is other.storage:
            pairs = zip(value.indices, other.indices, strict=True)
            return View(value.storage, tuple(self._merged(mask, *pair, name) for pair in pairs))
        raise KernelError(f"{name} is of one kind for some threads and of another for others")

    # Expressions

    def place(self, node: ast.expr | ast.stmt) -> Place:
        """Return where a piece of the function stands that runs."""
        return self.frame.function.place(node)

    def value(self, node: ast.expr, active: Active) -> Any:
        """Return what an expression is for the active threads; for the others it may be anything."""
        return EXPRESSIONS[type(node)](self, node, active)

    def number(self, node: ast.expr, active: Active) -> Number:
        """Return what an expression is, which must be a number."""
        return self._as_number(self.value(node, active), node)

    def _as_number(self, value: Any, node: ast.expr) -> Number:
        if is_number(value):
            return value
        raise KernelError(f"{ast.unparse(node)} is {_kind(value)}, not a number", self.place(node))

    def condition(self, node: ast.expr, active: Active) -> Number:
        """Return whether an expression holds."""
        return numbers.truth(self.number(node, active))

    def _waited_for(self, node: ast.expr, active: Active) -> Walking:
        """Return what stands alone in a statement, or behind its =: there alone may threads wait for each other."""
        if isinstance(node, ast.Call):
            function = self.value(node.func, active)
            if function is SYNCTHREADS:
                yield Barrier(self.place(node), active)
                return None
            if isinstance(function, Function) and function.has_barrier:
                return (yield from self.call(function, self._arguments(node, active), active, self.place(node)))
        return self.value(node, active)

    def _arguments(self, node: ast.Call, active: Active) -> list[Any]:
        if node.keywords:
            raise KernelError(f"{ast.unparse(node.func)} takes no named arguments", self.place(node))
        return [self.value(each, active) for each in node.args]

    def constant(self, node: ast.Constant, active: Active) -> Any:
        """A number of the source."""
        if isinstance(node.value, (bool, int, float)):
            try:
                return numbers.literal(node.value)
            except OverflowError:
                raise KernelError(f"{node.value:.3e} does not fit into 64 bits", self.place(node)) from None
        if node.value is None:
            return None
        raise KernelError(f"{node.value!r} is not a number", self.place(node))

    def name(self, node: ast.Name, active: Active) -> Any:
        """A name."""
        return self._read(node.id, active, self.place(node))

    def tuple_(self, node: ast.Tuple, active: Active) -> Any:
        """A tuple."""
        return tuple(self.value(each, active) for each in node.elts)

    def attribute(self, node: ast.Attribute, active: Active) -> Any:
        """A member of a module, or what an array tells of itself."""
        whole = self.value(node.value, active)
        if isinstance(whole, Module) and node.attr in whole.members:
            found = whole.members[node.attr]
            if isinstance(found, Own):
                mine = found.of(self.launch, self.group)
                return mine if is_number(mine) else np.int64(mine)
            return found
        if isinstance(whole, View) and node.attr in ("shape", "size", "ndim"):
            shape = tuple(map(np.int64, whole.shape))
            return {"shape": shape, "size": np.int64(np.prod(whole.shape)), "ndim": np.int64(len(shape))}[node.attr]
        raise KernelError(f"{ast.unparse(node.value)} has no {node.attr}", self.place(node))

    def subscript(self, node: ast.Subscript, active: Active) -> Any:
        """An element of an array or a tuple."""
        whole = self.value(node.value, active)
        if isinstance(whole, tuple):
            return self._entry(whole, self.number(node.slice, active), active, node)
        view, indices = self._subscript(node, active)
        return self._element(view, indices, active, self.place(node))

    def _element(self, view: View, indices: tuple[Number, ...], active: Active, place: Place) -> Any:
        """Return an element of an array, or what is left of it behind some indices."""
        if len(indices) < len(view.shape):
            return View(view.storage, (*view.indices, *indices))
        return self.memories.load(view, indices, active, place)

    def _subscript(self, node: ast.Subscript, active: Active) -> tuple[View, tuple[Number, ...]]:
        """Return the array and the indices of array[i, j]."""
        view = self.value(node.value, active)
        if not isinstance(view, View):
            raise KernelError(f"{ast.unparse(node.value)} is {_kind(view)}, not an array", self.place(node))
        index = self.value(node.slice, active)
        indices = index if isinstance(index, tuple) else (index,)
        return view, tuple(self._as_number(each, node.slice) for each in indices)

    def _entry(self, entries: tuple, index: Number, active: Active, node: ast.Subscript) -> Any:
        own = active.of(index) if index.ndim else index
        if (own < -len(entries)).any() or (own >= len(entries)).any():
            raise KernelError(f"{ast.unparse(node.value)} has {len(entries)} entries", self.place(node))
        if not index.ndim:
            return entries[int(index)]
        return np.choose(np.where(active.mask, index % len(entries), 0), [self._as_number(one, node) for one in entries])

    def binary(self, node: ast.BinOp, active: Active) -> Number:
        """left + right, and the like."""
        left, right = self.number(node.left, active), self.number(node.right, active)
        return self._binary(node.op, numbers.BINARY[type(node.op)], left, right, active, self.place(node))

    def _binary(
        self, operator: ast.operator, operation: Callable, left: Number, right: Number, active: Active, place: Place
    ) -> Number:
        if isinstance(operator, (ast.FloorDiv, ast.Mod)) and numbers.is_integer(left) and numbers.is_integer(right):
            self._require_divisor(right, active, place)
        try:
            return operation(left, right)
        except TypeError as error:
            raise KernelError(str(error), place) from None

    def _require_divisor(self, right: Number, active: Active, place: Place) -> None:
        own = active.of(right) if right.ndim else np.broadcast_to(right, active.count)
        if not own.all():
            self.memories.fault(
                Kind.ZERO,
                lambda thread: f"{thread} divides by 0 (line {place.line}). A GPU goes on with any number.",
                place, "", active, int(np.argmin(own != 0)),
            )  # fmt: skip

    def unary(self, node: ast.UnaryOp, active: Active) -> Number:
        """-value, not value, ~value."""
        try:
            return numbers.UNARY[type(node.op)](self.number(node.operand, active))
        except TypeError as error:
            raise KernelError(str(error), self.place(node)) from None

    def compare(self, node: ast.Compare, active: Active) -> Number:
        """a < b <= c: the later ones are computed by those alone for whom the earlier ones hold."""
        left = self.number(node.left, active)
        holds: Number = np.bool_(True)
        for operator, one in zip(node.ops, node.comparators):
            if isinstance(operator, (ast.In, ast.NotIn)):
                return self._is_among(left, one, active) ^ isinstance(operator, ast.NotIn)
            right = self.number(one, active)
            holds = np.logical_and(holds, numbers.COMPARED[type(operator)](left, right))
            if not holds.ndim and not holds:
                break
            if holds.ndim and one is not node.comparators[-1]:
                active = active.where(holds)
                if not active.count:
                    break
            left = right
        return holds

    def _is_among(self, value: Number, node: ast.expr, active: Active) -> Number:
        """value in (1, 2)."""
        among = self.value(node, active)
        if not isinstance(among, tuple):
            raise KernelError(f"{ast.unparse(node)} is {_kind(among)}: a number can be in a tuple only", self.place(node))
        equal = [numbers.COMPARED[ast.Eq](value, self._as_number(one, node)) for one in among]
        return reduce(np.logical_or, equal, np.bool_(False))

    def logic(self, node: ast.BoolOp, active: Active) -> Number:
        """and, or: the later ones are computed by those alone for whom the earlier ones leave it open."""
        wants = isinstance(node.op, ast.And)
        result = self.number(node.values[0], active)
        for one in node.values[1:]:
            truth = numbers.truth(result)
            is_open = truth if wants else np.logical_not(truth)
            if not is_open.ndim:
                if not is_open:
                    break
                result = self.number(one, active)
                continue
            active = active.where(is_open)
            if not active.count:
                break
            result = self._merged(is_open, self.number(one, active), result, "the condition")
        return result

    def choice(self, node: ast.IfExp, active: Active) -> Any:
        """a if condition else b."""
        condition = self.condition(node.test, active)
        if not condition.ndim:
            return self.value(node.body if condition else node.orelse, active)
        then = active.where(condition)
        others = active.but(then)
        if not others.count or not then.count:
            return self.value(node.orelse if others.count else node.body, active)
        return self._merged(condition, self.value(node.body, then), self.value(node.orelse, others), ast.unparse(node))

    def called(self, node: ast.Call, active: Active) -> Any:
        """A call."""
        if isinstance(node.func, ast.Attribute) and node.func.attr == "view":
            return self._reinterpreted(node, active)
        function, place = self.value(node.func, active), self.place(node)
        if isinstance(function, Action):
            return getattr(self, function.method)(node, self._by_parameters(node, function, active), active)
        arguments = self._arguments(node, active)
        if isinstance(function, Function):
            return self._at_once(self.call(function, arguments, active, place), place)
        if not isinstance(function, (OfNumbers, Type)):
            raise KernelError(f"{ast.unparse(node.func)} is {_kind(function)}, not a function", place)
        given = [self._as_number(value, each) for value, each in zip(arguments, node.args)]
        if isinstance(function, Type):
            if len(given) != 1:
                raise KernelError(f"{ast.unparse(node.func)} converts one number, but gets {len(given)}", place)
            return given[0].astype(function.dtype)
        if not function.least <= len(given) <= function.most:
            raise KernelError(f"{function.name} does not take {len(given)} arguments", place)
        return function.compute(*given)

    def _at_once(self, walking: Walking, place: Place) -> Any:
        """Return what a call returns in which nobody waits."""
        try:
            next(walking)
        except StopIteration as end:
            return end.value
        raise KernelError("a function with a barrier in it must be called on a line of its own: x = f(...)", place)

    def _by_parameters(self, node: ast.Call, action: Action, active: Active) -> list[Any]:
        """Return the arguments of an action in the order of its parameters, of which the last may be missing."""
        given: dict[str, Any] = dict(zip(action.parameters, (self.value(each, active) for each in node.args)))
        given |= {keyword.arg or "": self.value(keyword.value, active) for keyword in node.keywords}
        known = list(action.parameters[: len(given)])
        if sorted(given) != sorted(known) or len(given) < action.needed or len(node.args) > len(action.parameters):
            raise KernelError(f"{action.name} takes ({', '.join(action.parameters)})", self.place(node))
        return [given[name] for name in known]

    def _reinterpreted(self, node: ast.Call, active: Active) -> Number:
        """number.view(type): the same bits."""
        assert isinstance(node.func, ast.Attribute)
        (dtype,) = (self.value(each, active) for each in node.args)
        return self.number(node.func.value, active).view(dtype.dtype)

    # What cuda and Python's own functions do

    def grid(self, node: ast.Call, arguments: list[Any], active: Active) -> Any:
        """cuda.grid(axes): the thread's place in the whole grid."""
        group = self.group
        sizes = self.launch.threads
        places = [block * size + thread for block, size, thread in zip(group.block_index, sizes, group.thread_index)]
        return self._of_axes(places, node, arguments)

    def gridsize(self, node: ast.Call, arguments: list[Any], active: Active) -> Any:
        """cuda.gridsize(axes): how many threads there are."""
        sizes = [np.int64(blocks * threads) for blocks, threads in zip(self.launch.blocks, self.launch.threads)]
        return self._of_axes(sizes, node, arguments)

    def _of_axes(self, found: list[Number], node: ast.Call, arguments: list[Any]) -> Any:
        (axes,) = arguments
        if not (is_number(axes) and not axes.ndim and axes in (1, 2, 3)):
            raise KernelError(f"{ast.unparse(node.func)} takes 1, 2 or 3", self.place(node))
        return found[0] if axes == 1 else tuple(found[: int(axes)])

    def ranged(self, node: ast.Call, arguments: list[Any], active: Active) -> Any:
        """range(...)."""
        given = [self._as_number(value, node) for value in arguments]
        if any(not numbers.is_integer(value) for value in given):
            raise KernelError("range takes integers", self.place(node))
        start, stop, step = {1: [np.int64(0), *given, np.int64(1)], 2: [*given, np.int64(1)], 3: given}[len(given)]
        if not (active.of(step) if step.ndim else step).all():
            raise KernelError("the step of a range must not be 0", self.place(node))
        return _Range(start, stop, step)

    def length(self, node: ast.Call, arguments: list[Any], active: Active) -> Any:
        """len(...)."""
        (whole,) = arguments
        if isinstance(whole, tuple):
            return np.int64(len(whole))
        if isinstance(whole, View) and whole.shape:
            return np.int64(whole.shape[0])
        raise KernelError(f"{ast.unparse(node.args[0])} is {_kind(whole)}, which has no length", self.place(node))

    def selp(self, node: ast.Call, arguments: list[Any], active: Active) -> Any:
        """cuda.selp(condition, a, b): one of two numbers."""
        condition, one, other = (self._as_number(value, node) for value in arguments)
        return np.where(numbers.truth(condition), one, other)

    def shared_array(self, node: ast.Call, arguments: list[Any], active: Active) -> Any:
        """cuda.shared.array(shape, dtype)."""
        return self._array("shared", node, arguments)

    def local_array(self, node: ast.Call, arguments: list[Any], active: Active) -> Any:
        """cuda.local.array(shape, dtype)."""
        return self._array("local", node, arguments)

    def _array(self, space: str, node: ast.Call, arguments: list[Any]) -> View:
        shape, dtype = arguments
        sizes = shape if isinstance(shape, tuple) else (shape,)
        if not all(is_number(size) and not size.ndim and numbers.is_integer(size) and size > 0 for size in sizes):
            raise KernelError(f"the shape of cuda.{space}.array must be constant integers of at least 1", self.place(node))
        if not isinstance(dtype, Type):
            raise KernelError(f"cuda.{space}.array needs a type, such as float32", self.place(node))
        name = next((name for name, found in self._assigned.items() if found is node), f"the {space} array")
        return self.launch.array(self, space, name, tuple(map(int, sizes)), dtype.dtype, self.place(node))

    @property
    def _assigned(self) -> dict[str, ast.expr]:
        """By the names of the running function, what is assigned to them."""
        nodes = (node for node in ast.walk(self.frame.function.tree) if isinstance(node, ast.Assign))
        return {target.id: node.value for node in nodes for target in node.targets if isinstance(target, ast.Name)}

    def syncthreads(self, node: ast.Call, arguments: list[Any], active: Active) -> Any:
        """cuda.syncthreads() within an expression."""
        raise KernelError("cuda.syncthreads() must stand on a line of its own", self.place(node))

    def syncwarp(self, node: ast.Call, arguments: list[Any], active: Active) -> Any:
        """cuda.syncwarp(): wait for the warp."""
        self._require_whole_warps(node, active)
        later = self.memories.warp_epochs.copy()
        later[np.unique(self.group.warp[active.lanes])] += 1
        self.memories.warp_epochs = later
        return None

    def _require_whole_warps(self, node: ast.Call, active: Active) -> None:
        """Note a fault where not all threads of a warp take part."""
        of_warp = np.bincount(self.group.warp, minlength=1)
        here = np.bincount(self.group.warp[active.lanes], minlength=len(of_warp))
        broken = (here > 0) & (here < of_warp)
        if broken.any():
            which = int(np.argmax(broken[self.group.warp[active.lanes]]))
            what, place = ast.unparse(node.func), self.place(node)
            self.memories.fault(
                Kind.BARRIER,
                lambda thread: f"{thread} waits for its warp at {what} (line {place.line}), but not all of it comes there.",
                place, "", active, which,
            )  # fmt: skip

    def shfl_sync(self, node: ast.Call, arguments: list[Any], active: Active) -> Any:
        """cuda.shfl_sync: the value of a lane."""
        return self._shuffled(node, arguments, active, lambda lane, said: said % 32)

    def shfl_up_sync(self, node: ast.Call, arguments: list[Any], active: Active) -> Any:
        """cuda.shfl_up_sync: the value of a lane before; its own where there is none."""
        return self._shuffled(node, arguments, active, lambda lane, said: np.where(lane >= said, lane - said, lane))

    def shfl_down_sync(self, node: ast.Call, arguments: list[Any], active: Active) -> Any:
        """cuda.shfl_down_sync: the value of a lane behind; its own where there is none."""
        return self._shuffled(node, arguments, active, lambda lane, said: np.where(lane + said < 32, lane + said, lane))

    def shfl_xor_sync(self, node: ast.Call, arguments: list[Any], active: Active) -> Any:
        """cuda.shfl_xor_sync: the value of the lane whose number differs in some bits."""
        return self._shuffled(node, arguments, active, lambda lane, said: (lane ^ said) % 32)

    def _shuffled(self, node: ast.Call, arguments: list[Any], active: Active, source: Callable) -> Number:
        _, value, said = (self._as_number(each, node) for each in arguments)
        self._require_whole_warps(node, active)
        lane, values = self.group.lane_of_warp, np.broadcast_to(value, self.group.size)
        wanted = self.group.first_of_warp + source(lane, np.broadcast_to(said, self.group.size))
        return values[np.where(wanted < self.group.size, wanted, np.arange(self.group.size))]

    def atomic_add(self, node: ast.Call, arguments: list[Any], active: Active) -> Any:
        """cuda.atomic.add."""
        return self._exchanged(node, arguments, active, np.add)

    def atomic_sub(self, node: ast.Call, arguments: list[Any], active: Active) -> Any:
        """cuda.atomic.sub."""
        return self._exchanged(node, arguments, active, np.subtract)

    def atomic_max(self, node: ast.Call, arguments: list[Any], active: Active) -> Any:
        """cuda.atomic.max."""
        return self._exchanged(node, arguments, active, np.fmax)

    def atomic_min(self, node: ast.Call, arguments: list[Any], active: Active) -> Any:
        """cuda.atomic.min."""
        return self._exchanged(node, arguments, active, np.fmin)

    def atomic_exch(self, node: ast.Call, arguments: list[Any], active: Active) -> Any:
        """cuda.atomic.exch."""
        return self._exchanged(node, arguments, active, lambda before, value: value)

    def _exchanged(self, node: ast.Call, arguments: list[Any], active: Active, change: Callable) -> Number:
        view, index, value = arguments
        if not isinstance(view, View):
            raise KernelError(f"{ast.unparse(node.func)} changes an element of an array", self.place(node))
        indices = tuple(self._as_number(each, node) for each in (index if isinstance(index, tuple) else (index,)))
        return self.memories.exchange(view, indices, self._as_number(value, node), change, active, self.place(node))


@dataclass(frozen=True)
class _Range:
    """What a for goes over."""

    start: Number
    stop: Number
    step: Number

    @property
    def is_the_same_for_all(self) -> bool:
        return not (self.start.ndim or self.stop.ndim or self.step.ndim)


def _kind(value: Any) -> str:
    """Say what a value is, with its article."""
    if isinstance(value, View):
        return f"an array of {len(value.shape)} axes" if len(value.shape) != 1 else "an array"
    if isinstance(value, (Function, OfNumbers, Action)):
        return "a function"
    if isinstance(value, Type):
        return "a type"
    if isinstance(value, Meaning):
        return "a module"
    if isinstance(value, tuple):
        return "a tuple"
    return "nothing" if value is None else "a range" if isinstance(value, _Range) else "a number"


STATEMENTS: dict[type[ast.stmt], Callable[..., Walking]] = {
    ast.Expr: Walk.expression,
    ast.Assign: Walk.assign,
    ast.If: Walk.if_,
    ast.While: Walk.while_,
    ast.For: Walk.for_,
    ast.Return: Walk.return_,
}
SIMPLE: dict[type[ast.stmt], Callable[..., Active]] = {  # in which nobody waits
    ast.AugAssign: Walk.augment,
    ast.Break: Walk.break_,
    ast.Continue: Walk.continue_,
    ast.Pass: Walk.pass_,
    ast.Raise: Walk.raise_,
}
EXPRESSIONS: dict[type[ast.expr], Callable[..., Any]] = {
    ast.Constant: Walk.constant,
    ast.Name: Walk.name,
    ast.Tuple: Walk.tuple_,
    ast.Attribute: Walk.attribute,
    ast.Subscript: Walk.subscript,
    ast.BinOp: Walk.binary,
    ast.UnaryOp: Walk.unary,
    ast.Compare: Walk.compare,
    ast.BoolOp: Walk.logic,
    ast.IfExp: Walk.choice,
    ast.Call: Walk.called,
}
