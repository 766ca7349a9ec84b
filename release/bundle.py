"""check.pyz: the public checks in one file that needs only Python and NumPy, and installs nothing.

It holds convgrade's own code and the small packages that this needs. The archive is not compressed and stores no times, so
that the same sources give the same bytes on every machine.
"""

import ast
from collections.abc import Iterable
from importlib.metadata import files as files_of
from importlib.metadata import version
from pathlib import Path

from autograder import config, expected_answers
from autograder.assignment import CHECKS, HARNESS, Assignment
from autograder.cases import Case
from autograder.part import Check, CheckFailed
from autograder.reference import Reference
from common.archive import archive
from common.errors import UserError
from common.loading import said

ROOT = Path(__file__).resolve().parent.parent
# What makes expected answers and handouts. Kernels and misconceptions are left out, too.
STAYS_HOME = ("autograder/reference.py", "autograder/stubs.py", "autograder/wrong_programs.py", "common/interrupts.py")
THE_PAGE = ("autograder/report/html.py", "autograder/report/code.py", "autograder/report/report.html.jinja",
            "autograder/report/bars.html.jinja")  # fmt: skip
SUFFIXES = (".py", ".jinja", ".toml", ".js", ".css")
OTHERS = {"click": ("click",), "gradescope-utils": ("gradescope_utils/autograder_utils",), "tomli": ("tomli",)}
LICENCES = "licences"
MAIN = "command_line/start_check.py"  # its __main__.py
HIDDEN = "hidden"  # the folder in checks/ of what only hidden checks use: it would give the solution away
ASSIGNMENT = "assignment"  # the folder in check.pyz that holds the assignment's folder


def bundle(assigned: Assignment) -> bytes:
    """Return the content of check.pyz for an assignment."""
    own = assignment_files(assigned, assigned.reference(), public_only=True)
    content = {
        "__main__.py": (ROOT / MAIN).read_bytes(),
        **{f"{ASSIGNMENT}/{assigned.name}/{name}": file for name, file in own.items()},
        **own_files(("common", "autograder", "command_line", *assigned.rooms), (*THE_PAGE, MAIN)),
        **_other_files(),
        **_metadata(),
    }
    return archive(content)


def assignment_files(
    assigned: Assignment, reference: Reference, public_only: bool = False, secret: str = ""
) -> dict[str, bytes]:
    """Return the files that grading needs: assignment.toml, the checks with their arrays, and the expected answers.

    Masters and references are left out, because they are the solution. To find the expected answers, the checks ask all
    of their cases without a submission; hidden checks draw theirs from the secret.
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
    return content | {expected_answers.FILE: expected_answers.record(cases)}


def _asked(assigned: Assignment, check: Check, reference: Reference, secret: str) -> list[Case]:
    """Return the cases of a check; raises UserError if it breaks, or asks different cases each time."""
    try:
        cases = check.cases(reference, secret)
        for case in cases:
            _ = case.expected, case.answers.lookalikes, case.answers.working
        others = asks_others(check, cases, reference, secret)
    except UserError:
        raise
    except CheckFailed as failed:  # as where a package is missing
        raise UserError(f"check {check.number} cannot ask its cases: {failed.failure.sentence}") from None
    except Exception as error:
        where = said(error, assigned.folder)
        raise UserError(f"check {check.number} breaks while it asks its cases: {where}; see convgrade verify") from error
    if others:
        raise UserError(others)
    return cases


def asks_others(check: Check, cases: list[Case], reference: Reference, seed: str) -> str:
    """Return a sentence if a check asks different cases the second time; "" if they are the same."""
    if list(map(expected_answers.key, cases)) == list(map(expected_answers.key, check.cases(reference, seed))):
        return ""
    return f"check {check.number} asks different cases each time: draw them only from self.random"


def _require_harness(assigned: Assignment) -> None:
    """Raise UserError if a part's harness lacks a function that its checks call."""
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
            raise UserError(f"{assigned.folder}: checks call {missing[0]}, but {files} does not have this function")


def own_files(packages: Iterable[str], left_out: tuple[str, ...]) -> dict[str, bytes]:
    """Return the files of our own packages, except for those in left_out and STAYS_HOME.

    They are read, not imported, because command_line/ is above this package.
    """
    found = {}
    for package in packages:
        for path in (ROOT / package).rglob("*"):
            name = path.relative_to(ROOT).as_posix()
            if path.is_file() and path.suffix in SUFFIXES and not name.startswith(left_out + STAYS_HOME):
                found[name] = path.read_bytes()
    return found


def _metadata() -> dict[str, bytes]:
    """Return what Python reads a package's version from, for --version."""
    number = version("convgrade")
    return {
        f"convgrade-{number}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: convgrade\nVersion: {number}\n".encode()
    }


def _other_files() -> dict[str, bytes]:
    found = {}
    for package, parts in OTHERS.items():
        for file in files_of(package) or []:
            name = file.as_posix()
            if "licen" in file.name.lower():  # not in *.dist-info, which Python would take for a package without a name
                name = f"{LICENCES}/{package}.txt"
            elif not (name.endswith(".py") and name.startswith(parts)):
                continue
            found[name] = Path(str(file.locate())).read_bytes()
        for part in parts:
            parent = part.split("/")[0]
            found.setdefault(f"{parent}/__init__.py", b"")
    return found
