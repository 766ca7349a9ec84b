"""Which submissions resemble each other. It is not a verdict.

Pieces of files are compared as in Schleimer, Wilkerson, Aiken, "Winnowing: local algorithms for document fingerprinting"
(SIGMOD 2003), all of them kept; as in compare50, a piece counts the more the fewer have it.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from autograder.renames import Rename
from autograder.sandbox.child.lex import MOST_SYMBOLS
from autograder.sandbox.worker import Sandbox
from autograder.submission import take_in
from autograder.verdicts import Ungradable
from batch.display_names import identities
from batch.given.renames import NO_RENAMES, Renames
from batch.records import HandedIn
from batch.similarity.tokens import PIECE, Lexer, Source, parse, read
from common.errors import UserError

LEAST = 0.6  # the similarity from which on a pair is told
FEWEST = 24  # pieces of its own that a file needs to be compared at all
CONTEXT = 2  # lines above and below what matches
MOST_PLACES = 16  # where in a file one piece is looked for
COLUMNS = 2048  # pieces that are counted at once
STEPS = 16  # of weight for each halving of the others who have a piece; whole numbers, so that sums are exact


@dataclass(frozen=True)
class Work:
    """The content of one file. pieces: of all its symbols; own: those that are not of the handout."""

    source: Source
    pieces: list[bytes]
    own: frozenset[bytes]


@dataclass(frozen=True)
class Line:
    """A line of a file, numbered from 1."""

    number: int
    text: str
    matches: bool


@dataclass(frozen=True)
class Region:
    """Lines of two files that say the same, with a few lines around them."""

    first: tuple[Line, ...]
    second: tuple[Line, ...]


@dataclass(frozen=True)
class Match:
    """Two files of one name. similarity: from 0 to 1, the share of the smaller one's own pieces that the other has too."""

    file: str
    similarity: float
    first: Work
    second: Work

    @property
    def identical(self) -> bool:
        """Whether the files are the same to the letter."""
        return self.first.source.text == self.second.source.text

    def regions(self) -> list[Region]:
        """Return the lines that match, in the order of the first file; none for identical files."""
        return [] if self.identical else list(_regions(self.first, self.second))


@dataclass(frozen=True)
class Pair:
    """Who handed in what resembles each other. similarity: of all files that match; 1 where all are identical."""

    first: tuple[HandedIn, ...]
    second: tuple[HandedIn, ...]
    similarity: float
    matches: tuple[Match, ...]

    @property
    def is_identical(self) -> bool:
        """Whether they share files to the letter, and no others are compared."""
        return all(match.identical for match in self.matches)


@dataclass(frozen=True)
class Content:
    """The homework's files, by their names, and all who handed in exactly these."""

    works: dict[str, Work]
    holders: tuple[HandedIn, ...]


def pairs(
    handed_in: Sequence[HandedIn],
    given: Mapping[str, str],
    leave_out: Collection[str] = (),
    named: Renames = NO_RENAMES,
    progress: Callable[[int], None] = lambda done: None,
    least: float = LEAST,
) -> list[Pair]:
    """Return those whose files are at least so similar, or the same to the letter; most similar first.

    given: the homework's files by their names, as students receive them, which does not count; each is compared with those
    of the same name. leave_out: names of files and folders that are not the student's work. named: files that count under
    another name. progress: is told how many submissions are read.
    """
    contents = _contents(handed_in, given, leave_out, named, progress)
    alike = list(_alike(contents, given, least))
    told = {_everybody(pair) for pair in alike}
    found = [*alike, *(pair for pair in _identical(contents) if _everybody(pair) not in told)]
    return sorted(found, key=lambda pair: (-pair.similarity, pair.first[0].key, pair.second[0].key))


