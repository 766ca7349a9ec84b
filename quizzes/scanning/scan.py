"""Read the pages of scans, several at a time."""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2

from common.errors import UserError
from common.processes import start_worker
from quizzes.quiz import GeneratedQuiz
from quizzes.scanning import bubbles, images, layout, straighten
from quizzes.scanning.bubbles import Reading
from quizzes.scanning.images import Pixels
from quizzes.scanning.layout import Blank, Field, Ticket
from quizzes.scanning.straighten import PIXELS

MANY = 8  # pages: from here on, starting several processes pays off
AROUND = 1.5  # millimetres of margin in a picture for a person

Place = tuple[int, str]  # a question and a blank in it; (0, "") is the student's id


@dataclass(frozen=True)
class Asked:
    """The questions and layout of a version's sheet."""

    blanks: tuple[Blank, ...]
    numbered: bool


@dataclass(frozen=True)
class Where:
    """A page of a scan."""

    file: str
    number: int  # from 1

    def __str__(self) -> str:
        return f"{self.file}, page {self.number}"


@dataclass(frozen=True)
class Unread:
    """A page with nothing to read. problem: why; empty for an empty page."""

    where: Where
    problem: str = ""


@dataclass(frozen=True)
class Scanned:
    """A page of an answer sheet, and its readings."""

    where: Where
    ticket: Ticket
    pages: int  # of the version's sheet
    readings: Mapping[Place, Reading]
    pictures: Mapping[Place, bytes]  # PNGs of uncertain readings
    student: bytes = b""  # a PNG of the head of the first page, if students fill in who they are


def asked(generated: GeneratedQuiz) -> dict[str, Asked]:
    """Return the questions and layout of each version, by its code."""
    language = generated.quiz.language
    return {
        version.code: Asked(tuple(layout.blanks(version.variants, language)), version.owner.numbered)
        for version in generated.versions
    }


def pages_of(paths: Sequence[Path]) -> tuple[list[tuple[Path, int]], list[str]]:
    """Return all pages of some files, and a sentence for each file that cannot be read."""
    found, problems = [], []
    for path in paths:
        try:
            found += [(path, index) for index in range(images.count(path))]
        except UserError as problem:
            problems.append(str(problem))
    return found, problems


def scan(pages: Sequence[tuple[Path, int]], versions: Mapping[str, Asked]) -> Iterator[Scanned | Unread]:
    """Yield what is on each page, in order."""
    read = partial(_read, versions=versions)
    if len(pages) < MANY:
        yield from map(read, pages)
        return
    count = os.cpu_count() or 1
    together = max(1, min(8, len(pages) // (4 * count)))  # each task carries all versions
    # OpenCV has threads, which a forked process would wait for forever.
    with ProcessPoolExecutor(count, get_context("spawn"), _start, (os.getpid(),)) as processes:
        yield from processes.map(read, pages, chunksize=together)


def _start(parent: int) -> None:
    start_worker(parent)
    cv2.setNumThreads(1)


def _read(page: tuple[Path, int], versions: Mapping[str, Asked]) -> Scanned | Unread:
    path, index = page
    where = Where(str(path), index + 1)
    try:
        image = images.page(path, index)
    except UserError as problem:
        return Unread(where, str(problem))
    code = straighten.code(image)
    if code is None:
        return Unread(where, "" if straighten.is_empty(image) else "no code of an answer sheet can be read")
    ticket, corners = code
    version = versions.get(ticket.code)
    sheet = layout.pages(version.blanks, ticket, version.numbered) if version and ticket.fits(version.blanks) else []
    if version is None or not 1 <= ticket.page <= len(sheet):
        return Unread(where, f"version {ticket.code} belongs to another quiz, or to this quiz generated another time")
    straight = straighten.straightened(image, ticket.paper, corners)
    if straight is None:
        return Unread(where, "its corners cannot be found: it is cut off, folded or crumpled")
    fields = sheet[ticket.page - 1]
    found = bubbles.readings(straight, fields)
    if images.has_no_grey(path, index, image):
        found = list(map(bubbles.without_grey, fields, found))
    readings = dict(zip(map(_place, fields), found))
    pictures = {_place(each): _cut(straight.grey, each.frame) for each in fields if readings[_place(each)].why}
    first = version.numbered and ticket.page == 1
    student = _cut(straight.grey, layout.head(ticket)) if first else b""
    return Scanned(where, ticket, len(sheet), readings, pictures, student)


def _place(field: Field) -> Place:
    return field.blank.question, field.blank.name


def _cut(grey: Pixels, box: tuple[float, float, float, float]) -> bytes:
    """Return a part of a page as PNG. box: left, upper, right and lower edge in millimetres."""
    left, above = (max(0, round((edge - AROUND) * PIXELS)) for edge in box[:2])
    right, below = (round((edge + AROUND) * PIXELS) for edge in box[2:])
    return cv2.imencode(".png", grey[above:below, left:right])[1].tobytes()
