"""The benchmark of polls notices an answer that was lost, and one that counts twice."""

import pytest

from benchmarks.poll.audit import audit
from benchmarks.poll.phones import Phone, Sent
from polls.journal import FILE, About, Answer, Journal
from tests.polls.conftest import drawn
from tests.quizzes import made

SERVER = ("127.0.0.1", 1)  # which nobody asks


@pytest.fixture
def journal(tmp_path):
    Journal.create(tmp_path / FILE, About(drawn(made.number), "teacher", "projector"))
    return Journal(tmp_path / FILE)


def phone(key, *sent):
    """Return a phone that has sent these: (change, text, the change that counts as the server has said)."""
    found = Phone(SERVER, key)
    found.sent = [Sent(1, change, {"": text}, kept=kept) for change, text, kept in sent]
    return found


def keep(journal, *answers):
    journal.keep([Answer(1, person, change, float(change), {"": text}) for person, change, text in answers])


def test_all_is_well(journal):
    keep(journal, ("ada", 1, "3"), ("ada", 2, "4"), ("bob", 1, "5"))
    found = audit(journal, [phone("ada", (1, "3", 1), (2, "4", 2)), phone("bob", (1, "5", 0))], [2])
    assert (found.acknowledged, found.lost, found.doubled) == (2, 0, 0)


def test_an_answer_that_was_acknowledged_and_is_not_there_is_lost(journal):
    keep(journal, ("ada", 1, "3"))
    assert audit(journal, [phone("ada", (1, "3", 1), (2, "4", 2))], [1]).lost == 1


def test_an_answer_that_has_changed_on_its_way_is_lost(journal):
    keep(journal, ("ada", 1, "3"))
    assert audit(journal, [phone("ada", (1, "4", 1))], [1]).lost == 1


def test_a_later_answer_that_does_not_count_is_lost(journal):
    keep(journal, ("ada", 1, "3"), ("ada", 2, "4"))
    assert audit(journal, [phone("ada", (1, "3", 1), (2, "4", 1))], [1]).lost == 1


def test_a_person_who_is_not_counted_is_lost(journal):
    keep(journal, ("ada", 1, "3"))
    assert audit(journal, [phone("ada", (1, "3", 1))], [0]).lost == 1


def test_an_answer_that_nobody_sent_is_too_many(journal):
    keep(journal, ("ada", 1, "3"), ("ada", 2, "3"))
    assert audit(journal, [phone("ada", (1, "3", 1))], [1]).doubled == 1


def test_a_person_who_is_counted_twice_is_too_many(journal):
    keep(journal, ("ada", 1, "3"))
    assert audit(journal, [phone("ada", (1, "3", 1))], [2]).doubled == 1
