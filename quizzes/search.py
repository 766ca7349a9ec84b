"""Search for variants of a template that differ from each other, and whose keys follow no pattern."""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from statistics import fmean, pstdev
from typing import Any

from common.errors import UserError
from quizzes import options_order
from quizzes.certify import certify
from quizzes.language import ENGLISH, Language
from quizzes.languages.translating import translated
from quizzes.question import Answer, Choice, Number, Question, RejectedDraw
from quizzes.quiz import Entry, GeneratedQuiz
from quizzes.rng import Draw, Repeated, Seeded, Walk
from quizzes.template import Template
from quizzes.variant import Variant

TRIES = 4_000  # draws without a new variant after which the search gives up
OFFERED = 4  # options of a number that is asked as a choice

TemplateOf = Callable[[Entry], Template]  # the template of an entry, with the entry's numbers and stem


class TooFew(UserError):
    """A template has fewer variants than requested."""


@dataclass(frozen=True)
class Slot:
    """A place for a variant."""

    entry: Entry
    seed: str  # of the question
    owner: str
    turn: int | None = None  # for numbered versions, which take turns with the place of the key


def draw_variants(template: Template, seed: str, owners: Sequence[str], as_choice: bool = False) -> list[Variant]:
    """Return a variant for each owner; no two have the same stem, or the same number or grid as a key.

    seed: of the random numbers. owners: names of versions; what one draws does not depend on others, except for the rare
    draw that would equal an earlier owner's. as_choice: numbers become options to tick.
    Raises UserError, which names the rule that prevents more, if there are too few variants.
    """
    return fill(lambda entry: template, _taking_turns(template, seed, owners, as_choice))


def fill(
    template_of: TemplateOf, slots: Sequence[Slot], taken: Iterable[Variant] = (), language: Language = ENGLISH
) -> list[Variant]:
    """Return a new variant for each slot, different from `taken`; raises UserError as `draw_variants` does."""
    return list(_drawn(template_of, slots, taken, language))


def draw_up_to(template: Template, seed: str, most: int, as_choice: bool = False) -> list[Variant]:
    """Return as many variants as a seed finds, at most `most`."""
    variants = []
    with contextlib.suppress(TooFew):
        for variant in _drawn(
            lambda entry: template, _taking_turns(template, seed, list(map(str, range(most))), as_choice)
        ):
            variants.append(variant)
    return variants


def _taking_turns(template: Template, seed: str, owners: Sequence[str], as_choice: bool) -> list[Slot]:
    entry = Entry(template.name, ask="choice" if as_choice else "typed")
    return [Slot(entry, seed, owner, turn) for turn, owner in enumerate(owners)]


def _drawn(
    template_of: TemplateOf, slots: Sequence[Slot], taken: Iterable[Variant] = (), language: Language = ENGLISH
) -> Iterator[Variant]:
    taken = list(taken)
    met = {name for variant in taken for name in _looks(variant)}
    for found, slot in enumerate(slots, start=len(taken)):
        template = template_of(slot.entry)
        draw = Seeded(slot.seed, template.name, str(template.version), slot.owner)
        refused: Counter[str] = Counter()
        for _ in range(TRIES):
            draw.start_again()
            try:
                variant = translated(_variant(template, draw, slot), language)
                names = _names(variant, slot)
                for name, rule in names.items():
                    if name in met:
                        raise RejectedDraw(rule)
            except RejectedDraw as rule:
                refused[str(rule)] += 1
                continue
            met.update(names)
            yield variant
            break
        else:
            raise TooFew(_too_few(template, found, len(taken) + len(slots), refused))


def repeat(template: Template, drawn: Sequence[int]) -> Question:
    """Return the question that a template made of these draws: with a certificate, anybody can check it."""
    return template.make(Repeated(drawn))


def walk(template: Template) -> Iterator[Question]:
    """Yield all good questions that a template could draw; raises WrongKey if a key is wrong."""
    path: Sequence[int] | None = ()
    while path is not None:
        draw = Walk(path)
        try:
            question = template.make(draw)
            certify(template, question, draw.drawn)
        except RejectedDraw:
            pass
        else:
            yield question
        path = draw.after()


@dataclass(frozen=True)
class Report:
    """The certificate of a group of variants."""

    variants: int
    typed: bool  # the answers are typed, not ticked
    stems: int  # different ones
    keys: int  # different ones
    largest_share: float  # of the most frequent key: what copying a neighbour's answer is worth
    places: tuple[int, ...]  # how often the key comes first, second, ... among the options
    ranks: tuple[int, ...]  # how often the key is the smallest, second smallest, ... of the numbers offered
    load: dict[str, tuple[int, int, float, float]]  # least, most, mean, standard deviation

    def faults(self) -> list[str]:
        """Return what a teacher should not accept in numbered versions."""
        faults = []
        if self.stems < self.variants:
            faults.append(f"{self.variants - self.stems} stems appear twice")
        if self.typed and self.keys < self.variants:
            faults.append(f"{self.variants - self.keys} keys appear twice")
        if self.places and max(self.places) - min(self.places) > 1:
            faults.append(f"the key is in one place more often than in another: {self.places}")
        return faults


