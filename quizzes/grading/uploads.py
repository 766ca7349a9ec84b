"""The files that students handed in, as people and platforms lay them into a folder.

Canvas and Moodle put before each file whose it is: lovelaceada_123_456_answers-CODE.txt, or a folder
"Ada Lovelace_123_assignsubmission_file_". What computers add for themselves is nobody's.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from quizzes.grading.answers import LARGEST, Given, not_text, read_file
from quizzes.language import ENGLISH, Language
from quizzes.quiz import Made, Version
from quizzes.spreadsheets import binary

SUFFIXES = (".txt", ".text")
ZIPS_SECONDS = 2  # the smallest difference of times that a zip keeps
_SENDER = re.compile(r"(.+?_\d+)_assignsubmission_|([^_]+_(?:late_)?\d+)_\d+_", re.IGNORECASE)
_COPY = re.compile(r"[\s_]*\((\d{1,3})\)$|[\s_-]+copy[\s_]*\(?(\d{0,3})\)?$", re.IGNORECASE)
_FORM = re.compile(r"answers-([A-Z0-9]{4}-[A-Z0-9]{4})", re.IGNORECASE)
_CODES = re.compile(r"(?=([A-Z0-9]{4}-[A-Z0-9]{4}))")  # they overlap: "answers-ABCD-1234" holds WERS-ABCD, too


def read_folder(folder: Path, made: Made, language: Language = ENGLISH) -> Iterator[Given]:
    """Yield what each file holds that may be a student's; one that cannot be read stops no other.

    language: of notes and problems.
    """
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if not path.is_file() or any(part == "__MACOSX" or part.startswith(".") for part in inside.parts):
            continue
        if path.suffix.lower() in SUFFIXES:
            given = read(path, made, language)
            if path.name.lower().startswith("readme") and not (given.version or given.student):
                given = replace(given, problem=language.say("a readme is not a file of answers"))
            sender, name = _who_handed_in(inside)
            yield replace(given, sender=sender, name=name)
        elif problem := _no_text(path, made, language):
            yield Given("", "", {}, str(path), problem=problem)


def read(path: Path, made: Made, language: Language = ENGLISH) -> Given:
    """Read one student's file; the code of its version may stand in its name alone."""
    try:
        with path.open("rb") as stream:
            given = read_file(stream.read(LARGEST + 1), str(path), language)
        when = path.stat().st_mtime // ZIPS_SECONDS, _copy(path)
    except OSError as error:
        return Given("", "", {}, str(path), problem=f"it cannot be read: {error.strerror}")
    named = _named(path, made)
    if named and given.version and not any(_same(given.version, version.code) for version in named):
        problem = language.say(
            "its name says version {named}, but its answers are to version {code}", named=named[0].code, code=given.version
        )
        return replace(given, problem=problem)
    form = _FORM.search(path.name)  # of another making, if no version here has this code
    code = named[0].code if named else form[1] if form else ""
    return replace(given, version=given.version or code, when=when)


def _who_handed_in(inside: Path) -> tuple[str, str]:
    """Return whose upload a file is, as far as its place tells, and what all copies of it have in common."""
    for part in inside.parts:
        if found := _SENDER.match(part):
            sender = found[1] or found[2]
            return sender, sender
    return str(inside.parent), str(inside.parent / _COPY.sub("", inside.stem))


def _no_text(path: Path, made: Made, language: Language) -> str:
    """Return what is wrong with a file that may hold answers but is not a text file; "" for any other."""
    try:
        with path.open("rb") as stream:
            kind = binary(stream.read(LARGEST))
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    if kind:
        return not_text(kind, language)
    return language.say("it is not a text file; save it as .txt") if _named(path, made) else ""


def _named(path: Path, made: Made) -> list[Version]:
    """Return the versions whose codes stand in a file's name."""
    codes = {found[1] for found in _CODES.finditer(path.name.upper())}
    return [version for version in made.versions if version.code in codes]


def _same(code: str, other: str) -> bool:
    return "".join(code.upper().split()).replace("-", "") == other.replace("-", "")


def _copy(path: Path) -> int:
    """Return which copy of a file of the same name this is: 0 for the first, 1 for "answers (1).txt"."""
    found = _COPY.search(path.stem)
    return int(found[1] or found[2] or 1) if found else 0
