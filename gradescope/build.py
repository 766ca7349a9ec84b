"""autograder.zip: everything that Gradescope needs, the same bytes for the same sources, options and secret."""

import pkgutil
import secrets
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from autograder import datasets, options
from autograder.checks import assignment as find_assignment
from autograder.checks.part import Assignment
from autograder.datasets import arrays
from autograder.reference import Reference
from common.archive import archive
from common.errors import UserError
from common.records import read_toml
from gradescope.places import QUIZ
from gradescope.run import ASSIGNMENT, FINGERPRINT, OPTIONS, SECRET
from quizzes import record
from quizzes.quiz import Made
from release.bundle import THE_PAGE, answers, own_files

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ("setup.sh", "run_autograder")
# What stays on the instructor's machine of our own code: the ways to build and to download, the page that Gradescope does
# not show, and the options, which lie at the top of the archive.
NOT_FOR_GRADESCOPE = ("gradescope/build.py", "gradescope/harness.py", "gradescope/files", "gradescope/quiz.py", *THE_PAGE,
                      "autograder/datasets/download.py", "autograder/datasets/fetch.py",
                      "autograder/checks/cnn/assignment.toml")  # fmt: skip
# All that grades a quiz.
QUIZ_CODE = (
    *(f"common/{name}.py" for name in ("__init__", "errors", "files", "records")),
    *(f"gradescope/{name}.py" for name in ("__init__", "__main__", "metadata", "places", "quiz")),
    *(f"quizzes/{name}.py" for name in ("__init__", "question", "quiz", "record", "roster", "tables", "variant")),
    *(f"quizzes/grading/{name}.py" for name in ("__init__", "answers", "attempts", "grade", "marking", "uploads")),
)
NOT_NEEDED = ("jinja2",)
FROM_ITS_OWN_INDEX = ("torch==",)  # which holds builds for the CPU, and few other packages


@dataclass(frozen=True)
class Built:
    """An archive, and what its maker should know."""

    content: bytes
    assigned: Assignment
    secret: str
    data: Path | None  # where CIFAR-10 was taken from


def build(
    name: str, options_file: Path | None = None, secret: str | None = None, backend: str = "numpy", with_data: bool = True
) -> Built:
    """Build the archive of an assignment.

    options_file: another assignment.toml. secret: from which hidden cases are drawn, a new one by default. backend: who
    computes the answers. with_data: CIFAR-10's test images go along where they are found.
    Raises UserError for options that do not fit, and outside of a checkout.
    """
    assigned = find_assignment(name, options_file)
    secret = secret or secrets.token_hex(16)
    data = datasets.find("cifar10") if with_data else None
    code = own_files(("common", "autograder", "gradescope"), NOT_FOR_GRADESCOPE) | answers(
        assigned, Reference(backend), False, secret
    )
    content = {f"convgrade/{path}": file for path, file in code.items()} | {
        **{script: _unix(pkgutil.get_data("gradescope", f"files/{script}") or b"") for script in SCRIPTS},
        **_requirements(assigned),
        ASSIGNMENT: f"{name}\n".encode(),
        OPTIONS: options_file.read_bytes() if options_file else options.own(name),
        SECRET: f"{secret}\n".encode(),
    }
    if data:
        content |= {
            f"data/cifar10/{file}": b"".join(arrays.npy([array]))
            for file, array in zip(arrays.names("test"), data.load("test"))
        }
    content[FINGERPRINT] = _fingerprint(content)
    return Built(archive(content, runnable=SCRIPTS), assigned, secret, data.folder if data else None)


def build_quiz(made: Made) -> bytes:
    """Return the archive that grades a quiz: keys of all versions, and the few modules that marking takes."""
    code = {f"convgrade/{path}": (ROOT / path).read_bytes() for path in QUIZ_CODE}
    return archive(
        {
            **code,
            "setup.sh": _unix(pkgutil.get_data("gradescope", "files/quiz/setup.sh") or b""),
            "run_autograder": _unix(pkgutil.get_data("gradescope", "files/run_autograder") or b""),
            QUIZ: record.written(made),
        },
        runnable=SCRIPTS,
    )


def quiz_summary(made: Made, path: Path) -> str:
    """Return what the instructor enters on Gradescope for a quiz."""
    lines = [
        f"wrote {path}: {len(made.versions)} versions, {len(made.quiz.questions)} questions",
        f"On Gradescope: a programming assignment of {made.quiz.points:g} points, all of them from the autograder.",
        "Students hand in their file answers-CODE.txt.",
    ]
    if not all("@" in version.owner.id for version in made.versions if not version.owner.numbered):
        lines.append(
            "Gradescope tells e-mail addresses only: with other ids in the roster, nobody is kept to the own version."
        )
    return "\n".join(lines)


def summary(built: Built, path: Path) -> str:
    """Return what the instructor enters on Gradescope, and what to know before uploading."""
    checks = built.assigned.options.checks
    points = sum(check.points for check in checks.values())
    data = (
        f"CIFAR-10's test images from {built.data}" if built.data else "no CIFAR-10: part 4 trains on drawn images instead"
    )
    return "\n".join(
        [
            f"wrote {path}, {len(built.content) / 1e6:.1f} MB: {data}",
            f"On Gradescope: a programming assignment of {points:g} points, all of them from the autograder;",
            f"container 2 CPU / 3 GB, a timeout above {built.assigned.options.seconds / 60:g} minutes.",
        ]
    )


def _requirements(assigned: Assignment) -> dict[str, bytes]:
    """Return what pip has to install: what this project is tested with, and what else the instructor allows."""
    try:
        project = read_toml((ROOT / "pyproject.toml").read_bytes(), "pyproject.toml")["project"]
        constraints = (ROOT / "constraints.txt").read_bytes()
    except OSError:
        raise UserError(f"there is no pyproject.toml in {ROOT}: build runs in a checkout of convgrade") from None
    needed = project["dependencies"] + project["optional-dependencies"]["torch"]
    needed = [each for each in needed if not each.startswith(NOT_NEEDED)]
    known = {each.split("==")[0] for each in needed}
    allowed = {name for part in assigned.options.parts.values() for name in part.allowed}
    needed += [_pinned(name) for name in sorted(allowed - known)]
    return {
        "requirements.txt": _lines([each for each in needed if not each.startswith(FROM_ITS_OWN_INDEX)]),
        "requirements-torch.txt": _lines([each for each in needed if each.startswith(FROM_ITS_OWN_INDEX)]),
        "constraints.txt": _unix(constraints),
    }


def _fingerprint(content: dict[str, bytes]) -> bytes:
    """Return what only an archive of this content has: two results that carry it come from the same autograder."""
    digest = sha256()
    for path, file in sorted(content.items()):
        digest.update(f"{path}\0{len(file)}\0".encode() + file)
    return f"{digest.hexdigest()[:32]}\n".encode()


def _pinned(package: str) -> str:
    """Return a package at the version that the instructor has, or raise UserError."""
    try:
        return f"{package}=={version(package)}"
    except PackageNotFoundError:
        raise UserError(
            f"{OPTIONS} allows {package}, which is not installed here: install it, so that Gradescope gets the same version"
        ) from None


def _lines(texts: list[str]) -> bytes:
    return "".join(f"{text}\n" for text in texts).encode()


def _unix(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")
