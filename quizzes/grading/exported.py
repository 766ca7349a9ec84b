"""Answers as learning platforms export them: Canvas's student analysis and Moodle's responses, as CSV.

A platform draws a variant of each question for itself, so that what a student got is no version of ours: each question is
found by its words. Where a platform lets students try again, each attempt has a row, and those that are not finished may
have one. Sources: student_analysis.rb of Canvas, and the report "responses" of Moodle's quiz.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from html import unescape

from common.errors import UserError
from quizzes.grading.answers import Given
from quizzes.grading.marking import cells, letter
from quizzes.question import Choice, Grid
from quizzes.quiz import Made
from quizzes.roster import ID_HEADINGS, NAME_HEADINGS
from quizzes.text.markdown import html_with_latex
from quizzes.variant import Variant

_CANVAS = re.compile(r"\d+: (.*)", re.DOTALL)
_MOODLE = re.compile(r"(question|response) (\d+)", re.IGNORECASE)
_PART = re.compile(r"(?:^|; )part (\d+): ")
FINISHED = ("finished", "submitted")  # Moodle's states of an attempt; others: in progress, overdue, never submitted
MOODLES_TIME, CANVASS_TIME = "%d %B %Y, %I:%M %p", "%Y-%m-%d %H:%M:%S %Z"
PLATFORM_IDS = ("email address", "id number", "sis_id", *ID_HEADINGS, "username", *NAME_HEADINGS)


def is_exported(headings: Sequence[str]) -> bool:
    """Return whether a table is one that Canvas or Moodle exports."""
    return any(_CANVAS.fullmatch(heading) for heading in headings) or _responses(headings) != {}


def read(rows: Sequence[Sequence[str]], made: Made, source: str) -> list[Given]:
    """Return the answers of a class; raises UserError if no question of this quiz is in the table."""
    known = _Questions(made)
    headings = rows[0]
    canvas = {place: _CANVAS.fullmatch(heading)[1] for place, heading in enumerate(headings) if _CANVAS.fullmatch(heading)}  # type: ignore[index]
    found = []
    for line, row in enumerate(rows[1:], start=2):
        cell = {place: text for place, text in enumerate(row) if text.strip() and text.strip() != "-"}
        if canvas:
            asked = [(text, cell[place]) for place, text in canvas.items() if place in cell]
        else:
            columns = _responses(headings).values()
            asked = [(cell[question], cell.get(response, "")) for question, response in columns if question in cell]
        student = _student(headings, row)
        if not asked or student.casefold() == "overall average":
            continue
        given = known.given(asked, student, f"{source}, line {line}")
        named = dict(zip(map(_heading, headings), map(str.strip, row)))
        unfinished, when = _canvas_attempt(named) if canvas else _moodle_attempt(named)
        problem = f"{student}'s attempt does not count: {unfinished}" if unfinished else ""
        # Where nothing else tells which attempt is newer: Canvas begins with the newest, Moodle ends with it.
        found.append(replace(given, problem=problem, when=(*when, -line if canvas else line)))
    if not any(given.answers for given in found):
        raise UserError(f"{source} holds no answers to this quiz: was it made from another seed?")
    return found


class _Questions:
    """All variants of a quiz, to be found by their words."""

    def __init__(self, made: Made) -> None:
        self._places: dict[str, tuple[int, int]] = {}  # of each template: its first question, and how many
        self._variants: list[tuple[str, str, Variant]] = []
        start = 1
        for number, (entry, variants) in enumerate(made.pools()):
            self._places[str(number)] = (start, entry.count)
            self._variants += [(_words(_text(variant.stem)), str(number), variant) for variant in variants]
            start += entry.count
        self._variants.sort(key=lambda one: -len(one[0]))  # the longest fits first

    def given(self, asked: Sequence[tuple[str, str]], student: str, source: str) -> Given:
        """Return a student's answers to questions that are told by their texts."""
        answers: dict[int, Mapping[str, str]] = {}
        picked: dict[int, Variant] = {}
        notes, met = [], dict.fromkeys(self._places, 0)
        for text, response in asked:
            fitting = [(pool, variant) for words, pool, variant in self._variants if _words(text).startswith(words)]
            if not fitting:
                notes.append(f"no question of this quiz begins “{text.strip()[:50]}”")
                continue
            pool, variant = next((one for one in fitting if _offers(one[1], response)), fitting[0])
            first, count = self._places[pool]
            if met[pool] == count:
                notes.append(f"more answers than questions of {variant.template}")
                continue
            place = first + met[pool]
            met[pool] += 1
            picked[place] = variant
            try:
                answers[place] = _blanks(variant, response)
            except ValueError as problem:
                notes.append(f"question {place}: {problem}")
        return Given(student, "", answers, source, tuple(notes), picked)


