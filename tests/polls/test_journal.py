"""The file of a poll: what it has taken is there when it is opened again, whatever came twice, late or not at all."""

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import UserError
from polls.journal import FILE, About, Answer, Journal, Unwritten
from polls.live import Live
from polls.state import Done
from tests.polls.conftest import drawn
from tests.polls.disk import full
from tests.quizzes.made import grid, number

ABOUT = About(drawn(number, grid), "teacher's", "projector's", (("s1", "Ada"), ("s2", "")), {"s1": "s1", "ada": "s1"})
ANSWERS = st.lists(
    st.builds(
        Answer,
        st.integers(1, 2),
        st.sampled_from(["ada", "bob"]),
        st.integers(1, 4),
        st.floats(0, 9),
        st.fixed_dictionaries({"": st.text(max_size=5)}),
    ),
    unique_by=lambda answer: (answer.round, answer.person, answer.change),
)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "poll" / FILE
    Journal.create(path, ABOUT)
    return path


def opened(path):
    return closing(Journal(path))


def latest(path):
    """Return what counts, as a server that is started again sees it."""
    with opened(path) as journal:
        found = Live(journal).latest
    return {(number, person): (one.change, one.given) for number, each in found.items() for person, one in each.items()}


def test_what_a_poll_is_stays_as_it_was(path):
    with opened(path) as journal:
        assert journal.about == ABOUT


def test_only_its_owner_can_read_the_file_with_the_secrets(path):
    if sys.platform == "win32":
        pytest.skip("Windows has no modes")
    with opened(path) as journal:
        journal.write(Done(1.0, "open", 0, 60.0))
        for file in path.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_was_done_comes_back_in_order(path):
    done = [Done(1.5, "open", 0, 60.0), Done(2.0, "more", 0, 30.0), Done(1.0, "close")]
    with opened(path) as journal:
        for each in done:
            journal.write(each)
    with opened(path) as journal:
        assert journal.done() == done


def test_the_last_student_who_used_a_key_has_it(path):
    with opened(path) as journal:
        for key, id in (("k1", "s1"), ("k2", "s1"), ("k1", "s2")):
            journal.admit(key, id, 1.0)
    with opened(path) as journal:
        assert journal.people() == {"k1": "s2", "k2": "s1"}


@pytest.mark.costly
@given(ANSWERS, st.randoms(use_true_random=False))
def test_answers_that_come_twice_and_in_any_order_count_alike(tmp_path_factory, answers, random):
    folder = tmp_path_factory.mktemp("journal")
    again = [*answers, *answers]
    random.shuffle(again)
    found = []
    for name, sent in (("once", [answers]), ("twice", [again[: len(answers)], again[len(answers) :]])):
        Journal.create(folder / name / FILE, ABOUT)
        with opened(folder / name / FILE) as journal:
            for group in sent:
                journal.keep(group)
        found.append(latest(folder / name / FILE))
    assert found[0] == found[1]
    greatest = {(one.round, one.person): one for one in sorted(answers, key=lambda one: one.change)}
    assert found[0] == {key: (one.change, one.given) for key, one in greatest.items()}


def test_what_was_taken_survives_a_kill(path):
    """The process ends without a word, in the middle of everything."""
    program = f"""
import os
from pathlib import Path
from polls.journal import Answer, Journal
journal = Journal(Path({str(path)!r}))
journal.keep([Answer(1, "ada", 1, 1.0, {{"": "3"}})])
os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", program]).returncode == 9
    assert latest(path) == {(1, "ada"): (1, {"": "3"})}


def test_a_full_disk_takes_all_of_a_group_or_nothing(path):
    with opened(path) as journal:
        journal.keep([Answer(1, "ada", 1, 1.0, {"": "1"})])
        with full(path):
            with pytest.raises(Unwritten):
                journal.keep([Answer(1, f"{place}", 1, 1.0, {"": "2" * 200}) for place in range(100)])
            with pytest.raises(Unwritten):
                journal.write(Done(1.0, "open", 0, 60.0))
            with pytest.raises(Unwritten):
                journal.admit("key", "s1", 1.0)
        journal.keep([Answer(1, "bob", 1, 1.0, {"": "3"})])
        assert [answer.person for answer in journal.answers()] == ["ada", "bob"]
        assert not journal.done()
        assert not journal.people()


def test_one_program_at_a_time(path):
    with opened(path), pytest.raises(UserError, match="is this poll running already"):
        Journal(path)


def test_a_folder_without_a_poll(tmp_path):
    with pytest.raises(UserError, match="there is no poll in"):
        Journal(tmp_path / FILE)


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"cannot write .*Choose another --out"):
        Journal.create(tmp_path / "file" / FILE, ABOUT)


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("DROP TABLE answers", "cannot be opened: no such table"),
        ("UPDATE about SET content = '{' WHERE name = 'made'", FILE),
        ("DELETE FROM about WHERE name = 'teacher'", "is damaged"),
        ("UPDATE about SET content = '[1' WHERE name = 'roster'", "is damaged"),
        ("PRAGMA user_version = 7", "it has the version 7"),
        ("INSERT INTO done VALUES (1, 0, 'close', 0, 0)", "is damaged: No round is open"),
        ("INSERT INTO done VALUES (1, 0, 'dance', 0, 0)", "is damaged"),
        ("INSERT INTO answers VALUES (1, 'ada', 1, 0, '{')", "is damaged"),
    ],
)
def test_a_file_that_others_changed(path, sql, why):
    with closing(sqlite3.connect(path)) as file:
        file.execute(sql)
        file.commit()
    with pytest.raises(UserError, match=why), opened(path) as journal:
        Live(journal)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"x" * 5000])
def test_a_file_that_is_something_else(path, content):
    path.write_bytes(content)
    with pytest.raises(UserError, match=f"{FILE} is damaged, or not a poll"):
        Journal(path)


def test_a_page_of_the_file_is_lost(path):
    with open(path, "r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)
    with pytest.raises(UserError, match="is damaged"), opened(path) as journal:
        Live(journal)


@pytest.mark.parametrize(
    ("roster", "logins", "login"),
    [((), {}, ""), (ABOUT.roster, ABOUT.logins, "id"), (ABOUT.roster, {"k7pq": "s1", "m2rt": "s2"}, "code")],
)
def test_what_the_phone_asks_a_student_for(roster, logins, login):
    assert About(ABOUT.made, "", "", roster, logins).login == login
