"""First-order mutants of a right program: all programs that differ from it by one small slip in a function's body."""

import ast
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

ARITHMETIC = {
    ast.Add: (ast.Sub, ast.Mult), ast.Sub: (ast.Add,), ast.Mult: (ast.Add, ast.FloorDiv), ast.Div: (ast.FloorDiv, ast.Mult),
    ast.FloorDiv: (ast.Div, ast.Mult, ast.Mod), ast.Mod: (ast.FloorDiv,), ast.Pow: (ast.Mult,), ast.MatMult: (ast.Mult,),
}  # fmt: skip
COMPARISONS = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}  # fmt: skip
# Words that are easily confused.
WORDS = (
    ("max", "min", "average", "median"),
    ("conv", "pool", "relu", "flatten", "dense"),
    ("size", "kernel_size", "stride", "padding", "out_channels", "units"),
    ("constant", "edge", "reflect"),
    ("C", "F"),
)
NAMES = (
    ("max", "min"), ("maximum", "minimum"), ("amax", "amin"), ("floor", "ceil"), ("floor", "round"), ("mean", "median"),
    ("mean", "sum"), ("sum", "max"), ("sum", "prod"), ("zeros", "ones"), ("any", "all"), ("rows", "columns"),
    ("fft2", "ifft2"), ("rfft2", "irfft2"), ("repeat", "tile"), ("append", "extend"),
)  # fmt: skip
TYPES = {
    "float": ("int", "np.float16"),
    "int": ("float",),
    "np.float64": ("np.int64", "np.float16", "np.float32"),
    "np.double": ("np.int64", "np.float16", "np.float32"),
    "np.float32": ("np.int64", "np.float16"),
    "np.complex128": ("np.float64",),
}


@dataclass(frozen=True)
class Mutant:
    """A program with one slip in it."""

    description: str  # "line 12: size // stride -> size / stride"
    function: str  # the top-level definition that contains it
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Yield the first-order mutants of a program, each once, in the order of its lines."""
    tree = ast.parse(source)
    pieces = [ast.unparse(statement) for statement in tree.body]
    seen = {"\n".join(pieces)}
    for index, definition in enumerate(tree.body):
        if not isinstance(definition, (ast.FunctionDef, ast.ClassDef)):
            continue
        for site in _sites(definition, ()):
            for replacement in site.replacements():
                original = site.get()
                site.put(replacement)
                piece = ast.unparse(definition)
                site.put(original)
                mutated = "\n".join([*pieces[:index], piece, *pieces[index + 1 :]])
                if mutated not in seen and _compiles(piece):
                    seen.add(mutated)
                    yield Mutant(site.describe(original, replacement), definition.name, mutated)


@dataclass(frozen=True)
class Site:
    """A place in the tree, and the names that are known there."""

    parent: ast.AST
    field: str
    index: int | None  # in the field, where that is a list
    scope: tuple[str, ...]
    as_type: bool = False  # whether this may be an array type

    def get(self) -> ast.AST:
        """Return the node at this place."""
        found = getattr(self.parent, self.field)
        node: ast.AST = found if self.index is None else found[self.index]
        return node

    def put(self, node: ast.AST | None) -> None:
        """Put another node at this place, or none."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node

    def replacements(self) -> Iterator[ast.AST | None]:
        """Yield what might be here by mistake."""
        node = self.get()
        if isinstance(node, ast.stmt):
            yield from _of_statement(node)
        if isinstance(node, ast.expr):
            yield from _of_expression(node, self.scope)
            if self.as_type:
                yield from (_parsed(other) for other in TYPES.get(ast.unparse(node), ()))
            if self.field == "test":
                yield from (ast.Constant(True), ast.Constant(False), ast.UnaryOp(ast.Not(), node))
            if isinstance(self.parent, (ast.BinOp, ast.Return)) and not isinstance(node, (ast.Constant, ast.UnaryOp)):
                yield ast.UnaryOp(ast.USub(), node)

    def describe(self, original: ast.AST, replacement: ast.AST | None) -> str:
        """Return the line, the original code and its replacement."""
        line = getattr(original, "lineno", None) or getattr(self.parent, "lineno", 0)
        return f"line {line}: {_shown(original)} -> {_shown(replacement)}"


