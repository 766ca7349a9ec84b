"""A quiz on paper, and its key: questions stay whole, and one follows another on the same page where there is room."""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from math import ceil
from pathlib import Path

from common.errors import UserError
from quizzes.drawing.svg import FONT
from quizzes.exports.plain_json import checksum
from quizzes.exports.printed import accepted, asks, called, digits, headings, told, worth
from quizzes.exports.typeset import NO, SHEETS, Named, array, clean, fonts_for, named, pdf, string
from quizzes.language import Language
from quizzes.question import Choice, Grid, Number, Picture, Rows, Value
from quizzes.quiz import Entry, GeneratedQuiz, Quiz, Version
from quizzes.roster import Owner
from quizzes.text.markdown import escaped_typst, inline_typst
from quizzes.text.markdown import typst as as_typst
from quizzes.variant import Variant

LOOK = Path(__file__).with_name("paper.typ").read_text("utf-8")
SIDE, TOP, BOTTOM = 62, 58, 62  # points of the margins
TYPE_SIZE = 11.0  # in points, for students who need no other; all lengths below are for it, and grow with it
POINTS_A_PIXEL = 0.65
HIGHEST = 400  # points of a picture
LETTER = 5.5  # points that a letter is wide
GUTTER = 22  # points between a picture and the answer beside it
CENTIMETRE = 28.35  # points
NARROWEST = 90  # points of paper beside something that still serves for working
WORKING = {"none": 0.0, "some": 1.0, "much": 2.0}  # times the space that the load of a question asks for


def files(generated: GeneratedQuiz, together: bool | None = None) -> dict[str, bytes]:
    """Return exams/CODE.pdf for each version, or exams.pdf with all of them, and teacher/keys.pdf with all keys.

    together: all in one file, each from the front of a sheet; None: if they are for the room.
    Raises UserError for a title or description that cannot be printed: no font here has its letters, or it holds a picture.
    """
    quiz = generated.quiz
    if together is None:
        together = all(version.owner.numbered for version in generated.versions)
    try:
        fonts = max(fonts_for(escaped_typst(_title(quiz))), fonts_for(as_typst(quiz.description, quiz.language)))
    except ValueError as error:
        raise UserError(f"the quiz's description cannot be printed: {error}") from None
    if fonts == NO:
        raise UserError("no font here has all letters of the quiz's title and description: install one, or change them")
    whose = [(version, named(version.owner)) for version in generated.versions]
    most = max([fonts, *(name.fonts for _, name in whose)])
    jobs: dict[str, Callable[[], bytes]] = {}
    if together:
        jobs["exams.pdf"] = partial(_document, quiz, quiz.language.say("all versions"), _exam, whose, most)
    else:
        for each in whose:
            version, name = each
            job = partial(_document, quiz, version.code, _exam, [each], max(fonts, name.fonts))
            jobs[f"exams/{version.code}.pdf"] = job
    # Last: what Typst remembers of a long document slows it down for the short ones behind it.
    jobs["teacher/keys.pdf"] = partial(_document, quiz, quiz.language.say("keys"), _key, whose, most)
    with ThreadPoolExecutor(os.cpu_count()) as threads:  # Typst works without Python's lock
        return dict(zip(jobs, threads.map(lambda job: job(), jobs.values())))


def unprintable(generated: GeneratedQuiz) -> list[Owner]:
    """Return the students whose name or id no font here can print: they must write it by hand."""
    return [version.owner for version in generated.versions if named(version.owner).missing]


def minutes(quiz: Quiz, owner: Owner) -> int:
    """Return how many minutes a student has."""
    amount, _, unit = owner.more_time.partition(" ")
    match unit:
        case "":
            return quiz.minutes
        case "%":
            return ceil(quiz.minutes * (1 + float(amount) / 100))
        case "minutes":
            return quiz.minutes + int(amount)
    raise ValueError(f"unknown more time {owner.more_time!r}")


Part = Callable[[Quiz, Version, Named], str]  # writes what a version adds to a document


def _document(quiz: Quiz, which: str, part: Part, whose: Sequence[tuple[Version, Named]], fonts: int) -> bytes:
    say, (sheet, _, _) = quiz.language.say, SHEETS[quiz.paper]
    words = {
        "page": say("page {number} of {last}", number="{number}", last="{last}"),
        "checksum": say("checksum"),
        "name": say("Name"),
        "id": say("Student id"),
        "question": say("Question"),
        "points": say("Points"),
        "reached": say("Reached"),
        "total": say("Total"),
        "key": say("Key"),
        "answer": say("Answer"),
        "solution": say("Worked solution"),
        "told": say("What each answer shows"),
        "happened": say("What happened"),
    }
    head = [
        f"#set document(title: {string(f'{_title(quiz)}: {which}')}, date: none)",
        f"#set page(paper: {string(sheet)}, margin: (x: {SIDE}pt, top: {TOP}pt, bottom: {BOTTOM}pt))",
        f"#set text(lang: {string(quiz.language.code)})",
        f"#let words = ({', '.join(f'{name}: {string(text)}' for name, text in words.items())})",
        LOOK,
    ]
    return pdf("\n".join([*head, *(part(quiz, version, name) for version, name in whose)]), fonts)


