"""The question bank for Moodle gives back every key, every mark and every sentence, whatever stands in the texts."""

import itertools
import os
import re
import string
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import UserError
from quizzes.exports import moodle
from quizzes.grading import marking
from quizzes.question import Choice, Grid, Number, Option, Wrong, written
from quizzes.search import draw_variants
from quizzes.template import find
from quizzes.text.markdown import html_with_latex
from quizzes.variant import Variant
from tests.conftest import ROOT
from tests.quizzes.exports.by_hand import SVG, choice, grid, made, number, picture, variant
from tests.quizzes.exports.reading_moodle import Question, mark, read, seen, steps, tick

# Moodle's own list, question/engine/bank.php; any other share makes it refuse the whole file.
MOODLE_KNOWS = {
    Fraction(share)
    for share in ["1", "0.9", "0.8333333", "0.8", "0.75", "0.7", "0.6666667", "0.6", "0.5", "0.4", "0.3333333", "0.3",
                  "0.25", "0.2", "0.1666667", "0.1428571", "0.125", "0.1111111", "0.1", "0.05", "0"]
}  # fmt: skip
SIGNS = "\"'<>&~}{#\\$%=:|[]()^_`*!;/\N{MINUS SIGN}ß漢字א🙂\n 019aZ"
NASTY = st.one_of(
    st.text(SIGNS, max_size=30),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30),
    st.sampled_from(
        [
            "]]>", "&lt;b&gt;", "&#125;", "{1:NUMERICAL:=3:0#yes}", "{#1}", "{:MC:=a~b}", "{2:NM:=1}~%100%7#x",
            "ends in \\", "~", "}", "=", "a~=b", "0",
            r"$\{1, 2\} \# \frac{1}{2}$", r"$\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}$", "<script>", "~%100%5:0#free",
            r"\\}", r"\\#", "a<b", "$a<b$", "it's \"so\"", "@@PLUGINFILE@@", "\u202eabc", "100 % }", "```\n}~\n```",
        ]
    ),
)  # fmt: skip


def one(variant: Variant, **more) -> Question:
    """The variant, as Moodle has it after the import."""
    (question,) = read(moodle.files(made((variant,), **more))["moodle.xml"])[1]
    return question


def said(text: str) -> str:
    """What a reader sees of a text in Markdown."""
    return seen(html_with_latex(text))


def test_a_template_s_variants_come_back():
    variants = tuple(draw_variants(find("dense-weights"), "seed", [str(place) for place in range(30)]))
    categories, questions = read(moodle.files(made(variants, points=(2.5,), counts=(3,)))["moodle.xml"])
    assert categories == ["$course$/top/CNN quiz/01 dense-weights"]
    assert [question.name for question in questions] == [f"dense-weights {place:03}" for place in range(1, 31)]
    for question, asked in zip(questions, variants, strict=True):
        assert (question.kind, question.idnumber, question.points) == ("numerical", asked.id, Fraction("2.5"))
        assert (question.category, question.tags) == (categories[0], ["Dense networks"])
        assert seen(question.stem) == f"{said(asked.stem)} {asked.picture.alt} Answer in weights."
        assert seen(question.general) == " ".join(said(step) for step in asked.steps)
        _same_number(question, asked)


def _same_number(question: Question, variant: Variant) -> None:
    assert isinstance(variant.answer, Number)
    key, *wrong, other = question.answers
    assert (key.text, key.percent, key.tolerance) == (written(variant.answer.value), 100, variant.answer.tolerance)
    assert (other.text, other.percent) == ("*", 0)
    assert [(each.text, each.percent, each.tolerance) for each in wrong] == [
        (written(each.answer), 0, 0)  # type: ignore[arg-type]
        for each in variant.wrong
    ]
    assert [seen(each.feedback) for each in wrong] == [said(each.hint) for each in variant.wrong]


NUMBERS = st.builds(Fraction, st.integers(-(10**6), 10**6), st.sampled_from([1, 2, 4, 5, 10, 100]))


