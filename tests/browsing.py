"""What every page must be, whoever reads it."""

import pytest

from tests.conftest import ROOT

DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
AXE = ROOT / "tests" / "node_modules" / "axe-core" / "axe.min.js"


def assert_accessible(page, *widths):
    """Look for violations in light and in the dark, at each of these widths, or as wide as the page is now."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci --prefix tests")
    page.evaluate(AXE.read_text("utf-8"))
    for width in widths or (page.viewport_size["width"],):
        page.set_viewport_size({"width": width, "height": 740})
        page.evaluate(DRAWN)  # and what listens to another width has heard of it
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
            faults = [(one["id"], node["html"], node["failureSummary"]) for one in found for node in one["nodes"]]
            assert not faults, (width, scheme)
