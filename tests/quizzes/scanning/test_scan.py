"""Scans: what is surely filled in is read, what is not is marked, and whatever becomes of a page is said."""

import csv
import subprocess
import sys

import cv2
import numpy as np
import pypdf
import pytest
from click.testing import CliRunner
from PIL import Image

from benchmarks import scans
from benchmarks.scans import Pencil, answers, compared, filled, scanned, sheets
from command_line.quiz.scan import scan as command
from common.errors import UserError
from quizzes import making, quiz_json
from quizzes.quiz import Entry, Quiz
from quizzes.roster import Owner, numbered
from quizzes.scanning import bubbles, layout, report, scan, straighten
from quizzes.scanning.bubbles import Reading
from quizzes.scanning.layout import Ticket
from quizzes.scanning.scan import Scanned, Unread, Where
from quizzes.scanning.sheets import sheets as together
from tests.conftest import ROOT
from tests.quizzes.exports import every_kind


@pytest.mark.costly
def test_pages_of_the_example_are_read_and_nothing_wrong_goes_unmarked(tmp_path, monkeypatch):
    """Six pages, carelessly filled in and badly scanned; benchmarks/scans.py does the same with 200."""
    monkeypatch.setattr(scan, "MANY", 1)  # several processes
    random = np.random.default_rng(11)
    made = making.make(making.read(scans.EXAMPLE), "a seed", numbered(3))
    expected = {}
    for version in made.versions:
        for number, (page, fields) in enumerate(sheets(made, version)):
            texts = answers(fields, random)
            path = tmp_path / f"{version.code}-{number}.jpg"
            path.write_bytes(scanned(filled(page, fields, texts, random, random.choice([0.02, 0.1, 0.3])), random))
            expected[path] = {(field.blank.question, field.blank.name): text for field, text in zip(fields, texts)}
    found = scan.scan([(path, 0) for path in expected], scan.asked(made))
    kinds = [kind for page, texts in zip(found, expected.values()) for kind in compared(page, texts)]
    assert len(kinds) == 189
    assert kinds.count("wrong") == kinds.count("lost with their page") == 0
    assert kinds.count("right") > 90


@pytest.fixture(scope="module")
def page():
    """A page with a question of every kind, its fields by question, and what is drawn on it."""
    made = every_kind.quiz(numbered(1))
    (image, fields), *_ = sheets(made, made.versions[0])
    return image, {(field.blank.question, field.blank.name): field for field in fields}


def read(page, draw, random=0):
    """Return what is read of each field after something is drawn."""
    image, fields = page
    pencil = Pencil(image, np.random.default_rng(random), careless=0.0)
    draw(pencil, fields)
    image = cv2.resize(pencil.page.clip(0, 255).astype(np.uint8), None, fx=2 / 3, fy=2 / 3, interpolation=cv2.INTER_AREA)
    ticket, corners = straighten.code(image)
    straight = straighten.straightened(image, ticket.paper, corners)
    return dict(zip(fields, bubbles.readings(straight, list(fields.values()))))


@pytest.mark.sampled(2)
@pytest.mark.parametrize("text", ["0", "7", "1307", "-12", "2.25", "-0.5", ".5", "1300."])
def test_a_number_is_read_as_it_is_filled_in(page, text):
    found = read(page, lambda pencil, fields: pencil.write(fields[1, ""], text))
    assert found[1, ""] == Reading(text)
    assert all(reading == Reading("") for place, reading in found.items() if place != (1, ""))


def test_options_and_ids_are_read(page):
    def draw(pencil, fields):
        pencil.write(fields[5, ""], "C")
        pencil.write(fields[6, ""], "A C")
        pencil.write(fields[0, ""], "0012345678")

    found = read(page, draw)
    assert (found[5, ""], found[6, ""], found[0, ""]) == (Reading("C"), Reading("A C"), Reading("0012345678"))


