"""What Python's own errors mean, for a call that shows why."""

import numpy as np
import pytest

from autograder.cases import Case
from autograder.crashes import hint
from autograder.expected_answers import Known
from autograder.feedback import outputs

IMAGE = np.arange(12.0).reshape(3, 4)


def case(**options):
    return Case("blur", (IMAGE,), options, Known(IMAGE, None, []), outputs)


def late():
    if IMAGE.ndim > 2:
        total = 0
    return total


# Code that raises what a student may read, the options of the call, and what the hint says of it.
RAISED = [
    (lambda: np.ones((2, 3)) @ np.ones((2, 3)), {}, "To multiply element by element, use *"),
    (lambda: np.dot(np.ones((2, 3)), np.ones((2, 3))), {}, "To multiply element by element, use *"),
    (lambda: np.ones((2, 3)) * np.ones((3, 2)), {}, "are rows and columns swapped?"),
    (lambda: np.ones((3, 2)) * np.ones((3, 3)), {}, "A slice past the edge comes out smaller"),
    (lambda: IMAGE * np.ones((2, 2)), {"kernel": np.ones((5, 2, 2))}, "cut a window out of the larger one"),
    (lambda: np.ones((2, 4)) * np.ones((3, 3)), {}, "is a height used for a width?"),
    (lambda: np.ones((2, 4, 3, 3)) + np.ones(4), {}, "Write [:, None, None] after the vector to align it with axis 1"),
    (lambda: np.ones((2, 4, 3, 3)) + np.ones((4, 1)), {}, "Write [:, None, None] after the vector"),
    (lambda: np.ones((2, 3)).__setitem__((slice(None),), np.ones((2, 4))), {}, "is a sum missing, or a size wrong?"),
    (lambda: IMAGE[3, 0], {}, "The last index of this axis is 2"),
    (lambda: range((2, 1)), {"stride": (2, 1)}, "Here, stride is (2, 1): unpack"),
    (lambda: 5 // (2, 1), {"stride": (2, 1), "padding": 1}, "Here, stride is (2, 1): unpack"),
    (lambda: 5 + (2, 1), {"stride": (2, 1), "padding": (1, 2)}, "Here, stride is (2, 1) and padding is (1, 2): unpack"),
    (lambda: (lambda a, b: a)(*2), {}, None),
    (lambda: [a for a, b in [2]], {"stride": 2}, "Here, stride is 2."),
    (lambda: [a for a, b in [np.int64(2)]], {"stride": np.int64(2)}, "which is not an int: check for a tuple"),
    (lambda: next(iter([2]))[0], {"size": 2}, "Here, size is 2."),
    (lambda: {}.get("bias")[0], {"bias": None}, "Here, bias is None: check for `is None`"),
    (lambda: None + 1, {}, "Something is None here"),
    (lambda: range(2.0), {}, "Sizes and positions are integers"),
    (lambda: IMAGE[0:1.5], {}, "Sizes and positions are integers"),
    (lambda: IMAGE[1.0], {}, "Sizes and positions are integers"),
    (lambda: np.zeros((2, -1)), {}, "A size came out negative"),
    (lambda: IMAGE.copy().__setitem__((0, 0), IMAGE), {}, "is a sum missing?"),
    (lambda: np.arange(3).__iadd__(np.ones(3)), {}, "An array of integers holds no decimals"),
    (lambda: 1 if IMAGE else 0, {}, "asks one question about many numbers"),
    (lambda: {}["stride"], {}, "A dict lacks the key 'stride' here"),
    (lambda: 1 / 0, {}, None),
    (lambda: undefined, {}, "Nothing is called undefined"),  # noqa: F821
    (lambda: math.pi, {}, "Write `import math` at the top of the file."),  # noqa: F821
    (late, {}, "total gets its value further down, or in a branch"),
    (lambda: IMAGE[5:].max(), {}, "An array came out empty"),
    (lambda: range(IMAGE), {}, "A whole array is where a single number belongs."),
    (lambda: range((2, 2)), {}, None),  # no option is a tuple: it is not known what is
]


def test_python_3_10_says_it_in_other_words():
    assert "total gets" in hint("f raised UnboundLocalError: local variable 'total' referenced before assignment", case())


def test_an_argument_without_a_name_is_named_by_its_place():
    asked = Case("weights", (4, (3, 5)), {"bias": True}, Known(60, None, []), outputs)
    said = hint("weights raised TypeError: can't multiply sequence by non-int of type 'tuple'", asked)
    assert "Here, argument number 2 is (3, 5): unpack" in said
    several = Case("weights", (4, 5, 6), {}, Known(60, None, []), outputs)
    assert hint("weights raised TypeError: cannot unpack non-iterable int object", several) is None


@pytest.mark.parametrize(("code", "options", "words"), RAISED)
def test_an_error_says_what_it_means_where_that_is_sure(code, options, words):
    with pytest.raises(Exception) as raised:
        code()
    said = hint(f"blur raised {type(raised.value).__name__}: {raised.value}", case(**options))
    assert said is None if words is None else words in said


def test_an_exit_is_told_as_one_where_python_has_none():
    said = hint("blur raised NameError: name 'exit' is not defined", case())
    assert said == "That would end the program. Return an answer instead."
