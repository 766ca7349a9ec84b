"""Errors and their rates: of how many images, by how much better, by more than chance, and among the first five guesses."""

from fractions import Fraction
from itertools import accumulate
from math import isqrt, sqrt

import numpy as np

from quizzes.question import Grid, Question, distractors, exact, load, require, written
from quizzes.rng import Draw
from quizzes.template import template
from quizzes.text.writing import listed, table

TOPIC = "Errors and rates"
CLASSES = ("cat", "dog", "fox", "hare", "lynx", "seal", "wolf", "yak")


@template(
    "Errors and error rates", topic=TOPIC, difficulty=1, minutes=2, tells=4, operations=(3, 3), largest=(1_000, 100_000),
    lecture={"errors": 82, "images": 10_000, "others": 60_000},
)  # fmt: skip
def errors_and_rates(draw: Draw) -> Question:
    images, errors = draw.choice(range(1000, 20_001, 1000), "images"), draw.between(11, 999, "errors")
    others = draw.choice(range(21_000, 90_001, 1000), "others")
    rate = Fraction(100 * errors, images)
    require(rate < 20 and 100 * rate % 1 == 0 and rate * others % 100 == 0, "rates that can be written, and whole errors")
    expected = rate * others / 100
    share = Fraction(images - errors, images)
    return Question(
        stem=f"A network classifies {images} test images and makes {errors} errors. What are its error rate and its "
        f"accuracy, in percent? And how many errors do you expect on {others} other images of the same kind?",
        key=Grid(exact([[rate, 100 - rate, expected]]), columns=("error rate, %", "accuracy, %", "errors")),
        check=[[100 * (1 - share), 100 * share, others - others * share]],
        wrong=distractors("errors_and_rates", errors, images, others),
        steps=[
            f"Error rate: ${errors} / {images} = {written(exact(rate))}\\%$.",
            f"Accuracy: $100\\% - {written(exact(rate))}\\% = {written(exact(100 - rate))}\\%$.",
            f"The same share of {others} images: ${others} \\cdot {errors} / {images} = {written(exact(expected))}$.",
        ],
        load=load(3, [images, others]),
    )  # fmt: skip


@template("Fewer errors", topic=TOPIC, difficulty=2, minutes=2, tells=4, operations=(4, 4), largest=(50, 3_000))
def fewer_errors(draw: Draw) -> Question:
    images = draw.choice((1000, 2000, 5000, 10_000), "images")
    before, after = draw.choice(range(50, 1000, 10), "errors before"), draw.between(10, 900, "errors after")
    require(after < before < images / 2, "fewer errors, and less than half of the images")
    points, gone = Fraction(100 * (before - after), images), Fraction(100 * (before - after), before)
    require(points * 100 % 1 == 0 and gone * 100 % 1 == 0, "two decimals of the reduction at most")
    rates = [Fraction(100 * errors, images) for errors in (before, after)]
    return Question(
        stem=f"On {images} test images one network makes {before} errors, a newer one {after}. By how many percentage "
        "points has the error rate fallen? By what percentage has the number of errors fallen? And what percentage of the "
        "errors remains?",
        key=Grid(exact([[points, gone, 100 - gone]]), columns=("points", "fewer, %", "remaining, %")),
        check=[[rates[0] - rates[1], 100 * (1 - rates[1] / rates[0]), 100 * rates[1] / rates[0]]],
        wrong=distractors("error_reduction", before, after, images),
        steps=[
            f"There are ${before} - {after} = {before - after}$ fewer errors.",
            f"Of all images: ${before - after} / {images}$ are {written(exact(points))} percentage points.",
            f"Of the old errors: ${before - after} / {before}$ are {written(exact(gone))} %, and "
            f"{written(exact(100 - gone))} % remain.",
            "A small step in percentage points can be a large share of the errors.",
        ],
        load=load(4, [before, after]),
    )


@template(
    "More than chance?", topic=TOPIC, difficulty=4, minutes=4, tells=4, operations=(5, 5), largest=(30, 2_000),
    lecture={"errors": 82, "images": 10_000},
)  # fmt: skip
def more_than_chance(draw: Draw) -> Question:
    images, errors = draw.choice((400, 500, 900, 1000, 2000, 2500, 5000, 10_000), "images"), draw.between(30, 900, "errors")
    require(errors < images / 2, "fewer errors than half of the images")
    variance = Fraction(errors * (images - errors), images)
    deviation = round(sqrt(variance))
    require(abs(sqrt(variance) % 1 - 0.5) > 0.1, "a deviation that is clearly rounded")
    low, high, whole = errors - 2 * deviation, errors + 2 * deviation, isqrt(int(variance))
    by_image = int(np.repeat([1, 0], [errors, images - errors]).std() * sqrt(images) + 0.5)
    return Question(
        stem=f"A network makes {errors} errors on {images} test images. Suppose it fails on each new image with "
        f"probability $p = {errors} / {images}$, independently of the others. What is then the standard deviation of "
        f"the number of errors on $n = {images}$ new images? Round it to a whole number. Then give the numbers of errors "
        "that lie two of these rounded standard deviations below and above the expected number.",
        key=Grid(((deviation, low, high),), columns=("deviation", "two below", "two above")),
        check=[[by_image, errors - 2 * by_image, errors + 2 * by_image]],
        wrong=distractors("errors_by_chance", errors, images),
        steps=[
            f"The number of errors has a binomial distribution with the variance $n p (1 - p) = {errors} \\cdot "
            f"{images - errors} / {images} \\approx {float(variance):.2f}$.",
            f"Its square root lies between {whole} and {whole + 1}, as ${whole}^2 = {whole**2}$ and ${whole + 1}^2 = "
            f"{(whole + 1) ** 2}$. It is about {sqrt(variance):.2f}, which rounds to {deviation}.",
            f"${errors} - 2 \\cdot {deviation} = {low}$ and ${errors} + 2 \\cdot {deviation} = {high}$.",
            "Another test set gives numbers between these about 95 times in 100, by chance alone: a network with "
            f"{low + 1} errors is not yet clearly better than this one.",
        ],
        load=load(5, [errors, variance]),
    )


