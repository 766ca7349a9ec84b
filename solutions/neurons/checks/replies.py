"""Read what students' functions return where many answers are right: of the kind asked for, or a sentence says why not.

It comes from the student's process, so each reader looks at types and sizes before anything else.
"""

import numpy as np

from autograder.authoring import Part, Verdict

LARGEST = 1e100  # of a number: sums of products of such ones are still finite


class Unfit(Exception):
    """A reply is not of the kind that was asked for; its text says so in a sentence."""


class JudgedPart(Part):
    """A part some of whose functions have many right answers, which its checks judge."""

    def judged(self, call, read, reply):
        """Return what read(reply) makes of a reply; fail, with the call, if it is unfit."""
        try:
            return read(reply)
        except Unfit as unfit:
            self.fail_with(Verdict.WRONG, str(unfit), call)


def number(value, name):
    """Return a finite number as a float."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise Unfit(f"{name} must be a number, but is {kind(value)}.")
    if not -LARGEST <= value <= LARGEST:
        raise Unfit(
            f"{name} must be finite, but is {float(value) if isinstance(value, (float, np.floating)) else 'too large'}."
        )
    return float(value)


def whole(value, name):
    """Return an integer."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise Unfit(f"{name} must be an integer, but is {kind(value)}.")
    return int(value)


def numbers(value, shape, name):
    """Return an array of finite numbers, which may come as nested lists or tuples as well."""
    try:
        array = value if isinstance(value, np.ndarray) else np.array(_listed(value, len(shape), name))
    except ValueError:  # rows of several lengths
        raise Unfit(f"{name} must have the shape {shape}, but its rows have several lengths.") from None
    if array.dtype.kind not in "iuf":
        raise Unfit(f"{name} must hold numbers, but holds {array.dtype}.")
    if array.shape != shape:
        raise Unfit(f"{name} must have the shape {shape}, but has {array.shape}.")
    if not (abs(array.astype(float)) <= LARGEST).all():  # a NaN is smaller than nothing
        raise Unfit(f"{name} must hold finite numbers, but holds NaN, infinity or numbers beyond all reason.")
    return array.astype(float)


def entries(value, count, name, of):
    """Return the entries of a list or tuple that has so many of them. of: what they are, in words."""
    if not isinstance(value, (list, tuple)):
        raise Unfit(f"{name} must be {of}, but is {kind(value)}.")
    if len(value) != count:
        raise Unfit(f"{name} must be {of}, but has the length {len(value)}.")
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
            raise Unfit(f"{layer_name}[2] must be the activation {expected!r}, but is {kind(activation)}.")
        if activation != expected:
            raise Unfit(f"{layer_name}[2] must be the activation {expected!r}, but is {activation!r:.40}.")
        found.append((numbers(weights, shape, f"{layer_name}[0]"), numbers(biases, shape[1:], f"{layer_name}[1]")))
    return found


def _listed(value, depth, name):
    """Return nested lists or tuples of numbers, after a look at each: NumPy believes whatever it is given."""
    if depth == 0:
        return number(value, f"A number in {name}")
    if not isinstance(value, (list, tuple, np.ndarray)):
        raise Unfit(f"{name} must hold numbers in an array, a list or a tuple, but is {kind(value)}.")
    return [_listed(each, depth - 1, name) for each in value]


def kind(value):
    """Name the type of a reply; of what cannot be handed over, only its name came."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return "an array"
    name = getattr(value, "type_name", type(value).__name__).removeprefix("builtins.")
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
