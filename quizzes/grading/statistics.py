"""What a graded class says about a quiz: how hard each question was, whether it measures one thing, and is fair."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import fsum, sqrt
from statistics import fmean, pvariance

import numpy as np

from quizzes.grading.grade import Graded
from quizzes.quiz import GeneratedQuiz

NOTHING = 1e-9  # a spread below which all values count as equal
PERMUTATIONS = 4_000
LEVEL = 0.05  # the probability that chance alone looks unfair


@dataclass(frozen=True)
class Tally:
    """How students did in a question and in the rest of the quiz, as sums, so that several classes can be added.

    The credit of a question and the share of the points in the rest are both from 0 to 1.
    """

    asked: int = 0
    credit: float = 0.0  # the sum over all students
    spread: float = 0.0  # the sum of squares of credits around their mean
    rest: float = 0.0  # the same for the rest
    together: float = 0.0  # the sum of products of both

    def __add__(self, other: "Tally") -> "Tally":
        """Return the tally of both classes, each around its own mean: an easier term does not make students look better."""
        return Tally(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    @property
    def difficulty(self) -> float:
        """Return the mean credit: 1 if everybody is right."""
        return self.credit / self.asked if self.asked else 0.0

    @property
    def discrimination(self) -> float | None:
        """Return the correlation of the question with the rest of the quiz; None if one of them is the same for all."""
        if min(self.spread, self.rest) < NOTHING:
            return None
        return self.together / sqrt(self.spread * self.rest)


@dataclass(frozen=True)
class Item:
    """The statistics of a template, used as a question, for a class."""

    number: int
    template: str
    topic: str
    answered: int
    tally: Tally
    misconceptions: Counter[str]  # how many students
    lost: dict[str, float]  # points by misconception


@dataclass(frozen=True)
class Group:
    """Students who had the same version or the same numbers, against all others."""

    name: str
    students: int
    mean: float
    p: float  # the probability that chance alone puts any group this far from the others


@dataclass(frozen=True)
class Comparison:
    """Groups of students who had different tasks for the same points."""

    what: str  # "version", "question 3: template", "question 3: numbers of version"
    points: float  # that could be reached
    mean: float  # of all students
    groups: list[Group]

    @property
    def unfair(self) -> list[Group]:
        """Return the groups whose difference chance does not explain."""
        return [group for group in self.groups if group.p < LEVEL]


@dataclass(frozen=True)
class Statistics:
    """What a graded class says about a quiz."""

    items: list[Item]
    alpha: float | None  # Cronbach's
    comparisons: list[Comparison]


def statistics(generated: GeneratedQuiz, graded: Sequence[Graded]) -> Statistics:
    """Return what a graded class says about a quiz."""
    return Statistics(items(generated, graded), alpha(generated, graded), comparisons(generated, graded))


def items(generated: GeneratedQuiz, graded: Sequence[Graded], only_answered: bool = False) -> list[Item]:
    """Return the statistics of each question; if templates were picked, of each template.

    only_answered: omit students who left a question out, as in a lecture, where not everybody is always there.
    """
    found = []
    for place, entry in enumerate(generated.quiz.questions):
        asked = [one for one in graded if one.marks[place].answered or not only_answered]
        for name in dict.fromkeys(one.version.variants[place].template for one in asked):
            having = [one for one in asked if one.version.variants[place].template == name]
            marks = [one.marks[place] for one in having]
            lost: dict[str, float] = {}
            for mark, one in zip(marks, having):
                if mark.misconception:
                    lost[mark.misconception] = lost.get(mark.misconception, 0.0) + entry.points - one.points[place]
            found.append(
                Item(
                    number=place + 1,
                    template=name,
                    topic=having[0].version.variants[place].topic,
                    answered=sum(mark.answered for mark in marks),
                    tally=_tally(
                        [float(mark.credit) for mark in marks],
                        [_rest(generated, one, place, only_answered) for one in having],
                    ),
                    misconceptions=Counter(mark.misconception for mark in marks if mark.misconception),
                    lost=lost,
                )
            )
    return found


def topics(found: Sequence[Item]) -> dict[str, list[tuple[str, int, float]]]:
    """Return each misconception that occurred, with its students and the points it cost, the costliest first, by topic."""
    students: dict[str, Counter[str]] = {}
    lost: defaultdict[tuple[str, str], float] = defaultdict(float)
    for item in found:
        students.setdefault(item.topic, Counter()).update(item.misconceptions)
        for name, points in item.lost.items():
            lost[item.topic, name] += points
    return {
        topic: sorted(
            ((name, times, round(lost[topic, name], 2)) for name, times in counts.items()),
            key=lambda one: (-one[2], -one[1], one[0]),
        )
        for topic, counts in students.items()
        if counts
    }


def alpha(generated: GeneratedQuiz, graded: Sequence[Graded], without: int | None = None) -> float | None:
    """Return Cronbach's alpha of the questions that count, without one of them if asked; None if it is undefined.

    Source: L. J. Cronbach, Coefficient alpha and the internal structure of tests, Psychometrika 16 (1951).
    """
    places = [place for place, entry in enumerate(generated.quiz.questions) if entry.points and place != without]
    if len(places) < 2 or len(graded) < 2:
        return None
    whole = pvariance([fsum(one.points[place] for place in places) for one in graded])
    if whole < NOTHING:
        return None
    parts = fsum(pvariance([one.points[place] for one in graded]) for place in places)
    return len(places) / (len(places) - 1) * (1 - parts / whole)


def comparisons(generated: GeneratedQuiz, graded: Sequence[Graded]) -> list[Comparison]:
    """Compare what students had instead of each other: versions, templates that were picked, numbers that several had.

    Practice is not compared, since it does not count.
    """
    if all(one.version.owner.numbered for one in graded):
        labels = [f"{one.version.owner.id} ({one.version.code})" for one in graded]
        found = [_compared("version", generated.quiz.points, [one.score for one in graded], labels)]
    else:
        found = [each for place in range(len(generated.quiz.questions)) for each in _within(generated, graded, place)]
    found = [each for each in found if each.groups and each.points]
    return [  # each comparison is another chance to look unfair (Bonferroni)
        replace(each, groups=[replace(one, p=min(1.0, one.p * len(found))) for one in each.groups]) for each in found
    ]


def fairness(found: Sequence[Comparison]) -> list[str]:
    """Return, in sentences, what was harder or easier than chance explains, or that nothing was."""
    if not found:
        return ["There is nothing to compare: no two students had the same version, or the same numbers in what counts."]
    said = []
    for each in found:
        for group in each.unfair:
            harder = "harder" if group.mean < each.mean else "easier"
            means = f"{group.mean:.2f} of {each.points:g} points on average, {each.mean:.2f} for all students"
            said.append(
                f"{each.what[:1].upper()}{each.what[1:]} {group.name} was {harder} than chance explains: "
                f"{means} ({group.students} had it, p {'< 0.001' if group.p < 0.001 else f'= {group.p:.3f}'})."
            )
    compared = sum(len(each.groups) for each in found)
    what = "version" if found[0].what == "version" else "template, and no numbers that several students had,"
    return said or [f"No {what} was harder or easier than chance explains ({compared} groups of students compared)."]


def _within(generated: GeneratedQuiz, graded: Sequence[Graded], place: int) -> list[Comparison]:
    """Compare, in one question, the templates that were picked, and for each template the numbers that students share."""
    worth = generated.quiz.questions[place].points

    def compared(what: str, having: Sequence[Graded], label: Callable[[Graded], str]) -> Comparison:
        name = f"question {place + 1}: {what}"
        return _compared(name, worth, [one.points[place] for one in having], [label(one) for one in having])

    codes: dict[str, str] = {}  # of the first version that has a variant
    for one in graded:
        codes.setdefault(one.version.variants[place].id, one.version.code or one.student)
    found = [compared("template", graded, lambda one: one.version.variants[place].template)]
    for name in dict.fromkeys(one.version.variants[place].template for one in graded):
        having = [one for one in graded if one.version.variants[place].template == name]
        found.append(compared(f"{name} with the numbers of", having, lambda one: codes[one.version.variants[place].id]))
    return found


def _compared(what: str, points: float, values: Sequence[float], labels: Sequence[str]) -> Comparison:
    """Compare each group of at least two students with all others, the farthest first; then without it, those that remain.

    Otherwise a version that is far too hard would make the others look easy.
    """
    found: list[Group] = []
    left = list(zip(labels, values))
    groups = _against_others(left)
    while groups:
        farthest = min(groups, key=lambda group: (group.p, group.mean))
        left = [(label, value) for label, value in left if label != farthest.name]
        remaining = _against_others(left) if farthest.p < LEVEL else []
        found += [farthest] if remaining else groups
        groups = remaining
    return Comparison(what, points, fmean(values), sorted(found, key=lambda group: group.name))


def _against_others(students: Sequence[tuple[str, float]]) -> list[Group]:
    """Compare each group of at least two students with all others. students: the label and the value of each.

    Chance means that the values are dealt to the groups at random: a group is far from the others if it is
    farther than the farthest group usually is then. Source: P. Westfall, S. Young, Resampling-Based Multiple Testing,
    1993 (max T).
    """
    labels, values = [label for label, _ in students], np.array([value for _, value in students])
    sizes = {label: times for label, times in sorted(Counter(labels).items()) if 1 < times < len(labels)}
    if not sizes:
        return []
    members = np.array([[label == each for each in sizes] for label in labels], float)
    size = members.sum(axis=0)
    centred = values - values.mean()
    scale = np.sqrt(size * (len(values) - size)) * max(centred.std(), NOTHING)
    dealt = np.random.default_rng(0).permuted(np.tile(centred, (PERMUTATIONS, 1)), axis=1)
    farthest = np.abs(dealt @ members / scale).max(axis=1)
    farther = (farthest[:, None] >= np.abs(centred @ members / scale) - NOTHING).sum(axis=0)
    return [
        Group(label, sizes[label], float(mean), float(p))
        for label, mean, p in zip(sizes, values @ members / size, (farther + 1) / (PERMUTATIONS + 1))
    ]


def _tally(credits: Sequence[float], rest: Sequence[float | None]) -> Tally:
    """Return the tally of a question. rest: None for students without a rest; they show only how hard the question is."""
    pairs = [(credit, share) for credit, share in zip(credits, rest) if share is not None]
    around, besides = (fmean(values) for values in zip(*pairs)) if pairs else (0.0, 0.0)
    return Tally(
        asked=len(credits),
        credit=fsum(credits),
        spread=fsum((credit - around) ** 2 for credit, _ in pairs),
        rest=fsum((share - besides) ** 2 for _, share in pairs),
        together=fsum((credit - around) * (share - besides) for credit, share in pairs),
    )


def _rest(generated: GeneratedQuiz, one: Graded, place: int, only_answered: bool) -> float | None:
    """Return a student's share of the points in all other questions; None if these have no points."""
    entries = generated.quiz.questions
    others = [other for other, mark in enumerate(one.marks) if other != place and (mark.answered or not only_answered)]
    points = fsum(entries[other].points for other in others)
    return fsum(one.points[other] for other in others) / points if points > NOTHING else None
