"""report.html in a real browser: what to fix first, the window that slides, and that a submission cannot write into it."""

import os
import re
import time
from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import pytest

from autograder import compare, loading
from autograder.assignment import find
from autograder.feedback import Failure, expected_and_received, shown
from autograder.grading import Report
from autograder.levels import Level
from autograder.numbers import quarters, reals, whole
from autograder.report import failures, html
from autograder.runner import Outcome
from autograder.sources import Definition, Source
from autograder.verdicts import Verdict
from tests.browsing import assert_accessible

CNN = find("cnn")
REFERENCE, WINDOWS = CNN.reference(), loading.module(CNN.folder, "checks.windows")
LITTLE = 1e-4
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
SCREENSHOTS = os.environ.get("CONVGRADE_SCREENSHOTS")  # a folder to look into; else they are looked at by nobody


RANDOM = np.random.default_rng(0)
LECTURE = np.arange(1.0, 17.0).reshape(4, 4), np.array([[1.0, 1.0], [0.0, 2.0]])
CASES = {
    "1.2": REFERENCE.case("conv2d", LECTURE, {"padding": 1}, WINDOWS.of_convolution),
    "1.3": REFERENCE.case("conv2d", (whole(RANDOM, 4, 6), whole(RANDOM, 3, 2)), {}, WINDOWS.of_convolution),
    "1.4": REFERENCE.case(
        "conv2d_channels",
        (whole(RANDOM, 2, 3, 4, 5), whole(RANDOM, 4, 3, 2, 3)),
        {"bias": whole(RANDOM, 4)},
        WINDOWS.of_channels,
    ),
    "1.8": REFERENCE.case(
        "conv2d_channels",
        (reals(RANDOM, 2, 4, 6, 8), reals(RANDOM, 3, 4, 3, 2)),
        {"bias": reals(RANDOM, 3), "stride": (2, 1), "padding": (1, 2)},
        WINDOWS.of_channels,
    ),
    "2.1": REFERENCE.case("pool2d", (quarters(RANDOM, 2, 3, 4, 6),), {}, WINDOWS.of_pool),
}
LARGE = 0, 1, *np.unravel_index(abs(CASES["1.8"].expected[0, 1]).argmax(), (3, 11))  # where a little is not seen


def failure(number, wrong):
    """What a student sees whose answer is what `wrong` makes of the right one."""
    case = CASES[number]
    return compare.failure(case, wrong(case.expected.copy()), list(case.arguments), case.options)


def off(*positions, by=1.0):
    def wrong(answer):
        for position in positions:
            answer[position] += by
        return answer

    return wrong


CODE = Source(
    (*f"import numpy as np\n\n\ndef conv2d(image, kernel):\n\treturn _sum(image * kernel)  # {HOSTILE}".split("\n"),
     *["# \u202e far away \x00 \x0c"] * 50, "def _sum(window):", "    return window.sum() / 0"),
    (Definition("conv2d", 4, 5, ("_sum", "image")), Definition("_sum", 56, 57, ("window",))),
)  # fmt: skip


def report(sources=None, /, **failures):
    """A report in which these checks failed, by numbers such as _1_2."""
    found = {name[1:].replace("_", "."): value for name, value in failures.items()}
    whole = Report(CNN, "seed", False, CNN.points(), sources=sources or {})
    for check in CNN.checks():
        if check.number:
            wrong = found.get(check.number)
            whole.outcomes.append(Outcome(check, 0 if wrong else check.points, wrong, [], []))
    return whole


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    mistake = {"hint": "This is what you get when the kernel is flipped.", "misconception": "flipped kernel"}
    page = html.render(
        report(
            {"convolution.py": CODE, "pooling.py": Source(("def pool2d(:", f"    {HOSTILE}", *"x" * 60))},
            _1_1=Failure(Verdict.NOT_IMPLEMENTED, "output_size is not written yet."),
            _1_2=replace(failure("1.2", off((0, 1), (2, 0))), **mistake, printed=HOSTILE),
            _1_3=replace(failure("1.3", off((1, 1))), **mistake),
            _1_4=failure("1.4", off((1, 2, 0, 1), by=np.nan)),
            _1_8=failure("1.8", off(LARGE, by=LITTLE)),
            _2_1=failure("2.1", off((1, 2, 1, 0))),
            _2_5=Failure(Verdict.CRASHED, HOSTILE, HOSTILE, HOSTILE, "", HOSTILE, frames=[HOSTILE]),
            _1_7=Failure(Verdict.CRASHED, "It crashed.", "conv2d(1, 2)", frames=["convolution.py line 57: return"]),
            _2_2=Failure(Verdict.CRASHED, "It is not Python.", frames=["pooling.py line 1: d", "pooling.py line 999: x"]),
            _2_3=Failure(Verdict.WRONG, "It is wrong."),
        ),
        f"Ada {HOSTILE}, graded 2026-11-29",
    )
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page)
    return path.as_uri()


