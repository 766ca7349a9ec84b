"""Build autograder.zip, everything that Gradescope needs: the same bytes for the same sources, options and secret."""

import pkgutil
import re
import secrets
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from autograder import config, datasets
from autograder.assignment import Assignment
from autograder.datasets import arrays
from common.archive import archive
from common.errors import UserError
from common.records import read_toml
from gradescope.paths import QUIZ
from gradescope.run import ASSIGNMENT, FINGERPRINT, SECRET
from quizzes import quiz_json
from quizzes.quiz import GeneratedQuiz
from release.bundle import THE_PAGE, assignment_files, own_files

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ("setup.sh", "run_autograder")
# Our own code that stays on the instructor's machine: what builds and downloads, and the page, which Gradescope does not
# show.
NOT_FOR_GRADESCOPE = ("gradescope/build.py", "gradescope/harness.py", "gradescope/files", "gradescope/quiz.py", *THE_PAGE,
                      "autograder/datasets/download.py", "autograder/datasets/fetch.py")  # fmt: skip
# Everything that grades a quiz.
QUIZ_CODE = (
    *(f"common/{name}.py" for name in ("__init__", "errors", "files", "records")),
    *(f"gradescope/{name}.py" for name in ("__init__", "__main__", "metadata", "paths", "quiz")),
    *(
        f"quizzes/{name}.py"
        for name in ("__init__", "language", "question", "quiz", "quiz_json", "roster", "spreadsheets", "tables", "variant")
    ),
    *(f"quizzes/grading/{name}.py" for name in ("__init__", "attempts", "grade", "letters", "marking")),
    *(f"quizzes/grading/{name}.py" for name in ("numbers", "responses", "spreading", "uploads")),
)
NOT_NEEDED = ("jinja2",)
FROM_ITS_OWN_INDEX = "torch"  # its index has builds for the CPU, and few other packages


@dataclass(frozen=True)
class Built:
    """An archive, and what the instructor should know about it."""

    content: bytes
    assigned: Assignment
    secret: str
    data: dict[str, Path | None]  # for each data set that its checks use, by title, the folder that it came from


def build(
    assigned: Assignment,
    options_file: Path | None = None,
    secret: str | None = None,
    backend: str = "numpy",
    with_data: bool = True,
) -> Built:
    """Build the archive of an assignment.

    options_file: replaces its assignment.toml. secret: for drawing hidden cases, a new one by default. backend: of the
    expected answers. with_data: include the test images of its data sets if they are found. Raises UserError for invalid
    options, and outside of a checkout.
    """
    secret = secret or secrets.token_hex(16)
    code = own_files(("common", "autograder", "gradescope", *assigned.rooms), NOT_FOR_GRADESCOPE)
    own = assignment_files(assigned, assigned.reference(backend), secret=secret)
    if options_file:
        own[config.FILE] = options_file.read_bytes()
    content = {f"convgrade/{path}": file for path, file in code.items()} | {
        **{script: _unix(pkgutil.get_data("gradescope", f"files/{script}") or b"") for script in SCRIPTS},
        **_requirements(assigned),
        **{f"{ASSIGNMENT}/{assigned.name}/{file}": said for file, said in own.items()},
        SECRET: f"{secret}\n".encode(),
    }
    data: dict[str, Path | None] = {}
    for name in assigned.config.data_sets if with_data else ():
        found = _data_set(name)
        data[datasets.DATASETS[name].title] = found.folder if found else None
        for file, array in zip(arrays.names("test"), found.load("test") if found else ()):
            content[f"data/{name}/{file}"] = b"".join(arrays.npy([array]))
    content[FINGERPRINT] = _fingerprint(content)
    return Built(archive(content, runnable=SCRIPTS), assigned, secret, data)


def build_quiz(made: GeneratedQuiz) -> bytes:
    """Return the archive that grades a quiz: the keys of all versions, and the few modules that marking needs."""
    code = {f"convgrade/{path}": (ROOT / path).read_bytes() for path in QUIZ_CODE}
    return archive(
        {
            **code,
            "setup.sh": _unix(pkgutil.get_data("gradescope", "files/quiz/setup.sh") or b""),
            "run_autograder": _unix(pkgutil.get_data("gradescope", "files/run_autograder") or b""),
            QUIZ: quiz_json.written(_without_seeds(made)),
        },
        runnable=SCRIPTS,
    )


