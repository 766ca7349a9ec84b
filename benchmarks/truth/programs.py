"""The programs: right ones, their mutants, files that are wrong on purpose, and the misconceptions."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import misconceptions
from benchmarks.truth.interface import FILES
from release.proof.mutants import mutants

ROOT = Path(__file__).resolve().parents[2]
MASTERS = ROOT / "solutions" / "cnn"
RIGHT = ROOT / "tests" / "right"
WRONG = MASTERS / "wrong"
SECRET = "truth"  # from which docs/truth.md chooses its mutants


@dataclass(frozen=True)
class Program:
    """A file as a student might submit it."""

    name: str  # "tests/right/pooling_by_loops.py, line 12: size // stride -> size / stride"
    kind: str  # "right", "mutant", "file" or "misconception"
    file: str  # that it replaces: "pooling.py"
    source: str
    functions: frozenset[str]  # that may differ from those of the right program it was made of
    style: str = ""  # of a right program; of a misconception, its name


def right(file: str) -> list[Program]:
    """Return the right programs for a file of the homework: the master, and those in tests/right/."""
    master = _whole(MASTERS / file, "right", file, "master")
    paths = [path for path in sorted(RIGHT.glob("*.py")) if _docstring(path)[0] == file]
    return [master, *(_whole(path, "right", file, _docstring(path)[1].removeprefix("style: ")) for path in paths)]


def wrong_files(file: str) -> list[Program]:
    """Return the files in solutions/cnn/wrong/ that replace a file of the homework; some of them are right after all."""
    return [_whole(path, "file", file) for path in sorted(WRONG.glob("*.py")) if _docstring(path)[0].split()[0] == file]


def mutated(program: Program) -> list[Program]:
    """Return the first-order mutants of a right program."""
    reaches = reached_from(program.source, FILES[program.file])
    return [
        Program(f"{program.name}, {mutant.description}", "mutant", program.file, mutant.source, reaches[mutant.function])
        for mutant in mutants(program.source)
        if reaches[mutant.function]
    ]


def sampled(programs: list[Program], most: int, secret: str) -> list[Program]:
    """Return this many of the programs, in their order. Of any of them, the first are among those chosen of all."""
    chosen = set(sorted(programs, key=lambda program: sha256(f"{secret} {program.name}".encode()).digest())[:most])
    return [program for program in programs if program in chosen]


def misconceived(file: str) -> Iterator[Program]:
    """Yield the misconceptions about a file's functions, as programs."""
    for function in FILES[file]:
        for one in misconceptions.about(function):
            source = _MISCONCEIVED.format(module=file.removesuffix(".py"), function=function, name=one.name)
            yield Program(f"{function}: {one.name}", "misconception", file, source, frozenset([function]), one.name)


def reached_from(source: str, public: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """Return, for each name that a module defines, the public functions that may change with it."""
    mentions: dict[str, set[str]] = {}
    for statement in ast.parse(source).body:
        names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        for name in _defined(statement):
            mentions[name] = mentions.get(name, set()) | names
    used_by = {function: {function} for function in public}
    for used in used_by.values():
        while more := set().union(*(mentions.get(name, set()) for name in used)) & mentions.keys() - used:
            used |= more
    return {name: frozenset(function for function in public if name in used_by[function]) for name in mentions}


def _defined(statement: ast.stmt) -> list[str]:
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return [statement.name]
    return [node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]


def _whole(path: Path, kind: str, file: str, style: str = "") -> Program:
    return Program(str(path.relative_to(ROOT)), kind, file, path.read_text(), frozenset(FILES[file]), style)


def _docstring(path: Path) -> list[str]:
    return path.read_text().split('"""')[1].strip().splitlines()


_MISCONCEIVED = """
import inspect
import numpy as np
import misconceptions
import right_{module} as right
from right_{module} import *

ONE = next(one for one in misconceptions.about("{function}") if one.name == "{name}")
PARAMETERS = inspect.signature(right.{function})


def {function}(*arguments, **options):
    bound = PARAMETERS.bind(*arguments, **options)
    given = {{name: exact(value) for name, value in bound.arguments.items()}}
    required = [given.pop(name) for name, one in PARAMETERS.parameters.items() if one.default is one.empty]
    return ONE.answer(*required, **given)


def exact(value):
    return value.astype(np.float64) if isinstance(value, np.ndarray) else value
"""
