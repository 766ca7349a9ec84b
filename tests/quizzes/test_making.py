"""A quiz of several questions: the versions of everybody, whatever is asked twice."""

import pytest

from quizzes import making, roster
from quizzes.certify import check
from quizzes.pool import certificates
from quizzes.quiz import Entry, Quiz
from quizzes.roster import Owner

TWICE = Quiz(
    "twice",
    "Twice the same template",
    "",
    (
        Entry("dense-weights", 1.0, 2, "choice"),
        Entry("which-kernel", 1.0, 3, "typed"),
        Entry("dense-weights", 2.0, 1, "choice"),
        Entry("dense-weights", 2.0, 1, "typed"),
    ),
)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 10])
def test_a_template_that_is_asked_more_than_once_gives_different_questions_with_balanced_keys(count):
    made = making.make(TWICE, "a seed", roster.numbered(count))
    certificates(made)  # raises where a key stands in one place too often
    for version in made.versions:
        assert [variant.template for variant in version.variants] == [entry.template for entry in TWICE.questions]
        assert len({variant.stem for variant in version.variants}) == 7
        assert not any(check(variant) for variant in version.variants)
    assert len({version.code for version in made.versions}) == count


def test_who_joins_late_changes_nobodys_quiz():
    owners = [Owner(f"student{number}@example.com") for number in range(9)]
    before, after = (making.make(TWICE, "a seed", owners[:count]) for count in (6, 9))
    assert after.versions[:6] == before.versions


def test_seed_and_salt_are_told_apart():
    owners = roster.numbered(1)
    codes = {
        making.make(TWICE, seed, owners, salt).versions[0].code
        for seed, salt in (("a", "b"), ("a b", ""), ("a", ""), ("", "a b"))
    }
    assert len(codes) == 4


def test_many_versions_are_made_by_several_processes_all_the_same(monkeypatch):
    owners = roster.numbered(4)
    alone = making.make(TWICE, "a seed", owners)
    monkeypatch.setattr(making, "MANY", 1)
    assert making.make(TWICE, "a seed", owners) == alone
