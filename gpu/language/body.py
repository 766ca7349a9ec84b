"""The grammar of a function: what it may contain, as patterns of the syntax tree.

Nothing is computed: whether a value is an array or a number, and whether there is one, the machine finds out.
"""

import ast
from collections.abc import Iterable, Sequence
from enum import Enum

import numpy as np

from gpu.language.left_out import LEFT_OUT
from gpu.language.refusals import Forbidden
from gpu.language.scope import TRY_OUT, VALUE, Defined, Role, Scope, Value
from gpu.machine.names import BUILT_IN, Action, Function, Module, Own, Type

MOST_BITS = 64  # of an integer
CONTAINERS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.SetComp, ast.DictComp)


class Place(Enum):
    """Where a call is."""

    ALONE = "on a line of its own"
    NAMED = "behind `name =`"
    WHOLE = "as the whole value of another statement"
    LOOPED = "behind `for i in`"
    WITHIN = "within an expression"


# Calls that are allowed in one place only, and what is said of them elsewhere.
PLACES = {
    "cuda.syncthreads": (Place.ALONE, "Write it on a line of its own: it returns nothing."),
    "cuda.syncwarp": (Place.ALONE, "Write it on a line of its own: it returns nothing."),
    "cuda.shared.array": (Place.NAMED, "Give the array a name: cells = cuda.shared.array(SIZE, float32)."),
    "cuda.local.array": (Place.NAMED, "Give the array a name: cells = cuda.local.array(SIZE, float32)."),
    "range": (Place.LOOPED, "Write for i in range(n)."),
}


