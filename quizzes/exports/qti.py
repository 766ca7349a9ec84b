"""A question as an item of QTI 1.2, in a form that all importers of Canvas quizzes understand in the same way.

Idents of answers are digits, and the feedback on answer 1002 is 1002_fb: otherwise classic Canvas does not always find it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, lru_cache
from hashlib import sha256
from itertools import count
from typing import Literal, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from quizzes.grading.marking import believed_in_cell
from quizzes.grading.spreading import cells
from quizzes.language import Language
from quizzes.question import Choice, Grid, Number, Value, written
from quizzes.text.markdown import html_with_latex, inline_html_with_latex
from quizzes.variant import Variant

Grids = Literal["blanks", "dropdowns"]

RESPONSE = "response1"
FEW = 4  # the fewest choices in a dropdown, if the grid has enough numbers
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MATHS = re.compile(r"(\\\(.*?\\\)|\\\[.*?\\\])", re.DOTALL)
_LIKE_A_BLANK = re.compile(r"\[(?=[\w.-]+\])")


@dataclass
class Form:
    """What a kind of question adds to an item."""

    kind: str
    responses: str = ""
    conditions: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)  # idents
    feedback: dict[str, str] = field(default_factory=dict)  # HTML by the ident of its answer
    blanks: str = ""  # lines below the stem


class Rendering(NamedTuple):
    """How questions are written. grids: how cells are asked; steps: whether the solution is the general feedback."""

    grids: Grids
    steps: bool
    language: Language


def item(variant: Variant, title: str, points: float, rendering: Rendering) -> str:
    """Return a variant as <item>."""
    grids, steps, language = rendering
    match variant.answer:
        case Number() as number:
            form = _number(number)
        case Choice() as choice:
            form = _choice(choice)
        case Grid() as grid:
            form = (_dropdowns(variant, grid, language) if grids == "dropdowns" else None) or _blanks(grid, language)
    feedback = {f"{ident}_fb": html for ident, html in form.feedback.items()}
    conditions = form.conditions
    if steps and variant.steps:
        feedback["general_fb"] = "<br/>".join(inline_html_with_latex(step) for step in variant.steps)
        conditions = [_condition("<other/>", shows="general_fb"), *conditions]
    fields = {"question_type": form.kind, "points_possible": decimal(points)}
    if form.answers:
        fields["original_answer_ids"] = ",".join(form.answers)
    metadata = "".join(
        f"<qtimetadatafield><fieldlabel>{name}</fieldlabel><fieldentry>{value}</fieldentry></qtimetadatafield>"
        for name, value in fields.items()
    )
    told = "".join(
        f'<itemfeedback ident="{ident}"><flow_mat>{_material(f"<p>{_marked(html)}</p>")}</flow_mat></itemfeedback>'
        for ident, html in feedback.items()
    )
    return (
        f"<item ident={attribute(variant.id)} title={attribute(title)}><itemmetadata><qtimetadata>{metadata}</qtimetadata>"
        f"</itemmetadata><presentation>{_material(_stem(variant, form.blanks))}{form.responses}</presentation>"
        '<resprocessing><outcomes><decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>'
        f"{''.join(conditions)}</resprocessing>{told}</item>\n"
    )


def image(variant: Variant) -> str:
    """Return the path of a variant's picture in the package: pictures with the same content share it."""
    assert variant.picture is not None
    return f"images/{sha256(variant.picture.svg.encode()).hexdigest()[:16]}.png"


def decimal(value: Value | float) -> str:
    """Write a number with as many decimals as it has, six at most."""
    return str(value) if isinstance(value, int) else f"{float(value):.6f}".rstrip("0").rstrip(".")


def attribute(text: str) -> str:
    """Return a text on one line as the value of an attribute, with its quotes."""
    return quoteattr(" ".join(text.split()))


def element(name: str, text: str) -> str:
    """Return an element that holds a text."""
    return f"<{name}>{escape(text)}</{name}>"


def clean(document: str) -> str:
    """Return a document without the characters that no XML may hold, not even escaped."""
    return _FORBIDDEN.sub("", document)


