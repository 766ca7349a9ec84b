"""What a student reads of a graded class: all that stands for them, comments at their lines, and what they changed."""

import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.assignment import find
from autograder.feedback import Failure
from autograder.grading import Report
from autograder.lateness import Loss
from autograder.report import html
from autograder.runner import Outcome
from autograder.sources import Definition, Source
from autograder.verdicts import Verdict
from batch import outputs, run
from batch.grades import TOTAL, Comment, Grade, Override
from batch.instructor import comments
from batch.instructor.instructions import Instructions
from batch.ledger import Ledger
from batch.models import HandedIn, Result, Student
from batch.pages import changes, reports
from common import pages
from common.errors import UserError
from tests.batch import classes
from tests.batch.classes import HOSTILE
from tests.browsing import assert_accessible
from tests.conftest import SOLUTIONS

CNN = find("cnn")
LINES = ("def conv2d(image, kernel):", "    return image[kernel]  # <!--points 1.2-->7<!--/points 1.2--></li></ol>")
CONVOLUTION = (SOLUTIONS / "convolution.py").read_text()
WHEN = "2026-11-29T10:00:00+00:00"


class Read(HTMLParser):
    """A page's tags, and its text as a reader sees it."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(page)
        self.text = " ".join(" ".join(self.texts).split())

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)

    def handle_data(self, data):
        self.texts.append(data)


def a_report():
    """Return a report in which 1.2 has crashed, half of 1.3 is right, and all else is."""
    found = Report(
        CNN, "seed", False, CNN.points(), sources={"convolution.py": Source(LINES, (Definition("conv2d", 1, 2),))}
    )
    for check in CNN.checks():
        if check.number:
            crashed = Failure(Verdict.CRASHED, "It crashed.", "conv2d(1, 2)", frames=["convolution.py line 2: return"])
            failure = {"1.2": crashed, "1.3": Failure(Verdict.WRONG, "It is wrong.", "conv2d(1, 2)")}.get(check.number)
            score = {"1.2": 0.0, "1.3": check.points / 2}.get(check.number, check.points)
            found.outcomes.append(Outcome(check, score, failure))
    return found


REPORT = a_report()
PAGE = html.render(REPORT, "Content 0123")
RECORD = Result.of(REPORT, "d")
ADA = HandedIn("ada", (Student("Ada", "ada@school.edu"),), WHEN, Path("nowhere"))


def filled(grade, folder=Path("nowhere")):
    return reports.filled(PAGE, grade, folder)


def test_a_report_says_whose_it_is_and_what_stands():
    grade = Grade(ADA, RECORD, attempt=2, attempts=3, counts=False, loss=Loss(0.1, "Handed in 2 h late."))
    page = Read(filled(grade))
    assert f"{grade.total:g} of {grade.result.points:g} points" in page.text
    assert "Ada, submitted 2026-11-29 10:00" in page.text and "Content 0123" not in page.text
    assert "Attempt 2 of 3. Another attempt counts." in page.text and "What changed" in page.text
    assert "What changed" not in reports.filled(PAGE, grade, Path("nowhere"), alone=True), "it is not sent"
    assert f"Handed in 2 h late. {grade.score:g} points, minus {grade.lost:g} for lateness: {grade.total:g}." in page.text


def test_overrides_stand_with_their_reasons_in_checks_parts_and_total():
    changed = Override("email ada@school.edu", "1.2", 1.5, "Right, but for <b>one</b> case", WHEN, "d")
    grade = Grade(ADA, RECORD, overrides=(changed,))
    page = Read(filled(grade))
    most = {check.number: check.points for check in RECORD.checks}
    assert "Your instructor changed this from 0 to 1.5 points: Right, but for <b>one</b> case" in page.text
    assert f"1.5 of {most['1.2']:g}" in page.text and f"{grade.total:g} of {RECORD.points:g} points" in page.text
    part = sum(check.score for check in grade.checks if check.number.startswith("1."))
    assert page.text.count(f"{part:g} of 30") == 2, "above, and at the part"
    whole = Read(filled(replace(grade, overrides=(replace(changed, check=TOTAL, points=42.0),))))
    assert "42 of 100 points" in whole.text and "set the whole grade to 42 points: Right" in whole.text


def test_what_could_not_be_graded_has_no_points():
    assert "Not graded" in Read(filled(Grade(ADA, replace(RECORD, error="damaged")))).text


def test_comments_stand_at_their_lines_and_above(tmp_path):
    (tmp_path / "contents" / "d").mkdir(parents=True)
    (tmp_path / "contents" / "d" / "sources.json").write_text(json.dumps({"convolution.py": LINES}))
    said = [
        Comment("", "Look here.", "convolution.py", 2, -1.0, "d"),
        Comment("", "Too far.", "convolution.py", 99, digest="d"),
        Comment("", "Well done.", points=2.0, digest="d"),
        Comment("", "Earlier.", "convolution.py", 1, digest="e"),
    ]
    grade = Grade(ADA, RECORD, comments=tuple(said))
    page = filled(grade, tmp_path)
    text = Read(page).text
    assert "convolution.py, line 2 1" not in text and "-1 point Look here." in text and "+2 points Well done." in text
    assert "convolution.py, line 99 (the file does not have this line)" in text
    assert "convolution.py, line 1 (the file does not have this line), in another attempt" in text
    assert grade.score == pytest.approx(RECORD.score + 1)
    blocks = re.findall(r'<ol data-file="convolution.py" start="1">(.*?)</ol>', page, re.DOTALL)
    assert len(blocks) == 2, "in 1.2 and in 1.3"
    for block in blocks:
        first, second, _ = block.split("</li>")
        assert "Look here." in second and "return" in second and "said" not in first and "Earlier" not in block
    assert text.count("Look here.") == 3 and text.count("Too far.") == 1


def test_comments_take_no_more_than_there_is():
    grade = Grade(ADA, RECORD, comments=(Comment("", "All of it is copied.", points=-1000.0),))
    assert grade.score == grade.total == 0


texts = st.sampled_from([*HOSTILE, "<!--title-->", "<!--/standing--><script>", '"></ol>', *LINES])


@given(texts, texts, texts, texts)
def test_nothing_that_people_write_is_markup(name, when, reason, comment):
    who = replace(ADA, students=(Student(name),), submitted=when)
    made = (Override("", "1.2", 1.0, reason, "", "d"), Override("", TOTAL, 1.0, reason, "", "d"))
    said = (Comment("", comment, "convolution.py", 1, digest="d"), Comment("", comment, comment))
    page = filled(Grade(who, RECORD, made, said))
    plain = filled(Grade(ADA, RECORD, tuple(replace(one, reason="") for one in made),
                         tuple(replace(one, text="", file=one.file and "convolution.py") for one in said)))  # fmt: skip
    assert sorted({*Read(page).tags}) == sorted({*Read(plain).tags})
    assert page.count("<script") == plain.count("<script")
    assert not set(page) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00\x1b\x85\ud800")
    assert all(pages.put(page, {name: "CHANGED"}).count("CHANGED") <= 1 for name in ("title", "standing", "points 1.2"))


def test_places_of_a_page():
    page = "<!--a-->1<!--b-->2<!--/b--><!--/a--> &lt;!--a--> <!--b-->3<!--/b--> <!--c-->"
    assert pages.put(page, {"b": "x"}) == page.replace("<!--b-->3<!--/b-->", "x")
    assert pages.put(page, {"a": "", "c": "y"}) == " &lt;!--a--> <!--b-->3<!--/b--> <!--c-->"


def table(tmp_path, *lines):
    path = tmp_path / "comments.csv"
    path.write_text("\n".join(["Email;File;Line;Comment;Points", *lines]))
    return path


def test_a_table_of_comments_is_read(tmp_path):
    path = table(tmp_path, "ADA@school.edu;convolution.py;3;Look;-0,5", ";;;;", 'ada@school.edu;;;"a\nb";')
    who = "email ada@school.edu"
    assert comments.read(path, [ADA], CNN) == [Comment(who, "Look", "convolution.py", 3, -0.5), Comment(who, "a\nb")]


@pytest.mark.parametrize(
    "line, sentence",
    [
        ("bob@school.edu;;;Hi;", "bob@school.edu"),
        ("ada@school.edu;;;;2", "the comment is empty"),
        ("ada@school.edu;conv.py;1;Hi;", "'conv.py' is not a file of the homework; it has convolution.py"),
        ("ada@school.edu;;7;Hi;", "line 7 of which file"),
        ("ada@school.edu;convolution.py;0;Hi;", "line '0' is not a whole number from 1"),
        ("ada@school.edu;convolution.py;1.5;Hi;", "line '1.5'"),
        ("ada@school.edu;convolution.py;٣;Hi;", "line '٣'"),
        (f"ada@school.edu;convolution.py;{'9' * 50};Hi;", "is not a whole number"),
        ("ada@school.edu;;;Hi;many", "'many' is not a number of points"),
        ("ada@school.edu;;;Hi;nan", "'nan' is not a number of points"),
        ("ada@school.edu;;;Hi;1e999", "is not a number of points"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path, line, sentence):
    with pytest.raises(UserError, match="line 3: ") as error:
        comments.read(table(tmp_path, "ada@school.edu;;;Fine;", line), [ADA], CNN)
    assert sentence in str(error.value) and "line 2" not in str(error.value)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class that was graded twice: in between, Ada has changed her work; only the first time comments were given."""
    folder = tmp_path_factory.mktemp("class")
    export, out = folder / "export", folder / "out"
    works = {
        "ada": CONVOLUTION.replace(" * kernel", " * kernel[::-1]"),
        "bob": "def conv2d(:  # \x0c\u202e</pre><img src=x>",
    }
    for name, text in works.items():
        (export / name).mkdir(parents=True)
        (export / name / "convolution.py").write_text(text)
    said = folder / "comments.csv"
    said.write_text("student,file,line,comment,points\nada,convolution.py,2,Look at this,-1\nbob,,,Try again,0.5\n")
    run.grade(export, out, CNN, run.Options(jobs=1, instructions=Instructions(comments=said)))
    (export / "ada" / "convolution.py").write_text(f"# Now it is right. </ins><img src=x>\n{CONVOLUTION}")
    run.grade(export, out, CNN, run.Options(jobs=1))
    return out


