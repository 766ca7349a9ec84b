"""Exams and keys as PDFs: a screen reader reads them, no key is on them, any name is printed or written."""

import io
import re
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pypdf
import pypdfium2
import pytest
import typst

from common.errors import UserError
from quizzes import making
from quizzes.exports import paper, plain_json, typeset
from quizzes.quiz import Entry, Quiz
from quizzes.roster import Owner, numbered
from quizzes.template import templates
from tests.conftest import ROOT
from tests.quizzes.exports import every_kind


@pytest.fixture(scope="module")
def room():
    """Two versions for the room, in one file each for exams and keys."""
    made = every_kind.quiz(numbered(2))
    return made, {path: pypdf.PdfReader(io.BytesIO(pdf)) for path, pdf in paper.files(made).items()}


@pytest.fixture(scope="module")
def handed_out():
    """A file for each of two students."""
    made = on_letter(every_kind.quiz(every_kind.students("Ada Lovelace", "Grace Hopper")))
    return made, {path: pypdf.PdfReader(io.BytesIO(pdf)) for path, pdf in paper.files(made).items()}


def on_letter(made):
    return replace(made, quiz=replace(made.quiz, paper="letter"))


def words(reader):
    """Return the text of all pages without any blanks."""
    return "".join("".join(page.extract_text() for page in reader.pages).split())


def foot(page):
    """Return the text in and below the lower margin."""
    found = []

    def visit(text, page_at, text_at, *_):
        if text.strip() and text_at[4] * page_at[1] + text_at[5] * page_at[3] + page_at[5] < 60:
            found.append(text)

    page.extract_text(visitor_text=visit)
    return " ".join(found)


def nodes(reader):
    """Return all elements of the structure tree, in reading order."""

    def below(node):
        node = node.get_object()
        if isinstance(node, pypdf.generic.ArrayObject):
            for each in node:
                yield from below(each)
        elif isinstance(node, pypdf.generic.DictionaryObject):
            if "/S" in node:
                yield node
            yield from below(node.get("/K", pypdf.generic.ArrayObject()))

    return list(below(reader.trailer["/Root"]["/StructTreeRoot"]))


def tags(reader):
    return [node["/S"] for node in nodes(reader)]


def test_the_files_have_titles_a_language_and_tags(room, handed_out):
    assert set(room[1]) == {"exams.pdf", "teacher/keys.pdf"}
    assert set(handed_out[1]) == {"exams/AB01-CDEF.pdf", "exams/AB02-CDEF.pdf", "teacher/keys.pdf"}
    titles = set()
    for reader in (*room[1].values(), *handed_out[1].values()):
        root = reader.trailer["/Root"]
        assert root["/Lang"] == "en" and root["/MarkInfo"]["/Marked"] and root["/ViewerPreferences"]["/DisplayDocTitle"]
        assert "http://www.aiim.org/pdfua/ns/id/" in root["/Metadata"].get_data().decode()
        assert "/CreationDate" not in reader.metadata
        titles.add(reader.metadata.title)
    assert titles == {"Every kind: all versions", "Every kind: keys", "Every kind: AB01-CDEF", "Every kind: AB02-CDEF"}


def test_headings_begin_at_level_1_and_tables_have_headings(room, handed_out):
    for reader in (room[1]["exams.pdf"], handed_out[1]["exams/AB01-CDEF.pdf"]):
        versions = 2 if reader is room[1]["exams.pdf"] else 1
        headings = [tag for tag in tags(reader) if tag in ("/H1", "/H2", "/H3")]
        assert headings == (["/H1"] + 7 * ["/H2"]) * versions
        assert tags(reader).count("/Table") == tags(reader).count("/THead") == 5 * versions


def test_pictures_and_formulas_have_words(room):
    made, readers = room
    for reader in readers.values():
        found = [(node["/S"], node.get("/Alt")) for node in nodes(reader) if node["/S"] in ("/Figure", "/Formula")]
        assert all(alt for _, alt in found)
        pictures = [alt for tag, alt in found if tag == "/Figure"]
        if reader is readers["exams.pdf"]:
            assert pictures == [version.variants[-1].picture.alt for version in made.versions]
        else:
            assert pictures == []  # it only illustrates
        assert any("matrix with the rows" in alt for tag, alt in found if tag == "/Formula")


