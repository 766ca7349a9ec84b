"""The hall's page in a real browser: nothing of it gives the key away too early, and the last row can read it."""

import re
from dataclasses import replace
from functools import cache

import pytest

from polls.drawing import FIRST, OTHER, draw
from quizzes import making
from quizzes.grading.marking import cells, letter, written_key
from quizzes.question import Choice, Number, Slide, written
from tests.browsing import DRAWN, assert_accessible
from tests.conftest import ROOT
from tests.polls.conftest import PROJECTOR, TEACHER, of_variants
from tests.quizzes import made

sync = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.sampled(4)
SIZES = ((1280, 720), (1024, 768))
LEAST = 45  # lines of the smallest type that the height of a screen has room for
ANSWERS, SOLUTION = 1, 2  # places in state.SHOWN
EXAMPLES = ROOT / "quizzes" / "examples"


@pytest.fixture
def projector(open_page):
    """Return what opens a poll's page as the hall sees it."""

    def begin(poll, link=None, size=SIZES[0], scheme="light"):
        return open_page(poll.projector_link if link is None else link, size, color_scheme=scheme)

    return begin


def is_at(page, scene):
    page.wait_for_selector(f"body[data-scene={scene}]")


def sees(page, *texts):
    """Wait until a page shows these texts."""
    for text in texts:
        sync.expect(page.get_by_text(text).first).to_be_visible()


def answered(poll, *texts):
    """Let as many phones answer."""
    for number, text in enumerate(texts):
        assert poll.answer(text, key=f"phone{number:020d}").status_code == 200


def ask_twice(poll, question, first, second, form=FIRST):
    """Ask a question in two rounds; first, second: what phones answer."""
    poll.ask(question)
    answered(poll, *first)
    poll.act("close")
    poll.act("open", form)
    answered(poll, *second)
    poll.act("close")


def rows(page):
    """Return the texts of the rows that are shown: the answer, then the counts of the rounds."""
    return [
        (" ".join(row.locator(".answer").inner_text().split()), row.locator(".count b").all_inner_texts())
        for row in page.locator("#results li").all()
    ]


def scrolls(page):
    return page.evaluate("document.documentElement.scrollHeight > innerHeight")


def size_of_type(page):
    return page.evaluate("parseFloat(getComputedStyle(document.querySelector('.stem')).fontSize)")


def test_while_it_waits_it_shows_how_to_take_part(lecture, projector):
    poll = lecture()
    page = projector(poll)
    is_at(page, "waiting")
    sees(page, "A lecture", poll.url.removeprefix("http://"), "Joined: 0")
    code = page.get_by_role("img", name="QR code of the address")
    assert code.evaluate("each => each.decode().then(() => each.naturalWidth)") > 0
    assert code.bounding_box()["height"] > 0.4 * SIZES[0][1]
    assert not scrolls(page)


@pytest.mark.costly
def test_an_open_round_shows_the_question_the_time_and_how_many_have_answered(lecture, projector):
    poll = lecture()
    page = projector(poll)
    poll.ask(2, seconds=600)
    is_at(page, "open")
    answered(poll, "A", "A", "B")
    one = poll.made.versions[FIRST].variants[2]
    sees(
        page,
        one.stem,
        "Question 3 of 4",
        "Think alone",
        "Answered: 3 of 3",
        *(option.text for option in one.answer.options),
    )
    minutes, seconds = map(int, page.get_by_role("timer").inner_text().split(":"))
    assert 0 < 60 * minutes + seconds <= 600
    assert page.locator("#code").is_visible()
    poll.act("close")
    sees(page, "This round is closed.")
    assert not page.get_by_role("timer").is_visible()
    assert page.locator("#results, #solution").all_inner_texts() == ["", ""]


def test_groups_hear_of_other_numbers(lecture, projector):
    poll = lecture()
    page = projector(poll)
    ask_twice(poll, 0, ["1"], ["1"])
    poll.ask(1)
    poll.act("close")
    sees(page, "Question 2 of 4")
    poll.act("open", FIRST)
    sees(page, "Discuss the question")
    poll.act("close")
    poll.ask(2)
    poll.act("close")
    poll.act("open", OTHER)
    sees(page, "The numbers have changed", poll.made.versions[OTHER].variants[2].stem)


