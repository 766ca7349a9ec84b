"""What a file may contain: imports, constants and functions, and which names they set."""

import ast
from collections.abc import Iterable, Mapping
from typing import Any

from gpu.language.body import Body, left_out
from gpu.language.left_out import LEFT_OUT, OF_MODULES
from gpu.language.refusals import Forbidden
from gpu.language.scope import IMPORTS, TRY_OUT, VALUE, Defined, Role, Scope
from gpu.machine.functions import BARRIERS
from gpu.machine.names import BUILT_IN, MODULES, Type

LONGEST_NAME = 60  # so that reports can show it
DEEPEST = 30  # functions that call each other
FROM = ("math", "numba", "numpy")  # modules whose names can be imported


def check(tree: ast.Module) -> None:
    """Raise Forbidden if a file contains something that is not in the language."""
    _check_spelling(tree)
    meanings: dict[str, Any] = dict(BUILT_IN)
    for statement in tree.body[1:] if ast.get_docstring(tree) is not None else tree.body:
        for name, meaning in _set_by(statement, meanings):
            if name in meanings and (meaning is VALUE or meaning is not meanings[name]):
                raise Forbidden(f"{name} already means something else. Set each name of the file once.", statement.lineno)
            meanings[name] = meaning
    functions = [meaning for meaning in meanings.values() if isinstance(meaning, Defined)]
    _follow_calls(functions, meanings)
    for function in functions:
        Body(Scope(function.role, meanings, _variables(function.tree))).function(function.tree)


