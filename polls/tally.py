"""Count a hall's answers in a round, with their misconceptions; and show both rounds side by side."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from html import escape
from typing import Any

from quizzes.grading.letters import letter, ticked
from quizzes.grading.marking import Mark, mark
from quizzes.grading.numbers import amounts, readings
from quizzes.grading.spreading import cells, shown, spread
from quizzes.language import ENGLISH, Language
from quizzes.question import Choice, Grid, Number, Rows, Value, Wrong, brief, written
from quizzes.text.markdown import inline_html
from quizzes.variant import Variant

MOST_PLAIN = 8  # typed answers that have a row of their own before the solution
MOST_BELIEVED = 6  # misconceptions that have one afterwards
MOST_OTHERS = 4  # other answers that have one, in rounds that asked the same
EMPTY, UNREAD = "_", "?"  # a cell of a grid that was left out, and one that holds no number
Reply = Mapping[str, str]


@dataclass(frozen=True)
class Bar:
    """An answer, or several that mean the same, and how many gave it. Texts are HTML."""

    answer: str
    count: int
    letter: str = ""  # of an option
    right: bool = False
    name: str = ""  # of the misconception that gives it
    sentence: str = ""  # what students who give this answer read


@dataclass(frozen=True)
class Tally:
    """The answers of a round."""

    answered: int = 0
    right: int = 0  # answers that have full credit
    bars: tuple[Bar, ...] = ()  # of each option, or of the key and each misconception; and of every other answer
    plain: tuple[Bar, ...] = ()  # of each option, or of every answer as typed: nothing tells which of them are right

    @property
    def share(self) -> float:
        """Return the share of right answers, from 0 to 1."""
        return self.right / self.answered if self.answered else 0.0


@dataclass(frozen=True, eq=False)
class Read:
    """The meaning of a reply."""

    mark: Mark
    text: str  # on one line, as a hall may see it: numbers in digits, and no words but those of options
    letters: frozenset[str] = frozenset()  # of the options that it ticks as they may be ticked


class Reader:
    """Reads the replies to a question, each different one once, since they are counted again whenever one arrives."""

    def __init__(self, variant: Variant, language: Language = ENGLISH) -> None:
        self.variant, self.language = variant, language
        self._known: dict[tuple[tuple[str, str], ...], Read] = {}

    def read(self, given: Reply) -> Read:
        """Return the meaning of a reply."""
        key = tuple(sorted(given.items()))
        if key not in self._known:
            self._known[key] = _read(self.variant, given, self.language)
        return self._known[key]

    def mark(self, given: Reply) -> Mark:
        """Return the mark of an answer."""
        return self.read(given).mark

    def tally(self, given: Iterable[Reply]) -> Tally:
        """Count answers, one for each person; empty ones do not count."""
        counted = Counter(map(self.read, given))
        answered = {read: times for read, times in counted.items() if read.mark.answered}
        match self.variant.answer:
            case Choice() as choice:
                bars = _of_options(choice, answered)
                plain = [Bar(bar.answer, bar.count, bar.letter) for bar in bars]
            case Number(value=key) | Grid(values=key):
                bars = _of_meanings(key, self.variant.wrong, answered)
                plain = _of_texts(answered)
        right = sum(times for read, times in answered.items() if read.mark.credit == 1)
        return Tally(sum(answered.values()), right, tuple(bars), tuple(plain))


def compared(rounds: Sequence[tuple[int, Tally]], whole: bool, language: Language = ENGLISH) -> list[list[Bar]]:
    """Return the bars of rounds, given their forms and tallies: for each round the same rows, few enough to be shown.

    Where a question's other form lacks an answer, the bar has no text. whole: with what is right and what it means; without
    it, rounds in different forms have rows of their own.
    """
    is_same = len({form for form, _ in rounds}) == 1
    if not whole and not is_same:
        return [bars for one in rounds for bars in compared([one], whole, language)]
    found = [_by_meaning(tally.bars if whole else tally.plain, is_same) for _, tally in rounds]
    most = MOST_PLAIN if not whole else MOST_OTHERS if is_same else 0
    kept = _kept(found, most, _by_worth if whole else _by_size)
    shown = [[bars.get(row) or _missing(bar, is_same) for row, bar in kept.items()] for bars in found]
    rest = [sum(bar.count for row, bar in bars.items() if row not in kept) for bars in found]
    if any(rest):
        for bars, count in zip(shown, rest):
            bars.append(Bar(escape(language.say("Other answers")), count))
    return shown


def _kept(found: Sequence[Mapping[Hashable, Bar]], most: int, order: Callable[[Bar, int], Any]) -> dict[Hashable, Bar]:
    """Return the rows that are shown, each with its first bar: options, the key, the most frequent of all else."""
    total, first = Counter[Hashable](), dict[Hashable, Bar]()
    for bars in found:
        total.update({row: bar.count for row, bar in bars.items()})
        first = {**bars, **first}
    always = {row for row, bar in first.items() if bar.letter or bar.right}
    rest = [row for row in total if row not in always and total[row]]
    believed = Counter({row: total[row] for row in rest if first[row].name})
    others = Counter({row: total[row] for row in rest if not first[row].name})
    frequent = {row for row, _ in believed.most_common(MOST_BELIEVED) + others.most_common(most)}
    kept = [row for row in total if row in always | frequent]
    return {row: first[row] for row in sorted(kept, key=lambda row: order(first[row], total[row]))}


def _read(variant: Variant, given: Reply, language: Language) -> Read:
    found, text = mark(variant, given, language), given.get("", "")
    match variant.answer:
        case Number(unit=unit):
            return Read(found, _number(text, amounts(text, unit), language.say("Not a number")))
        case Grid() as grid:
            texts, _ = spread(grid, given, language)
            rows: dict[int, list[str]] = {}
            for name, row, _ in cells(grid):
                cell = _number(texts[name], readings(texts[name]), UNREAD) if texts[name].strip() else EMPTY
                rows.setdefault(row, []).append(cell)
            return Read(found, " / ".join(" ".join(row) for row in rows.values()))
        case Choice() as choice:
            letters, _ = ticked(choice, text, language)
            is_allowed = letters and (choice.several or len(letters) == 1)
            return Read(found, shown(text), frozenset(letters or ()) if is_allowed else frozenset())


def _number(text: str, values: Sequence[Fraction], unread: str) -> str:
    """Return the number that a text means, the text if it may mean several, or a mark for any other text."""
    if not values:
        return unread
    if len(values) > 1:
        return shown(text)
    value = values[0]
    if value.denominator == 1:
        return str(value.numerator)
    return written(value) if Fraction(written(value)) == value else shown(text)


def _of_options(choice: Choice, counted: Mapping[Read, int]) -> list[Bar]:
    """Return a bar for each option, of which a person may tick several, and for each reply that ticks none."""
    ticks: Counter[str] = Counter()
    for read, times in counted.items():
        ticks.update(dict.fromkeys(read.letters, times))
    bars = []
    for place, option in enumerate(choice.options):
        known = letter(place), option.right, option.name, inline_html(option.sentence)
        bars.append(Bar(inline_html(option.text), ticks[letter(place)], *known))
    return bars + _of_texts({read: times for read, times in counted.items() if not read.letters})


def _of_meanings(key: Value | Rows, wrong: Iterable[Wrong], counted: Mapping[Read, int]) -> list[Bar]:
    """Return a bar for the key, for each misconception, and for each other answer."""
    right, meant, others = 0, Counter[str](), {}
    for read, times in counted.items():
        if read.mark.credit == 1:
            right += times
        elif read.mark.misconception:
            meant[read.mark.misconception] += times
        else:
            others[read] = times
    bars = [Bar(escape(brief(key)), right, right=True)]
    for one in wrong:
        bars.append(Bar(escape(brief(one.answer)), meant[one.name], name=one.name, sentence=inline_html(one.hint)))
    return bars + _of_texts(others)


def _of_texts(counted: Mapping[Read, int]) -> list[Bar]:
    """Return a bar for each text."""
    total: Counter[str] = Counter()
    for read, times in counted.items():
        total[read.text] += times
    return [Bar(escape(text), times) for text, times in total.items()]


def _by_meaning(bars: Iterable[Bar], is_same: bool) -> dict[Hashable, Bar]:
    """Return bars by what they have in common with those of another round, which may have another form of the question."""
    bars = list(bars)
    if is_same:
        return {(bar.letter, bar.answer): bar for bar in bars}
    names = Counter(bar.name for bar in bars)
    rights = sum(bar.right for bar in bars)
    return {
        "right" if bar.right and rights == 1 else bar.name if names[bar.name] == 1 else (bar.name, bar.answer): bar
        for bar in bars
    }


def _missing(bar: Bar, is_same: bool) -> Bar:
    """Return the bar of a round that nobody gave this answer in, or whose form of the question lacks it."""
    return replace(bar, count=0) if is_same else Bar("", 0)


def _by_worth(bar: Bar, total: int) -> tuple[object, ...]:
    """Sort options by letter, and what was typed by worth: the key, then misconceptions, then others."""
    return (0,) if bar.letter else (1, not bar.right, not bar.name, -total, bar.answer)


def _by_size(bar: Bar, total: int) -> tuple[object, ...]:
    """Sort options by letter, and what was typed as the numbers that it means; what means none by frequency."""
    values = readings(bar.answer)
    return (0,) if bar.letter else (1, values[0]) if len(values) == 1 else (2, -total, bar.answer)