def test_answers_of_both_rounds_stand_side_by_side_and_none_looks_right(lecture, projector):
    poll = lecture()
    page = projector(poll)
    one = poll.made.versions[FIRST].variants[0]
    key, wrong = written_key(one), str(one.wrong[0].answer)
    ask_twice(poll, 0, [wrong, wrong, "3", "<b>bold</b>"], [key, key, key, wrong])
    poll.act("show", ANSWERS)
    is_at(page, "answers")
    by_size = sorted([(key, ["0", "3"]), (wrong, ["2", "1"]), ("3", ["1", "0"])], key=lambda row: int(row[0]))
    assert rows(page) == [*by_size, ("Not a number", ["1", "0"])]
    before, after = (each.bounding_box() for each in page.locator("#results li").first.locator(".track").all())
    assert before["y"] == after["y"] and before["x"] + before["width"] < after["x"]
    widths = page.locator("#results li").nth(rows(page).index((wrong, ["2", "1"]))).locator(".fill")
    assert [each.evaluate("each => each.style.width") for each in widths.all()] == ["50%", "25%"]
    sees(page, "Alone", "4 answers", "In groups", "50%", "75%")
    assert not page.locator("#results .right, #results .mark, #results .meaning").count()
    assert one.wrong[0].hint not in page.content()
    assert page.locator("#solution").inner_text() == ""


def test_words_and_counts_of_two_rounds_are_whole_on_a_narrow_screen(lecture, projector):
    poll = lecture(made_of=draw(making.read(EXAMPLES / "lecture.toml"), "a seed"))
    ask_twice(poll, 1, "ABCDB" * 5, "B" * 25)
    poll.act("show", ANSWERS)
    page = projector(poll, size=SIZES[1])
    sees(page, "In groups")
    heights = "b => b.getBoundingClientRect().height / parseFloat(getComputedStyle(b).lineHeight)"
    assert page.locator(".rounds b").last.evaluate(heights) < 2.5  # lines, for two words
    right = "box => box.getBoundingClientRect().right"
    cells = page.locator(".results li .round").all()
    assert all(cell.locator(".count").evaluate(right) < cell.evaluate(right) + 1 for cell in cells)


def test_rounds_with_other_numbers_stand_side_by_side_before_the_solution_and_in_rows_after_it(lecture, projector):
    poll = lecture()
    page = projector(poll)
    one, other = (version.variants[0] for version in poll.made.versions)
    first = [written_key(one), str(one.wrong[1].answer)]
    second = [written_key(other), str(other.wrong[1].answer)]
    ask_twice(poll, 0, first, second, OTHER)
    poll.act("show", ANSWERS)
    is_at(page, "answers")
    before, after = (each.bounding_box() for each in page.locator(".results").all())
    assert before["y"] == after["y"] and before["x"] + before["width"] <= after["x"]
    assert [answer for answer, _ in rows(page)] == [*sorted(first, key=int), *sorted(second, key=int)]
    sees(page, "first numbers, 2 answers", "other numbers, 2 answers")
    poll.act("show", SOLUTION)
    is_at(page, "solution")
    right, wrong = page.locator("#results li").all()
    assert right.locator(".own").all_inner_texts() == [first[0], second[0]]
    assert wrong.locator(".own").all_inner_texts() == [first[1], second[1]]
    assert wrong.locator(".answer").inner_text() == one.wrong[1].hint


def test_the_solution_says_what_is_right_in_words_and_what_was_believed(lecture, projector):
    poll = lecture()
    page = projector(poll)
    one = poll.made.versions[FIRST].variants[0]
    ask_twice(poll, 0, [written_key(one), str(one.wrong[0].answer)], [written_key(one)] * 2)
    poll.act("show", SOLUTION)
    is_at(page, "solution")
    right, wrong = page.locator("#results li").all()
    assert "✓" in right.inner_text() and "Right: " in right.text_content()
    assert "✓" not in wrong.inner_text() and "Right" not in wrong.text_content()
    assert one.wrong[0].hint in wrong.inner_text()
    sees(page, f"Right answer: {written_key(one)}", "Double it.")
    poll.act("show", 0)
    is_at(page, "closed")
    assert page.locator("#results, #solution").all_inner_texts() == ["", ""]


