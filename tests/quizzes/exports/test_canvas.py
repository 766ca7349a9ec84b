"""The Canvas package: an independent reader finds in it what the variants hold, and no trap of any importer."""

import os
import re
import struct
import subprocess
import sys
import zipfile
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes import making, roster
from quizzes.drawing.png import pngs
from quizzes.exports import canvas, qti
from quizzes.grading.marking import cells
from quizzes.grading.numbers import readings
from quizzes.question import Choice, Grid, Number, Option, Wrong, written
from quizzes.quiz import Entry, Quiz
from quizzes.template import templates
from quizzes.text.markdown import html_with_latex, inline_html_with_latex
from tests.conftest import ROOT
from tests.quizzes.exports import reading_qti
from tests.quizzes.exports.canvas_samples import (
    KINDS,
    VERSIONS,
    everything,
    from_plot,
    grid,
    made,
    named_grid,
    one_of,
    picture,
    some_of,
    variant,
    whole,
)

MINUS = "\N{MINUS SIGN}"
JOINER = "\N{WORD JOINER}"

# What text may hold that one of the layers, XML, HTML, Markdown, LaTeX, or an importer could stumble on.
NASTY_PIECES = """
a 1 - ** _ : | \\ " ' < > & &lt; &amp; ]]> <b> </td> <!-- [w0] [r1c1] `[r1c1]` w[0] $a<b$ $w[0]$ $\\frac{1}{2}$ {{x}}
%24 $IMS 学习 ß 🧠 wrong
""".split()
NASTY_PIECES += [" ", "\n\n", "[0, 1]", "$$\\begin{bmatrix} 1 & 2 \\\\ 3 \\end{bmatrix}$$", "\x0b", "\x00", "\ufffe"]
NASTY = st.lists(st.sampled_from(NASTY_PIECES), min_size=1, max_size=12).map("".join)
CHOSEN = Entry("output-size", 2.0, 1, "choice")
VALUES = st.one_of(st.integers(-10_000, 10_000), st.integers(-10_000, 10_000).map(lambda number: Fraction(number, 100)))


def packed(quiz, **options) -> bytes:
    return canvas.files(quiz, **options)["canvas.zip"]


def read(quiz, **options) -> reading_qti.Quiz:
    return reading_qti.read(packed(quiz, **options))


def only(one, **options) -> reading_qti.Item:
    (item,) = read(made([one]), **options).items
    return item


