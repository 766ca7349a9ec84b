"""The page about a class: its numbers against independent counting, and all of it in a real browser."""

import os
import re
import shutil
import statistics
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings

import batch.pages.page
from autograder import grading
from autograder.assignment import find
from autograder.lateness import Loss
from autograder.verdicts import Verdict
from batch.display_names import called
from batch.grades import TOTAL, Comment, Override
from batch.models import Result, Student
from tests.batch.classes import CHECKS, HOSTILE, check, classes, handed_in, result, stand
from tests.browsing import assert_accessible
from tests.conftest import ROOT

pytestmark = pytest.mark.sampled(4)

CNN = find("cnn")
FLIPPED = "This is what you get when the kernel is <i>flipped</i>."
# Attributes that only this project writes; a name that got into one of them unescaped would bring others.
KNOWN = set(
    "http-equiv content name charset lang class id href style role title aria-label aria-hidden aria-live data-code "
    "data-count data-held data-is data-median data-sort data-unit data-verdicts viewbox d x y width height cx cy r "
    "text-anchor scope tabindex hidden type autocomplete value open".split()
)


def render(graded, *values):
    return batch.pages.page.render(stand(graded), *values)


def _class():
    """A small class with something of everything: (key, names, verdicts of three checks, accuracy and parameters)."""
    rows = [
        ("submission_1", ("Ada Lovelace",), ("passed", "passed", "passed"), (91.0, 200_000.0)),
        ("submission_2", ("bob", "Zoë Ångström"), ("passed", "wrong", "crashed"), (91.0, 900_000.0)),
        ("submission_3", ("<script>alert(1)</script>",), ("timed out", "wrong", "missing"), (70.0, 9_000.0)),
        ("submission_4", ("abc\u202egnp.exe",), ("passed", "passed", "grader error"), None),
        ("submission_5", ("\u05d0\u05d1\u05d2 🦊",), ("passed", "not implemented", "out of memory"), (60.0, 50_000.0)),
        ("submission_6", ("x" * 300,), ("forbidden", "skipped", "passed"), None),
    ]
    graded = []
    for place, (key, names, verdicts, network) in enumerate(rows):
        checks = [
            check(number, name, verdict, points=points, misconception="flipped kernel" if verdict == "wrong" else "",
                  sentence="" if verdict == "passed" else "It <b>fell</b>.", hint=FLIPPED if verdict == "wrong" else "")
            for (number, name, points), verdict in zip(CHECKS, verdicts)
        ]  # fmt: skip
        known = dict(zip(("accuracy (%)", "parameters"), network)) if network else {}
        submitted = f"2026-11-2{place % 3}T1{place}:00:00+01:00" if place else ""
        one = handed_in(key, *names, submitted=submitted, note="The zip lies in another zip." if place == 4 else "")
        graded.append((one, result(*checks, seconds=10.0 - place, leaderboard=known, remarks=["Slow."] * (place < 2))))
    error = result(error="the zip is <damaged>", seconds=0.5, points=0.0)
    return [*graded, (handed_in("submission_7", "Cleo", submitted="2026-11-20T09:00:00+01:00"), error)]


def _standing():
    """The same class after people have spoken, and with those of whom nothing is there."""
    grades = {int(grade.handed_in.key[-1]): grade for grade in stand(_class())}
    late = Loss(0.5, "Handed in 1 d 1 h after the due date: 50% of the points are taken off.")

    def override(check, points, reason):
        return Override("email", check, points, reason, "2026-11-30T12:00:00+00:00", "d")

    changes = {
        1: {"late": "1 d 1 h", "loss": late, "attempt": 2, "attempts": 2},
        2: {"late": "1 d 1 h", "loss": late, "overrides": (override("1.3", 2.5, "your <bound> is right too"),)},
        4: {"comments": (Comment("email", "Well named."), Comment("email", "Too long.", points=-0.5))},
        5: {"result": replace(grades[5].result, lacked=("cifar10",))},
        7: {"overrides": (override(TOTAL, 6.0, "shown in person"),), "late": "yes", "loss": late},
    }
    earlier = replace(grades[1], attempt=1, attempts=2, counts=False)
    standing = [replace(grade, **changes.get(number, {})) for number, grade in grades.items()]
    return [*standing, earlier], [Student("Dan <b>Absent</b>", "dan@uni.example"), Student("", sid="0123")]


