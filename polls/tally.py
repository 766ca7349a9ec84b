"""What a hall answered in a round: how many gave which answer, and what they believe."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

from quizzes.grading.letters import letter, ticked
from quizzes.grading.marking import Mark, brief_key, mark
from quizzes.language import ENGLISH, Language
from quizzes.question import Choice, Rows, Value, written
from quizzes.text.markdown import inline_html
from quizzes.variant import Variant

MOST_OTHERS = 4  # answers that mean nothing and have a bar of their own
Given = Mapping[str, str]
Marked = tuple[Given, Mark, int]  # an answer, its mark, and how many gave it


@dataclass(frozen=True)
class Bar:
    """An answer, or several that mean the same, and how many gave it. Texts are HTML."""

    answer: str
    count: int
    right: bool = False
    name: str = ""  # of the misconception that gives it
    sentence: str = ""  # what anyone who answers so should read

    @property
    def bare(self) -> "Bar":
        """Return the bar without what tells whether it is right."""
        return Bar(self.answer, self.count)


@dataclass(frozen=True)
class Tally:
    """The answers of a round."""

    answered: int = 0
    right: int = 0  # answers that have full credit
    bars: tuple[Bar, ...] = ()

    @property
    def share(self) -> float:
        """Return the share of right answers, from 0 to 1."""
        return self.right / self.answered if self.answered else 0.0

    @property
    def bare(self) -> "Tally":
        """Return the tally as a hall may see it before the solution."""
        return Tally(self.answered, 0, tuple(bar.bare for bar in self.bars))


def tally(variant: Variant, given: Iterable[Given], language: Language = ENGLISH) -> Tally:
    """Count the answers to a question, one for each person."""
    counted = Counter(tuple(sorted(one.items())) for one in given)  # a hall of hundreds gives few different ones
    marked = [(dict(texts), mark(variant, dict(texts), language), times) for texts, times in counted.items()]
    answered = [one for one in marked if one[1].answered]
    right = sum(times for _, found, times in answered if found.credit == 1)
    if isinstance(variant.answer, Choice):
        bars = _of_options(variant.answer, answered, language)
    else:
        bars = _of_typed(variant, answered, language)
    return Tally(sum(times for _, _, times in answered), right, tuple(bars))


def _of_options(choice: Choice, answered: Sequence[Marked], language: Language) -> list[Bar]:
    """Return a bar for each option; somebody may tick several."""
    ticks: Counter[str] = Counter()
    for given, _, times in answered:
        letters, _ = ticked(choice, given.get("", ""), language)
        ticks.update(dict.fromkeys(letters or (), times))
    return [
        Bar(
            f"<b>{letter(place)}</b> {inline_html(option.text)}",
            ticks[letter(place)],
            option.right,
            option.name,
            inline_html(option.sentence),
        )
        for place, option in enumerate(choice.options)
    ]


def _of_typed(variant: Variant, answered: Sequence[Marked], language: Language) -> list[Bar]:
    """Return a bar for the right answer, for each misconception, for frequent other answers, and for the rest."""
    key = Bar(escape(brief_key(variant)), 0, True)
    known = {one.name: Bar(escape(brief(one.answer)), 0, False, one.name, inline_html(one.hint)) for one in variant.wrong}
    right, meant, others = 0, Counter[str](), Counter[str]()
    for given, found, times in answered:
        if found.credit == 1:
            right += times
        elif found.misconception:
            meant[found.misconception] += times
        else:
            others[_typed(given)] += times
    bars = [replace(key, count=right)]
    bars += [replace(known[name], count=times) for name, times in meant.most_common()]
    bars += [Bar(escape(text), times) for text, times in others.most_common(MOST_OTHERS)]
    if rest := others.total() - sum(times for _, times in others.most_common(MOST_OTHERS)):
        bars.append(Bar(escape(language.say("other answers")), rest))
    return sorted(bars, key=lambda bar: (-bar.count, bar.answer))


def brief(answer: Value | Rows) -> str:
    """Return a number or the rows of a grid on one line."""
    return " / ".join(" ".join(map(written, row)) for row in answer) if isinstance(answer, tuple) else written(answer)


def _typed(given: Given) -> str:
    """Return what was typed, on one line."""
    return " ".join(" ".join(text.split()) for _, text in sorted(given.items()))
