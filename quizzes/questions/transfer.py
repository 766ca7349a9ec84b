"""Transfer learning: a network that learned something else starts higher, rises faster, ends higher; frozen layers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import kernels
from kernels.network import Layer
from quizzes.drawing.plots import Axis, Curve, plot
from quizzes.question import Number, Picture, Question, distractors, load, require, wrong
from quizzes.rng import Draw
from quizzes.template import template
from quizzes.text.writing import grouped, listed, table
from quizzes.tools.statements import Statement, ticked

TOPIC = "Transfer learning"
EPOCHS = 40
DRAWN_AT = (0, 0.5, 1, 1.5, *range(2, EPOCHS + 1))  # epochs
STEPS = (
    100,
    120,
    150,
    200,
    240,
    250,
    300,
    360,
    400,
    450,
    500,
    600,
    700,
    800,
    900,
    1000,
)  # test images from one grid line to the next
SCRATCH, TRANSFERRED = "trained from scratch", "transferred"


@dataclass(frozen=True)
class Rise:
    """A measure of success over the epochs: it rises from its start, ever more slowly, and is flat from its end on."""

    start: float
    slope: float  # in the first moment, in units per epoch
    end: float

    @property
    def flat(self) -> float:
        """Return the epoch from which on it stays at its end."""
        return 3 * (self.end - self.start) / self.slope

    def at(self, epoch: float) -> float:
        """Return the value after so many epochs."""
        return self.end - (self.end - self.start) * max(0.0, 1 - epoch / self.flat) ** 3

    def epoch_of(self, value: float) -> float:
        """Return when a value between start and end is reached."""
        left: float = ((self.end - value) / (self.end - self.start)) ** (1 / 3)
        return self.flat * (1 - left)

    def points(self) -> tuple[tuple[float, float], ...]:
        """Return what is drawn."""
        return tuple((epoch, self.at(epoch)) for epoch in DRAWN_AT)


@template(
    "Higher start, higher slope, higher asymptote",
    topic=TOPIC,
    difficulty=2,
    minutes=2,
    operations=(6, 6),
    largest=(50, 100),
    version=2,
)
def transfer_advantages(draw: Draw) -> Question:
    scratch = Rise(draw.between(8, 18), draw.between(45, 60) / 10, draw.between(68, 78))
    higher_start, higher_slope = draw.choice((0, 1), "higher start"), draw.choice((0, 1), "higher slope")
    end = draw.choice((-1, 0, 1), "asymptote")  # -1: lower
    require((higher_start, higher_slope, end) != (0, 0, 0), "curves that differ")
    transfer = Rise(
        scratch.start + higher_start * draw.between(12, 20),
        scratch.slope * (1 + higher_slope * draw.between(10, 16) / 10),
        scratch.end + end * draw.between(8, 14),
    )
    source, target = draw.sample(("animals", "cars", "flowers", "buildings", "food", "tools"), 2)
    early, height = draw.between(3, 9), draw.between(45, 52)
    gap = round(transfer.at(early) - scratch.at(early))
    lead = gap - draw.between(6, 9) if gap > 14 and draw.choice((False, True)) else max(gap, 0) + draw.between(6, 9)
    reached = round(transfer.epoch_of(height))
    needed = reached - 4 if reached > 5 and draw.choice((False, True)) else reached + 4
    drawn, drawn_scratch = dict(transfer.points()), dict(scratch.points())
    starts = _compared(drawn[0], drawn_scratch[0], 3)
    slopes = _compared((drawn[0.5] - drawn[0]) / 0.5, (drawn_scratch[0.5] - drawn_scratch[0]) / 0.5, 1.5)
    ends = _compared(drawn[EPOCHS], drawn_scratch[EPOCHS], 3)
    statements = [
        *_about(
            "At epoch 0",
            ("is more accurate", "are equally accurate"),
            ("an advantage at another time taken for a higher start", "Look at epoch 0 only, where both lines begin."),
            higher_start,
            starts,
        ),
        *_about(
            "In the very first epochs",
            ("gains accuracy faster", "gain accuracy equally fast"),
            ("a higher line taken for a steeper one", "Compare how steep the lines begin, not how high they lie."),
            higher_slope,
            slopes,
        ),
        *_about(
            "Once both lines are flat",
            ("is more accurate", "are equally accurate"),
            ("an early advantage taken for a higher asymptote", "Look at the right end of the lines, where they are flat."),
            end,
            ends,
        ),
        Statement(
            f"After {early} epochs the transferred network is ahead by more than {lead} percentage points.",
            transfer.at(early) - scratch.at(early) > lead,
            drawn[early] - drawn_scratch[early] > lead,
            "a lead misread",
            f"Read both lines above {early} and subtract.",
        ),
        Statement(
            f"The transferred network reaches {height} % before epoch {needed}.",
            transfer.epoch_of(height) < needed,
            min(epoch for epoch, accuracy in drawn.items() if accuracy >= height) < needed,
            "height and epoch read from the wrong axes",
            f"Go from {height} on the vertical axis to the line, and from there down to the epochs.",
        ),
    ]
    return Question(
        stem=f"Two identical networks learn to recognise kinds of {target}. One is trained from scratch; the other was "
        f"first trained on {draw.between(110, 990)}000 images of {source}. The plot shows their accuracy on validation "
        "images. Which of these statements are true? Tick all that apply.",
        **ticked(statements),
        steps=[
            f"Start: at epoch 0 the lines begin at about {transfer.start:.0f} % (transferred) and {scratch.start:.0f} % "
            "(from scratch).",
            f"Slope: in the first epoch they rise by about {transfer.at(1) - transfer.start:.0f} and "
            f"{scratch.at(1) - scratch.start:.0f} points.",
            f"Asymptote: they flatten at about {transfer.end:.0f} % and {scratch.end:.0f} %.",
            "Transfer learning can give a higher start, a higher slope, a higher asymptote, or none of these: if the old "
            "and the new images have too little in common, it can even do harm.",
        ],
        load=load(6, [scratch.end, transfer.end]),
        needs_picture=True,
        picture=partial(_two_rises, scratch, transfer, "accuracy in %", tuple(range(0, 101, 10))),
        offered=5,
    )


@template(
    "Read what transfer learning gains",
    topic=TOPIC,
    difficulty=2,
    minutes=2,
    tells=3,
    operations=(3, 3),
    largest=(250, 10_000),
    version=2,
    lecture={"images": 10_000},
)
def transfer_gain(draw: Draw) -> Question:
    images = draw.between(1_000, 10_000, "images")
    require(1_000 <= images <= 14 * STEPS[-1], f"1000 to {14 * STEPS[-1]} images")
    step = next(step for step in STEPS if images <= 14 * step)
    later = draw.choice(("start", "asymptote"), "when") == "asymptote"
    half = step // 2
    at_first, at_last = draw.sample([half * number for number in range(5, 17)], 2)
    start, end = half * draw.between(2, 6), half * draw.between(10, 16)
    require(start + at_first < end + at_last <= images, "a rise that ends within all images")
    scratch = Rise(start, (end - start) * draw.between(9, 12) / 100, end)
    transfer = Rise(start + at_first, (end + at_last - start - at_first) * draw.between(13, 20) / 100, end + at_last)
    gain, other_gain = (at_last, at_first) if later else (at_first, at_last)
    upper, lower = (round(rise.at(EPOCHS if later else 0)) for rise in (transfer, scratch))
    when = "at the end, once both lines are flat" if later else "at epoch 0, where the lines begin"
    return Question(
        stem=f"A network is trained from scratch; an identical one was first trained on {1000 * draw.between(110, 1990)} "
        f"other images (transferred). The plot shows how many of {images} test images each gets right. Both lines begin "
        f"and end on a grid line or midway between two. How many more of the test images does the transferred network get "
        f"right {when}?",
        key=Number(gain, "images", step // 10),
        check=upper - lower,
        wrong=[
            wrong(
                other_gain,
                "start and asymptote mixed up",
                "the lines are read at the other end: the start is at epoch 0, the asymptote where the lines are flat.",
            ),
            wrong(
                upper, "upper line alone", "only the transferred network's line is read: subtract the other one's height."
            ),
            wrong(
                lower, "lower line alone", "only the line of the network from scratch is read: the gain is a difference."
            ),
            wrong(
                transfer.end - transfer.start,
                "rise of the transferred network",
                "start and end of one line are subtracted. The gain is the distance between the two lines at one epoch.",
            ),
            wrong(
                scratch.end - scratch.start,
                "rise of the network from scratch",
                "start and end of the lower line are subtracted. The gain is the distance between the two lines.",
            ),
            wrong(
                round(100 * gain / images),
                "percent for images",
                "the gain is given in percent of the test images. The question asks for a number of images.",
            ),
        ],
        steps=[
            f"Read both lines at {'the right end' if later else 'epoch 0'}: {upper} and {lower}.",
            f"The gain is the difference: ${upper} - {lower} = {upper - lower}$ images.",
            f"This advantage is called the higher {'asymptote' if later else 'start'}.",
        ],
        load=load(3, [upper, lower]),
        needs_picture=True,
        picture=partial(
            _two_rises, scratch, transfer, grouped(f"right answers of {images}"), tuple(range(0, images + step, step))
        ),
    )


@template(
    "Weights that are trained after a transfer",
    topic=TOPIC,
    difficulty=4,
    minutes=5,
    tells=5,
    operations=(16, 24),
    largest=(1_000, 400_000),
    version=2,
    lecture={"channels": 3, "image": 32, "old classes": 1000, "new classes": 10},
)
def trained_weights(draw: Draw) -> Question:
    channels, size = draw.choice((1, 3), "channels"), draw.fixable(draw.choice((24, 28, 32, 36, 40, 48)), "image", least=4)
    old, new = draw.fixable(draw.choice((10, 100, 200, 1000)), "old classes", least=2), draw.between(2, 20, "new classes")
    layers: list[Layer] = []
    for most in (12, 24):
        layers.append({"type": "conv", "out_channels": 4 * draw.between(1, most // 4), "kernel_size": 3, "padding": 1})
        layers.append({"type": "pool", "size": 2})
    if draw.choice((False, True)):
        layers.append({"type": "conv", "out_channels": 4 * draw.between(3, 8), "kernel_size": 3, "padding": 1})
    layers.append({"type": "flatten"})
    layers.append({"type": "dense", "units": draw.choice((10, 20, 30, 40, 50))})
    layers.append({"type": "dense", "units": old})
    with_weights = [place for place, layer in enumerate(layers) if layer["type"] in ("conv", "dense")]
    frozen = draw.between(1, len(with_weights) - 2, "frozen")
    require(1 <= frozen <= len(with_weights) - 2, "a trained layer between the frozen ones and the last")
    shape = (channels, size, size)
    shapes = kernels.trace(shape, layers)
    first = with_weights[frozen]
    changed = [*layers[first:-1], {**layers[-1], "units": new}]
    counts = [
        kernels.count_network(before, [layer])
        for before, layer in zip(shapes[first:], changed)
        if layer["type"] in ("conv", "dense")
    ]
    require(old != new and sum(counts) < 100_000, "counts that can be worked out by hand")
    cold = f"layer{'s' * (frozen > 1)} {listed(range(1, frozen + 1))} {'are' if frozen > 1 else 'is'}"
    names = {place: f"layer {number}" for number, place in enumerate(with_weights, start=1)}
    return Question(
        stem=f"A network for {'grey' if channels == 1 else 'colour'} images of {size} × {size} pixels has these layers; "
        "each kernel and each neuron has an intercept.\n\n"
        + table(("layer", "kind"), ((names.get(place, "-"), _details(layer)) for place, layer in enumerate(layers)))
        + f"\n\nIt was trained to recognise {old} classes. Now it is to recognise {new} other classes: the last layer is "
        f"replaced with a new dense layer of {new} neurons, {cold} frozen, and all other layers are trained. How many "
        "weights, intercepts included, does training change?",
        key=Number(sum(counts), "weights"),
        check=_trained_by_counting(shape, layers, frozen, new),
        wrong=distractors("trained_weights", shape, layers, frozen, new),
        steps=[
            f"Frozen weights do not change: start with layer {frozen + 1}, which gets "
            f"{' × '.join(map(str, shapes[first]))} values.",
            *(
                f"Layer {frozen + number} has {count} weights"
                + (f": {new} neurons with an intercept each, instead of {old}." if number == len(counts) else ".")
                for number, count in enumerate(counts, start=1)
            ),
            f"Together: ${' + '.join(map(str, counts))} = {sum(counts)}$.",
        ],
        load=load(2 * len(layers) + 2 * len(counts), [sum(counts)]),
    )


def _about(
    when: str, compared: tuple[str, str], misread: tuple[str, str], higher: int, seen: int
) -> tuple[Statement, Statement, Statement]:
    """Return the three statements on which network has an advantage at some time, of which one holds.

    compared: what one network is or does more, and both alike. misread: the misconception's name and what to read.
    """
    (more, equal), (name, sentence) = compared, misread
    ways = (
        (1, f"{when}, the transferred network {more} than the other one.", name),
        (0, f"{when}, both networks {equal}.", "a difference overlooked"),
        (-1, f"{when}, the network trained from scratch {more} than the other one.", "the two lines swapped"),
    )
    first, second, third = (Statement(text, higher == way, seen == way, belief, sentence) for way, text, belief in ways)
    return first, second, third


def _compared(value: float, other: float, clear: float) -> int:
    """Return 1 for what is clearly larger, -1 for what is clearly smaller, else 0."""
    return (value - other > clear) - (other - value > clear)


def _two_rises(scratch: Rise, transfer: Rise, label: str, ticks: Sequence[float]) -> Picture:
    return plot(
        Axis("epoch", tuple(range(0, EPOCHS + 1, 5))),
        Axis(label, ticks),
        [Curve(TRANSFERRED, _rounded(transfer)), Curve(SCRATCH, _rounded(scratch))],
        said_at=(0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 40),
    )


def _rounded(rise: Rise) -> list[tuple[float, float]]:
    digits = 1 if rise.end < 100 else 0
    return [(epoch, round(value, digits)) for epoch, value in rise.points()]


def _trained_by_counting(shape: tuple[int, int, int], layers: Sequence[Layer], frozen: int, classes: int) -> int:
    """Count the weights of each layer, following the size of the feature maps window by window."""
    depth, rows, columns = shape
    row: list[int] = []
    counts = []
    for place, layer in enumerate(layers):
        match layer["type"]:
            case "conv":
                kernel = [(slice_, y, x) for slice_ in range(depth) for y in range(3) for x in range(3)]
                counts.append(sum(len(kernel) + 1 for _ in range(layer["out_channels"])))
                depth = layer["out_channels"]  # 3 by 3 pixels with a padding of 1: height and width stay
            case "pool":
                rows, columns = len(range(0, rows - 1, 2)), len(range(0, columns - 1, 2))
            case "flatten":
                row = [depth * rows * columns]
            case "dense":
                units = classes if place == len(layers) - 1 else layer["units"]
                counts.append(units * row[-1] + units)
                row.append(units)
    return sum(counts[frozen:])


def _details(layer: Layer) -> str:
    match layer["type"]:
        case "conv":
            return f"convolution, {layer['out_channels']} kernels of 3 × 3, padding 1, stride 1"
        case "pool":
            return "2 × 2 max pooling with stride 2"
        case "flatten":
            return "flatten"
        case "dense":
            return f"dense, {layer['units']} neurons"
    raise ValueError(f"there is no {layer['type']} in these networks")
