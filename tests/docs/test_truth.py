"""The page on what the checks catch says what was measured."""

import json

from benchmarks.truth import page
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "truth.md"


def test_the_page_is_what_was_measured():
    assert PAGE.read_text() == page.render(json.loads(PAGE.with_suffix(".json").read_text()))
