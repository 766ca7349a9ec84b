"""How fast class.html is with a thousand rows: loading, sorting by each column, searching, and each filter.

    .venv/bin/python -m benchmarks.class_page [--submissions 1000] [--runs 15] [--write]

A made-up class of the homework `cnn` with everything that a row can have: late ones, overrides, comments, attempts, and
students who have not submitted. Chromium draws the page; a time is measured from the click or key until the frame that
shows the result is drawn, so none is shorter than a frame, 17 ms. --write puts a sentence into docs/figures.md.
"""

import argparse
import os
import platform
import random
import shutil
import statistics
import tempfile
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

import batch.pages.page
from autograder.assignment import Assignment, find
from autograder.lateness import Loss
from autograder.verdicts import Verdict
from batch.grades import Comment, Grade, Override
from batch.models import Student
from benchmarks.markdown import fill, table
from benchmarks.whole_class import FIGURES, WIDTH
from tests.batch import exported
from tests.batch.classes import check, handed_in, result
from tests.conftest import BROWSERS, QUIET

VERDICTS = {Verdict.PASSED: 75, Verdict.WRONG: 15, Verdict.CRASHED: 5, Verdict.NOT_IMPLEMENTED: 4, Verdict.TIMED_OUT: 1}
MISCONCEPTIONS = ("flipped kernel", "no padding", "stride ignored", "window transposed", "rounds up")
LATE = Loss(0.2, "Handed in 1 d 1 h after the due date: 20% of the points are taken off.")
# Resolves in the first task after the frame that is drawn next.
DRAWN = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
TIMED = """async () => {{
  await {drawn};
  const begun = performance.now();
  {act};
  await {drawn};
  return performance.now() - begun;
}}"""
FILTERS = ("only", "verdict", "misconception", "check")


def made_up(count: int, assigned: Assignment) -> tuple[list[Grade], list[Student]]:
    """Return the grades of a class, and who has not submitted: one in fifty."""
    draw = random.Random(0)
    checks = [each for each in assigned.checks() if each.number]
    grades = []
    for work in exported.made_up(count, mix={"correct": 1}):
        submitted = (work.submitted + timedelta(hours=draw.uniform(-99, 40))).isoformat()
        verdicts = [verdict.value for verdict in draw.choices(list(VERDICTS), list(VERDICTS.values()), k=len(checks))]
        found = result(
            *(
                check(
                    each.number, each.title, verdict, points=each.points,
                    misconception=draw.choice(MISCONCEPTIONS) if verdict == Verdict.WRONG else "",
                )
                for each, verdict in zip(checks, verdicts)
            ),
            seconds=draw.uniform(0.5, 20.0),
            leaderboard={"accuracy (%)": draw.uniform(30, 95), "parameters": 10 ** draw.uniform(3, 6.5)},
        )  # fmt: skip
        one = replace(handed_in(f"submission_{200_000_001 + work.number}", submitted=submitted), students=work.students)
        grade = Grade(one, found)
        if draw.random() < 0.2:
            grade = replace(grade, late="1 d 1 h", loss=LATE)
        if draw.random() < 0.1:
            grade = replace(grade, overrides=(Override("", draw.choice(checks).number, 2.0, "your bound holds", "", "d"),))
        if draw.random() < 0.1:
            grade = replace(grade, comments=(Comment("", "Well named."),), attempt=2, attempts=2)
        grades.append(grade)
    return grades, [Student(f"Absent Student {number}", f"absent{number}@example.com") for number in range(count // 50)]


def timed(page: Page, act: str) -> float:
    """Return the milliseconds from the start of a script until the frame that shows its result is drawn."""
    return page.evaluate(TIMED.format(act=act, drawn=DRAWN))


def loaded(page: Page, address: str) -> float:
    """Return the milliseconds until the page is loaded and sorted, and can be used."""
    page.goto("about:blank")
    page.goto(address)
    page.evaluate(DRAWN)
    return page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")


def sorts(page: Page) -> Iterator[tuple[str, str]]:
    """Yield each column, and the script that clicks on its heading."""
    for place, name in enumerate(page.locator(".all thead button").all_inner_texts()):
        yield f"sort by {name}", f"document.querySelectorAll('.all thead button')[{place}].click()"


def filters(page: Page) -> Iterator[tuple[str, str]]:
    """Yield each key of a search and each filter, with the script that types or chooses it."""
    typed = "const box = document.getElementById('text'); box.value = {text!r}; {tell}"
    tell = "box.dispatchEvent(new Event('input', {bubbles: true}))"
    for text in ("l", "lo", "lov", ""):
        yield f"search for {text!r}" if text else "clear the search", typed.format(text=text, tell=tell)
    for name in FILTERS:
        for place in (1, 0):
            choose = f"const box = document.getElementById({name!r}); box.selectedIndex = {place}; {tell}"
            yield f"{name}: {page.locator(f'#{name} option').nth(place).inner_text()[:40]}", choose


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--write", action="store_true", help="write the result into docs/figures.md")
    asked = parser.parse_args()
    assigned, load = find("cnn"), os.getloadavg()[0]
    grades, absent = made_up(asked.submissions, assigned)
    html = batch.pages.page.render(grades, assigned, "benchmark", absent=absent).encode()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        file = Path(folder, "class.html")
        file.write_bytes(html)
        found = next(filter(None, map(shutil.which, BROWSERS)))
        browser = driver.chromium.launch(executable_path=found, args=[*QUIET])
        page = browser.new_page()
        times = {"load": [loaded(page, file.as_uri()) for _ in range(asked.runs)]}
        page.locator("#submissions").focus()
        sorted_by, filtered_by = dict(sorts(page)), dict(filters(page))
        acts = sorted_by | filtered_by
        rounds = [{name: timed(page, act) for name, act in acts.items()} for _ in range(asked.runs)]  # each has work to do
        times |= {name: [each[name] for each in rounds] for name in acts}
        version = browser.version
    medians = {name: statistics.median(each) for name, each in times.items()}
    rows = [[name, *(f"{value:.0f}" for value in (medians[name], min(each), max(each)))] for name, each in times.items()]
    slowest = [max(medians[name] for name in kind) for kind in (sorted_by, filtered_by)]
    said = (
        f"`class.html` with {len(grades) + len(absent):,} rows, {len(html) / 1e6:.1f} MB, opens in "
        f"{medians['load']:.0f} ms in Chromium {version.partition('.')[0]}. Sorting by any column takes at most "
        f"{slowest[0]:.0f} ms, any filter or a letter typed into the search at most {slowest[1]:.0f} ms "
        f"(medians of {asked.runs}; `python -m benchmarks.class_page --write`; {os.cpu_count()} cores, "
        f"{platform.machine()}, {date.today()}, load average {load:.1f} before)."
    )
    print(table(["ms", "median", "least", "most"], rows), said, sep="\n\n")
    if asked.write:
        FIGURES.write_text(fill(FIGURES.read_text(), {"class page": lambda: textwrap.fill(said, WIDTH)}))


if __name__ == "__main__":
    main()