@pytest.mark.costly
def test_every_stem_code_and_checksum_is_there(room, handed_out):
    for made, readers in (room, handed_out):
        for version in made.versions:
            texts = [words(readers["teacher/keys.pdf"])]
            texts.append(words(readers.get(f"exams/{version.code}.pdf") or readers["exams.pdf"]))
            for text in texts:
                assert version.code in text and plain_json.checksum(made.quiz, version) in text
                for sentence in ("slides over an image", "Trace the shapes of a network of", "Read the plot of"):
                    stem = next(each.stem for each in version.variants if sentence in each.stem)
                    assert "".join(stem.split()) in text
                assert '"linear"#everywhere,\\[always].' in text and "conv#1|a" in text and "Question7" in text


def test_the_cover_says_whose_it_is_and_what_it_is_worth(room, handed_out):
    pages = [page.extract_text() for page in handed_out[1]["exams/AB01-CDEF.pdf"].pages]
    assert "Ada Lovelace" in pages[0] and "student-1" in pages[0] and "Grace" not in "".join(pages)
    rows = "".join(pages[0].split())
    assert "Question1234567TotalPoints0.51.52.53.54.55.56.524.5Reached" in rows
    assert "Workalone,with" in rows and rows.index("Reached") < rows.index("Question10.5points")
    cover = room[1]["exams.pdf"].pages[0].extract_text()
    assert "Version 1" in cover and "Name" in cover and "Student id" in cover


@pytest.mark.costly
def test_each_version_begins_on_the_front_of_a_sheet_and_counts_its_pages():
    lengths = set()
    for kinds in (1, 3, 5, 7):
        made = every_kind.quiz(numbered(2), kinds=kinds)
        exams = pypdf.PdfReader(io.BytesIO(paper.files(made)["exams.pdf"]))
        texts = ["".join(page.extract_text().split()) for page in exams.pages]
        second = next(at for at, text in enumerate(texts) if made.versions[1].code in text)
        assert second % 2 == 0
        for pages in ([text for text in texts[:second] if text], texts[second:]):
            assert all(f"page{number}of{len(pages)}" in text for number, text in enumerate(pages, start=1))
            lengths.add(len(pages) % 2)
    assert lengths == {0, 1}  # after an odd number of pages, one is left white


@pytest.mark.costly
def test_what_students_get_holds_no_key_no_feedback_and_no_title(room, handed_out):
    for made, readers in (room, handed_out):
        for version in made.versions:
            reader = readers.get(f"exams/{version.code}.pdf") or readers["exams.pdf"]
            seen = words(reader) + " ".join(str(node.get("/Alt", "")) for node in nodes(reader))
            json = "".join(plain_json.files(made)[f"json/{version.code}.json"].decode().split())
            key = words(readers["teacher/keys.pdf"])
            for variant in version.variants:
                told = [each.sentence for each in (*variant.wrong, *getattr(variant.answer, "options", ()))]
                plain = [each for each in told if "$" not in each and "`" not in each]
                for secret in ("".join(text.split()) for text in [*plain, "Worked solution", variant.title]):
                    assert secret not in seen and secret not in json
                for sentence in plain:
                    assert "".join(sentence.split())[1:] in key
            n = int(version.variants[5].stem.split("all ")[1].rstrip("?"))
            for value in (n + 300, n + 301, n + 302, n + 310, n + 320):
                assert str(value) not in seen and str(value) not in json
                assert str(value) in key


def test_the_key_shows_ticks_ranges_and_steps(room):
    key = words(room[1]["teacher/keys.pdf"])
    assert "Aright" in key and "Bwrong" in key and "areright" in key and "Countthe" in key
    assert "\N{MINUS SIGN}1327" in key  # a cell of the key: -1007 - 320