def _without_seeds(made: GeneratedQuiz) -> GeneratedQuiz:
    """Return a quiz as far as grading needs it, without what could generate other versions."""
    entries = tuple(replace(entry, seed="") for entry in made.quiz.entries)
    return replace(made, origin=None, quiz=replace(made.quiz, entries=entries, bank=()))


def quiz_summary(made: GeneratedQuiz, path: Path) -> str:
    """Return what an instructor enters on Gradescope for a quiz."""
    lines = [
        f"wrote {path}: {len(made.versions)} versions, {len(made.quiz.questions)} questions",
        f"On Gradescope: a programming assignment of {made.quiz.points:g} points, all of them from the autograder.",
        "Students submit their file answers-CODE.txt.",
    ]
    if not all("@" in version.owner.id for version in made.versions if not version.owner.numbered):
        lines.append(
            "Gradescope reports only e-mail addresses. With other ids in the roster, students can submit any version."
        )
    return "\n".join(lines)


def summary(built: Built, path: Path) -> str:
    """Return what an instructor enters on Gradescope, and what to know before uploading."""
    points = built.assigned.points()
    data = [
        f"with {title}'s test images from {folder}"
        if folder
        else f"without {title}'s test images, which are not on this machine; `convgrade data fetch` fetches them"
        for title, folder in built.data.items()
    ]
    return "\n".join(
        [
            f"wrote {path}, {len(built.content) / 1e6:.1f} MB",
            *data,
            f"On Gradescope: a programming assignment of {points:g} points, all of them from the autograder;",
            f"container 2 CPU / 3 GB, a timeout above {built.assigned.config.seconds / 60:g} minutes.",
        ]
    )


def _requirements(assigned: Assignment) -> dict[str, bytes]:
    """Return what pip has to install: our own requirements with their pins, and what else the instructor allows."""
    try:
        project = read_toml((ROOT / "pyproject.toml").read_bytes(), "pyproject.toml")["project"]
        constraints = (ROOT / "constraints.txt").read_bytes()
    except OSError:
        raise UserError(f"{ROOT} has no pyproject.toml: `build` needs a checkout of convgrade") from None
    allowed = {name for part in assigned.parts for name in part.allowed} - set(assigned.helpers)
    optional = {_package(each): each for extra in project["optional-dependencies"].values() for each in extra}
    of_torch = [each for each in project["optional-dependencies"]["torch"] if _package(each) in allowed]
    needed = [each for each in project["dependencies"] + of_torch if _package(each) not in NOT_NEEDED]
    known = {_package(each) for each in needed}
    needed += [_pinned(name) for name in sorted(allowed - known)]
    return {
        "requirements-helpers.txt": _lines([optional[name] for name in assigned.helpers]),
        "requirements.txt": _lines([each for each in needed if _package(each) != FROM_ITS_OWN_INDEX]),
        "requirements-torch.txt": _lines([each for each in needed if _package(each) == FROM_ITS_OWN_INDEX]),
        "constraints.txt": _unix(constraints),
    }


def _package(requirement: str) -> str:
    """Return the name in "numpy~=2.2; python_version < '3.14'"."""
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0]


def _data_set(name: str) -> datasets.Stored | None:
    if name not in datasets.DATASETS:
        raise UserError(f"{config.FILE}: unknown data set {name!r} in data_sets; available: {', '.join(datasets.DATASETS)}")
    return datasets.find(name)


def _fingerprint(content: dict[str, bytes]) -> bytes:
    """Return a hash of the content: two results with the same fingerprint come from the same autograder."""
    digest = sha256()
    for path, file in sorted(content.items()):
        digest.update(f"{path}\0{len(file)}\0".encode() + file)
    return f"{digest.hexdigest()[:32]}\n".encode()


def _pinned(package: str) -> str:
    """Pin a package to the version that is installed here; raises UserError if it is not."""
    try:
        return f"{package}=={version(package)}"
    except PackageNotFoundError:
        raise UserError(
            f"{config.FILE} allows {package}, which is not installed here: install it, so that Gradescope gets this version"
        ) from None


def _lines(texts: list[str]) -> bytes:
    return "".join(f"{text}\n" for text in texts).encode()


def _unix(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")
