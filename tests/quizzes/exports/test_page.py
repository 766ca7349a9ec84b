"""The self-check page in a real browser: what it says to answers, by mouse and by keyboard, seen and unseen."""

import json
import os
import random
import re
import subprocess
import sys
from base64 import b64encode
from fractions import Fraction
from html import unescape
from pathlib import Path

import numpy as np
import pytest

import kernels
from common import window
from kernels import MODES
from quizzes.drawing.svg import Sheet
from quizzes.exports import page as export
from quizzes.grading import responses
from quizzes.grading.marking import believed_in_cell, cells, mark
from quizzes.grading.numbers import amounts, readings
from quizzes.question import Choice, Grid, Load, Number, Option, Slide, Wrong, distractors, exact, wrong
from quizzes.quiz import Entry, GeneratedQuiz, Quiz, Version
from quizzes.roster import Owner
from quizzes.text.markdown import inline_html
from quizzes.text.writing import matrix, table
from quizzes.variant import Certificate, Variant
from tests.browsing import assert_accessible
from tests.quizzes.grading.typed import AMOUNTS, READINGS

pytestmark = pytest.mark.sampled(4)

CODE = "ABCD-2345"


def _variant(name, stem, answer, wrong=(), steps=(), picture=None, slide=None):
    certificate = Certificate(f"{name}@1", (), None, None, {}, (), None, Load(1, 0, 0))
    return Variant(name, name, "Convolution", stem, answer, tuple(wrong), tuple(steps), picture, certificate, slide)


def _pixels():
    sheet = Sheet(480, 90)
    for place in range(11):
        sheet.box(20 + 40 * place, 25, 40, 40)
        sheet.text(40 + 40 * place, 45, place)
    return sheet.picture("Eleven pixels in a row, numbered 0 to 10.")


IMAGE = np.array([[1, 0, 2, 1], [0, 3, 1, 0], [2, 1, 0, 1], [1, 2, 1, 3]])
KERNEL = np.array([[1, -1], [2, 0]])
OUTPUT = exact(kernels.conv2d(IMAGE, KERNEL, stride=2, padding=1, backend="numpy"))  # 0 0 2, 0 4 2, -1 1 3
TOLD = ("flipped kernel", "transposed kernel", "largest product")