def _set_by(node: ast.stmt, meanings: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """Yield the names that a statement of the file sets, and what they mean."""
    match node:
        case ast.Import(names) | ast.ImportFrom(_, names):
            for alias in names:
                yield _imported(node, alias)
        case ast.Assign([ast.Name(name)], value):
            yield name, _of_constant(value, meanings)
        case ast.Assign([ast.Tuple(elements)], value) if all(isinstance(each, ast.Name) for each in elements):
            Body(Scope(Role.FILE, meanings)).expression(value)
            for each in elements:
                yield ast.unparse(each), VALUE
        case ast.FunctionDef(name):
            role = _role(node)
            if role is not Role.HOST and "cuda" not in meanings:
                raise Forbidden("cuda is not defined. Write `from numba import cuda` at the top.", node.lineno)
            yield name, Defined(node, role)
        case ast.Assign() | ast.AugAssign() | ast.Delete():
            raise Forbidden("each constant has a name of its own, and is set once. Write NAME = value.", node.lineno)
        case ast.ClassDef() | ast.AsyncFunctionDef() | ast.AnnAssign():
            raise left_out(node, Role.FILE)
        case _:
            raise Forbidden(f"a file of kernels holds imports, constants and functions. {TRY_OUT}", node.lineno)


def _imported(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> tuple[str, Any]:
    """Return the name that an import sets, and what it means."""
    match node, alias:
        case ast.Import(), ast.alias(name, called) if ast.unparse(ast.Import([alias])) in IMPORTS.values():
            return called or name, MODULES[name]
        case ast.ImportFrom(module, _, 0), ast.alias(name, None) if module in FROM and name in MODULES[module].members:
            return name, MODULES[module].members[name]
        case ast.ImportFrom(module, _, 0), ast.alias(name) if name in OF_MODULES.get(module or "", {}):
            raise Forbidden(f"{name} cannot be used here. {OF_MODULES[module or ''][name]}", node.lineno)
        case _:
            raise Forbidden(
                "this import is not in the language. Kernels may have `from numba import cuda, float32`, `import math` and "
                "`import numpy as np`.",
                node.lineno,
            )


def _of_constant(value: ast.expr, meanings: Mapping[str, Any]) -> object:
    """Return what the name of a constant means: a type, or a value."""
    body = Body(Scope(Role.FILE, meanings))
    if isinstance(value, (ast.Name, ast.Attribute)) and isinstance(found := body.meaning(value), Type):
        return found
    body.expression(value)
    return VALUE


# Functions


def _role(tree: ast.FunctionDef) -> Role:
    """Return what a function is for, by its decorator; check its head."""
    match tree.args:
        case ast.arguments(defaults=[_, *_]):
            raise Forbidden("a parameter cannot have a default value here. A launch passes every argument.", tree.lineno)
        case ast.arguments([], parameters, None, [], [], None, []):
            pass
        case _:
            raise Forbidden("parameters are plain names here, without * and /.", tree.lineno)
    if tree.returns or any(parameter.annotation for parameter in parameters) or getattr(tree, "type_params", None):
        raise Forbidden(f"an annotation cannot be used here. {LEFT_OUT[ast.AnnAssign][1]}", tree.lineno)
    if len(tree.decorator_list) > 1:
        raise Forbidden("one decorator is enough: @cuda.jit or @cuda.jit(device=True).", tree.decorator_list[1].lineno)
    return _marked(tree.decorator_list[0]) if tree.decorator_list else Role.HOST


def _marked(decorator: ast.expr) -> Role:
    """Return what a function under a decorator is for."""
    match decorator:
        case ast.Attribute(ast.Name("cuda"), "jit") | ast.Call(ast.Attribute(ast.Name("cuda"), "jit"), [], []):
            return Role.KERNEL
        case ast.Call(ast.Attribute(ast.Name("cuda"), "jit"), [], [ast.keyword("device", ast.Constant(True))]):
            return Role.DEVICE
        case ast.Call(ast.Attribute(ast.Name("cuda"), "jit"), [_, *_]):
            reason = "types cannot be given here. Numba finds them when the kernel is launched."
        case ast.Call(ast.Attribute(ast.Name("cuda"), "jit"), [], options) if all(each.arg for each in options):
            option = next((each.arg for each in options if each.arg != "device"), "device")
            reason = f"the option {option} cannot be used here. Kernels are compiled with Numba's own options."
        case _:
            reason = "this decorator cannot be used here."
    raise Forbidden(
        f"{reason} Write @cuda.jit above a kernel, @cuda.jit(device=True) above what it calls.", decorator.lineno
    )


def _variables(tree: ast.FunctionDef) -> set[str]:
    """Return the names of a function's variables, which hide other meanings of these names."""
    stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return stored | {parameter.arg for parameter in tree.args.args}


def _follow_calls(functions: Iterable[Defined], meanings: Mapping[str, Any]) -> None:
    """Require that no function calls itself, and find out which of them contain a barrier, or call one that does."""
    followed: set[Defined] = set()

    def follow(function: Defined, callers: tuple[Defined, ...]) -> None:
        if function in callers:
            others = [each.tree.name for each in callers[callers.index(function) + 1 :]]
            way = f", through {', '.join(others)}" if others else ""
            reason = f"{function.tree.name} calls itself{way}. Numba cannot compile that in a kernel. Write a loop."
            raise Forbidden(reason, function.tree.lineno)
        if len(callers) == DEEPEST:
            raise Forbidden("functions call each other too deeply.", function.tree.lineno)
        if function in followed:
            return
        followed.add(function)
        variables = _variables(function.tree)
        for node in ast.walk(function.tree):
            called = meanings.get(node.id) if isinstance(node, ast.Name) and node.id not in variables else None
            if isinstance(called, Defined):
                follow(called, (*callers, function))
                function.has_barrier |= called.has_barrier
            function.has_barrier |= isinstance(node, ast.Attribute) and node.attr in BARRIERS

    for function in functions:
        follow(function, ())


def _check_spelling(tree: ast.Module) -> None:
    """Require names that every report can show, and that are not Python's own."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(name) | ast.arg(name) | ast.FunctionDef(name) | ast.Attribute(_, name) | ast.keyword(str(name)):
                if not name.isascii():
                    raise Forbidden("a name has letters other than a to z. Rename it.", node.lineno)
                if len(name) > LONGEST_NAME:
                    raise Forbidden(f"the name {name[:LONGEST_NAME]}... is too long.", node.lineno)
                if name.startswith("__"):
                    raise Forbidden(f"{name} cannot be used here: names that begin with __ are Python's own.", node.lineno)
