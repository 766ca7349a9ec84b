"""Read the files that students handed in, as people and platforms put them into a folder.

Canvas and Moodle put the student's name before each file: lovelaceada_123_456_answers-CODE.txt, or a folder
"Ada Lovelace_123_assignsubmission_file_". Files that computers add are skipped.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from quizzes.grading.responses import LARGEST, Responses, not_text, read_file
from quizzes.language import ENGLISH, Language
from quizzes.quiz import GeneratedQuiz, Version
from quizzes.spreadsheets import binary

SUFFIXES = (".txt", ".text")
ZIPS_SECONDS = 2  # the smallest difference between times in a zip
_SENDER = re.compile(r"(.+?_\d+)_assignsubmission_|([^_]+_(?:late_)?\d+)_\d+_", re.IGNORECASE)
_COPY = re.compile(r"[\s_]*\((\d{1,3})\)$|[\s_-]+copy[\s_]*\(?(\d{0,3})\)?$", re.IGNORECASE)
_FORM = re.compile(r"answers-([A-Z0-9]{4}-[A-Z0-9]{4})", re.IGNORECASE)
_CODES = re.compile(r"(?=([A-Z0-9]{4}-[A-Z0-9]{4}))")  # they overlap: "answers-ABCD-1234" holds WERS-ABCD, too


def read_folder(folder: Path, generated: GeneratedQuiz, language: Language = ENGLISH) -> Iterator[Responses]:
    """Yield the replies in each file that may be a student's; an unreadable file does not stop the others.

    language: of notes and problems.
    """
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if not path.is_file() or any(part == "__MACOSX" or part.startswith(".") for part in inside.parts):
            continue
        if path.suffix.lower() in SUFFIXES:
            given = read(path, generated, language)
            if path.name.lower().startswith("readme") and not (given.version or given.student):
                given = replace(given, problem=language.say("a readme is not an answer file"))
            sender, name = _who_handed_in(inside)
            yield replace(given, sender=sender, name=name)
        elif problem := _no_text(path, generated, language):
            yield Responses("", "", {}, str(path), problem=problem)


def read(path: Path, generated: GeneratedQuiz, language: Language = ENGLISH) -> Responses:
    """Read one student's file; the code of its version may be only in its name."""
    try:
        with path.open("rb") as stream:
            given = read_file(stream.read(LARGEST + 1), str(path), language)
        when = path.stat().st_mtime // ZIPS_SECONDS, _copy(path)
    except OSError as error:
        return Responses("", "", {}, str(path), problem=f"it cannot be read: {error.strerror}")
    named = _named(path, generated)
    if named and given.version and not any(_same(given.version, version.code) for version in named):
        problem = language.say(
            "its name says version {named}, but its answers are to version {code}", named=named[0].code, code=given.version
        )
        return replace(given, problem=problem)
    form = _FORM.search(path.name)  # of a quiz generated another time, if no version has this code
    code = named[0].code if named else form[1] if form else ""
    return replace(given, version=given.version or code, when=when)


def _who_handed_in(inside: Path) -> tuple[str, str]:
    """Return whose upload a file is, if its path says so, and the name that all copies of it share."""
    for part in inside.parts:
        if found := _SENDER.match(part):
            sender = found[1] or found[2]
            return sender, sender
    return str(inside.parent), str(inside.parent / _COPY.sub("", inside.stem))


def _no_text(path: Path, generated: GeneratedQuiz, language: Language) -> str:
    """Return what is wrong with a file that may hold replies but is not a text file; "" for any other file."""
    try:
        with path.open("rb") as stream:
            kind = binary(stream.read(LARGEST))
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    if kind:
        return not_text(kind, language)
    return language.say("it is not a text file; save it as .txt") if _named(path, generated) else ""


def _named(path: Path, generated: GeneratedQuiz) -> list[Version]:
    """Return the versions whose codes are in a file's name."""
    codes = {found[1] for found in _CODES.finditer(path.name.upper())}
    return [version for version in generated.versions if version.code in codes]


def _same(code: str, other: str) -> bool:
    return "".join(code.upper().split()).replace("-", "") == other.replace("-", "")


def _copy(path: Path) -> int:
    """Return which copy of a file of the same name this is: 0 for the first, 1 for "answers (1).txt"."""
    found = _COPY.search(path.stem)
    return int(found[1] or found[2] or 1) if found else 0
