"""Write what students receive of an assignment: stubs of its masters, what its handout/ holds, and check.pyz."""

from pathlib import Path

from autograder.assignment import Assignment
from autograder.stubs import stub
from common import pages
from common.errors import UserError
from common.files import write_whole
from common.records import read_toml
from release.bundle import bundle
from release.notebook import notebook

ROOT = Path(__file__).resolve().parent.parent
HANDOUT = "handout"  # the folder of what else students receive
TEMPLATE, NOTEBOOK = ".jinja", ".ipynb.py"  # endings in it: README.md.jinja becomes README.md
README = "README.md"
CHECK = "check.pyz"


def contents(assigned: Assignment) -> dict[str, bytes]:
    """Return what students receive, file by file; raises UserError where a master or a template is not as it must be."""
    handout = {part.file: _stub(assigned.folder / part.file) for part in assigned.parts}
    for path in sorted((assigned.folder / HANDOUT).rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            name, content = _given(path, path.relative_to(assigned.folder / HANDOUT).as_posix(), assigned)
            handout[name] = content
    if README not in handout:
        handout[README] = _rendered((Path(__file__).parent / f"{README}{TEMPLATE}").read_text(), assigned)
    return handout | {CHECK: bundle(assigned)}


def write(assigned: Assignment, folder: Path) -> list[Path]:
    """Write the handout into a folder and return its files."""
    written = []
    for file, content in sorted(contents(assigned).items()):
        write_whole(folder / file, [content])
        written.append(folder / file)
    return written


def _stub(master: Path) -> bytes:
    try:
        return stub(master.read_text()).encode()
    except OSError as error:
        raise UserError(f"{master} cannot be read: {error.strerror}. Each part needs its master.") from None
    except ValueError as error:  # UTF-8's own errors are ValueErrors
        raise UserError(f"{master}, {error}") from None


def _given(path: Path, name: str, assigned: Assignment) -> tuple[str, bytes]:
    """Return the name and the content of what students receive for a file of the handout's folder."""
    if name.endswith(TEMPLATE):
        return name.removesuffix(TEMPLATE), _rendered(_text(path), assigned, str(path))
    if name.endswith(NOTEBOOK):
        return name.removesuffix(".py"), notebook(_text(path)).encode()
    return name, path.read_bytes()


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8: {error.reason} at byte {error.start}") from None


def _rendered(template: str, assigned: Assignment, name: str = README) -> bytes:
    """Fill in a template. It knows the assignment, its parts with their checks and points, and the versions that grade."""
    import jinja2

    rows = []
    for part in assigned.parts:
        checks = [check for check in assigned.checks() if check.part is part and check.number]
        public = sum(check.points for check in checks if check.public)
        total = sum(check.points for check in checks)
        rows.append({"part": part, "points": f"{total:g}", "public": f"{public:g}", "checks": checks})
    packages = {name for part in assigned.parts for name in part.allowed}
    words = {**assigned.config.parts, "packages": packages, "percent": "{:.0%}".format, "graded_with": _pins()}
    try:
        return f"{pages.filled(template, assignment=assigned, rows=rows, **words)}\n".encode()
    except jinja2.TemplateError as error:
        line = f", line {error.lineno}" if isinstance(error, jinja2.TemplateSyntaxError) else ""
        raise UserError(f"{name}{line}: {error}") from None


def _pins() -> dict[str, str]:
    """Return the version of each package with which work is graded; where it differs by Python, that of Gradescope's."""
    project = read_toml((ROOT / "pyproject.toml").read_bytes(), "pyproject.toml")["project"]
    pins = [each.partition(";")[0] for each in project["dependencies"] + project["optional-dependencies"]["torch"]]
    return {name: version for name, _, version in (pin.strip().partition("==") for pin in reversed(pins))}