@lru_cache(1 << 12)
def spellings(value: Value) -> list[str]:
    """Return the spellings of a number for platforms that compare texts: the usual one first."""
    usual = written(value)
    whole, _, decimals = usual.partition(".")
    variants = [usual] if decimals else [usual, f"{whole}.0"]
    if len(decimals) == 1:
        variants.append(f"{usual}0")
    if usual.lstrip("-").startswith("0."):
        variants.append(usual.replace("0.", "."))
    variants += [each.replace(".", ",") for each in variants if "." in each]
    if not decimals and len(whole.lstrip("-")) > 3:
        variants += [f"{int(whole):,}".replace(",", sign) for sign in ", '."]
    return variants + [each.replace("-", "\N{MINUS SIGN}") for each in variants if each.startswith("-")]


def _stem(variant: Variant, blanks: str) -> str:
    html = html_with_latex(variant.stem)
    if blanks:
        html = _no_blank(html)
    if variant.picture:
        shown = variant.picture
        html += (
            f'\n<p><img src="$IMS-CC-FILEBASE$/{image(variant)}" alt={quoteattr(_no_blank(shown.alt))} '
            f'width="{shown.width}" height="{shown.height}"/></p>'
        )
    return html + blanks


def _number(number: Number) -> Form:
    value, tolerance = number.value, number.tolerance
    margin = f' margin="{decimal(tolerance)}" margintype="absolute"' if tolerance else ""
    equal = f'<varequal respident="{RESPONSE}"{margin}>{decimal(value)}</varequal>'
    low = f'<vargte respident="{RESPONSE}">{decimal(value - tolerance)}</vargte>'
    high = f'<varlte respident="{RESPONSE}">{decimal(value + tolerance)}</varlte>'
    return Form(
        "numerical_question",
        f'<response_str ident="{RESPONSE}" rcardinality="Single"><render_fib fibtype="Decimal">'
        '<response_label ident="answer1"/></render_fib></response_str>',
        [_condition(f"<or>{equal}<and>{low}{high}</and></or>", scores=True)],
    )


def _choice(choice: Choice) -> Form:
    idents = [ident for ident, _ in zip(_idents(), choice.options)]
    equal = {ident: _equal(ident) for ident in idents}
    right = [ident for ident, option in zip(idents, choice.options) if option.right]
    if choice.several:
        ticked = "".join(equal[ident] if ident in right else f"<not>{equal[ident]}</not>" for ident in idents)
        key = f"<and>{ticked}</and>"
    else:
        key = equal[right[0]]
    feedback = {
        ident: inline_html_with_latex(option.sentence) for ident, option in zip(idents, choice.options) if option.sentence
    }
    labels = [(ident, inline_html_with_latex(option.text), "text/html") for ident, option in zip(idents, choice.options)]
    return Form(
        "multiple_answers_question" if choice.several else "multiple_choice_question",
        _response(RESPONSE, labels, "Multiple" if choice.several else "Single"),
        [*(_condition(equal[ident], shows=f"{ident}_fb") for ident in feedback), _condition(key, scores=True)],
        idents,
        feedback,
    )


def _blanks(grid: Grid, language: Language) -> Form:
    form = Form("fill_in_multiple_blanks_question", blanks=_lines(grid, language))
    idents = _idents()
    for name, row, column in cells(grid):
        accepted = [(next(idents), text) for text in spellings(grid.values[row][column])]
        _add_cell(form, grid, name, accepted, accepted[0][0])
    return form


def _dropdowns(variant: Variant, grid: Grid, language: Language) -> Form | None:
    """Return a dropdown for each cell: the key, answers of misconceptions, and if necessary numbers from other cells.

    None for a grid with the same number everywhere: a dropdown would give it away.
    """
    form = Form("multiple_dropdowns_question", blanks=_lines(grid, language))
    idents = _idents()
    elsewhere = list(dict.fromkeys(value for line in grid.values for value in line))
    for name, row, column in cells(grid):
        key, hints = grid.values[row][column], believed_in_cell(variant, row, column)
        offered = {key, *(one.rows[row][column] for one in variant.wrong)}
        for value in elsewhere:
            if len(offered) < FEW:
                offered.add(value)
        if len(offered) == 1:
            return None
        options = [(next(idents), value) for value in sorted(offered)]
        right = next(ident for ident, value in options if value == key)
        _add_cell(form, grid, name, [(ident, written(value)) for ident, value in options], right)
        for ident, value in options:
            if value in hints:
                form.feedback[ident] = inline_html_with_latex(hints[value].hint)
                form.conditions.append(_condition(_equal(ident, f"response_{name}"), shows=f"{ident}_fb"))
    return form


