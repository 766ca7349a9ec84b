"""Kernels as the machine takes them: a file's, read but never imported, or one that Python has loaded already."""

import ast
import builtins
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from gpu import language
from gpu.machine import names
from gpu.machine.functions import Function
from gpu.machine.launch import result
from gpu.machine.numbers import TYPES, Type, literal


@dataclass
class Program:
    """A file of kernels: its vetted tree, its functions, and its constants."""

    file: str
    tree: ast.Module
    functions: dict[str, Function] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)


def read(source: bytes | str, file: str) -> Program:
    """Read a file of kernels without running it.

    Raises language.Forbidden for what is not part of the language, and KernelError for a constant that has no value.
    """
    tree = language.vet(source, file)
    program = Program(file, tree)
    meanings: dict[str, Any] = dict(names.BUILT_IN)
    for statement in tree.body:
        if isinstance(statement, ast.Import):
            meanings |= {alias.asname or alias.name: names.MODULES[alias.name] for alias in statement.names}
        elif isinstance(statement, ast.ImportFrom):
            members = names.MODULES[statement.module or ""].members
            meanings |= {alias.asname or alias.name: members[alias.name] for alias in statement.names}
        elif isinstance(statement, ast.FunctionDef):
            # All functions of a file share its names, those defined later too, as in Python.
            meanings[statement.name] = program.functions[statement.name] = Function(statement.name, statement, meanings)
        elif isinstance(statement, ast.Assign):
            names_set = [node.id for target in statement.targets for node in ast.walk(target) if isinstance(node, ast.Name)]
            values = result(_returning(statement, names_set, meanings))
            assert isinstance(values, tuple)
            program.constants |= zip(names_set, values)
            meanings |= program.constants
    return program


def _returning(statement: ast.Assign, names_set: list[str], meanings: Mapping[str, Any]) -> Function:
    """Return a function that carries out an assignment and returns what it has set."""
    body = ast.parse(f"def constants(): return ({', '.join(names_set)},)").body[0]
    assert isinstance(body, ast.FunctionDef)
    body.body.insert(0, statement)
    return Function("constants", body, meanings)


def of(function: Callable[..., object]) -> Function:
    """Return a function of a module that Python has loaded, marked by cuda.jit or not, with what it closes over."""
    plain = getattr(function, "py_func", function)
    lines, first = inspect.getsourcelines(plain)
    tree = ast.parse(textwrap.dedent("".join(lines)))
    ast.increment_lineno(tree, first - 1)
    (definition,) = tree.body
    if not isinstance(definition, ast.FunctionDef):
        raise ValueError(f"{plain.__name__} is not written as a function")
    return Function(plain.__name__, _WithoutTypes().visit(definition), _Closure(plain))


class _WithoutTypes(ast.NodeTransformer):
    """Takes the annotations out of a function: they mean nothing to a kernel."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        assert node.value is not None
        return ast.copy_location(ast.Assign([node.target], node.value), node)


class _Closure(Mapping[str, object]):
    """What the names of a loaded function mean, looked up when they are needed, as Python does."""

    def __init__(self, plain: Callable[..., object]) -> None:
        closed = inspect.getclosurevars(plain)
        self._found = {**vars(builtins), **plain.__globals__, **closed.nonlocals}
        self._translated: dict[str, Any] = {}

    def __getitem__(self, name: str) -> object:
        if name not in self._translated:
            self._translated[name] = _translated(name, self._found[name])
        return self._translated[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def _translated(name: str, value: object) -> object:
    """Return what a value of Python's is for the machine."""
    if isinstance(value, (bool, int, float)):
        return literal(value)
    if isinstance(value, (np.generic, names.Meaning, Type)):
        return value
    if isinstance(value, tuple):
        return tuple(_translated(name, each) for each in value)
    if isinstance(value, ModuleType) and value.__name__.split(".")[-1] in names.MODULES:
        return names.MODULES[value.__name__.split(".")[-1]]
    if hasattr(value, "shared") and hasattr(value, "syncthreads"):  # numba.cuda, or what stands for it
        return names.MODULES["cuda"]
    type_name = getattr(value, "__name__", getattr(value, "name", None))  # of NumPy's types, and of Numba's
    if type_name in TYPES:
        return Type(np.dtype(type_name))
    if name in names.BUILT_IN and value is vars(builtins)[name]:
        return names.BUILT_IN[name]
    if callable(value):
        return of(value)
    raise ValueError(f"{name} is {type(value).__name__}, which no kernel can use")