def dot(pencil, field, place, row, share, dark=0.8):
    pencil._scribble(*field.centre(place, row), layout.RADIUS * share, dark)


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("draw", "text", "why"),
    [
        (lambda pencil, field: dot(pencil, field, 1, 4, 1, 0.15), "3", "faint"),
        (lambda pencil, field: dot(pencil, field, 1, 4, 0.4), "3", "faint"),
        (lambda pencil, field: [dot(pencil, field, 1, row, 1) for row in (2, 7)], "?", "1 and 6 are marked"),
        (lambda pencil, field: [dot(pencil, field, 1, 2, 1), dot(pencil, field, 1, 7, 1, 0.12)], "1", "1 and 6 are marked"),
        (lambda pencil, field: pencil._write(field, 2, "5"), "", "written, but not marked"),
        (lambda pencil, field: [dot(pencil, field, place, 3, 1) for place in (0, 2)], "2 2", "not a number"),
        (lambda pencil, field: [dot(pencil, field, place, 0, 1) for place in (1, 2)], "..", "not a number"),
        (lambda pencil, field: dot(pencil, field, 0, 0, 1), "-", "not a number"),
    ],
)
def test_what_is_not_sure_is_marked(page, draw, text, why):
    found = read(page, lambda pencil, fields: draw(pencil, fields[1, ""]))[1, ""]
    assert found.text == text and why in found.why


def test_a_mark_that_is_crossed_out_is_not_sure(page):
    def draw(pencil, fields):
        for place in ((1, ""), (6, "")):
            (x, y), radius = fields[place].centre(1, 0), layout.RADIUS
            pencil._scribble(x, y, radius, 0.8)
            pencil._line([(x - 2 * radius, y - radius), (x + 2 * radius, y + radius)], 0.8)

    found = read(page, draw)
    assert "crossed out" in found[1, ""].why and "crossed out" in found[6, ""].why


@pytest.mark.parametrize("radius", [1.05, 1.15, 1.25])
def test_a_circle_around_a_bubble_is_not_taken_for_nothing(page, radius):
    def draw(pencil, fields):
        turn = np.linspace(0, 2 * np.pi, 20)
        for place in ((1, ""), (5, "")):
            x, y = fields[place].centre(1, 0)
            pencil._line(
                np.stack([x + layout.RADIUS * radius * np.cos(turn), y + layout.RADIUS * radius * np.sin(turn)], 1), 0.7
            )

    found = read(page, draw)
    assert found[5, ""] == Reading("B", "circled: B")
    assert found[1, ""].text == "." and ". is circled" in found[1, ""].why
    assert all(not reading.why for place, reading in found.items() if place not in ((1, ""), (5, "")))


def test_two_options_and_a_faint_one_are_not_sure(page):
    def draw(pencil, fields):
        pencil.write(fields[5, ""], "A B")
        dot(pencil, fields[6, ""], 1, 0, 0.4)

    found = read(page, draw)
    assert found[5, ""] == Reading("A B", "more than one is marked") and found[6, ""] == Reading("B", "faint: B")


def test_where_a_page_is_covered_nothing_is_sure(page):
    def draw(pencil, fields):
        left, above, right, below = (round(edge * scans.PIXELS) for edge in fields[1, ""].frame)
        pencil.page[above:below, left:right] = 230

    found = read(page, draw)
    assert found[1, ""] == Reading("?", "the page is folded or covered here") and found[2, "r1c1"] == Reading("")


def pages(*numbers, code="AB01-CDEF", file="a.pdf", of=2, text="3", start=1):
    """Return pages of a sheet as they come from a scanner; None is an empty page."""
    return [
        Scanned(Where(file, place), Ticket(code, number, "a4", 1.0, (4,)), of, {(number, ""): Reading(text)}, {})
        if number
        else Unread(Where(file, place))
        for place, number in enumerate(numbers, start=start)
    ]


