"""check.pyz: the public checks in one file that runs wherever Python and NumPy are, and installs nothing.

It holds the project's own code, and the two small packages that this needs. The archive is not compressed and carries no
times, so that the same sources give the same bytes on every machine.
"""

import io
import zipfile
from importlib import import_module
from importlib.metadata import files as files_of
from pathlib import Path

from autograder import recorded
from autograder.cases import Case
from autograder.checks.part import Assignment, number
from autograder.reference import Reference

OWN = ("autograder", "command_line")
# Kernels and misconceptions stay at home: who has them has the solution. Their answers to the public checks go along.
LEFT_OUT = ("autograder/reference.py", "autograder/report/html.py", "autograder/report/report.html.jinja")
OTHERS = {"click": ("click",), "gradescope-utils": ("gradescope_utils/autograder_utils",)}
MAIN = "from command_line.student import run\n\nrun()\n"


def bundle(assigned: Assignment) -> bytes:
    """Return the content of check.pyz for an assignment."""
    answers = {f"autograder/{recorded.FILE}": recorded.record(_public_cases(assigned))}
    content = {"__main__.py": MAIN.encode(), **answers, **_own_files(), **_other_files()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(content):
            member = zipfile.ZipInfo(name)  # dated 1980
            member.external_attr = 0o644 << 16
            member.create_system = 3  # the same on Windows as elsewhere
            archive.writestr(member, content[name])
    return stream.getvalue()


def _public_cases(assigned: Assignment) -> list[tuple[str, Case]]:
    """Return the cases of the public checks, by letting the checks run without a submission."""
    reference = Reference()
    checks = [check for check in assigned.checks(public_only=True) if check.needs is None]
    return [(number(check) or "", case) for check in checks for case in check.run_without_submission(reference)]


def _own_files() -> dict[str, bytes]:
    found = {}
    for package in OWN:
        root = Path(import_module(package).__file__ or "").parent
        for path in root.rglob("*"):
            name = path.relative_to(root.parent).as_posix()
            if path.is_file() and path.suffix in (".py", ".jinja") and not name.startswith(LEFT_OUT):
                found[name] = path.read_bytes()
    return found


def _other_files() -> dict[str, bytes]:
    found = {}
    for package, parts in OTHERS.items():
        for file in files_of(package) or []:
            name = file.as_posix()
            is_code = name.endswith(".py") and name.startswith(parts)
            is_licence = "licen" in file.name.lower()
            if is_code or is_licence:
                found[name] = Path(str(file.locate())).read_bytes()
        for part in parts:
            parent = part.split("/")[0]
            found.setdefault(f"{parent}/__init__.py", b"")
    return found