def test_where_nobody_has_answered_it_says_so(lecture, projector):
    poll = lecture()
    page = projector(poll)
    ask_twice(poll, 0, [], [])
    poll.act("show", ANSWERS)
    is_at(page, "answers")
    sees(page, "Nobody has answered.")


@pytest.mark.costly
def test_of_several_options_it_says_how_many_were_fully_right(lecture, projector):
    poll = lecture()
    page = projector(poll)
    key = written_key(poll.made.versions[FIRST].variants[3])
    ask_twice(poll, 3, [key, "A B C D"], [key, key])
    poll.act("show", SOLUTION)
    sees(page, "2 answers, 1 fully right", "2 answers, 2 fully right")
    assert page.locator("#results li.right").count() == len(key.split())


def test_the_lectures_window_slides_on_the_solution(lecture, projector):
    one = replace(made.variant(made.number), slide=Slide((((1, 2, 3), (4, 5, 6)),), (((1, 0), (0, 1)),), size=(2, 2)))
    poll = lecture(made_of=of_variants([one], [one]))
    page = projector(poll)
    ask_twice(poll, 0, ["1"], ["1"])
    poll.act("show", SOLUTION)
    sees(page, "Position 1 of 2")
    page.get_by_role("button", name="Next").click()
    sees(page, "Position 2 of 2")
    answered_later = page.locator(".told").inner_text()
    poll.http.get("/state")
    assert page.locator(".told").inner_text() == answered_later


@pytest.mark.costly
def test_it_ends(lecture, projector):
    poll = lecture()
    page = projector(poll)
    ask_twice(poll, 0, ["1"], ["1"])
    poll.act("end")
    is_at(page, "ended")
    sees(page, "The poll has ended.")
    assert not page.locator("#code").is_visible()


def test_the_secret_leaves_the_address_and_a_reload_comes_back(lecture, projector):
    poll = lecture()
    page = projector(poll)
    poll.ask(0)
    is_at(page, "open")
    assert page.url == f"{poll.url}/projector"
    for secret in (PROJECTOR, TEACHER):
        assert secret not in page.content()
    page.reload()
    is_at(page, "open")
    sees(page, poll.made.versions[FIRST].variants[0].stem)


@pytest.mark.parametrize("secret", ["", "#wrong", f"#{TEACHER}"])
def test_a_wrong_link_gets_a_sentence(lecture, projector, secret):
    poll = lecture()
    poll.ask(0)
    page = projector(poll, f"{poll.url}/projector{secret}")
    sees(page, "This link is wrong: open the one that convgrade printed.")
    assert poll.made.versions[FIRST].variants[0].stem not in page.content()
    assert not page.locator("#code").is_visible()


def test_a_lost_connection_is_a_small_note_and_nothing_else(lecture, projector):
    poll = lecture()
    page = projector(poll)
    poll.ask(0)
    is_at(page, "open")
    before = page.locator("#stage").inner_html()
    poll.stop()
    sees(page, "No connection at the moment.")
    assert page.locator("#stage").inner_html() == before
    assert page.locator("#connection").bounding_box()["height"] < SIZES[0][1] / 10
    poll.start()
    page.locator("#connection").wait_for(state="hidden")
    poll.act("close")
    is_at(page, "closed")


def test_a_question_that_does_not_come_is_asked_for_again(lecture, projector):
    poll = lecture()
    page = projector(poll)
    is_at(page, "waiting")
    page.route("**/questions/*", lambda route: route.abort(), times=1)
    poll.ask(0)
    sees(page, poll.made.versions[FIRST].variants[0].stem)


def test_in_the_dark_it_is_dark(lecture, projector):
    page = projector(lecture(), scheme="dark")
    is_at(page, "waiting")
    red, green, blue = map(int, re.findall("[0-9]+", page.evaluate("getComputedStyle(document.body).backgroundColor")))
    assert max(red, green, blue) < 64