def xml(text: str) -> str:
    """Return a text as it can be in XML."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)


def unguarded(html: str) -> str:
    """Return HTML without what keeps [word] from being taken for a blank."""
    return html.replace(JOINER, "").replace("[ ", "[")


def test_all_that_was_made_arrives():
    quiz = everything()
    arrived = read(quiz)
    assert [item.ident for item in arrived.items] == [one.id for _, group in quiz.groups() for one in group]
    assert {item.kind for item in arrived.items} == {
        f"{kind}_question" for kind in ("numerical", "multiple_choice", "multiple_answers", "fill_in_multiple_blanks")
    }
    assert all(item.points == 1.5 for item in arrived.items)
    assert arrived.title == quiz.quiz.title == arrived.settings["title"]
    assert float(arrived.settings["points_possible"]) == 1.5 * len(KINDS)
    assert arrived.settings["description"] == html_with_latex(quiz.quiz.description)


def test_a_group_for_each_entry_with_its_pick_count_and_points():
    entries = (Entry("a", 2.5, 2, "typed"), Entry("b", 0.25, 1, "typed"))
    versions = made(*[[kind(number) for number in (2, 3, 4)] for kind in (whole, some_of, named_grid)]).versions
    arrived = read(canvas.GeneratedQuiz(Quiz("q", "Q", "", entries), versions))
    assert [(group.pick, group.points) for group in arrived.groups.values()] == [(2, 2.5), (1, 0.25)]
    sizes = [sum(item.group == ident for item in arrived.items) for ident in arrived.groups]
    assert sizes == [6, 3]
    assert float(arrived.settings["points_possible"]) == 5.25


def test_one_version_needs_no_groups():
    arrived = read(everything(1))
    assert not arrived.groups
    assert [item.points for item in arrived.items] == [1.5] * len(KINDS)


@pytest.mark.costly
@pytest.mark.parametrize("grids", ["blanks", "dropdowns"])
def test_the_whole_bank_arrives(grids):
    asked = Quiz("q", "Bank", "", (*(Entry(name, 1.0, 1, "typed") for name in templates()), CHOSEN))
    quiz = making.make(asked, "seed", roster.numbered(3))
    arrived = {item.ident: item for item in read(quiz, grids=grids).items}
    assert len(arrived) == 3 * len(asked.questions)
    for entry, group in quiz.groups():
        for one in group:
            item = arrived[one.id]
            assert item.points == entry.points and len(item.images) == bool(one.picture)
            assert unguarded(item.stem).startswith(unguarded(html_with_latex(one.stem)))
            match one.answer:
                case Number(value=value, tolerance=tolerance):
                    assert item.number == (value, tolerance)
                case Grid() as answer:
                    keys = {name: next(each.text for each in cell if each.right) for name, cell in item.cells.items()}
                    assert keys == {name: written(answer.values[row][column]) for name, row, column in cells(answer)}
                case Choice(options=options):
                    assert [answer.right for answer in item.answers] == [option.right for option in options]


@given(VALUES, st.integers(0, 500).map(lambda number: Fraction(number, 1000)))
def test_a_number_keeps_its_value_and_its_tolerance(value, tolerance):
    number, margin = only(variant("How many?", Number(value, "", tolerance))).number
    assert (Fraction(number), Fraction(margin)) == (value, tolerance)


@given(st.lists(st.tuples(NASTY, NASTY), min_size=2, max_size=4), NASTY, st.booleans(), st.data())
def test_a_choice_keeps_its_options_and_what_is_said_to_each(texts, stem, several, data):
    right = data.draw(st.integers(0, len(texts) - 1))
    options = [
        Option(text, place == right or (several and place < right), sentence)
        for place, (text, sentence) in enumerate(texts)
    ]
    item = only(variant(stem, Choice(tuple(options), several)))
    assert item.stem == xml(html_with_latex(stem))
    assert [(answer.text, answer.right) for answer in item.answers] == [
        (xml(inline_html_with_latex(option.text)), option.right) for option in options
    ]
    for answer, option in zip(item.answers, options):
        assert answer.feedback.replace(f"<span>{JOINER}</span></p>", "</p>") == (
            f"<p>{xml(inline_html_with_latex(option.sentence))}</p>"
        )


@given(st.lists(st.lists(VALUES, min_size=2, max_size=2), min_size=1, max_size=3), NASTY)
def test_a_grid_keeps_its_key_whatever_its_stem_says(values, stem):
    item = only(
        variant(stem, Grid(tuple(map(tuple, values)), rows=tuple(f"[w{row}] <{row}>" for row in range(len(values)))))
    )
    keys = [[item.cells[f"r{row}c{column}"] for column in (1, 2)] for row in range(1, len(values) + 1)]
    assert [[Fraction(answers[0].text) for answers in row] for row in keys] == values
    assert unguarded(item.stem).startswith(unguarded(xml(html_with_latex(stem))))


@pytest.mark.parametrize(
    ("value", "accepted"),
    [
        (3, ["3", "3.0", "3,0"]),
        (0, ["0", "0.0", "0,0"]),
        (-2, ["-2", "-2.0", "-2,0", f"{MINUS}2", f"{MINUS}2.0", f"{MINUS}2,0"]),
        (1972792, ["1972792", "1972792.0", "1972792,0", "1,972,792", "1 972 792", "1'972'792", "1.972.792"]),
        (Fraction(9, 4), ["2.25", "2,25"]),
        (Fraction(5, 2), ["2.5", "2.50", "2,5", "2,50"]),
        (Fraction(-1, 4), ["-0.25", "-.25", "-0,25", "-,25", f"{MINUS}0.25", f"{MINUS}.25", f"{MINUS}0,25", f"{MINUS},25"]),
    ],
)
def test_spellings_of_a_cell(value, accepted):
    item = only(variant("Fill in.", Grid(((value,),))))
    assert [answer.text for answer in item.cells["r1c1"]] == accepted


@given(VALUES)
def test_no_spelling_means_another_number(value):
    for text in qti.spellings(value):
        assert value in readings(text) and set(readings(text)) <= {value, Fraction(value) / 1000}


def test_rows_of_a_grid_are_lines_with_their_names():
    lines = only(named_grid(2)).stem.split("\n")[-2:]
    assert lines == ["layer 1: height [r1c1], width [r1c2]<br/>", f"layer w[{JOINER}1]: height [r2c1], width [r2c2]"]
    assert only(grid(2)).stem.endswith("\nRow 1: [r1c1] [r1c2]<br/>\nRow 2: [r2c1] [r2c2]")
    assert only(variant("One row.", Grid(((1, 2),)))).stem == "<p>One row.</p>\n[r1c1] [r1c2]"


def test_dropdowns_offer_what_misconceptions_give_and_say_so():
    item = only(grid(2), grids="dropdowns")
    flipped, padding = "the kernel is flipped.", "the padding is 3 &lt; 4 &amp; forgotten."
    told = {
        name: [(answer.text, answer.feedback.split("if ", 1)[-1].split("<", 1)[0]) for answer in answers]
        for name, answers in item.cells.items()
    }
    assert item.kind == "multiple_dropdowns_question"
    assert told == {
        "r1c1": [("-1", ""), ("2", ""), ("2.5", ""), ("3", padding)],  # -1 and 2.5 from elsewhere in the grid
        "r1c2": [("-1", ""), ("1", flipped), ("2", padding), ("2.5", "")],
        "r2c1": [("-3", padding), ("-1", ""), ("2", ""), ("2.5", "")],
        "r2c2": [("-1", ""), ("0", ""), ("2", ""), ("9", "")],  # two misconceptions give 9
    }
    right = [next(answer.text for answer in answers if answer.right) for answers in item.cells.values()]
    assert right == ["2", "-1", "2.5", "0"]


def test_a_value_of_two_misconceptions_is_offered_but_blamed_on_none():
    wrong = [Wrong(((7, 5),), "one", "one."), Wrong(((7, 6),), "two", "two.")]
    item = only(variant("Fill in.", Grid(((1, 2),)), wrong), grids="dropdowns")
    assert [(answer.text, bool(answer.feedback)) for answer in item.cells["r1c1"]] == [
        ("1", False),
        ("2", False),
        ("7", False),
    ]
    assert [(answer.text, bool(answer.feedback)) for answer in item.cells["r1c2"]] == [
        ("1", False), ("2", False), ("5", True), ("6", True)
    ]  # fmt: skip


def test_no_dropdown_of_one_number():
    assert only(variant("Fill in.", Grid(((1, 1), (1, 1)))), grids="dropdowns").kind == "fill_in_multiple_blanks_question"


def test_solutions_only_if_asked_for():
    quiz = everything()
    assert not any(item.general for item in read(quiz).items)
    told = {item.title: item.general for item in read(quiz, steps=True).items}
    assert told["Number: whole 1"] == "<p>First \\(a - b\\).<br/>Then <strong>add</strong> 1.</p>"
    assert told["Mean 1"] == ""
    assert "Number(" not in str(read(quiz)) and read(quiz).settings["show_correct_answers"] == "false"


def test_pictures_are_in_the_package_once_sharp_with_their_words():
    quiz = everything()
    arrived = read(quiz)
    drawn = {one.picture.svg for _, group in quiz.groups() for one in group if one.picture}
    assert len(arrived.pictures) == len(drawn) < sum(bool(item.images) for item in arrived.items)
    for content in arrived.pictures.values():
        assert content.startswith(b"\x89PNG") and struct.unpack(">II", content[16:24]) == (240, 120)
    ((_, alt),) = only(from_plot(3)).images
    assert alt.replace(JOINER, "") == picture(3).alt and JOINER in alt


def test_a_thousand_illustrations_are_left_out_but_no_picture_that_is_needed(monkeypatch):
    monkeypatch.setattr(canvas, "MOST_ILLUSTRATIONS", 3)
    illustrated = [from_plot(number) for number in range(4)]
    needed = [replace(one, needs_picture=True, stem=f"{one.stem} Look at it.") for one in illustrated]
    few, many = (canvas.files(made(group, needed, points=1)) for group in (illustrated[:3], illustrated))
    pictures = [name for name in zipfile.ZipFile(BytesIO(many["canvas.zip"])).namelist() if name.startswith("images/")]
    assert len(pictures) == 4 and many["canvas.zip"].count(b"&lt;img") == 4 and few["canvas.zip"].count(b"&lt;img") == 6
    assert b"4 pictures that only illustrate are left out" in many["canvas.txt"] and b"left out" not in few["canvas.txt"]


def test_a_picture_is_the_same_alone_and_among_others_and_shows_its_numbers():
    many = pngs([picture(number) for number in range(20)])
    assert pngs([picture(17)]) == [many[17]]
    assert len(set(many)) == 20  # they differ in their numbers only: these were drawn
    assert pngs([]) == []


def test_hundreds_of_pictures_are_coarser():
    assert {struct.unpack(">II", one[16:24]) for one in pngs([picture(number) for number in range(301)])} == {(120, 60)}


def test_the_same_bytes_in_another_process(tmp_path):
    program = (
        "import hashlib; from tests.quizzes.exports.canvas_samples import everything; from quizzes.exports import canvas;"
        "print(hashlib.sha256(canvas.files(everything())['canvas.zip']).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT), "TZ": "Asia/Tokyo"}
    output = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert output.stdout.decode().strip() == sha256(packed(everything())).hexdigest()


def test_an_ident_changes_with_the_content_only():
    names = [set(zipfile.ZipFile(BytesIO(packed(quiz))).namelist()) for quiz in (everything(), everything(), everything(2))]
    assert names[0] == names[1] != names[2]


def test_a_title_of_anything():
    quiz = made([whole(1)], title=' <T> & "\x07"\n]]> ', description="\x00`<`")
    assert read(quiz).title == '<T> & "" ]]>'
    assert read(made([whole(1)], title=" ")).title == "sample"


TRAPS = [
    # what was done, to which question, old text -> new text (a pattern), what the reader says
    ("type of another tool", whole, 'type="imsqti_xmlv1p2"', 'type="imsqti_assessment_xmlv1p2"', "of type imsqti_xmlv1p2"),
    ("lone varequal", whole, "<or>(<varequal.*?</varequal>).*?</or>", r"\1", "lone varequal"),
    ("3 with 3.0", whole, "(<vargte[^>]*>)0<", r"\g<1>0.0<", "three times alike"),
    ("vargt", whole, "vargte", "vargt", "never vargt"),
    ("two keys", whole, "(<respcondition.*?</respcondition>)", r"\1\1", "one key"),
    ("margin without its attributes", from_plot, ' margin="0.05" margintype="absolute"', "", "margin is given"),
    ("bounds askew", from_plot, "(<vargte[^>]*>)1.45<", r"\g<1>1.4<", "symmetric"),
    ("<or> as a wrong answer", whole, "(<outcomes>.*?</outcomes>)(<respcondition.*?</respcondition>)",
     lambda found: found[1] + re.sub("<setvar.*?</setvar>", "", found[2]) + found[2], "any other"),
    ("feedback on a wrong number", whole, "(</outcomes>)(.*?)(</resprocessing>)",
     r'\1<respcondition continue="Yes"><conditionvar><varequal respident="response1">5</varequal></conditionvar>'
     r'<displayfeedback feedbacktype="Response" linkrefid="5_fb"/></respcondition>\2\3<itemfeedback ident="5_fb"><flow_mat>'
     r'<material><mattext texttype="text/html">&lt;p&gt;x&lt;/p&gt;</mattext></material></flow_mat></itemfeedback>',
     "classic Canvas cannot"),
    ("flow round the response", one_of, "(<response_lid.*?</response_lid>)", r"<flow>\1</flow>", "no flow"),
    ("feedback called wrong_", one_of, "1001_fb", "wrong_pad_fb", "whole item's"),
    ("feedback called correct", one_of, "1001_fb", "correct_1_fb", "whole item's"),
    ("feedback called _C", one_of, "1001_fb", "1001_C", "whole item's"),
    ("feedback in letters", one_of, "1001_fb", "a1_fb", "in digits"),
    ("answers in letters", one_of, "\\b1001", "a1", "in digits|are digits"),
    ("colon in an ident", one_of, 'item ident="q', 'item ident="q:', "letters, digits"),
    ("an ident twice", one_of, "\\b1002", "1001", "unique|one feedback|there is feedback"),
    ("a second <and>", some_of, "<varequal[^>]*>1001</varequal>(</conditionvar><display)",
     r'<and><varequal respident="response1">1001</varequal></and>\1', "drops feedback"),
    ("key that leaves an answer out", some_of, "<not>.*?</not>", "", "whether it is right"),
    ("raw < in a formula", one_of, "Which holds", "Which \\\\(a&lt;b\\\\) holds", "well formed"),
    ("address of another form", one_of, r"\$IMS-CC-FILEBASE\$", "%24IMS-CC-FILEBASE%24", "literal"),
    ("picture without words", one_of, "alt='[^']*'", 'alt=""', "words that stand"),
    ("w[0] in the words", one_of, JOINER, "", "without \\[word\\]"),
    ("[w0] in the stem of blanks", named_grid, "Trace", "Trace [w0]", "no other \\[word\\]"),
    ("a blank twice in the stem", named_grid, "Trace", "Trace [r1c1]", "once"),
    ("response_1", named_grid, 'ident="response_r1c1"', 'ident="response_1"', "called after its blank"),
    ("name with a dot", named_grid, "r1c1", "r1.c1", "letters, digits|one word"),
    ("name with a blank", named_grid, "r1c1", "r1 c1", "letters, digits|one word"),
    ("table of blanks", named_grid, r"layer 1: height \[r1c1\]",
     "&lt;table&gt;&lt;td&gt;[r1c1]&lt;/td&gt;&lt;/table&gt;", "well formed"),
    ("feedback on a blank", named_grid, "(</outcomes>)(.*?)(</resprocessing>)",
     r'\1<respcondition continue="Yes"><conditionvar><varequal respident="response_r1c1">1002</varequal></conditionvar>'
     r'<displayfeedback feedbacktype="Response" linkrefid="1002_fb"/></respcondition>\2\3'
     r'<itemfeedback ident="1002_fb"><flow_mat><material>'
     r'<mattext texttype="text/html">&lt;p&gt;x&lt;/p&gt;</mattext></material></flow_mat></itemfeedback>',
     "is accepted"),
    ("a blank without a key", named_grid, "<respcondition>.*?</respcondition>", "", "add up to 100"),
    ("more picked than there are", whole, "<selection_number>1<", "<selection_number>4<", "as are picked"),
    ("parts in another order", whole, "(<itemmetadata.*?</itemmetadata>)(<presentation.*?</presentation>)", r"\2\1", "DTD"),
    ("< in bare feedback", one_of, r"&lt;p&gt;Right\.", "&lt;p&gt;3 &amp;lt; 4", "show escaped"),
    ("type that nobody knows", whole, "numerical_question", "numeric_question", "no kind"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "old", "new", "message"), [trap[1:] for trap in TRAPS], ids=[trap[0] for trap in TRAPS])
def test_the_reader_sees_every_trap(kind, old, new, message):
    with zipfile.ZipFile(BytesIO(packed(made([kind(number) for number in range(1, 1 + VERSIONS)])))) as zipped:
        files = {name: zipped.read(name) for name in zipped.namelist()}
    reading_qti.read_files(files)
    broken = {
        name: re.sub(old, new, content.decode(), flags=re.DOTALL).encode() if name.endswith(".xml") else content
        for name, content in files.items()
    }
    assert broken != files
    with pytest.raises(reading_qti.Broken, match=message):
        reading_qti.read_files(broken)


def test_margins_are_written_exactly():
    assert only(variant("?", Number(2, "", Fraction(1, 10)))).number == (Decimal(2), Decimal("0.1"))
    assert only(variant("?", Number(Fraction(1, 4), "", Fraction(1, 200)))).number == (Decimal("0.25"), Decimal("0.005"))
