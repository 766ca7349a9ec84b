"""The right answers: convolution, pooling, counting of weights, neurons and costs, as the lecture defines them.

Numbers in, numbers out; this folder knows no homework and no files. Convolution and pooling are one function in front
and four backends behind it, which agree:

    cuda        Numba CUDA kernels, one thread per output        kernels/cuda
    simulator   the same source, run by Numba's CUDA simulator   kernels/cuda
    cpu         Numba on all cores                               kernels/cpu
    numpy       NumPy alone, instant to import                   kernels/plain
"""

from kernels.backends import BACKENDS
from kernels.cost import activations, multiply_adds, training_memory, training_steps, training_time
from kernels.errors import BackendUnavailable
from kernels.fields import Field, receptive_field
from kernels.images import image_bytes, input_size, standardised
from kernels.network import (
    count_conv,
    count_dense,
    count_layers,
    count_network,
    count_neurons,
    dense_layers,
    trace,
    window,
)
from kernels.neurons import neuron_table, threshold_range, two_layer_table
from kernels.operations import MODES, conv2d, pool2d
from kernels.shapes import output_size, pair

__all__ = [
    "BACKENDS",
    "MODES",
    "BackendUnavailable",
    "Field",
    "activations",
    "conv2d",
    "count_conv",
    "count_dense",
    "count_layers",
    "count_network",
    "count_neurons",
    "dense_layers",
    "image_bytes",
    "input_size",
    "multiply_adds",
    "neuron_table",
    "output_size",
    "pair",
    "pool2d",
    "receptive_field",
    "standardised",
    "threshold_range",
    "trace",
    "training_memory",
    "training_steps",
    "training_time",
    "two_layer_table",
    "window",
]