@pytest.mark.costly
def test_every_scene_is_accessible(lecture, projector):
    poll = lecture(made.grid, made.choice)
    page = projector(poll)
    is_at(page, "waiting")
    assert_accessible(page, 1280)
    for question, form, narrow in ((0, OTHER, 1280), (1, FIRST, 320)):
        poll.ask(question)
        is_at(page, "open")
        assert_accessible(page, 1280)
        poll.act("close")
        poll.act("open", form)
        answered(poll, *all_answers(poll.made.versions[form].variants[question]))
        poll.act("close")
        poll.act("show", SOLUTION)
        is_at(page, "solution")
        assert_accessible(page, narrow)
    poll.act("show", ANSWERS)
    is_at(page, "answers")
    assert_accessible(page, 1280)
    poll.act("end")
    is_at(page, "ended")
    assert_accessible(page, 1280)


@cache
def longest(name):
    """Return the first and the other form of an example's longest question."""
    versions = draw(making.read(EXAMPLES / name), "a seed").versions
    forms = list(zip(*(version.variants for version in versions)))
    return max(forms, key=lambda pair: len(pair[FIRST].stem) + (pair[FIRST].picture.height if pair[FIRST].picture else 0))


def all_answers(variant):
    """Return the key and what each misconception answers, as phones send them."""
    if isinstance(variant.answer, Choice):
        return [{"": letter(place)} for place in range(len(variant.answer.options))]
    tables = [getattr(variant.answer, "values", None) or variant.answer.value, *(one.answer for one in variant.wrong)]
    if isinstance(variant.answer, Number):
        return [{"": written(value)} for value in tables]
    return [{name: written(table[row][column]) for name, row, column in cells(variant.answer)} for table in tables]


@pytest.mark.costly
@pytest.mark.parametrize("name", ["cnn.toml", "lecture.toml"])
def test_the_longest_question_is_seen_at_once_and_by_the_last_row(lecture, projector, name):
    one, other = longest(name)
    poll = lecture(made_of=of_variants([one], [other]))
    page = projector(poll)

    def assert_fits(scene):
        is_at(page, scene)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_function("width => innerWidth === width", arg=width)
            page.evaluate(DRAWN)
            assert not scrolls(page), (scene, width)
            assert size_of_type(page) >= height / LEAST, (scene, width)

    poll.ask(0)
    answered(poll, *all_answers(one))
    assert_fits("open")
    poll.act("close")
    assert_fits("closed")
    poll.act("open", FIRST)
    answered(poll, *all_answers(one))
    poll.act("close")
    poll.act("show", ANSWERS)
    assert_fits("answers")


def test_what_is_too_long_is_not_cut_off_at_the_side(lecture, projector):
    wide = "\n\n".join(["Look:", "| " + "a heading | " * 6 + "\n" + "|---" * 6 + "|\n" + "| 1 " * 6 + "|"])
    one, other = (replace(made.variant(made.number, index=form), stem=wide, steps=("A step.",) * 40) for form in (0, 1))
    poll = lecture(made_of=of_variants([one], [other]))
    page = projector(poll)
    ask_twice(poll, 0, ["1"], ["2"])
    poll.act("show", SOLUTION)
    is_at(page, "solution")
    page.evaluate(DRAWN)
    assert scrolls(page) and page.locator(".scroll table").count() == 1
    assert page.evaluate("[...document.querySelectorAll('.scroll')].every(box => box.scrollWidth <= box.clientWidth)")


def test_what_is_too_long_scrolls_by_the_keyboard(lecture, projector):
    one, other = longest("lecture.toml")
    poll = lecture(made_of=of_variants([one], [other]))
    page = projector(poll)
    ask_twice(poll, 0, all_answers(one), all_answers(one))
    poll.act("show", SOLUTION)
    is_at(page, "solution")
    assert scrolls(page) and size_of_type(page) >= SIZES[0][1] / LEAST
    page.keyboard.press("PageDown")
    page.wait_for_function("() => scrollY > 100")
