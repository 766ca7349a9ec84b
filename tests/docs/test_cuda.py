"""The page on CUDA shows what students read today, and what was measured: run `python -m benchmarks.cuda_page`."""

import re
from xml.etree import ElementTree

import pytest

from autograder.assignment import find
from benchmarks import simulator_misses
from benchmarks.cuda_page import FOLDER, PAGE, PICTURES, TABLES, wrong
from benchmarks.markdown import fill
from benchmarks.simulator_misses import RIGHT, WRONG
from release.proof.watching import Watching

TEXT = PAGE.read_text()
ROWS = {row.name: row for row in simulator_misses.results()}


@pytest.mark.costly
def test_the_page_is_filled_with_what_there_is_today():
    assert fill(TEXT, TABLES) == TEXT


def test_all_wrong_kernels_were_measured_and_judged_as_they_must():
    assert set(ROWS) == set(wrong())
    assert [row.name for row in ROWS.values() if set(row.failed) != set(wrong()[row.name].verdicts)] == []


def test_the_simulator_lets_many_kinds_through():
    through = {name.partition("_")[0] for name, row in ROWS.items() if not row.is_right and row.simulator == RIGHT}
    assert len(through) >= 7 and sum(row.simulator == RIGHT and not row.is_right for row in ROWS.values()) >= 20


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("sums_leave_when_done", RIGHT),
        ("convolve_marks_padding_by_minus_one", RIGHT),
        ("max_pool_averages", WRONG),
        ("scale_without_an_edge_test", "IndexError"),
        ("convolve_tests_edges_by_overflow_is_right", "OverflowError"),
    ],
)
def test_how_kernels_end_in_the_simulator(name, ends):
    launches = simulator_misses.launches(find("cuda"), Watching(find("cuda")), wrong()[name])
    assert simulator_misses.simulated(wrong()[name], launches) == ends == ROWS[name].simulator


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_drawn_from_the_kernel_and_says_it_in_words(name):
    kept = (FOLDER / name).read_text()
    assert kept == PICTURES[name]()
    assert ElementTree.fromstring(kept).get("aria-label")


def test_the_page_shows_all_pictures_and_its_links_lead_somewhere():
    assert set(re.findall(r"!\[.+?\]\(cuda/(.*?)\)", TEXT)) == set(PICTURES)
    for link in re.findall(r"\]\(([\w./-]+)", TEXT):
        assert (PAGE.parent / link).exists(), link
