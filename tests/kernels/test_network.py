"""Counting weights and tracing shapes: the lecture's numbers, and torch's."""

from math import prod

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import nn

import kernels

DENSE = [{"type": "flatten"}, {"type": "dense", "units": 84}, {"type": "relu"}, {"type": "dense", "units": 10}]
CONVOLUTIONS = [
    {"type": "conv", "out_channels": 10, "kernel_size": 5},
    {"type": "pool", "size": 2},
    {"type": "conv", "out_channels": 20, "kernel_size": 5},
    {"type": "pool", "size": 2},
]


def test_the_lecture():
    assert kernels.count_dense([15, 10, 5, 2], bias=False) == 210
    assert kernels.trace((3, 32, 32), [{"type": "flatten"}])[-1] == (3_072,)
    assert kernels.trace((3, 200, 200), [{"type": "flatten"}])[-1] == (120_000,)
    assert kernels.count_network((1, 28, 28), DENSE, bias=False) == 66_696
    assert kernels.count_network((1, 28, 28), CONVOLUTIONS + DENSE, bias=False) == 32_970
    assert kernels.trace((1, 28, 28), CONVOLUTIONS) == [(1, 28, 28), (10, 24, 24), (10, 12, 12), (20, 8, 8), (20, 4, 4)]


pairs = st.one_of(st.integers(1, 3), st.tuples(st.integers(1, 3), st.integers(1, 3)))
convolutions = st.fixed_dictionaries(
    {"type": st.just("conv"), "out_channels": st.integers(1, 4), "kernel_size": pairs},
    optional={"stride": pairs, "padding": pairs},
)
pools = st.fixed_dictionaries({"type": st.just("pool"), "size": pairs}, optional={"stride": pairs})
relus = st.just({"type": "relu"})
dense = st.fixed_dictionaries({"type": st.just("dense"), "units": st.integers(1, 6)})


@given(
    st.tuples(st.integers(1, 3), st.integers(4, 12), st.integers(4, 12)),
    st.lists(st.one_of(convolutions, pools, relus), max_size=4),
    st.lists(st.one_of(dense, relus), max_size=3),
    st.booleans(),
)
def test_agrees_with_torch(input_shape, first, last, bias):
    layers = [*first, {"type": "flatten"}, *last]
    try:
        shapes = kernels.trace(input_shape, layers)
    except ValueError:
        assume(False)
    modules, values = [], torch.zeros(1, *input_shape)
    for layer, shape, after in zip(layers, shapes, shapes[1:]):
        match layer["type"]:
            case "conv":
                options = {name: layer[name] for name in ("stride", "padding") if name in layer}
                module = nn.Conv2d(shape[0], layer["out_channels"], layer["kernel_size"], bias=bias, **options)
            case "pool":
                module = nn.MaxPool2d(layer["size"], layer.get("stride"))
            case "relu":
                module = nn.ReLU()
            case "flatten":
                module = nn.Flatten()
            case "dense":
                module = nn.Linear(shape[0], layer["units"], bias=bias)
        values = module(values)
        assert tuple(values.shape[1:]) == after
        modules.append(module)
    weights = sum(prod(parameter.shape) for module in modules for parameter in module.parameters())
    assert kernels.count_network(input_shape, layers, bias) == weights


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([{"type": "dense", "units": 3}], r"layer 1 \(dense\): needs values in one row"),
        ([{"type": "relu"}, {"type": "conv", "out_channels": 3}], r"layer 2 \(conv\) lacks 'kernel_size'"),
        ([{"type": "pool", "size": 9}], r"layer 1 \(pool\): a kernel of 9 does not fit"),
        ([{"type": "flatten"}, {"type": "pool", "size": 2}], r"layer 2 \(pool\): needs channels, height and width"),
        ([{"type": "norm"}], "'norm' is not a type of layer"),
        ([{"units": 3}], r"layer 1 \(no type\) lacks 'type'"),
    ],
)
def test_a_layer_that_does_not_fit_is_named(layers, message):
    with pytest.raises(ValueError, match=message):
        kernels.trace((1, 8, 8), layers)


def test_layers_add_up():
    layers = CONVOLUTIONS + DENSE
    assert kernels.count_layers((1, 28, 28), layers, bias=False) == [250, 0, 5_000, 0, 0, 26_880, 0, 840]
    assert sum(kernels.count_layers((1, 28, 28), layers)) == kernels.count_network((1, 28, 28), layers)