class Tags(HTMLParser):
    """Every element with its attributes, and every text with the elements around it."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.texts.append(data)


def _tables(html):
    """Return the numbers of the page as a reader without a browser gets them."""
    bins = re.findall(r'<tr><th scope="row">[^<]*</th><td class="right">(\d+)</td></tr>', html)
    passed = re.findall(r'<span class="right">(\d+) of (\d+), (\d+) %</span>', html)
    front = re.findall(r'<tr><td class="right">([\d.]+) %</td><td class="right">([\d,]+)</td><td><a href="([^"]+)"', html)
    found = re.findall(r"<summary><strong>([^<]*)</strong>: (\d+) students?, in ([^<]*?)(?:<br>|</summary>)", html)
    return [int(one) for one in bins], [tuple(map(int, one)) for one in passed], front, found


@given(classes(largest=12))
def test_the_numbers_are_those_of_the_records(graded):
    html = render(graded, CNN, "seed")
    bins, passed, front, found = _tables(html)
    marks = [mark for _, mark in graded if mark.checks]
    most = sum(points for _, _, points in CHECKS)
    assert f"{len(graded)} submission" in html
    if marks:
        assert bins == [
            sum(low * most <= 10 * one.score < (low + 1) * most or (low == 9 and one.score >= most) for one in marks)
            for low in range(10)
        ]
        assert f">{round(statistics.median(one.score for one in marks), 2):g} <span" in html
    for place, (asked, (right, of, percent)) in enumerate(zip(CHECKS, passed)):
        assert right == sum(one.checks[place].verdict == "passed" for one in marks), asked
        assert of == len(marks) and abs(percent - 100 * right / of) <= 0.5
    assert len(passed) == (len(CHECKS) if marks else 0)
    held = Counter()
    for one, mark in graded:
        for name in {each.misconception for each in mark.checks} - {""}:
            held[name] += max(len(one.students), 1)
    assert {name: int(count) for name, count, _ in found} == held
    assert [-int(count) for _, count, _ in found] == sorted(-int(count) for _, count, _ in found)
    networks = {
        one.key: (mark.leaderboard["accuracy (%)"], mark.leaderboard["parameters"])
        for one, mark in graded
        if mark.leaderboard
    }
    unbeaten = {
        key
        for key, (accuracy, parameters) in networks.items()
        if not any(a >= accuracy and p <= parameters and (a, p) != (accuracy, parameters) for a, p in networks.values())
    }
    assert {href.split("/")[1] for _, _, href in front} == unbeaten
    for accuracy, parameters, href in front:
        assert networks[href.split("/")[1]] == (float(accuracy), float(parameters.replace(",", "")))


@given(classes())
@settings(max_examples=25)
def test_nothing_of_a_student_is_markup(graded):
    html = render(graded, replace(CNN, config=replace(CNN.config, title=HOSTILE[0])), "seed")
    html.encode()
    page = Tags(html)
    counts = Counter(tag for tag, _ in page.tags)
    assert counts["script"] == 1 and counts["style"] == 1 and not counts["img"] and not counts["b"]
    assert {name for _, attributes in page.tags for name in attributes} <= KNOWN
    links = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    assert all(
        re.fullmatch(r"#submissions|#(verdict|misconception)=[\w%&=.~-]+|submissions/[A-Za-z0-9._-]+/report\.html", link)
        for link in links
    )
    assert {link.split("/")[1] for link in links if "/" in link} == {one.key for one, _ in graded}
    # Nothing turns the text around it, and nothing steers what shows it.
    assert not set(html) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\x00\x1b\x85\ud800")
    assert not re.search(r"""(src|href)=["'](?!#|submissions/)|url\(|@import""", html), "something to load"


