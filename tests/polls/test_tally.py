"""What a hall answered: counted by what it means, and shown so that nothing gives the key away too early."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from polls.tally import MOST_BELIEVED, MOST_OTHERS, MOST_PLAIN, Bar, Reader, compared
from quizzes.grading.marking import mark, written_key
from quizzes.language import Language
from quizzes.question import Choice, Grid, Number, Option, Wrong
from tests.quizzes.made import choice, grid, number, several, variant

KINDS = (number, grid, choice, several)
made = cache(variant)


def a_number(value, unit="", tolerance=0):
    return replace(made(number), answer=Number(value, unit, tolerance), wrong=made(number).wrong)


def typed(*texts):
    return [{"": text} for text in texts]


def tally(one, answers, *language):
    return Reader(one, *language).tally(answers)


def counts(bars):
    return {bar.answer: bar.count for bar in bars}


def shown(one, whole=True):
    return compared([(0, one)], whole)[0]


def right(bars):
    return [bar for bar in bars if bar.right]


@st.composite
def halls(draw):
    """Draw a question, and what a hall types: its key, misconceptions, other numbers and nonsense."""
    one = made(draw(st.sampled_from(KINDS)))
    match one.answer:
        case Choice(options=options):
            letters = "ABCDEFGH"[: len(options)]
            text = st.one_of(st.sets(st.sampled_from(letters)).map(" ".join), st.text(max_size=10))
            answer = st.fixed_dictionaries({"": text})
        case Number():
            known = [str(one.answer.value), *(str(wrong.answer) for wrong in one.wrong)]
            text = st.one_of(
                st.sampled_from(known), st.integers().map(str), st.decimals(0, 9, places=2).map(str), st.text(max_size=50)
            )
            answer = st.fixed_dictionaries({"": text})
        case Grid(values=values):
            tables = [values, *(wrong.answer for wrong in one.wrong)]
            whole = st.sampled_from(
                [{f"r{y + 1}c{x + 1}": str(table[y][x]) for y in (0, 1) for x in (0, 1)} for table in tables]
            )
            cell = st.one_of(st.integers(-9, 9).map(str), st.text(max_size=10), st.just(""))
            answer = st.one_of(whole, st.dictionaries(st.sampled_from(["r1c1", "r1c2", "r2c1", "r2c2"]), cell))
    return one, draw(st.lists(answer, max_size=30))


@given(halls())
def test_a_tally_agrees_with_marking(hall):
    one, answers = hall
    marks = [mark(one, answer) for answer in answers]
    found = tally(one, answers)
    assert found.answered == sum(each.answered for each in marks)
    assert found.right == sum(each.credit == 1 for each in marks)
    if not isinstance(one.answer, Choice):
        assert [bar.count for bar in right(found.bars)] == [found.right]
        meant = Counter(each.misconception for each in marks if each.misconception)
        assert Counter({bar.name: bar.count for bar in found.bars if bar.name and bar.count}) == meant


@given(halls(), st.booleans())
def test_counts_add_up(hall, whole):
    one, answers = hall
    found = tally(one, answers)
    total = sum(bar.count for bar in shown(found, whole))
    if isinstance(one.answer, Choice) and one.answer.several:
        assert total >= found.answered
    else:
        assert total == found.answered


@given(halls())
def test_before_the_solution_bars_depend_on_nothing_but_what_was_typed(hall):
    """The same answers to a question with another key look the same."""
    one, answers = hall
    bars = shown(tally(one, answers), whole=False)
    assert all(bar == Bar(bar.answer, bar.count, bar.letter) for bar in bars)
    match one.answer:
        case Choice(options, many):
            other = Choice(tuple(Option(option.text, not option.right, "", "") for option in options), many)
        case Number():
            other = Number(-7777)
        case Grid(values, rows, columns):
            other = Grid(tuple(tuple(-7777 for _ in row) for row in values), rows, columns)
    assert shown(tally(replace(one, answer=other, wrong=()), answers), whole=False) == bars


def test_numbers_are_read_as_marking_reads_them():
    question = a_number(Fraction(5, 2), "pixel", Fraction(1, 5))
    found = tally(question, typed("2.5", "2,5", "5/2", " 2.50 px", "2.4", "2.6 pixels", "\u0662\u066b\u0665", "2.8", "two"))
    assert found.right == 7
    assert [(bar.answer, bar.count) for bar in right(found.bars)] == [("2.5", 7)]
    assert counts(found.plain) == {"2.5": 5, "2.4": 1, "2.6": 1, "2.8": 1, "Not a number": 1}


def test_before_the_solution_numbers_stand_by_size_and_all_else_by_frequency():
    found = tally(a_number(7), typed("10", "9", "9", "-3", "7", "2.25", "no", "idea", "idea", "1,024"))
    assert [bar.answer for bar in shown(found, whole=False)] == ["-3", "2.25", "7", "9", "10", "Not a number", "1,024"]


def test_nobody_sees_a_key_that_nobody_gave():
    question = a_number(7)
    assert "7" not in counts(shown(tally(question, typed("8")), whole=False))
    assert counts(right(shown(tally(question, typed("8"))))) == {"7": 0}


def test_a_misconception_has_its_sentence_and_stands_below_the_key():
    one = made(number)
    wrong = one.wrong[0]
    found = tally(one, typed("-1", "-1", "-1", str(wrong.answer), str(wrong.answer), written_key(one)))
    key, meant, other = shown(found)
    assert (key.right, key.count) == (True, 1)
    assert (meant.name, meant.sentence, meant.count, meant.right) == (wrong.name, wrong.hint, 2, False)
    assert other == Bar("-1", 3)


def test_a_misconception_that_nobody_has_is_not_shown():
    assert not any(bar.name for bar in shown(tally(made(number), typed("-1"))))


def test_rare_misconceptions_share_a_bar():
    wrong = tuple(Wrong(-number, f"belief {number}", "it is believed.") for number in range(1, 10))
    one = replace(made(number), wrong=wrong)
    answers = [text for number in range(1, 10) for text in [str(-number)] * number]
    bars = shown(tally(one, typed(*answers)))
    assert [bar.name for bar in bars[1:-1]] == [f"belief {number}" for number in range(9, 9 - MOST_BELIEVED, -1)]
    assert bars[-1] == Bar("Other answers", 1 + 2 + 3)


def test_rare_answers_share_a_bar():
    answers = typed(*(str(-number) for number in range(1, 21)), "-1")
    bars = shown(tally(made(number), answers))
    assert (len(bars), bars[-1]) == (1 + MOST_OTHERS + 1, Bar("Other answers", 21 - 2 - (MOST_OTHERS - 1)))
    german = Language("de", {"Other answers": "andere <Antworten>"})
    assert compared([(0, tally(made(number), answers))], False, german)[0][MOST_PLAIN].answer == "andere &lt;Antworten&gt;"


def test_texts_are_escaped_once():
    text = "<b>&amp;</b>"
    escaped = "&lt;b&gt;&amp;amp;&lt;/b&gt;"
    for whole in (True, False):
        assert escaped in counts(shown(tally(made(choice), typed(text)), whole))


def test_a_hall_sees_no_words_in_the_place_of_numbers():
    rude = "a rude word"
    for whole in (True, False):
        assert counts(shown(tally(made(number), typed(rude, "7" * 200)), whole))["Not a number"] == 2
    cells = {"r1c1": rude, "r1c2": "", "r2c1": "3,0", "r2c2": " -4 "}
    assert counts(tally(made(grid), [cells]).plain) == {"? _ / 3 -4": 1}


def test_a_grid_counts_whole_answers():
    one = made(grid)
    (a, b), (c, d) = one.answer.values
    names = "r1c1", "r1c2", "r2c1", "r2c2"
    key, swapped, partly = ([a, b, c, d], [c, d, a, b], [a, b, c, 0])
    answers = [dict(zip(names, map(str, values))) for values in (key, key, swapped, partly)]
    found = tally(one, [*answers, {"r1c1": f"{a} {b} / {c} {d}"}])
    assert (found.answered, found.right) == (5, 3)
    meant = [(bar.answer, bar.count, bar.right, bar.name) for bar in shown(found)]
    assert meant == [
        (f"{a} {b} / {c} {d}", 3, True, ""),
        (f"{c} {d} / {a} {b}", 1, False, "rows swapped"),
        (f"{a} {b} / {c} 0", 1, False, ""),
    ]


def test_of_several_options_each_is_counted():
    one = made(several)
    key = written_key(one)
    found = tally(one, typed(key, key.replace(" ", "").lower(), key[0], ""))
    assert (found.answered, found.right) == (3, 2 if len(key) > 1 else 3)
    assert counts(bar for bar in found.bars if bar.letter == key[0]) == {found.bars["ABCD".index(key[0])].answer: 3}


def test_what_ticks_no_option_or_two_where_one_is_right_stands_by_itself():
    found = tally(made(choice), typed("A", "A B", "Z", "Z"))
    assert {bar.letter or bar.answer: bar.count for bar in shown(found) if bar.count} == {"A": 1, "A B": 1, "Z": 2}


def test_two_rounds_with_the_same_numbers_have_the_same_rows():
    one = made(number)
    first, second = tally(one, typed("1", "5", "5", "x")), tally(one, typed("3", "1", "1"))
    before, after = compared([(0, first), (0, second)], whole=False)
    assert [(bar.answer, bar.count) for bar in before] == [("1", 1), ("3", 0), ("5", 2), ("Not a number", 1)]
    assert [(bar.answer, bar.count) for bar in after] == [("1", 2), ("3", 1), ("5", 0), ("Not a number", 0)]


def test_an_answer_has_a_row_of_its_own_in_both_rounds_or_in_none():
    one = made(number)
    many = [str(-number) for number in range(1, MOST_PLAIN + 1)]
    first, second = tally(one, typed(*many, *many, "-99")), tally(one, typed("-99", "-99", "-99"))
    before, after = compared([(0, first), (0, second)], whole=False)
    rows = [(one.answer, one.count, other.count) for one, other in zip(before, after)]
    assert ("-99", 1, 3) in rows
    assert rows[-1] == ("Other answers", 2, 0)


def test_rounds_with_other_numbers_have_rows_by_what_answers_mean():
    one, other = made(number), made(number, index=1)
    key, wrong = (lambda each: written_key(each)), (lambda each, place: str(each.wrong[place].answer))
    first = tally(one, typed(key(one), wrong(one, 0), wrong(one, 0), "-1"))
    second = tally(other, typed(key(other), key(other), wrong(other, 1), "-2"))
    before, after = compared([(0, first), (1, second)], whole=True)
    rows = [(a.answer, a.count, b.answer, b.count) for a, b in zip(before, after)]
    assert rows[:3] == [
        (key(one), 1, key(other), 2),
        (wrong(one, 0), 2, wrong(other, 0), 0),
        (wrong(one, 1), 0, wrong(other, 1), 1),
    ]
    assert rows[3:] == [("Other answers", 1, "Other answers", 1)]


def test_before_the_solution_rounds_with_other_numbers_are_not_set_against_each_other():
    one, other = made(number), made(number, index=1)
    first, second = tally(one, typed(written_key(one))), tally(other, typed(written_key(other), "-2"))
    before, after = compared([(0, first), (1, second)], whole=False)
    assert (counts(before), counts(after)) == ({written_key(one): 1}, {written_key(other): 1, "-2": 1})


def test_options_of_another_form_stand_beside_those_that_mean_the_same():
    one, other = made(choice), made(choice, index=1)
    before, after = compared([(0, tally(one, [])), (1, tally(other, []))], whole=True)
    assert len(before) == len(after)
    for bars, each in ((before, one), (after, other)):
        assert sorted(bar.letter for bar in bars if bar.answer) == list("ABCD"[: len(each.answer.options)])
    both = [(a, b) for a, b in zip(before, after) if a.answer and b.answer]
    assert all((a.right, a.name) == (b.right, b.name) for a, b in both)
    assert any(a.name for a, _ in both)
