"""Write assignments/NAME from solutions/NAME."""

from pathlib import Path

from autograder.checks import assignment as find_assignment
from autograder.checks.part import Assignment, is_public, number, points
from common import pages
from common.errors import UserError
from common.files import write_whole
from common.records import read_toml
from release.bundle import bundle
from release.notebook import notebook
from release.stubs import stub

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = "notebook.py"  # the master of the notebook; the other masters are named as what students get
README = "README.md.jinja"
GIVEN = ("practice.py",)  # goes along as it is


def contents(name: str) -> dict[str, bytes]:
    """Return what students receive, file by file; raises UserError where the masters are not there."""
    assigned = find_assignment(name)
    masters = ROOT / "solutions" / name
    if not masters.is_dir():
        raise UserError(f"there is no folder {masters}: release runs in a checkout of convgrade")
    handout = {part.file: stub((masters / part.file).read_text()).encode() for part in assigned.parts}
    handout |= {name: (masters / name).read_bytes() for name in GIVEN}
    handout["cifar10.ipynb"] = notebook((masters / NOTEBOOK).read_text()).encode()
    handout["README.md"] = _readme((masters / README).read_text(), assigned).encode()
    handout["check.pyz"] = bundle(assigned)
    return handout


def write(name: str, folder: Path | None = None) -> list[Path]:
    """Write the handout and return its files."""
    folder = folder or ROOT / "assignments" / name
    written = []
    for file, content in sorted(contents(name).items()):
        write_whole(folder / file, [content])
        written.append(folder / file)
    return written


def _readme(template: str, assigned: Assignment) -> str:
    rows = []
    for part in assigned.parts:
        checks = [check for check in assigned.checks() if type(check) is part and number(check)]
        public = sum(points(check) for check in checks if is_public(check))
        options = assigned.options.parts[Path(part.file).stem]
        rows.append(
            {
                "part": part,
                "options": options,
                "points": f"{sum(map(points, checks)):g}",
                "public": f"{public:g}",
                "checks": checks,
            }
        )
    words = {**assigned.options.parts, "number": number, "is_public": is_public, "percent": "{:.0%}".format}
    words["graded_with"] = _pins()
    return pages.filled(template, assignment=assigned, rows=rows, **words) + "\n"


def _pins() -> dict[str, str]:
    """Return the version of each package with which work is graded; where it differs by Python, that of Gradescope's."""
    project = read_toml((ROOT / "pyproject.toml").read_bytes(), "pyproject.toml")["project"]
    pins = [each.partition(";")[0] for each in project["dependencies"] + project["optional-dependencies"]["torch"]]
    return {name: version for name, _, version in (pin.strip().partition("==") for pin in reversed(pins))}