@pytest.mark.costly
def test_what_was_given_once_holds(graded):
    with Ledger.to_read(graded) as ledger:
        found = {(each.handed_in.key, each.attempt): each for each in outputs.grades(ledger)}
    assert [one.text for one in found["ada", 2].comments] == ["Look at this"]
    assert found["ada", 2].comments[0].digest == found["ada", 1].result.digest, "of the content that it was made for"
    assert found["bob", 1].score == 0.5
    text = Read((graded / "submissions" / "ada" / "report.html").read_text()).text
    assert "Attempt 2 of 2. What changed since the previous attempt" in text
    assert "convolution.py, line 2, in another attempt" in text and "-1 point Look at this" in text


def test_the_same_comment_given_again_stays_with_the_work_that_it_was_made_for(graded, tmp_path):
    with Ledger.to_read(graded) as ledger:
        given, current = comments.saved(ledger), outputs.grades(ledger)
    with Ledger(tmp_path) as ledger:
        comments.keep(ledger, [replace(one, digest="", students=()) for one in given], current)
        now = {one.text: one.digest for one in comments.saved(ledger)}
        records = {each.handed_in.key: each.result.digest for each in current if each.counts}
        assert now == {"Look at this": records["ada"], "Try again": records["bob"]}, "what is new is about what is there"
        comments.keep(ledger, [replace(one, digest="", students=()) for one in given], [])
        assert {one.text: one.digest for one in comments.saved(ledger)} == now