def _add_cell(form: Form, grid: Grid, name: str, labels: Sequence[tuple[str, str]], right: str) -> None:
    """Add the answers of a cell to a form, and the condition on the right one."""
    form.answers += [ident for ident, _ in labels]
    plain = [(ident, text, "text/plain") for ident, text in labels]
    form.responses += _response(f"response_{name}", plain, name=name)
    share = _share(sum(map(len, grid.values)))
    form.conditions.append(
        f"<respcondition><conditionvar>{_equal(right, f'response_{name}')}</conditionvar>"
        f'<setvar varname="SCORE" action="Add">{share}</setvar></respcondition>'
    )


@cache
def _share(count: int) -> str:
    """Return the percentage of the credit that each of this many cells brings."""
    return decimal(round(Fraction(100, count), 2))


def _lines(grid: Grid, language: Language) -> str:
    """Return a line with blanks for each row of a grid.

    New Quizzes cuts the text at the blanks and shows the pieces one by one: a table would come apart, lines do not.
    """
    named = [_no_blank(inline_html_with_latex(heading)) for heading in (*grid.rows, *grid.columns)]
    rows, columns = named[: len(grid.rows)], named[len(grid.rows) :]
    lines: dict[int, list[str]] = {}
    for name, row, column in cells(grid):
        lines.setdefault(row, []).append(f"{columns[column]} [{name}]" if columns else f"[{name}]")
    between = ", " if columns else " "
    starts = [f"{row}: " for row in rows] or [
        language.say("Row {number}: ", number=row + 1) if len(lines) > 1 else "" for row in lines
    ]
    return "\n" + "<br/>\n".join(start + between.join(blanks) for start, blanks in zip(starts, lines.values()))


def _no_blank(html: str) -> str:
    """Return HTML in which no [word] looks like a blank: it gets an invisible letter, or in formulas a space."""
    if not _LIKE_A_BLANK.search(html):
        return html
    parts = _MATHS.split(html)  # text and formulas alternate
    return "".join(_LIKE_A_BLANK.sub("[ " if place % 2 else "[\N{WORD JOINER}", part) for place, part in enumerate(parts))


def _marked(html: str) -> str:
    """Return HTML that classic Canvas recognises as HTML: in plain words it would show &lt; literally."""
    bare = "<" not in html and re.search("&(lt|gt|amp);", html)
    return f"{html}<span>\N{WORD JOINER}</span>" if bare else html


def _idents() -> Iterator[str]:
    return map(str, count(1001))


def _equal(ident: str, response: str = RESPONSE) -> str:
    return f'<varequal respident="{response}">{ident}</varequal>'


def _condition(test: str, shows: str = "", scores: bool = False) -> str:
    score = '<setvar action="Set" varname="SCORE">100</setvar>' if scores else ""
    display = f'<displayfeedback feedbacktype="Response" linkrefid="{shows}"/>' if shows else ""
    return (
        f'<respcondition continue="{"No" if scores else "Yes"}"><conditionvar>{test}</conditionvar>{score}{display}'
        "</respcondition>"
    )


def _response(ident: str, labels: Sequence[tuple[str, str, str]], cardinality: str = "Single", name: str = "") -> str:
    choices = "".join(
        f'<response_label ident="{label}">{_material(text, kind)}</response_label>' for label, text, kind in labels
    )
    named = f"<material><mattext>{name}</mattext></material>" if name else ""
    return (
        f'<response_lid ident="{ident}" rcardinality="{cardinality}">{named}<render_choice>{choices}</render_choice>'
        "</response_lid>"
    )


def _material(text: str, kind: str = "text/html") -> str:
    return f'<material><mattext texttype="{kind}">{escape(text)}</mattext></material>'
