"""Statistics of a graded class, against textbook formulas worked out in another way."""

import statistics as by_hand
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.grading import report
from quizzes.grading.grade import Graded
from quizzes.grading.marking import Mark
from quizzes.grading.statistics import Tally, alpha, comparisons, fairness, items, statistics, topics
from quizzes.quiz import Entry, GeneratedQuiz, Quiz, Version
from quizzes.roster import Owner, numbered
from tests.quizzes.made import number, variant

POINTS = (2.0, 4.0, 1.0, 3.0)
ONE = variant(number)


def a_class(credits, owners=None, worth=POINTS, variants=None, misconceptions=None):
    """Return a quiz and its graded class: a row of credits for each student."""
    rows = np.atleast_2d(credits)
    owners = owners or [Owner(f"s{number}") for number in range(len(rows))]
    quiz = Quiz("made", "Made up", "", tuple(Entry("made-up", points) for points in worth[: rows.shape[1]]))
    codes = {owner.id: f"AAAA-{owner.id:0>4}" for owner in owners}
    graded = []
    for student, (owner, row) in enumerate(zip(owners, rows)):
        own = [replace(ONE, stem=f"{codes[owner.id]} {place}") for place in range(len(row))]
        version = Version(owner, codes[owner.id], tuple(variants[student] if variants else own))
        wrong = misconceptions[student] if misconceptions else ""
        marks = tuple(Mark(Fraction(float(credit)), "", wrong) for credit in row)
        points = tuple(float(credit) * entry.points for credit, entry in zip(row, quiz.entries))
        graded.append(Graded(version, f"student {student}", marks, points, ()))
    return GeneratedQuiz(quiz, tuple(one.version for one in graded)), graded


def credits():
    grid = st.sampled_from([0, 0.25, 0.5, 1])
    return st.integers(2, 30).flatmap(
        lambda count: st.lists(st.lists(grid, min_size=4, max_size=4), min_size=count, max_size=count)
    )


@given(credits())
def test_alpha_is_the_one_of_the_covariances(rows):
    made, graded = a_class(rows)
    covariances = np.cov(np.array(rows) * POINTS, rowvar=False, ddof=0)
    found = alpha(made, graded)
    if covariances.sum() < 1e-9:
        assert found is None
    else:
        assert found == pytest.approx(4 / 3 * (1 - np.trace(covariances) / covariances.sum()))
    without = np.delete(np.delete(covariances, 1, 0), 1, 1)
    if without.sum() > 1e-9:
        assert alpha(made, graded, without=1) == pytest.approx(3 / 2 * (1 - np.trace(without) / without.sum()))


def test_questions_that_say_the_same_have_an_alpha_of_1_and_practice_does_not_count():
    rows = [[credit] * 4 for credit in (0, 0.5, 1, 1)]
    assert alpha(*a_class(rows, worth=(2, 2, 2, 2))) == pytest.approx(1)
    noisy = [[*row[:3], place % 2] for place, row in enumerate(rows)]
    assert alpha(*a_class(noisy, worth=(2, 2, 2, 0))) == pytest.approx(1)
    assert alpha(*a_class(rows, worth=(2, 0, 0, 0))) is None
    assert alpha(*a_class(rows[:1])) is None


@given(credits())
def test_difficulty_and_discrimination_are_mean_and_correlation(rows):
    made, graded = a_class(rows)
    for place, item in enumerate(items(made, graded)):
        own = [row[place] for row in rows]
        rest = [one.score - one.points[place] for one in graded]
        assert item.tally.difficulty == pytest.approx(by_hand.fmean(own))
        if len(set(own)) == 1 or len(set(rest)) == 1:
            assert item.tally.discrimination is None
        else:
            assert item.tally.discrimination == pytest.approx(by_hand.correlation(own, rest))


@given(st.lists(credits(), min_size=1, max_size=4))
def test_tallies_of_classes_add_up_to_the_correlation_within_classes(classes):
    """An oracle of another kind: centre each class by itself, then correlate all students at once."""
    total = sum((items(*a_class(rows))[1].tally for rows in classes), Tally())
    own, rest = [], []
    for rows in classes:
        points = np.array(rows) * POINTS
        own += list(np.array(rows)[:, 1] - np.mean(np.array(rows)[:, 1]))
        besides = points.sum(axis=1) - points[:, 1]
        rest += list(besides - besides.mean())
    assert total.asked == sum(map(len, classes))
    assert total.difficulty == pytest.approx(np.mean([row[1] for rows in classes for row in rows]))
    if min(np.var(own), np.var(rest)) > 1e-9:
        assert total.discrimination == pytest.approx(np.corrcoef(own, rest)[0, 1])


