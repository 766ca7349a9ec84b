"""Who is meant by a line of a table: by ids, addresses and names, as platforms spell them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.models import HandedIn, Student
from batch.people import Directory, each_of
from common.errors import UserError

ADA, ZOE = Student("Ada Lovelace", "ada@uni.example", "0100"), Student("Zoë van der Berg", "", "7")
CANVAS, MOODLE = Student("lovelaceada", "", "5000"), Student("Ada Lovelace", "", "7000")


def directory(*students):
    return Directory([HandedIn(f"key{number}", (student,), "", Path("x")) for number, student in enumerate(students)])


@pytest.mark.parametrize(
    ("cells", "who"),
    [
        (["ADA@uni.example"], "email ada@uni.example"),
        (["0100"], "email ada@uni.example"),
        (["key0"], "email ada@uni.example"),
        (["  ada   LOVELACE "], "email ada@uni.example"),
        (["Lovelace, Ada"], "email ada@uni.example"),
        (["zoe van der berg"], "sid 7"),
        (["van der Berg, Zoë"], "sid 7"),
        (["unknown", "Ada Lovelace"], "email ada@uni.example"),
        (["ada.other@uni.example", "Ada Lovelace"], None),  # another Ada
        (["zoe@uni.example", "Zoë van der Berg"], "sid 7"),  # the export knows no address of hers
        (["Ada"], None),
        ([""], None),
        ([], None),
    ],
)
def test_a_student_is_found_by_what_a_table_may_say(cells, who):
    assert directory(ADA, ZOE).find(cells) == who


@pytest.mark.parametrize(
    ("student", "cells"),
    [
        (CANVAS, ["Lovelace, Ada"]),
        (CANVAS, ["Ada Lovelace"]),
        (CANVAS, ["ada@uni.example", "Ada Lovelace"]),
        (MOODLE, ["Participant 7000", "ada@uni.example", "Ada Lovelace"]),
        (MOODLE, ["ada@uni.example", "Ada Lovelace"]),
        (Student("Participant", "", "7000"), ["Participant 7000"]),  # blind marking
    ],
)
def test_platforms_call_students_in_their_own_ways(student, cells):
    assert directory(student, ZOE).find(cells) == f"sid {student.sid}"


def test_a_namesake_with_another_number_in_moodle_s_worksheet_is_somebody_else():
    assert directory(MOODLE, ZOE).find(["Participant 7001", "Ada Lovelace"]) is None


def test_an_id_comes_before_a_name_and_two_of_one_name_are_refused():
    twins = directory(Student("Ada", "one@x.y"), Student("Ada", "two@x.y"), Student("one@x.y", "", "3"))
    assert twins.find(["Ada", "one@x.y"]) == "email one@x.y"
    with pytest.raises(UserError, match=r"'Ada' could be any of email one@x.y, email two@x.y: give an address"):
        twins.find(["Ada"])


names = st.text(st.characters(categories=["Lu", "Ll", "Zs"]), max_size=8)
addresses = st.sampled_from(["", "a@x.y", "b@x.y"])


@given(st.lists(st.builds(Student, names, addresses, st.sampled_from(["", "1", "2"])), min_size=1, max_size=4))
def test_every_address_finds_its_owner(students):
    handed_in = [HandedIn("key", tuple(students), "", Path("x"))]
    for student, who in zip(students, each_of(handed_in[0])):
        if student.email:
            assert Directory(handed_in).find([student.email.upper()]) == who == f"email {student.email}"


def test_nobody_is_found_by_a_name_that_is_another_s_number():
    assert directory(Student("0100", "mallory@uni.example", "0666")).find(["0100", "Ada Lovelace"]) is None
    with pytest.raises(UserError, match=r"^found no submission by '0100'$"):
        directory(Student("0100", "mallory@uni.example", "0666")).owner(["0100"])