def _contents(
    handed_in: Sequence[HandedIn],
    given: Mapping[str, str],
    leave_out: Collection[str],
    named: Renames,
    progress: Callable[[int], None],
) -> list[Content]:
    """Return what was handed in, each content once, without files in which hardly anything was written."""
    holders: dict[tuple[str | None, ...], list[HandedIn]] = defaultdict(list)
    for done, one in enumerate(handed_in, start=1):
        holders[tuple(_texts(one, given, leave_out, named.of(one)))].append(one)
        progress(done)
    numbers: dict[str, int] = {}
    handed_out = {file: frozenset(parse(stub).pieces(numbers)) for file, stub in given.items()}
    known: dict[tuple[str, str], Work] = {}
    contents = []
    with Lexer() as lexer:
        for texts, who in holders.items():
            works = {}
            for file, text in zip(given, texts):
                if text is None:
                    continue
                if (file, text) not in known:
                    source = lexer.source(text) or _letter_by_letter(text)
                    pieces = source.pieces(numbers)
                    known[file, text] = Work(source, pieces, frozenset(pieces) - handed_out[file])
                if len(known[file, text].own) >= FEWEST:
                    works[file] = known[file, text]
            contents.append(Content(works, tuple(who)))
    return contents


def _letter_by_letter(text: str) -> Source:
    """Return the letters of a text as its symbols: of one whose symbols are not found in time, which is a trick."""
    letters = [(place, letter) for place, letter in enumerate(text) if not letter.isspace()][:MOST_SYMBOLS]
    return Source(text, tuple(letter for _, letter in letters), tuple(place for place, _ in letters))


def _texts(
    one: HandedIn, files: Collection[str], leave_out: Collection[str], renames: Sequence[Rename]
) -> Iterator[str | None]:
    """Yield the text of each file; None for what is not there or cannot be taken in, which the class's page tells."""
    with Sandbox() as sandbox:
        try:
            submission = take_in(one.source, sandbox, leave_out, renames)
        except Ungradable:
            yield from [None] * len(files)
            return
        for file in files:
            try:
                path = submission.find(file)
            except UserError:
                path = None
            yield read(path) if path else None


def _identical(contents: Iterable[Content]) -> Iterator[Pair]:
    """Yield who shares which files to the letter."""
    who: dict[tuple[str, str], list[HandedIn]] = defaultdict(list)
    works: dict[tuple[str, str], Work] = {}
    for content in contents:
        for file, work in content.works.items():
            who[file, work.source.text] += content.holders
            works[file, work.source.text] = work
    shared: dict[tuple[str, ...], list[Match]] = defaultdict(list)
    everyone = {one.key: one for holders in who.values() for one in holders}
    for (file, text), holders in who.items():
        work = works[file, text]
        if not _same_students(holders):
            shared[tuple(sorted(one.key for one in holders))].append(Match(file, 1.0, work, work))
    for keys, matches in shared.items():
        first, *others = (everyone[key] for key in keys)
        yield Pair((first,), tuple(others), 1.0, tuple(matches))


def _alike(contents: Sequence[Content], files: Collection[str], least: float) -> Iterator[Pair]:
    """Yield whose files are similar, of all files that both handed in together."""
    import numpy as np

    if len(contents) < 2:
        return
    tables = {file: _shared([content.works.get(file) for content in contents]) for file in files}
    both = sum(shared for shared, _ in tables.values())
    smaller = sum(of for _, of in tables.values())
    similarity = np.divide(both, smaller, out=np.zeros_like(both), where=smaller > 0)
    for a, b in np.argwhere(np.triu(similarity >= least, k=1) & (smaller > 0)):
        one, other = contents[a], contents[b]
        matches = tuple(
            Match(file, float(shared[a, b] / of[a, b]), one.works[file], other.works[file])
            for file, (shared, of) in tables.items()
            if of[a, b]
        )
        pair = Pair(one.holders, other.holders, float(similarity[a, b]), matches)
        if not pair.is_identical and not _same_students([*one.holders, *other.holders]):
            yield pair


