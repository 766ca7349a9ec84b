"""The data a network learns from: images made of images, groups that it knows too little, what guessing reaches."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from itertools import product

from quizzes.question import Grid, Number, Question, distractors, exact, load, require, written
from quizzes.rng import Draw
from quizzes.template import template
from quizzes.text.writing import listed, table
from quizzes.tools.statements import Statement, ticked

TOPIC = "Training data"

# Ways to change an image: what each changes of that on which a class can depend, and the misconception that overlooks it.
CHANGES: Mapping[str, tuple[frozenset[str], str]] = {
    "mirror": (frozenset({"handedness", "place", "angle"}), "a mirror image taken for the same"),
    "upend": (frozenset({"handedness", "place", "angle"}), "an upside-down mirror image taken for the same"),
    "half turn": (frozenset({"place", "angle"}), "a half turn taken for harmless"),
    "quarter turn": (frozenset({"axis", "place", "angle"}), "a quarter turn taken for harmless"),
    "tilt": (frozenset({"angle", "place"}), "a small turn taken for harmless"),
    "shift": (frozenset({"place"}), "a shift taken for harmless"),
    "zoom": (frozenset({"size", "place"}), "a larger image taken for the same"),
    "hue": (frozenset({"colour"}), "other colours taken for the same"),
    "grey": (frozenset({"colour"}), "missing colours taken for harmless"),
    "bright": (frozenset({"brightness"}), "more light taken for harmless"),
    "noise": (frozenset(), ""),
}
NONE = "?"  # a sign that belongs to no class
FLIPS = ("mirror", "upend", "half turn", "quarter turn")


@dataclass(frozen=True)
class Data:
    """Images of some kind, with a class each."""

    words: str
    safe: frozenset[str]  # the changes after which each image still belongs to its class
    harmful: Mapping[str, str]  # those after which some do not, and what happens; changes in neither would be disputed
    depends: str = ""  # what the classes depend on
    signs: Mapping[str, str] = field(default_factory=dict)  # or: what each class looks like after each of FLIPS

    def spoilt_by(self, change: str) -> bool:
        """Return whether a change makes some labels wrong: from what the classes depend on, or how they look then."""
        if self.signs:
            return change in FLIPS and any(label != look[FLIPS.index(change)] for label, look in self.signs.items())
        return self.depends in CHANGES[change][0]


def _safe(words: str) -> frozenset[str]:
    return frozenset(words.split(", "))


TURNS = "mirror, upend, half turn, quarter turn"
DATA = {
    "digits": Data(
        "handwritten digits, labelled 0 to 9",
        _safe("tilt, shift, bright, noise, zoom"),
        {
            "mirror": "A mirrored 2 or 7 is no longer a digit.",
            "upend": "Mirrored top to bottom, a 4 or a 7 is no longer a digit.",
            "half turn": "Turned by 180 degrees, a 6 becomes a 9, and a 9 becomes a 6.",
            "quarter turn": "Turned by 90 degrees, a 7 or an 8 is no longer a digit.",
        },
        signs=dict(zip("0123456789", "000? 111? ??2? ?3?? ???? ??5? ??9? ???? 888? ??6?".split())),
    ),
    "letters": Data(
        "handwritten letters, labelled b, d, p or q",
        _safe("tilt, shift, bright, noise, zoom"),
        {
            "mirror": "In a mirror, b and d change places, and so do p and q.",
            "upend": "Mirrored top to bottom, b and p change places, and so do d and q.",
            "half turn": "Turned by 180 degrees, b and q change places, and so do d and p.",
            "quarter turn": "Turned by 90 degrees, none of them is one of these four letters.",
        },
        signs={"b": "dpq?", "d": "bqp?", "p": "qbd?", "q": "pdb?"},
    ),
    "road signs": Data(
        "road signs with an arrow, labelled left, right or straight on (up)",
        _safe("tilt, shift, bright, noise, zoom"),
        {
            "mirror": "Left and right change places.",
            "upend": "Straight on points down.",
            "half turn": "Left and right change places, and straight on points down.",
            "quarter turn": "An arrow to the left or right points up or down.",
        },
        signs={"<": "><>^", ">": "<><?", "^": "^??>"},
    ),
    "buttons": Data(
        "buttons with an arrow, labelled left, right, up or down",
        _safe("tilt, shift, zoom, hue, grey, bright, noise"),
        {
            "mirror": "Left and right change places.",
            "upend": "Up and down change places.",
            "half turn": "Each arrow points the opposite way.",
            "quarter turn": "Left and right become up and down.",
        },
        signs={"<": "><>^", ">": "<><v", "^": "^vv>", "v": "v^^<"},
    ),
    "x-rays": Data(
        "chest x-rays, labelled with the diseased lung: left, right or none",
        _safe("tilt, shift, bright, noise, zoom"),
        dict.fromkeys(("mirror", "upend"), "In a mirror image, a left lung looks like a right one."),
        "handedness",
    ),
    "cells": Data(
        "stained cells under a microscope, labelled with the colour of the stain: red, blue or none",
        _safe(f"{TURNS}, tilt, shift, noise, zoom"),
        {"hue": "Red and blue become other colours.", "grey": "Without colours, red and blue look alike."},
        "colour",
    ),
    "tomatoes": Data(
        "tomatoes, labelled ripe (red) or unripe (green)",
        _safe(f"{TURNS}, tilt, shift, noise, zoom"),
        {"hue": "Red and green become other colours.", "grey": "Without colours, ripe and unripe look alike."},
        "colour",
    ),
    "coins": Data(
        "coins from a camera at a fixed height, labelled with their diameter",
        _safe(f"{TURNS}, tilt, shift, hue, grey, bright, noise"),
        {"zoom": "The coin in the image becomes larger than its label says."},
        "size",
    ),
    "clocks": Data(
        "clock faces without digits, labelled with the time, hour and minute",
        _safe("shift, zoom, hue, grey, bright, noise"),
        dict.fromkeys((*FLIPS, "tilt"), "The hands point to another time."),
        "angle",
    ),
    "paper": Data(
        "sheets of paper under a fixed lamp, labelled with their brightness in steps of 2 %",
        _safe(f"{TURNS}, tilt, shift, zoom"),
        {"bright": "The sheet becomes brighter than its label says."},
        "brightness",
    ),
    "table": Data(
        "a table seen from above, labelled with the square of a 30 × 30 grid in which a ball lies",
        _safe("hue, grey, bright, noise"),
        dict.fromkeys((*FLIPS, "tilt", "shift", "zoom"), "The ball ends up in another square."),
        "place",
    ),
    "boards": Data(
        "wooden boards, labelled with the direction of their grain: vertical or horizontal",
        _safe("mirror, upend, half turn, shift, zoom, grey, bright, noise"),
        {"quarter turn": "Vertical grain becomes horizontal."},
        "axis",
    ),
    "galaxies": Data(
        "spiral galaxies, labelled with the way they seem to turn: clockwise or anticlockwise",
        _safe("half turn, quarter turn, tilt, shift, zoom, grey, bright, noise"),
        dict.fromkeys(("mirror", "upend"), "In a mirror image, clockwise becomes anticlockwise."),
        "handedness",
    ),
}

GROUPS = {
    "photographs taken by day, at dusk and at night": ("day", "dusk", "night"),
    "x-rays from three hospitals": ("hospital A", "hospital B", "hospital C"),
    "faces of three age groups": ("under 30", "30 to 60", "over 60"),
    "skin of three tones": ("light", "medium", "dark"),
    "streets in three countries": ("Chile", "Japan", "Kenya"),
    "sound spectra of three accents": ("accent A", "accent B", "accent C"),
    "fields seen by three satellites": ("satellite A", "satellite B", "satellite C"),
    "handwriting from three schools": ("north", "centre", "south"),
}

CLASSES = {
    "animals": ("cat", "dog", "hare", "fox"),
    "cells": ("healthy", "infected", "dead", "dividing"),
    "road signs": ("stop", "give way", "no entry", "speed limit"),
    "fruit": ("apple", "pear", "plum", "cherry"),
    "waste": ("glass", "paper", "metal", "plastic"),
    "skin marks": ("mole", "scar", "wart", "melanoma"),
}


@template("Augmentation that keeps the label", topic=TOPIC, difficulty=2, minutes=2, largest=(1_000, 10_000), version=2)
def augmentation_labels(draw: Draw) -> Question:
    data, images = DATA[draw.choice(tuple(DATA), "data")], draw.between(1_000, 9_999, "images")
    wrong_labels = draw.choice(("right", "wrong"), "labels") == "wrong"
    texts = {
        "mirror": "mirrored, left to right",
        "upend": "mirrored, top to bottom",
        "half turn": "turned by 180 degrees",
        "quarter turn": "turned by 90 degrees to the right",
        "tilt": f"turned by {draw.between(6, 12)} degrees",
        "shift": f"shifted by {draw.between(4, 9)} pixels",
        "zoom": f"enlarged by {5 * draw.between(5, 8)} %",
        "hue": "red, green and blue exchanged",
        "grey": "turned to grey",
        "bright": f"made brighter by {draw.between(6, 15)} %",
        "noise": f"each pixel's value changed at random by at most {draw.between(1, 3)} (of 255)",
    }
    statements = []
    for change, text in texts.items():
        if change in data.harmful:
            name, sentence = CHANGES[change][1], data.harmful[change]
        elif change in data.safe:
            name, sentence = "a harmless change feared", "Each image still shows what its label says."
        else:
            continue
        holds, seen = (change in data.harmful) == wrong_labels, data.spoilt_by(change) == wrong_labels
        statements.append(Statement(text, holds, seen, name, sentence, sentence, f"{text.capitalize()}: {sentence}"))
    return Question(
        stem=f"A network is to learn from {images} images: {data.words}. More images are made by changing these; nothing "
        f"that matters leaves the frame. Each new image keeps the label of the image it was made from. A label is wrong "
        f"if the new image shows another class, or none of the classes. "
        + (
            "After which changes are **some labels wrong**? Tick all that apply."
            if wrong_labels
            else "After which changes is **every label still right**? Tick all that apply."
        ),
        **ticked(statements),
        steps=["A change is allowed if no class depends on what it changes."],
        load=load(len(statements), [images]),
        offered=5,
    )


@template(
    "How many images augmentation makes",
    topic=TOPIC,
    difficulty=3,
    minutes=3,
    tells=4,
    operations=(6, 6),
    largest=(500, 90_000),
    version=2,
)
def augmentation_count(draw: Draw) -> Question:
    images = draw.between(12, 98, "images")
    down, right = draw.ranges((1, 4), (1, 4), name="shifts")
    mirrors, turns = draw.choice((1, 2), "mirrors"), draw.choice((1, 2, 4), "turns")
    levels = draw.between(2, 5, "levels")
    require(max(down, right, levels) <= 20, "shifts of at most 20 pixels, and at most 20 levels")
    require(down != right and levels > 1, "different shifts along the two axes, and more than one level")
    views = 2**mirrors * turns
    if mirrors == 2 and turns > 1:
        views //= 2  # both mirrors together are a turn by 180 degrees
    places = (2 * down + 1) * (2 * right + 1)
    total = images * places * views * levels
    mirrored = "mirrored or not, left to right" + (", and mirrored or not, top to bottom" if mirrors == 2 else "")
    turned = {1: "", 2: "; turned or not by 180 degrees", 4: "; turned by 0, 90, 180 or 270 degrees"}[turns]
    return Question(
        stem=f"A data set has {images} square images, none of them symmetric. More images are made from each: "
        f"shifted by {_up_to(down)} up or down, and by {_up_to(right)} to the left or right; {mirrored}{turned}; at "
        f"{levels} levels of brightness, one of which is the image's own. All combinations are made, including the image "
        "without any change. How many different images does that make?",
        key=Number(total, "images"),
        check=_images_listed(down, right, mirrors, turns, levels) * images,
        wrong=distractors("augmentation_count", images, down, right, mirrors, turns, levels),
        steps=[
            f"There are {2 * down + 1} vertical shifts, from $-{down}$ to ${down}$, and {2 * right + 1} horizontal ones: "
            f"${2 * down + 1} \\cdot {2 * right + 1} = {places}$ positions.",
            f"Mirrors and turns make {views} different views"
            + (": mirrored along both axes, an image is turned by 180 degrees." if mirrors == 2 and turns > 1 else "."),
            f"With {levels} levels of brightness, an image makes ${places} \\cdot {views} \\cdot {levels} = "
            f"{places * views * levels}$.",
            f"All {images} images together make ${images} \\cdot {places * views * levels} = {total}$.",
        ],
        load=load(6, [total]),
    )


@template(
    "Accuracy over groups of different size",
    topic=TOPIC,
    difficulty=2,
    minutes=3,
    tells=4,
    operations=(7, 7),
    largest=(84, 99),
    version=2,
)
def group_accuracy(draw: Draw) -> Question:
    about = draw.choice(tuple(GROUPS), "data")
    groups = GROUPS[about]
    hundreds = draw.choice((20, 25, 50, 50))
    middle, small = draw.between(hundreds // 8, hundreds // 3), draw.between(1, hundreds // 8)
    accuracies = draw.ranges((84, 99), (62, 82), (37, 60), name="accuracies")
    require(max(accuracies) <= 100 and len(set(accuracies)) == 3, "three different accuracies of at most 100 %")
    require(sum(accuracies) % 3 == 0, "accuracies whose mean, which is not the answer, is a whole number")
    counts = [100 * count for count in draw.shuffled((hundreds - middle - small, middle, small))]
    percents = draw.shuffled(accuracies)
    worst = percents.index(min(percents))
    images = sum(counts)
    right = [Fraction(count * percent, 100) for count, percent in zip(counts, percents)]
    overall = Fraction(sum(right)) / images * 100
    return Question(
        stem=f"A network is tested on {about}.\n\n"
        + table(("group", "images", "right answers in %"), zip(groups, counts, percents))
        + "\n\nWhat is its accuracy over all images, in percent? Give it exactly, as a decimal number.",
        key=Number(exact(overall), "%"),
        check=100 - Fraction(sum(n * (100 - percent) for n, percent in zip(counts, percents)), images),
        wrong=distractors("accuracy_over_groups", counts, percents),
        steps=[
            f"Right answers: {listed([f'{written(exact(number))} of {n}' for number, n in zip(right, counts)])}.",
            f"Together ${sum(right)}$ of ${images}$: ${written(exact(overall))}$ %.",
            f"The mean of the three accuracies, {sum(percents) // 3} %, weighs all groups alike. Neither number shows that "
            f"the group {groups[worst]} has only {percents[worst]} %: look at each group too.",
        ],
        load=load(7, percents),
    )


@template(
    "A majority guess on other data",
    topic=TOPIC,
    difficulty=2,
    minutes=2,
    tells=4,
    operations=(6, 6),
    largest=(100, 2_000),
    version=2,
)
def majority_guess(draw: Draw) -> Question:
    about, classes = draw.choice(tuple(CLASSES), "data"), draw.choice((3, 4), "classes")
    shown = draw.sample(CLASSES[about], classes)
    trained, tested = draw.choice((500, 1000, 2000), "training images"), draw.choice((200, 400, 500), "test images")
    most, other = draw.sample(range(classes), 2)
    training = _split(draw, trained, classes, most, trained // 100)
    test = _split(draw, tested, classes, other, tested // 100)
    shares = [Fraction(100 * training[most], trained), Fraction(100 * test[most], tested)]
    guesses = [most] * tested
    truths = [name for name, count in enumerate(test) for _ in range(count)]
    return Question(
        stem=f"A network is to classify images of {about}. The table counts the images of each class.\n\n"
        + table(("images", *shown, "all"), (("training", *training, trained), ("test", *test, tested)))
        + "\n\nA “network” learns only which class is most frequent in training, and gives that answer for every image. "
        "What "
        "accuracy does it reach on the training images and on the test images, in percent?",
        key=Grid(exact([shares]), (), ("training images, in %", "test images, in %")),
        check=[
            (
                Fraction(100 * sorted(training)[-1], sum(training)),
                Fraction(100 * sum(guess == truth for guess, truth in zip(guesses, truths)), tested),
            )
        ],
        wrong=distractors("majority_guess", training, test),
        steps=[
            f"The most frequent class in training is {shown[most]}: the answer is always {shown[most]}.",
            f"In training it is right for {training[most]} of {trained} images: {written(exact(shares[0]))} %.",
            f"Among the test images {test[most]} of {tested} are of this class: {written(exact(shares[1]))} %.",
            "A network that has learned something must be clearly better than this guess.",
        ],
        load=load(6, [*training, *test]),
    )


def _split(draw: Draw, total: int, parts: int, most: int, step: int) -> list[int]:
    """Return counts of this many images; the class `most` has more than any other."""
    counts = [step * draw.between(8, 22) + draw.between(0, step - 1) for _ in range(parts)]
    counts[most] = 0
    counts[most] = total - sum(counts)
    require(counts[most] > max(count for place, count in enumerate(counts) if place != most), "one most frequent class")
    return counts


def _images_listed(down: int, right: int, mirrors: int, turns: int, levels: int) -> int:
    """Count what comes out of one image by making it: its views from labelled corners, its places one by one."""
    shifts = product(range(-down, down + 1), range(-right, right + 1), range(levels))
    return len(_views_listed(mirrors, turns)) * sum(1 for _ in shifts)


@cache
def _views_listed(mirrors: int, turns: int) -> frozenset[str]:
    """Return the orders in which the corners of a square stand after mirrors and turns."""
    views = set()
    for across, along, quarters in product((False, True), (False, mirrors == 2), range(0, 4, 4 // turns)):
        corners = "ABCD"  # clockwise from the upper left
        corners = corners[1] + corners[0] + corners[3] + corners[2] if across else corners
        corners = corners[::-1] if along else corners
        views.add(corners[-quarters:] + corners[:-quarters] if quarters else corners)
    return frozenset(views)


def _up_to(pixels: int) -> str:
    return "at most 1 pixel" if pixels == 1 else f"at most {pixels} pixels"