@given(st.lists(NUMBERS, min_size=2, max_size=6, unique=True), st.sampled_from([0, Fraction(1, 100), Fraction(1, 2), 3]))
def test_numbers_are_marked_as_everywhere(values, tolerance):
    key, *others = [int(value) if value.denominator == 1 else value for value in values]
    wrong = tuple(Wrong(value, f"n{value}", f"it is {place}.") for place, value in enumerate(others))
    asked = variant(Number(key, "", tolerance), wrong)
    question = one(asked)
    _same_number(question, asked)
    for typed in [key, key + tolerance, key - tolerance, key + tolerance + 1, *others, Fraction(10**7)]:
        ours = marking.mark(asked, {"": written(typed)})
        credit, feedback = mark(question.answers, Fraction(written(typed)))
        assert (credit, seen(feedback)) == (ours.credit, said(ours.sentence))


def test_the_unit_is_the_last_line_and_decimals_have_a_point():
    assert seen(one(number(3, "pixels")).stem) == "How many? Answer in pixels."
    assert one(number(3)).stem == "<p>How many?</p>"
    assert seen(one(number(Fraction(1, 4), "%")).stem) == "How many? Answer in %. Write decimals with a point."
    pool = number(3), number(Fraction(1, 4), stem="How many halves?")  # said of none or of all: no word on one key
    for question in read(moodle.files(made(pool))["moodle.xml"])[1]:
        assert seen(question.stem).endswith("Write decimals with a point.")
    assert "Write decimals with a point." in one(grid()).stem


def test_a_grid_is_marked_cell_by_cell():
    asked = grid()
    assert isinstance(asked.answer, Grid)
    question = one(asked, points=(4.0,))
    assert (question.kind, question.points) == ("cloze", 4)
    assert [weight for weight, _ in question.cells] == [1] * 6
    for (_, answers), (_, row, column) in zip(question.cells, marking.cells(asked.answer), strict=True):
        key, *wrong, other = answers
        assert (key.text, key.percent, key.tolerance) == (written(asked.answer.values[row][column]), 100, 0)
        assert (other.text, other.percent) == ("*", 0)
        believed = marking.believed_in_cell(asked, row, column)
        assert {each.text: seen(each.feedback) for each in wrong} == {
            written(value): said(each.hint) for value, each in believed.items()
        }
        assert {each.percent for each in wrong} <= {0}
    # the second cell of the flipped kernel is the key: nobody is told that the kernel is flipped there
    assert [answer.text for answer in question.cells[1][1]] == ["-2", "-1", "*"]
    # half of the cells
    typed = [Fraction(1), Fraction(-2), Fraction(3), Fraction(-6), Fraction(5), Fraction(99)]
    marks = [mark(answers, value) for (_, answers), value in zip(question.cells, typed)]
    assert sum(credit for credit, _ in marks) == 3
    assert [seen(feedback) for _, feedback in marks[3:]] == [said(asked.wrong[0].hint)] * 2 + ["Wrong."]


@pytest.mark.parametrize(
    ("rows", "columns", "expected"),
    [
        ((), (), ["column 1", "column 2", "column 3", "row 1", "row 2"]),
        (("conv $1$", "a<b"), ("h", "w", "{1:NM:=1}"), ["h", "w", "{1:NM:=1}", r"conv \(1\)", "a<b"]),
    ],
)
def test_a_grid_is_a_table_with_headings(rows, columns, expected):
    stem = one(grid(rows, columns)).stem
    headings = re.findall(r'<th scope="(col|row)">(.*?)</th>', stem)
    assert [seen(heading) for _, heading in headings] == expected
    assert [scope for scope, _ in headings] == ["col"] * 3 + ["row"] * 2
    assert re.findall(r"<td>(.*?)</td>", stem) == ["", *(f"{{#{place}}}" for place in range(1, 7))]


def test_a_single_row_needs_no_heading_of_its_own():
    stem = one(variant(Grid(((1, 2),), (), ("height", "width")))).stem
    assert re.findall(r"<t([hd])\b", stem) == ["h", "h", "d", "d"]


def test_a_matrix_in_the_stem_of_a_grid_stays_as_it_is():
    assert r"\[\begin{bmatrix} 1 &amp; -2 \\ 0 &amp; 3 \end{bmatrix}\]" in one(grid()).stem


def test_one_option_is_right():
    asked = choice()
    question = one(asked, points=(0.5,))
    assert (question.kind, question.points) == ("multichoice", Fraction("0.5"))
    assert (question.fields["single"], question.fields["shuffleanswers"]) == ("true", "false")
    _same_options(question, asked)
    assert [answer.percent for answer in question.answers] == [0, 0, 0, 100]


