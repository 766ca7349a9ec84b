"""Find submissions that resemble each other. It is not a verdict.

Pieces of files are compared as in Schleimer, Wilkerson, Aiken, "Winnowing: local algorithms for document fingerprinting"
(SIGMOD 2003), but all pieces are kept. As in compare50, the fewer submissions have a piece, the more it counts.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from autograder.renames import Rename
from autograder.sandbox.child.lex import MOST_SYMBOLS
from autograder.sandbox.host import Sandbox
from autograder.submission import take_in
from autograder.verdicts import Ungradable
from batch.display_names import identities
from batch.instructor.renames import NO_RENAMES, Renames
from batch.models import HandedIn
from batch.similarity.tokens import PIECE, Lexer, Source, parse, read
from common.errors import UserError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Weights = NDArray[np.float64]

LEAST = 0.6  # the smallest similarity of a reported pair
FEWEST = 24  # pieces beyond the handout that a file needs to be compared
CONTEXT = 2  # lines above and below what matches
MOST_PLACES = 16  # places in a file where one piece is looked for
COLUMNS = 2048  # pieces that are counted at a time
STEPS = 16  # of weight for each halving of the others with a piece; whole numbers, so that sums are exact


@dataclass(frozen=True)
class Work:
    """The content of one file. pieces: of all its symbols. own: those that are not in the handout."""

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
    """Matching lines of two files, with a few lines of context."""

    first: tuple[Line, ...]
    second: tuple[Line, ...]


@dataclass(frozen=True)
class Match:
    """Two files of the same name. similarity: 0 to 1, the share of the smaller file's own pieces in the other one."""

    file: str
    similarity: float
    first: Work
    second: Work

    @property
    def identical(self) -> bool:
        """Whether the files have the same text."""
        return self.first.source.text == self.second.source.text

    def regions(self) -> list[Region]:
        """Return the matching lines, in the order of the first file; none for identical files."""
        return [] if self.identical else list(_regions(self.first, self.second))


@dataclass(frozen=True)
class Pair:
    """Similar submissions. first, second: all who submitted each. similarity: of all matching files; 1 if identical."""

    first: tuple[HandedIn, ...]
    second: tuple[HandedIn, ...]
    similarity: float
    matches: tuple[Match, ...]

    @property
    def is_identical(self) -> bool:
        """Whether all compared files are identical."""
        return all(match.identical for match in self.matches)


@dataclass(frozen=True)
class Content:
    """The homework's files by name, and all submissions with exactly these files."""

    works: dict[str, Work]
    holders: tuple[HandedIn, ...]


def pairs(
    handed_in: Sequence[HandedIn],
    given: Mapping[str, str],
    leave_out: Collection[str] = (),
    named: Renames = NO_RENAMES,
    least: float = LEAST,
) -> list[Pair]:
    """Return the pairs with at least this similarity, and those with identical files; the most similar first.

    given: the homework's files by name, as students receive them; what they contain does not count. Only files of the same
    name are compared. leave_out: names of files and folders that are not the student's work. named: renames.
    """
    contents = _contents(handed_in, given, leave_out, named)
    alike = list(_alike(contents, given, least))
    known = {_everybody(pair) for pair in alike}
    found = [*alike, *(pair for pair in _identical(contents) if _everybody(pair) not in known)]
    return sorted(found, key=lambda pair: (-pair.similarity, pair.first[0].key, pair.second[0].key))


def _contents(
    handed_in: Sequence[HandedIn],
    given: Mapping[str, str],
    leave_out: Collection[str],
    named: Renames,
) -> list[Content]:
    """Return each content once, without files in which students have written hardly anything."""
    holders: dict[tuple[str | None, ...], list[HandedIn]] = defaultdict(list)
    for one in handed_in:
        holders[tuple(_texts(one, given, leave_out, named.of(one)))].append(one)
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
    """Return the characters of a text as its symbols, if its symbols are not found in time, perhaps on purpose."""
    letters = [(place, letter) for place, letter in enumerate(text) if not letter.isspace()][:MOST_SYMBOLS]
    return Source(text, tuple(letter for _, letter in letters), tuple(place for place, _ in letters))


def _texts(
    one: HandedIn, files: Collection[str], leave_out: Collection[str], renames: Sequence[Rename]
) -> Iterator[str | None]:
    """Yield the text of each file; None if it is missing or cannot be read, which the class page reports."""
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
    """Yield submissions that share identical files."""
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
    """Yield submissions that are similar, over all files that both have."""
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


def _shared(works: Sequence[Work | None]) -> "tuple[Weights, Weights]":
    """Return, for each pair of works, the weight of their shared pieces, and the weight of the smaller work."""
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
    """Return whether all of them share a student with the first one: students may resemble themselves."""
    first = set(identities(holders[0]))
    return all(one is holders[0] or first & set(identities(one)) for one in holders)


def _regions(one: Work, other: Work) -> Iterator[Region]:
    blocks: list[list[int]] = []  # first and last line in one, first and last line in other
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
    """Yield runs of equal symbols as (place in one, place in other, length): longest first, no place twice."""
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
    """Yield the first number of each run of consecutive numbers, and the one after its last."""
    for _, stretch in groupby(enumerate(numbers), lambda one: one[1] - one[0]):
        found = [number for _, number in stretch]
        yield found[0], found[-1] + 1


def _excerpt(source: Source, start: int, end: int) -> tuple[Line, ...]:
    around = range(max(start - CONTEXT, 0), min(end + CONTEXT + 1, len(source.lines)))
    return tuple(Line(line + 1, source.lines[line], start <= line <= end) for line in around)
