"""Walk through a kernel's syntax tree, all threads of a group together.

A statement is carried out by the threads that are active there: `if` divides them, loops go on until none is left, as on
the hardware. Statements are generators, which pause at barriers: the launch then lets other groups walk.
A variable is a NumPy scalar where all threads have the same value, else an array with one for each.
"""

import ast
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, ClassVar, NamedTuple

import numpy as np

from gpu.faults import KernelError, Kind, NotBegun, OverBudget, Place
from gpu.machine import host, numbers
from gpu.machine.actions import Launch, Range
from gpu.machine.frames import MOST_PATHS, Frame, Path, Types, merged, together
from gpu.machine.functions import Function
from gpu.machine.memories import NO_INDEX, Access, View
from gpu.machine.names import SYNCTHREADS, Action, Meaning, Module, Own
from gpu.machine.names import Function as OfNumbers
from gpu.machine.numbers import Number, Type, is_number
from gpu.machine.threads import Active, Group, union


class Barrier(NamedTuple):
    """Threads that wait for the others of their block."""

    place: Place
    active: Active


Walking = Generator[Barrier, None, Any]


@dataclass
class Loop:
    """One turn of a loop: who goes on with the next, and who leaves."""

    next: list[Path] = field(default_factory=list)
    left: list[Path] = field(default_factory=list)


