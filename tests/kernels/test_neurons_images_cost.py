"""Neurons, images and costs: the lecture's numbers, sums by hand, and torch's counts."""

from fractions import Fraction
from itertools import product
from math import prod

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

import kernels

weights = st.integers(-20, 20)
sizes = st.lists(st.integers(1, 12), min_size=2, max_size=5)


def step(total, threshold):
    return 1 if total >= threshold else 0


@given(st.lists(weights, min_size=1, max_size=4), weights)
def test_a_neuron(each, threshold):
    rows = []
    for inputs in product((0, 1), repeat=len(each)):
        total = sum(weight for weight, value in zip(each, inputs) if value)
        rows.append([total, step(total, threshold)])
    assert kernels.neuron_table(each, threshold).tolist() == rows


@given(
    st.lists(st.tuples(weights, weights), min_size=2, max_size=2),
    st.tuples(weights, weights),
    st.tuples(weights, weights),
    weights,
)
def test_two_layers(hidden, thresholds, output, threshold):
    table = kernels.two_layer_table(hidden, thresholds, output, threshold).tolist()
    for row, (a, b) in zip(table, product((0, 1), repeat=2)):
        first, second = (step(wa * a + wb * b, limit) for (wa, wb), limit in zip(hidden, thresholds))
        total = output[0] * first + output[1] * second
        assert row == [first, second, total, step(total, threshold)]


def test_the_lecture_builds_xor_of_or_and_not():
    assert kernels.two_layer_table([[1, 1], [1, 1]], [1, 2], [1, -1], 1)[:, -1].tolist() == [0, 1, 1, 0]


@given(st.lists(st.tuples(weights, st.booleans()), min_size=2, max_size=6))
def test_the_range_of_a_threshold(pairs):
    sums, outputs = zip(*pairs)
    fitting = [limit for limit in range(-60, 61) if all((total >= limit) == on for total, on in pairs)]
    if not fitting or len(set(outputs)) == 1:
        with pytest.raises(ValueError, match=r"threshold"):
            kernels.threshold_range(sums, outputs)
    else:
        assert kernels.threshold_range(sums, outputs) == (fitting[0], fitting[-1])


@given(sizes)
def test_dense_layers(layer_sizes):
    modules = [nn.Linear(*pair) for pair in zip(layer_sizes, layer_sizes[1:])]
    assert kernels.dense_layers(layer_sizes) == [(module.weight.numel(), module.bias.numel()) for module in modules]
    assert kernels.count_neurons(layer_sizes) == sum(module.out_features for module in modules)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9), st.integers(1, 4))
def test_images(images, height, width, channels):
    batch = torch.zeros(images, channels, height, width)
    assert kernels.input_size(height, width, channels) == batch[0].numel()
    assert kernels.image_bytes(images, height, width, channels, 4) == batch.numel() * batch.element_size()
    assert kernels.image_bytes(images, height, width, channels) == batch.to(torch.uint8).untyped_storage().nbytes()


def test_standardised_pixels():
    assert kernels.standardised([[110, 50, 0], [90, 75, 5]], [100, 50, 5], [20, 25, 5]) == [
        [Fraction(1, 2), 0, -1],
        [Fraction(-1, 2), 1, 0],
    ]


layers = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {"type": st.just("conv"), "out_channels": st.integers(1, 3), "kernel_size": st.integers(1, 3)},
            optional={"stride": st.integers(1, 2), "padding": st.integers(0, 2)},
        ),
        st.fixed_dictionaries({"type": st.just("pool"), "size": st.just(2)}),
        st.just({"type": "relu"}),
    ),
    max_size=2,
)


@given(layers, st.integers(1, 4), st.integers(1, 3))
def test_the_work_of_layers_counted_window_by_window(first, units, batch_size):
    network = [*first, {"type": "flatten"}, {"type": "dense", "units": units}]
    values, work, numbers = torch.ones(1, 2, 10, 9), [], 0
    for layer in network:
        match layer["type"]:
            case "conv":
                size, stride, padding = layer["kernel_size"], layer.get("stride", 1), layer.get("padding", 0)
                windows = nn.functional.unfold(values, size, padding=padding, stride=stride)
                work.append(windows.numel() * layer["out_channels"])  # every number of every window meets every kernel
                values = nn.Conv2d(values.shape[1], layer["out_channels"], size, stride, padding)(values)
            case "dense":
                work.append(values.numel() * units)
                values = nn.Linear(values.shape[1], units)(values)
            case kind:
                work.append(0)
                values = {"pool": nn.MaxPool2d(2), "relu": nn.ReLU(), "flatten": nn.Flatten()}[kind](values)
        numbers += values.numel() if layer["type"] != "flatten" else 0
    assert kernels.multiply_adds((2, 10, 9), network) == work
    assert kernels.activations((2, 10, 9), network) == numbers
    memory = kernels.training_memory((2, 10, 9), network, batch_size)
    assert memory == (4 * kernels.count_network((2, 10, 9), network), 4 * numbers, 4 * numbers * batch_size)


@given(st.integers(1, 300), st.integers(1, 40), st.integers(1, 5))
def test_training_steps(images, batch_size, epochs):
    batches = list(torch.utils.data.BatchSampler(range(images), batch_size, drop_last=False))
    assert kernels.training_steps(images, batch_size, epochs) == (len(batches), len(batches[-1]), len(batches) * epochs)


def test_training_time():
    assert kernels.training_time(45_000, 10, 500) == (90, Fraction(1, 4))


def test_alexnet_needs_most_work_for_its_convolutions_and_most_weights_for_its_dense_layers():
    network = [
        {"type": "conv", "out_channels": 64, "kernel_size": 11, "stride": 4, "padding": 2},
        {"type": "pool", "size": 3, "stride": 2},
        {"type": "conv", "out_channels": 192, "kernel_size": 5, "padding": 2},
        {"type": "pool", "size": 3, "stride": 2},
        {"type": "conv", "out_channels": 384, "kernel_size": 3, "padding": 1},
        {"type": "conv", "out_channels": 256, "kernel_size": 3, "padding": 1},
        {"type": "conv", "out_channels": 256, "kernel_size": 3, "padding": 1},
        {"type": "pool", "size": 3, "stride": 2},
        {"type": "flatten"},
        *[{"type": "dense", "units": units} for units in (4096, 4096, 1000)],
    ]
    work = kernels.multiply_adds((3, 224, 224), network)
    assert sum(work) == 714_188_480  # torchvision's page on AlexNet says 0.71 GFLOPS
    assert kernels.count_network((3, 224, 224), network) == 61_100_840
    assert prod(kernels.trace((3, 224, 224), network)[8]) == 9_216
