"""Read an export of submissions from Gradescope, Canvas or Moodle, or any folder of submissions."""

import shutil
from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from autograder.sandbox.child import rules
from batch.exports import canvas, gradescope, moodle, plain_folder, slugs
from batch.exports.raw_submissions import RawSubmission, extract
from batch.exports.tree import DAMAGED, Tree, opened
from batch.models import HandedIn
from common.errors import UserError

PLATFORMS = (gradescope, moodle, canvas)
MOST_LEVELS = 5  # of nested folders with nothing else in them
NEARLY = 0.8  # similarity of names, as difflib has it
LARGEST_EXPORT = 20 * 1024**3  # in bytes, if it is zipped twice


@dataclass(frozen=True)
class Export:
    """The submissions, sorted by key. kind: the platform. remarks: what was odd about the export as a whole."""

    kind: str
    handed_in: tuple[HandedIn, ...]
    remarks: tuple[str, ...]


def read(export: Path, scratch: Path, files: Collection[str]) -> Export:
    """Return the submissions in a folder or a zip, unpacking those that `grade` cannot read in place to an empty folder.

    files: the homework's, which show whether the export is a class or one submission.

    The same export gives the same result in every run. Anything odd or wrong about a submission is in its note. Raises
    UserError if it is not an export, or if scratch cannot be written.
    """
    try:
        return _read(export, scratch, files)
    except OSError as error:
        raise UserError(f"cannot unpack {export} to {scratch}: {error.strerror}") from None


def _read(export: Path, scratch: Path, files: Collection[str]) -> Export:
    with ExitStack() as stack:
        top = stack.enter_context(opened(export))
        if inner := _zipped_twice(top, export, scratch, files):
            remarks, top = top.remarks, stack.enter_context(opened(inner))
            top.remarks[:0] = [*remarks, "The export was zipped twice."]
        kind, tree, raw_submissions = _recognised(top, export, files)
        if not raw_submissions:
            raise UserError(
                f"{export} holds no submissions: give an export of Gradescope, Canvas or Moodle, or a folder that holds a "
                "folder, a zip or a Python file for each student"
            )
        raw_submissions.sort(key=lambda raw: raw.name)
        handed_in = []
        for key, raw in zip(slugs.unique(raw.name for raw in raw_submissions), raw_submissions):
            source = extract(raw, tree, scratch / key)
            students = tuple(replace(student, name=_shown(student.name)) for student in raw.students)
            named = tuple(map(_shown, raw.named))
            handed_in.append(
                HandedIn(key, students, raw.submitted, source, raw.score_before, _shown(raw.note), raw.late, named)
            )
    return Export(kind, tuple(sorted(handed_in, key=lambda each: each.key)), tuple(map(_shown, tree.remarks)))


def _shown(text: str) -> str:
    """Return text with file names in it, with a replacement character for each byte that is not UTF-8."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _recognised(top: Tree, export: Path, files: Collection[str]) -> tuple[str, Tree, list[RawSubmission]]:
    """Return the kind of export, the folder in it with the submissions, and the submissions."""
    levels = _levels(top)
    for level in levels:
        for platform in PLATFORMS:
            raw_submissions = platform.gather(level)
            if raw_submissions is not None:
                return platform.KIND, level, raw_submissions
    if _is_one_submission(levels[-1], files):
        levels.pop()  # a class of one
    if not levels:
        raise UserError(f"{export} is one submission, not an export of a class: use `convgrade grade` for it")
    return plain_folder.KIND, levels[-1], plain_folder.gather(levels[-1])


def _levels(tree: Tree) -> list[Tree]:
    """Return the tree, and what is inside folders that merely wrap the rest."""
    levels = [tree]
    while not levels[-1].loose and len(levels[-1].named) == 1 and len(levels) < MOST_LEVELS:
        levels.append(levels[-1].below(next(iter(levels[-1].named))))
    return levels


def _is_one_submission(tree: Tree, files: Collection[str]) -> bool:
    """Return whether the files at the top are one student's: one is the homework's, or all have nearly its files' names."""
    programs = [name for name in tree.loose if name.endswith(".py")]
    misnamed = [name for name in programs if get_close_matches(name.casefold(), files, 1, NEARLY)]
    return any(file in tree.loose for file in files) or (bool(programs) and misnamed == programs)


def _zipped_twice(top: Tree, export: Path, scratch: Path, files: Collection[str]) -> Path | None:
    """Return the zip that is alone in an export, if it holds a class's submissions and is not one student's."""
    level = _levels(top)[-1]
    if level.named or len(level.loose) != 1 or any(platform.gather(level) for platform in PLATFORMS):
        return None
    name, file = next(iter(level.loose.items()))
    if PurePosixPath(name).suffix.casefold() != ".zip" or file.size > LARGEST_EXPORT:
        return None
    path = file.where if isinstance(file.where, Path) else scratch / ".export.zip"
    try:
        if path != file.where:
            scratch.mkdir(parents=True, exist_ok=True)
            with level.open(file) as source, path.open("wb") as copy:
                shutil.copyfileobj(source, copy)
        with opened(path) as inner:
            is_export = not _is_one_submission(_levels(inner)[-1], files) and _recognised(inner, export, files)[2]
            return path if is_export else None
    except (UserError, rules.LeftOut, rules.Refused, *DAMAGED):
        return None  # it is treated as one student's zip, which cannot be read
