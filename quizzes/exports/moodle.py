r"""A question bank for Moodle: an XML file with a category for each entry of the quiz, and all its variants in it.

Numbers are numerical questions, grids are "embedded answers" (cloze) with a mark for each cell, choices are multiple
choice. What Moodle accepts silently but misunderstands is avoided: see `_text`, `_feedback` and `_unread`.
"""

import re
from base64 import b64encode
from functools import lru_cache
from html import escape

from common.errors import UserError
from quizzes.grading.marking import believed, believed_in_cell
from quizzes.language import Language
from quizzes.question import Answer, Choice, Grid, Number, Picture, Value, written
from quizzes.quiz import Entry, GeneratedQuiz, QuestionGroup, Quiz
from quizzes.text.markdown import REMEMBERED, html_with_latex, inline_html_with_latex
from quizzes.variant import Variant

RIGHT, PARTLY, WRONG = "Right.", "Partly right.", "Wrong."
PICTURE = "picture.svg"
LONGEST = 200  # characters of a category's name: Moodle's column holds 255

# All shares of a mark that Moodle knows, in percent: it refuses a file with any other.
SHARES = (
    *("100", "90", "83.33333", "80", "75", "70", "66.66667", "60", "50", "40", "33.33333", "30", "25", "20"),
    *("16.66667", "14.28571", "12.5", "11.11111", "10", "5"),
)

_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CODE = re.compile(r"\{(?=\d*:|#\d)")  # the start of a cloze code, or of a reference to one: {1:NUMERICAL:... and {#1}
_BARE = re.compile(r"\\(?=[}#]|\Z)")  # backslashes that Moodle takes away, and one that would hide the end of a feedback
_CLOZE = str.maketrans({"&": "&amp;", "}": "&#125;", "~": "&#126;"})


def files(generated: GeneratedQuiz) -> dict[str, bytes]:
    """Return the question bank, and a text that explains how to use it.

    Raises UserError for a question that Moodle cannot hold.
    """
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n']
    groups = generated.unique_groups()
    for place, group in enumerate(groups, start=1):
        entry, variants = group
        parts.append(_category(generated.quiz, group, place))
        digits = max(3, len(str(len(variants))))
        # All variants say so or none, so that it does not give a key away.
        decimals = any(_has_decimals(variant.answer) for variant in variants)
        parts += [
            _question(variant, f"{variant.template} {number:0{digits}}", entry.points, decimals, generated.quiz.language)
            for number, variant in enumerate(variants, start=1)
        ]
    parts.append("</quiz>\n")
    listed = [(_name(group, place), len(group.variants), group.entry) for place, group in enumerate(groups, start=1)]
    return {
        "moodle.xml": _NO_XML.sub("\N{REPLACEMENT CHARACTER}", "".join(parts)).encode(),
        "moodle.txt": _instructions(generated.quiz, listed).encode("utf-8", "replace"),
    }


def _category(quiz: Quiz, group: QuestionGroup, place: int) -> str:
    title = _in_path(quiz.title) or _in_path(quiz.name)
    path = f"$course$/top/{title}/{_in_path(_name(group, place))}"
    info = f"Take {group.entry.count} at random, for {_number(group.entry.points)} each."
    return (
        f'<question type="category"><category>{_text(path)}</category><info format="html">{_text(info)}</info></question>\n'
    )


def _question(variant: Variant, name: str, points: float, decimals: bool, language: Language) -> str:
    text = html_with_latex(variant.stem) + (_image(variant.picture) if variant.picture else "")
    point = language.say("Write decimals with a point.") if decimals else ""  # Moodle may read 3,5 as 35
    match variant.answer:
        case Number() as number:
            unit = language.say("Answer in {unit}.", unit=inline_html_with_latex(number.unit)) if number.unit else ""
            kind, text, rest = "numerical", text + _last_line(unit, point), _values(variant, number, language)
        case Grid() as grid:
            kind, text, rest = "cloze", _unread(text) + _last_line(point) + _table(variant, grid, language), ""
        case choice:
            kind, rest = "multichoice", _options(variant.template, choice, language)
    steps = "".join(f"<li>{html_with_latex(step)}</li>" for step in variant.steps)
    solution = f"<ol>{steps}</ol>" if steps else ""
    return (
        f'<question type="{kind}">\n<name>{_text(name)}</name>\n'
        f'<questiontext format="html">{_text(text)}{_file(variant.picture)}</questiontext>\n'
        f'<generalfeedback format="html">{_text(solution)}</generalfeedback>\n'
        f"<defaultgrade>{_number(points)}</defaultgrade><penalty>0.3333333</penalty><hidden>0</hidden>"
        f"<idnumber>{variant.id}</idnumber>\n"
        f"{rest}<tags><tag>{_text(variant.topic)}</tag></tags>\n</question>\n"
    )


