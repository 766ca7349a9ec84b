"""The ground floor is light, and what it writes is whole, the same everywhere, and nothing but text."""

import io
import os
import stat
import subprocess
import sys
import zipfile
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import pages
from common.archive import archive
from common.errors import UserError
from common.files import write_whole
from tests.conftest import ROOT

NAMES = st.text("abcdefgh./_", min_size=1, max_size=12).filter(lambda name: not name.endswith("/"))


def test_importing_it_brings_nothing_heavy():
    modules = ", ".join(f"common.{path.stem}" for path in (ROOT / "common").glob("*.py"))
    code = (
        f"import {modules}, sys; print({{'numpy', 'jinja2', 'markupsafe', 'click', 'tomli', 'decimal'}} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "set()\n"


@given(st.dictionaries(NAMES, st.binary(max_size=50), max_size=6), st.randoms())
def test_an_archive_holds_what_was_put_in_and_its_bytes_follow_from_that_alone(content, draw):
    shuffled = list(content.items())
    draw.shuffle(shuffled)
    runnable = sorted(content)[:1]
    packed = archive(content, runnable)
    assert packed == archive(dict(shuffled), runnable)
    with zipfile.ZipFile(io.BytesIO(packed)) as zipped:
        members = zipped.infolist()
        assert {member.filename: zipped.read(member) for member in members} == content
    modes = {member.filename: stat.S_IMODE(member.external_attr >> 16) for member in members}
    assert modes == {name: 0o755 if name in runnable else 0o644 for name in content}
    assert {(member.date_time[0], member.create_system) for member in members} <= {(1980, 3)}


def test_a_file_is_replaced_whole_and_others_may_read_it(tmp_path):
    path = tmp_path / "new" / "file"
    write_whole(path, [b"old"])
    write_whole(path, [b"one", memoryview(b" two")], durable=True)
    assert path.read_bytes() == b"one two" and stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [each.name for each in path.parent.iterdir()] == ["file"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path):
    def parts():
        yield b"half"
        raise OSError(28, "No space left on device")

    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(
        UserError, match=r"cannot write .*file: No space left on device\. Choose another folder with --to\."
    ):
        write_whole(path, parts(), "--to")
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["file"]


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """A package with a template."""
    folder = tmp_path_factory.mktemp("rooms") / "room_of_a_test"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "page.jinja").write_text(
        "  {% if text %}\n<p title='{{ text }}'>{{ text }}</p>\n  {% endif %}\n{{ text | length | twice }}"
    )
    sys.path.insert(0, str(folder.parent))
    yield folder.name
    sys.path.remove(str(folder.parent))


@settings(max_examples=100)
@given(text=st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("<>&\"'{}%\u202e\u2066\u200f"), min_size=1))
def test_whatever_is_put_into_a_page_stays_text(package, text):
    page = pages.template(package, "page.jinja", {"twice": lambda value: 2 * value})
    before, title, middle, shown, after = page.render(text=text).replace("'", ">").replace("</p>", ">").split(">")
    assert (before, middle, after) == ("<p title=", "", f"\n{2 * len(text)}")
    assert unescape(title) == unescape(shown) == text.translate(pages.NOT_SHOWN)
    assert not set(shown) & set("<>\"'\u202e\u2066\u200f")


def test_a_page_may_show_other_characters_in_place_of_some(package):
    page = pages.template(package, "page.jinja", {"twice": str}, {ord("a"): "b"})
    assert "<p title='bb\u202e'>" in page.render(text="ab\u202e")


def test_what_a_template_asks_for_must_be_there(package):
    import jinja2

    with pytest.raises(jinja2.UndefinedError, match="text"):
        pages.template(package, "page.jinja", {"twice": str}).render()
    with pytest.raises(jinja2.UndefinedError, match="who"):
        pages.filled("{{ who }}")


def test_a_text_that_is_no_page_is_not_escaped():
    assert pages.filled("{% if who %}\n  {{ who }}\n{% endif %}", who="a < b") == "  a < b\n"


@pytest.mark.parametrize("page", ["batch/pages/class.html.jinja", "quizzes/exports/page_files/page.html.jinja"])
def test_pages_with_a_script_run_it_alone(page):
    text = Path(ROOT, page).read_text()
    assert 'content="{{ policy }}"' in text and "<script>{{ script }}</script>" in text


def test_the_hash_is_that_of_the_script():
    """Of the empty script, as anybody can look it up."""
    policy = pages.inlined("p {}", "")["policy"]
    assert "default-src 'none'; script-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; " in policy