def test_pages_of_students_come_in_any_order():
    made = every_kind.quiz(every_kind.students("Ada", "Grace"))
    found, problems = together(made, [*pages(2, None), *pages(2, 1, code="AB02-CDEF", start=3), *pages(1, start=5)])
    assert [[page.ticket.page for page in sheet.pages] for sheet in found] == [[1, 2], [1, 2]] and problems == []
    assert [sheet.given().student for sheet in found] == ["student-1", "student-2"]


def test_missing_pages_and_students_are_named():
    made = every_kind.quiz(every_kind.students("Ada", "Grace"))
    found, problems = together(made, pages(2))
    assert len(found) == 1
    assert problems == ["a.pdf, page 1: version AB01-CDEF lacks page 1", "no answer sheet of Grace"]


def test_a_page_scanned_twice_counts_once_and_what_differs_is_unsure():
    made = every_kind.quiz(every_kind.students("Ada"))
    found, problems = together(made, [*pages(1, 2), *pages(1, start=3), *pages(2, start=4, text="8")])
    assert len(found) == 1 and len(problems) == 2
    assert "a.pdf, page 3: it is page 1 of version AB01-CDEF again, after a.pdf, page 1; it reads the same" in problems
    assert found[0].pages[0].readings[1, ""] == Reading("3")
    assert found[0].pages[1].readings[2, ""] == Reading("3", "a.pdf, page 4 reads 8")


def test_what_a_person_reads_settles_a_page_scanned_twice():
    made = every_kind.quiz(every_kind.students("Ada"))
    twice = [*pages(1, 2), *pages(2, start=3, text="8")]
    settled, _ = report.corrected(twice, {(Where("a.pdf", 2), "2"): "7"})
    found, _ = together(made, settled)
    assert found[0].pages[1].readings[2, ""] == Reading("7", corrected=True)


def test_copies_of_a_version_for_the_room_are_different_students():
    made = every_kind.quiz(numbered(1))
    found, problems = together(made, pages(1, None, 2, 1, 2, 1))
    assert [[page.ticket.page for page in sheet.pages] for sheet in found] == [[1, 2], [1, 2], [1]]
    assert problems == ["a.pdf, page 6: version AB01-CDEF lacks page 2"]
    found, problems = together(made, pages(1, 1, 2, 2))
    assert found == [] and len(problems) == 1 and "out of order" in problems[0]
    found, problems = together(made, pages(2, 1))
    assert len(found) == 1 and problems == []


QUIZ = """title = "Sizes"
[[questions]]
template = "output-size"
[[questions]]
template = "output-shape"
[[questions]]
template = "keeps-the-size"
"""


def convgrade(folder, *arguments):
    command = [sys.executable, "-m", "command_line", "quiz", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=folder, env={"PYTHONPATH": str(ROOT), "HOME": str(folder)}
    )


def rows_of(path):
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