def _same_options(question: Question, variant: Variant) -> None:
    assert isinstance(variant.answer, Choice)
    assert [seen(answer.text) for answer in question.answers] == [said(option.text) for option in variant.answer.options]
    assert [answer.percent > 0 for answer in question.answers] == [option.right for option in variant.answer.options]
    assert [seen(answer.feedback) for answer in question.answers] == [
        said(option.sentence) for option in variant.answer.options
    ]


def test_a_number_asked_as_a_choice_teaches_as_a_number_does():
    asked = draw_variants(find("output-size"), "seed", ["1"], as_choice=True)[0]
    question = one(asked)
    _same_options(question, asked)
    for answer in question.answers:
        assert seen(answer.feedback) == "Right." or seen(answer.feedback).startswith("You get this answer if ")


@pytest.mark.parametrize(("rights", "options"), [(r, n) for n in range(2, 13) for r in range(1, n) if r <= 10])
def test_several_options_are_marked_as_near_to_ours_as_moodle_can(rights, options):
    asked = choice(rights, options, several=True)
    question = one(asked)
    assert question.fields["single"] == "false"
    _same_options(question, asked)
    assert {round(abs(answer.percent) / 100, 7) for answer in question.answers} <= MOODLE_KNOWS
    right = set(range(options - rights, options))
    for size in range(options - rights + 1):  # what is wrong and ticked costs the same, but for Moodle's list of shares
        ticked = right | set(range(size))
        near = 0.1 if 200 / options not in (100, 50, 40, 25, 20) else 1e-6
        assert abs(tick(question.answers, ticked) - _ours(asked, ticked)) < near or size > 3
    if 2 * rights == options and options <= 8:  # here all is the same
        for ticked in itertools.chain.from_iterable(itertools.combinations(range(options), n) for n in range(1, options)):
            assert abs(tick(question.answers, set(ticked)) - _ours(asked, set(ticked))) < 1e-6
    assert tick(question.answers, set()) == 0


def _ours(variant: Variant, ticked: set[int]) -> Fraction:
    return marking.mark(variant, {"": "".join(marking.letter(each) for each in ticked)}).credit


def test_a_mark_that_moodle_cannot_share_is_refused():
    with pytest.raises(UserError, match="by-hand: Moodle cannot share a mark among 11 right options"):
        moodle.files(made((choice(11, 13, several=True),)))


@given(NASTY, NASTY)
def test_no_sentence_breaks_a_grid(first, second):
    asked = grid()
    sentences = [Wrong(each.answer, each.name, text) for each, text in zip(asked.wrong, (first, second))]
    asked = replace(asked, wrong=tuple(sentences))
    question = one(asked)
    assert len(question.cells) == 6
    assert question.stem.count("{#") == 6
    for (_, answers), (_, row, column) in zip(question.cells, marking.cells(asked.answer), strict=True):  # type: ignore[arg-type]
        told = marking.believed_in_cell(asked, row, column)
        assert [(each.text, each.percent) for each in answers] == [
            (written(asked.answer.values[row][column]), 100),  # type: ignore[union-attr]
            *((written(value), 0) for value in told),
            ("*", 0),
        ]
        assert [seen(each.feedback) for each in answers[1:-1]] == [_inline(each.hint) for each in told.values()]


def _inline(text: str) -> str:
    from quizzes.text.markdown import inline_html_with_latex

    return seen(inline_html_with_latex(text))


def test_blanks_between_tags_stay():
    """Moodle drops a blank between two entities, so that **a** *b* in escaped XML would become ab."""
    content = moodle.files(made((number(stem="**a** *b*"),)))["moodle.xml"]
    assert b"<p><strong>a</strong> <em>b</em></p>" in content


@given(NASTY, NASTY, NASTY)
def test_no_text_breaks_a_question(stem, other, name):
    shown = picture(alt=other, svg=SVG.replace("<rect", f"<!--{len(other)}--><rect"))
    heading = (name, "b")
    for asked in (
        grid(heading, (), stem=stem, picture=shown, steps=(other,)),
        number(stem=stem, picture=shown, steps=(other,)),
        variant(
            Choice((Option(other, True, name), Option(f"{other} too", False, stem))),
            stem=stem,
            picture=shown,
            steps=(other,),
        ),
    ):
        question = one(asked, title=name)
        assert seen(question.general) == said(other)
        assert question.files == {"picture.svg": shown.svg.encode()}
        start = f"{said(stem)} {' '.join(other.split())}".strip()
        assert seen(question.stem).startswith(start)
        assert len(question.cells) == (6 if asked.answer == grid(heading).answer else 0)
        if isinstance(asked.answer, Choice):
            assert [seen(answer.text) for answer in question.answers] == [
                _inline(option.text) for option in asked.answer.options
            ]
            assert [seen(answer.feedback) for answer in question.answers] == [_inline(name) or "Right.", _inline(stem)]


