"""A quiz on paper, and its key: tagged PDFs that a screen reader reads too (PDF/UA-1), through Typst.

The same quiz gives the same bytes. Only Typst's own fonts are used, unless a name or the title is in another script: then
those of the computer help out, and where they do not either, the student writes the name by hand.
"""

import os
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import typst

from common.errors import UserError
from quizzes.drawing.svg import FONT
from quizzes.exports.plain_json import checksum
from quizzes.exports.printed import accepted, asks, digits, headings, told
from quizzes.question import Answer, Choice, Grid, Number, Picture, Rows, Value
from quizzes.quiz import Made, Quiz, Version
from quizzes.roster import Owner
from quizzes.text.markdown import escaped_typst, inline_typst
from quizzes.text.markdown import typst as as_typst
from quizzes.variant import Variant

LOOK = Path(__file__).with_name("paper.typ").read_text("utf-8")
WIDEST, HIGHEST = 440, 420  # points that a picture may take
POINTS_A_PIXEL = 0.75
LEAST = 640  # points that a page has at least
LONG = 30  # letters of a word that may be broken anywhere
JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"  # letters of some scripts need them
OWN, COMPUTERS, NO = range(3)  # whose fonts have all letters of a text


def files(made: Made, together: bool | None = None, sheet: str = "a4") -> dict[str, bytes]:
    """Return exams/CODE.pdf for each version, or exams.pdf with all of them, and teacher/keys.pdf with all keys.

    together: all in one file, each from the front of a sheet; None: if they are for the room. sheet: a4, us-letter.
    Raises UserError for a title or description that cannot be printed: no font here has its letters, or it holds a picture.
    """
    quiz = made.quiz
    if together is None:
        together = all(version.owner.numbered for version in made.versions)
    try:
        fonts = max(_fonts_for(escaped_typst(_title(quiz))), _fonts_for(as_typst(quiz.description)))
    except ValueError as error:
        raise UserError(f"the quiz's description cannot be printed: {error}") from None
    if fonts == NO:
        raise UserError("no font here has all letters of the quiz's title and description: install one, or change them")
    named = [(version, _named(version.owner)) for version in made.versions]
    most = max([fonts, *(name.fonts for _, name in named)])
    jobs: dict[str, Callable[[], bytes]] = {}
    if together:
        jobs["exams.pdf"] = partial(_pdf, quiz, "all versions", sheet, _exam, named, most)
    else:
        for each in named:
            version, name = each
            job = partial(_pdf, quiz, version.code, sheet, _exam, [each], max(fonts, name.fonts))
            jobs[f"exams/{version.code}.pdf"] = job
    # Last: what Typst remembers of a long document slows it down for the short ones behind it.
    jobs["teacher/keys.pdf"] = partial(_pdf, quiz, "keys", sheet, _key, named, most)
    with ThreadPoolExecutor(os.cpu_count()) as threads:  # Typst works outside of Python's lock
        return dict(zip(jobs, threads.map(lambda job: job(), jobs.values())))


def unprintable(made: Made) -> list[Owner]:
    """Return the students whose name or id no font here can print: they have to write it by hand."""
    return [version.owner for version in made.versions if _named(version.owner).missing]


@dataclass(frozen=True)
class _Named:
    """Whose paper it is, in Typst's markup; "" where it is to be written by hand."""

    name: str = ""
    id: str = ""
    fonts: int = OWN
    missing: bool = False  # something could not be printed


def _named(owner: Owner) -> _Named:
    if owner.numbered:
        return _Named()
    texts = [escaped_typst(_clean(text)) if text else "" for text in (owner.name, owner.id)]
    fonts = [_fonts_for(text) for text in texts]
    name, id = ("" if each == NO else text for text, each in zip(texts, fonts))
    return _Named(name, id, max((each for each in fonts if each != NO), default=OWN), NO in fonts)


def _clean(text: str) -> str:
    """Return a text without letters that only steer a screen; a word that is too long for a line can be broken."""
    steers = ("Cc", "Cf", "Cs")
    words = (
        "".join(each for each in word if unicodedata.category(each) not in steers or each in JOINERS)
        for word in text.split()
    )
    return " ".join(word if len(word) <= LONG else "\N{ZERO WIDTH SPACE}".join(word) for word in words)


Part = Callable[[Quiz, Version, _Named], str]  # writes what a version adds to a file


@cache
def _fonts_for(markup: str) -> int:
    """Return whose fonts have all letters of a text: PDF/UA refuses what would come out as empty boxes."""
    if markup.isascii() and markup.isprintable():
        return OWN
    for fonts in (OWN, COMPUTERS):
        try:
            _compile(f'#set document(title: "names", date: none)\n= Names\n{markup}', fonts)
        except typst.TypstError as error:
            if "could not be displayed" not in error.message:
                raise
        else:
            return fonts
    return NO


@cache
def _fonts(whose: int) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=whose == COMPUTERS)


def _compile(source: str, fonts: int) -> bytes:
    return typst.compile(source.encode(), font_paths=_fonts(fonts), pdf_standards=["ua-1"])