def _exam(quiz: Quiz, version: Version, name: Named) -> str:
    say, owner = quiz.language.say, version.owner
    label = called(owner, quiz.language) if owner.numbered else say("Version")
    time = say("{minutes} minutes", minutes=minutes(quiz, owner)) if quiz.minutes else ""
    missing = say("Not all letters of the name or id can be printed here. Please write them on the line.")
    note = escaped_typst(missing) if name.missing else ""
    points = array(f"[{entry.points:g}]" for entry in quiz.questions)
    area = _Area.of(quiz, owner.type_size or TYPE_SIZE)
    across = max(1, min(12, int((area.width - 110) / 30)))
    cover = (
        f"#cover([{escaped_typst(_title(quiz))}], [{as_typst(quiz.description, quiz.language)}], {string(version.code)}, "
        f"across: {across}, label: [{escaped_typst(label)}], time: [{escaped_typst(time)}], "
        f"name: [{name.name}], id: [{name.id}], note: [{note}], points: {points}, total: [{quiz.points:g}])\n"
    )
    questions = [
        _question(quiz, number, entry, variant, area)
        for number, (entry, variant) in enumerate(zip(quiz.questions, version.variants), start=1)
    ]
    return _version(quiz, version, owner.type_size or TYPE_SIZE, "odd", [cover, *questions])


def _key(quiz: Quiz, version: Version, name: Named) -> str:
    label = escaped_typst(called(version.owner, quiz.language))
    names = array(f"[{each}]" for each in ([label] if version.owner.numbered else [name.name, name.id]) if each)
    cover = f"#key-cover([{escaped_typst(_title(quiz))}], {string(version.code)}, {names})\n"
    area = _Area.of(quiz, TYPE_SIZE)
    questions = []
    for number, (entry, variant) in enumerate(zip(quiz.questions, version.variants), start=1):
        # A key needs no illustrations, and continues across pages.
        picture = area.picture(variant.picture) if variant.picture and variant.needs_picture else ""
        parts = [as_typst(variant.stem, quiz.language), picture, _answer(quiz, variant, key=True), _solution(quiz, variant)]
        questions.append(f"{_headed(quiz, number, entry, parts)}#gap\n")
    return _version(quiz, version, TYPE_SIZE, None, [cover, *questions])


def _version(quiz: Quiz, version: Version, type_size: float, side: str | None, parts: Iterable[str]) -> str:
    to = string(side) if side else "none"
    names = f"{string(version.code)}, {string(checksum(quiz, version))}, {type_size:g}pt, to: {to}"
    return f"#version({names})[\n{''.join(parts)}]\n"


@dataclass(frozen=True)
class _Area:
    """The space on a page, in points of usual type: less if the type is larger."""

    width: float
    height: float

    @classmethod
    def of(cls, quiz: Quiz, type_size: float) -> "_Area":
        _, width, height = SHEETS[quiz.paper]
        shrunk = TYPE_SIZE / type_size
        return cls((width - 2 * SIDE) * shrunk, (height - TOP - BOTTOM) * shrunk)

    def picture(self, picture: Picture) -> str:
        svg = picture.svg.replace(FONT, "Libertinus Serif")  # the same on every computer
        return f"#picture({string(svg)}, {string(picture.alt)}, {self.picture_size(picture)[0] / TYPE_SIZE:.3f}em)"

    def picture_size(self, picture: Picture) -> tuple[float, float]:
        scale = min(POINTS_A_PIXEL, self.width / picture.width, min(HIGHEST, self.height / 2) / picture.height)
        return picture.width * scale, picture.height * scale


