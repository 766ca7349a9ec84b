"""check.pyz: the public checks in one file that runs wherever Python and NumPy are, and installs nothing.

It holds the project's own code, and the small packages that this needs. The archive is not compressed and carries no
times, so that the same sources give the same bytes on every machine.
"""

import ast
from collections.abc import Iterable
from importlib.metadata import files as files_of
from pathlib import Path
from typing import Any

from autograder import config, recorded
from autograder.assignment import CHECKS, HARNESS, Assignment
from autograder.cases import Case
from autograder.part import Check
from common.archive import archive
from common.errors import UserError
from common.loading import said

ROOT = Path(__file__).resolve().parent.parent
# What makes answers and handouts. Kernels and misconceptions stay at home, too.
STAYS_HOME = ("autograder/reference.py", "autograder/stubs.py", "autograder/wrong.py", "common/interrupts.py")
THE_PAGE = ("autograder/report/html.py", "autograder/report/code.py", "autograder/report/report.html.jinja",
            "autograder/report/bars.html.jinja")  # fmt: skip
SUFFIXES = (".py", ".jinja", ".toml", ".js", ".css")
OTHERS = {"click": ("click",), "gradescope-utils": ("gradescope_utils/autograder_utils",), "tomli": ("tomli",)}
LICENCES = "licences"
MAIN = "command_line/start_check.py"  # its __main__.py
HIDDEN = "hidden"  # in checks/, what hidden checks alone use, as they run: it would give the solution away
ASSIGNMENT = "assignment"  # in check.pyz, a folder that holds the assignment's


def bundle(assigned: Assignment) -> bytes:
    """Return the content of check.pyz for an assignment."""
    own = assignment_files(assigned, assigned.reference(), public_only=True)
    content = {
        "__main__.py": (ROOT / MAIN).read_bytes(),
        **{f"{ASSIGNMENT}/{assigned.name}/{name}": file for name, file in own.items()},
        **own_files(("common", "autograder", "command_line", *assigned.rooms), (*THE_PAGE, MAIN)),
        **_other_files(),
    }
    return archive(content)


def assignment_files(assigned: Assignment, reference: Any, public_only: bool = False, secret: str = "") -> dict[str, bytes]:
    """Return the files of an assignment's folder that grade: what its author says, the checks, and the recorded answers.

    Masters and references stay at home: who has them has the solution. Arrays that checks need lie beside them. The
    answers are found by letting the checks ask all of their cases without a submission, drawn from the secret where they
    are hidden.
    """
    folder = assigned.folder
    _require_harness(assigned)
    names = [config.FILE, *([HARNESS] if (folder / HARNESS).is_file() else [])]
    there = [path for inside in (CHECKS, HARNESS.removesuffix(".py")) for path in sorted((folder / inside).rglob("*"))]
    files = [path.relative_to(folder) for path in there if path.suffix in (".py", ".npz")]
    names += [file.as_posix() for file in files if not (public_only and HIDDEN in file.parts)]
    content = {f"{CHECKS}/__init__.py": b""} | {name: (folder / name).read_bytes() for name in names}
    checks = [check for check in assigned.checks(public_only) if check.case.needs is None]
    cases: list[Case] = [case for check in checks for case in _asked(assigned, check, reference, secret)]
    return content | {recorded.FILE: recorded.record(cases)}


def _asked(assigned: Assignment, check: Check, reference: Any, secret: str) -> list[Case]:
    """Return the cases of a check; raises UserError if it breaks, or asks others each time: these have no answer."""
    try:
        cases = check.cases(reference, secret)
        for case in cases:
            _ = case.expected, case.answers.lookalikes, case.answers.working
        others = asks_others(check, cases, reference, secret)
    except UserError:
        raise
    except Exception as error:
        where = said(error, assigned.folder)
        raise UserError(f"check {check.number} breaks while it asks its cases: {where}; see convgrade verify") from error
    if others:
        raise UserError(others)
    return cases


def asks_others(check: Check, cases: list[Case], reference: Any, seed: str) -> str:
    """Return a sentence if a check asks other cases when it is asked again; "" if these are always the same."""
    if list(map(recorded.key, cases)) == list(map(recorded.key, check.cases(reference, seed))):
        return ""
    return f"check {check.number} asks other cases each time: draw them from self.random alone"


def _require_harness(assigned: Assignment) -> None:
    """Raise UserError if a part's harness lacks a function that its checks ask."""
    for name, case in assigned.cases.items():
        source = assigned.harnesses[name].source if name in assigned.harnesses else b""
        try:
            tree = ast.parse(source)
        except SyntaxError as error:
            where = f"{assigned.folder}: the harness of the part {name}"
            raise UserError(f"{where} is not valid Python: {error.msg} (line {error.lineno})") from None
        there = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        imports = (node for node in tree.body if isinstance(node, ast.ImportFrom))
        there |= {alias.asname or alias.name for node in imports for alias in node.names}
        if missing := sorted(case.harness.keys() - there):
            files = f"{HARNESS} or {HARNESS.removesuffix('.py')}/{name}.py"
            raise UserError(f"{assigned.folder}: checks ask {missing[0]}, but there is no such function in {files}")


def own_files(packages: Iterable[str], left_out: tuple[str, ...]) -> dict[str, bytes]:
    """Return the files of our own packages, but for those that are left out and those that stay at home.

    They are read, not imported: what students run stands above this room.
    """
    found = {}
    for package in packages:
        for path in (ROOT / package).rglob("*"):
            name = path.relative_to(ROOT).as_posix()
            if path.is_file() and path.suffix in SUFFIXES and not name.startswith(left_out + STAYS_HOME):
                found[name] = path.read_bytes()
    return found


def _other_files() -> dict[str, bytes]:
    found = {}
    for package, parts in OTHERS.items():
        for file in files_of(package) or []:
            name = file.as_posix()
            if "licen" in file.name.lower():  # not into *.dist-info, which Python would take for a package without a name
                name = f"{LICENCES}/{package}.txt"
            elif not (name.endswith(".py") and name.startswith(parts)):
                continue
            found[name] = Path(str(file.locate())).read_bytes()
        for part in parts:
            parent = part.split("/")[0]
            found.setdefault(f"{parent}/__init__.py", b"")
    return found