@pytest.fixture(scope="module")
def scanned_class(tmp_path_factory):
    """A class of three, whose sheets are scanned with much that does not belong there."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "quiz.toml").write_text(QUIZ)
    (folder / "roster.csv").write_text("id,name\na,Ada\nb,Grace\nc,Alan\n")
    made = convgrade(
        folder, "make", "quiz.toml", *"--seed s --students roster.csv --out made --format answer-sheets".split()
    )
    assert made.returncode == 0 and (folder / "made" / "answer-sheets.pdf").exists(), made.stderr
    quiz = quiz_json.read((folder / "made" / "teacher" / "quiz.json").read_bytes())
    random = np.random.default_rng(2)
    images = []
    for version in quiz.versions[:2]:
        ((page, fields),) = sheets(quiz, version)
        pencil = Pencil(page, random, careless=0.0)
        for field in fields:
            if (version.owner.id, field.blank.question) == ("b", 1):
                pencil._write(field, 1, "5")  # and no bubble
            elif not field.blank.letters:
                pencil.write(field, "12")
        images.append(pencil.page.clip(0, 255).astype(np.uint8))
    without_code = images[0].copy()
    x, y = (round(each * scans.PIXELS) for each in layout.qr("a4"))
    side = round(layout.QR * scans.PIXELS)
    without_code[y : y + side, x : x + side] = 255
    other = making.make(Quiz("other", "Other", "", (Entry("output-size"),)), "another seed", [Owner("a")])
    foreign = sheets(other, other.versions[0])[0][0]
    pages = [scanned(image, random) for image in (images[1], np.full_like(foreign, 250), without_code, foreign, images[0])]
    files = []
    for place, page in enumerate(pages):
        path = folder / f"{place}.jpg"
        path.write_bytes(page)
        files.append(Image.open(path))
    files[0].save(folder / "scan.pdf", save_all=True, append_images=files[1:])
    cv2.imwritemulti(str(folder / "scan.tiff"), [np.asarray(file) for file in files])
    files[0].save(folder / "scan.gif", save_all=True, append_images=files[1:])
    (folder / "notes.txt").write_text("not a scan")
    Image.new("L", (300, 400)).save(folder / "small.png")
    locked = pypdf.PdfWriter(folder / "scan.pdf")
    locked.encrypt("password")
    locked.write(folder / "locked.pdf")
    (folder / "broken.pdf").write_bytes((folder / "scan.pdf").read_bytes()[:2000])
    return folder


@pytest.fixture(scope="module")
def first_time(scanned_class):
    done = convgrade(
        scanned_class, "scan", "made", "scan.pdf", "notes.txt", "broken.pdf", "missing.pdf", "locked.pdf", "small.png", "."
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.costly
def test_a_class_is_scanned_and_graded_and_what_is_not_read_is_said(scanned_class, first_time):
    done = first_time
    for sentence in (
        "notes.txt is neither a PDF nor an image that can be read",
        "broken.pdf cannot be read as a PDF",
        "there is no file missing.pdf",
        "locked.pdf cannot be read as a PDF: it is locked with a password",
        ". cannot be read: Is a directory",
        "small.png, page 1: 400 x 300 pixels are too few for an answer sheet",
        "scan.pdf, page 3: no code of an answer sheet can be read",
        "belongs to another quiz, or to this quiz generated another time",
        "no answer sheet of Alan",
    ):
        assert sentence in done.stderr
    assert "page 2" not in done.stderr and "Traceback" not in done.stderr
    assert "2 answer sheets on 6 pages; 7 of 8 readings are certain" in done.stdout and "2 graded" in done.stdout
    out = scanned_class / "scanned"
    rows = rows_of(out / "answers.csv")
    assert [(row["student"], row["1"], row["2 r1c1"], row["3"]) for row in rows] == [
        ("a", "12", "12", ""),
        ("b", "", "12", ""),
    ]
    grades = (out / "grades.csv").read_bytes()
    again = convgrade(scanned_class, "grade", "made", "scanned/answers.csv", "--out", "again")
    assert again.returncode == 0 and (scanned_class / "again" / "grades.csv").read_bytes() == grades
    page = (out / "unsure.html").read_text()
    assert "column 2: written, but not marked" in page
    (picture,) = (out / "pictures").iterdir()
    assert f'src="pictures/{picture.name}"' in page and cv2.imread(str(picture)) is not None


@pytest.mark.costly
def test_hardly_a_reading_of_a_page_in_black_and_white_is_sure(scanned_class):
    """A faint mark may be lost on it without a trace."""
    Image.open(scanned_class / "4.jpg").point(lambda grey: 255 * (grey > 150)).convert("1").save(scanned_class / "bits.png")
    Image.open(scanned_class / "bits.png").save(scanned_class / "bits.pdf", resolution=200)
    made = quiz_json.read((scanned_class / "made" / "teacher" / "quiz.json").read_bytes())
    pages = [(scanned_class / name, 0) for name in ("4.jpg", "bits.png", "bits.pdf")]
    grey, *others = (page.readings for page in scan.scan(pages, scan.asked(made)))
    assert [reading.why for reading in grey.values()] == [""] * len(grey)
    for readings in others:
        assert {place: reading.text for place, reading in readings.items()} == {
            place: reading.text for place, reading in grey.items()
        }
        assert all("black and white" in reading.why for reading in readings.values())


@pytest.mark.costly
def test_all_pages_of_a_tiff_are_read_and_a_gif_is_refused(scanned_class):
    found, problems = scan.pages_of([scanned_class / "scan.tiff", scanned_class / "scan.gif"])
    assert len(found) == 5 and len(problems) == 1 and "scan.gif is neither a PDF nor an image" in problems[0]
    made = quiz_json.read((scanned_class / "made" / "teacher" / "quiz.json").read_bytes())
    codes = [each.ticket.code for each in scan.scan(found, scan.asked(made)) if isinstance(each, Scanned)]
    assert codes == [version.code for version in (made.versions[1], made.versions[0])]


@pytest.mark.costly
def test_what_a_person_reads_counts_and_is_never_lost(scanned_class, first_time):
    table = scanned_class / "two" / "corrections.csv"
    table.parent.mkdir()
    (row,) = rows_of(scanned_class / "scanned" / "corrections.csv")
    assert (row["blank"], row["read"], row["correction"]) == ("1", "", "")
    table.write_text((scanned_class / "scanned" / "corrections.csv").read_text("utf-8").rstrip("\n") + "5\n", "utf-8")
    lost = convgrade(scanned_class, "scan", "made", "4.jpg", "--out", "two")
    assert lost.returncode == 2 and "would be lost" in lost.stderr and "--corrections two/corrections.csv" in lost.stderr
    done = convgrade(scanned_class, *"scan made scan.pdf --out two --corrections two/corrections.csv".split())
    assert done.returncode == 0 and "8 of 8 readings are certain" in done.stdout, done.stderr
    rows = rows_of(scanned_class / "two" / "answers.csv")
    assert [row["1"] for row in rows] == ["12", "5"] and rows_of(table)[0]["correction"] == "5"
    stray = convgrade(scanned_class, *"scan made 4.jpg --out three --corrections two/corrections.csv".split())
    assert stray.returncode == 0 and "a correction is left over: scan.pdf, page 1 has no blank 1" in stray.stderr
    assert "scan.pdf,1,,1,,,,5" in (scanned_class / "three" / "corrections.csv").read_text("utf-8")


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("scan made notes.txt small.png", "no answer sheet of this quiz could be read"),
        ("scan nowhere scan.pdf", "nowhere does not hold a made quiz"),
        ("scan made 3.jpg", "belongs to another quiz"),
        ("scan made scan.pdf --corrections roster.csv", "roster.csv has no column 'file'"),
        ("scan made scan.pdf --corrections none.csv", "there is no file none.csv"),
        ("scan made", "Missing argument"),
    ],
)
def test_mistakes_get_a_sentence(scanned_class, arguments, said):
    done = convgrade(scanned_class, *arguments.split(), "--out", "wrong")
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr, done.stderr
    assert not (scanned_class / "wrong").exists()


def test_a_correction_of_nothing_empties_a_blank():
    page = Scanned(Where("a.pdf", 1), Ticket("AB01-CDEF", 1, "a4", 1.0, (4,)), 1, {(1, ""): Reading("3", "faint")}, {})
    found, left = report.corrected([page, Unread(Where("a.pdf", 2))], {(Where("a.pdf", 1), "1"): "None"})
    assert found[0].readings == {(1, ""): Reading("", corrected=True)} and left == []
    assert found[1] == Unread(Where("a.pdf", 2))


def test_what_is_not_installed_is_named(monkeypatch):
    for module in ("report", "scan", "sheets", "bubbles", "images", "straighten"):
        monkeypatch.delitem(sys.modules, f"quizzes.scanning.{module}", raising=False)
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    done = CliRunner().invoke(command, ["made", "scan.pdf"])
    assert isinstance(done.exception, UserError) and "pip install 'convgrade[scan]'" in str(done.exception)
