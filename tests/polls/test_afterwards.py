"""What remains of a lecture, against figures that were worked out by hand."""

import csv
import io
import json
import shutil
from dataclasses import replace

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from command_line.poll import poll
from command_line.quiz.grade import grade
from command_line.quiz.history import history
from common.errors import UserError
from polls.afterwards import files, grading, lecture, tables
from polls.moves import Moves
from polls.state import Done
from quizzes import quiz_json
from quizzes.grading.grade import grade_all
from quizzes.grading.marking import mark
from quizzes.grading.responses import read_table
from quizzes.quiz import Poll
from tests.browsing import assert_accessible
from tests.polls.conftest import drawn
from tests.polls.recorded import BEGAN, PAUSE, record
from tests.quizzes import made

# The number: 2660 is right first and 2480 in the other form; 1330 and 1240 are not doubled, 1768901 and 1537601 squared.
# The choice: C is right first, B in the other form; A is "odd by 3" first, and D in the other form.
THINK = {"ada": "2660", "bob": "1330", "gus": "1330", "cy": "1768901", "dee": "2660", "eve": "7"}
GROUP = {"ada": "2480", "bob": "2480", "gus": "2480", "cy": "1537601", "dee": "1240", "fay": "2480"}
ALONE = {"ada": "C", "bob": "A"}


def texts(answers):
    """Return answers to a question with a single blank."""
    return {person: {"": text} for person, text in answers.items()}


@pytest.fixture
def questions():
    """A number, a choice, and a grid that nobody is asked."""
    return drawn(made.number, made.choice, made.grid)


@pytest.fixture
def folder(tmp_path, questions):
    """What remains of a lecture: a number in two rounds with other numbers, a choice in one round."""
    return remains(tmp_path, questions, [(0, 0, texts(THINK)), (0, 1, texts(GROUP)), (1, 0, texts(ALONE))])


def remains(folder, questions, rounds, **options):
    journal = record(folder, questions, rounds, **options)
    assert files.write(folder, journal) == folder / "poll.html"
    journal.close()
    return folder


