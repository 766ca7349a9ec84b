"""Problems that show without grading: in masters, stubs, functions, and the cases of each check."""

import ast
import inspect
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

from autograder import loading
from autograder.assignment import Assignment
from autograder.config import PartConfig
from autograder.reference import FILE
from autograder.stubs import stub
from autograder.wrong_programs import WRONG
from common.errors import UserError
from release.proof.catches import caught
from release.proof.watching import Watching

BACKEND = "backend"  # a parameter that only references have: which kernels compute


def problems(assigned: Assignment, watching: Watching, seed: str) -> list[str]:
    """Return the problems of an assignment that show before anything is graded."""
    found = [problem for name in assigned.config.parts for problem in _of_part(assigned, name)]
    if found:
        return found  # the checks of such a part would only repeat them
    called: set[str] = set()
    for part in assigned.parts:
        first: dict[str, str] = {}  # functions, and which check is the first to call each
        for check in assigned.checks():
            if check.part is part and check.case.needs is None:
                asked = caught(assigned.folder, check, watching, seed)
                found += [asked.fault] if asked.fault else []
                called |= asked.functions
                for function in sorted(asked.functions) if check.case.is_imported else ():
                    first.setdefault(function, asked.check)
        found += _of_functions(assigned, part, first, watching) if first else []
    # If a check cannot ask its cases, it is unknown which functions it calls.
    return found or [*_of_misconceptions(watching, called), *_of_programs(assigned, watching)]


def _of_part(assigned: Assignment, name: str) -> Iterator[str]:
    """Yield what is wrong with a part's master, its stub, and what its checks need."""
    part, needs = assigned.config.parts[name], assigned.cases[name].needs
    text = ""
    try:
        text = (assigned.folder / part.file).read_text("utf-8")
        compile(text, part.file, "exec")
        text = stub(text)
        compile(text, f"the stub of {part.file}", "exec")
    except OSError as error:
        yield f"{part.file} cannot be read: {error.strerror}. Each part needs its master, the full solution"
    except SyntaxError as error:
        yield f"{error.filename} is not valid Python: {error.msg} (line {error.lineno}: {(error.text or '').strip()})"
    except ValueError as error:
        yield f"{part.file}, {error}"
    if needs and find_spec(needs) is None:
        yield f"the part {name} needs the package {needs}, which is not installed here: install it, then verify again"


def _of_functions(assigned: Assignment, part: PartConfig, first: dict[str, str], watching: Watching) -> Iterator[str]:
    """Yield what is wrong with the functions of a part that checks call."""
    tree = ast.parse(stub((assigned.folder / part.file).read_text("utf-8")))
    in_stub = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    try:
        master = loading.master(assigned.folder, part.file)
    except UserError as error:
        yield str(error)
        return
    for function, check in first.items():
        own, known = getattr(master, function, None), watching.function(function).answer
        if not callable(own):
            yield f"check {check} calls {function}, but {part.file} has no function of this name"
        elif function not in in_stub:
            yield (
                f"check {check} calls {function}, but the stub of {part.file} lacks it: "
                "put # BEGIN SOLUTION below its docstring, not above it"
            )
        elif _parameters(own) != _parameters(known):
            yield f"{function} has the parameters {_written(own)} in {part.file}, but {_written(known)} in {FILE}"


def _seen(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """Return the parameters that students see, without annotations."""
    parameters = inspect.signature(function).parameters.values()
    return [each.replace(annotation=each.empty) for each in parameters if each.name != BACKEND]


def _parameters(function: Callable[..., Any]) -> list[tuple[str, ...]]:
    """Return the parameters as far as callers care: checks pass required arguments by position, and others by name."""
    return [(each.name, repr(each.default)) if each.default is not each.empty else () for each in _seen(function)]


def _written(function: Callable[..., Any]) -> str:
    return str(inspect.Signature(_seen(function)))


def _of_misconceptions(watching: Watching, called: set[str]) -> Iterator[str]:
    """Yield the references and misconceptions of functions that no check calls: their names may be misspelt."""
    for name in watching.references:
        if name not in called:
            yield f"{FILE} has the reference {name}, a function that no check calls: is it misspelt?"
    for one in watching.own:
        if one.operation not in called:
            yield f'{FILE} has the misconception "{one.name}" of {one.operation}, which no check calls: is it misspelt?'


def _of_programs(assigned: Assignment, watching: Watching) -> Iterator[str]:
    """Yield the wrong programs that name files or checks that do not exist."""
    for program in watching.programs:
        numbers = [check.number for check in assigned.checks() if check.part.file == program.file]
        if not numbers:
            yield f"{WRONG}/{program.path.name} replaces {program.file}, which is not the file of any part"
        for number in program.verdicts if numbers else ():
            if number not in numbers:
                yield f"{WRONG}/{program.path.name} names the check {number}, which {program.file} does not have"