def test_the_hint_and_the_links_of_a_misconception():
    html = render(_class(), CNN, "seed")
    block = re.search(r'<details class="misconception">.*?</details>', html, re.DOTALL)[0]
    assert "<strong>flipped kernel</strong>: 3 students, in 1.3" in block and FLIPPED in "".join(Tags(block).texts)
    in_table, *reports = re.findall(r'href="([^"]+)"', block)
    assert in_table == "#misconception=flipped%20kernel"
    assert reports == [f"submissions/submission_{n}/report.html" for n in (3, 2)]


def test_a_race_counts_as_a_misconception_does(tmp_path):
    cuda = find("cuda")
    shutil.copy(cuda.folder / "wrong" / "sums_without_a_barrier_after_loading.py", tmp_path / "reduction.py")
    tmp_path.chmod(0o755)
    found = Result.of(grading.grade(tmp_path, cuda, seed="seed", only=["5.1"]), "d")
    _, _, _, found = _tables(render([(handed_in("a", "Ada"), found)], cuda, "seed"))
    assert found == [("race", "1", "5.1")]


@pytest.mark.parametrize(
    "graded",
    [
        [],
        _class()[:1],
        _class()[-1:],
        [(replace(one, students=()), replace(mark, leaderboard={}, remarks=())) for one, mark in _class()],
        [(handed_in("a", " "), result(check(points=0.0), leaderboard={"parameters": 0.0, "accuracy (%)": 5.0}))],
        [(handed_in("a", "Ada"), result(check(), leaderboard={"parameters": float("nan"), "accuracy (%)": float("inf")}))],
        [(handed_in("a", "Ada", submitted=time), result(check())) for time in ("yesterday", "0001-01-01T00:00:00+09:00")],
    ],
)
def test_any_class_has_a_page(graded):
    html = render(graded, CNN, "seed")
    links = set(re.findall(r'href="submissions/([^"]+)/report.html"', html))
    assert links == {one.key for one, _ in graded}
    assert ("No submission yet." in html) == (not graded) and ('id="networks"' in html) == any(
        mark.leaderboard.get("parameters", 0) > 0 for _, mark in graded
    )


@pytest.mark.costly
def test_a_thousand_submissions_fit_into_three_megabytes():
    asked = [
        (f"{part}.{place}", "a check of which much is to be said", 4.0) for part in range(1, 5) for place in range(1, 7)
    ]
    graded = [
        (
            replace(
                handed_in(f"submission_{number}", f"Student {number} Of The Class"), submitted="2026-11-20T09:00:00+01:00"
            ),
            result(*(check(*each[:2], verdict="crashed", points=4.0, sentence="IndexError: " * 9) for each in asked)),
        )
        for number in range(1000)
    ]
    assert len(render(graded, CNN, "seed").encode()) < 3e6


@pytest.mark.costly
def test_same_input_same_bytes():
    code = (
        "from hashlib import sha256; from tests.batch.test_page import _class, CNN, render;"
        "print(sha256(render(_class(), CNN, 'seed').encode()).hexdigest())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert len(printed) == 1


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    (folder / "class.html").write_text(render(_class(), CNN, "seed"))
    for one, _ in _class():
        report = folder / "submissions" / one.key / "report.html"
        report.parent.mkdir(parents=True)
        report.write_text(f"<title>{one.key}</title>")
    return folder


@pytest.fixture
def page(browser, folder):
    address = (folder / "class.html").as_uri()
    with browser.new_context(reduced_motion="reduce") as context:
        page = context.new_page()
        asked, said = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append("a dialog") or dialog.dismiss())
        page.set_default_timeout(10_000)
        page.goto(address)
        yield page
        assert not said
        assert all(url.split("#")[0].endswith(("/class.html", "/standing.html", "/report.html")) for url in asked)


