r"""Read Moodle XML as Moodle 4.5 does, without a line of what wrote it: XML, cloze codes, HTML.

Where Moodle guesses, this reader raises. What it knows was measured with the real importer: blanks alone between two
entities of the XML are lost; in a cloze code a backslash keeps the next `}` or `~` from ending something; entities are
decoded once, then \} and \# lose the backslash.
"""

import base64
import re
from dataclasses import dataclass, field
from fractions import Fraction
from html import unescape
from html.parser import HTMLParser
from xml.etree import ElementTree

NUMBER = re.compile(r"-?\d+(\.\d+)?")
START = re.compile(r"\{(\d*):(NUMERICAL|NM|MULTI\w+|MC\w*|SHORTANSWER\w*|SA\w*):")


@dataclass
class Answer:
    """One line of a list of answers; the first that fits a student's counts."""

    text: str  # a number, * for any, or an option's HTML
    percent: Fraction
    feedback: str  # HTML
    tolerance: Fraction = Fraction(0)


@dataclass
class Question:
    """A question as it is stored."""

    category: str
    kind: str
    name: str
    idnumber: str
    points: Fraction
    stem: str  # HTML; of a cloze with {#1}, {#2}, ... where its cells stand
    answers: list[Answer]
    cells: list[tuple[int, list[Answer]]]  # weight and answers of each
    general: str
    tags: list[str]
    files: dict[str, bytes]
    fields: dict[str, str] = field(default_factory=dict)


def read(content: bytes) -> tuple[list[str], list[Question]]:
    """Return the paths of the categories, and all questions."""
    assert b"&" not in re.sub(rb"<!\[CDATA\[.*?\]\]>", b"", content, flags=re.DOTALL), "Moodle may lose blanks at entities"
    category, categories, questions = "", [], []
    for node in ElementTree.fromstring(content):
        assert node.tag == "question"
        if node.get("type") == "category":
            category = node.findtext("category/text", "")
            categories.append(category)
            continue
        stem = node.findtext("questiontext/text", "").strip()
        cells = []
        if node.get("type") == "cloze":
            stem, cells = read_cloze(stem)
        names = [file.get("name", "") for file in node.iter("file")]
        assert len(set(names)) == len(names), "a file stands there twice"
        questions.append(
            Question(
                category,
                node.get("type", ""),
                node.findtext("name/text", ""),
                node.findtext("idnumber", ""),
                Fraction(node.findtext("defaultgrade", "")),
                stem,
                [_answer(answer) for answer in node.findall("answer")],
                cells,
                node.findtext("generalfeedback/text", ""),
                [tag.text or "" for tag in node.findall("tags/tag/text")],
                {file.get("name", ""): base64.b64decode(file.text or "", validate=True) for file in node.iter("file")},
                {
                    name: node.findtext(f"{name}/text", node.findtext(name, ""))
                    for name in ("single", "shuffleanswers", "correctfeedback", "partiallycorrectfeedback")
                },
            )
        )
    return categories, questions


def steps(path: str) -> list[str]:
    """Return the names of a category's path: they are set apart by single slashes, and trimmed."""
    return [name.strip().replace("//", "/") for name in re.split("(?<!/)/(?!/)", path)]


def read_cloze(html: str) -> tuple[str, list[tuple[int, list[Answer]]]]:
    """Return the text with {#1}, ... in place of its codes, and weight and answers of each code."""
    assert not re.search(r"\{#\d+\}", html), "the text itself holds what stands for a cell"
    cells = []
    while code := START.search(html):
        assert code[2] == "NUMERICAL", "another kind of cell"
        end = _until("}", html, code.end())
        assert end < len(html), "a code without an end"
        alternatives, at = [], code.end()
        while at < end:
            stop = min(_until("~", html, at), end)
            alternatives.append(_alternative(html[at:stop]))
            at = stop + 1
        cells.append((int(code[1]), alternatives))
        html = f"{html[: code.start()]}{{#{len(cells)}}}{html[end + 1 :]}"
    return html, cells


def seen(html: str) -> str:
    """Return what a reader sees of HTML, and hears of its pictures; blanks as one."""
    reader = _Seen(convert_charrefs=True)
    reader.feed(html)
    reader.close()
    return " ".join("".join(reader.parts).split())


def mark(answers: list[Answer], typed: Fraction) -> tuple[Fraction, str]:
    """Return the credit for a typed number, and the feedback shown with it."""
    for answer in answers:
        if answer.text == "*" or abs(typed - Fraction(answer.text)) <= answer.tolerance:
            return answer.percent / 100, answer.feedback
    return Fraction(0), ""


def tick(answers: list[Answer], ticked: set[int]) -> Fraction:
    """Return the credit for the options ticked, of a question that allows several."""
    return max(Fraction(0), min(Fraction(1), sum((answers[each].percent / 100 for each in ticked), Fraction(0))))


def _answer(node: ElementTree.Element) -> Answer:
    tolerance = node.findtext("tolerance")
    text = node.findtext("text", "")
    if tolerance is not None:
        assert text == "*" or NUMBER.fullmatch(text), f"Moodle may misread {text!r}"
        assert NUMBER.fullmatch(tolerance)
    return Answer(text, Fraction(node.get("fraction", "")), node.findtext("feedback/text", ""), Fraction(tolerance or 0))


def _alternative(text: str) -> Answer:
    right, percent, number, tolerance, feedback = re.fullmatch(
        r"(=)?(?:%(-?\d+)%)?(-?\d+(?:\.\d+)?|\*)(?::(\d+(?:\.\d+)?))?(?:#(.*))?", text, re.DOTALL
    ).groups()  # type: ignore[union-attr]
    shown = unescape(feedback or "").replace(r"\}", "}").replace(r"\#", "#")
    return Answer(number, Fraction(100 if right else int(percent or 0)), shown, Fraction(tolerance or 0))


def _until(mark: str, text: str, start: int) -> int:
    """Return where the mark stands next without a backslash before it, or the end."""
    at = text.find(mark, start)
    while at > 0 and text[at - 1] == "\\":
        at = text.find(mark, at + 1)
    return at if at >= 0 else len(text)


class _Seen(HTMLParser):
    def __init__(self, **options: bool) -> None:
        super().__init__(**options)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append(dict(attrs).get("alt") or "" if tag == "img" else "")

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(" " if tag in ("p", "td", "th", "li", "tr") else "")
