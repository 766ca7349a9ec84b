"""The data a network learns from: images made of images, groups that it knows too little, what guessing reaches."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product

from quizzes.question import Grid, Number, Question, beliefs, exact, load, require, written
from quizzes.rng import Draw
from quizzes.template import template
from quizzes.text.writing import listed, table
from quizzes.tools.statements import Statement, ticked

TOPIC = "Training data"

# Ways to change an image, with what they change of that on which a class can depend.
CHANGES: Mapping[str, frozenset[str]] = {
    "mirror": frozenset({"sides", "handedness", "place", "angle"}),
    "upend": frozenset({"up", "handedness", "place", "angle"}),
    "half turn": frozenset({"sides", "up", "place", "angle"}),
    "quarter turn": frozenset({"sides", "up", "axis", "place", "angle"}),
    "tilt": frozenset({"angle", "place"}),
    "shift": frozenset({"place"}),
    "zoom": frozenset({"size", "place"}),
    "hue": frozenset({"colour"}),
    "grey": frozenset({"colour"}),
    "bright": frozenset({"brightness"}),
    "noise": frozenset(),
}


@dataclass(frozen=True)
class Data:
    """Images of some kind: on what their classes depend, each with a sentence on what happens if that changes."""

    words: str
    depends: Mapping[str, str]
    safe: frozenset[str]  # the changes after which each image still belongs to its class
    harmful: frozenset[str]  # those after which some do not; changes in neither are a matter of opinion and not offered


def _data(words: str, safe: str, harmful: str, **depends: str) -> Data:
    return Data(words, depends, frozenset(safe.split(", ")), frozenset(harmful.split(", ")))


DATA = (
    _data(
        "handwritten digits, labelled 0 to 9",
        "tilt, shift, bright, noise, zoom",
        "mirror, upend, half turn, quarter turn",
        sides="Mirrored, a 2 or a 7 is no digit any more.",
        up="Upside down, a 6 becomes a 9.",
    ),
    _data(
        "handwritten letters, labelled b, d, p or q",
        "tilt, shift, bright, noise, zoom",
        "mirror, upend, half turn, quarter turn",
        sides="A b that changes its sides becomes a d.",
        up="A b that is turned over becomes a p.",
    ),
    _data(
        "traffic signs, labelled turn left, turn right or straight on",
        "tilt, shift, bright, noise, zoom",
        "mirror, half turn, quarter turn",
        sides="Left becomes right: the sign says the opposite.",
        axis="An arrow to the left becomes one that points up or down.",
    ),
    _data(
        "chest x-rays, labelled by the lung that is ill: left, right or none",
        "tilt, shift, bright, noise, zoom",
        "mirror, half turn",
        sides="The ill lung changes its side, but its label does not.",
    ),
    _data(
        "stained cells under a microscope, labelled by the colour that they took up: red, blue or none",
        "mirror, upend, half turn, quarter turn, tilt, shift, noise, zoom",
        "hue, grey",
        colour="The colour of the stain is the class: without it, the label means nothing.",
    ),
    _data(
        "tomatoes, labelled ripe (red) or unripe (green)",
        "mirror, upend, half turn, quarter turn, tilt, shift, noise, zoom",
        "hue, grey",
        colour="Ripe and unripe differ in their colour.",
    ),
    _data(
        "coins from a camera at a fixed height, labelled by their diameter",
        "mirror, upend, half turn, quarter turn, tilt, shift, hue, grey, bright, noise",
        "zoom",
        size="A small coin becomes as large as the next one.",
    ),
    _data(
        "clock faces without digits, labelled with the time, hour and minute",
        "shift, zoom, hue, grey, bright, noise",
        "mirror, upend, half turn, quarter turn, tilt",
        angle="The hands point to another time.",
    ),
    _data(
        "sheets of paper under a fixed lamp, labelled by their brightness in steps of 2 %",
        "mirror, upend, half turn, quarter turn, tilt, shift, zoom",
        "bright",
        brightness="The brightness is the class: it moves to another step.",
    ),
    _data(
        "a table from above, labelled by the square of a 30 by 30 grid in which a ball lies",
        "hue, grey, bright, noise",
        "mirror, upend, half turn, quarter turn, tilt, shift, zoom",
        place="The ball lies in another square, and the label does not know.",
    ),
    _data(
        "wooden boards, labelled by their grain: upright or level",
        "mirror, upend, half turn, shift, zoom, grey, bright, noise, tilt",
        "quarter turn",
        axis="Upright grain becomes level.",
    ),
    _data(
        "spiral galaxies, labelled by the way they turn: clockwise or the other way round",
        "half turn, quarter turn, tilt, shift, zoom, grey, bright, noise",
        "mirror, upend",
        handedness="In a mirror, clockwise becomes anticlockwise.",
    ),
    _data(
        "buttons with an arrow, labelled left, right, up or down",
        "tilt, shift, zoom, hue, grey, bright, noise",
        "mirror, upend, half turn, quarter turn",
        sides="An arrow to the left becomes one to the right.",
        up="An arrow that points up points down.",
    ),
)

IGNORED = {
    "sides": "left and right ignored",
    "up": "up and down ignored",
    "axis": "the direction of lines ignored",
    "angle": "angles ignored",
    "handedness": "the sense of turning ignored",
    "place": "places ignored",
    "size": "sizes ignored",
    "colour": "colours ignored",
    "brightness": "brightness ignored",
}
SPOKEN = {
    "sides": "left and right",
    "up": "up and down",
    "axis": "the direction of lines",
    "angle": "angles",
    "handedness": "the sense of turning",
    "place": "the place",
    "size": "the size",
    "colour": "the colour",
    "brightness": "the brightness",
}

GROUPS = (
    ("photographs by day, at dusk and at night", ("day", "dusk", "night")),
    ("x-rays from three hospitals", ("hospital A", "hospital B", "hospital C")),
    ("faces in three age groups", ("under 30", "30 to 60", "over 60")),
    ("skin of three tones", ("light", "medium", "dark")),
    ("streets in three countries", ("Chile", "Japan", "Kenya")),
    ("speech spectra with three accents", ("accent A", "accent B", "accent C")),
    ("fields seen by three satellites", ("satellite A", "satellite B", "satellite C")),
    ("handwriting of three schools", ("north", "centre", "south")),
)

CLASSES = (
    ("animals", ("cat", "dog", "hare", "fox")),
    ("cells", ("healthy", "infected", "dead", "dividing")),
    ("traffic signs", ("stop", "give way", "no entry", "speed limit")),
    ("fruit", ("apple", "pear", "plum", "cherry")),
    ("waste", ("glass", "paper", "metal", "plastic")),
    ("skin marks", ("mole", "scar", "wart", "melanoma")),
)


@template("Augmentation that keeps the label", topic=TOPIC, difficulty=2, minutes=2, largest=(1_000, 10_000))
def augmentation_labels(draw: Draw) -> Question:
    data, harmful, images = draw.choice(DATA), draw.choice((False, True)), 10 * draw.between(110, 990)
    texts = {
        "mirror": "mirrored, left to right",
        "upend": "mirrored, top to bottom",
        "half turn": "turned by 180 degrees",
        "quarter turn": "turned by 90 degrees",
        "tilt": f"turned by {draw.between(6, 12)} degrees",
        "shift": f"shifted by {draw.between(4, 9)} pixels",
        "zoom": f"enlarged by {5 * draw.between(5, 8)} %",
        "hue": "colours exchanged: red, green and blue swap places",
        "grey": "colours removed: made grey",
        "bright": f"made brighter by {draw.between(6, 15)} %",
        "noise": f"each value changed at random by up to {draw.between(1, 3)} of 255",
    }
    statements = []
    for change, text in texts.items():
        if change not in data.safe | data.harmful:
            continue
        spoiled = [what for what in data.depends if what in CHANGES[change]]
        if spoiled:
            name, sentence = IGNORED[spoiled[0]], data.depends[spoiled[0]]
        else:
            name, sentence = "a harmless change feared", "Nothing on which these classes depend has changed."
        statements.append(
            Statement(text, bool(spoiled) == harmful, (change in data.harmful) == harmful, name, sentence, sentence)
        )
    return Question(
        stem=f"A network shall learn from {images:,} images: {data.words}. More images are made by "
        "changing these, and each keeps the label of the image that it was made of. "
        + (
            "Which changes make **wrong labels**, for some of the images at least? Tick all of them."
            if harmful
            else "After which changes is **every label still right**? Tick all of them."
        ),
        **ticked(statements),
        steps=[
            "A change is allowed if no class depends on what it changes.",
            f"Here: {' '.join(data.depends.values())}",
            f"So changes that touch {listed([SPOKEN[what] for what in data.depends])} make wrong labels; others do not.",
        ],
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
    largest=(2_000, 900_000),
)
def augmentation_count(draw: Draw) -> Question:
    images = 10 * draw.between(11, 99)
    down, right = draw.between(1, 4), draw.between(1, 4)
    mirrors, turns = draw.choice(((1, 1), (2, 1), (1, 4), (2, 2), (2, 4)))
    levels = draw.between(2, 5)
    require(down != right, "different shifts along the two axes")
    views = 2**mirrors * turns
    if mirrors == 2 and turns > 1:
        views //= 2  # both mirrors together are a turn by 180 degrees
    places = (2 * down + 1) * (2 * right + 1)
    total = images * places * views * levels
    mirrored = "mirrored or not, left to right" + (", and mirrored or not, top to bottom" if mirrors == 2 else "")
    turned = {1: "", 2: "; turned or not by 180 degrees", 4: "; turned by 0, 90, 180 or 270 degrees"}[turns]
    return Question(
        stem=f"A data set has {images} square images, none of them symmetric. From each, images are made: "
        f"shifted by {_up_to(down)} up or down, and by {_up_to(right)} to the left or right; {mirrored}{turned}; at "
        f"{levels} levels of brightness, of which one is the image's own. All combinations are made, also that without any "
        "change. How many different images are there then?",
        key=Number(total, "images"),
        check=_images_listed(down, right, mirrors, turns, levels) * images,
        wrong=beliefs("augmentation_count", images, down, right, mirrors, turns, levels),
        steps=[
            f"Vertical shifts from $-{down}$ to ${down}$ are ${2 * down + 1}$, horizontal ones ${2 * right + 1}$: together "
            f"${2 * down + 1} \\cdot {2 * right + 1} = {places}$ places.",
            f"Mirrors and turns make {views} different views"
            + (": mirrored along both axes, an image is turned by 180 degrees." if mirrors == 2 and turns > 1 else "."),
            f"With {levels} levels of brightness, an image makes ${places} \\cdot {views} \\cdot {levels} = "
            f"{places * views * levels}$.",
            f"All {images} images make ${images} \\cdot {places * views * levels} = {total}$.",
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
)
def group_accuracy(draw: Draw) -> Question:
    about, groups = draw.choice(GROUPS)
    hundreds = draw.choice((20, 25, 50, 50))
    middle, small = draw.between(hundreds // 8, hundreds // 3), draw.between(1, hundreds // 8)
    best, fair, worst = draw.between(84, 99), draw.between(62, 82), draw.between(37, 60)
    worst -= (best + fair + worst) % 3  # so that the mean of the three, which is not the answer, is a whole number
    cases = ((hundreds - middle - small, best), (middle, fair), (small, worst))
    counts, percents = zip(*((100 * count, percent) for count, percent in draw.shuffled(cases)))
    images = sum(counts)
    right = [Fraction(count * percent, 100) for count, percent in zip(counts, percents)]
    overall = Fraction(sum(right)) / images * 100
    return Question(
        stem=f"A network is tested on {about}.\n\n"
        + table(("group", "images", "right answers in %"), zip(groups, counts, percents))
        + "\n\nWhat is its accuracy over all images, in percent? Give it exactly, as a decimal number.",
        key=Number(exact(overall), "%"),
        check=100 - Fraction(sum(n * (100 - percent) for n, percent in zip(counts, percents)), images),
        wrong=beliefs("accuracy_over_groups", counts, percents),
        steps=[
            f"Right answers: {listed([f'{written(exact(number))} of {n}' for number, n in zip(right, counts)])}.",
            f"Together ${sum(right)}$ of ${images}$: ${written(exact(overall))}$ %.",
            f"The mean of the three accuracies, {sum(percents) // 3} %, weighs all groups alike. That the network is so "
            "much worse for the smallest group hardly shows in the accuracy over all images: look at the groups too.",
        ],
        load=load(7, percents),
    )


@template(
    "What a guess reaches on other data",
    topic=TOPIC,
    difficulty=2,
    minutes=2,
    tells=4,
    operations=(6, 6),
    largest=(100, 2_000),
)
def majority_guess(draw: Draw) -> Question:
    about, names = draw.choice(CLASSES)
    classes = draw.between(3, 4)
    shown = draw.sample(names, classes)
    trained, tested = draw.choice((500, 1000, 2000)), draw.choice((200, 400, 500))
    most, other = draw.sample(range(classes), 2)
    training = _split(draw, trained, classes, most, trained // 100)
    test = _split(draw, tested, classes, other, tested // 100)
    shares = [Fraction(100 * training[most], trained), Fraction(100 * test[most], tested)]
    guesses = [most] * tested
    truths = [name for name, count in enumerate(test) for _ in range(count)]
    return Question(
        stem=f"A network shall sort images of {about}. These are the images of each class.\n\n"
        + table(("images", *shown, "all"), (("training", *training, trained), ("test", *test, tested)))
        + "\n\nA “network” learns nothing but the class that is most frequent in training, and gives it as its answer "
        "to every image. Which accuracy does it reach on the training images and on the test images, in percent?",
        key=Grid(exact([shares]), (), ("training images, in %", "test images, in %")),
        check=[
            (
                Fraction(100 * sorted(training)[-1], sum(training)),
                Fraction(100 * sum(guess == truth for guess, truth in zip(guesses, truths)), tested),
            )
        ],
        wrong=beliefs("majority_guess", training, test),
        steps=[
            f"The most frequent class in training is {shown[most]}: the answer is always {shown[most]}.",
            f"In training it is right for {training[most]} of {trained} images: {written(exact(shares[0]))} %.",
            f"Among the test images {test[most]} of {tested} are of this class: {written(exact(shares[1]))} %.",
            "A network must be clearly better than that. How good a guess is depends on the shares of the classes.",
        ],
        load=load(6, [*training, *test]),
    )


def _split(draw: Draw, total: int, parts: int, most: int, step: int) -> list[int]:
    """Return counts of so many images; the class `most` has more than any other."""
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
