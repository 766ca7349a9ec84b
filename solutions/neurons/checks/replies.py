"""Read what students' functions return where many answers are right, or say in a sentence why it cannot be read.

A reply comes from the student's process, so each reader checks types and sizes before anything else.
"""

import numpy as np

from autograder.authoring import Part, Verdict, type_in_words

LARGEST = 1e100  # number: sums of products of such numbers are still finite


class MalformedReply(Exception):
    """A reply of the wrong type, shape or size; the message says so in a sentence."""


class JudgedPart(Part):
    """A part with functions that have many right answers, which its checks judge."""

    def judged(self, call, read, reply):
        """Return what `read` makes of a reply; fail, with the call, if it is malformed."""
        try:
            return read(reply)
        except MalformedReply as malformed:
            self.fail_with(Verdict.WRONG, str(malformed), call)


def number(value, name):
    """Return a finite number as a float."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise MalformedReply(f"{name} must be a number, but is {type_in_words(value)}.")
    if not -LARGEST <= value <= LARGEST:
        raise MalformedReply(
            f"{name} must be finite, but is {float(value) if isinstance(value, (float, np.floating)) else 'too large'}."
        )
    return float(value)


def whole(value, name):
    """Return an integer."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise MalformedReply(f"{name} must be an integer, but is {type_in_words(value)}.")
    return int(value)


def numbers(value, shape, name):
    """Return an array of finite numbers, which may come as nested lists or tuples as well."""
    try:
        array = value if isinstance(value, np.ndarray) else np.array(_listed(value, len(shape), name))
    except ValueError:  # rows of several lengths
        raise MalformedReply(f"{name} must have the shape {shape}, but its rows have several lengths.") from None
    if array.dtype.kind not in "iuf":
        raise MalformedReply(f"{name} must hold numbers, but holds {array.dtype}.")
    if array.shape != shape:
        raise MalformedReply(f"{name} must have the shape {shape}, but has {array.shape}.")
    if not (abs(array.astype(float)) <= LARGEST).all():  # a NaN is smaller than nothing
        raise MalformedReply(f"{name} must hold finite numbers, but holds NaN, infinity or numbers that are far too large.")
    return array.astype(float)


def entries(value, count, name, of):
    """Return the entries of a list or tuple of this length. of: what it should be, in words."""
    if not isinstance(value, (list, tuple)):
        raise MalformedReply(f"{name} must be {of}, but is {type_in_words(value)}.")
    if len(value) != count:
        raise MalformedReply(f"{name} must be {of}, but has the length {len(value)}.")
    return value


def layers(value, sizes, activations, name):
    """Return the layers of a network of these sizes as (weights, biases)."""
    found = []
    of = f"a list of {len(sizes) - 1} layers"
    shapes = zip(entries(value, len(sizes) - 1, name, of), zip(sizes, sizes[1:]), activations)
    for place, (layer, shape, expected) in enumerate(shapes):
        layer_name = f"{name}[{place}]"
        weights, biases, activation = entries(layer, 3, layer_name, "a tuple (weights, biases, activation)")
        if not isinstance(activation, str):
            raise MalformedReply(
                f"{layer_name}[2] must be the activation {expected!r}, but is {type_in_words(activation)}."
            )
        if activation != expected:
            raise MalformedReply(f"{layer_name}[2] must be the activation {expected!r}, but is {activation!r:.40}.")
        found.append((numbers(weights, shape, f"{layer_name}[0]"), numbers(biases, shape[1:], f"{layer_name}[1]")))
    return found


def _listed(value, depth, name):
    """Return nested lists of numbers, each of them checked: NumPy accepts anything."""
    if depth == 0:
        return number(value, f"A number in {name[:1].lower()}{name[1:]}")
    if not isinstance(value, (list, tuple, np.ndarray)):
        raise MalformedReply(f"{name} must hold numbers in an array, a list or a tuple, but is {type_in_words(value)}.")
    return [_listed(each, depth - 1, name) for each in value]