def _shown(page):
    return [
        int(href.split("/")[1][-1])
        for href in page.locator(".all tbody tr:visible th > a").evaluate_all(
            "all => all.map(one => one.getAttribute('href'))"
        )
    ]


def _heading(page, name):
    return page.get_by_role("columnheader", name=name)


def test_the_table_sorts_by_every_column_up_and_down(page):
    known = {int(one.key[-1]): (one, mark) for one, mark in _class()}
    key = {
        "Checks": lambda n: sum(each.verdict == "passed" for each in known[n][1].checks) if known[n][1].checks else None,
        "Score": lambda n: known[n][1].score if known[n][1].checks else None,
        "Seconds": lambda n: known[n][1].seconds,
        "Submitted": lambda n: known[n][0].submitted or None,
    }
    by_name = [3, 4, 1, 2, 7, 6, 5]
    assert _shown(page) == by_name
    assert _heading(page, "Student").get_attribute("aria-sort") == "ascending"
    for name, value in key.items():
        for sign, direction in ((False, "ascending"), (True, "descending")):
            _heading(page, name).get_by_role("button").click()
            there = sorted((n for n in by_name if value(n) is not None), key=value, reverse=sign)
            assert _shown(page) == there + [n for n in by_name if value(n) is None], (name, direction)
            assert _heading(page, name).get_attribute("aria-sort") == direction
            assert page.locator("[aria-sort]").count() == 1
            assert page.locator("#announced").text_content() == f"Sorted by {name}, {direction}."
    _heading(page, "Student").get_by_role("button").click()
    assert _shown(page) == by_name


def test_the_keyboard_sorts_filters_and_follows_links(page):
    def tab_to(selector):
        for _ in range(60):
            page.keyboard.press("Tab")
            style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert style != "none", (
                f"where the keyboard is cannot be seen: {page.evaluate('document.activeElement.outerHTML')}"
            )
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"Tab never comes to {selector}")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the submissions"
    page.keyboard.press("Enter")
    tab_to("#text")
    page.keyboard.type("angstrom")
    assert _shown(page) == [2]
    tab_to("#all")
    page.keyboard.press("Enter")
    assert len(_shown(page)) == 7
    tab_to(".all thead th:nth-child(4) button")
    page.keyboard.press("Space")
    assert _shown(page) == [7, 6, 5, 4, 3, 2, 1]
    tab_to(".all tbody a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/submissions/submission_7/report.html")


def test_filters_and_their_counts(page):
    known = _class()

    def expect(wanted, text="", verdict="any", check="any", only="all", misconception="any"):
        page.fill("#text", text)
        page.select_option("#only", label=only)
        page.select_option("#misconception", label=misconception)
        page.select_option("#verdict", label=verdict)
        page.select_option("#check", label=check)
        assert sorted(_shown(page)) == wanted
        rows = [known[number - 1][1] for number in wanted]
        scores = [one.score for one in rows if one.checks]
        median = f", median {round(statistics.median(scores) + 1e-9, 2):g} points" if scores else ""
        assert page.inner_text("#shown") == f"{len(wanted)} of 7 rows{median}"
        counts = Counter(each.verdict for one in rows for each in one.checks)
        for line in page.locator(".key li").all_inner_texts():
            _, name, count = re.fullmatch(r"(\S) (.*) (\d+)", line).groups()
            assert int(count) == counts[name], line

    checks = [f"{number} {name}" for number, name, _ in CHECKS]
    expect([1, 2, 3, 4, 5, 6, 7])
    expect([2, 3], verdict="wrong")
    expect([2, 3], verdict="wrong", check=checks[1])
    expect([], verdict="wrong", check=checks[0])
    expect([3, 6], verdict="not passed", check=checks[0])
    expect([2, 3, 4, 5, 6], verdict="not passed")
    expect([1, 2, 3, 4, 5, 6], check=checks[2])
    expect([7], only="could not be graded")
    expect([], only="could not be graded", verdict="wrong")
    expect([2, 3], misconception="flipped kernel")
    expect([2], misconception="flipped kernel", text="bob")
    expect([2, 3], misconception="flipped kernel", check=checks[1])
    expect([], misconception="flipped kernel", check=checks[2])
    expect([], misconception="flipped kernel", verdict="crashed")
    expect([7], text="damaged")
    expect([7], text="SUBMISSION_7")
    expect([3], text="alert script")
    expect([2], text="Zoe angstrom", verdict="crashed", check=checks[2])
    expect([4], text="submission_4-0@uni")
    expect([], text="nobody at all")
    page.click("#all")
    assert len(_shown(page)) == 7
    for verdict in Verdict:
        wanted = [n for n, (_, mark) in enumerate(known, 1) if any(each.verdict == verdict for each in mark.checks)]
        expect(wanted, verdict=verdict.value)