def _values(variant: Variant, number: Number, language: Language) -> str:
    """Return the answers of a numerical question: the first that fits counts, so the key is first, "any number" last."""
    key = _answer("100", written(number.value), language.say(RIGHT), written(number.tolerance))
    wrong = [
        _answer("0", written(value), inline_html_with_latex(one.hint), "0") for value, one in believed(variant).items()
    ]
    return "".join([key, *wrong, _answer("0", "*", language.say(WRONG), "0")])


def _options(template: str, choice: Choice, language: Language) -> str:
    """Return the options of a multiple choice in our order: it is balanced, so Moodle must not shuffle it."""
    right, wrong = _shares(template, choice)
    answers = []
    for option in choice.options:
        sentence = option.sentence or (language.say(RIGHT) if option.right and not choice.several else "")
        share = right if option.right else wrong
        answers.append(_answer(share, inline_html_with_latex(option.text), inline_html_with_latex(sentence)))
    said = (
        map(language.say, (RIGHT, PARTLY, WRONG)) if choice.several else ("", "", "")
    )  # of one option its own sentence says it
    combined = [
        f'<{name}feedback format="html">{_text(sentence)}</{name}feedback>'
        for name, sentence in zip(("correct", "partiallycorrect", "incorrect"), said)
    ]
    return (
        f"<single>{str(not choice.several).lower()}</single><shuffleanswers>false</shuffleanswers>"
        f"<answernumbering>ABCD</answernumbering>\n{''.join(combined)}\n{''.join(answers)}"
    )


def _shares(template: str, choice: Choice) -> tuple[str, str]:
    """Return what ticking a right and a wrong option is worth, in percent.

    The right ones share the mark, since nothing ticked has to be worth nothing. A wrong one costs what it costs in
    `marking.mark`, 200 % over the number of options, or the nearest share that Moodle knows. Where half of the options
    are right that is the same marking; otherwise it differs for students who leave out a right one.
    """
    if not choice.several:
        return "100", "0"
    rights = sum(option.right for option in choice.options)
    right = _nearest(100 / rights)
    if abs(float(right) * rights - 100) > 0.001:
        raise UserError(f"{template}: Moodle cannot share a mark among {rights} right options")
    return right, f"-{_nearest(200 / len(choice.options))}"


def _nearest(percent: float) -> str:
    return min(SHARES, key=lambda share: abs(float(share) - percent))


def _table(variant: Variant, grid: Grid, language: Language) -> str:
    columns = _headings(grid.columns, len(grid.values[0]), "column {name}", language)
    rows = _headings(grid.rows, len(grid.values), "row {name}", language)
    corner = "<td></td>" if rows and columns else ""
    head = "".join(f'<th scope="col">{heading}</th>' for heading in columns)
    lines = []
    for row, line in enumerate(grid.values):
        heading = f'<th scope="row">{rows[row]}</th>' if rows else ""
        cells = "".join(f"<td>{_cell(variant, row, column, key, language)}</td>" for column, key in enumerate(line))
        lines.append(f"<tr>{heading}{cells}</tr>")
    thead = f"<thead><tr>{corner}{head}</tr></thead>" if columns else ""
    return f'\n<table class="table table-bordered w-auto">{thead}<tbody>{"".join(lines)}</tbody></table>'


def _headings(names: tuple[str, ...], count: int, kind: str, language: Language) -> list[str]:
    """Return the headings of rows or columns: their names, or numbers if there are several."""
    if names:
        return [_unread(inline_html_with_latex(name)) for name in names]
    return [language.say(kind, name=number) for number in range(1, count + 1)] if count > 1 else []


