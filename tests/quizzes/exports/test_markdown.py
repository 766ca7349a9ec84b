"""The quiz as Markdown and as JSON: it reads back as it was meant, and only the teacher's files hold keys."""

import json
import posixpath

import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from quizzes.exports import markdown, plain_json
from quizzes.roster import numbered
from tests.quizzes.exports import every_kind

NAMES = ["*A* _b_ `c` <d> [e](f) $g$ # h | i & &amp; !j \\k ~l~", "张伟 أحمد 😀", "", "two\nlines"]


@pytest.fixture(scope="module")
def written():
    made = every_kind.quiz(every_kind.students(*NAMES), title="C# & *stars* $5 #")
    return made, markdown.files(made)


def tokens(content):
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").use(dollarmath_plugin, double_inline=True)
    return parser.parse(content.decode())


def headings(content):
    found = tokens(content)
    return [(token.tag, shown(after)) for token, after in zip(found, found[1:]) if token.type == "heading_open"]


def shown(token):
    """Return the words of a line as a reader sees them."""
    return "".join(child.content for child in token.children)


def rows(content):
    """Return all rows of all tables."""
    found, row = [], None
    for token in tokens(content):
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            found.append(row)
            row = None
        elif token.type == "inline" and row is not None:
            row.append(shown(token))
    return found


def test_there_is_a_file_for_each_student_and_each_key_and_each_picture(written):
    made, files = written
    codes = [version.code for version in made.versions]
    assert set(files) == {
        path
        for code in codes
        for path in (f"markdown/{code}.md", f"teacher/markdown/{code}.md", f"markdown/pictures/{code}-7.svg")
    }
    assert files == markdown.files(made)


def test_titles_and_names_are_taken_literally(written):
    made, files = written
    for version, name in zip(made.versions, NAMES):
        content = files[f"markdown/{version.code}.md"]
        assert headings(content)[0] == ("h1", "C# & *stars* $5 #")
        line = next(token for token in tokens(content) if token.type == "inline" and "checksum" in token.content)
        assert shown(line).startswith(" ".join(name.split()) or "______")
        assert version.code in shown(line) and plain_json.checksum(made.quiz, version) in shown(line)


def test_questions_come_in_order_with_blanks(written):
    made, files = written
    version = made.versions[0]
    content = files[f"markdown/{version.code}.md"]
    points = ["0.5 points", "1.5 points", "2.5 points", "3.5 points", "4.5 points", "5.5 points", "6.5 points"]
    expected = [("h2", f"Question {number} ({worth})") for number, worth in enumerate(points, start=1)]
    assert headings(content)[1:] == expected
    text = content.decode()
    assert all(variant.stem in text for variant in version.variants)
    assert "**Answer:** \\_\\_\\_\\_\\_\\_ pixels" in text and text.count("- [ ] **") == 6 and "[x]" not in text
    assert rows(content)[2:] == [
        ["", "1", "2"], ["1", "", ""], ["2", "", ""],
        ["", "c", "height", "width"], ["conv #1 | a", "", "", ""], ["pool_1", "", "", ""],
        ["first", "second"], ["", ""],
    ]  # fmt: skip


def test_keys_fill_the_blanks_and_tell_what_went_wrong(written):
    made, files = written
    content = files[f"teacher/markdown/{made.versions[0].code}.md"]
    found = rows(content)
    assert ["1", "1307", "1317"] in found and ["2", "\N{MINUS SIGN}1327", "2.25"] in found
    assert ["pool_1", "6", "14", "14"] in found and ["1309", "7"] in found
    assert ["1308", "The padding is added once."] in found and ["B right", "Right, it cuts what is negative."] in found
    text = content.decode()
    assert "**Answer:** 1307 pixels" in text and "251.25 to 252.25 are right" in text
    assert "- [x] **B** It is" in text and text.count("- [x]") == 3
    assert [tag for tag, _ in headings(content)].count("h3") == 1 + 4  # one worked solution, four lists of wrong answers
    assert any(token.type == "math_block" and token.level > 1 for token in tokens(content))  # inside of a step


def test_pictures_are_found_from_both_folders(written):
    made, files = written
    for path, content in files.items():
        if path.endswith(".md"):
            images = [child for token in tokens(content) for child in token.children or [] if child.type == "image"]
            assert len(images) == 1
            code = posixpath.basename(path).removesuffix(".md")
            assert posixpath.normpath(posixpath.join(posixpath.dirname(path), images[0].attrs["src"])) == (
                f"markdown/pictures/{code}-7.svg"
            )
            assert images[0].content in {markdown.escaped(each.variants[-1].picture.alt) for each in made.versions}


def test_students_files_hold_no_key_no_feedback_and_no_title(written):
    made, files = written
    data = plain_json.files(made)
    for version in made.versions:
        seen = files[f"markdown/{version.code}.md"].decode() + data[f"json/{version.code}.json"].decode()
        n = int(version.variants[5].stem.split("all ")[1].rstrip("?"))
        assert not any(str(value) in seen for value in (n + 300, n + 301, n + 302, n + 310, n + 320))
        for variant in version.variants:
            told = [each.sentence for each in (*variant.wrong, *getattr(variant.answer, "options", ()))]
            assert not any(secret in seen for secret in [*told, *variant.steps, variant.title, variant.id])


def test_json_tells_what_is_asked():
    made = every_kind.quiz(numbered(1))
    document = json.loads(plain_json.files(made)["json/AB01-CDEF.json"])
    assert document["code"] == "AB01-CDEF" and document["owner"] == {"id": "1", "name": "Version 1"}
    questions = document["questions"]
    assert [question["number"] for question in questions] == list(range(1, 8))
    assert questions[0]["answer"] == {"kind": "number", "unit": "pixels"} and questions[0]["blanks"] == [""]
    assert questions[1]["blanks"] == ["r1c1", "r1c2", "r2c1", "r2c2"] and questions[1]["answer"]["shape"] == [2, 2]
    assert questions[2]["answer"]["rows"] == ["conv #1 | a", "pool_1"]
    assert [option["letter"] for option in questions[5]["answer"]["options"]] == ["A", "B", "C"]
    assert questions[5]["answer"]["several"] and set(questions[5]["answer"]["options"][0]) == {"letter", "text"}
    assert questions[6]["picture"]["alt"] == made.versions[0].variants[6].picture.alt


def test_the_checksum_changes_with_what_is_seen_and_with_nothing_else():
    (one, two), (same, _) = every_kind.quiz(numbered(2)).versions, every_kind.quiz(numbered(2)).versions
    quiz = every_kind.quiz(numbered(1)).quiz
    assert plain_json.checksum(quiz, one) == plain_json.checksum(quiz, same) != plain_json.checksum(quiz, two)
    number = one.variants[0]
    other_key = type(number)(**{**vars(number), "answer": every_kind.Number(5, "pixels")})
    other_stem = type(number)(**{**vars(number), "stem": number.stem + " "})
    versions = [type(one)(one.owner, one.code, (each, *one.variants[1:])) for each in (number, other_key, other_stem)]
    first, key, stem = (plain_json.checksum(quiz, version) for version in versions)
    assert first == key != stem