def test_a_version_that_is_harder_is_found_and_named():
    rng = np.random.default_rng(1)
    rooms = [numbered(4)[number % 4] for number in range(80)]
    rows = rng.integers(0, 2, (80, 4)) * [[0.3 if owner.id == "3" else 1] for owner in rooms]
    (found,) = comparisons(*a_class(rows, rooms))
    assert found.what == "version" and [group.name for group in found.unfair] == ["3 (AAAA-0003)"]
    (sentence,) = fairness([found])
    assert sentence.startswith("Version 3 (AAAA-0003) was harder than chance explains: ")
    assert "(20 had it, p < 0.001)" in sentence
    same = [[0.5] * 4] * 80
    assert fairness(comparisons(*a_class(same, rooms)))[0].startswith(
        "No version was harder or easier than chance explains"
    )


@pytest.mark.costly
def test_chance_alone_rarely_looks_unfair():
    rooms = [numbered(6)[number % 6] for number in range(60)]
    alarms = 0
    for seed in range(60):
        rows = np.random.default_rng(seed).integers(0, 2, (60, 4))
        alarms += bool(comparisons(*a_class(rows, rooms))[0].unfair)
    assert alarms <= 8  # of 60, where 3 are expected; more than 8 has a chance of 0.4 %


def test_two_groups_have_the_p_of_all_ways_to_deal_them():
    """The exact permutation test by hand: of the 20 ways to choose 3 of 6 students, 2 are as far apart."""
    rooms = [numbered(2)[number // 3] for number in range(6)]
    (found,) = comparisons(*a_class([[0], [0], [0], [1], [1], [1]], rooms))
    assert all(group.p == pytest.approx(2 / 20, abs=0.02) for group in found.groups)


def test_students_own_versions_are_compared_where_they_share_a_template_or_numbers():
    picked, other = replace(ONE, template="easy"), replace(ONE, template="hard")
    rare = [replace(other, stem=f"numbers of {number}") for number in range(20)]
    variants = [[picked if number % 2 else rare[number // 2 if number > 20 else 0]] for number in range(40)]
    rows = [[1 if number % 2 else 0] for number in range(40)]
    found = comparisons(*a_class(rows, variants=variants))
    assert [each.what for each in found] == ["question 1: template", "question 1: hard with the numbers of"]
    assert {group.name for group in found[0].unfair} == {"easy", "hard"}
    assert "Question 1: template hard was harder than chance explains: 0.00 of 2 points" in fairness(found)[1]
    assert not found[1].unfair  # all who had it have it wrong
    alone = a_class([[0, 1], [1, 1], [1, 0]])
    assert "nothing to compare" in fairness(comparisons(*alone))[0]
    assert comparisons(*a_class(rows, variants=variants, worth=(0,))) == []


def test_more_comparisons_make_each_less_surprising():
    easy, hard = replace(ONE, template="easy"), replace(ONE, template="hard")
    answers = [[[number % 2 == 0 or number % 3 == 0] * place for number in range(20)] for place in (1, 3)]
    found = []
    for rows in answers:
        variants = [[(easy, hard)[number % 2]] * len(row) for number, row in enumerate(rows)]
        found.append([each for each in comparisons(*a_class(rows, variants=variants)) if each.what.endswith("template")])
    assert [len(each) for each in found] == [1, 3]
    assert found[1][0].groups[0].p == pytest.approx(3 * found[0][0].groups[0].p)


def test_what_a_misconception_costs():
    rows = [[0.5, 1, 1, 1], [0, 0, 1, 1], [1, 1, 1, 1]]
    made, graded = a_class(rows, misconceptions=["flipped", "flipped", ""])
    found = items(made, graded)
    assert found[0].lost == {"flipped": 3.0} and found[1].lost == {"flipped": 4.0}
    assert topics(found) == {"Tests": [("flipped", 8, 7.0)]}


def test_a_quiz_of_practice_alone_is_reported():
    made, graded = a_class([[1, 0], [0, 0]], worth=(0, 0))
    files = report.files(made, graded, statistics(made, graded), [])
    assert all(item.tally.discrimination is None for item in items(made, graded))
    assert b"of 0 points on average" in files["report.html"] and b"Scores" not in files["report.html"]
