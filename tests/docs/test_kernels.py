"""The page on the kernels says what was measured: its tables and pictures are those of docs/kernels.json, all of them."""

import re

import pytest

from benchmarks.kernel_speed import tables
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "kernels.md"


@pytest.fixture
def results():
    pytest.importorskip("matplotlib")
    pytest.importorskip("tqdm")
    from benchmarks.kernel_speed.__main__ import RESULTS, load

    assert RESULTS.exists()
    return load(RESULTS)


def test_the_tables_are_what_was_measured(results):
    page = PAGE.read_text()
    assert tables.fill(page, results) == page


@pytest.mark.costly
def test_the_pictures_are_what_was_measured(results, tmp_path):
    import matplotlib as mpl

    from benchmarks.kernel_speed.plots import draw

    drawn = {path.name: path.read_text() for path in draw(results, tmp_path)}
    kept = {path.name: path.read_text() for path in PAGE.parent.glob("kernels-*.svg")}
    assert kept.keys() == drawn.keys() == set(re.findall(r"!\[.*?\]\((kernels-.*?)\)", PAGE.read_text()))
    for name, picture in kept.items():
        if f"Matplotlib v{mpl.__version__}" in picture:  # another version lays things out otherwise, but says the same
            assert picture == drawn[name]
        assert re.findall("<text.*?>(.*?)</text>", picture) == re.findall("<text.*?>(.*?)</text>", drawn[name])
