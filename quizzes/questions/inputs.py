"""Images as inputs of a dense network: how many numbers, how many bytes, which values."""

from fractions import Fraction

import numpy as np

import kernels
from quizzes.question import Grid, Number, Question, beliefs, exact, load, require, wrong
from quizzes.rng import Draw
from quizzes.template import template
from quizzes.text.writing import listed, table

TOPIC = "Images as inputs"
KINDS = {
    "grey": ("a grey image", 1),
    "RGB": ("a colour image with red, green and blue", 3),
    "RGBA": ("a colour image with red, green, blue and opacity", 4),
}
COLOURS = ("red", "green", "blue")


@template("Inputs of an image", topic=TOPIC, difficulty=1, minutes=1, tells=4, operations=(1, 2), largest=(24, 400))
def image_inputs(draw: Draw) -> Question:
    # The lecture's 200 x 200 pixels in colour are one of these.
    height, width = draw.between(12, 200) * 2, draw.between(3, 40) * 10
    kind = draw.choice(list(KINDS))
    said, channels = KINDS[kind]
    return Question(
        stem=f"A dense network gets {said}, {height} pixels high and {width} pixels wide. How many inputs does it have?",
        key=Number(kernels.input_size(height, width, channels), "inputs"),
        check=np.zeros((channels, height, width), np.uint8).ravel().size,
        wrong=beliefs("input_size", height, width, channels),
        steps=[
            f"There are ${height} \\cdot {width} = {height * width}$ pixels.",
            f"Each number is an input; a pixel has one for each channel, and there {_are(channels)}: "
            f"${height * width} \\cdot {channels} = {height * width * channels}$.",
        ],
        load=load(1 + (channels > 1), [height, width]),
    )


@template(
    "A dense layer on an image", topic=TOPIC, difficulty=3, minutes=3, tells=4, operations=(3, 4), largest=(300, 2_000)
)
def dense_layer_on_image(draw: Draw) -> Question:
    height, width = draw.between(3, 16) * 100, draw.between(3, 20) * 100
    require(height != width, "an image that is not square")
    said, channels = KINDS[draw.choice(["RGB", "RGBA"])]
    neurons, intercepts = draw.between(1, 50) * 10, draw.choice([True, False])
    inputs = kernels.input_size(height, width, channels)
    bias = "one intercept for each neuron, which counts as a weight" if intercepts else "no intercepts"
    matrix = np.broadcast_to(np.uint8(0), (neurons, inputs + intercepts))  # a view of one number: it takes no memory
    return Question(
        stem=f"The first layer of a dense network has {neurons} neurons, with {bias}. It gets {said}, {height:,} pixels "
        f"high and {width:,} pixels wide. How many weights does the layer have?",
        key=Number(kernels.count_dense([inputs, neurons], intercepts), "weights"),
        check=matrix.size,
        wrong=[
            wrong(
                kernels.count_dense([height * width, neurons], intercepts),
                "channels not counted",
                "an input is counted for each pixel only. Each pixel has a number for each channel.",
            ),
            wrong(
                kernels.count_dense([height * width + channels, neurons], intercepts),
                "channels added",
                "the channels are added to the pixels. Each pixel has all channels: multiply.",
            ),
            wrong(
                kernels.count_dense([inputs, neurons], bias=False),
                "intercepts forgotten",
                "the intercepts are forgotten: each neuron has one.",
            ),
            wrong(
                kernels.count_dense([inputs, neurons], bias=True),
                "intercepts where there are none",
                "intercepts are counted, though here there are none.",
            ),
            wrong(
                inputs * neurons + 1,
                "one intercept for the layer",
                "an intercept is counted for the layer. If there are intercepts, each neuron has its own.",
            ),
            wrong(inputs, "inputs counted", "inputs are counted. Each neuron has a weight for each of them."),
            wrong(
                inputs + neurons,
                "neurons added",
                "the neurons are added to the inputs. Each neuron has a weight for each input: multiply.",
            ),
        ],
        steps=[
            f"The image has ${height} \\cdot {width} \\cdot {channels} = {inputs}$ numbers; each is an input.",
            f"Each neuron has a weight for each input: ${inputs} \\cdot {neurons} = {inputs * neurons}$.",
            f"The {neurons} intercepts make ${inputs * neurons + neurons}$."
            if intercepts
            else "There are no intercepts to add.",
        ],
        load=load(3 + intercepts, [height, width, neurons]),
    )


