"""Wrong ways to judge a network and its data: accuracies over groups, guesses, precision, augmented images."""

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from statistics import median

from misconceptions.bank import misconception
from misconceptions.types import Number, Table

_groups = partial(misconception, "accuracy_over_groups")
_majority = partial(misconception, "majority_guess")
_confusion = partial(misconception, "precision_and_recall")
_augmented = partial(misconception, "augmentation_count")


# accuracy_over_groups(images, percents): the accuracy over all images in percent, from each group's images and accuracy.


@_groups(says="the groups' accuracies are averaged as if all groups were equally large. Count images, not groups.")
def mean_of_the_groups(images: Sequence[int], percents: Sequence[int]) -> Number:
    return sum(percents) / len(percents)


@_groups(says="only the largest group counts. The small ones count too, by their number of images.")
def largest_group_only(images: Sequence[int], percents: Sequence[int]) -> Number:
    return percents[images.index(max(images))]


@_groups(says="the median accuracy is used. Each group counts by its number of images.")
def median_of_the_groups(images: Sequence[int], percents: Sequence[int]) -> Number:
    return median(percents)


@_groups(says="wrong answers are counted instead of right ones.")
def errors_for_accuracy(images: Sequence[int], percents: Sequence[int]) -> Number:
    return 100 - _overall(images, percents)


@_groups(says="small groups get the weights of large ones. The group with most images counts most.")
def weights_turned_round(images: Sequence[int], percents: Sequence[int]) -> Number:
    order = sorted(range(len(images)), key=lambda group: images[group])
    swapped = dict(zip(order, sorted(images, reverse=True)))
    return _overall([swapped[group] for group in range(len(images))], percents)


@_groups(says="best and worst group are averaged, and nothing else.")
def middle_of_best_and_worst(images: Sequence[int], percents: Sequence[int]) -> Number:
    return (max(percents) + min(percents)) / 2


# majority_guess(training, test): the accuracies in percent, on the training and on the test images, of always guessing the
# class that is most frequent in training; from the images of each class.


@_majority(says="all classes are assumed to be equally frequent.")
def guessed_by_chance(training: Sequence[int], test: Sequence[int]) -> Table:
    return [[_share(1, len(training)), _share(1, len(test))]]


@_majority(
    says="the most frequent class of the test images is guessed for them. The network learned its guess in training."
)
def majority_of_the_test(training: Sequence[int], test: Sequence[int]) -> Table:
    return [[_share(max(training), sum(training)), _share(max(test), sum(test))]]


@_majority(says="the share in training is used for the test images too. Their classes have other shares.")
def share_of_training_for_both(training: Sequence[int], test: Sequence[int]) -> Table:
    share = _share(max(training), sum(training))
    return [[share, share]]


@_majority(says="images are counted, but not divided by the number of all images.")
def counts_for_percent(training: Sequence[int], test: Sequence[int]) -> Table:
    most = training.index(max(training))
    return [[training[most], test[most]]]


@_majority(says="the images of the other classes are counted. Those are guessed wrong.")
def wrong_guesses_counted(training: Sequence[int], test: Sequence[int]) -> Table:
    most = training.index(max(training))
    return [[100 - _share(training[most], sum(training)), 100 - _share(test[most], sum(test))]]


@_majority(says="the rarest class is guessed instead of the most frequent one.")
def rarest_class_guessed(training: Sequence[int], test: Sequence[int]) -> Table:
    least = training.index(min(training))
    return [[_share(training[least], sum(training)), _share(test[least], sum(test))]]


@_majority(says="training and test images are combined. Each set has an accuracy of its own.")
def training_and_test_together(training: Sequence[int], test: Sequence[int]) -> Table:
    most = training.index(max(training))
    share = _share(training[most] + test[most], sum(training) + sum(test))
    return [[share, share]]


# precision_and_recall(true_alarms, false_alarms, missed, quiet): accuracy, precision, recall, and the accuracy of never
# raising an alarm, in percent.


@_confusion(says="precision and recall are swapped: precision is about the alarms, recall about the ill.")
def precision_and_recall_swapped(true_alarms: int, false_alarms: int, missed: int, quiet: int) -> Table:
    accuracy, precision, recall, never = _rates(true_alarms, false_alarms, missed, quiet)
    return [[accuracy, recall, precision, never]]


@_confusion(says="the accuracy counts right alarms only. The answers for healthy people without an alarm are right too.")
def quiet_answers_forgotten(true_alarms: int, false_alarms: int, missed: int, quiet: int) -> Table:
    _, precision, recall, never = _rates(true_alarms, false_alarms, missed, quiet)
    return [[_share(true_alarms, true_alarms + false_alarms + missed + quiet), precision, recall, never]]


@_confusion(says="precision and recall are shares of all people. They are shares of the alarms and of the ill.")
def shares_of_all_people(true_alarms: int, false_alarms: int, missed: int, quiet: int) -> Table:
    accuracy, _, _, never = _rates(true_alarms, false_alarms, missed, quiet)
    share = _share(true_alarms, true_alarms + false_alarms + missed + quiet)
    return [[accuracy, share, share, never]]


@_confusion(says="the recall is computed for the healthy. It is the share of the ill who are found.")
def recall_of_the_healthy(true_alarms: int, false_alarms: int, missed: int, quiet: int) -> Table:
    accuracy, precision, _, never = _rates(true_alarms, false_alarms, missed, quiet)
    return [[accuracy, precision, _share(quiet, false_alarms + quiet), never]]


