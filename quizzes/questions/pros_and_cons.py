"""Pros and cons of convolutional layers against dense ones: each claim is tried out on two small layers, or counted."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from kernels import conv2d
from quizzes.question import Question, load, require
from quizzes.rng import Draw, Numbers
from quizzes.template import template
from quizzes.text.writing import sides
from quizzes.tools.statements import Statement, ticked

TOPIC = "Pros and cons"

# Two small layers, and an image that shows something in its middle only.
SIZE, PIXELS = (7, 12), 84
_NUMBERS = np.random.RandomState(7)  # its stream never changes
KERNEL, WEIGHTS = _NUMBERS.randint(-4, 5, (3, 3)), _NUMBERS.randint(-4, 5, (PIXELS, PIXELS))
IMAGE = np.pad(_NUMBERS.randint(1, 10, (3, 4)), ((2, 2), (4, 4)))
ORDER = _NUMBERS.permutation(PIXELS)


def _convolution(image: Numbers, kernel: Numbers = KERNEL) -> Numbers:
    found: Numbers = conv2d(image, kernel, padding=1, backend="numpy")
    return found


def _dense(image: Numbers) -> Numbers:
    return (WEIGHTS @ image.ravel()).reshape(SIZE)


def _as_dense(kernel: Numbers) -> Numbers:
    """Return the weights of the dense layer that does what a convolution does: a column for each pixel."""
    return np.array(
        [_convolution(pixel, kernel).ravel() for pixel in np.eye(PIXELS, dtype=np.int64).reshape(PIXELS, *SIZE)]
    ).T


@cache
def _kernel_weights() -> Numbers:
    """Return, in a column for each weight of a kernel, the dense layer that has this weight alone."""
    return np.array([_as_dense(weight).ravel() for weight in np.eye(9, dtype=np.int64).reshape(9, 3, 3)]).T


def _some_kernel_does(weights: Numbers) -> bool:
    """Return whether a convolution can do what a dense layer with these weights does."""
    kernel = np.linalg.lstsq(_kernel_weights(), weights.ravel(), rcond=None)[0]
    return np.allclose(_kernel_weights() @ kernel, weights.ravel())


def _commute(layer: Callable[[Numbers], Numbers], change: Callable[[Numbers], Numbers]) -> bool:
    """Return whether a changed image gives the changed output."""
    return np.array_equal(layer(change(IMAGE)), change(layer(IMAGE)))


@dataclass(frozen=True)
class Claim:
    """What is said of the two layers, whether it is true, and how to try it out."""

    text: str
    holds: bool
    tried: Callable[[], bool]
    sentence: str  # says what is true of the layers
    name: str = ""  # of the misconception, where it does not hold


MOVES = (
    "A convolution does the same at every position, so its maps move too. Each weight of a dense layer belongs to a pixel."
)
TURNS = "The kernel is not turned or mirrored with the image, so each weight meets another neighbour."
ORDERED = "A dense layer can move its weights along with the pixels. A kernel needs neighbours that belong together."
SPANS = "A convolution is a dense layer most of whose weights are 0 and whose others are shared. The reverse does not hold."
LIGHT = "Both layers sum weights times pixels: doubling all pixels doubles each output, adding a number usually changes it."

CLAIMS = (
    Claim(
        "If an object on a black background, far from the edges, moves by two pixels, the feature maps move in the same "
        "way.",
        True, lambda: _commute(_convolution, lambda image: np.roll(image, 2, axis=1)), MOVES,
    ),
    Claim(
        "If an object on a black background, far from the edges, moves by two pixels, the dense outputs move in the same "
        "way.",
        False, lambda: _commute(_dense, lambda image: np.roll(image, 2, axis=1)), MOVES, "dense layer that moves along",
    ),
    Claim(
        "If the image is turned by 180°, the feature maps are turned by 180° too.",
        False, lambda: _commute(_convolution, lambda image: image[::-1, ::-1]), TURNS, "convolution that turns along",
    ),
    Claim(
        "If the image is mirrored left to right, the feature maps are mirrored too.",
        False, lambda: _commute(_convolution, np.fliplr), TURNS, "convolution that is mirrored along",
    ),
    Claim(
        "If the pixels of all images are shuffled in the same way, other weights give the dense layer its old outputs.",
        True, lambda: np.array_equal(WEIGHTS[:, ORDER] @ IMAGE.ravel()[ORDER], WEIGHTS @ IMAGE.ravel()), ORDERED,
    ),
    Claim(
        "If the pixels of all images are shuffled in the same way, other kernels give the convolution its old outputs.",
        False, lambda: _some_kernel_does(_as_dense(KERNEL)[:, ORDER]), ORDERED, "neighbours do not matter",
    ),
    Claim(
        "With the right weights, the dense layer gives exactly what the convolution gives, on every image.",
        True, lambda: np.array_equal(_as_dense(KERNEL) @ IMAGE.ravel(), _convolution(IMAGE).ravel()), SPANS,
    ),
    Claim(
        "With the right kernels, the convolution gives exactly what the dense layer gives, on every image.",
        False, lambda: _some_kernel_does(WEIGHTS), SPANS, "convolution that can do everything",
    ),
    Claim(
        "If all pixels are doubled, all outputs of both layers are doubled.",
        True, lambda: all(np.array_equal(layer(2 * IMAGE), 2 * layer(IMAGE)) for layer in (_convolution, _dense)), LIGHT,
    ),
    Claim(
        "If the same number is added to all pixels, no output of the convolution changes.",
        False, lambda: np.array_equal(_convolution(IMAGE + 5), _convolution(IMAGE)), LIGHT, "brightness that falls out",
    ),
)  # fmt: skip


@cache
def _found_out() -> list[bool]:
    return [claim.tried() for claim in CLAIMS]


@template("Convolutional or dense", topic=TOPIC, difficulty=3, minutes=4, operations=(5, 5), largest=(16, 96))
def convolutional_or_dense(draw: Draw) -> Question:
    height, width = draw.ranges((16, 96), (16, 96), name="image")
    side, count = draw.choice((3, 5, 7), "kernel"), draw.between(4, 32, "kernels")
    require(min(height, width) > 2 * side and count > 1, "an image that is larger than the kernels, and several of these")
    pixels, weights = height * width, count * side * side
    stack = np.broadcast_to(0, (count, side, side))
    products = [np.broadcast_to(0, (count, height, width, *field)) for field in ((side, side), (height, width))]
    shared = "A kernel has the same weights at all positions, and as many on a larger image."
    local = "An output of the convolution sees its window, an output of the dense layer all pixels."
    own = "Each output of the dense layer has its own weight for each pixel."
    maps = f"A kernel makes a whole feature map: {height} times {width} numbers, one for each position."
    work = "An output sums a product for each pixel that it sees: all of them, or those of a window."
    fewer = products[0].size < products[1].size
    counted = (
        Claim(f"The convolution has {weights} weights.", True, lambda: stack.size == weights, shared),
        Claim(
            f"The convolution has {weights * pixels} weights.",
            False, lambda: stack.size == weights * pixels, shared, "own weights at each place",
        ),
        Claim(
            "The dense layer has a weight for each pair of a pixel and an output.",
            True, lambda: products[1].size == pixels * count * pixels, own,
        ),
        Claim(
            f"The dense layer has {pixels} weights.",
            False, lambda: products[1].size == pixels, own, "one weight for a pixel",
        ),
        Claim(
            "On an image of twice the height and width, the same convolution has four times the weights.",
            False, lambda: stack.size == 4 * weights, shared, "kernels that grow with the image",
        ),
        Claim(
            "On an image of twice the height and width, the same kernels can be used.",
            True, lambda: _convolution(np.tile(IMAGE, (2, 2))).shape == (2 * SIZE[0], 2 * SIZE[1]), shared,
        ),
        Claim(
            f"An output of the convolution depends on at most {side * side} pixels.",
            True, lambda: products[0][0, 0, 0].size == side * side, local,
        ),
        Claim(
            f"An output of the convolution depends on all {pixels} pixels.",
            False, lambda: products[0][0, 0, 0].size == pixels, local, "convolution that sees everything",
        ),
        Claim("The convolution sums fewer products than the dense layer.", True, lambda: fewer, work),
        Claim("The two layers sum the same number of products.", False, lambda: not fewer, work, "sharing saves no "
        "products"),
        Claim(
            f"The convolution outputs {count} numbers.",
            False, lambda: products[0][..., 0, 0].size == count, maps, "one number for a kernel",
        ),
    )  # fmt: skip
    seen = [*_found_out(), *(claim.tried() for claim in counted)]
    statements = [
        Statement(
            claim.text, claim.holds, found, claim.name, claim.sentence,
            step=f"“{claim.text}” {'Yes' if claim.holds else 'No'}. {claim.sentence}",
        )
        for claim, found in zip((*CLAIMS, *counted), seen)
    ]  # fmt: skip
    return Question(
        stem=f"A grey image of {sides((height, width))} pixels goes into a convolution with {count} kernels of "
        f"{sides((side, side))} (stride 1, padding with zeros that keeps the size), or into a dense layer with the same "
        f"number of outputs. Neither has intercepts or an activation. Which of these statements are true for every image "
        f"and all weights? Tick all "
        "that apply.",
        **ticked(statements),
        load=load(5, [height, width]),
        offered=5,
    )