SIZE = _variant(
    "output-size",
    "A kernel 4 pixels wide slides over an image 12 pixels wide. The padding is 3 on each side, the stride is 3: "
    "$\\lfloor (n + 2p - k) / s \\rfloor + 1$. How many pixels wide is the feature map?",
    Number(5, "pixels"),
    [wrong(3, "no padding", "the padding is forgotten."), wrong(6, "ceiling", "the division is rounded up: use `//`.")],
    ["With its padding the image is $12 + 2 \\cdot 3 = 18$ pixels wide.", "$\\lfloor 14 / 3 \\rfloor + 1 = 5$."],
    _pixels(),
)
BY_HAND = _variant(
    "convolution",
    f"Convolve the image\n\n{matrix(IMAGE)}\n\nwith the kernel\n\n{matrix(KERNEL)}\n\nThe padding is 1, the stride is 2.",
    Grid(OUTPUT),
    [one for one in distractors("conv2d", IMAGE, KERNEL, stride=2, padding=1) if one.name in TOLD],
    ["Put zeros around the image.", "Multiply and add at each place."],
    slide=Slide((exact(IMAGE),), (exact(KERNEL),), 0, (2, 2), (1, 1), "", (2, 2)),
)
CHOICE = _variant(
    "padding",
    "What is padding for?",
    Choice((
        Option("It makes the network deeper.", False, "Depth is a number of layers.", "depth"),
        Option("It keeps the size of a feature map.", True, "Right: with $p = (k - 1) / 2$ nothing is lost."),
        Option("It makes training faster.", False, "There is more to compute, not less.", "speed"),
    )),
)  # fmt: skip
SEVERAL = _variant(
    "weights",
    "Which of these have weights?",
    Choice((
        Option("a convolution", True, "It has kernels."),
        Option("a pool", False, "A pool only compares or averages.", "pool"),
        Option("a dense layer", True, "It has a weight for each pair."),
        Option("a flatten", False, "A flatten only changes the shape.", "flatten"),
    ), several=True),
)  # fmt: skip
PLOT = _variant(
    "plot",
    "Where does the curve end?",
    Number(Fraction(9, 4), tolerance=Fraction(1, 4)),
    [wrong(Fraction(-7, 2), "sign", "the sign is lost."), wrong(1024, "thousand", "a comma is overlooked.")],
)
SHAPES = _variant(
    "shapes",
    "Trace the shapes through the layers.\n\n" + table(["layer", *range(20)], [["weights", *range(1000, 1020)]]),
    Grid(((8, 30, 30), (8, 15, 15)), ("after the convolution", "after the pool"), ("channels", "height", "width")),
    [wrong(((3, 30, 30), (3, 15, 15)), "depth", "each channel is convolved for itself.")],
)
DEEP = _variant(
    "channels",
    "Two channels and a bias of 3. What is the first number?",
    Number(4),
    slide=Slide((exact(IMAGE), exact(IMAGE[::-1])), (exact(KERNEL), exact(-KERNEL)), 3, (1, 2), (0, 0), "", (2, 2)),
)
LAYERS = table(
    ("Layer", "Window", "Kernels", "Stride", "Padding"),
    [("conv 1", "$3 \\times 3$", 64, 1, 1), ("pool 1", "$2 \\times 2$", "", 2, "")],
)
MEMORY = _variant(
    "memory", "How many megabytes?", Number(Fraction("1.36"), "megabytes"), [wrong(1360, "kilo", "it is kB.")]
)
PAIR = _variant(
    "pair",
    f"How many weights and neurons?\n\n{LAYERS}",
    Grid(((4, 888),), (), ("weights", "neurons")),
    [wrong([[4000, 888]], "kilo", "it is kilo.")],
)
VARIANTS = (SIZE, BY_HAND, CHOICE, SEVERAL, PLOT, SHAPES, DEEP, PAIR, MEMORY)
POINTS = (2.0, 4.0, 1.0, 2.0, 1.5, 3.0, 1.0, 0.0, 0.0)
MADE = GeneratedQuiz(
    Quiz(
        "cnn",
        "Convolution <by hand>",
        "Ten minutes, *no* calculator.",
        tuple(Entry(one.template, points, 1, "typed") for one, points in zip(VARIANTS, POINTS)),
    ),
    (Version(Owner("1", "Ada & Co"), CODE, VARIANTS),),
)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_bytes(export.files(MADE)[f"self-check/{CODE}.html"])
    return path.as_uri()


@pytest.fixture
def context(browser):
    with browser.new_context(reduced_motion="reduce", accept_downloads=True) as context:
        yield context


@pytest.fixture
def page(context, address):
    page = context.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.set_default_timeout(10_000)
    page.goto(address)
    yield page
    assert not said
    assert {url for url in asked if not url.startswith("blob:")} == {address}


def _check(page, number):
    page.click(f"#q{number} form button")
    return page.inner_text(f"#q{number}-feedback")


def _fill_grid(page, number, rows):
    for row, line in enumerate(rows, start=1):
        for column, value in enumerate(line, start=1):
            page.fill(f"#q{number} [data-blank=r{row}c{column}]", str(value))


def _told(page, number):
    return page.inner_text(f"#q{number} .told").replace("\N{MINUS SIGN}", "-").split("\n\n")


def _marks(page, number):
    return page.locator(f"#q{number} form .mark").all_inner_texts()


def _announced(page):
    return page.locator("#announced:not(:empty)").text_content()