def _sites(node: ast.AST, scope: tuple[str, ...]) -> Iterator[Site]:
    """Yield the places in the bodies of functions, outer ones first, without docstrings and parameters."""
    if isinstance(node, (ast.FunctionDef, ast.Lambda)):
        scope = tuple(dict.fromkeys([*scope, *(each.arg for each in node.args.args), *_assigned(node)]))
    if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
        scope = tuple(dict.fromkeys([*scope, *(name for each in node.generators for name in _stored(each.target))]))
    for name, value in ast.iter_fields(node):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Lambda)) and name != "body":
            continue
        places = (
            [(None, value)] if isinstance(value, ast.AST) else list(enumerate(value)) if isinstance(value, list) else []
        )
        for index, child in places:
            if isinstance(child, ast.AST) and not _is_docstring(child):
                yield Site(node, name, index, scope, _may_be_type(node, name, index))
                yield from _sites(child, scope)


def _of_statement(node: ast.stmt) -> Iterator[ast.stmt]:
    if not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Pass)):
        yield ast.Pass()
    if isinstance(node, ast.AugAssign):
        for operator in ARITHMETIC.get(type(node.op), ()):
            yield ast.AugAssign(node.target, operator(), node.value)
        yield ast.Assign([node.target], node.value, lineno=node.lineno)
    if isinstance(node, (ast.Break, ast.Continue)):
        yield ast.Continue() if isinstance(node, ast.Break) else ast.Break()
    if isinstance(node, ast.If) and node.orelse:
        yield ast.If(node.test, node.body, [])


def _of_expression(node: ast.expr, scope: tuple[str, ...]) -> Iterator[ast.expr]:
    for kind, replace in _BY_KIND.items():
        if isinstance(node, kind):
            yield from replace(node)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in scope:
        yield from (ast.Name(other, ast.Load()) for other in scope if other != node.id)
    if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load):
        yield from _other_names(node)


def _other_names(node: ast.Name | ast.Attribute) -> Iterator[ast.expr]:
    name = node.id if isinstance(node, ast.Name) else node.attr
    for names in NAMES:
        for other in set(names) - {name} if name in names else ():
            yield ast.Name(other, node.ctx) if isinstance(node, ast.Name) else ast.Attribute(node.value, other, node.ctx)


def _of_operation(node: ast.BinOp) -> Iterator[ast.expr]:
    yield from (ast.BinOp(node.left, operator(), node.right) for operator in ARITHMETIC.get(type(node.op), ()))
    yield from (node.left, node.right)
    if isinstance(node.op, (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)):
        yield ast.BinOp(node.right, node.op, node.left)


def _of_comparison(node: ast.Compare) -> Iterator[ast.expr]:
    for index, operator in enumerate(node.ops):
        for other in COMPARISONS.get(type(operator), ()):
            yield ast.Compare(node.left, [*node.ops[:index], other(), *node.ops[index + 1 :]], node.comparators)


def _of_logic(node: ast.BoolOp) -> Iterator[ast.expr]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    yield from node.values


def _of_sign(node: ast.UnaryOp) -> Iterator[ast.expr]:
    yield node.operand


def _of_constant(node: ast.Constant) -> Iterator[ast.expr]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, (int, float)):
        yield from (ast.Constant(value + 1), ast.Constant(value - 1) if value >= 1 else _parsed(repr(value - 1)))
    elif value is None:
        yield ast.Constant(0)
    elif isinstance(value, str) and "->" in value:
        for index in range(len(value) - 1):
            if value[index : index + 2].isalpha():
                yield ast.Constant(value[:index] + value[index + 1] + value[index] + value[index + 2 :])
    elif isinstance(value, str):
        for words in WORDS:
            yield from (ast.Constant(other) for other in words if value in words and other != value)


def _of_choice(node: ast.IfExp) -> Iterator[ast.expr]:
    yield from (node.body, node.orelse)


def _of_elements(node: ast.Tuple | ast.List) -> Iterator[ast.expr]:
    """Yield the tuple or list with two neighbours swapped."""
    for elements in _swapped(node.elts):
        yield type(node)(elements, node.ctx)