def _pdf(quiz: Quiz, which: str, sheet: str, part: Part, named: Sequence[tuple[Version, _Named]], fonts: int) -> bytes:
    title = _string(f"{_title(quiz)}: {which}")
    head = f"#set document(title: {title}, date: none)\n#set page(paper: {_string(sheet)})\n{LOOK}\n"
    return _compile(head + "".join(part(quiz, version, name) for version, name in named), fonts)


def _exam(quiz: Quiz, version: Version, named: _Named) -> str:
    label = escaped_typst(version.owner.name) if version.owner.numbered else "Version"
    note = "Not all letters of the name or id can be printed here. Please write them on the line." if named.missing else ""
    points = _array(f"[{entry.points:g}]" for entry in quiz.questions)
    cover = (
        f"#cover([{escaped_typst(_title(quiz))}], [{as_typst(quiz.description)}], {_string(version.code)}, "
        f"label: [{label}], name: [{named.name}], id: [{named.id}], note: [{note}], "
        f"points: {points}, total: [{quiz.points:g}])\n"
    )
    return _version(quiz, version, "odd", cover, key=False)


def _key(quiz: Quiz, version: Version, named: _Named) -> str:
    whose = [escaped_typst(version.owner.name)] if version.owner.numbered else [named.name, named.id]
    names = _array(f"[{each}]" for each in whose if each)
    cover = f"#key-cover([{escaped_typst(_title(quiz))}], {_string(version.code)}, {names})\n"
    return _version(quiz, version, None, cover, key=True)


def _version(quiz: Quiz, version: Version, side: str | None, cover: str, key: bool) -> str:
    questions = [
        _question(number, entry.points, variant, key)
        for number, (entry, variant) in enumerate(zip(quiz.questions, version.variants), start=1)
    ]
    to = _string(side) if side else "none"
    names = f"{_string(version.code)}, {_string(checksum(quiz, version))}, to: {to}"
    return f"#version({names})[\n{cover}{''.join(questions)}]\n"


def _question(number: int, points: float, variant: Variant, key: bool) -> str:
    worth = f"{points:g} {'point' if points == 1 else 'points'}"
    parts = [as_typst(variant.stem), "\n"]
    if variant.picture and (variant.needs_picture or not key):  # a key has no use for what only illustrates
        parts.append(_picture(variant.picture))
    if not key and not isinstance(variant.answer, Choice):
        parts.append("#working")
    parts.append(_answer(variant.answer, key))
    if key:
        parts.append(_solution(variant))
    question = f"#question({number}, [{worth}])[\n" + "\n".join(parts) + "\n]\n"
    if key:  # goes on over the page
        return f"{question}#gap\n"
    return f"#short[{question}]\n" if _short(variant) else f"#whole[{question}]\n"


def _short(variant: Variant) -> bool:
    """Return whether a question fits on a page for sure. Typst need not measure it then, which takes half of its time."""
    answer = variant.answer
    options = answer.options if isinstance(answer, Choice) else ()
    texts = [variant.stem, *(option.text for option in options)]
    lines = [line for text in texts for line in text.splitlines() if line]
    high = 120.0 if options else 230.0
    high += sum(25 + 20 * (len(line) // 60) + 20 * line.count("\\\\") for line in lines)
    high += 35 * len(answer.values) if isinstance(answer, Grid) else 0
    high += POINTS_A_PIXEL * variant.picture.height if variant.picture else 0
    return high < LEAST


def _picture(picture: Picture) -> str:
    width = picture.width * min(POINTS_A_PIXEL, WIDEST / picture.width, HIGHEST / picture.height)
    svg = picture.svg.replace(FONT, "Libertinus Serif")  # the same on every computer
    return f"#picture({_string(svg)}, {_string(picture.alt)}, {width:.1f}pt)"


def _answer(answer: Answer, key: bool) -> str:
    match answer:
        case Number(value=value, unit=unit):
            right, spread = (digits(value), accepted(answer)) if key else ("", "")
            return f"#number([{escaped_typst(unit)}], key: [{right}], note: [{spread}])"
        case Grid(values=values):
            rows, columns = (_array(f"[{inline_typst(name)}]" for name in names) for names in headings(answer))
            lines = _array(_array(f"[{digits(value)}]" if key else "none" for value in line) for line in values)
            return f"#cells({columns}, {rows}, {lines})"
        case Choice(options=options):
            texts = _array(f"[{inline_typst(option.text)}]" for option in options)
            right = _array(str(place) for place, option in enumerate(options) if key and option.right)
            return f"#options([{asks(answer)}], {texts}, ticked: {right})"


def _solution(variant: Variant) -> str:
    steps = _array(f"[{as_typst(step)}]" for step in variant.steps)
    rows = _array(f"([{_shown(answer)}], [{inline_typst(sentence)}])" for answer, sentence in told(variant))
    return f"#solution({steps}, {rows})"


def _shown(answer: Value | Rows | str) -> str:
    match answer:
        case str():
            return inline_typst(answer)
        case tuple():
            rows = "; ".join(", ".join(digits(value) for value in row) for row in answer)
            return f'#math.equation(alt: "matrix with the rows {rows}", block: true, $ mat(delim: "[", {rows}) $)'
        case _:
            return digits(answer)


def _title(quiz: Quiz) -> str:
    return _clean(quiz.title) or quiz.name


def _array(items: Iterable[str]) -> str:
    return "(" + "".join(f"{item}, " for item in items) + ")"


def _string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