def test_a_right_number(page):
    page.fill("#q1-answer", " 5,0 pixels")
    assert _check(page, 1) == "✓ Right."
    assert _announced(page) == "Question 1: Right."
    assert page.text_content("#score") == "2 of 14.5 points"
    assert page.text_content("#answered") == "1 of 9 answered"
    assert page.get_by_role("heading", name="Question 1 (2 points)", exact=True).count() == 1
    assert page.get_by_role("textbox", name="Your answer in pixels").get_attribute("aria-invalid") == "false"


def test_a_misconception_is_named_and_the_solution_is_shown_after_a_try(page):
    solution = page.locator("#q1 .solution")
    assert not solution.is_visible()
    _check(page, 1)
    assert not solution.is_visible(), "nothing was tried"
    page.fill("#q1-answer", "zwei <img src=x>")
    assert _check(page, 1) == "? Not understood. “zwei <img src=x>” is not a number."
    assert not solution.is_visible(), "nothing was tried"
    page.fill("#q1-answer", "3")
    assert "Check" in page.inner_text("#q1 form") and "changed" in page.inner_text("#q1-feedback")
    assert _check(page, 1) == "✗ Wrong. You get this answer if the padding is forgotten."
    assert _announced(page) == "Question 1: Wrong. You get this answer if the padding is forgotten."
    assert page.get_by_role("textbox", name="Your answer in pixels").get_attribute("aria-invalid") == "true"
    page.click("#q1 summary")
    assert "18 pixels wide" in " ".join(solution.inner_text().split())
    assert "The answer: 5 pixels" in solution.inner_text()
    page.fill("#q1-answer", "4")
    assert _check(page, 1) == "✗ Wrong."


def test_a_grid_has_marks_and_hints_for_its_cells(page):
    flipped = next(one for one in BY_HAND.wrong if one.name == "flipped kernel")
    name, row, column = next(
        (name, row, column)
        for name, row, column in cells(BY_HAND.answer)
        if flipped.answer[row][column] in believed_in_cell(BY_HAND, row, column)
    )
    given = [list(line) for line in OUTPUT]
    given[row][column] = flipped.answer[row][column]
    _fill_grid(page, 2, given)
    told = _check(page, 2)
    assert f"◐ Partly right. 8 of 9 cells are right; look at row {row + 1}, column {column + 1}." in told
    assert f"row {row + 1}, column {column + 1}: You get this answer if the kernel is flipped." in told
    marks = dict(zip([name for name, _, _ in cells(BY_HAND.answer)], _marks(page, 2)))
    assert marks.pop(name).split() == ["✗", "Wrong."]
    assert {mark.split()[0] for mark in marks.values()} == {"✓"}
    cell = page.get_by_role("textbox", name=f"row {row + 1}, column {column + 1}", exact=True).first
    assert cell.get_attribute("aria-invalid") == "true"
    cell.fill("77")
    assert page.inner_text(f"#q2-{name}") == "", "a mark of what is no longer there"
    _fill_grid(page, 2, flipped.answer)
    assert "You get this answer if the kernel is flipped." in _check(page, 2)
    assert not page.locator("#q2-feedback li").count(), "the whole grid is told at once"
    _fill_grid(page, 2, OUTPUT)
    assert _check(page, 2) == "✓ Right."
    _fill_grid(page, 6, [["8", "30", "x"]])
    told = _check(page, 6)
    assert "look at row after the convolution, column width; row after the pool, column channels; " in told
    assert told.endswith("“x” is not a number.")
    _fill_grid(page, 6, [["8 30 30; 8 15 15", "", ""]])
    assert _check(page, 6) == "✓ Right."


def test_options_to_tick(page):
    page.get_by_role("radio", name="A It makes the network deeper.").check()
    assert _check(page, 3) == "✗ Wrong. Depth is a number of layers."
    assert [mark[:1] for mark in _marks(page, 3)] == ["✗", "", ""]
    page.get_by_role("radio", name="B It keeps the size").check()
    assert _marks(page, 3) == ["", "", ""], "marks of what is no longer ticked"
    assert " ".join(_check(page, 3).split()).startswith("✓ Right: with ")
    for letter in "AC":
        page.check(f"#q4 [value={letter}]")
    assert _check(page, 4) == "✓ Right."
    page.uncheck("#q4 [value=A]")
    assert _check(page, 4) == "◐ Partly right. Something is missing."
    page.check("#q4 [value=B]")
    assert _check(page, 4) == "✗ Wrong. A pool only compares or averages."


