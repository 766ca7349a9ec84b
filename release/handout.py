"""Write what students receive: stubs of the masters, the contents of handout/, and check.pyz."""

from pathlib import Path

from autograder.assignment import Assignment
from autograder.sandbox.host import HURRY
from autograder.stubs import stub
from common import pages
from common.errors import UserError
from common.files import write_whole
from release.bundle import bundle
from release.notebook import notebook

ROOT = Path(__file__).resolve().parent.parent
HANDOUT = "handout"  # the assignment's folder of other files for students
TEMPLATE, NOTEBOOK = ".jinja", ".ipynb.py"  # endings in it: README.md.jinja becomes README.md, x.ipynb.py.jinja x.ipynb
SHARED = "shared"  # the folder of texts that handouts share
README = "README.md"
CHECK = "check.pyz"
GRADESCOPE = {"python_version": "3.10", "python_full_version": "3.10.12", "sys_platform": "linux"}


def contents(assigned: Assignment) -> dict[str, bytes]:
    """Return the files that students receive; raises UserError for an invalid master or template."""
    handout = {part.file: _stub(assigned.folder / part.file) for part in assigned.parts}
    for path in sorted((assigned.folder / HANDOUT).rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            name, content = _given(path, path.relative_to(assigned.folder / HANDOUT).as_posix(), assigned)
            handout[name] = content
    if README not in handout:
        handout[README] = _rendered(_our(f"{README}{TEMPLATE}"), assigned).encode()
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
    """Return the name and the content of the file that students receive for a file in handout/."""
    if not name.endswith((TEMPLATE, NOTEBOOK)):
        return name, path.read_bytes()
    text = _text(path)
    if name.endswith(TEMPLATE):
        name, text = name.removesuffix(TEMPLATE), _rendered(text, assigned, str(path))
    if name.endswith(NOTEBOOK):
        name, text = name.removesuffix(".py"), notebook(text)
    return name, text.encode()


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8: {error.reason} at byte {error.start}") from None


def _our(template: str) -> str:
    return (Path(__file__).parent / template).read_text("utf-8")


def _rendered(template: str, assigned: Assignment, name: str = README) -> str:
    """Fill in a template.

    It can use the assignment, its parts with their checks and points, the package versions for grading, and the notebooks'
    addresses on Colab. `stub(file)` is the stub of a file, `shared(name)` a template that handouts share.
    """
    import jinja2

    rows = []
    for part in assigned.parts:
        checks = [check for check in assigned.checks() if check.part is part and check.number]
        public = sum(check.points for check in checks if check.public)
        total = sum(check.points for check in checks)
        rows.append({"part": part, "points": f"{total:g}", "public": f"{public:g}", "checks": checks})
    packages = {name for part in assigned.parts for name in part.allowed}
    words = {**assigned.config.parts, "assignment": assigned, "rows": rows, "packages": packages, "graded_with": _pins()}
    words |= {"percent": "{:.0%}".format, "colab": _on_colab(assigned), "hurry": HURRY}
    words["stub"] = lambda file: _stub(assigned.folder / file).decode().rstrip()
    words["shared"] = lambda file, **more: pages.filled(_our(f"{SHARED}/{file}{TEMPLATE}"), **words, **more).rstrip()
    try:
        return f"{pages.filled(template, **words)}\n"
    except jinja2.TemplateError as error:
        line = f", line {error.lineno}" if isinstance(error, jinja2.TemplateSyntaxError) else ""
        raise UserError(f"{name}{line}: {error}") from None


def _on_colab(assigned: Assignment) -> dict[str, str]:
    """Return each notebook's address on Colab, if the assignment says where the notebooks are."""
    sources = sorted(path.name.removesuffix(TEMPLATE) for path in (assigned.folder / HANDOUT).rglob("*"))
    notebooks = [name.removesuffix(".py") for name in sources if name.endswith(NOTEBOOK)]
    return {name: f"{assigned.config.colab.rstrip('/')}/{name}" for name in notebooks if assigned.config.colab}


def _pins() -> dict[str, str]:
    """Return the version of each package with which work is graded; where it differs by Python, that of Gradescope's."""
    from packaging.requirements import Requirement

    lines = (line.partition("#")[0].strip() for line in (ROOT / "constraints.txt").read_text().splitlines())
    pins = [Requirement(line) for line in lines if line]
    there = [pin for pin in pins if pin.marker is None or pin.marker.evaluate(GRADESCOPE)]
    return {pin.name: next(iter(pin.specifier)).version for pin in there}