def _blanks(variant: Variant, response: str) -> dict[str, str]:
    """Return the text in each blank, from all of them in one cell; raises ValueError if they cannot be told apart."""
    match variant.answer:
        case Grid() as grid:
            names = [name for name, _, _ in cells(grid)]
            if numbered := list(_PART.finditer(response)):  # Moodle: "part 1: 3; part 2: 4"
                ends = [part.start() for part in numbered[1:]] + [len(response)]
                return {names[int(part[1]) - 1]: response[part.end() : end] for part, end in zip(numbered, ends)}
            parts = _split(response)
            if len(parts) != len(names):
                raise ValueError(f"{len(parts)} of {len(names)} cells are in the export, and it does not tell which")
            return dict(zip(names, parts))
        case Choice(options=options, several=several):
            ticked = set(_split(response)) | set(response.split("; ")) | {response} if several else {response}
            chosen = {_words(text) for text in ticked}
            return {"": " ".join(letter(place) for place, one in enumerate(options) if _words(_text(one.text)) in chosen)}
        case _:
            return {"": response}


def _offers(variant: Variant, response: str) -> bool:
    """Return whether a response could be one to this variant, not to another with the same words."""
    if not isinstance(variant.answer, Choice) or not response:
        return True
    return bool(_blanks(variant, response)[""])


def _split(response: str) -> list[str]:
    """Split at commas, but for those that Canvas marks as part of an answer."""
    return [part.replace(r"\,", ",") for part in re.split(r"(?<!\\),", response)]


def _responses(headings: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return the columns of Moodle's "Question 1" and "Response 1", by number."""
    columns: dict[str, dict[str, int]] = {}
    for place, heading in enumerate(headings):
        if found := _MOODLE.fullmatch(heading.strip()):
            columns.setdefault(found[2], {})[found[1].lower()] = place
    return {number: (both["question"], both["response"]) for number, both in columns.items() if len(both) == 2}


def _moodle_attempt(cells: Mapping[str, str]) -> tuple[str, tuple[float, ...]]:
    """Return why an attempt is not finished, if so, and what orders it among others of the same student."""
    state = cells.get("state", cells.get("status", FINISHED[0]))
    unfinished = "" if state.casefold() in FINISHED else f"its state is “{state}”"
    return unfinished, (_seconds(cells.get("completed", cells.get("completed on", "")), MOODLES_TIME),)


def _canvas_attempt(cells: Mapping[str, str]) -> tuple[str, tuple[float, ...]]:
    """Return why an attempt is not finished, if so, and what orders it among others of the same student."""
    unfinished = "" if cells.get("submitted", "-") else "it was not submitted"
    number = cells.get("attempt", "")
    return unfinished, (float(number) if number.isdecimal() else 0.0, _seconds(cells.get("submitted", ""), CANVASS_TIME))


def _seconds(text: str, written_as: str) -> float:
    """Return a time as a number, 0 for one that is written in another way: then the order of the lines decides."""
    try:
        return (datetime.strptime(text, written_as) - datetime.min).total_seconds()
    except ValueError:
        return 0.0


def _heading(text: str) -> str:
    return " ".join(text.casefold().split())


def _student(headings: Sequence[str], row: Sequence[str]) -> str:
    names = [_heading(heading) for heading in headings]
    places = [names.index(name) for name in PLATFORM_IDS if name in names]
    return next((row[place].strip() for place in places if place < len(row) and row[place].strip()), "")


def _text(markdown: str) -> str:
    """Return a text as a platform keeps it: LaTeX as it is, no tags."""
    return unescape(re.sub(r"<[^<>]*>", " ", html_with_latex(markdown)))


def _words(text: str) -> str:
    """Return what is left of a text by every export: letters, figures, signs and points."""
    return re.sub(r"[^\w.\N{MINUS SIGN}-]|_", "", unescape(text).casefold()).replace("\N{MINUS SIGN}", "-")