def test_a_comment_on_a_group_is_about_that_group_and_one_on_a_student_about_nobody_else():
    alone = Comment("ada", "Flipped.", points=-2.0, digest="d", students=("ada",))
    assert alone.applies_to(["ada"], "d") and alone.applies_to(["ada"], "later")
    assert not alone.applies_to(["bob"], "d"), "who has handed in the same"
    assert not alone.applies_to(["ada", "bob"], "later"), "what they did together"
    group = replace(alone, students=("ada", "bob"))
    assert group.applies_to(["bob", "ada"], "d") and group.applies_to(["bob", "ada"], "later")
    assert group.applies_to(["bob"], "later") and not group.applies_to(["bob", "eve"], "later")


def test_other_points_for_a_check_are_not_what_a_student_has_changed():
    before, after = (
        Grade(
            classes.handed_in("a", "Ada"),
            classes.result(classes.check("1.1", points=points), classes.check("1.2", verdict=verdict)),
        )
        for points, verdict in ((3.0, "wrong"), (5.0, "passed"))
    )
    page = changes.render(before, after, [])
    assert "1.2 output_size: sizes: 0 points before, now 3" in page and "1.1 output_size" not in page


def test_changes_are_those_between_two_attempts(graded):
    page = (graded / "submissions" / "ada" / "changes.html").read_text()
    came = [unescape(text) for text in re.findall("<ins>(.*?)</ins>", page)]
    went = [unescape(text) for text in re.findall("<del>(.*?)</del>", page)]
    assert came[0] == "# Now it is right. </ins><img src=x>" and "<img" not in page
    assert went and all("kernel[::-1]" in line for line in went)
    assert sorted(came[1:]) == sorted(line.replace("kernel[::-1]", "kernel") for line in went)
    assert re.search(r"<li>1\.\d .*: 0 points before, now \d+</li>", page)
    assert not (graded / "submissions" / "bob" / "changes.html").exists()
    (kept,) = (graded / "contents").glob("*/since-*.json")
    with changes.Finder(graded / "contents") as finder:
        before = next(
            path.parent.name for path in (graded / "contents").glob("*/report.html") if path.parent.name[:12] in kept.name
        )
        assert [file.name for file in finder.find(before, kept.parent.name)] == ["convolution.py"]
        assert finder.find(before, before) == []


