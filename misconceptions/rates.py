"""Wrong ways to count errors and to compare them: rates, reductions, chance, and the first five guesses."""

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from math import sqrt

from misconceptions.bank import misconception
from misconceptions.types import Table

_rates = partial(misconception, "errors_and_rates")
_reduction = partial(misconception, "error_reduction")
_chance = partial(misconception, "errors_by_chance")
_ranks = partial(misconception, "ranks_of_the_right_class")
_top = partial(misconception, "top_5_error")


# errors_and_rates(errors, images, others): of `errors` errors on `images` images, the error rate and the accuracy in
# percent, and how many to expect on `others` images.


@_rates(says="error rate and accuracy are swapped.")
def error_rate_and_accuracy_swapped(errors: int, images: int, others: int) -> Table:
    rate = _percent(errors, images)
    return [[100 - rate, rate, _expected(errors, images, others)]]


@_rates(says="the same number of errors is expected on any number of images. More images, more errors.")
def errors_do_not_grow(errors: int, images: int, others: int) -> Table:
    return [[_percent(errors, images), 100 - _percent(errors, images), errors]]


@_rates(says="the images are multiplied by the percentage. Divide by 100 as well.")
def percent_taken_for_a_share(errors: int, images: int, others: int) -> Table:
    rate = _percent(errors, images)
    return [[rate, 100 - rate, rate * others]]


@_rates(says="the decimal point of the error rate is off by one place.")
def one_place_off(errors: int, images: int, others: int) -> Table:
    rate = 10 * _percent(errors, images)
    return [[rate, 100 - rate, _expected(errors, images, others)]]


@_rates(says="right answers are counted instead of errors. Multiply the images by the error rate.")
def right_answers_expected(errors: int, images: int, others: int) -> Table:
    rate = _percent(errors, images)
    return [[rate, 100 - rate, others - _expected(errors, images, others)]]


# error_reduction(before, after, images): from the errors of two networks, the reduction of the error rate in percentage
# points, the relative reduction of errors in percent, and what remains of the errors in percent.


@_reduction(says="the reduction is divided by the new number of errors. It is a share of the old one.")
def share_of_the_new_errors(before: int, after: int, images: int) -> Table:
    return [[_percent(before - after, images), _percent(before - after, after), _percent(after, before)]]


@_reduction(says="percentage points are mistaken for the relative reduction. That is a share of the old errors.")
def points_for_percent(before: int, after: int, images: int) -> Table:
    points = _percent(before - after, images)
    return [[points, points, 100 - points]]


@_reduction(says="percentage points and relative reduction are swapped.")
def points_and_percent_swapped(before: int, after: int, images: int) -> Table:
    return [[_percent(before - after, before), _percent(before - after, images), _percent(after, before)]]


@_reduction(says="the accuracies are compared instead of the errors.")
def accuracies_compared(before: int, after: int, images: int) -> Table:
    relative = _percent(before - after, images - before)
    return [[_percent(before - after, images), relative, 100 - relative]]


@_reduction(says="what remains and what is gone are swapped.")
def remaining_and_gone_swapped(before: int, after: int, images: int) -> Table:
    return [[_percent(before - after, images), _percent(after, before), _percent(before - after, before)]]


@_reduction(says="errors are counted, but the question asks for percentage points. Divide by the number of images.")
def errors_for_points(before: int, after: int, images: int) -> Table:
    return [[before - after, _percent(before - after, before), _percent(after, before)]]


# errors_by_chance(errors, images): the standard deviation of the number of errors, if each image is an error with the same
# probability, and the numbers two of them below and above; the standard deviation is rounded first.


@_chance(says="the square root is forgotten: this is the variance.")
def variance_for_deviation(errors: int, images: int) -> Table:
    return _around(errors, errors * (images - errors) / images)


@_chance(says="the square root of the number of images is used. Each image adds only p (1 - p), which is far below 1.")
def root_of_the_images(errors: int, images: int) -> Table:
    return _around(errors, sqrt(images))


@_chance(says="the largest possible deviation is used, that of guessing: half the square root of the number of images.")
def deviation_of_guessing(errors: int, images: int) -> Table:
    return _around(errors, sqrt(images) / 2)


@_chance(says="one standard deviation is used on each side. The question asks for two.")
def one_deviation(errors: int, images: int) -> Table:
    deviation = sqrt(errors * (images - errors) / images)
    return [[round(deviation), errors - round(deviation), errors + round(deviation)]]


@_chance(says="the factor 1 - p is forgotten: the variance is n p (1 - p).")
def root_of_the_errors(errors: int, images: int) -> Table:
    return _around(errors, sqrt(errors))


@_chance(says="two standard deviations are used as the whole width. There are two on each side.")
def half_the_range(errors: int, images: int) -> Table:
    deviation = round(sqrt(errors * (images - errors) / images))
    return [[2 * deviation, errors - deviation, errors + deviation]]


