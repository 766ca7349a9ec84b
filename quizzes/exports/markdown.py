"""A quiz and its key as Markdown, with mathematics between dollars; pictures are SVG files beside it.

The texts of questions are Markdown already. Everything else, names and titles, is escaped.
"""

import re
from collections.abc import Iterable, Sequence

from quizzes.exports.plain_json import checksum
from quizzes.exports.printed import accepted, asks, called, digits, headings, told, worth
from quizzes.grading.letters import letter
from quizzes.question import Answer, Choice, Grid, Number, Rows, Value, written
from quizzes.quiz import GeneratedQuiz, Quiz, Version
from quizzes.text.writing import matrix, table
from quizzes.variant import Variant

BLANK = "\\_\\_\\_\\_\\_\\_"


def files(generated: GeneratedQuiz) -> dict[str, bytes]:
    """Return markdown/CODE.md for each version, its key teacher/markdown/CODE.md, and markdown/pictures/CODE-NUMBER.svg."""
    found: dict[str, bytes] = {}
    for version in generated.versions:
        found[f"markdown/{version.code}.md"] = _document(generated.quiz, version, key=False).encode()
        found[f"teacher/markdown/{version.code}.md"] = _document(generated.quiz, version, key=True).encode()
        for number, variant in enumerate(version.variants, start=1):
            if variant.picture:
                found[f"markdown/{_picture(version, number)}"] = variant.picture.svg.encode()
    return found


def _picture(version: Version, number: int) -> str:
    return f"pictures/{version.code}-{number}.svg"


def _document(quiz: Quiz, version: Version, key: bool) -> str:
    owner, say = version.owner, quiz.language.say
    named = (
        f"**{escaped(called(owner, quiz.language))}**"
        if owner.numbered
        else f"**{escaped(owner.name) or BLANK}**, {escaped(owner.id)}"
    )
    parts = [
        f"# {say('Key') + ': ' if key else ''}{escaped(quiz.title)}",
        f"{named}, {say('version {code}', code=f'`{version.code}`')}, "
        f"{say('checksum')} `{checksum(quiz, version)}`, {worth(quiz.points, quiz.language)}",
    ]
    if quiz.description and not key:
        parts.append(quiz.description)
    for number, (entry, variant) in enumerate(zip(quiz.questions, version.variants), start=1):
        heading = say("Question {number}", number=number)
        parts += [f"## {heading} ({worth(entry.points, quiz.language)})", variant.stem]
        if variant.picture:
            parts.append(
                f"![{escaped(variant.picture.alt)}]({'../../markdown/' if key else ''}{_picture(version, number)})"
            )
        parts.append(_answer(quiz, variant.answer, key))
        if key:
            parts += _solution(quiz, variant)
    return "\n\n".join(parts) + "\n"


def _answer(quiz: Quiz, answer: Answer, key: bool) -> str:
    asked = quiz.language.say("Answer:")
    match answer:
        case Number(value=value, unit=unit):
            found = accepted(answer, quiz.language) if key else ""
            spread = f" ({found})" if found else ""
            return f"**{asked}** {digits(value) if key else BLANK} {escaped(unit)}".rstrip() + spread
        case Grid(values=values):
            rows, columns = headings(answer)
            lines = [[digits(value) if key else "" for value in line] for line in values]
            if rows:
                columns, lines = ["", *columns], [[f"**{name}**", *line] for name, line in zip(rows, lines)]
            return f"**{asked}**\n\n" + _table(columns, lines)
        case Choice(options=options):
            ticks = [
                f"- [{'x' if key and option.right else ' '}] **{letter(place)}** {option.text}"
                for place, option in enumerate(options)
            ]
            return f"**{quiz.language.say(asks(answer))}**\n\n" + "\n".join(ticks)


def _solution(quiz: Quiz, variant: Variant) -> list[str]:
    say, parts = quiz.language.say, []
    if variant.steps:
        steps = [f"{number}. " + step.replace("\n", "\n   ") for number, step in enumerate(variant.steps, start=1)]
        parts += [f"### {say('Worked solution')}", "\n".join(steps)]
    if rows := [(_shown(answer), sentence) for answer, sentence in told(variant, quiz.language)]:
        parts += [f"### {say('What each answer shows')}", _table([say("Answer"), say("What happened")], rows)]
    return parts


def _shown(answer: Value | Rows | str) -> str:
    match answer:
        case str():
            return answer
        case tuple():
            return matrix([[written(value) for value in row] for row in answer])
        case _:
            return digits(answer)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head, *body = [[cell.replace("|", "\\|") for cell in row] for row in (headings, *rows)]
    return table(head, body)


def escaped(text: str) -> str:
    """Return a text on one line that Markdown takes literally."""
    return re.sub(r"([\\`*_\[\]<>&$|~!#])", r"\\\1", " ".join(text.split()))