@pytest.mark.costly
def test_by_keyboard_from_the_first_tab_to_the_file(page):
    def tab_to(selector):
        for _ in range(60):
            page.keyboard.press("Tab")
            here = page.evaluate(
                "[getComputedStyle(document.activeElement).outlineStyle, document.activeElement.outerHTML]"
            )
            assert here[0] != "none", f"where the keyboard is cannot be seen: {here[1]}"
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"Tab never comes to {selector}")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the questions"
    assert page.locator(".skip").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "questions"
    tab_to("#q1-answer")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    assert "the padding is forgotten" in page.inner_text("#q1-feedback")
    tab_to("#q1 summary")
    page.keyboard.press("Enter")
    assert page.locator("#q1 .solution li").first.is_visible()
    for value in np.ravel(OUTPUT):
        tab_to("#q2 .blank input")
        page.keyboard.type(str(value))
    tab_to("#q2 form button")
    page.keyboard.press("Space")
    assert page.inner_text("#q2-feedback") == "✓ Right."
    tab_to("#q2 summary")
    page.keyboard.press("Space")
    tab_to("#q2 [type=range]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert "Position 3 of 9" in page.inner_text("#q2 .told")
    tab_to("#q3 [type=radio]")
    page.keyboard.press("ArrowDown")
    tab_to("#q4 [value=A]")
    page.keyboard.press("Space")
    tab_to("#q4 [value=C]")
    page.keyboard.press("Space")
    tab_to("#q5-answer")
    page.keyboard.type(" \u22123,5 ")
    tab_to("#q6 [data-blank=r2c3]")
    page.keyboard.type("1 000")
    tab_to("#check-all")
    page.keyboard.press("Enter")
    assert _announced(page) == "3 of 9 questions are right, 3 not answered: 7 of 14.5 points."
    tab_to("#save")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == f"answers-{CODE}.txt"
    typed = [f"2 {name} = {OUTPUT[row][column]}" for name, row, column in cells(BY_HAND.answer)]
    lines = [f"version = {CODE}", "1 = 3", *typed, "3 = B", "4 = A C", "5 = \u22123,5", "6 r2c3 = 1 000"]
    saved = Path(download.value.path()).read_bytes()
    assert saved.decode() == "\n".join(lines) + "\n"
    given = responses.read_file(saved, "answers")
    assert (given.version, given.notes, given.replies[4], given.replies[6]) == (CODE, (), {"": "A C"}, {"r2c3": "1 000"})


@pytest.mark.costly
def test_progress_stays_until_it_is_thrown_away(page):
    page.fill("#q1-answer", "3")
    _check(page, 1)
    page.check("#q3 [value=B]")
    page.fill("#q5-answer", "2,25")
    _check(page, 5)
    page.fill("#q5-answer", "9")
    page.reload()
    assert page.input_value("#q1-answer") == "3" and page.is_checked("#q3 [value=B]")
    assert page.inner_text("#q1-feedback") == "✗ Wrong. You get this answer if the padding is forgotten."
    assert page.locator("#q1 .solution").is_visible() and not page.locator("#q3 .solution").is_visible()
    assert page.inner_text("#q5-feedback").startswith("✓ Right.") and "changed" in page.inner_text("#q5-feedback")
    assert page.text_content("#answered") == "3 of 9 answered" and page.text_content("#score") == "1.5 of 14.5 points"
    states = [" ".join(text.split()) for text in page.locator("nav a").all_text_contents()]
    assert states[:4] == ["1✗ Wrong.", "2, not answered", "3•, answered", "4, not answered"]
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.click("#again")
    assert page.input_value("#q1-answer") == "3"
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("#again")
    page.reload()
    assert page.input_value("#q1-answer") == "" and not page.is_checked("#q3 [value=B]")
    assert page.text_content("#answered") == "0 of 9 answered" and page.text_content("#score") == "0 of 14.5 points"
    assert not page.locator(".solution:visible").count() and not page.locator(".feedback:visible").count()


def test_the_window_walks_over_the_image(page):
    page.fill("#q2 [data-blank=r1c1]", "1")
    _check(page, 2)
    page.click("#q2 summary")
    walk = page.locator("#q2 .walk")
    assert page.locator("#q2 .told").get_attribute("aria-live") == "polite"
    walk.get_by_role("slider").fill("5")
    assert _told(page, 2) == [
        "Position 5 of 9: row 2, column 2 of the output.",
        "1 · 3 + (-1) · 1 + 2 · 1 + 0 · 0 = 4",
        "Running sum: 3, 2, 4, 4.",
    ]
    assert page.locator("#q2 .grids .window").all_inner_texts() == ["3", "1", "1", "0", "4"]
    output = page.locator("#q2 .grids figure").last.locator("td")
    assert output.all_inner_texts() == ["0", "0", "2", "0", "4", "", "", "", ""]
    walk.get_by_role("button", name="Previous").click()
    assert output.all_inner_texts() == ["0", "0", "2", "0", "", "", "", "", ""]
    walk.get_by_role("checkbox").check()
    for _ in range(2):
        walk.get_by_role("button", name="Next").click()
    assert _told(page, 2)[1:] == ["Product 3 of 4: 2 · 0 = 0", "Running sum: 0 + 0 = 0"]
    assert page.locator("#q2 .now").all_inner_texts() == ["0", "2"]
    assert output.all_inner_texts() == ["0", "0", "2", "", "", "", "", "", ""]
    page.fill("#q7-answer", "1")
    _check(page, 7)
    page.click("#q7 summary")
    assert _told(page, 7)[1:] == [
        "Channel 1: 1 · 1 + (-1) · 0 + 2 · 0 + 0 · 3 = 1",
        "Channel 2: -1 · 1 + 1 · 2 + (-2) · 2 + 0 · 1 = -3",
        "Running sum: 1, 1, 1, 1, 0, 2, -2, -2.",
        "With the intercept: -2 + 3 = 1",
    ]


def test_a_page_knows_every_mode():
    (table,) = re.findall(r"const POOLS = \{\n(.*?)\n\};", window.script(), re.DOTALL)
    assert set(re.findall(r"^ *(\w+): \[", table, re.MULTILINE)) == set(MODES) == set(window.POOLS)


def test_where_the_window_ends_the_output_is_that_of_the_kernels(page):
    rng = np.random.default_rng(0)
    for case in range(16):
        channels, height, width = rng.integers(1, 4), *rng.integers(4, 8, 2)
        size, stride, padding = (tuple(rng.integers(low, 3, 2).tolist()) for low in (1, 1, 0))
        images, weights = rng.integers(0, 9, (channels, height, width)), rng.integers(-3, 4, (channels, *size))
        mode, bias = "" if case < 8 else MODES[case % len(MODES)], int(rng.integers(-3, 4))
        slide = window.Sliding(images, weights, bias, stride, padding, size=size)
        if mode:
            slide = window.Sliding(images, stride=stride, pool=mode, size=size)
            wanted = kernels.pool2d(images[None], size, stride, mode, backend="numpy")[0]
        else:
            wanted = kernels.conv2d(images[None], weights[None], np.array([bias]), stride, padding, backend="numpy")[0]
        texts = page.evaluate(
            """slide => {
                const holder = document.createElement("div");
                buildSlide(slide, holder);
                const range = holder.querySelector("[type=range]");
                range.value = range.max;
                range.dispatchEvent(new Event("input"));
                return [...holder.querySelectorAll(".grids > :last-child td")].map(cell => cell.textContent);
            }""",
            slide.data(),
        )
        assert [float(text.replace("\u2212", "-")) for text in texts] == pytest.approx(np.ravel(wanted).tolist())


def test_typed_numbers_are_read_as_by_the_marking(page):
    letters = "0123456789" * 2 + "..,,--+//=   ''\u2019\u2212\u2013\u00a0\ufeff\x1c\uff11\u00bd\u00b2\u0661\u066b\"x"
    rng = random.Random(0)
    texts = [*READINGS, *("".join(rng.choices(letters, k=rng.randrange(1, 9))) for _ in range(3000))]
    read = page.evaluate("texts => texts.map(readings)", texts)
    assert dict(zip(texts, read)) == {text: list(map(str, readings(text))) for text in texts}
    assert sum(map(bool, read)) > 500
    found = page.evaluate("pairs => pairs.map(([text, unit]) => amounts(text, unit))", [each[:2] for each in AMOUNTS])
    assert found == [list(map(str, amounts(text, unit))) for text, unit, _ in AMOUNTS]


@pytest.mark.costly
def test_answers_are_marked_as_by_the_marking(page):
    rng = random.Random(1)
    jobs = [
        (place, {"": text})
        for place in (0, 4, 6)
        for text in (*READINGS, *(text for text, _, _ in AMOUNTS), "2.5", "2.51", "-3.5", "6", "4")
    ]
    jobs += [
        (place, {"": " ".join(letters)})
        for place, sets in ((2, "ABC"), (3, ["A", "AB", "AC", "ABC", "ABCD", "BD"]))
        for letters in sets
    ]
    for place in (1, 5):
        grid = VARIANTS[place].answer
        known = [grid.values, *(one.answer for one in VARIANTS[place].wrong)]
        for _ in range(60):
            among = rng.sample(known, rng.choice([1, 2, len(known)]))
            given = {name: str(rng.choice(among)[row][column]) for name, row, column in cells(grid)}
            given |= {rng.choice(list(given)): rng.choice(["", "x", "7", "-1,0"])} if rng.random() < 0.6 else {}
            jobs.append((place, given))
        blank = dict.fromkeys(given, "")
        for text in (
            " ".join(given.values()),
            "; ".join(map(str, grid.values[0])),
            "1 2",
            "1 024",
            "[[8 30 30] [8, 15, 15]]",
        ):
            jobs += [(place, {**blank, name: text}) for name in ("r1c1", "r2c3")]
    jobs += [(8, {"": text}) for text in ("1,360", "1.360 MB", "1360", "1.36", "1,36")]
    jobs += [
        (7, {"r1c1": text, "r1c2": ""})
        for text in ("4 888", "4,888", "4; 888", "4, 888", "4 / 888", "4 888 1", "4,000 5", "4.000; 888")
    ]
    found = page.evaluate("jobs => jobs.map(([place, given]) => mark(questions[place], given))", jobs)
    seen = set()
    for (place, given), one in zip(jobs, found):
        wanted = mark(VARIANTS[place], given)
        seen.add(wanted.misconception)
        assert one["credit"] == pytest.approx(float(wanted.credit)), (place, given)
        assert unescape(one["sentence"]) == unescape(inline_html(wanted.sentence)), (place, given)
        assert one["answered"] == wanted.answered, (place, given)
        assert one["cells"] == (wanted.cells if wanted.answered else {}), (place, given)
        if one["hints"]:
            assert one["hints"] == _hints(VARIANTS[place], given), (place, given)
    assert {"", "no padding", "depth", "speed", "pool", "sign", "thousand", *TOLD} <= seen


def _hints(variant, given):
    hints = {}
    for name, row, column in cells(variant.answer):
        meant = believed_in_cell(variant, row, column)
        told = [meant[value].hint for value in readings(given[name]) if value in meant]
        if told:
            hints[name] = inline_html(told[0])
    return hints


@pytest.mark.costly
def test_no_violations_of_accessibility(page):
    assert_accessible(page)
    page.fill("#q1-answer", "3")
    for place, value in enumerate(("0", "1", "x")):
        page.locator("#q2 .blank input").nth(place).fill(value)
    for option in ("#q3 [value=B]", "#q4 [value=A]", "#q4 [value=B]"):
        page.check(option)
    page.fill("#q5-answer", "9/4")
    page.fill("#q7-answer", "?")
    page.click("#check-all")
    page.fill("#q5-answer", "3")
    assert_accessible(page)
    for number in (1, 2, 3):
        page.click(f"#q{number} summary")
    page.check("#q2 .one input")
    for width in (240, 360):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") == width, "wider than a phone"
    assert_accessible(page)


@pytest.mark.parametrize("width", [320, 375])
def test_a_table_of_layers_fits_on_a_phone_and_a_wide_one_scrolls_by_itself(page, width):
    page.set_viewport_size({"width": width, "height": 740})
    column = page.locator("#q8 .stem th").last
    assert column.inner_text() == "Padding"
    right = column.bounding_box()["x"] + column.bounding_box()["width"]
    assert right <= page.locator("#q8").bounding_box()["x"] + page.locator("#q8").bounding_box()["width"]
    wide, text = page.locator("#q6 .stem .scroll"), page.locator("#q6 .stem")
    assert wide.evaluate("box => box.scrollWidth > box.clientWidth && box.tabIndex === 0")
    assert text.evaluate("box => box.scrollWidth === box.clientWidth")


@pytest.mark.costly
def test_pictures_are_dark_in_the_dark_and_can_be_read(page, context):
    halves = """async png => {
        const image = new Image();
        image.src = `data:image/png;base64,${png}`;
        await image.decode();
        const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
        canvas.drawImage(image, 0, 0);
        const { data } = canvas.getImageData(0, 0, image.width, image.height);
        const greens = [...data].filter((_, place) => place % 4 === 1).sort((one, other) => one - other);
        return [0.5, 0.999].map((share) => greens[Math.floor(share * greens.length)]);
    }"""
    empty, seen = context.new_page(), {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        png = b64encode(page.locator("#q1 .picture svg").screenshot()).decode()
        seen[scheme] = empty.evaluate(halves, png)
    assert seen["light"] == [255, 255]
    assert seen["dark"][0] < 60 and seen["dark"][1] > 180, "a light panel, or dark ink on a dark ground"


def test_what_is_known_cannot_end_its_script():
    unit = "</script><img src=x>"
    quiz = Quiz("q", "Q", "", (Entry("q", 1.0, 1, "typed"),))
    one = _variant("q", "How many?", Number(5, unit), [Wrong(6, "six", "</script> is forgotten.")])
    html = export.files(GeneratedQuiz(quiz, (Version(Owner("1"), CODE, (one,)),)))[f"self-check/{CODE}.html"].decode()
    known = re.search(r'<script type="application/json" id="quiz">(.*?)</script>', html, re.DOTALL)[1]
    assert json.loads(known)["questions"][0]["unit"] == unit
    assert html.count("<script") == html.count("</script") == 3 and "<img" not in html
    assert not re.search(r"""(src|href)="(?!#)|url\(|@import""", html), "something to load"


@pytest.mark.costly
def test_same_input_same_bytes():
    code = (
        "from hashlib import sha256; from quizzes.exports import page; from quizzes.making import make;"
        "from quizzes.quiz import Entry, Quiz; from quizzes.roster import numbered;"
        "entries = Entry('output-size', 2.0, 3, 'typed'), Entry('output-size', 1.0, 1, 'choice');"
        "made = make(Quiz('q', 'Q', '', entries), 's', numbered(3));"
        "print({name: sha256(text).hexdigest() for name, text in page.files(made).items()})"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in "12"
    }
    assert len(printed) == 1 and printed.pop().count("self-check/") == 3