def opened(browser, address, **options):
    """Open the page in a context of its own; nothing may be said on its console, nothing else be asked for."""
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(60_000)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append("a dialog") or dialog.dismiss())
    page.on("request", lambda request: asked.append(request.url))
    page.clock.install()
    page.goto(address)
    page.said, page.asked = said, asked
    return page


@pytest.fixture
def page(browser, address):
    page = opened(browser, address)
    yield page
    assert not page.said and {url.split("#")[0] for url in page.asked} == {address}
    page.context.close()


def told(page, number):
    return ascii_of(check(page, number).locator(".told").inner_text()).split("\n\n")


def ascii_of(text):
    return text.replace("\N{MINUS SIGN}", "-")


def check(page, number):
    return page.locator(f"[id='check-{number}']")


def table(page, number, caption):
    figures = check(page, number).locator("figure")
    return figures.filter(has=page.locator("figcaption", has_text=re.compile(f"^{caption}"))).locator("table")


@pytest.mark.costly
def test_it_says_what_to_fix_first_and_what_that_explains(page):
    first = page.get_by_role("region", name="Fix this first")
    assert "1.2 conv2d: the lecture" in first.inner_text() and "the kernel is flipped" in first.inner_text()
    assert "The same mistake explains 1.3." in first.inner_text()
    first.get_by_role("link", name="1.2").click()
    assert page.url.endswith("#check-1.2")
    assert check(page, "1.2").evaluate("one => one.open")
    assert "The same mistake explains 1.3." in check(page, "1.2").inner_text()
    assert not check(page, "1.3").evaluate("one => one.open"), "it is told in 1.2"
    check(page, "1.3").locator("summary").click()
    assert "The same mistake as in 1.2." in check(page, "1.3").inner_text()
    assert not check(page, "1.1").evaluate("one => one.open"), "it was not begun"
    assert not check(page, "1.5").evaluate("one => one.open"), "it passed"


def test_where_all_checks_pass_there_is_nothing_to_fix():
    assert "Fix this first" not in html.render(report(), "Ada")
    assert "<script" not in html.render(report(), "Ada"), "nothing slides"


@pytest.mark.costly
def test_the_window_starts_at_the_first_wrong_output(page):
    right = CASES["1.2"].expected
    assert told(page, "1.2") == [
        "Position 2 of 25: row 0, column 1 of the output.",
        "1 · 0 + 1 · 0 + 0 · 1 + 2 · 2 = 4",
        "Running sum: 0, 0, 0, 4.",
        "Expected 4, received 5.",
    ]
    assert table(page, "1.2", "Image with padding").locator(".window").all_inner_texts() == ["0", "0", "1", "2"]
    assert table(page, "1.2", "Received").locator(".wrong").all_inner_texts() == [
        f"{right[0, 1] + 1:g}",
        f"{right[2, 0] + 1:g}",
    ]
    assert table(page, "1.2", "Expected").locator("td").all_inner_texts() == [f"{value:g}" for value in right.flat]
    assert not check(page, "1.2").get_by_text("1*0").count(), "what stands there without a script"


@pytest.mark.costly
def test_by_pointer(page):
    walk = check(page, "1.2").locator(".walk")
    walk.get_by_role("button", name="Next", exact=True).click()
    assert told(page, "1.2")[0].startswith("Position 3 of 25") and told(page, "1.2")[-1] == "Received 6, as expected."
    walk.get_by_role("button", name="Next wrong one").click()
    assert told(page, "1.2")[0] == "Position 11 of 25: row 2, column 0 of the output."
    walk.get_by_role("button", name="Next wrong one").click()
    assert told(page, "1.2")[0].startswith("Position 2 of 25"), "after the last one comes the first"
    table(page, "1.2", "Received").locator("td").nth(24).click()
    assert told(page, "1.2")[0] == "Position 25 of 25: row 4, column 4 of the output."
    walk.get_by_role("checkbox").check()
    assert told(page, "1.2")[1:] == ["Product 1 of 4: 1 · 16 = 16", "Running sum: 0 + 16 = 16"]
    for _ in range(3):
        walk.get_by_role("button", name="Next", exact=True).click()
    assert told(page, "1.2")[-2:] == ["The output here is 16.", "Received 16, as expected."]


