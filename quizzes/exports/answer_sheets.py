"""Answer sheets: pages to fill in with a pencil, for each version, which `quiz scan` reads. PDF/UA-1, as exams."""

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import segno

from common.errors import UserError
from quizzes.exports.printed import called
from quizzes.exports.typeset import NO, SHEETS, Named, array, clean, fonts_for, named, pdf, string
from quizzes.quiz import GeneratedQuiz, Quiz, Version
from quizzes.scanning import layout, markers
from quizzes.scanning.layout import Field, Ticket
from quizzes.text.markdown import escaped_typst

LOOK = Path(__file__).with_name("answer_sheets.typ").read_text("utf-8")


def files(generated: GeneratedQuiz) -> dict[str, bytes]:
    """Return answer-sheets.pdf: the answer sheets of all versions, each from the front of a sheet of paper."""
    return {"answer-sheets.pdf": document(generated, generated.versions)}


def document(generated: GeneratedQuiz, versions: Sequence[Version]) -> bytes:
    """Return the answer sheets of some versions; raises UserError if no font here has all letters of the title."""
    quiz = generated.quiz
    say, title = quiz.language.say, clean(quiz.title) or quiz.name
    fonts = fonts_for(escaped_typst(title))
    if fonts == NO:
        raise UserError("no font here has all letters of the quiz's title: install one, or change it")
    whose = [named(version.owner) for version in versions]
    measures = {
        "across": layout.ACROSS,
        "down": layout.DOWN,
        "radius": layout.RADIUS,
        "label-high": layout.LABEL,
        "box-high": layout.BOX,
        "box-gap": layout.BOX_GAP,
        "marker-wide": layout.MARKER,
        "qr-wide": layout.QR,
    }
    head = [
        f"#set document(title: {string(title + ': ' + say('answer sheets'))}, date: none)",
        f"#set page(paper: {string(SHEETS[quiz.paper][0])})",
        f"#set text(lang: {string(quiz.language.code)})",
        *(f"#let {name} = {value}mm" for name, value in measures.items()),
        LOOK,
    ]
    widths = layout.widths(generated)
    sheets = [_sheet(quiz, version, name, layout.ticket(quiz, version, widths)) for version, name in zip(versions, whose)]
    return pdf("\n".join([*head, *sheets]), max([fonts, *(name.fonts for name in whose)]))


def _sheet(quiz: Quiz, version: Version, name: Named, ticket: Ticket) -> str:
    numbered, say = version.owner.numbered, quiz.language.say
    pages = layout.pages(layout.blanks(version.variants, quiz.language), ticket, numbered)
    texts = [escaped_typst(called(version.owner, quiz.language))] if numbered else [name.name, name.id]
    owner = ", ".join(text for text in texts if text)
    written = []
    for number, fields in enumerate(pages, start=1):
        first = number == 1
        code = (*layout.qr(ticket.paper), _qr(replace(ticket, page=number)), say("The code of this page."))
        parts = [
            string(version.code),
            str(ticket.scale),
            "true" if first else "false",
            array((str(code[0]), str(code[1]), string(code[2]), string(code[3]))),
            array(
                array((str(x), str(y), string(markers.svg(one)))) for one, (x, y) in markers.corners(ticket.paper).items()
            ),
            f"[{escaped_typst(clean(quiz.title) or quiz.name)}]",
            f"[{owner} #h(1fr) {escaped_typst(say('page {number} of {last}', number=number, last=len(pages)))}]",
            f"[{_head(quiz, ticket, numbered)}]" if first else "[]",
        ]
        body = "\n".join(_field(quiz, field) for field in fields)
        written.append(f"#sheet({', '.join(parts)})[\n{body}\n]\n")
    return "".join(written)


def _head(quiz: Quiz, ticket: Ticket, numbered: bool) -> str:
    say = quiz.language.say
    mark = say("In each column, fill in one bubble completely with a pencil:")
    rest = say(
        "Write the same character in the box above it. To change an answer, erase the old one. Only this sheet is graded. "
        "Your exam has the same code: {code}.",
        code=ticket.code,
    )
    scale, name = ticket.scale, escaped_typst(say("Name"))
    width = layout.head_width(ticket, numbered)
    text = f"{escaped_typst(mark)} #filled({scale}) #h(0.3em) {escaped_typst(rest)}"
    field = f"#name({scale}, [{name}])\n" if numbered else ""
    return f"#head({layout.LEFT}, {layout.TOP}, {width:.2f}, {scale})[{field}{text}]"


def _field(quiz: Quiz, field: Field) -> str:
    blank = field.blank
    number = escaped_typst(quiz.language.say("Student id")) if blank.question == 0 else f"*{blank.question}*"
    lines = ", ".join(f"[{escaped_typst(line) if line else ''}]" for line in blank.label)
    columns = array(array(string(symbol.replace("-", "\N{MINUS SIGN}")) for symbol in symbols) for symbols in field.columns)
    kind = "options" if blank.letters else "numbers"
    at = f"{field.scale}, {field.x:.3f}, {field.y:.3f}, {field.width:.3f}"
    return f"#fields({at}, [{number}], {lines}, {kind}({field.scale}, {columns}))"


def _qr(ticket: Ticket) -> str:
    """Return the code of a page as a drawing."""
    drawing = io.BytesIO()
    segno.make_qr(ticket.text, error="m").save(drawing, "svg", border=0, xmldecl=False, omitsize=False)
    return drawing.getvalue().decode()