def rows_of(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_rounds_in_figures(folder):
    # Right first: ada, dee of six. Then: ada, bob, gus, fay of six. Of the five who answered both: 2 right before, 3 after.
    assert rows_of((folder / "rounds.csv").read_bytes()) == [
        ["question", "template", "round", "form", "seconds", "answered", "right", "share", "answered both", "gain",
         "misconceptions"],
        ["1", "made-up", "think", "first", "60", "6", "2", "0.333", "", "", "not doubled: 2; squared: 1"],
        ["1", "made-up", "group", "other", "60", "6", "4", "0.667", "5", "0.333", "not doubled: 1; squared: 1"],
        ["2", "made-up", "think", "first", "60", "2", "1", "0.5", "", "", "odd by 3: 1"],
    ]  # fmt: skip


def test_what_everybody_answered(folder):
    grid = ["3 r1c1", "3 r1c2", "3 r2c1", "3 r2c2"]
    assert rows_of((folder / "think.csv").read_bytes()) == [
        ["student", "version", "1", "2", *grid],
        ["ada", "AAAA-AAAA", "2660", "C", "", "", "", ""],
        ["bob", "AAAA-AAAA", "1330", "A", "", "", "", ""],
        *([person, "AAAA-AAAA", THINK[person], "", "", "", "", ""] for person in ("gus", "cy", "dee", "eve")),
    ]
    assert rows_of((folder / "group.csv").read_bytes())[1:] == [
        [person, "BBBB-BBBB", text, "", "", "", "", ""] for person, text in sorted(GROUP.items(), key=by_arrival)
    ]


def by_arrival(answer):
    return [*THINK, "fay"].index(answer[0])


def test_points_for_taking_part(folder):
    assert rows_of((folder / "participation.csv").read_bytes()) == [
        ["student", "1", "2", "3", "points"],
        ["ada", "think group", "think", "", "2.0"],
        ["bob", "think group", "think", "", "2.0"],
        *([person, "think group", "", "", "1.0"] for person in ("gus", "cy", "dee")),
        ["eve", "think", "", "", "1.0"],
        ["fay", "group", "", "", "1.0"],
    ]


def test_of_a_roster_everybody_has_a_line(tmp_path, questions):
    questions = replace(questions, quiz=replace(questions.quiz, poll=Poll(taking_part=0.1)))
    roster = [("s1", "Ada Lovelace"), ("s2", "Never Came"), ("=s3", "Grace, Hopper")]
    rounds = [(question, 0, {"=s3": {"": "1"}}) for question in range(3)] + [(1, 1, texts({"s1": "A"}))]
    folder = remains(tmp_path, questions, rounds, roster=roster)
    assert rows_of((folder / "participation.csv").read_bytes()) == [
        ["student", "name", "1", "2", "3", "points"],
        ["s1", "Ada Lovelace", "", "group", "", "0.1"],
        ["s2", "Never Came", "", "", "", "0.0"],
        ["'=s3", "Grace, Hopper", "think", "think", "think", "0.3"],
    ]
    assert [row[0] for row in rows_of((folder / "think.csv").read_bytes())] == ["student", "'=s3"]


def test_what_was_changed_counts_as_it_is_in_the_end(tmp_path, questions):
    rounds = [(0, 0, {"ada": [{"": "1330"}, {"": "2660"}], "bob": [{"": "2660"}, {"": " "}], "cy": {"": ""}})]
    folder = remains(tmp_path, questions, rounds)
    assert rows_of((folder / "rounds.csv").read_bytes())[1][5:8] == ["1", "1", "1.0"]
    assert rows_of((folder / "think.csv").read_bytes())[1:] == [["ada", "AAAA-AAAA", "2660", *[""] * 5]]
    assert [row[-1] for row in rows_of((folder / "participation.csv").read_bytes())] == ["points", "1.0", "0.0"]


@pytest.mark.parametrize("name, score, rights", [("think", 3, [2, 1, 0]), ("group", 4, [4, 0, 0])])
def test_a_round_is_graded_as_a_quiz(folder, name, score, rights):
    out = folder.parent / f"{folder.name}-graded"
    done = CliRunner().invoke(grade, [str(folder), str(folder / f"{name}.csv"), "--out", str(out)])
    assert done.exit_code == 0 and done.output.startswith(f"6 graded, {score / 6:.1f} of 2 points on average")
    grades = rows_of((out / "grades.csv").read_bytes())[1:]
    assert [sum(float(row[4 + question]) for row in grades) for question in range(3)] == rights


def test_history_counts_who_answered_and_the_same_answers_once(folder):
    kept = json.loads((folder / "grading.json").read_bytes())
    # Nobody is wrong who did not answer: two of six, one of two; the grid was never asked.
    assert [(one["tally"]["asked"], one["tally"]["credit"]) for one in kept["items"]] == [(6, 2.0), (2, 1.0)]
    CliRunner().invoke(grade, [str(folder), str(folder / "think.csv"), "--out", str(folder / "graded")])
    done = CliRunner().invoke(history, [str(folder), "--out", str(folder / "history")])
    assert done.exit_code == 0 and "6 of its 6 answers are graded in" in done.output and "1 grading:" in done.output


def test_how_well_a_question_goes_with_those_that_the_same_students_answered(tmp_path, questions):
    # ada and dee have both right, bob has both wrong; eve answered one question only, and says nothing about the other.
    answers = {"ada": "C", "dee": "C", "bob": "A"}
    rounds = [(0, 0, texts({"ada": "2660", "dee": "2660", "bob": "1330", "eve": "7"})), (1, 0, texts(answers))]
    folder = remains(tmp_path, questions, rounds)
    first, second = (one["tally"] for one in json.loads((folder / "grading.json").read_bytes())["items"])
    for tally in (first, second):
        assert tally["together"] == pytest.approx(2 / 3) == tally["spread"] == tally["rest"]
    assert (first["asked"], first["credit"]) == (4, 2)


def test_the_versions_are_those_that_were_asked(tmp_path, questions):
    folder = remains(tmp_path, questions, [(0, 1, texts(GROUP)), (0, 0, texts(THINK))])
    asked = quiz_json.read((folder / "teacher" / "quiz.json").read_bytes())
    assert [version.variants[0].id for version in asked.versions] == [
        questions.versions[form].variants[0].id for form in (1, 0)
    ]
    assert [version.variants[1:] for version in asked.versions] == [one.variants[1:] for one in questions.versions]
    assert rows_of((folder / "rounds.csv").read_bytes())[1][6] == "4"  # the other form's key counts


def test_moves_and_gain():
    moves = Moves(stayed_right=2, to_right=3, to_wrong=1, stayed_wrong=4)
    assert (moves.people, moves.before, moves.after) == (10, 0.3, 0.5) and moves.gain == pytest.approx(2 / 7)
    assert Moves(to_wrong=1, stayed_wrong=1).gain == pytest.approx(-1)  # Hake's gain has no lower bound
    assert Moves(stayed_right=3, to_wrong=1).gain is None  # nothing could be gained
    assert Moves().gain is None
    assert moves + Moves(1, 1, 1, 1) == Moves(3, 4, 2, 5)


def test_an_empty_poll(tmp_path, questions):
    folder = remains(tmp_path, questions, [])
    assert "0 students answered" in (folder / "poll.html").read_text("utf-8")
    assert len(rows_of((folder / "rounds.csv").read_bytes())) == 1
    assert not (folder / "grading.json").exists() and (folder / "teacher" / "quiz.json").exists()


def test_a_round_that_was_never_closed_counts(tmp_path, questions):
    journal = record(tmp_path, questions, [(0, 0, texts(THINK))], shown=False)
    journal.write(Done(BEGAN + 2 * PAUSE, "more", seconds=60))  # and then the laptop's battery was empty
    files.write(tmp_path, journal)
    journal.close()
    assert rows_of((tmp_path / "rounds.csv").read_bytes())[1][4:7] == ["", "6", "2"]
    assert "never closed" in (tmp_path / "poll.html").read_text("utf-8")


def test_all_of_it_is_written_once_the_teacher_ends_the_poll(lecture):
    poll = lecture(made.number)
    folder, journal = poll.path.parent, poll.journal
    poll.live.at_the_end = lambda: files.write(folder, journal)
    poll.ask(0)
    poll.answer("2660")
    poll.act("close").raise_for_status()
    assert not (folder / "poll.html").exists()
    poll.act("end").raise_for_status()
    poll.stop()  # which waits for what is being written
    assert rows_of((folder / "rounds.csv").read_bytes())[1][5:7] == ["1", "1"]


def test_all_of_it_is_written_again_after_a_crash(tmp_path, questions):
    journal = record(tmp_path / "poll", questions, [(0, 0, texts(THINK))])
    shutil.copytree(tmp_path / "poll", tmp_path / "copy")  # as the disk is, were the server killed now
    journal.close()
    done = CliRunner().invoke(poll, [str(tmp_path / "copy"), "--report"])
    assert done.exit_code == 0 and done.output.endswith(f"{tmp_path / 'copy' / 'poll.html'}\n"), done.output
    assert rows_of((tmp_path / "copy" / "rounds.csv").read_bytes())[1][5:7] == ["6", "2"]


@pytest.mark.parametrize("option", ["--report", "--replay"])
def test_only_a_poll_is_reported_and_shown_again(tmp_path, option):
    for path in (tmp_path, tmp_path / "quiz.toml"):
        done = CliRunner().invoke(poll, [str(path), option])
        assert isinstance(done.exception, UserError) and str(path) in str(done.exception)
    assert not list(tmp_path.iterdir())


ANSWERS = st.one_of(
    st.sampled_from(
        ["2660", "1330", "-3", "=1+1", "'5", "2,660", '"2660"', "a;=2", "1,2\n3", " ", "", "١٢٣", "+1", "@x", "7"]
    ),
    st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=8),
)
PEOPLE = st.sampled_from(["ada", "bob", "cy", "dee", "eve"])
ROUNDS = st.lists(st.tuples(st.sampled_from([0, 1]), st.dictionaries(PEOPLE, ANSWERS)), max_size=2)