@_confusion(
    says="a network that never raises an alarm is thought to be always wrong. It is right about everyone who is healthy."
)
def never_alarming_taken_for_useless(true_alarms: int, false_alarms: int, missed: int, quiet: int) -> Table:
    accuracy, precision, recall, _ = _rates(true_alarms, false_alarms, missed, quiet)
    return [[accuracy, precision, recall, 0]]


@_confusion(
    says="only the answers that were right before count without alarms. The former false alarms are right now, too."
)
def former_false_alarms_forgotten(true_alarms: int, false_alarms: int, missed: int, quiet: int) -> Table:
    accuracy, precision, recall, _ = _rates(true_alarms, false_alarms, missed, quiet)
    return [[accuracy, precision, recall, _share(quiet, true_alarms + false_alarms + missed + quiet)]]


@_confusion(says="wrong answers are counted for the accuracy.")
def errors_counted_as_accuracy(true_alarms: int, false_alarms: int, missed: int, quiet: int) -> Table:
    accuracy, *others = _rates(true_alarms, false_alarms, missed, quiet)
    return [[100 - accuracy, *others]]


# augmentation_count(images, down, right, mirrors, turns, levels): how many images come from `images`, each shifted by up to
# `down` pixels up or down and up to `right` to the left or right, mirrored along 0, 1 or 2 axes, turned to 1, 2 or 4
# directions, at some levels of brightness.


@_augmented(says="the same image is counted twice: mirrored along both axes, it is turned by 180 degrees.")
def same_image_counted_twice(images: int, down: int, right: int, mirrors: int, turns: int, levels: int) -> int:
    views: int = 2**mirrors * turns
    return images * (2 * down + 1) * (2 * right + 1) * views * levels


@_augmented(says="a shift by 0 pixels is left out. It is one of the positions of the image.")
def zero_shift_forgotten(images: int, down: int, right: int, mirrors: int, turns: int, levels: int) -> int:
    return images * 2 * down * 2 * right * _views(mirrors, turns) * levels


@_augmented(says="shifts go in one direction only. They go up and down, to the left and to the right.")
def shifts_in_one_direction(images: int, down: int, right: int, mirrors: int, turns: int, levels: int) -> int:
    return images * (down + 1) * (right + 1) * _views(mirrors, turns) * levels


@_augmented(
    says="vertical and horizontal shifts are added. Each vertical shift combines with each horizontal one: multiply."
)
def shifts_added(images: int, down: int, right: int, mirrors: int, turns: int, levels: int) -> int:
    return images * (2 * down + 1 + 2 * right + 1) * _views(mirrors, turns) * levels


@_augmented(says="the kinds of change are added. Each combines with each of the others: multiply.")
def kinds_of_change_added(images: int, down: int, right: int, mirrors: int, turns: int, levels: int) -> int:
    return images * ((2 * down + 1) * (2 * right + 1) + _views(mirrors, turns) + levels)


@_augmented(says="only one image is counted. Every image of the data set gives as many.")
def one_image_counted(images: int, down: int, right: int, mirrors: int, turns: int, levels: int) -> int:
    return (2 * down + 1) * (2 * right + 1) * _views(mirrors, turns) * levels


@_augmented(says="the unchanged image is counted once more. It is among those with a shift by 0, not mirrored, not turned.")
def unchanged_image_added(images: int, down: int, right: int, mirrors: int, turns: int, levels: int) -> int:
    return images * ((2 * down + 1) * (2 * right + 1) * _views(mirrors, turns) * levels + 1)


@_augmented(says="the image's own brightness is counted once more. It is one of the levels.")
def own_brightness_counted_again(images: int, down: int, right: int, mirrors: int, turns: int, levels: int) -> int:
    return images * (2 * down + 1) * (2 * right + 1) * _views(mirrors, turns) * (levels + 1)


@_augmented(says="a shift by 0 is counted for both directions. Up by 0 and down by 0 are the same position.")
def zero_shift_counted_twice(images: int, down: int, right: int, mirrors: int, turns: int, levels: int) -> int:
    return images * (2 * down + 2) * (2 * right + 2) * _views(mirrors, turns) * levels


@_augmented(says="levels of brightness are left out.")
def brightness_forgotten(images: int, down: int, right: int, mirrors: int, turns: int, levels: int) -> int:
    return images * (2 * down + 1) * (2 * right + 1) * _views(mirrors, turns)


@_augmented(says="mirroring is left out. Each mirrored image is a new one.")
def mirrors_forgotten(images: int, down: int, right: int, mirrors: int, turns: int, levels: int) -> int:
    return images * (2 * down + 1) * (2 * right + 1) * turns * levels


def _overall(images: Sequence[int], percents: Sequence[int]) -> Fraction:
    return _share(sum(count * percent for count, percent in zip(images, percents)), 100 * sum(images))


def _share(part: int, whole: int) -> Fraction:
    """Return a share in percent; that of nothing is a ValueError."""
    if not whole:
        raise ValueError("a share needs a whole that is not zero")
    return Fraction(100 * part, whole)


def _rates(true_alarms: int, false_alarms: int, missed: int, quiet: int) -> list[Fraction]:
    everybody = true_alarms + false_alarms + missed + quiet
    return [
        _share(true_alarms + quiet, everybody),
        _share(true_alarms, true_alarms + false_alarms),
        _share(true_alarms, true_alarms + missed),
        _share(false_alarms + quiet, everybody),
    ]


def _views(mirrors: int, turns: int) -> int:
    """Return how many different views mirrors and turns make of an image without symmetry: 8 at most."""
    views: int = 2**mirrors * turns
    return views // 2 if mirrors == 2 and turns > 1 else views