def report(variants: Sequence[Variant]) -> Report:
    """Return the certificate of a group of variants."""
    keys = Counter(str(variant.certificate.key) for variant in variants)
    choices = [variant.answer for variant in variants if isinstance(variant.answer, Choice)]
    single = [choice for choice in choices if not choice.several]
    options = max((len(choice.options) for choice in single), default=0)
    loads = [asdict(variant.certificate.load) for variant in variants]
    return Report(
        variants=len(variants),
        typed=not choices,
        stems=len({_stem(variant) for variant in variants}),
        keys=len(keys),
        largest_share=max(keys.values()) / len(variants),
        places=_histogram([[option.right for option in choice.options].index(True) for choice in single], options),
        ranks=_histogram([rank for variant in variants if (rank := _rank(variant)) is not None], options),
        load={
            name: (min(amounts), max(amounts), round(fmean(amounts), 2), round(pstdev(amounts), 2))
            for name in loads[0]
            for amounts in [[each[name] for each in loads]]
        },
    )


def certificates(generated: GeneratedQuiz) -> list[dict[str, Any]]:
    """Return the certificate of each template in each group of a quiz.

    Students may share a variant, which the certificate says. Raises AssertionError for what no teacher should accept: one
    version that asks the same twice, and numbered versions that are alike or whose keys follow a pattern.
    """
    for version in generated.versions:
        times = Counter(one.template for one in version.variants)
        stems = [(one.template, _stem(one)) for one in version.variants if times[one.template] > 1]
        assert len(set(stems)) == len(stems), f"version {version.code} asks the same twice"
    found = []
    for entry, variants in generated.groups():
        for name in dict.fromkeys(variant.template for variant in variants):
            alike = [variant for variant in variants if variant.template == name]
            one = report(alike)
            shared = entry.seed or entry.numbers or not alike[0].certificate.varies
            if generated.versions[0].owner.numbered and not shared:
                assert not one.faults(), f"{name}: {'; '.join(one.faults())}"
            found.append({"template": name, "ask": entry.ask, **asdict(one)})
    return found


def _variant(template: Template, draw: Draw, slot: Slot) -> Variant:
    question = template.make(draw)
    distinct, certificate = certify(template, question, draw.drawn, draw.named)
    certificate = replace(certificate, varies=draw.free > 0)
    answer = question.key
    if isinstance(answer, Choice):
        offered = min(question.offered, len(answer.options))
        answer = options_order.offer(answer, offered, _place(template, slot, offered), draw)
    elif slot.entry.ask == "choice" and isinstance(answer, Number):
        answer = options_order.as_choice(answer, distinct, OFFERED, _place(template, slot, OFFERED), draw)
    return Variant(
        template=template.name,
        title=template.title,
        topic=template.topic,
        stem=question.stem,
        answer=answer,
        wrong=tuple(distinct),
        steps=_solution(question, answer),
        picture=question.picture() if question.picture else None,
        certificate=certificate,
        slide=question.slide,
        needs_picture=question.needs_picture,
    )


def _place(template: Template, slot: Slot, size: int) -> int:
    """Return the place of the key: numbered versions take turns, and for a student it is drawn."""
    if slot.turn is None:
        return Seeded(slot.seed, template.name, "place", slot.owner).below(size)
    return options_order.turn("place", slot.seed, template.name, slot.turn, size)


def _solution(question: Question, answer: Answer) -> tuple[str, ...]:
    """Return the worked steps: those of the question, then what there is to say about each option that is offered."""
    options = answer.options if isinstance(answer, Choice) else ()
    return (*question.steps, *(option.step for option in options if option.step))


def _names(variant: Variant, slot: Slot) -> dict[str, str]:
    """Return what no other variant may share, and the rule that says so.

    Where an instructor fixed numbers, or nothing is drawn, other versions may ask the same; the same version may not.
    """
    version = slot.owner.rpartition("/")[0] or slot.owner
    shared = slot.entry.numbers or not variant.certificate.varies
    looks = _looks(variant)
    return {f"{scope}{name}": rule for scope in ([version] if shared else ["", version]) for name, rule in looks.items()}


def _looks(variant: Variant) -> dict[str, str]:
    """Return what distinguishes a variant from others, and the rule that no other has it."""
    names = {f"stem {_stem(variant)}": "a stem that no other variant has"}
    if not isinstance(variant.answer, Choice) or variant.wrong:  # a typed answer, or numbers to tick
        names[f"key {variant.certificate.key}"] = "a key that no other variant has"
    return names


def _stem(variant: Variant) -> str:
    """Return everything that visibly distinguishes variants, whatever the order of the options."""
    options = sorted(option.text for option in variant.answer.options) if isinstance(variant.answer, Choice) else []
    return " ".join(" ".join([variant.stem, *options, variant.picture.svg if variant.picture else ""]).casefold().split())


def _rank(variant: Variant) -> int | None:
    """Return how many of the numbers offered are smaller than the key; None if the options are not numbers."""
    if not isinstance(variant.answer, Choice) or not variant.wrong:
        return None
    numbers = {one.name: Fraction(one.number) for one in variant.wrong}
    key = Fraction(variant.certificate.key)
    return sum(numbers[option.name] < key for option in variant.answer.options if not option.right)


def _histogram(places: list[int], size: int) -> tuple[int, ...]:
    return tuple(places.count(place) for place in range(size)) if places else ()


def _too_few(template: Template, found: int, wanted: int, refused: Counter[str]) -> str:
    rules = "; ".join(f"{times:,} times “{rule}”" for rule, times in refused.most_common(3))
    return f"{template.name} gives only {found} of {wanted} variants: {TRIES:,} more draws each broke a rule, {rules}"