def _of_call(node: ast.Call) -> Iterator[ast.expr]:
    for arguments in _swapped(node.args):
        yield ast.Call(node.func, arguments, node.keywords)
    for index in range(len(node.keywords)):
        yield ast.Call(node.func, node.args, node.keywords[:index] + node.keywords[index + 1 :])
    if len(node.args) > 1:
        yield ast.Call(node.func, node.args[:-1], node.keywords)
    if node.args and not isinstance(node.args[0], ast.Starred):
        yield node.args[0]
    if isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) not in ("np", "math", "numpy"):
        yield node.func.value
    if isinstance(node.func, ast.Name) and node.func.id == "range":
        yield from _of_range(node)


def _of_range(node: ast.Call) -> Iterator[ast.expr]:
    bounds = node.args
    if len(bounds) == 1:
        yield ast.Call(node.func, [ast.Constant(1), *bounds], [])
    end = 0 if len(bounds) == 1 else 1
    for operator in (ast.Add(), ast.Sub()):
        moved = ast.BinOp(bounds[end], operator, ast.Constant(1))
        yield ast.Call(node.func, [*bounds[:end], moved, *bounds[end + 1 :]], [])


def _of_slice(node: ast.Slice) -> Iterator[ast.expr]:
    lower, upper, step = node.lower, node.upper, node.step
    yield from (ast.Slice(other, upper, step) for other in _other_bounds(lower))
    yield from (ast.Slice(lower, other, step) for other in _other_bounds(upper))
    yield from (ast.Slice(lower, upper, other) for other in _other_bounds(step))
    if lower is None:
        yield ast.Slice(ast.Constant(1), upper, step)


def _of_comprehension(node: ast.ListComp | ast.GeneratorExp | ast.SetComp) -> Iterator[ast.expr]:
    for index, generator in enumerate(node.generators):
        if generator.ifs:
            free = ast.comprehension(generator.target, generator.iter, [], 0)
            yield type(node)(node.elt, [*node.generators[:index], free, *node.generators[index + 1 :]])


_BY_KIND: dict[type | tuple[type, ...], Callable[..., Iterator[ast.expr]]] = {
    ast.BinOp: _of_operation,
    ast.Compare: _of_comparison,
    ast.BoolOp: _of_logic,
    ast.UnaryOp: _of_sign,
    ast.Constant: _of_constant,
    ast.IfExp: _of_choice,
    (ast.Tuple, ast.List): _of_elements,
    ast.Call: _of_call,
    ast.Slice: _of_slice,
    (ast.ListComp, ast.GeneratorExp, ast.SetComp): _of_comprehension,
}


def _swapped(nodes: list[ast.expr]) -> Iterator[list[ast.expr]]:
    for index in range(len(nodes) - 1):
        yield [*nodes[:index], nodes[index + 1], nodes[index], *nodes[index + 2 :]]


def _other_bounds(bound: ast.expr | None) -> list[ast.expr | None]:
    """Return what a bound of a slice may be by mistake: missing, or off by one."""
    if bound is None:
        return []
    return [None, *(ast.BinOp(bound, operator, ast.Constant(1)) for operator in (ast.Add(), ast.Sub()))]


def _assigned(function: ast.FunctionDef | ast.Lambda) -> list[str]:
    """Return the names that a function's own statements assign; those of comprehensions are known only inside them."""
    inside = {
        id(each) for node in ast.walk(function) if isinstance(node, ast.comprehension) for each in ast.walk(node.target)
    }
    return [name for node in ast.walk(function) if id(node) not in inside for name in _stored_here(node)]


def _stored(target: ast.AST) -> list[str]:
    return [name for node in ast.walk(target) for name in _stored_here(node)]


def _stored_here(node: ast.AST) -> list[str]:
    return [node.id] if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else []


def _may_be_type(parent: ast.AST, field: str, index: int | None) -> bool:
    """Return whether this is an argument, which may be an array type."""
    return isinstance(parent, ast.keyword) or (isinstance(parent, ast.Call) and field == "args" and index is not None)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _compiles(piece: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a slip may well look odd to Python
        try:
            compile(piece, "mutant", "exec")
        except (SyntaxError, ValueError):
            return False
    return True


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _shown(node: ast.AST | None) -> str:
    text = "(nothing)" if node is None or isinstance(node, ast.Pass) else ast.unparse(node)
    first = text.splitlines()[0] if text else "(nothing)"
    return first if len(first) <= 70 else f"{first[:67]}..."