def test_a_question_stays_on_one_page_if_it_fits():
    """Twenty-four questions of two heights: each blank stands on the page of its heading."""
    made = every_kind.quiz(numbered(1), kinds=2)
    version = made.versions[0]
    version = type(version)(version.owner, version.code, version.variants * 12)
    quiz = Quiz("q", "q", "", tuple(Entry("hand", 1, 1, "typed") for _ in version.variants))
    reader = pypdf.PdfReader(io.BytesIO(paper.files(type(made)(quiz, (version,)))["exams.pdf"]))
    pages = [page.extract_text() for page in reader.pages]
    assert 4 < len(pages) < 9
    for page in pages:
        assert len(re.findall(r"Question \d+\s*1 point", page)) == page.count("Answer:") > 0


@pytest.mark.costly
def test_a_table_to_fill_in_stays_whole_where_its_question_does_not_fit_on_a_page():
    for lines in range(20, 60, 4):
        grid = every_kind.Grid(((1, 2), (3, 4), (5, 6)), ("first row", "middle row", "last row"), ("a", "b"))
        long = every_kind.variant("\n\n".join(f"Line {number}." for number in range(lines)), grid)
        made = every_kind.quiz(every_kind.students("Ada"))
        owner = replace(made.versions[0].owner, type_size=24)
        version = type(made.versions[0])(owner, "LONG-CODE", (long,))
        quiz = Quiz("q", "q", "", (Entry("hand", 1, 1, "typed"),))
        reader = pypdf.PdfReader(io.BytesIO(paper.files(type(made)(quiz, (version,)))["exams/LONG-CODE.pdf"]))
        (whole,) = [page.extract_text() for page in reader.pages if "first row" in page.extract_text()]
        assert "Answer" in whole and "middle row" in whole and "last row" in whole


def test_a_question_longer_than_a_page_goes_on_on_the_next():
    long = every_kind.variant("\n\n".join(f"Line {number} of a long stem." for number in range(120)), every_kind.Number(1))
    made = every_kind.quiz(numbered(1))
    version = type(made.versions[0])(made.versions[0].owner, "LONG-CODE", (long,))
    quiz = Quiz("q", "q", "", (Entry("hand", 1, 1, "typed"),))
    reader = pypdf.PdfReader(io.BytesIO(paper.files(type(made)(quiz, (version,)))["exams.pdf"]))
    text = words(reader)
    assert all(f"Line{number}of" in text for number in range(120)) and len(reader.pages) > 3


