"""Images as inputs of a dense network: how many numbers, how many bytes, which values."""

from fractions import Fraction

import numpy as np

import kernels
from quizzes.question import Grid, Number, Question, distractors, exact, load, require, written, wrong
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


@template(
    "Inputs of an image",
    topic=TOPIC, difficulty=1, minutes=1, tells=6, operations=(1, 2), largest=(20, 400), version=2,
    lecture={"image": [200, 200], "kind": "RGB"},
)  # fmt: skip
def image_inputs(draw: Draw) -> Question:
    height, width = draw.fixable([10 * draw.between(2, 40), 10 * draw.between(2, 40)], "image", least=1)
    said, channels = KINDS[draw.choice(list(KINDS), "kind")]
    return Question(
        stem=f"A dense network gets {said}, {height} pixels high and {width} pixels wide. How many inputs does it have?",
        key=Number(kernels.input_size(height, width, channels), "inputs"),
        check=np.broadcast_to(np.uint8(0), (channels, height, width)).size,
        wrong=distractors("input_size", height, width, channels),
        steps=[
            f"There are ${height} \\cdot {width} = {height * width}$ pixels.",
            f"A pixel has a number for each of {channels} channels, and each number is an input: "
            f"${height * width} \\cdot {channels} = {height * width * channels}$."
            if channels > 1
            else "A grey pixel is a single number, and each number is an input.",
        ],
        load=load(1 + (channels > 1), [height, width]),
    )


@template(
    "A dense layer on an image",
    topic=TOPIC, difficulty=3, minutes=3, tells=6, operations=(3, 4), largest=(20, 100), version=2,
    lecture={"image": [200, 200], "kind": "RGB"},
)  # fmt: skip
def dense_layer_on_image(draw: Draw) -> Question:
    height, width = draw.fixable([10 * side for side in draw.sample(range(2, 11), 2)], "image", least=1)
    said, channels = KINDS[draw.choice(["RGB", "RGBA"], "kind")]
    neurons = draw.fixable(10 * draw.between(1, 9), "neurons", least=1)
    intercepts = draw.choice([True, False], "intercepts")
    inputs = kernels.input_size(height, width, channels)
    bias = "one intercept for each neuron, which counts as a weight" if intercepts else "no intercepts"
    matrix = np.broadcast_to(np.uint8(0), (neurons, inputs + intercepts))  # a view of one number: it takes no memory
    of_intercepts = [
        wrong(
            kernels.count_dense([inputs, neurons], bias=False),
            "intercepts forgotten",
            "the intercepts are forgotten: each neuron has one.",
        ),
        wrong(
            inputs * neurons + 1,
            "one intercept for the layer",
            "the layer has a single intercept. Each of its neurons has one.",
        ),
        wrong(
            inputs * neurons + inputs,
            "an intercept for each input",
            "each input has an intercept. Each neuron has one.",
        ),
    ]
    return Question(
        stem=f"The first layer of a dense network has {neurons} neurons, with {bias}. It is fully connected to its input: "
        f"{said}, {height} pixels high and {width} pixels wide. How many weights does the layer have?",
        key=Number(kernels.count_dense([inputs, neurons], intercepts), "weights"),
        check=matrix.size,
        wrong=[
            *(of_intercepts if intercepts else []),
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
                kernels.count_dense([inputs * channels, neurons], intercepts),
                "channels multiplied twice",
                "the channels are multiplied in twice. Once, with the pixels, is enough.",
            ),
            wrong(
                kernels.count_dense([inputs + neurons, neurons], intercepts),
                "connected to their own layer",
                "the neurons are connected to each other as well. They are connected to the inputs alone.",
            ),
            wrong(
                kernels.count_dense([inputs, neurons], bias=True),
                "intercepts where there are none",
                "intercepts are counted, although there are none here.",
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


@template(
    "Memory for images",
    topic=TOPIC, difficulty=2, minutes=3, tells=4, operations=(4, 5), largest=(100, 900), version=2,
    lecture={"image": [200, 200], "kind": "RGB"},
)  # fmt: skip
def image_memory(draw: Draw) -> Question:
    images = draw.fixable(8 * draw.between(2, 12), "images", least=1)
    height, width = draw.fixable([100 * draw.between(1, 9), 100 * draw.between(1, 9)], "image", least=1)
    said, channels = KINDS[draw.choice(["RGB", "RGBA"], "kind")]
    size = draw.choice([1, 4], "bytes")
    total = Fraction(kernels.image_bytes(images, height, width, channels, size), 10**6)
    require(total * 100 % 1 == 0, "megabytes with two decimals")
    name = "a byte" if size == 1 else "a float32, which takes 4 bytes"
    megabytes = [
        wrong(Fraction(one.answer, 10**6), one.name, one.sentence)
        for one in distractors("image_bytes", images, height, width, channels, size)
        if isinstance(one.answer, int) and one.answer % 10**4 == 0
    ]
    array = np.broadcast_to(np.zeros((), np.uint8 if size == 1 else np.float32), (images, channels, height, width))
    return Question(
        stem=f"{images} images are kept in memory, each {said}, {height} pixels high and {width} pixels wide. Each "
        f"number of a pixel is {name}. How many megabytes (of 1,000,000 bytes) do the images take?",
        key=Number(exact(total), "megabytes"),
        check=Fraction(array.nbytes, 10**6),
        wrong=[
            *megabytes,
            wrong(total * 1000, "kilobytes", "kilobytes are given. A megabyte has 1000 of them."),
        ],
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
    means = draw.ranges(*[(90, 140)] * 3, name="means")
    deviations = draw.shuffled([20, 25, 50], "standard deviations")
    signs = draw.shuffled([1, 1, 1, -1, -1, -1])
    offsets = [sign * draw.between(5, 89) for sign in signs]
    drawn = [[mean + offset for mean, offset in zip(means, row)] for row in (offsets[:3], offsets[3:])]
    pixels = draw.fixable(drawn, "pixels")
    require(np.max(pixels) <= 255, "pixels up to 255")
    darker = [pixel - mean for row in pixels for pixel, mean in zip(row, means) if pixel < mean]
    key = exact(kernels.standardised(pixels, means, deviations))
    floats = (np.array(pixels, float) - np.array(means)) / np.array(deviations)
    return Question(
        stem="Before training, each channel of the images is standardised: its mean is subtracted, then the "
        "difference is divided by its standard deviation.\n\n"
        + table(
            ["channel", *COLOURS],
            [["mean", *means], ["standard deviation", *deviations], ["pixel 1", *pixels[0]], ["pixel 2", *pixels[1]]],
        )
        + "\n\nWhich values does the network get for the two pixels? (They have at most two decimals; do not round.)",
        key=Grid(key, ("pixel 1", "pixel 2"), COLOURS),
        check=[[Fraction(round(value * 100), 100) for value in row] for row in floats.tolist()],
        wrong=distractors("standardised", pixels, means, deviations),
        steps=[
            "A value is $(p - m) / s$ for a pixel's number $p$, the channel's mean $m$ and its standard deviation $s$.",
            *(
                f"Pixel {nth}: {listed([f'$({p} - {m}) / {s} = {written(v)}$' for p, m, s, v in zip(*numbers)])}."
                for nth, numbers in enumerate(zip(pixels, [means] * 2, [deviations] * 2, key), start=1)
            ),
            "A number below the mean becomes negative.",
        ],
        load=load(12, [pixels, means, darker]),
    )
