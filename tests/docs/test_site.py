"""The site: it builds without a warning, loads nothing from any host, and shows what is true today."""

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, SOLUTIONS

README = (ROOT / "README.md").read_text()
HOST = "https://example.org/convgrade"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built as strictly as can be: a link or an anchor that leads nowhere is an error."""
    pytest.importorskip("sphinx", reason="the extra `site` is not installed")
    folder = tmp_path_factory.mktemp("site")
    command = ["-m", "sphinx", "-q", "-W", "-n", "-c", "docs", "-D", f"source_url={HOST}", ".", folder]
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.costly
def test_every_page_is_in_the_site_and_in_its_contents(site):
    pages = {path.relative_to(ROOT).with_suffix(".html") for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]}
    first = (site / "README.html").read_text()
    for page in pages:
        assert (site / page).is_file()
        assert f'href="{page}"' in first or page == Path("README.html")


@pytest.mark.costly
def test_the_first_page_is_found_at_the_address_of_the_site(site):
    found = re.search(r"url=([\w./]+)", (site / "index.html").read_text())
    assert (site / found[1]).is_file()


def test_pages_load_nothing_from_a_host(site):
    for page in site.rglob("*.html"):
        loaded = re.findall(r"<(?:script|img|link|iframe)\b[^>]*?\b(?:src|href)=\"(.*?)\"", page.read_text())
        assert not [url for url in loaded if re.match(r"(https?:)?//", url)], page
    for style in site.rglob("*.css"):
        assert not re.search(r"(url\(|@import)\s*[\"']?(https?:)?//", style.read_text()), style


def test_links_into_the_repository_lead_to_where_it_is_published(site):
    assert f'href="{HOST}/solutions/cnn/assignment.toml"' in (site / "docs" / "thresholds.html").read_text()


def test_the_readme_fits_a_screen():
    assert len(README.splitlines()) <= 90


def test_the_readme_shows_a_failed_check_as_a_student_sees_it(tmp_path):
    screenshots = runpy.run_path(str(ROOT / "docs" / "screenshots.py"))
    text = (SOLUTIONS / "convolution.py").read_text()
    assert screenshots["RIGHT"] in text
    (tmp_path / "convolution.py").write_text(text.replace(screenshots["RIGHT"], screenshots["WRONG"]))
    command = [Path(sys.executable).with_name("convgrade"), "check", tmp_path, "1.2"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert re.search(r"```text\n(.*?)```", README, re.DOTALL)[1] in done.stdout


@pytest.mark.costly
def test_the_picture_of_the_imports_is_drawn_from_the_imports():
    picture = runpy.run_path(str(ROOT / "docs" / "imports.py"))
    assert picture["svg"]() == picture["PICTURE"].read_text()
    assert "kernels imports nothing" in picture["svg"]()