def _cell(variant: Variant, row: int, column: int, key: Value, language: Language) -> str:
    """Return the code of a cell, worth 1: the key, then each wrong number that means something there, then any other."""
    told = believed_in_cell(variant, row, column)
    wrong = [f"%0%{written(value)}:0#{_feedback(one.hint)}" for value, one in told.items()]
    right, other = _feedback(language.say(RIGHT)), _feedback(language.say(WRONG))
    return "{1:NUMERICAL:" + "~".join([f"={written(key)}:0#{right}", *wrong, f"%0%*#{other}"]) + "}"


@lru_cache(REMEMBERED)
def _feedback(sentence: str) -> str:
    r"""Return a sentence as feedback in a cloze code.

    There a brace ends the code, a tilde the feedback, without an error. Moodle decodes entities once, then takes the
    backslash from \} and \#: so each entity is written as one that gives it, and such a backslash becomes an entity first.
    """
    return _BARE.sub("&#92;", inline_html_with_latex(sentence)).translate(_CLOZE)


def _unread(html: str) -> str:
    """Return HTML in which Moodle finds no cloze code. Other braces, as in LaTeX, it leaves alone."""
    return _CODE.sub("&#123;", html)


def _last_line(*sentences: str) -> str:
    return f"\n<p>{' '.join(filter(None, sentences))}</p>" if any(sentences) else ""


def _has_decimals(answer: Answer) -> bool:
    match answer:
        case Number(value=value):
            return bool(value % 1)
        case Grid(values=rows):
            return any(value % 1 for row in rows for value in row)
    return False


def _image(picture: Picture) -> str:
    return (
        f'\n<p><img src="@@PLUGINFILE@@/{PICTURE}" alt="{escape(picture.alt)}" width="{picture.width}" '
        f'height="{picture.height}" class="img-fluid"></p>'
    )


def _file(picture: Picture | None) -> str:
    if picture is None:
        return ""
    content = b64encode(picture.svg.encode()).decode()
    return f'<file name="{PICTURE}" path="/" encoding="base64">{content}</file>'


def _answer(share: str, text: str, sentence: str, tolerance: str = "") -> str:
    number = f"<tolerance>{tolerance}</tolerance>" if tolerance else ""
    form = "moodle_auto_format" if tolerance else "html"
    return (
        f'<answer fraction="{share}" format="{form}">{_text(text)}{number}'
        f'<feedback format="html">{_text(sentence)}</feedback></answer>\n'
    )


def _text(text: str) -> str:
    """Return a text as CDATA: of escaped ones Moodle loses the blanks that stand between two entities, as in &gt; &lt;."""
    return f"<text><![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]></text>"


def _number(value: float) -> str:
    """Write points with as many decimals as Moodle keeps."""
    return f"{value:.7f}".rstrip("0").rstrip(".")


def _name(group: QuestionGroup, place: int) -> str:
    return f"{place:02} {group.name}"


def _in_path(name: str) -> str:
    """Return a name as a step of a path: slashes doubled, none at an end, and no <, at which Moodle cuts the name."""
    name = _NO_XML.sub("", name).replace("<", "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}")
    name = " ".join(name.split())[:LONGEST]
    steps = name.replace("/", "//")
    return f"{' ' * steps.startswith('/')}{steps}{' ' * steps.endswith('/')}"


def _instructions(quiz: Quiz, listed: list[tuple[str, int, Entry]]) -> str:
    width = max([len("category"), *(len(name) for name, _, _ in listed)])
    rows = "\n".join(
        f"  {name:{width}}  {variants:>8}  {entry.count:>4}  {_number(entry.points):>6}" for name, variants, entry in listed
    )
    return f"""{" ".join(quiz.title.split())}: question bank for Moodle

1. In the course: Question bank > Import. Moodle XML format, moodle.xml, the other settings as they are.
2. In a quiz: Add > a random question. From each category take as many as are to pick, and give each its points:
   without them Moodle counts each for 1.

  {"category":{width}}  variants  pick  points
{rows}

{_number(quiz.points)} points in all. Moodle itself draws the variants for each student, whatever the roster said.
Formulas are set by Moodle's MathJax filter, which is on by default.
"""