@given(st.lists(ROUNDS, min_size=3, max_size=3))
def test_everybody_is_counted_once(tmp_path_factory, rounds):
    questions = drawn(made.number, made.choice, made.number)
    listed = [(question, form, texts(one)) for question, own in enumerate(rounds) for form, one in own]
    journal = record(tmp_path_factory.mktemp("poll"), questions, listed, shown=False)
    told = lecture.read(journal)
    journal.close()
    found = {name: rows_of(content) for name, content in tables.files(told).items()}
    says = [(question, person) for question, _, one in listed for person, text in one.items() if text[""].strip()]
    people = [row[0] for row in found["participation.csv"][1:]]
    assert sorted(people) == sorted({person for _, person in says})
    points = {row[0]: float(row[-1]) for row in found["participation.csv"][1:]}
    assert sum(points.values()) == len(set(says))
    assert sum(int(row[5]) for row in found["rounds.csv"][1:]) == len(says)
    for row in found["rounds.csv"][1:]:
        assert int(row[6]) <= int(row[5])
    for nth, name in enumerate(("think", "group")):  # what is read back is marked as in the hall
        given = read_table(found[f"{name}.csv"], name) if len(found[f"{name}.csv"]) > 1 else []
        graded, problems = grade_all(grading.as_asked(told), given)
        own = [rounds[nth] for rounds in map(told.of, range(3)) if nth < len(rounds)]
        marks = [
            [mark(told.variant(each), told.answers[each.number].get(one.student, {})) for each in own] for one in graded
        ]
        assert [sum(one.credit for one in row) for row in marks] == [one.score for one in graded] and not problems


