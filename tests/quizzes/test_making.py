"""A quiz of several questions: each version depends on seed, salt and id alone, and what was made is never rewritten."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import UserError
from quizzes import making, quiz_json, roster
from quizzes.certify import check
from quizzes.extending import Source, extend
from quizzes.language import ENGLISH, Language
from quizzes.question import Number, Question
from quizzes.quiz import Entry, Quiz
from quizzes.roster import Owner
from quizzes.search import certificates
from tests.quizzes.made import template

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
PICKED = ("output-size", "dense-weights", "kernel-places", "output-shape")
EVERYTHING = Quiz(
    "everything",
    "Picked, pinned, practised",
    "",
    (
        Entry(templates=PICKED, pick=2, points=3.0),
        Entry("dense-weights", 0.0, 1, "choice"),
        Entry("output-size", 1.0, 2),
        Entry("output-size", 1.0, 1, "choice", seed="pinned"),
    ),
)
CLASS = [Owner(f"student{number}@example.com", f"Student {number}") for number in range(12)]


@cache
def made(count=12, seed="a seed", salt=""):
    return making.make(EVERYTHING, seed, CLASS[:count], salt)


def versions(of):
    return {roster.identity(version.owner.id): (version.code, version.variants) for version in of.versions}


@pytest.mark.parametrize("count", [1, 2, 3, 7, 10])
def test_a_template_that_is_asked_more_than_once_gives_different_questions_with_balanced_keys(count):
    made = making.make(TWICE, "a seed", roster.numbered(count))
    certificates(made)  # raises where a key stands in one place too often
    for version in made.versions:
        assert [variant.template for variant in version.variants] == [entry.template for entry in TWICE.questions]
        assert len({variant.stem for variant in version.variants}) == 7
        assert not any(check(variant) for variant in version.variants)
    assert len({version.code for version in made.versions}) == count


@pytest.mark.costly
@settings(max_examples=40, deadline=None)
@given(st.permutations(CLASS), st.integers(1, 12), st.lists(st.text(min_size=1, max_size=8), max_size=3))
def test_a_students_version_depends_on_nobody_else(order, size, strangers):
    """In another order, among others, in another spelling: the same numbers, options and code."""
    owners = [replace(owner, id=owner.id.upper(), name="") for owner in order[:size]]
    known = {roster.identity(owner.id) for owner in owners}
    new = {roster.identity(id): Owner(id) for id in strangers if roster.identity(id) not in known}
    again = versions(making.make(EVERYTHING, "a seed", [*new.values(), *owners]))
    expected = versions(made())
    assert all(again[id] == expected[id] for id in known)
    assert len({code for code, _ in again.values()}) == len(again)


def test_an_accent_may_be_stored_in_two_ways():
    composed, decomposed = (making.make(EVERYTHING, "s", [Owner(id)]) for id in ("Zo\u00eb@x.org", "zoe\u0308@X.org"))
    assert versions(composed) == versions(decomposed)


def test_the_first_numbered_versions_are_the_same_however_many_there_are():
    few, many = (making.make(EVERYTHING, "a seed", roster.numbered(count)) for count in (5, 9))
    assert many.versions[:5] == few.versions


@pytest.mark.parametrize("owners", [CLASS[:4], roster.numbered(4)])
def test_seed_and_salt_are_told_apart(owners):
    codes = [
        version.code
        for seed, salt in (("a", "b"), ("a b", ""), ("a", ""), ("", "a b"))
        for version in making.make(TWICE, seed, owners, salt).versions
    ]
    assert len(set(codes)) == 16


def test_a_student_is_no_numbered_version():
    student, numbered = (making.make(EVERYTHING, "s", [Owner("1", "", room)]) for room in (False, True))
    assert student.versions[0].code != numbered.versions[0].code


@pytest.mark.parametrize("owners", [CLASS[:4], roster.numbered(4)])
def test_many_versions_are_made_by_several_processes_all_the_same(monkeypatch, owners):
    alone = making.make(TWICE, "a seed", owners)
    monkeypatch.setattr(making, "MANY", 1)
    assert making.make(TWICE, "a seed", owners) == alone


@pytest.fixture
def twelve(monkeypatch):
    """A quiz that asks five questions of a template with twelve variants."""

    def add(draw):
        value = draw.between(1, 12)
        return Question(f"What is {value} + {value}?", Number(2 * value), value + value)

    monkeypatch.setattr(making.Bank, "find", lambda bank, name: template(add))
    return Quiz("few", "Few variants", "", (Entry("made-up", 1.0, 2), Entry("made-up", 1.0, 3)))


def test_students_may_share_a_variant_but_no_version_asks_the_same_twice(twelve):
    made = making.make(twelve, "a seed", CLASS)
    for version in made.versions:
        assert len({variant.stem for variant in version.variants}) == 5
    first, second = certificates(made)
    assert (first["variants"], second["variants"]) == (24, 36)
    assert first["stems"] == first["keys"] <= 12 and first["largest_share"] >= 2 / 24
    alone = replace(twelve, entries=(Entry("made-up", 1.0, 13),))
    for quiz, owners, wanted in ((alone, CLASS, 13), (twelve, roster.numbered(3), 15)):
        with pytest.raises(UserError, match=f"made-up gives only 12 of {wanted} variants"):
            making.make(quiz, "a seed", owners)


def test_a_version_that_asks_the_same_twice_is_found():
    one = made(1).versions[0]
    twice = replace(one, variants=(*one.variants[:-1], one.variants[-2]))
    with pytest.raises(AssertionError, match="asks the same twice"):
        certificates(replace(made(1), versions=(twice,)))


@pytest.mark.costly
def test_the_key_of_a_students_options_stands_anywhere():
    owners = [Owner(str(number)) for number in range(400)]
    quiz = Quiz("one", "One", "", (Entry("dense-weights", 1.0, 1, "choice"),))
    (found,) = certificates(making.make(quiz, "a seed", owners))
    assert sum((count - 100) ** 2 / 100 for count in found["places"]) < 16.3  # chi-square, 3 degrees, 0.1 %


def test_each_version_gets_some_of_the_templates_and_a_platform_draws_the_same():
    for owners in (CLASS, roster.numbered(8)):
        made = making.make(EVERYTHING, "a seed", owners)
        hands = [{version.variants[place].template for version in made.versions} for place in (0, 1)]
        assert hands[0] | hands[1] == set(PICKED) and not hands[0] & hands[1]
        assert [set(group.name.split(" or ")) for group in made.unique_groups()[:2]] == hands
        assert [entry.points for entry in made.quiz.questions] == [3, 3, 0, 1, 1, 1]
    counts = Counter(version.variants[0].template for version in made.versions)
    assert set(counts.values()) == {4}  # numbered versions take turns


@pytest.mark.parametrize("count", range(1, 10))
def test_the_key_takes_turns_within_each_template_that_is_picked(count):
    entry = Entry(templates=("dense-weights", "which-kernel"), ask="choice")
    certificates(making.make(Quiz("hand", "", "", (entry,)), "a seed", roster.numbered(count)))  # raises where it does not


def test_a_pinned_question_is_the_same_for_all_and_the_one_that_preview_shows():
    alone = Quiz("output-size", "", "", (Entry("output-size", 1.0, 1, "choice"),))
    previewed = making.make(alone, "pinned", roster.numbered(1)).versions[0].variants[0]
    for owners in (CLASS, roster.numbered(9)):
        made = making.make(EVERYTHING, "other", owners, "salt")
        assert all(version.variants[-1] == previewed for version in made.versions)


def test_a_group_for_a_learning_platform_has_each_variant_once(twelve):
    made = making.make(twelve, "a seed", CLASS)
    groups = made.unique_groups()
    ids = [variant.id for group in groups for variant in group.variants]
    assert len(ids) == len(set(ids)) == len({one.id for version in made.versions for one in version.variants})
    assert all(len(group.variants) >= group.entry.count for group in groups)


def test_groups_of_numbered_versions_are_their_pools():
    made = making.make(TWICE, "a seed", roster.numbered(6))
    assert made.unique_groups() == made.groups()


@pytest.mark.costly
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 11), st.permutations(CLASS), st.integers(0, 12))
def test_a_making_is_extended_and_no_version_changes(count, order, size):
    before = quiz_json.read(quiz_json.written(made(count + 1)))
    after = extend(before, EVERYTHING, Source("a seed"), order[:size])
    assert after.made.versions[: count + 1] == before.versions
    asked = {owner.id for owner in [*CLASS[: count + 1], *order[:size]]}
    assert {version.owner.id for version in after.made.versions} == asked
    assert {id: versions(made())[id] for id in asked} == versions(after.made)  # as if all had been there at once
    assert after.untouched == {version.code for version in before.versions}
    left = len({owner.id for owner in CLASS[: count + 1]} - {owner.id for owner in order[:size]}) if size else 0
    assert any("not on this roster" in remark for remark in after.remarks) == (left > 0)


def test_numbered_versions_are_extended_too():
    before, after = (making.make(EVERYTHING, "a seed", roster.numbered(count)) for count in (5, 9))
    extended = extend(quiz_json.read(quiz_json.written(before)), EVERYTHING, Source("a seed"), roster.numbered(9))
    assert extended.made == after
    fewer = extend(before, EVERYTHING, Source("a seed"), roster.numbered(2))
    assert fewer.made == before and "kept, though not asked for: 3 versions" in fewer.remarks


@pytest.mark.parametrize(("owners", "more"), [(CLASS[:2], CLASS[:3]), (roster.numbered(2), roster.numbered(3))])
def test_versions_of_other_questions_are_not_mixed_with_new_ones(owners, more):
    """A template has changed since, or a question of an instructor's own: the quiz's file is the same."""
    before = making.make(EVERYTHING, "a seed", owners)
    first, *others = before.versions
    older = replace(first, variants=(first.variants[0], replace(first.variants[1], stem="Older"), *first.variants[2:]))
    with pytest.raises(UserError, match=r"versions whose question 2 would be different today: .* another release"):
        extend(replace(before, versions=(older, *others)), EVERYTHING, Source("a seed"), more)


def test_what_changes_no_number_may_change():
    worth = replace(EVERYTHING, title="New", entries=(replace(EVERYTHING.entries[0], points=5), *EVERYTHING.entries[1:]))
    ada = replace(CLASS[0], id=CLASS[0].id.upper(), name="", more_time="25 %")
    after = extend(made(2), worth, Source("a seed"), [ada])
    assert versions(after.made) == versions(made(2)) and after.made.quiz == worth
    assert after.made.versions[0].owner == replace(CLASS[0], more_time="25 %")
    assert not after.untouched and "number 1 is for 5 points, not 3, the title has changed" in "".join(after.remarks)
    assert extend(made(2), EVERYTHING, Source("a seed"), [ada]).untouched == {made(2).versions[1].code}


@pytest.mark.parametrize(
    ("quiz", "seed", "salt", "owners", "said"),
    [
        (
            replace(EVERYTHING, entries=EVERYTHING.entries[:1] * 2 + EVERYTHING.entries[2:]),
            "a seed",
            "",
            [],
            "number 2",
        ),
        (replace(EVERYTHING, entries=EVERYTHING.entries[:3]), "a seed", "", [], "4 .*, while the quiz has 3 now"),
        (EVERYTHING, "b seed", "", CLASS, "from the seed 'a seed'"),
        (EVERYTHING, "a seed", "salt", CLASS, "another salt"),
        (EVERYTHING, "a seed", "", roster.numbered(2), "versions for students"),
    ],
)
def test_another_making_is_refused(quiz, seed, salt, owners, said):
    with pytest.raises(UserError, match=said):
        extend(made(2), quiz, Source(seed, salt), owners)


def test_a_record_that_is_read_and_written_again_is_the_same_byte_for_byte():
    for owners in (CLASS, roster.numbered(5)):
        written = quiz_json.written(making.make(EVERYTHING, "a seed", owners))
        assert quiz_json.written(quiz_json.read(written)) == written


def test_the_record_has_the_seed_but_not_the_salt():
    written = quiz_json.written(made(1, "the seed", "the secret"))
    assert b"the seed" in written and b"the secret" not in written


def test_ctrl_c_while_the_record_is_written_stays_ctrl_c(monkeypatch):
    def interrupted(self):
        raise KeyboardInterrupt

    made = making.make(Quiz("q", "Q", "", (Entry("average-pooling"),)), "s", roster.numbered(1))
    monkeypatch.setattr(Fraction, "__str__", interrupted)
    with pytest.raises(KeyboardInterrupt):
        quiz_json.written(made)


def test_a_language_may_put_the_unit_before_its_number():
    quiz = Quiz("q", "Q", "", (Entry("dense-weights", ask="choice"),))
    before = Language("xx", {"{n} weights": "weights: {n}"})
    english, translated = (
        making.make(replace(quiz, language=language), "s", roster.numbered(8)) for language in (ENGLISH, before)
    )
    assert all(option.text.startswith("weights: ") for option in translated.versions[0].variants[0].answer.options)
    assert certificates(translated) == certificates(english)
