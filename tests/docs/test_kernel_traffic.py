"""The page on the kernels shows what today's kernels do: run `python -m benchmarks.kernel_traffic` after a change."""

import re
from textwrap import dedent
from xml.etree import ElementTree

import pytest

from benchmarks.kernel_traffic.__main__ import FOLDER, PAGE
from benchmarks.kernel_traffic.figures import TABLES
from benchmarks.kernel_traffic.pictures import PICTURES, svg
from benchmarks.markdown import fill
from tests.conftest import ROOT

TEXT = PAGE.read_text()
QUOTES = re.findall(r"<!-- from (\S+) -->\n```python\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.costly
def test_the_tables_are_what_was_counted():
    assert fill(TEXT, TABLES) == TEXT


def test_a_page_without_a_mark_is_an_error():
    with pytest.raises(ValueError, match="no <!-- counts --> with <!-- /counts --> after it"):
        fill(TEXT.replace("<!-- /counts -->", ""), TABLES)


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_what_was_recorded_and_says_it_in_words(name):
    kept = (FOLDER / name).read_text()
    assert kept == svg(name)
    title, description, *_ = ElementTree.fromstring(kept)
    assert title.tag.endswith("title") and title.text
    assert description.tag.endswith("desc") and description.text


def test_the_page_shows_all_pictures_and_no_others():
    shown = set(re.findall(r"!\[.+?\]\(kernels/(.*?)\)", TEXT))
    assert shown == set(PICTURES) == {path.name for path in FOLDER.iterdir()}


def test_what_is_quoted_is_the_source():
    assert len(QUOTES) == TEXT.count("```python") > 0
    for file, quote in QUOTES:
        source = (ROOT / file).read_text().splitlines()
        lines = quote.splitlines()
        pieces = (dedent("\n".join(source[at : at + len(lines)])).splitlines() for at in range(len(source)))
        assert lines in pieces, f"{file} has no longer\n{quote}"


def test_links_lead_to_files():
    for link in re.findall(r"\]\((\.\./.*?)\)", TEXT):
        assert (PAGE.parent / link).exists(), link


def test_each_table_has_its_place():
    assert [name for name in re.findall(r"<!-- /(\w+) -->", TEXT) if name in TABLES] == list(TABLES)