@pytest.mark.costly
@pytest.mark.parametrize("owners", ["numbered(2)", "every_kind.students('Ada', 'Grace')"])
def test_the_same_quiz_gives_the_same_bytes_in_another_process(owners):
    program = (
        "from hashlib import sha256; from quizzes.roster import numbered; from quizzes.exports import paper\n"
        "from tests.quizzes.exports import every_kind\n"
        f"for path, pdf in paper.files(every_kind.quiz({owners})).items(): print(path, sha256(pdf).hexdigest())"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    here = paper.files(every_kind.quiz(numbered(2) if "numbered" in owners else every_kind.students("Ada", "Grace")))
    assert done.stdout.splitlines() == [f"{path} {sha256(pdf).hexdigest()}" for path, pdf in here.items()]


NAMES = [
    '#"$x$" \\ *[a]* _b_ `c` <d> @e // f /* g', "= Heading", "+ item", "Nguyễn Thị Đặng", "أحمد بن علي", "שלום כהן",
    "Дмитрий Ωμέγα", "x" * 200, "\N{RIGHT-TO-LEFT OVERRIDE}evil", "bell\a and\nline", "\N{ZERO WIDTH JOINER}", "", "a\\",
    '"',
]  # fmt: skip


def test_any_name_and_id_of_these_scripts_is_printed():
    owners = every_kind.students(*NAMES)
    made = every_kind.quiz(owners, kinds=1)
    assert paper.unprintable(made) == []
    exams = pypdf.PdfReader(io.BytesIO(paper.files(made, together=True)["exams.pdf"]))
    covers = [page.extract_text() for page in exams.pages if "Reached" in page.extract_text()]
    assert len(covers) == len(NAMES)
    assert NAMES[0] in covers[0].replace("\n", "") and "= Heading" in covers[1]
    assert "Nguyễn" in covers[3] and "Дмитрий" in covers[6]
    assert "evil" in covers[8] and "bell and line" in covers[9] and '"' in covers[13]
    assert covers[7].replace("\n", "").replace("\N{ZERO WIDTH SPACE}", "").count("x") > 195


@pytest.mark.parametrize("name", ["张伟", "นภา", "Mia 😀 Rose", "\N{EGYPTIAN HIEROGLYPH A001}"])
def test_a_name_that_no_font_has_is_written_by_hand(name, monkeypatch):
    """The computer's fonts are other ones everywhere; here it has none."""
    monkeypatch.setattr(typeset, "_fonts", lambda whose: typst.Fonts(include_system_fonts=False))
    typeset.fonts_for.cache_clear()
    made = every_kind.quiz(every_kind.students(name, "Ada"), kinds=1)
    assert paper.unprintable(made) == [made.versions[0].owner]
    found = paper.files(made)
    typeset.fonts_for.cache_clear()
    cover = pypdf.PdfReader(io.BytesIO(found["exams/AB01-CDEF.pdf"])).pages[0].extract_text()
    assert "Please write" in cover and "AB01-CDEF" in cover and "student-1" in cover
    assert "Please write" not in pypdf.PdfReader(io.BytesIO(found["exams/AB02-CDEF.pdf"])).pages[0].extract_text()


def test_the_fonts_of_the_computer_help_out(monkeypatch):
    """Whatever fonts are here: every name comes out, or is written by hand."""
    made = every_kind.quiz(every_kind.students("张伟", "Mia 😀", "Ada"), kinds=1)
    assert len(paper.files(made)) == 4
    assert made.versions[2].owner not in paper.unprintable(made)


def test_a_title_that_cannot_be_printed_is_refused_in_one_sentence(monkeypatch):
    monkeypatch.setattr(typeset, "_fonts", lambda whose: typst.Fonts(include_system_fonts=False))
    typeset.fonts_for.cache_clear()
    with pytest.raises(UserError, match="no font here has all letters"):
        paper.files(every_kind.quiz(numbered(1), title="卷积"))
    with pytest.raises(UserError, match="description cannot be printed: no Typst for image"):
        paper.files(every_kind.quiz(numbered(1), description="![a](b.png)"))
    typeset.fonts_for.cache_clear()
    assert paper.files(every_kind.quiz(numbered(1), title=" ", description=""))


def test_a_description_keeps_headings_lists_and_code():
    description = '# Rules\n\nBe **quiet**.\n\n```\nx = [1, 2]  # "two"\n```\n\n- one\n- two'
    exams = paper.files(every_kind.quiz(numbered(1), description=description))["exams.pdf"]
    text = pypdf.PdfReader(io.BytesIO(exams)).pages[0].extract_text()
    assert 'x = [1, 2]  # "two"' in text and "Rules\n" in text and "one" in text


@pytest.fixture(scope="module")
def whole_bank():
    """All templates, each once."""
    entries = tuple(Entry(name, 1.0, 1, "typed") for name in templates())
    return making.make(Quiz("all", "All templates", "", entries, minutes=60), "a seed", numbered(1))


def printed(made, size, sheet):
    """Return the pages of exam and key in a type of this size."""
    version = made.versions[0]
    version = replace(version, owner=replace(version.owner, type_size=size))
    made = replace(made, quiz=replace(made.quiz, paper=sheet), versions=(version,))
    return {path: list(pypdfium2.PdfDocument(pdf)) for path, pdf in paper.files(made).items()}


def lines(page):
    """Return the texts of a page that have letters or digits, and their boxes: left, bottom, right, top."""
    text = page.get_textpage()
    boxes = [text.get_rect(index) for index in range(text.count_rects())]
    found = {box: text.get_text_bounded(*box).strip() for box in boxes}
    return {box: words for box, words in found.items() if re.search(r"\w", words)}


@pytest.mark.costly
@pytest.mark.parametrize(("size", "sheet"), [(0, "a4"), (18, "letter"), (24, "a4")])
def test_no_text_overlaps_another_or_leaves_the_page_and_nothing_stands_alone(whole_bank, size, sheet):
    for path, pages in printed(whole_bank, size, sheet).items():
        headings = 0
        for number, page in enumerate(pages, start=1):
            width, height = page.get_size()
            found = lines(page)
            boxes = np.array(list(found))
            where = f"{path}, page {number}"
            assert boxes.min(0)[0] > 60 and boxes.max(0)[2] < width - 54, where
            assert boxes.min(0)[1] > 20 and boxes.max(0)[3] < height - 50, where
            low, high = boxes[:, None], boxes[None]
            across = np.minimum(low[..., 2:], high[..., 2:]) - np.maximum(low[..., :2], high[..., :2])
            assert not np.triu((across > 2).all(-1), 1).any(), where
            above_foot = sorted((box[1], text) for box, text in found.items() if box[1] > 60)
            assert not re.match(r"Question \d+|Tick (one|every) box|Worked|1 point", above_foot[0][1]), where
            headings += sum(text.startswith("Question ") and len(text) < 20 for text in found.values())
            if size == 0 and path == "exams.pdf":  # all of them fit on a page
                asked = [text for text in found.values() if re.match(r"Answer:|Tick (one|every) box", text)]
                assert len(asked) == sum(bool(re.fullmatch(r"Question \d+", text)) for text in found.values()), where
        assert headings >= len(templates())


def test_ten_questions_take_six_pages():
    quiz = making.read(ROOT / "quizzes" / "examples" / "cnn.toml")
    made = making.make(quiz, "any seed", numbered(1))
    assert len(printed(made, 0, "a4")["exams.pdf"]) <= 6


@pytest.mark.parametrize(("working", "least", "most"), [("none", 0, 60), ("some", 60, 200), ("much", 150, 300)])
def test_working_space_is_as_much_as_the_quiz_says(working, least, most):
    """Between the stem of a question and its box."""
    made = making.make(Quiz("q", "q", "", (Entry("output-size"),), working=working), "a seed", numbered(1))
    variant = replace(made.versions[0].variants[0], picture=None)
    load = replace(variant.certificate.load, operations=20)
    variant = replace(variant, certificate=replace(variant.certificate, load=load))
    made = replace(made, versions=(replace(made.versions[0], variants=(variant,)),))
    found = {text: box for box, text in lines(printed(made, 0, "a4")["exams.pdf"][0]).items()}
    stem = next(box for text, box in found.items() if "How many" in text or "how many" in text)
    assert least < stem[1] - found["Answer:"][3] < most


def test_a_long_key_stays_in_its_box():
    long = (every_kind.Number(10**28 + 7), every_kind.Grid(((10**15, -(10**15) - 1), (1, 2))))
    made = every_kind.quiz(numbered(1))
    version = replace(made.versions[0], variants=tuple(every_kind.variant("Count.", answer) for answer in long))
    made = replace(made, versions=(version,), quiz=Quiz("q", "q", "", (Entry("hand"), Entry("hand"))))
    page = printed(made, 0, "a4")["teacher/keys.pdf"][0]
    shapes = [each.get_bounds() for each in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_PATH])]
    keys = [box for box, text in lines(page).items() if re.fullmatch(r"\D?10{12,}\d", text)]
    assert len(keys) == 3
    for left, bottom, right, top in keys:
        near = [x for x in shapes if x[1] - 1 < bottom and top < x[3] + 1]  # a rectangle, or the lines of a table
        assert any(x[0] < left and x[2] > right for x in near) or (
            any(left - 40 < x[0] < left for x in near) and any(right < x[2] < right + 40 for x in near)
        )


@pytest.mark.parametrize(("more", "minutes"), [("", 40), ("25 %", 50), ("12.5 %", 45), ("15 minutes", 55)])
def test_a_student_with_larger_type_and_more_time_has_both_on_paper(more, minutes):
    made = every_kind.quiz([Owner("a", "Ada", type_size=18 if more else 0, more_time=more)])
    made = replace(made, quiz=replace(made.quiz, minutes=40))
    page = pypdfium2.PdfDocument(paper.files(made)["exams/AB01-CDEF.pdf"])[0]
    found = {text: box for box, text in lines(page).items()}
    assert f"{minutes} minutes" in found
    stem = next(box for text, box in found.items() if text.startswith("Name"))
    high = stem[3] - stem[1]
    assert 8 < high < 16 if more else high < 9