@pytest.mark.costly
def test_by_keyboard(page):
    check(page, "1.2").get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    assert told(page, "1.2")[0].startswith("Position 3 of 25")
    page.keyboard.press("End")
    assert told(page, "1.2")[0].startswith("Position 25 of 25")
    for button, position in (("Previous", 24), ("Next", 25), ("Next wrong one", 2)):
        while page.evaluate("document.activeElement.textContent") != button:
            page.keyboard.press("Tab")
            style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert style != "none", "where the keyboard is cannot be seen"
        page.keyboard.press("Space")
        assert told(page, "1.2")[0].startswith(f"Position {position} of 25")


@pytest.mark.costly
def test_it_plays_to_the_end_and_stops_for_a_hand(page):
    page.clock.pause_at(time.time() + 100)  # or it plays on between two commands, on a slow machine
    walk = check(page, "1.2").locator(".walk")
    place = lambda: int(told(page, "1.2")[0].split()[1])  # noqa: E731
    walk.get_by_role("button", name="Play").click()
    assert check(page, "1.2").locator(".told").get_attribute("aria-live") == "off"
    page.clock.run_for(1000)
    assert place() == 3
    walk.get_by_role("button", name="Pause").click()
    page.clock.run_for(5000)
    assert place() == 3 and check(page, "1.2").locator(".told").get_attribute("aria-live") == "polite"
    walk.get_by_role("button", name="Play").click()
    walk.get_by_role("button", name="Next", exact=True).click()
    page.clock.run_for(5000)
    assert place() == 4, "a step by hand stops it"
    walk.get_by_role("button", name="Play").click()
    page.clock.run_for(60_000)
    assert place() == 25 and walk.get_by_role("button", name="Play").count() == 1
    walk.get_by_role("button", name="Play").click()
    assert place() == 1


@pytest.mark.costly
def test_nothing_plays_for_those_who_want_no_motion(browser, address):
    page = opened(browser, address, reduced_motion="reduce")
    assert page.locator(".walk").count() == 5 and not page.get_by_role("button", name="Play").count()
    check(page, "1.2").get_by_role("button", name="Next", exact=True).click()
    assert told(page, "1.2")[0].startswith("Position 3 of 25")
    assert page.locator(".grids td").first.evaluate("cell => getComputedStyle(cell).transitionDuration") == "0s"
    page.context.close()


@pytest.mark.costly
@pytest.mark.parametrize("number, plane, figures", [("1.4", (1, 2), 8), ("1.8", (0, 1), 10), ("2.1", (1, 2), 3)])
def test_at_each_position_the_browser_finds_what_is_expected(page, number, plane, figures):
    cells = table(page, number, "Expected").locator("td")
    right = [float(ascii_of(text)) for text in cells.all_inner_texts()]
    assert right == pytest.approx(CASES[number].expected[plane].ravel().tolist(), rel=1e-3)
    said = check(page, number).evaluate(
        """one => [...one.querySelectorAll(".outputs figure:last-child td")].map(cell => {
            cell.click();
            return [...one.querySelectorAll(".told p")].map(line => line.textContent);
        })"""
    )
    for lines, value in zip(said, right, strict=True):
        found = [ascii_of(line) for line in lines[1:-1] if "Running" not in line][-1]
        assert float(re.split(" = | is ", found)[-1].rstrip(".")) == pytest.approx(value, rel=1e-3, abs=1e-3)
    assert check(page, number).locator("figure").count() == figures


@pytest.mark.costly
def test_numbers_that_differ_little_or_are_none_are_told_apart(page):
    right = CASES["1.8"].expected[LARGE]
    said, which, _ = expected_and_received(right, right + LITTLE).partition(", which")
    assert which, "four digits are not enough"
    assert told(page, "1.8")[-1] == f"{said.capitalize()}."
    assert told(page, "1.4")[-1].endswith("received nan.")
    pairs = [(7, 5), (40_000, 40_001), (1 / 3, 1 / 3 + 1e-9), (2.0, 2 + 4e-16), (-0.5, 0.5), (1e-7, 2e-7), (1e30, 2e30)]
    both = page.evaluate("pairs => pairs.map(([one, other]) => [differing(one, other), differing(other, one)])", pairs)
    for pair, written in zip(pairs, both):
        said = re.findall("(?<=expected |received )[^ ,]+", expected_and_received(*pair))
        assert [float(ascii_of(number)) for number in written] == [float(number.rstrip(".")) for number in said], pair


