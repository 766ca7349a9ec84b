"""Read the pages of scans, several at a time."""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from common.errors import UserError
from quizzes.quiz import Made
from quizzes.scanning import bubbles, images, layout, straighten
from quizzes.scanning.bubbles import Reading
from quizzes.scanning.layout import Blank, Field, Ticket
from quizzes.scanning.straighten import PIXELS, Page

MANY = 8  # pages from which several processes are worth their start
AROUND = 1.5  # millimetres around what a person should look at

Place = tuple[int, str]  # a question and a blank in it; (0, "") is the student's id


@dataclass(frozen=True)
class Asked:
    """What a version asks on its sheet."""

    blanks: tuple[Blank, ...]
    numbered: bool


@dataclass(frozen=True)
class Scanned:
    """A page of a scan, and what was read on it. It may be empty, or it says what is the matter."""

    file: str
    number: int  # of the page, from 1
    ticket: Ticket | None = None
    pages: int = 0  # of the version's sheet
    readings: Mapping[Place, Reading] = field(default_factory=dict)
    pictures: Mapping[Place, bytes] = field(default_factory=dict)  # PNGs of what is unsure
    student: bytes = b""  # a PNG of the head of the first page, if students fill in who they are
    problem: str = ""

    @property
    def source(self) -> str:
        """Return where it is, in words."""
        return f"{self.file}, page {self.number}"


def asked(made: Made) -> dict[str, Asked]:
    """Return what each version asks, by its code."""
    language = made.quiz.language
    return {
        version.code: Asked(tuple(layout.blanks(version.variants, language)), version.owner.numbered)
        for version in made.versions
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


def scan(pages: Sequence[tuple[Path, int]], versions: Mapping[str, Asked]) -> Iterator[Scanned]:
    """Yield what is on each page, in order."""
    read = partial(_read, versions=versions)
    if len(pages) < MANY:
        yield from map(read, pages)
        return
    with ProcessPoolExecutor(os.cpu_count()) as processes:
        yield from processes.map(read, pages, chunksize=2)


def _read(page: tuple[Path, int], versions: Mapping[str, Asked]) -> Scanned:
    path, index = page
    empty = Scanned(str(path), index + 1)
    try:
        image = images.page(path, index)
    except UserError as problem:
        return replace(empty, problem=str(problem))
    ticket = straighten.code(image)
    if ticket is None:
        return empty if straighten.is_empty(image) else replace(empty, problem="no code of an answer sheet can be read")
    version = versions.get(ticket.code)
    if version is None:
        return replace(empty, problem=f"version {ticket.code} belongs to another quiz, or to another making of this one")
    straight = straighten.straightened(image, ticket.paper)
    if straight is None:
        return replace(empty, ticket=ticket, problem="its corners cannot be found: it is cut off, folded or crumpled")
    return _fields(empty, ticket, version, straight)


def _fields(empty: Scanned, ticket: Ticket, version: Asked, straight: Page) -> Scanned:
    sheet = layout.pages(version.blanks, ticket, version.numbered)
    fields = sheet[ticket.page - 1]
    readings = dict(zip(map(_place, fields), bubbles.readings(straight, fields)))
    unsure = [each for each in fields if readings[_place(each)].why]
    head = layout.head(ticket) if version.numbered and ticket.page == 1 else None
    return replace(
        empty,
        ticket=ticket,
        pages=len(sheet),
        readings=readings,
        pictures={_place(each): _cut(straight.grey, each.frame) for each in unsure},
        student=_cut(straight.grey, head) if head else b"",
    )


def _place(field: Field) -> Place:
    return field.blank.question, field.blank.name


def _cut(grey: np.ndarray, box: tuple[float, float, float, float]) -> bytes:
    """Return a part of a page as PNG. box: left, upper, right and lower edge in millimetres."""
    left, above = (max(0, round((edge - AROUND) * PIXELS)) for edge in box[:2])
    right, below = (round((edge + AROUND) * PIXELS) for edge in box[2:])
    return cv2.imencode(".png", grey[above:below, left:right])[1].tobytes()
