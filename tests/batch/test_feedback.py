"""The text that a student reads."""

from dataclasses import replace
from pathlib import Path

from autograder.assignment import find
from autograder.config import VISIBILITIES
from autograder.lateness import Loss
from batch.grades import TOTAL, Comment, Grade, Override
from batch.models import HandedIn, Student
from batch.platforms import feedback
from tests.batch.classes import check, result

CNN = find("cnn")
ADA = HandedIn("ada", (Student("Ada Lovelace", "ada@u.edu"),), "2026-10-01T12:00:00+02:00", Path("nowhere"))
CHECKS = (
    check("1.1", "sizes", score=3.0),
    check("1.2", "images", "wrong", 1.0, 4.0, sentence="Expected 1.", hint="Flipped."),
    check("1.5", "hidden sizes", "crashed", 0.0, 5.0, sentence="It fell."),
    check("4.1", "network", "missing", 0.0, 4.0, sentence="There is no cifar10.py."),
    check("4.2", "training", "missing", 0.0, 7.0, sentence="There is no cifar10.py."),
)
FOUND = Grade(ADA, result(*CHECKS, points=100.0, remarks=["a.7z was not unpacked."]))
TEXT = """\
Convolutional neural networks
Ada Lovelace, submitted 2026-10-01 12:00

4 of 100 points

1.2 images: wrong, 1 of 4 points
    Expected 1.
    Hint: Flipped.

1.5 hidden sizes: crashed, 0 of 5 points
    It fell.

4.1, 4.2: missing, 0 of 11 points
    There is no cifar10.py.

Passed: 1.1.
Note: a.7z was not unpacked.
"""


def assigned(**options):
    return replace(CNN, config=replace(CNN.config, **options))


def test_a_whole_text():
    assert feedback.text(FOUND, CNN) == TEXT


def test_what_people_have_said():
    made = {"student": "email ada@u.edu", "made": "2026-10-02T00:00:00+02:00", "content": "d"}
    overrides = (
        Override(check="1.2", points=4.0, reason="right too", **made),
        Override(check="1.5", points=1.0, reason="!", **made),
    )
    comments = (
        Comment("email ada@u.edu", "Clear names.", "convolution.py", 3, 2.0, FOUND.result.digest),
        Comment("email ada@u.edu", "Why?", "pooling.py", 7, digest="another"),
        Comment("email ada@u.edu", "Thanks."),
    )
    late = Loss(0.1, "Handed in 5 h after the due date.")
    grade = replace(FOUND, overrides=overrides, comments=comments, loss=late, attempt=2, attempts=3)
    text = feedback.text(grade, CNN)
    assert (
        ", attempt 2 of 3\n\n9 of 100 points\n10 before the deduction for lateness. Handed in 5 h after the due date.\n"
        in text
    )
    assert "Set by your instructor: 1.2: 1 -> 4 (right too)\nSet by your instructor: 1.5: 0 -> 1 (!)\n" in text
    assert (
        "convolution.py, line 3: Clear names. (+2 points)\npooling.py, line 7, in another attempt: Why?\nThanks.\n" in text
    )
    assert "1.2 images: wrong, 4 of 4 points" in text
    hidden = feedback.text(grade, assigned(hidden_checks_show="hidden"))
    assert "1.5" not in hidden and "It fell" not in hidden and "1 more check" in hidden and "9 of 100" in hidden


def test_a_grade_that_a_person_has_set_knows_no_lateness():
    override = Override("email ada@u.edu", TOTAL, 50.0, "oral exam", "2026-10-02T00:00:00+02:00", "d")
    text = feedback.text(replace(FOUND, overrides=(override,), loss=Loss(0.5, "Late.")), CNN)
    assert "\n50 of 100 points\n" in text and "(oral exam)" in text and "Late" not in text


def test_what_could_not_be_graded():
    text = feedback.text(Grade(ADA, result(error="it holds no files.", points=100.0)), CNN)
    assert text.endswith("\nYour submission could not be graded: it holds no files.\n")


def test_a_grade_that_is_not_final():
    missing = replace(FOUND, result=replace(FOUND.result, lacked=("cifar10",)))
    assert "4 of 100 points\nThis grade is not final: it was graded without CIFAR-10.\n" in feedback.text(missing, CNN)


def test_what_holds_for_several_checks_is_said_once():
    broken = [check(f"1.{number}", "sizes", "crashed", 0.0, 2.0, sentence="invalid syntax.") for number in (1, 2, 3)]
    text = feedback.text(Grade(ADA, result(*broken, check("1.4", "other", "wrong", sentence="Expected 1."))), CNN)
    assert text.count("invalid syntax.") == 1 and "1.1 to 1.3: crashed, 0 of 6 points\n" in text and "\n1.4 other: " in text


def test_hints_on_request_are_not_told():
    text = feedback.text(FOUND, assigned(hints="on request"))
    assert "Expected 1." in text and "Flipped" not in text


def test_when_students_see_hidden_checks():
    shown = {when: "It fell" in feedback.text(FOUND, assigned(hidden_checks_show=when)) for when in VISIBILITIES}
    assert shown == {"visible": True, "after_due_date": True, "after_published": True, "hidden": False}