class Body:
    """The rules for what a scope may contain."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    # Statements

    def function(self, tree: ast.FunctionDef) -> None:
        """Check the statements of a function."""
        self.statements(tree.body[1:] if ast.get_docstring(tree) is not None else tree.body)

    def statements(self, nodes: Iterable[ast.stmt]) -> None:
        """Check statements."""
        for node in nodes:
            self.statement(node)

    def statement(self, node: ast.stmt) -> None:
        """Check a statement."""
        match node:
            case ast.Expr(ast.Call() as call):
                self.call(call, Place.ALONE)
            case ast.Assign([ast.Name()], ast.Call() as call):
                self.call(call, Place.NAMED)
            case ast.Assign(targets, value):
                self.whole(value)
                self.targets(targets)
            case ast.AugAssign(ast.Name() | ast.Subscript() as target, operator, value):
                self.operators(node, [operator])
                self.expression(value)
                self.targets([target])
            case ast.If(test, body, orelse):
                self.expression(test)
                self.statements([*body, *orelse])
            case ast.For(ast.Name(), ast.Call(function) as call, body, []) if self.meaning(function) is BUILT_IN["range"]:
                self.call(call, Place.LOOPED)
                self.statements(body)
            case ast.While(test, body, []):
                self.expression(test)
                self.statements(body)
            case ast.Return(None) | ast.Break() | ast.Continue() | ast.Pass():
                pass
            case ast.Return(ast.expr() as value) if self.scope.role is not Role.KERNEL:
                self.whole(value)
            case ast.Raise(ast.Name("NotImplementedError"), None):
                pass  # a stub
            case _:
                raise self.no_statement(node)

    def no_statement(self, node: ast.stmt) -> Forbidden:
        """Return why a statement is not in the language."""
        match node:
            case ast.Return():
                return Forbidden(
                    'a kernel cannot return a value ("CUDA kernel must have void return type"). Write results to an array.',
                    node.lineno,
                )
            case ast.For(orelse=[_, *_]) | ast.While(orelse=[_, *_]):
                return Forbidden(
                    "`else` cannot follow a loop here. Numba compiles it, but it is easily misread.", node.lineno
                )
            case ast.For():
                return Forbidden("a loop goes over a range here. Write for i in range(n).", node.lineno)
            case ast.Expr(value):
                self.expression(value)
                return Forbidden("the result of this line is not used. Is an assignment missing?", node.lineno)
            case _:
                return left_out(node, self.scope.role)

    def whole(self, node: ast.expr) -> None:
        """Check the whole value of a statement."""
        if isinstance(node, ast.Call):
            self.call(node, Place.WHOLE)
        else:
            self.expression(node)

    def targets(self, nodes: Iterable[ast.expr]) -> None:
        """Check what is assigned to; the scope knows the names."""
        for node in nodes:
            match node:
                case ast.Name():
                    pass
                case ast.Subscript():
                    self.element(node)
                case ast.Tuple(elements):
                    self.targets(elements)
                case ast.Attribute(_, member):
                    raise Forbidden(f".{member} cannot be set. Variables and elements of arrays can.", node.lineno)
                case _:
                    raise left_out(node, self.scope.role)

    # Expressions

    def expressions(self, nodes: Iterable[ast.expr]) -> None:
        """Check expressions."""
        for node in nodes:
            self.expression(node)

    def expression(self, node: ast.expr) -> None:
        """Check an expression."""
        match node:
            case ast.Constant(int() as value) if value.bit_length() > MOST_BITS:
                raise Forbidden('this number has more than 64 bits ("Int value is too large").', node.lineno)
            case ast.Constant(bool() | int() | float()):
                pass
            case ast.Name() | ast.Attribute():
                self.value(node)
            case ast.Subscript():
                self.element(node)
            case ast.Tuple(elements):
                self.expressions(elements)
            case ast.BinOp(left, operator, right):
                self.operators(node, [operator])
                self.expressions([left, right])
            case ast.UnaryOp(_, operand):
                self.expression(operand)
            case ast.BoolOp(_, values):
                self.expressions(values)
            case ast.Compare(left, operators, others):
                self.operators(node, operators)
                self.expressions([left, *others])
            case ast.IfExp(test, one, other):
                self.expressions([test, one, other])
            case ast.Call():
                self.call(node, Place.WITHIN)
            case _:
                raise left_out(node, self.scope.role)

    def element(self, node: ast.Subscript) -> None:
        """Check an element of an array or a tuple."""
        self.expression(node.value)
        indices = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        self.whole_numbers(indices, "an index is a whole number.")

    def whole_numbers(self, nodes: Iterable[ast.expr], reason: str) -> None:
        """Check expressions that must be whole numbers; what is plainly a fraction is refused here."""
        for node in nodes:
            match node:
                case ast.Constant(float()) | ast.BinOp(_, ast.Div()):
                    raise Forbidden(f"{reason} Divide with //.", node.lineno)
                case _:
                    self.expression(node)

    def operators(self, node: ast.expr | ast.stmt, operators: Iterable[ast.operator | ast.cmpop]) -> None:
        """Check the operators in a node: all but a few are in the language."""
        for operator in operators:
            if type(operator) in LEFT_OUT:
                raise left_out(operator, self.scope.role, node.lineno)

    # Names

    def value(self, node: ast.Name | ast.Attribute) -> None:
        """Check that a name means a value."""
        found = self.meaning(node)
        if isinstance(found, (Value, Own, np.generic)):
            return
        written = ast.unparse(node)
        match found:
            case Module(members={"x": _}):
                reason = f"{written} has three parts. Write {written}.x, {written}.y or {written}.z."
            case Module():
                reason = f"{written} is not a number. Is a part of the name missing?"
            case Type():
                reason = f"{written} is a type. Write {written}(x) for x as a number of this type."
            case Action("cuda.syncthreads"):
                reason = "without brackets no thread waits, though Numba compiles it. Write cuda.syncthreads()."
            case Function() | Action() | Defined():
                reason = f"{written} is a function. Call it: {written}(...)."
        raise Forbidden(reason, node.lineno)

    def meaning(self, node: ast.expr) -> object:
        """Return what a name means, or a member of what it means; VALUE for any other expression."""
        match node:
            case ast.Name():
                return self.scope.name(node)
            case ast.Attribute(owner):
                return self.scope.member(node, self.meaning(owner))
            case _:
                self.expression(node)
                return VALUE

    # Calls

    def call(self, node: ast.Call, place: Place) -> None:
        """Check a call in a place."""
        if isinstance(node.func, ast.Subscript):
            raise Forbidden("kernels are launched by the host. Launch them in the notebook.", node.lineno)
        match self.meaning(node.func):
            case Function(name, _, least, most):
                self.expressions(given(node, name, least, most))
            case Action() as action:
                self.action(node, action, place)
            case Type():
                self.expressions(given(node, ast.unparse(node.func), 1, 1))
            case Defined() as function:
                self.call_of_own(node, function, place)
            case Module() | Own() | Value() | np.generic():
                raise Forbidden(f"{ast.unparse(node.func)} is not a function. Write it without brackets.", node.lineno)

    def action(self, node: ast.Call, action: Action, place: Place) -> None:
        """Check a call of what does something to threads or memory."""
        name, parameters = action.name, action.parameters
        only, advice = PLACES.get(name, (place, ""))
        if place is not only:
            raise Forbidden(f"{name} cannot be used here. {advice}", node.lineno)
        arguments = given(node, name, action.needed, len(parameters), parameters)
        match name:
            case "cuda.shared.array" | "cuda.local.array":
                self.array(name, *arguments)
            case "range":
                self.whole_numbers(arguments, "range takes whole numbers.")
            case "cuda.grid" | "cuda.gridsize":
                self.axes(name, *arguments)
            case "cuda.syncwarp":
                self.mask(arguments)
            case _:
                self.expressions(arguments)

    def axes(self, name: str, axes: ast.expr) -> None:
        """Check the number of axes of a grid: Numba must know it when it compiles."""
        match axes:
            case ast.Constant(int(1 | 2 | 3)):
                pass
            case _:
                raise Forbidden(f"{name} takes the number of axes: 1, 2 or 3.", axes.lineno)

    def mask(self, arguments: list[ast.expr]) -> None:
        """Check which lanes of a warp wait: all of them, since the machine counts whole warps."""
        match arguments:
            case [] | [ast.Constant(0xFFFFFFFF)]:
                pass
            case [mask, *_]:
                raise Forbidden("all threads of a warp wait for each other here. Write cuda.syncwarp().", mask.lineno)

    def array(self, name: str, shape: ast.expr, dtype: ast.expr) -> None:
        """Check the shape and the type of a shared or local array: Numba must know both when it compiles."""
        for size in shape.elts if isinstance(shape, ast.Tuple) else [shape]:
            match size:
                case ast.Constant(int()):
                    pass
                case ast.Name(constant) if constant not in self.scope.variables and self.meaning(size) is VALUE:
                    pass
                case _:
                    raise Forbidden(
                        f"the shape of {name} may contain only numbers and constants: Numba must know it when it compiles. "
                        "Compute a size above the kernel: SIZE = TILE + 2.",
                        size.lineno,
                    )
        if not isinstance(dtype, (ast.Name, ast.Attribute)) or not isinstance(self.meaning(dtype), Type):
            raise Forbidden(f"{name} takes a shape and a type, such as float32.", dtype.lineno)

    def call_of_own(self, node: ast.Call, function: Defined, place: Place) -> None:
        """Check a call of a function of the file."""
        name, count = function.tree.name, len(function.tree.args.args)
        match self.scope.role, function.role:
            case Role.FILE, _:
                raise Forbidden("constants cannot use the functions of the file.", node.lineno)
            case _, Role.KERNEL:
                reason = f"{name} is a kernel, which only the host launches. Threads call @cuda.jit(device=True) functions."
                raise Forbidden(reason, node.lineno)
            case Role.KERNEL | Role.DEVICE, Role.HOST:
                reason = (
                    f'Numba cannot call {name} in a kernel ("Untyped global name"). Write @cuda.jit(device=True) above it.'
                )
                raise Forbidden(reason, node.lineno)
            case Role.HOST, Role.DEVICE:
                raise Forbidden(f"{name} is a device function, which only kernels call.", node.lineno)
        if function.has_barrier and place is Place.WITHIN:
            raise Forbidden(f"{name} contains a barrier, so call it on a line of its own: x = {name}(...).", node.lineno)
        self.expressions(given(node, name, count, count))


def given(node: ast.Call, name: str, least: int, most: int, parameters: Sequence[str] = ()) -> list[ast.expr]:
    """Return the arguments of a call in the order of the parameters; check how many there are.

    parameters: names that arguments may have; by default they have none.
    """
    named = {keyword.arg: keyword.value for keyword in node.keywords}
    if not set(named) <= set(parameters[len(node.args) :]):
        raise Forbidden(f"{name} takes positional arguments only.", node.lineno)
    arguments = [*node.args, *(named[parameter] for parameter in parameters if parameter in named)]
    if not least <= len(arguments) <= most:
        takes = f"{least} argument{'s' * (most != 1)}" if least == most else f"{least} to {most} arguments"
        raise Forbidden(f"{name} takes {takes}, but gets {len(arguments)}.", node.lineno)
    return arguments


def left_out(node: ast.AST, role: Role, line: int = 0) -> Forbidden:
    """Return why a node is not in the language. role: of the scope. line: of a node that does not know its own."""
    kind = type(node.value) if isinstance(node, ast.Constant) else type(node)
    name, advice = LEFT_OUT.get(kind, (f"this ({kind.__name__})", "It is not in the language."))
    if kind in CONTAINERS and role is Role.HOST:
        advice = "Functions for the host compute with numbers, and tuples of numbers: (a, b)."
    if kind in CONTAINERS and role is Role.FILE:
        advice = f"Constants are numbers, or tuples of numbers: (a, b). {TRY_OUT}"
    return Forbidden(f"{name} cannot be used here. {advice}", line or getattr(node, "lineno", 0))