@template("Rank of the right class", topic=TOPIC, difficulty=2, minutes=3, tells=3, operations=(12, 32), largest=(50, 99))
def rank_of_the_right_class(draw: Draw) -> Question:
    right = [draw.below(len(CLASSES)) for _ in range(4)]
    scores = [draw.sample(range(1, 100), len(CLASSES)) for _ in right]
    for row, place in zip(scores, right):  # most classes of a good network have a good rank
        high = row.index(sorted(row, reverse=True)[draw.choice((0, 0, 0, 1, 2, 3, 4, 5, 6))])
        row[place], row[high] = row[high], row[place]
    ranks = [1 + sum(score > row[place] for score in row) for row, place in zip(scores, right)]
    one, five = (sum(rank > most for rank in ranks) for most in (1, 5))
    require(0 < five < one, "top-1 errors that are no top-5 errors")
    # The other way: sort the places by their scores.
    orders = [sorted(range(len(CLASSES)), key=row.__getitem__)[::-1] for row in scores]
    check = [
        *(order.index(place) + 1 for order, place in zip(orders, right)),
        sum(place != order[0] for order, place in zip(orders, right)),
        sum(place not in order[:5] for order, place in zip(orders, right)),
    ]
    images = [f"image {number}" for number in range(1, 5)]
    return Question(
        stem="A network gives each class a score. The table gives the scores of four images and the right class of "
        "each.\n\n"
        + table(
            ("", "right class", *CLASSES),
            [(name, CLASSES[place], *row) for name, place, row in zip(images, right, scores)],
        )
        + "\n\nWhich rank does the right class have in each image (1 is the highest score)? How many of the four images "
        "are top-1 errors, and how many are top-5 errors?",
        key=Grid(((*ranks, one, five),), columns=(*images, "top-1 errors", "top-5 errors")),
        check=[check],
        wrong=distractors("ranks_of_the_right_class", scores, right),
        steps=[
            *(
                f"{name.capitalize()}: {CLASSES[place]} has {row[place]}; "
                + (f"higher {'is' if rank == 2 else 'are'} {listed(sorted(row, reverse=True)[: rank - 1])}: rank {rank}."
                   if rank > 1 else "no score is higher: rank 1.")
                for name, place, row, rank in zip(images, right, scores, ranks)
            ),
            f"A top-1 error has a rank above 1: {one}. A top-5 error has a rank above 5: {five}.",
        ],
        load=load(sum(ranks) + 4, scores),
    )  # fmt: skip


@template("Top-1 and top-5 error", topic=TOPIC, difficulty=2, minutes=2, tells=4, operations=(8, 8), largest=(500, 9_900))
def top_5_error(draw: Draw) -> Question:
    images = draw.choice((1000, 2000, 5000, 10_000), "images")
    hundredths = images // 1000
    first = draw.between(450, 850, "thousandths at rank 1")
    counts = [first * hundredths, *(hundredths * draw.between(10, 40) - draw.below(hundredths) for _ in range(4))]
    counts.append(images - sum(counts))
    require(counts[5] > 0, "some images beyond rank 5")
    one, five = Fraction(100 * sum(counts[1:]), images), Fraction(100 * counts[5], images)
    found = [Fraction(100 * total, images) for total in accumulate(counts)]
    names = ("1", "2", "3", "4", "5", "later")
    return Question(
        stem=f"A network ranks the classes of {images} images. For each rank, the table gives the number of images whose "
        f"right class has it.\n\n{table(('rank', *names), [('images', *counts)])}\n\nWhat are the top-1 error and the "
        "top-5 error, in percent? And by how many percentage points do they differ?",
        key=Grid(exact([[one, five, one - five]]), columns=("top-1 error, %", "top-5 error, %", "points between")),
        check=[[100 - found[0], 100 - found[4], found[4] - found[0]]],
        wrong=distractors("top_5_error", counts),
        steps=[
            f"Top-1: every image whose right class is not first is wrong: ${images} - {counts[0]} = {images - counts[0]}$, "
            f"that is {written(exact(one))} %.",
            f"Top-5: an image is wrong only if its right class is not among the first five: {counts[5]} images, "
            f"{written(exact(five))} %.",
            f"In between are the ranks 2 to 5: ${' + '.join(map(str, counts[1:5]))} = {sum(counts[1:5])}$ images, "
            f"{written(exact(one - five))} %.",
        ],
        load=load(8, counts),
    )  # fmt: skip