@_chance(says="the deviation is counted around the right answers.")
def around_the_right_answers(errors: int, images: int) -> Table:
    deviation = round(sqrt(errors * (images - errors) / images))
    return [[deviation, images - errors - 2 * deviation, images - errors + 2 * deviation]]


# ranks_of_the_right_class(scores, right): for each image the rank of the right class's score, 1 for the highest, then how
# many images are a top-1 and how many a top-5 error. right: the place of each image's right class.


@_ranks(says="ranks start at 0. The highest score has rank 1.")
def ranks_from_0(scores: Sequence[Sequence[int]], right: Sequence[int]) -> Table:
    ranks = [rank - 1 for rank in _ranked(scores, right)]
    return [[*ranks, *_errors(_ranked(scores, right))]]


@_ranks(says="ranks are counted from the lowest score.")
def ranked_from_below(scores: Sequence[Sequence[int]], right: Sequence[int]) -> Table:
    ranks = [len(row) + 1 - rank for row, rank in zip(scores, _ranked(scores, right))]
    return [[*ranks, *_errors(ranks)]]


@_ranks(says="the images that are right are counted instead of the errors.")
def right_images_counted(scores: Sequence[Sequence[int]], right: Sequence[int]) -> Table:
    ranks = _ranked(scores, right)
    return [[*ranks, *(len(ranks) - count for count in _errors(ranks))]]


@_ranks(says="rank 5 counts as a top-5 error. It is still among the first five.")
def fifth_place_is_an_error(scores: Sequence[Sequence[int]], right: Sequence[int]) -> Table:
    ranks = _ranked(scores, right)
    return [[*ranks, _errors(ranks)[0], sum(rank >= 5 for rank in ranks)]]


@_ranks(says="top-5 errors are left out of the top-1 errors. Each is a top-1 error as well.")
def errors_counted_once(scores: Sequence[Sequence[int]], right: Sequence[int]) -> Table:
    first, five = _errors(_ranked(scores, right))
    return [[*_ranked(scores, right), first - five, five]]


@_ranks(says="columns are mistaken for ranks. A rank is a place among the scores, not in the table.")
def columns_for_ranks(scores: Sequence[Sequence[int]], right: Sequence[int]) -> Table:
    ranks = [place + 1 for place in right]
    return [[*ranks, *_errors(ranks)]]


# top_5_error(counts): top-1 error and top-5 error in percent, and the percentage points between them, from the images whose
# right class has rank 1, 2, 3, 4, 5, and those where it comes later.


@_top(says="the accuracy is given instead of the error.")
def accuracies_for_errors(counts: Sequence[int]) -> Table:
    one, five = (100 - error for error in _top_errors(counts))
    return [[one, five, five - one]]


@_top(says="a top-5 error is thought to mean rank 5. It means any rank after 5.")
def fifth_rank_for_the_error(counts: Sequence[int]) -> Table:
    one, five = _top_errors(counts)[0], _percent(counts[4], sum(counts))
    return [[one, five, one - five]]


@_top(says="the first five guesses are averaged. One of them has to be right.")
def errors_averaged_over_the_guesses(counts: Sequence[int]) -> Table:
    one, five = _top_errors(counts)[0], Fraction(100 * sum(counts[1:]), 5 * sum(counts))
    return [[one, five, one - five]]


@_top(says="rank 5 is counted among the top-5 errors. It is still among the first five.")
def fifth_rank_counted(counts: Sequence[int]) -> Table:
    one, five = _top_errors(counts)[0], _percent(sum(counts[4:]), sum(counts))
    return [[one, five, one - five]]


@_top(says="top-1 error and top-5 error are swapped. More guesses, fewer errors.")
def top_1_and_top_5_swapped(counts: Sequence[int]) -> Table:
    one, five = _top_errors(counts)
    return [[five, one, one - five]]


@_top(says="images are counted, not percent.")
def images_for_percent(counts: Sequence[int]) -> Table:
    return [[sum(counts[1:]), counts[5], sum(counts[1:5])]]


def _percent(part: int, whole: int) -> Fraction:
    return Fraction(100 * part, whole)


def _expected(errors: int, images: int, others: int) -> Fraction:
    return Fraction(errors * others, images)


def _around(errors: int, deviation: float) -> Table:
    step = round(deviation)
    return [[step, errors - 2 * step, errors + 2 * step]]


def _ranked(scores: Sequence[Sequence[int]], right: Sequence[int]) -> list[int]:
    return [sorted(row, reverse=True).index(row[place]) + 1 for row, place in zip(scores, right)]


def _errors(ranks: Sequence[int]) -> list[int]:
    return [sum(rank > most for rank in ranks) for most in (1, 5)]


def _top_errors(counts: Sequence[int]) -> list[Fraction]:
    return [_percent(sum(counts[most:]), sum(counts)) for most in (1, 5)]