@template("Memory of images", topic=TOPIC, difficulty=2, minutes=3, tells=3, operations=(4, 5), largest=(40, 1_000))
def image_memory(draw: Draw) -> Question:
    images = draw.between(2, 40) * 10
    height, width = draw.between(2, 25) * 20, draw.between(1, 20) * 50
    said, channels = KINDS[draw.choice(["RGB", "RGBA"])]
    name, size = draw.choice([("a byte", 1), ("a float32, which takes 4 bytes", 4)])
    megabytes = [
        wrong(Fraction(one.answer, 10**6), one.name, one.sentence)
        for one in beliefs("image_bytes", images, height, width, channels, size)
        if isinstance(one.answer, int) and one.answer % 10**4 == 0
    ]
    array = np.broadcast_to(np.zeros((), np.uint8 if size == 1 else np.float32), (images, channels, height, width))
    return Question(
        stem=f"{images} images are kept in memory, each {said}, {height} pixels high and {width} pixels wide. Each "
        f"number of a pixel is {name}. How many megabytes (of 1,000,000 bytes) do the images take?",
        key=Number(exact(Fraction(kernels.image_bytes(images, height, width, channels, size), 10**6)), "megabytes"),
        check=Fraction(array.nbytes, 10**6),
        wrong=megabytes,
        steps=[
            f"An image has ${height} \\cdot {width} \\cdot {channels} = {height * width * channels}$ numbers.",
            f"All images have ${images} \\cdot {height * width * channels} = {images * height * width * channels}$."
            + (
                f" Each takes 4 bytes: ${images * height * width * channels * 4}$ bytes."
                if size == 4
                else " Each takes a byte."
            ),
            "Divide by 1,000,000.",
        ],
        load=load(4 + (size > 1), [images, height, width]),
    )


@template(
    "Standardised pixels",
    topic=TOPIC,
    difficulty=2,
    minutes=4,
    tells=5,
    operations=(12, 12),
    largest=(100, 255),
    negatives=(2, 4),
)
def standardised_pixels(draw: Draw) -> Question:
    means = [draw.between(90, 140) for _ in COLOURS]
    deviations = draw.sample([10, 20, 25, 50], 3)
    signs = draw.shuffled([1, 1, 1, -1, -1, -1])
    offsets = [sign * draw.between(5, 89) for sign in signs]
    pixels = [[mean + offset for mean, offset in zip(means, row)] for row in (offsets[:3], offsets[3:])]
    floats = (np.array(pixels, float) - np.array(means)) / np.array(deviations)
    return Question(
        stem="Before training, each channel of the images is standardised: less its mean, then divided by its "
        "standard deviation.\n\n"
        + table(
            ["channel", *COLOURS],
            [["mean", *means], ["standard deviation", *deviations], ["pixel 1", *pixels[0]], ["pixel 2", *pixels[1]]],
        )
        + "\n\nWhich values does the network get for the two pixels? (At most two decimals; nothing is to be rounded.)",
        key=Grid(exact(kernels.standardised(pixels, means, deviations)), ("pixel 1", "pixel 2"), COLOURS),
        check=[[Fraction(round(value * 100), 100) for value in row] for row in floats.tolist()],
        wrong=beliefs("standardised", pixels, means, deviations),
        steps=[
            "A value is $(p - m) / s$ for a pixel's number $p$, the channel's mean $m$ and its standard deviation $s$.",
            *(
                f"Pixel {nth}: {listed([f'$({p} - {m}) / {s}$' for p, m, s in zip(pixel, means, deviations)])}."
                for nth, pixel in enumerate(pixels, start=1)
            ),
            "What is darker than the mean becomes negative.",
        ],
        load=load(12, [pixels, means, [offset for offset in offsets if offset < 0]]),
    )


def _are(channels: int) -> str:
    return "is 1" if channels == 1 else f"are {channels}"
