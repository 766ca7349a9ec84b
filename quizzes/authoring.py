"""What the author of a question in Python imports: the one public face of the quizzes.

A template, in FILE.py of a folder that a quiz names in `bank`:

    template            makes a function a template: it asks its Draw for numbers and returns a Question
    Draw                between, choice, sample, shuffled, ranges, numbers; a name lets an instructor fix a number
    require             refuses numbers that break a rule; others are drawn

A question:

    Question            stem, key, the key by a second way, wrong answers, steps
    Number, Grid        a key that is typed
    Choice, Option      a key that is ticked
    AUTHORS_WORD        instead of the second way, if the key is not computed
    wrong, distractors      wrong answers: one that you work out, or all that misconceptions about an operation give
    load                how hard the arithmetic is

What stems and steps are written with:

    matrix, table, minus, listed, sides     pieces of Markdown
    Sheet               a picture, drawn line by line
    kernels             convolution, pooling and the like, computed
"""

import kernels
from common.errors import UserError
from quizzes.drawing.svg import Sheet
from quizzes.question import (
    AUTHORS_WORD,
    Choice,
    Grid,
    Load,
    Number,
    Option,
    Picture,
    Question,
    distractors,
    load,
    require,
    wrong,
)
from quizzes.rng import Draw
from quizzes.template import template
from quizzes.text.writing import listed, matrix, minus, sides, table

__all__ = [
    "AUTHORS_WORD",
    "Choice",
    "Draw",
    "Grid",
    "Load",
    "Number",
    "Option",
    "Picture",
    "Question",
    "Sheet",
    "UserError",
    "distractors",
    "kernels",
    "listed",
    "load",
    "matrix",
    "minus",
    "require",
    "sides",
    "table",
    "template",
    "wrong",
]