def test_what_xml_cannot_hold_is_replaced():
    question = one(number(stem="A bell \a, a \ufffe and ]]\x01>."), title="Bell \x01")
    assert seen(question.stem) == "A bell \ufffd, a \ufffd and ]]\ufffd>."
    assert question.category == "$course$/top/Bell/01 by-hand"


def test_the_picture_comes_with_its_words():
    question = one(number(picture=picture('1 < 2 & "3"')))
    assert question.files == {"picture.svg": SVG.encode()}
    assert '<img src="@@PLUGINFILE@@/picture.svg" alt="1 &lt; 2 &amp; &quot;3&quot;"' in question.stem
    assert 'width="20" height="20"' in question.stem


@given(NASTY)
def test_a_category_is_two_steps_below_the_top(title):
    (category,) = read(moodle.files(made((number(),), title=title))["moodle.xml"])[0]
    first, top, quiz, entry = steps(category)
    assert (first, top, entry) == ("$course$", "top", "01 by-hand")
    assert (
        quiz == " ".join(title.replace("<", "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}").split()) or not title.split()
    )
    assert quiz


@pytest.mark.parametrize("title", ["/", "a/b", "//", "/ a", "a /", "", " ", "x" * 300, "\x02"])
def test_odd_titles_name_a_category(title):
    (category,) = read(moodle.files(made((number(),), title=title))["moodle.xml"])[0]
    quiz = steps(category)[2]
    assert 0 < len(quiz) <= 255
    assert quiz == " ".join(title.split())[:200] or quiz == "by-hand"


@pytest.mark.costly
def test_names_of_many_variants_sort_and_ids_are_short_and_single():
    variants = tuple(number(place, stem=f"Question {place}?") for place in range(3, 1103))
    questions = read(moodle.files(made(variants))["moodle.xml"])[1]
    names = [question.name for question in questions]
    assert names == sorted(names) and names[0] == "by-hand 0001"
    assert len({question.idnumber for question in questions}) == 1100
    assert all(re.fullmatch("[a-z0-9]{1,100}", question.idnumber) for question in questions)


def test_the_teacher_reads_how_many_to_pick():
    quiz = made((number(3), number(4)), (grid(), grid(stem="Another?")), points=(1, 2.5), counts=(2, 2), title="Größe")
    text = moodle.files(quiz)["moodle.txt"].decode()
    assert text.startswith("Größe: question bank for Moodle\n")
    assert re.search(r"^  01 by-hand +2 +2 +1$", text, re.MULTILINE)
    assert re.search(r"^  02 by-hand +2 +2 +2\.5$", text, re.MULTILINE)
    assert "\n7 points in all." in text
    assert b"Take 2 at random, for 2.5 each." in moodle.files(quiz)["moodle.xml"]


@pytest.mark.costly
def test_two_processes_write_the_same_bytes():
    script = (
        "import hashlib; from quizzes.exports import moodle; from tests.quizzes.exports.by_hand import *;"
        "quiz = made((number(picture=picture()),), (grid(),), (choice(2, 5, True),));"
        "[print(name, hashlib.sha256(content).hexdigest()) for name, content in moodle.files(quiz).items()]"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1 and b"moodle.xml" in outputs.pop()


def test_numbers_are_written_as_moodle_reads_them():
    """No plus, no fraction, no comma, no other minus: Moodle reads 3,5 as 35 and 1/2 as 1, without an error."""
    question = one(
        variant(Number(Fraction(-7, 2)), (Wrong(Fraction(1, 2), "half", "it is halved."), Wrong(10**6, "big", "big.")))
    )
    assert [answer.text for answer in question.answers] == ["-3.5", "0.5", "1000000", "*"]
    assert set("".join(answer.text for answer in question.answers)) <= set(string.digits + "-.*")