@pytest.mark.costly
def test_the_page_says_it_all(folder, browser):
    page = browser.new_page(viewport={"width": 1000, "height": 800})
    faults = []
    page.on("console", lambda message: faults.append(message.text))
    page.goto((folder / "poll.html").as_uri())
    text = page.inner_text("main")
    assert "7 students answered" in text and "40% → 60%" in text and "5 pairs of answers" in text
    first = page.inner_text("section >> nth=0")
    assert "What is two times 1330?" in first and "The second round asked with other numbers" in first
    assert (
        "5 students answered both rounds: 40% were right before the discussion, 60% after it. Normalised gain: 0.33"
        in first
    )
    assert "not doubled: 2 → 1" in first and "squared: 1 → 1" in first and "6 in 1:00 min" in first
    assert page.locator(".moved td:not(:empty)").all_inner_texts() == ["1", "1", "2", "1"]
    assert page.locator(".moves").first.get_attribute("aria-label") == (
        "1 stayed right, 2 moved from wrong to right, 1 from right to wrong, 1 stayed wrong."
    )
    bars = page.locator("section >> nth=0").locator(".results tbody tr").all_inner_texts()
    assert " ".join(bars[0].split()) == "2660 / 2480 ✓ right 2 (33%) 4 (67%)"
    assert page.locator("section").count() == 2 and "not asked" in text
    assert not faults
    page.close()


@pytest.mark.costly
def test_the_page_escapes_what_was_typed(tmp_path, questions, browser):
    title = replace(questions, quiz=replace(questions.quiz, title="<b>&"))
    bad = "<img src=x onerror=alert(1)>"
    folder = remains(
        tmp_path, title, [(0, 0, texts({"a": bad})), (0, 0, texts({"a": "</style><script>alert(1)</script>"}))]
    )
    page = browser.new_page()
    page.goto((folder / "poll.html").as_uri())
    assert page.title() == "<b>&: the poll" and "Not a number" in page.inner_text("main")
    assert page.locator("img, script").count() == 0
    page.close()


OF_ALL_KINDS = [
    *[(0, 0, texts(THINK)), (0, 1, texts(GROUP))],  # other numbers
    *[(1, 0, texts({"ada": "C"})), (1, 0, texts({"ada": "C"}))],  # all right at once
    *[(2, 0, {"ada": {"r1c1": "1", "r2c2": "2"}}), (2, 0, {"bob": {"r1c1": "430"}})],  # other people
    *[(3, 0, {}), (3, 1, {})],  # nobody answered
    (4, 1, texts({"ada": "7"})),  # one round; and one question was not asked
]


@pytest.mark.costly
@pytest.mark.parametrize("rounds", [[], OF_ALL_KINDS], ids=["nothing asked", "questions of all kinds"])
def test_the_page_is_for_everybody(tmp_path, browser, rounds):
    questions = drawn(made.number, made.choice, made.grid, made.several, made.number, made.number)
    folder = remains(tmp_path, questions, rounds)
    page = browser.new_page(reduced_motion="reduce")
    page.goto((folder / "poll.html").as_uri())
    assert_accessible(page, 1000, 320)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.close()