@pytest.mark.costly
def test_without_a_script_tables_show_the_first_wrong_output(browser, address):
    page = opened(browser, address, java_script_enabled=False)
    assert not page.locator(".walk").count()
    assert table(page, "1.2", "Image with its padding").locator(".window").all_inner_texts() == ["0", "0", "1", "2"]
    assert table(page, "1.2", "Received").locator(".wrong").count() == 2
    image, kernel = (check(page, "1.2").locator("figure").nth(place).bounding_box() for place in (0, 1))
    assert kernel["x"] > image["x"] + image["width"] and kernel["y"] == image["y"], "the kernel stands beside its image"
    assert check(page, "1.2").get_by_text("0*1 + 0*1").is_visible()
    page.context.close()


@pytest.mark.costly
def test_a_submission_cannot_write_into_it(page):
    content = page.content()
    assert not page.locator("img, body script:not([type='application/json']):not(:last-child)").count()
    assert page.locator("h1 + .total + p").inner_text() == f"Ada {HOSTILE}, graded 2026-11-29"
    assert HOSTILE in unescape(check(page, "2.5").inner_text()) and "<img" not in content
    assert "default-src 'none'" in content


def code_of(page, number):
    return check(page, number).locator("ol[data-file] li")


@pytest.mark.costly
def test_code_stands_beside_what_failed(page):
    shown = code_of(page, "1.7")
    numbers = check(page, "1.7").locator("ol[data-file]").evaluate_all("all => all.map(one => one.start)")
    assert numbers == [4, 56], "the function that is called, and the one that it uses; nothing in between"
    assert shown.first.inner_text() == "def conv2d(image, kernel):"
    assert HOSTILE in shown.nth(1).inner_text()
    assert shown.locator("xpath=self::*[@class='marked']").all_inner_texts() == ["    return window.sum() / 0"]
    assert check(page, "1.7").locator("figure.code figcaption").all_inner_texts() == [
        "convolution.py, lines 4 to 5",
        "convolution.py, lines 56 to 57",
    ]
    for number in ("1.7", "2.1"):
        assert "</" not in check(page, number).inner_text().replace(HOSTILE, ""), "a tag of ours that is shown as text"
    assert not code_of(page, "1.1").count(), "it was not begun"
    assert not code_of(page, "1.6").count(), "it passed"


@pytest.mark.costly
def test_where_a_file_is_not_python_the_broken_line_is_shown(page):
    shown = code_of(page, "2.2")
    assert shown.count() == 5 and shown.first.get_attribute("class") == "marked"


@pytest.mark.costly
def test_long_code_is_folded_and_shown_once(page):
    assert check(page, "2.1").locator("details.code").count() == 1
    assert not code_of(page, "2.1").first.is_visible()
    assert "This is the same code as beside 2.1." in check(page, "2.3").inner_text()
    assert not code_of(page, "2.3").count()


@pytest.mark.costly
def test_code_stands_on_the_right_where_there_is_room(page):
    def places():
        parts = check(page, "1.7").locator(".both > div")
        return [parts.nth(number).bounding_box() for number in (0, 1)]

    page.set_viewport_size({"width": 1400, "height": 900})
    left, right = places()
    assert right["x"] >= left["x"] + left["width"] and right["y"] == left["y"]
    page.set_viewport_size({"width": 900, "height": 900})
    above, below = places()
    assert below["y"] >= above["y"] + above["height"] and below["x"] == above["x"]


@pytest.mark.costly
def test_open_and_closed_are_seen(page):
    turned = "one => getComputedStyle(one, '::before').transform"
    assert check(page, "1.2").locator("summary").evaluate(turned) != "none"
    assert check(page, "1.5").locator("summary").evaluate(turned) == "none"
    assert "25b8" in check(page, "1.5").locator("summary").evaluate(
        "one => getComputedStyle(one, '::before').content.codePointAt(1).toString(16)"
    )


@pytest.mark.costly
def test_no_violations_of_accessibility_and_nothing_wider_than_a_phone(browser, address):
    page = opened(browser, address, reduced_motion="reduce")  # or it is looked at while its colours change
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    for width in (1000, 375, 320):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") == width
    assert_accessible(page, 1000, 375)
    check(page, "1.2").get_by_role("checkbox").check()
    assert_accessible(page)
    page.context.close()


@pytest.mark.costly
def test_no_violations_of_accessibility_without_a_slider(browser, tmp_path):
    path = tmp_path / "report.html"
    path.write_text(html.render(report(_1_1=Failure(Verdict.MISSING, "The submission has no file.")), "Ada"))
    page = opened(browser, path.as_uri())
    assert_accessible(page, 1000, 375)
    page.context.close()


