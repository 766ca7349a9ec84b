"""Verify an instructor's own questions as the tests verify ours: many variants of each, checked in every respect."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from common.errors import UserError
from common.records import read_toml
from quizzes.bank.bank import Bank
from quizzes.bank.media import require_shown
from quizzes.certify import check
from quizzes.making import read
from quizzes.question import AUTHORS_WORD, Choice, Number
from quizzes.quiz import Entry
from quizzes.search import draw_up_to, repeat, report
from quizzes.template import Template
from quizzes.variant import Variant, written_answer

SHOWN = 15  # variants whose texts are checked in all media
FEW = 12  # variants: with fewer, neighbours may have the same
LONGEST_RIGHT = 0.6  # share of the variants in which the right option may be the longest
ALT = 20  # the fewest characters of a picture's alternative text


@dataclass(frozen=True)
class Proof:
    """What was found out about a question."""

    name: str
    variants: int
    key: str  # how its key is known
    told: str  # what is known about wrong answers
    faults: Sequence[str] = ()
    remarks: Sequence[str] = ()


@dataclass(frozen=True)
class Subject:
    """A question to verify, and its name."""

    name: str
    template: Template
    fixed: bool = False  # some of its numbers, which may hide misconceptions and leave few variants


def subjects(path: Path) -> list[Subject]:
    """Return the questions of a file, a folder, or a quiz: its own, and those whose numbers or stem it changes.

    Raises UserError for what cannot be read.
    """
    if not (path.suffix == ".toml" and path.is_file() and "questions" in read_toml(path.read_bytes(), str(path))):
        return _own(Bank((path,)))
    quiz = read(path)
    bank = Bank(quiz.bank)
    adapted = [
        Subject(f"{entry.template} (questions number {number})", bank.asked(entry.template, entry), bool(entry.numbers))
        for number, entry in enumerate(quiz.entries, start=1)
        if entry.numbers or entry.stem
    ]
    return _own(bank) + adapted


def _own(bank: Bank) -> list[Subject]:
    return [Subject(name, bank.asked(name, Entry(name))) for name in bank.own]


def prove(one: Subject, most: int) -> Proof:
    """Check the variants of a question, at most `most`."""
    try:
        variants = draw_up_to(one.template, "verify", most)
        return _proof(one, variants)
    except UserError as fault:  # with numbers that are drawn only now and then
        return Proof(one.name, 0, "", "", [str(fault)])


def _proof(one: Subject, variants: Sequence[Variant]) -> Proof:
    varies = variants[0].certificate.varies
    found = report(variants)
    faults = {fault: None for each in variants for fault in check(each, dict(one.template.band))}
    faults |= dict.fromkeys(found.faults() if varies else ())
    faults |= dict.fromkeys(() if one.fixed else _hidden(variants))
    faults |= dict.fromkeys([*_sentences(variants), *_lengths(variants), *_pictures(variants)])
    for variant in variants[:SHOWN]:
        require_shown(repeat(one.template, variant.certificate.drawn))
    word = variants[0].certificate.oracle == AUTHORS_WORD
    remarks = list(one.template.remarks)
    if not variants[0].steps:
        remarks.append("it has no steps, so students read no solution")
    if varies and not one.fixed and found.stems < FEW:
        remarks.append(f"only {found.stems} variants differ: neighbours may have the same")
    key = f"key: {AUTHORS_WORD}" if word else "key by two ways"
    return Proof(one.name, found.stems, key, _told(variants), list(faults), remarks)


def _told(variants: Sequence[Variant]) -> str:
    choices = [variant.answer for variant in variants if isinstance(variant.answer, Choice)]
    if choices:
        options = {option.text: option.right for choice in choices for option in choice.options}
        return f"{sum(options.values())} right and {len(options) - sum(options.values())} wrong options"
    told = {one.name for variant in variants for one in variant.wrong}
    return f"{len(told)} misconception{'' if len(told) == 1 else 's'} told apart"


def _hidden(variants: Sequence[Variant]) -> list[str]:
    told = {one.name for variant in variants for one in variant.wrong}
    hidden = {name for variant in variants for name in variant.certificate.hidden}
    return [
        f"the misconception {name!r} gives the key, or what another one gives, in all variants" for name in hidden - told
    ]


def _sentences(variants: Sequence[Variant]) -> list[str]:
    faults = []
    for variant in variants:
        for one in variant.wrong:
            if not one.sentence.rstrip().endswith((".", "?", "!")):
                faults.append(f"what {one.name!r} says is not a sentence: end it with a full stop")
            key = written_answer(variant.answer)
            told = isinstance(variant.answer, Number) and variant.answer.value not in range(4)
            if told and key in re.findall(r"\d+(?:\.\d+)?", one.sentence):
                faults.append(f"what {one.name!r} says gives the key away: {key}")
    return faults


def _lengths(variants: Sequence[Variant]) -> list[str]:
    longest = Counter[bool]()
    for variant in variants:
        if isinstance(variant.answer, Choice) and not variant.answer.several:
            options = sorted(variant.answer.options, key=lambda option: -len(option.text))
            if len(options[0].text) > len(options[1].text):
                longest[options[0].right] += 1
    if longest[True] <= LONGEST_RIGHT * len(variants):
        return []
    return [f"the right option is the longest one in {longest[True]} of {len(variants)} variants: make them alike"]


def _pictures(variants: Sequence[Variant]) -> list[str]:
    if any(variant.picture and len(variant.picture.alt) <= ALT for variant in variants):
        return [f"the text that describes its picture has at most {ALT} letters: say all that it shows"]
    return []
