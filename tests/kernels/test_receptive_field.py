"""Receptive fields: what a gradient reaches, and the recurrence of the lecture's examples."""

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch.nn import functional

import kernels


@st.composite
def windows(draw):
    """A convolution or a pool that leaves no pixel out and reaches into the image at each place."""
    kind = draw(st.sampled_from(["conv", "pool"]))
    size = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    stride = tuple(draw(st.integers(1, length)) for length in size)
    if kind == "pool":
        return {"type": "pool", "size": size, "stride": stride}
    padding = tuple(draw(st.integers(0, length - 1)) for length in size)
    return {"type": "conv", "out_channels": 2, "kernel_size": size, "stride": stride, "padding": padding}


@given(st.tuples(st.integers(1, 5), st.integers(1, 5)), st.lists(windows(), max_size=4), st.data())
def test_agrees_with_gradients(places, layers, data):
    image = places
    for size, stride, padding in map(kernels.window, reversed(layers)):  # so that no row is left over at the edge
        image = tuple((n - 1) * s + k - 2 * p for n, k, s, p in zip(image, size, stride, padding))
        assume(min(image) >= 1)
    pixels = torch.ones(1, 1, *image, dtype=torch.float64, requires_grad=True)
    values = pixels
    for layer in layers:
        size, stride, padding = kernels.window(layer)
        if layer["type"] == "conv":  # with weights of 1, so that no gradient vanishes
            weights = torch.ones(layer["out_channels"], values.shape[1], *size, dtype=torch.float64)
            values = functional.conv2d(values, weights, None, stride, padding).relu()
        else:  # the average: each value of the window counts
            values = functional.avg_pool2d(values, size, stride)
    y, x = (data.draw(st.integers(0, length - 1)) for length in places)
    seen = torch.autograd.grad(values[0, 0, y, x], pixels)[0][0, 0] != 0
    for axis, position in enumerate((y, x)):
        first, last = kernels.receptive_field(layers, axis)[-1].pixels(position)
        reached = seen.any(dim=1 - axis).nonzero().flatten().tolist()
        assert reached == list(range(max(first, 0), min(last, image[axis] - 1) + 1))


def test_the_stem_of_alexnet():
    layers = [
        {"type": "conv", "out_channels": 96, "kernel_size": 11, "stride": 4, "padding": 2},
        {"type": "relu"},
        {"type": "pool", "size": 3, "stride": 2},
        {"type": "conv", "out_channels": 256, "kernel_size": 5, "padding": 2},
    ]
    assert kernels.receptive_field(layers) == [(1, 1, 0), (11, 4, -2), (11, 4, -2), (19, 8, -2), (51, 8, -18)]
    assert kernels.receptive_field(layers)[-1].pixels(3) == (6, 56)


def test_axes_are_told_apart():
    layers = [{"type": "conv", "out_channels": 1, "kernel_size": (5, 3), "stride": (1, 2), "padding": (0, 1)}]
    assert kernels.receptive_field(layers, axis=0)[-1] == (5, 1, 0)
    assert kernels.receptive_field(layers, axis=1)[-1] == (3, 2, -1)


@pytest.mark.parametrize("layer", [{"type": "flatten"}, {"type": "dense", "units": 3}])
def test_no_rows_and_columns_behind_a_flatten(layer):
    with pytest.raises(ValueError, match=r"layer 2 \(\w+\): a receptive field needs rows and columns"):
        kernels.receptive_field([{"type": "relu"}, layer])