class Walk:
    """The walk of one group of threads."""

    def __init__(self, launch: Launch, group: Group, is_host: bool = False) -> None:
        self.launch, self.group, self.memories, self.is_host = launch, group, launch.memories, is_host
        self.steps_left = launch.steps
        self.frame: Frame = None  # type: ignore[assignment]
        self.kernel = self.frame  # the frame of the function that was launched
        self.loops: list[Loop] = []

    @property
    def alive(self) -> Active:
        """The threads that have not left the kernel."""
        return reduce(Active.but, (active for active, _ in self.kernel.returned), self.group.everyone)

    # Calls

    def call(self, function: Function, arguments: list[Any], active: Active, place: Place | None = None) -> Walking:
        """Let threads run a function, and return what it returns."""
        if len(arguments) != len(function.parameters):
            wanted = f"{function.name} takes {len(function.parameters)} arguments"
            raise KernelError(f"{wanted}, but gets {len(arguments)}", place)
        before, loops = self.frame, self.loops
        types = Types() if self.is_host else self.launch.types_of(function, arguments)
        self.frame, self.loops = Frame(function, arguments, active, types), []
        self.kernel = self.kernel or self.frame
        rest = yield from self.body(function.tree.body, active)
        if rest.count and any(value is not None for _, value in self.frame.returned):
            said = f"some threads come to the end of {function.name} without a value: is a return missing?"
            raise KernelError(said, function.place(function.tree))
        result = self.frame.result()
        self.frame, self.loops = before, loops
        return result

    # Statements: each returns the threads that go on after it

    def body(self, statements: list[ast.stmt], active: Active) -> Walking:
        """Carry out statements one after the other."""
        for statement in statements:
            if not active.count:
                break
            self.steps_left -= 1
            if self.steps_left < 0:
                raise OverBudget("the kernel takes too many steps: does a loop never end?", self.place(statement))
            if type(statement) in SIMPLE:
                active = SIMPLE[type(statement)](self, statement, active)
            else:
                active = yield from STATEMENTS[type(statement)](self, statement, active)
        return active

    def expression(self, node: ast.Expr, active: Active) -> Walking:
        """Carry out a call whose result nobody wants; skip a docstring."""
        if isinstance(node.value, ast.Call):
            yield from self._waited_for(node.value, active)
        return active

    def assign(self, node: ast.Assign, active: Active) -> Walking:
        """Carry out `target = value`."""
        value = yield from self._waited_for(node.value, active)
        for target in node.targets:
            self._put(target, value, active)
        return active

    def augment(self, node: ast.AugAssign, active: Active) -> Active:
        """Carry out `target += value`."""
        if isinstance(node.target, ast.Subscript):  # the array and its indices are computed once
            view, indices = self._subscript(node.target, active)
            before = self.as_number(self._element(view, indices, active, self.place(node.target)), node.target)
            after = self._binary(node, before, self.number(node.value, active), active)
            self.memories.store(Access(view, indices, active, self.place(node.target)), after)
        elif isinstance(node.target, ast.Name):
            before = self.frame.read(node.target.id, active, self.place(node.target))
            value = self.number(node.value, active)
            after = self._binary(node, self.as_number(before, node.target), value, active)
            self.frame.set(node.target.id, after)
        return active

    def if_(self, node: ast.If, active: Active) -> Walking:
        """Carry out `if`, `elif`, `else`."""
        then, others = self._ways(self.condition(node.test, active), active)
        before, paths = self.frame.variables, []
        for some, statements in ((then, node.body), (others, node.orelse)):
            self.frame.variables = dict(before)
            rest = (yield from self.body(statements, some)) if some.count else some
            paths.append((rest, self.frame.variables))
        return self._meet(node, "after", paths, active)

    def while_(self, node: ast.While, active: Active) -> Walking:
        """Carry out `while`, until nobody's condition holds."""
        left: list[Path] = []
        going = self._meet(node, "turn", [(active, self.frame.variables)], active)
        while going.count:
            staying, leaving = self._ways(self.condition(node.test, going), going)
            if leaving.count:
                left.append((leaving, dict(self.frame.variables)))
            going = yield from self._turn(node, staying, left)
        return self._meet(node, "after", left, active)

    def for_(self, node: ast.For, active: Active) -> Walking:
        """Carry out `for`, over a range or a tuple."""
        over = self.value(node.iter, active)
        if not isinstance(over, (Range, tuple)):
            raise KernelError("for goes over a range or a tuple", self.place(node.iter))
        left: list[Path] = []
        going = self._meet(node, "turn", [(active, self.frame.variables)], active)
        values = self._same_for_all(over)
        if values is not None:
            for value in values:
                if not going.count:
                    break
                self._put(node.target, value, going)
                going = yield from self._turn(node, going, left)
        elif isinstance(over, Range):
            number, stop, step = (np.broadcast_to(each, self.group.size) for each in (over.start, over.stop, over.step))
            while going.count:
                staying, leaving = self._ways(np.where(step > 0, number < stop, number > stop), going)
                if leaving.count:
                    left.append((leaving, dict(self.frame.variables)))
                self._put(node.target, number, staying)
                going = yield from self._turn(node, staying, left)
                number = number + step
        left.append((going, self.frame.variables))
        return self._meet(node, "after", left, active)

    def _same_for_all(self, over: Range | tuple[Any, ...]) -> Iterable[Any] | None:
        """Return the values over which all threads go together; None if each has a range of its own."""
        if isinstance(over, tuple):
            return over
        if over.is_the_same_for_all:
            return map(np.int64, range(int(over.start), int(over.stop), int(over.step)))
        return None

    def _turn(self, node: ast.While | ast.For, active: Active, left: list[Path]) -> Walking:
        """Carry out a loop's body once, and return the threads that take another turn. left: gets those that leave."""
        if not active.count:
            return active
        self.loops.append(Loop())
        rest = yield from self.body(node.body, active)
        loop = self.loops.pop()
        left += loop.left
        if len(left) > MOST_PATHS:
            left[:] = [(union([active for active, _ in left]), together(left, self.place(node)))]
        return self._meet(node, "turn", [(rest, self.frame.variables), *loop.next], active)

    def break_(self, node: ast.Break, active: Active) -> Active:
        """Carry out `break`."""
        self.loops[-1].left.append((active, self.frame.variables))
        return self._nobody()

    def continue_(self, node: ast.Continue, active: Active) -> Active:
        """Carry out `continue`."""
        self.loops[-1].next.append((active, self.frame.variables))
        return self._nobody()

    def return_(self, node: ast.Return, active: Active) -> Walking:
        """Carry out `return`."""
        value = None if node.value is None else (yield from self._waited_for(node.value, active))
        self.frame.leave(active, value)
        return self._nobody()

    def raise_(self, node: ast.Raise, active: Active) -> Active:
        """Stop at `raise NotImplementedError`, as stubs have it."""
        raise NotBegun(f"{self.frame.function.name} is not written yet", self.place(node))

    def pass_(self, node: ast.Pass, active: Active) -> Active:
        """Carry out `pass`."""
        return active

    def _nobody(self) -> Active:
        return Active(self.group, np.zeros(self.group.size, bool))

    def _ways(self, condition: Number, active: Active) -> tuple[Active, Active]:
        """Return the active threads for whom a condition holds, and the others."""
        if not condition.ndim:
            return (active, self._nobody()) if condition else (self._nobody(), active)
        then = active.where(condition)
        return (then, self._nobody()) if then.count == active.count else (then, active.but(then))

    def _meet(self, node: ast.stmt, when: str, paths: list[Path], before: Active) -> Active:
        """Return the threads of several paths, whose variables become one. before: all who set out."""
        paths = [path for path in paths if path[0].count]
        self.frame.meet(paths, node, when)
        if sum(active.count for active, _ in paths) == before.count:
            return before
        return union([active for active, _ in paths]) if paths else self._nobody()

    def _put(self, target: ast.expr, value: object, active: Active) -> None:
        """Assign to a name, an element, or several of these."""
        if isinstance(target, ast.Name):
            self.frame.set(target.id, value)
        elif isinstance(target, ast.Subscript):
            view, indices = self._subscript(target, active)
            if not is_number(value):
                raise KernelError(f"{ast.unparse(target)} takes a number, but gets {_kind(value)}", self.place(target))
            self.memories.store(Access(view, indices, active, self.place(target)), value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            if not isinstance(value, tuple) or len(value) != len(target.elts):
                raise KernelError(f"{len(target.elts)} names need a tuple of {len(target.elts)}", self.place(target))
            for one, part in zip(target.elts, value):
                self._put(one, part, active)
        else:
            raise KernelError("this cannot be assigned to", self.place(target))

    def target(self, node: ast.expr) -> str | None:
        """Return the name that gets a value, if one does."""
        assignments = (each for each in ast.walk(self.frame.function.tree) if isinstance(each, ast.Assign))
        targets = (one for each in assignments if each.value is node for one in each.targets)
        return next((one.id for one in targets if isinstance(one, ast.Name)), None)

    # Expressions

    def place(self, node: ast.expr | ast.stmt) -> Place:
        """Return the place of a piece of the running function."""
        return self.frame.function.place(node)

    def value(self, node: ast.expr, active: Active) -> object:
        """Return what an expression is for the active threads; for the others it may be anything."""
        return self.expressions[type(node)](self, node, active)

    def number(self, node: ast.expr, active: Active) -> Number:
        """Return what an expression is, which must be a number."""
        return self.as_number(self.value(node, active), node)

    def as_number(self, value: object, node: ast.expr) -> Number:
        """Return a value that must be a number."""
        if is_number(value):
            return value
        raise KernelError(f"{ast.unparse(node)} is {_kind(value)}, not a number", self.place(node))

    def condition(self, node: ast.expr, active: Active) -> Number:
        """Return whether an expression holds."""
        return numbers.truth(self.number(node, active))

    def _waited_for(self, node: ast.expr, active: Active) -> Walking:
        """Return the whole value of a statement. Only there may threads wait for each other."""
        if isinstance(node, ast.Call) and not _reinterprets(node):
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

    def constant(self, node: ast.Constant, active: Active) -> object:
        """Return a number of the source."""
        if isinstance(node.value, (bool, int, float)):
            try:
                return numbers.literal(node.value)
            except OverflowError:
                raise KernelError(f"{node.value:.3e} does not fit into 64 bits", self.place(node)) from None
        if node.value is None:
            return None
        raise KernelError(f"{node.value!r} is not a number", self.place(node))

    def name(self, node: ast.Name, active: Active) -> object:
        """Return what a name means."""
        return self.frame.read(node.id, active, self.place(node))

    def tuple_(self, node: ast.Tuple, active: Active) -> object:
        """Return a tuple."""
        return tuple(self.value(each, active) for each in node.elts)

    def attribute(self, node: ast.Attribute, active: Active) -> object:
        """Return a member of a module, or the shape, size or ndim of an array."""
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

    def subscript(self, node: ast.Subscript, active: Active) -> object:
        """Return an element of an array or a tuple."""
        whole = self.value(node.value, active)
        if isinstance(whole, tuple):
            return self._entry(whole, self.number(node.slice, active), active, node)
        view, indices = self._subscript(node, active)
        return self._element(view, indices, active, self.place(node))

    def _element(self, view: View, indices: tuple[Number, ...], active: Active, place: Place) -> object:
        """Return an element of an array, or what is left of it behind some indices."""
        if len(indices) < len(view.shape):
            return View(view.storage, (*view.indices, *indices))
        return self.memories.load(Access(view, indices, active, place))

    def _subscript(self, node: ast.Subscript, active: Active) -> tuple[View, tuple[Number, ...]]:
        """Return the array and the indices of array[i, j]."""
        view = self.value(node.value, active)
        if not isinstance(view, View):
            raise KernelError(f"{ast.unparse(node.value)} is {_kind(view)}, not an array", self.place(node))
        index = self.value(node.slice, active)
        indices = index if isinstance(index, tuple) else (index,)
        return view, tuple(self.as_number(each, node.slice) for each in indices)

    def _entry(self, entries: tuple[Any, ...], index: Number, active: Active, node: ast.Subscript) -> object:
        name, own = ast.unparse(node.value), active.of(index) if index.ndim else index
        if index.dtype.kind not in "iu":
            raise KernelError(NO_INDEX.format(name, index.dtype), self.place(node))
        if (own < -len(entries)).any() or (own >= len(entries)).any():
            raise KernelError(f"{name} has {len(entries)} entries", self.place(node))
        if not index.ndim:
            return entries[int(index)]
        values = np.broadcast_arrays(*(self.as_number(one, node) for one in entries), index)[:-1]
        return np.stack(values)[np.where(active.mask, index, 0), np.arange(self.group.size)]

    def binary(self, node: ast.BinOp, active: Active) -> Number:
        """Return `left + right`, and the like."""
        left, right = self.number(node.left, active), self.number(node.right, active)
        return self._binary(node, left, right, active)

    def _binary(self, node: ast.BinOp | ast.AugAssign, left: Number, right: Number, active: Active) -> Number:
        operator, place = node.op, self.place(node)
        if self.is_host:
            return self._on_host(lambda: host.binary(type(operator), left, right), place)
        if isinstance(operator, (ast.FloorDiv, ast.Mod)) and numbers.is_integer(left) and numbers.is_integer(right):
            self._require_divisor(right, active, place)
        try:
            return numbers.BINARY[type(operator)](left, right)
        except TypeError as error:
            raise KernelError(str(error), place) from None

    def _on_host(self, compute: Callable[[], Number], place: Place) -> Number:
        try:
            return compute()
        except (ArithmeticError, ValueError, TypeError) as error:
            raise KernelError(error.args[-1], place) from None

    def _require_divisor(self, right: Number, active: Active, place: Place) -> None:
        own = active.of(right) if right.ndim else np.broadcast_to(right, active.count)
        if not own.all():
            self.memories.fault(
                Kind.ZERO,
                lambda thread: f"{thread} divides by 0 (line {place.line}). A GPU carries on with some number.",
                place, "", int(active.numbers[np.argmin(own != 0)]),
            )  # fmt: skip

    def unary(self, node: ast.UnaryOp, active: Active) -> Number:
        """Return `-value`, `not value` or `~value`."""
        try:
            return numbers.UNARY[type(node.op)](self.number(node.operand, active))
        except TypeError as error:
            raise KernelError(str(error), self.place(node)) from None

    def compare(self, node: ast.Compare, active: Active) -> Number:
        """Return `a < b <= c`. Only threads for which the earlier comparisons hold compute the later ones."""
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
        """Return `value in (1, 2)`."""
        among = self.value(node, active)
        if not isinstance(among, tuple):
            raise KernelError(f"{ast.unparse(node)} is {_kind(among)}: a number can be in a tuple only", self.place(node))
        equal = [numbers.COMPARED[ast.Eq](value, self.as_number(one, node)) for one in among]
        return reduce(np.logical_or, equal, np.bool_(False))

    def logic(self, node: ast.BoolOp, active: Active) -> Number:
        """Return `a and b` or `a or b`. Only threads for which the earlier values leave it open compute the later ones."""
        result = self.number(node.values[0], active)
        for one in node.values[1:]:
            holds = numbers.truth(result)
            then, others = self._ways(holds, active)
            active = then if isinstance(node.op, ast.And) else others
            if not active.count:
                break
            value = self.number(one, active)
            result = merged(active.mask, value, result, ast.unparse(node), self.place(node)) if holds.ndim else value
        return self.frame.as_typed(node, result)

    def choice(self, node: ast.IfExp, active: Active) -> object:
        """Return `a if condition else b`."""
        then, others = self._ways(self.condition(node.test, active), active)
        if not others.count or not then.count:
            return self.frame.as_typed(node, self.value(node.orelse if others.count else node.body, active))
        values = self.value(node.body, then), self.value(node.orelse, others)
        return self.frame.as_typed(node, merged(then.mask, *values, ast.unparse(node), self.place(node)))

    def called(self, node: ast.Call, active: Active) -> object:
        """Return what a call returns."""
        if _reinterprets(node):
            return self._reinterpreted(node, active)
        function, place = self.value(node.func, active), self.place(node)
        if isinstance(function, Action):
            return function.act(self, node, self._by_parameters(node, function, active), active)
        arguments = self._arguments(node, active)
        if isinstance(function, Function):
            return self._at_once(self.call(function, arguments, active, place), place)
        if not isinstance(function, (OfNumbers, Type)):
            raise KernelError(f"{ast.unparse(node.func)} is {_kind(function)}, not a function", place)
        given = [self.as_number(value, each) for value, each in zip(arguments, node.args)]
        if isinstance(function, Type):
            if len(given) != 1:
                raise KernelError(f"{ast.unparse(node.func)} converts one number, but gets {len(given)}", place)
            return given[0].astype(function.dtype)
        if not function.least <= len(given) <= function.most:
            raise KernelError(f"{function.name} does not take {len(given)} arguments", place)
        if self.is_host:
            return self._on_host(lambda: host.call(function.name, *given), place)
        return function.compute(*given)

    def _at_once(self, walking: Walking, place: Place) -> object:
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
        """Return `number.view(type)`: the same bits."""
        assert isinstance(node.func, ast.Attribute)
        (kind,) = (self.value(each, active) for each in node.args)
        assert isinstance(kind, Type)
        return self.number(node.func.value, active).view(kind.dtype)

    expressions: ClassVar[dict[type[ast.expr], Callable[..., Any]]] = {
        ast.Constant: constant,
        ast.Name: name,
        ast.Tuple: tuple_,
        ast.Attribute: attribute,
        ast.Subscript: subscript,
        ast.BinOp: binary,
        ast.UnaryOp: unary,
        ast.Compare: compare,
        ast.BoolOp: logic,
        ast.IfExp: choice,
        ast.Call: called,
    }


def _reinterprets(node: ast.Call) -> bool:
    """Return whether a call is number.view(type)."""
    return isinstance(node.func, ast.Attribute) and node.func.attr == "view"


def _kind(value: object) -> str:
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
    return "nothing" if value is None else "a range" if isinstance(value, Range) else "a number"


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