@pytest.fixture
def standing(page, folder):
    """The page of a class about which people have spoken."""
    grades, absent = _standing()
    (folder / "standing.html").write_text(batch.pages.page.render(grades, CNN, "seed", absent=absent))
    page.goto((folder / "standing.html").as_uri())
    return page


def test_what_stands_is_in_the_table(standing):
    rows = [row.split("\t") for row in standing.locator(".all tbody tr").all_inner_texts()]
    cells = {row[0].split("\n")[0]: [*row[2:5], row[0]] for row in rows}
    grades = {grade.handed_in.key: grade for grade in _standing()[0] if grade.counts}
    for grade in grades.values():
        points = cells[called(grade.handed_in)][:3]
        expected = [grade.score, grade.lost or None, grade.total]
        assert points == ["" if each is None else f"{round(each, 2):g}" for each in expected], grade.handed_in.key
    assert "attempt 2 of 2" in cells["Ada Lovelace"][3]
    assert standing.locator(".all tbody tr").filter(has_text="1 d 1 h late").count() == 2
    assert standing.locator(".all tbody tr").filter(has_text="not final: it was graded without CIFAR-10.").count() == 1
    assert "your <bound> is right too" in cells["bob, Zoë Ångström"][3] and "shown in person" in cells["Cleo"][3]
    assert "not submitted" in cells["Dan <b>Absent</b>"][3] and cells["Dan <b>Absent</b>"][:3] == ["", "", ""]
    assert standing.get_by_role("img", name="1.3 wrong; overridden 1.3: 0 -> 2.5 (your <bound> is right too)").count() == 1
    assert "2 students have not submitted" in standing.inner_text("#summary")
    assert list(cells) == sorted(cells, key=str.casefold)


def test_the_filter_of_what_stands(standing):
    grades, _ = _standing()
    wanted = {
        "late": {1, 2, 7},
        "overridden": {2, 7},
        "with comments": {4},
        "several attempts": {1},
        "could not be graded": {7},
        "not final": {5},
    }
    totals = {int(grade.handed_in.key[-1]): grade.total for grade in grades if grade.counts}
    for only, numbers in wanted.items():
        standing.select_option("#only", label=only)
        assert set(_shown(standing)) == numbers, only
        median = statistics.median(totals[number] for number in numbers)
        assert standing.inner_text("#shown") == f"{len(numbers)} of 9 rows, median {round(median + 1e-9, 2):g} points"
    standing.get_by_role("link", name="2 students have not submitted").click()
    assert standing.inner_text("#shown") == "2 of 9 rows" and not _shown(standing)
    for name, key in {"Lost": "lost", "Total": "total"}.items():
        standing.click("#all")
        _heading(standing, name).get_by_role("button").click()
        values = {int(grade.handed_in.key[-1]): getattr(grade, key) for grade in grades if grade.counts}
        assert [values[number] for number in _shown(standing)] == sorted(values.values())
    assert_accessible(standing, 1280, 360)