def _question(quiz: Quiz, number: int, entry: Entry, variant: Variant, area: _Area) -> str:
    picture = variant.picture
    answer, (wide, high) = _answer(quiz, variant, key=False), _answer_size(variant)
    if not picture:
        rows = [_Row(answer, wide, high)]
    else:
        drawn, (across, down) = area.picture(picture), area.picture_size(picture)
        if across + GUTTER + wide <= area.width:
            rows = [_Row(f"#beside({drawn[1:]})[{answer}]", across + GUTTER + wide, max(down, high))]
        else:
            rows = [_Row(drawn, across, down), _Row(answer, wide, high)]
    missing = _working(quiz, variant) - sum(row.beside(area.width) for row in rows) / area.width
    if missing > 0:
        rows.insert(-1, _Row(f"#working({missing / TYPE_SIZE:.2f}em)", area.width, missing))
    question = _headed(quiz, number, entry, [as_typst(variant.stem, quiz.language), *(row.markup for row in rows)])
    # If a question certainly fits on a page, Typst need not measure it, which takes as long as laying it out.
    fits = 60 + _stem_height(variant.stem, area) + sum(row.height for row in rows) < area.height
    return f"#short[{question}]\n" if fits else f"#whole[{question}]\n"


@dataclass(frozen=True)
class _Row:
    """What stands between a stem and the next question, from left to right, and the points that it takes at most."""

    markup: str
    width: float
    height: float

    def beside(self, width: float) -> float:
        """Return the square points that stay free for working."""
        return (width - self.width) * self.height if width - self.width >= NARROWEST else 0.0


def _headed(quiz: Quiz, number: int, entry: Entry, parts: Iterable[str]) -> str:
    heading = quiz.language.say("Question {number}", number=number)
    body = "\n\n".join(part for part in parts if part)
    return f"#question([{escaped_typst(heading)}], [{escaped_typst(worth(entry.points, quiz.language))}])[\n{body}\n]\n"


def _working(quiz: Quiz, variant: Variant) -> float:
    """Return the points of paper that a student's working needs: none for statements to tick."""
    if isinstance(variant.answer, Choice) and not variant.wrong:
        return 0.0
    centimetres = min(3.0, 0.8 + 0.1 * variant.certificate.load.operations)
    return WORKING[quiz.working] * centimetres * CENTIMETRE


def _stem_height(stem: str, area: _Area) -> float:
    """Return the points that a stem takes at most."""
    letters = int(area.width / LETTER)
    return sum(25 + 16 * (len(line) // letters) + 20 * line.count("\\\\") for line in stem.splitlines() if line)


def _answer_size(variant: Variant) -> tuple[float, float]:
    """Return how wide and high, in points, the place for an answer is at most."""
    match variant.answer:
        case Number(unit=unit):
            return 170 + LETTER * len(unit), 50
        case Grid(values=values) as grid:
            rows, columns = headings(grid)
            width = 20 + LETTER * max(map(len, rows), default=0) + sum(max(55, 10 + LETTER * len(each)) for each in columns)
            return width, 65 + 26 * len(values)
        case Choice(options=options):
            longest = max(len(option.text) for option in options)
            return 60 + LETTER * longest, 40 + sum(22 + 16 * (len(option.text) // 40) for option in options)


def _answer(quiz: Quiz, variant: Variant, key: bool) -> str:
    match variant.answer:
        case Number(value=value, unit=unit) as number:
            right, spread = (digits(value), accepted(number, quiz.language)) if key else ("", "")
            return f"#number([{escaped_typst(unit)}], key: [{right}], note: [{escaped_typst(spread)}])"
        case Grid(values=values) as grid:
            rows, columns = (array(f"[{inline_typst(name, quiz.language)}]" for name in names) for names in headings(grid))
            lines = array(array(f"[{digits(value) if key else ''}]" for value in line) for line in values)
            return f"#cells({columns}, {rows}, {lines})"
        case Choice(options=options) as choice:
            texts = array(f"[{inline_typst(option.text, quiz.language)}]" for option in options)
            right = array(str(place) for place, option in enumerate(options) if key and option.right)
            return f"#options([{escaped_typst(quiz.language.say(asks(choice)))}], {texts}, ticked: {right})"


def _solution(quiz: Quiz, variant: Variant) -> str:
    language = quiz.language
    steps = array(f"[{as_typst(step, language)}]" for step in variant.steps)
    pairs = told(variant, language)
    rows = array(f"([{_shown(answer, language)}], [{inline_typst(sentence, language)}])" for answer, sentence in pairs)
    return f"#solution({steps}, {rows})"


def _shown(answer: Value | Rows | str, language: Language) -> str:
    match answer:
        case str():
            return inline_typst(answer, language)
        case tuple():
            rows = "; ".join(", ".join(digits(value) for value in row) for row in answer)
            alt = language.say("matrix with the rows {rows}; end matrix", rows=rows)
            return f'#math.equation(alt: {string(alt)}, block: true, $ mat(delim: "[", {rows}) $)'
        case _:
            return digits(answer)


def _title(quiz: Quiz) -> str:
    return clean(quiz.title) or quiz.name