@pytest.mark.costly
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1000, 375])
def test_screenshots(browser, address, scheme, width, tmp_path):
    """With CONVGRADE_SCREENSHOTS=FOLDER they stay there, for somebody to look at."""
    page = opened(browser, address, color_scheme=scheme, viewport={"width": width, "height": 900})
    check(page, "1.4").get_by_role("slider").fill("5")
    file = Path(SCREENSHOTS or tmp_path, f"report-{scheme}-{width}.png")
    page.screenshot(path=file, full_page=True)
    assert file.stat().st_size > 10_000
    page.context.close()


@pytest.fixture
def at_home(browser, tmp_path):
    """Return a function that opens the page which check.pyz writes about a report."""
    contexts = []

    def at_home(report, **options):
        path = tmp_path / "check.html"
        path.write_text(failures.page(report, Level.WRONG, "python check.pyz"))
        page = opened(browser, path.as_uri(), **options)
        contexts.append(page.context)
        return page

    yield at_home
    for context in contexts:
        context.close()


@pytest.mark.costly
def test_a_number_is_written_as_in_sentences(page):
    values = [0.0, -0.0, 7.0, -86.625, 0.5, 0.1234, 86.6251, 1234.5, 1234.5678, 99_999.25, 123_456.7891, 2_000_000.0, 1 / 3]
    assert ascii_of(" ".join(page.evaluate("values => values.map(written)", values))).split() == [*map(shown, values)]


@pytest.mark.costly
def test_the_page_for_students_shows_what_failed_the_first_thing_first(at_home):
    mistake = {"hint": "This is what you get when the kernel is flipped.", "misconception": "flipped kernel"}
    page = at_home(
        report(
            {"convolution.py": CODE, "pooling.py": Source(("def pool2d(:", f"    {HOSTILE}", *"x" * 60))},
            _1_1=Failure(Verdict.NOT_IMPLEMENTED, "output_size is not written yet."),
            _1_2=replace(failure("1.2", off((0, 1), (2, 0))), **mistake),
            _1_3=replace(failure("1.3", off((1, 1))), **mistake),
            _2_1=failure("2.1", off((1, 2, 1, 0))),
        ),
        reduced_motion="reduce",
    )
    assert page.get_by_role("heading", level=2).all_inner_texts() == [
        "1.2 conv2d: the lecture's 4x4 image, without and with padding and stride: wrong",
        "2.1 pool2d: the maximum of 2x2 windows, which is the default: wrong",
    ]
    assert "The same mistake explains 1.3." in page.inner_text("main") and "Not implemented: 1.1." in page.inner_text(
        "main"
    )
    assert [each.split("\n")[0] for each in page.locator(".told").all_inner_texts()] == [
        "Position 2 of 25: row 0, column 1 of the output.",
        "Position 4 of 6: row 1, column 0 of the output.",
    ]
    assert not page.get_by_text("0*1 + 0*1").count() and not page.said
    assert_accessible(page, 1000, 375)
    assert page.evaluate("document.documentElement.scrollWidth") == 375


@pytest.mark.costly
def test_a_submission_cannot_write_into_the_page_for_students(at_home):
    crashed = Failure(Verdict.CRASHED, HOSTILE, HOSTILE, HOSTILE, "", HOSTILE, frames=[HOSTILE], printed=HOSTILE)
    page = at_home(report(_1_1=crashed, _1_2=replace(failure("1.2", off((0, 1))), printed=HOSTILE)))
    assert page.inner_text("main").count(HOSTILE) == 7 and not page.said
    assert page.locator("script").count() == 1 and not page.locator("img").count()


@pytest.mark.parametrize("unseen", ["\0", "\x1b[2J", "\x9b", "\u202e", "\ud800"])
def test_what_steers_a_page_or_a_terminal_is_not_in_a_page(unseen):
    crashed = Failure(Verdict.CRASHED, f"It says {unseen}.", frames=[unseen], printed=unseen)
    for page in (html.render(report(_1_1=crashed), unseen), failures.page(report(_1_1=crashed), Level.WRONG, "check")):
        assert unseen[0] not in page and "It says \N{REPLACEMENT CHARACTER}" in page
        page.encode()


@pytest.mark.costly
def test_where_nothing_failed_the_page_for_students_says_so(at_home):
    page = at_home(report())
    assert page.inner_text("main").split("\n\n")[1] == "All of these checks passed."
    assert page.inner_text("h1") == "Convolutional neural networks: 100 of 100 points"