def test_the_address_keeps_the_filter(page):
    address = page.url
    page.select_option("#verdict", label="wrong")
    page.select_option("#check", value="1.3")
    page.fill("#text", "zoe ö&=#")
    page.keyboard.press("Tab")
    kept = page.url
    page.fill("#text", "zoe")
    page.keyboard.press("Tab")
    assert _shown(page) == [2]
    zoe = page.url
    page.click("#all")
    assert page.url == f"{address}#submissions" and len(_shown(page)) == 7
    for link in (zoe, kept, zoe):
        page.goto(link)  # as a link from elsewhere, the page being open
        page.reload()
        assert (page.input_value("#verdict"), page.input_value("#check")) == ("wrong", "1.3")
        assert page.input_value("#text") == ("zoe" if link == zoe else "zoe ö&=#")
        assert _shown(page) == ([2] if link == zoe else [])
    page.goto(f"{address}#check=9.9&verdict=wrong")
    page.wait_for_function("document.getElementById('check').value === ''")
    assert sorted(_shown(page)) == [2, 3]


@pytest.mark.costly
def test_a_misconception_leads_to_those_who_hold_it(page):
    page.locator(".misconception summary").click()
    for _ in range(2):  # also where the address is that already
        page.get_by_role("link", name="Show them in the table").click()
        assert page.input_value("#misconception") == "flipped kernel" and sorted(_shown(page)) == [2, 3]


def test_a_check_leads_to_those_who_did_not_pass_it(page):
    page.get_by_role("link", name="2.1", exact=True).click()
    assert sorted(_shown(page)) == [2, 3, 4, 5] and page.url.endswith("#verdict=not%20passed&check=2.1")


def test_every_row_links_to_its_report(page, folder):
    hrefs = page.locator(".all tbody th a").evaluate_all("all => all.map(one => one.href)")
    assert {Path(href[len("file://") :]).read_text() for href in hrefs} == {
        f"<title>{one.key}</title>" for one, _ in _class()
    }
    page.locator(".all").get_by_role("link", name="<script>alert(1)</script>").click()
    assert page.title() == "submission_3"


def test_no_violations_of_accessibility_and_nothing_wider_than_a_phone(page):
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    for width in (1100, 375, 320):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") == width
    assert_accessible(page, 1100, 375)


def test_marks_say_what_they_mean(page):
    row = page.get_by_role("row", name="bob")
    assert [
        row.get_by_role("img", name=name, exact=True).count() for name in ("1.1 passed", "1.3 wrong", "2.1 crashed")
    ] == [1] * 3


def test_without_a_script_it_can_be_read_and_printed(browser, folder):
    with browser.new_context(java_script_enabled=False, color_scheme="dark") as context:
        page = context.new_page()
        page.goto((folder / "class.html").as_uri())
        assert page.locator(".all tbody tr:visible").count() == 7
        assert not page.locator("form:visible, button:visible").count()
        assert page.locator("svg:visible").count() == 2
        page.emulate_media(media="print")
        assert page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor") == "rgb(246, 247, 249)"
        assert page.locator(".all tbody tr:visible").count() == 7


def test_students_of_one_submission_are_counted_each():
    pair = handed_in("a", "Ada", "Bob")
    told = render([(pair, result(check())), (replace(pair, key="b", students=(Student(""),)), result(check()))], CNN, "")
    assert "2 submissions by 3 students" in told


def test_a_class_of_which_nobody_handed_in_anything_is_in_the_table():
    html = batch.pages.page.render([], CNN, "seed", absent=[Student("Ada\u202e", "ada@uni.example")])
    assert (
        "1 of 1 row<" in html
        and "Ada\ufffd" in html
        and '<tr data-is="absent">' in html
        and "No submission yet" not in html
    )