def test_changes_follow_the_texts_when_a_content_is_graded_again(tmp_path):
    def write(content, **texts):
        (tmp_path / content).mkdir(exist_ok=True)
        (tmp_path / content / "sources.json").write_text(json.dumps({f"{name}.py": text for name, text in texts.items()}))

    write("before")  # its only file has another name, which counts later on
    write("after", pooling=["a", "b"])
    with changes.Finder(tmp_path) as finder:
        assert [len(place) for file in finder.find("before", "after") for place in file.places()] == [2]
        write("before", pooling=["a"], parameters=["c"])
        places = {file.name: file.places() for file in finder.find("before", "after")}
    assert [line.text for line in places["pooling.py"][0] if not line.before] == ["b"]
    assert [line.text for line in places["parameters.py"][0] if line.before] == ["c"]


def test_old_work_can_be_read_when_the_export_is_gone(graded):
    text = Read((graded / "submissions" / "ada" / "attempt-1" / "report.html").read_text()).text
    assert "Attempt 1 of 2. Another attempt counts." in text and "kernel[::-1]" in text


@pytest.mark.costly
@pytest.mark.parametrize("file", ["ada/report.html", "ada/changes.html", "bob/report.html"])
def test_no_violations_of_accessibility_and_nothing_wider_than_a_phone(browser, graded, file):
    with browser.new_context(reduced_motion="reduce") as context:
        page = context.new_page()
        said = []
        page.on("console", lambda message: said.append(message.text))
        page.goto((graded / "submissions" / file).as_uri())
        page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
        for width in (1400, 375, 320):
            page.set_viewport_size({"width": width, "height": 740})
            assert page.evaluate("document.documentElement.scrollWidth") == width
        assert_accessible(page, 1400, 375)
        assert not said
