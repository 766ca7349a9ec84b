"""How large a feature map is."""

import kernels
from quizzes.draws import Draw
from quizzes.question import Number, Question, beliefs, load, require
from quizzes.template import template

TOPIC = "Output size"


@template("Output size along one axis", topic=TOPIC, difficulty=2, minutes=2, tells=3, operations=(3, 4), largest=(5, 40))
def output_size(draw: Draw) -> Question:
    size, kernel = draw.between(5, 32), draw.between(2, 7)
    stride, padding = draw.between(1, 3), draw.between(0, 3)
    require(kernel <= size + 2 * padding, "the kernel fits into the padded image")
    padded = size + 2 * padding
    return Question(
        stem=f"A kernel {kernel} pixels wide slides over an image {size} pixels wide. The padding is {padding} on each "
        f"side, the stride is {stride}. How many pixels wide is the feature map?",
        key=Number(kernels.output_size(size, kernel, stride, padding), "pixels"),
        check=len([left for left in range(0, padded, stride) if left + kernel <= padded]),
        wrong=beliefs("output_size", size, kernel, stride, padding),
        steps=[
            f"With its padding the image is ${size} + 2 \\cdot {padding} = {padded}$ pixels wide.",
            f"The kernel's left edge can move by ${padded} - {kernel} = {padded - kernel}$ pixels.",
            f"With a stride of {stride} that makes $\\lfloor {padded - kernel} / {stride} \\rfloor = "
            f"{(padded - kernel) // stride}$ moves, and one place more: the first.",
        ],
        load=load(3 + (stride > 1), [size, kernel, padded]),
    )
