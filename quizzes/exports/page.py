"""The self-check page: one self-contained file for each version, with hints, which is never graded."""

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

from common import pages, window
from quizzes.exports.printed import called, worth
from quizzes.grading.letters import letter
from quizzes.grading.marking import believed, believed_in_cell, place
from quizzes.grading.spreading import cells
from quizzes.language import Language
from quizzes.question import Choice, Grid, Number, Slide, Value, written
from quizzes.quiz import Entry, GeneratedQuiz, Quiz, Version
from quizzes.text.markdown import html, inline_html, plain
from quizzes.variant import Variant

if TYPE_CHECKING:
    from jinja2 import Template

FOLDER = "page_files"
SCRIPTS = ("numbers.js", "marking.js", "page.js")
_SAID = re.compile(r'\bsay\(\s*"([^"]+)"')


def files(generated: GeneratedQuiz) -> dict[str, bytes]:
    """Return a page for each version: self-check/CODE.html."""
    return {f"self-check/{version.code}.html": _page(generated.quiz, version).encode() for version in generated.versions}


def _page(quiz: Quiz, version: Version) -> str:
    own = pages.inlined(window.style() + _file("page.css"), "\n".join([window.script(), *map(_file, SCRIPTS)]))
    questions = list(zip(quiz.questions, version.variants))
    data = {"version": version.code, "questions": [_known(entry, variant, quiz.language) for entry, variant in questions]}
    return _template().render(
        quiz=quiz,
        version=version,
        owner=called(version.owner, quiz.language),
        questions=[_shown(entry, variant, quiz.language) for entry, variant in questions],
        data=pages.markup(pages.as_json(data)),
        phrases=pages.markup(
            pages.as_json({text: quiz.language.phrases[text] for text in _said() if text in quiz.language.phrases})
        ),
        **own,
    )


def _shown(entry: Entry, variant: Variant, language: Language) -> dict[str, Any]:
    """Return what the template shows."""
    shown = {"variant": variant, "points": entry.points, "kind": _kind(variant), "slide": variant.slide}
    if isinstance(variant.answer, Grid):
        grid = variant.answer
        shown["columns"] = _headings(grid.columns, max(map(len, grid.values)), grid.rows)
        headings = _headings(grid.rows, len(grid.values), grid.columns)
        shown["rows"] = [
            (
                headings[row],
                [
                    (name, plain(place(grid, y, x, language), language), grid.values[y][x])
                    for name, y, x in cells(grid)
                    if y == row
                ],
            )
            for row in range(len(grid.values))
        ]
    return shown


def _headings(names: Sequence[str], count: int, others: Sequence[str]) -> Sequence[str]:
    """Return names or numbers; a single row or column needs none where the other axis has names."""
    return names or ([""] if count == 1 and others else [str(number) for number in range(1, count + 1)])


def _known(entry: Entry, variant: Variant, language: Language) -> dict[str, Any]:
    """Return what the script needs to mark answers: numbers as Fractions are written, sentences as HTML."""
    known: dict[str, Any] = {"kind": _kind(variant), "points": entry.points, "slide": sliding(variant.slide, language)}
    match variant.answer:
        case Number(value, unit, tolerance):
            wrong = {_exact(value): inline_html(one.hint) for value, one in believed(variant).items()}
            return known | {"key": _exact(value), "unit": unit, "tolerance": _exact(tolerance), "wrong": wrong}
        case Grid() as grid:
            return known | {
                "cells": {name: _cell(variant, grid, row, column, language) for name, row, column in cells(grid)},
                "wrong": [
                    {
                        "answer": {name: _exact(one.rows[row][column]) for name, row, column in cells(grid)},
                        "hint": inline_html(one.hint),
                    }
                    for one in variant.wrong
                ],
            }
        case Choice(options, several):
            told = [{"right": option.right, "sentence": inline_html(option.sentence)} for option in options]
            return known | {"several": several, "options": told}


def _cell(variant: Variant, grid: Grid, row: int, column: int, language: Language) -> dict[str, Any]:
    meant = believed_in_cell(variant, row, column)
    return {
        "key": _exact(grid.values[row][column]),
        "place": inline_html(place(grid, row, column, language)),
        "believed": {_exact(value): variant.wrong.index(one) for value, one in meant.items()},
    }


def sliding(slide: Slide | None, language: Language) -> dict[str, Any] | None:
    """Return the data for the sliding window's script; None if nothing slides."""
    if slide is None:
        return None
    numbers = range(1, len(slide.images) + 1) if len(slide.images) > 1 else ()
    channels = [language.say("channel {number}", number=number) for number in numbers]
    return window.Sliding(**vars(slide), channels=channels, counted_from=1).data()


def _kind(variant: Variant) -> str:
    return type(variant.answer).__name__.lower()


def _exact(value: Value) -> str:
    return str(Fraction(value))


@cache
def _template() -> "Template":
    filters: dict[str, Any] = {
        "html": lambda text: pages.markup(scrolling(html(text))),
        "inline": lambda text: pages.markup(inline_html(text)),
        "letter": letter,
        "points": worth,
        "written": lambda value: written(value).replace("-", "\N{MINUS SIGN}"),
    }
    return pages.template("quizzes.exports", f"{FOLDER}/page.html.jinja", filters)


def scrolling(document: str) -> str:
    """Return HTML whose tables scroll by themselves where the screen is narrow; an empty heading is a cell."""
    document = document.replace("<th></th>", "<td></td>")
    return document.replace("<table>", '<div class="scroll"><table>').replace("</table>", "</table></div>")


@cache
def _said() -> list[str]:
    """Return the texts that the page's scripts show."""
    return [text for script in (window.script(), *map(_file, SCRIPTS)) for text in _SAID.findall(script)]


@cache
def _file(name: str) -> str:
    return pages.text("quizzes.exports", f"{FOLDER}/{name}")
