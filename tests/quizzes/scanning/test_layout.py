"""Answer sheets: everything has its place, on paper as in the layout, and no width gives a key away."""

import io
from dataclasses import replace

import cv2
import numpy as np
import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.scans import sheets
from quizzes import making
from quizzes.exports import answer_sheets
from quizzes.grading.marking import blanks
from quizzes.question import Choice, Grid, Number, written
from quizzes.quiz import Entry, Quiz
from quizzes.roster import Owner, numbered
from quizzes.scanning import bubbles, layout, markers
from quizzes.scanning.layout import Ticket
from quizzes.scanning.straighten import PIXELS, Page
from quizzes.template import templates
from tests.quizzes.exports import every_kind

STUDENT = [Owner("ada", "Ada")]


@pytest.fixture(scope="module")
def whole_bank():
    entries = tuple(Entry(name, 1.0, 1, "typed") for name in templates())
    made = making.make(Quiz("all", "All templates", "", entries), "a seed", numbered(1))
    return made, layout.widths(made)


@given(
    st.from_regex("[2-9A-Z]{4}-[2-9A-Z]{4}", fullmatch=True),
    st.integers(1, 99),
    st.sampled_from(list(layout.SIZES)),
    st.integers(100, 240),
    st.lists(st.integers(0, layout.MOST), max_size=60),
)
def test_a_code_says_the_whole_ticket(code, page, paper, scale, widths):
    ticket = Ticket(code, page, paper, scale / 100, tuple(widths))
    assert Ticket.read(ticket.text) == ticket
    assert set(ticket.text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")  # packed densely


@pytest.mark.parametrize(
    "text", ["", "CONVGRADE", "https://example.org", "CONVGRADE:AB01-CDEF:1:A5:1.00:4", "CONVGRADE:a:1:A4:1.00:"]
)
def test_any_other_code_is_not_a_ticket(text):
    assert Ticket.read(text) is None


@pytest.mark.costly
@pytest.mark.parametrize("paper", layout.SIZES)
@pytest.mark.parametrize("scale", [1.0, 1.64, 2.18])
@pytest.mark.parametrize("room", [True, False])
def test_every_blank_has_its_bubbles_which_overlap_nothing(whole_bank, paper, scale, room):
    made, widths = whole_bank
    version = made.versions[0]
    ticket = Ticket(version.code, 1, paper, scale, widths)
    pages = layout.pages(layout.blanks(version.variants, made.quiz.language), ticket, room)
    wanted = [(number, name) for number, variant in enumerate(version.variants, 1) for name in blanks(variant)]
    found = [(field.blank.question, field.blank.name) for page in pages for field in page]
    assert sorted(found) == sorted(wanted + [(0, "")] * room)
    width, height = layout.SIZES[paper]
    squares = [(*place, layout.MARKER) for place in markers.corners(paper).values()] + [(*layout.qr(paper), layout.QR)]
    radius = layout.RADIUS * scale
    for number, page in enumerate(pages, start=1):
        centres = np.array(
            [
                field.centre(place, row)
                for field in page
                for place, rows in enumerate(field.columns)
                for row in range(len(rows))
            ]
        )
        assert (centres > radius + 5).all() and (centres < np.array([width, height]) - radius - 5).all()
        apart = np.hypot(*(centres[:, None] - centres[None]).transpose(2, 0, 1)) + 1e3 * np.eye(len(centres))
        assert apart.min() > 2.5 * radius
        for x, y, side in squares:
            assert (np.abs(centres - (x + side / 2, y + side / 2)).max(1) > side / 2 + radius).all()
        frames = np.array([field.frame for field in page])
        across = np.minimum(frames[:, None, 2:], frames[None, :, 2:]) - np.maximum(frames[:, None, :2], frames[None, :, :2])
        assert not np.triu((across > 1e-6).all(-1), 1).any()
        if room and number == 1:
            assert all(field.y > layout.head(ticket)[3] - 1e-6 for field in page if field.blank.question)


def test_a_width_has_room_for_all_keys_and_wrong_answers_and_is_the_same_for_all_versions():
    entries = tuple(
        Entry(name) for name, each in templates().items() if name in ("dense-weights", "output-shape", "average-pooling")
    )
    made = making.make(Quiz("q", "q", "", entries), "a seed", numbered(20))
    for place, width in enumerate(layout.widths(made)):
        lengths = set()
        for version in made.versions:
            variant = version.variants[place]
            for answer in (variant.certificate.key, *(one.answer for one in variant.wrong)):
                rows = answer if isinstance(answer, list | tuple) else [[answer]]
                lengths |= {len(text if isinstance(text, str) else written(text)) for row in rows for text in row}
        assert max(lengths) < width <= max(lengths) + 2 and len(lengths) > 1


def test_a_question_may_be_a_number_for_one_student_and_options_for_another():
    quiz = Quiz("q", "q", "", (Entry(templates=("output-size", "keeps-the-size")),))
    made = making.make(quiz, "a seed", [Owner(str(number)) for number in range(8)])
    (width,) = widths = layout.widths(made)
    kinds = set()
    for version in made.versions:
        ticket = layout.ticket(quiz, version, widths)
        asked = layout.blanks(version.variants, quiz.language)
        ((field,),) = layout.pages(asked, ticket, False)
        assert ticket.fits(asked) and len(field.columns) == (len(asked[0].letters) or width)
        kinds.add(bool(asked[0].letters))
    assert kinds == {True, False} and width > 0
    assert not layout.Ticket("AB01-CDEF", 1, "a4", 1.0, (0,)).fits([layout.Blank(1, "", ("", ""))])


def test_the_markers_are_those_that_opencv_looks_for():
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for one, rows in markers.BITS.items():
        printed = cv2.aruco.generateImageMarker(dictionary, one, 6)
        assert [[int(bit) * 255 for bit in row] for row in rows] == printed[1:5, 1:5].tolist()
        assert not printed[[0, -1]].any() and not printed[:, [0, -1]].any()


@pytest.mark.costly
@pytest.mark.parametrize(("paper", "type_size"), [("a4", 0), ("letter", 18)])
def test_bubbles_are_printed_where_the_layout_says_and_are_empty(paper, type_size):
    made = every_kind.quiz([replace(numbered(1)[0], type_size=type_size)])
    made = replace(made, quiz=replace(made.quiz, paper=paper))
    for image, fields in sheets(made, made.versions[0]):
        width, height = (round(side * PIXELS) for side in layout.SIZES[paper])
        grey = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
        page = Page(grey, 1 - grey / 255)
        for field in fields:
            found = bubbles.marks(page, field)
            assert found.alike > 0.7
            assert max(column.max() for column in found.columns) < bubbles.PRINTED
            assert max(found.boxes, default=0) < 0.001
            frame = [round(edge * PIXELS) for edge in field.frame]
            assert (page.darkness[frame[1] : frame[3], frame[0] : frame[2]] > 0.5).any()
        assert [reading.text for reading in bubbles.readings(page, fields)] == [""] * len(fields)


@pytest.mark.costly
def test_a_sheet_is_tagged_and_its_bubbles_are_not_read_out():
    made = every_kind.quiz([Owner("student-1", "Ada Lovelace"), Owner("student-2", "Grace Hopper")])
    reader = pypdf.PdfReader(io.BytesIO(answer_sheets.files(made)["answer-sheets.pdf"]))
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "en" and root["/MarkInfo"]["/Marked"] and reader.metadata.title == "Every kind: answer sheets"
    assert "http://www.aiim.org/pdfua/ns/id/" in root["/Metadata"].get_data().decode()
    texts = [page.extract_text() for page in reader.pages]
    assert len(texts) == 3 and not texts[1]  # each begins on the front of a sheet of paper
    for text, version in zip(texts[::2], made.versions):
        assert version.code in text and version.owner.name in text and "page 1 of 1" in text
    content = reader.pages[0].get_contents().get_data()
    assert content.count(b"/Artifact") > 10
    tagged = [part for part in content.split(b"BDC")[1:] if b"/Artifact" not in content.split(b"BDC")[0][-40:]]
    assert len(tagged) < 120  # 26 labels and a few lines; there are some thousand symbols


def test_a_title_in_any_script_is_printed_or_refused_in_one_sentence():
    made = every_kind.quiz(STUDENT, title="Ω ≤ Дмитрий")
    text = pypdf.PdfReader(io.BytesIO(answer_sheets.files(made)["answer-sheets.pdf"])).pages[0].extract_text()
    assert "Ω ≤ Дмитрий" in text


def test_the_answers_of_a_sheet_are_those_of_the_questions():
    version = every_kind.quiz(STUDENT).versions[0]
    for variant, number in zip(version.variants, range(1, 99)):
        found = [
            one for one in layout.blanks(version.variants, every_kind.quiz(STUDENT).quiz.language) if one.question == number
        ]
        match variant.answer:
            case Number(unit=unit):
                assert [one.label[1] for one in found] == [unit]
            case Grid(values=values):
                assert len(found) == sum(map(len, values))
            case Choice(options=options, several=several):
                assert [(len(one.letters), one.several) for one in found] == [(len(options), several)]