def _shared(works: Sequence[Work | None]) -> tuple[Any, Any]:
    """Return, for each two works, the weight of the pieces that they share, and the weight of the smaller one."""
    import numpy as np

    owns: list[frozenset[bytes]] = [work.own if work else frozenset() for work in works]
    counts = Counter(piece for own in owns for piece in own)
    written = sum(map(bool, owns))
    weights = {piece: max(round(STEPS * math.log2(written / max(count - 1, 1))), 1) for piece, count in counts.items()}
    totals = np.array([sum(weights[piece] for piece in own) for own in owns], float)
    columns = {piece: place for place, piece in enumerate(piece for piece, count in counts.items() if count > 1)}
    weight = np.array([weights[piece] for piece in columns], float)
    entries = sorted((columns[piece], row) for row, own in enumerate(owns) for piece in own if piece in columns)
    column, row = np.array(entries, int).reshape(-1, 2).T
    shared = np.zeros((len(works), len(works)))
    for start in range(0, len(columns), COLUMNS):
        some = slice(*np.searchsorted(column, (start, start + COLUMNS)))
        has = np.zeros((len(works), min(COLUMNS, len(columns) - start)))
        has[row[some], column[some] - start] = 1
        shared += has * weight[start : start + COLUMNS] @ has.T
    return shared, np.minimum.outer(totals, totals)


def _everybody(pair: Pair) -> frozenset[str]:
    return frozenset(one.key for one in (*pair.first, *pair.second))


def _same_students(holders: Sequence[HandedIn]) -> bool:
    """Tell whether all of them share a student with the first one: nobody resembles herself."""
    first = set(identities(holders[0]))
    return all(one is holders[0] or first & set(identities(one)) for one in holders)


def _regions(one: Work, other: Work) -> Iterator[Region]:
    blocks: list[list[int]] = []  # from line, to line in the one, from line, to line in the other
    for place, other_place, length in sorted(_runs(one, other)):
        start, end = (one.source.line_of(place + step) for step in (0, length - 1))
        other_start, other_end = (other.source.line_of(other_place + step) for step in (0, length - 1))
        if blocks and 0 <= start - blocks[-1][1] <= 1 and 0 <= other_start - blocks[-1][3] <= 1:
            blocks[-1][1], blocks[-1][3] = end, other_end
        else:
            blocks.append([start, end, other_start, other_end])
    for start, end, other_start, other_end in blocks:
        yield Region(_excerpt(one.source, start, end), _excerpt(other.source, other_start, other_end))


def _runs(one: Work, other: Work) -> Iterator[tuple[int, int, int]]:
    """Yield runs of equal symbols as (place in the one, place in the other, length): the longest first, no place twice."""
    places: dict[bytes, list[int]] = defaultdict(list)
    for place, piece in enumerate(other.pieces):
        if piece in other.own and len(places[piece]) < MOST_PLACES:
            places[piece].append(place)
    equal = {(a, b) for a, piece in enumerate(one.pieces) if piece in one.own for b in places.get(piece, ())}
    runs = []
    for a, b in equal:
        if (a - 1, b - 1) not in equal:
            more = 1
            while (a + more, b + more) in equal:
                more += 1
            runs.append((-(more + PIECE - 1), a, b))
    taken: set[int] = set()
    other_taken: set[int] = set()
    for length, a, b in sorted(runs):
        free = [step for step in range(-length) if a + step not in taken and b + step not in other_taken]
        for start, end in _stretches(free):
            if end - start >= PIECE:
                taken.update(range(a + start, a + end))
                other_taken.update(range(b + start, b + end))
                yield a + start, b + start, end - start


def _stretches(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first number of each unbroken stretch, and the one after its last."""
    for _, stretch in groupby(enumerate(numbers), lambda one: one[1] - one[0]):
        found = [number for _, number in stretch]
        yield found[0], found[-1] + 1


def _excerpt(source: Source, start: int, end: int) -> tuple[Line, ...]:
    around = range(max(start - CONTEXT, 0), min(end + CONTEXT + 1, len(source.lines)))
    return tuple(Line(line + 1, source.lines[line], start <= line <= end) for line in around)
