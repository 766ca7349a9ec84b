"""The misconceptions about shapes, sharing, architectures and receptive fields: each is wrong somewhere, in its own way."""

from math import prod

import numpy as np
import pytest

import kernels
import misconceptions

IMAGE = (3, 40, 57)
MAPS = [
    {"type": "conv", "out_channels": 6, "kernel_size": 5, "stride": 2, "padding": 1},
    {"type": "pool", "size": 3, "stride": 2},
    {"type": "conv", "out_channels": 16, "kernel_size": 4, "stride": 2, "padding": 2},
]
NETWORK = [*MAPS, {"type": "flatten"}, {"type": "dense", "units": 7}]
DEEPER = [{**NETWORK[0], "out_channels": 9}, *NETWORK[1:]]
LARGER = [*NETWORK[:2], {**NETWORK[2], "out_channels": 21}, *NETWORK[3:]]
STACKED = [
    {"type": "conv", "out_channels": 2, "kernel_size": 5, "stride": 3, "padding": 1},
    {"type": "conv", "out_channels": 2, "kernel_size": 3, "padding": 1},
    {"type": "pool", "size": 3, "stride": 2},
]
LAYER = {"type": "conv", "out_channels": 6, "kernel_size": (3, 5), "stride": 2, "padding": 1}
PLAIN = {"type": "conv", "out_channels": 6, "kernel_size": (3, 5)}
NEURONS = prod(kernels.trace(IMAGE, [LAYER])[-1])

# For each operation cases in which everything matters: arguments, and the right answer to them.
CASES = {
    "trace": [((IMAGE, MAPS), kernels.trace(IMAGE, MAPS))],
    "trace_sizes": [((IMAGE, MAPS), kernels.trace(IMAGE, MAPS))],
    "trace_convolution": [((IMAGE, layers), kernels.trace(IMAGE, layers)) for layers in (MAPS[:1], MAPS[2:])],
    "flattened": [((IMAGE, MAPS), prod(kernels.trace(IMAGE, MAPS)[-1]))],
    "count_local": [((IMAGE, LAYER, True), kernels.count_conv(3, NEURONS, (3, 5)))],
    "sharing_factor": [(((4, *IMAGE[1:]), PLAIN), 40 * 57 * 38 * 53 / 15)],
    "layer_counts": [((IMAGE, LAYER), [[6], [NEURONS], [6 * 46], [NEURONS * 45]])],
    "count_layers": [((IMAGE, NETWORK), kernels.count_layers(IMAGE, NETWORK))],
    "count_change": [
        ((IMAGE, NETWORK, other), kernels.count_network(IMAGE, other) - kernels.count_network(IMAGE, NETWORK))
        for other in (DEEPER, LARGER)
    ],
    "compare_stack": [((4, 6, 3, 3), [[9 * 4 * 6 + 18 * 6 * 6, 49 * 4 * 6, 49 * 4 * 6 - 9 * 4 * 6 - 18 * 6 * 6]])],
    "receptive_field": [((STACKED,), kernels.receptive_field(STACKED))],
    "field_size": [((STACKED,), kernels.receptive_field(STACKED))],
    "pixels_seen": [(((20, 20), STACKED, (3, 4)), [[13, 20], [19, 20]])],
    "depth_to_see": [((102, 3, 1, 0), 51), ((127, 3, 2, 0), 6), ((66, 3, 1, 1), 5)],
}


@pytest.mark.parametrize("operation", CASES)
def test_each_misconception_is_wrong_in_its_own_way(operation):
    rights = [np.array(right).tolist() for _, right in CASES[operation]]
    given = {
        one.name: [np.array(one.answer(*arguments)).tolist() for arguments, _ in CASES[operation]]
        for one in misconceptions.about(operation)
    }
    assert given
    assert not [name for name, answers in given.items() if answers == rights]
    assert all(np.shape(answer) == np.shape(right) for answers in given.values() for answer, right in zip(answers, rights))
    assert len({str(answers) for answers in given.values()}) == len(given), given


@pytest.mark.parametrize("operation", CASES)
def test_names_and_sentences(operation):
    bank = misconceptions.about(operation)
    assert len({one.name for one in bank}) == len({one.sentence for one in bank}) == len(bank)
    assert all(one.sentence.endswith(".") and one.sentence[0].islower() for one in bank)
