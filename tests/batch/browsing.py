"""What every page must be."""

import pytest

from tests.conftest import ROOT

AXE = ROOT / "tests" / "quizzes" / "exports" / "node_modules" / "axe-core" / "axe.min.js"


def assert_accessible(page):
    """Look for violations on a desk and on a phone, in light and in the dark."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci --prefix tests/quizzes/exports")
    page.evaluate(AXE.read_text("utf-8"))
    for width in (1100, 375):
        page.set_viewport_size({"width": width, "height": 740})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
            assert not [(one["id"], node["html"]) for one in found for node in one["nodes"]], (width, scheme)
