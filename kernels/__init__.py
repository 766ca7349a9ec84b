"""The right answers: layers and their gradients, counting of weights, neurons and costs, as the lecture defines them.

Numbers in, numbers out; this package knows no homework and no files. Each layer and each gradient is one function in
front, which requires of its arrays what kernels/arrays.py says, and four backends behind it, which agree:

    cuda        Numba CUDA kernels                               kernels/cuda
    simulator   the same source, run by Numba's CUDA simulator   kernels/cuda
    cpu         Numba on all cores                               kernels/cpu
    numpy       only NumPy, instant to import                   kernels/numpy_backend
"""

from kernels.backends import BACKENDS
from kernels.convolution import ConvolutionGradients, conv2d, conv2d_gradients
from kernels.cost import activations, multiply_adds, training_memory, training_steps, training_time
from kernels.errors import BackendUnavailable
from kernels.images import image_bytes, input_size, standardised
from kernels.layers import DenseGradients, dense, dense_gradients, relu, relu_gradient, softmax_cross_entropy
from kernels.modes import MODES, POOLINGS, Pooling
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
from kernels.pooling import pool2d, pool2d_gradient, pool2d_with_indices
from kernels.receptive_field import Field, receptive_field
from kernels.shapes import output_size, pair

__all__ = [
    "BACKENDS",
    "MODES",
    "POOLINGS",
    "BackendUnavailable",
    "ConvolutionGradients",
    "DenseGradients",
    "Field",
    "Pooling",
    "activations",
    "conv2d",
    "conv2d_gradients",
    "count_conv",
    "count_dense",
    "count_layers",
    "count_network",
    "count_neurons",
    "dense",
    "dense_gradients",
    "dense_layers",
    "image_bytes",
    "input_size",
    "multiply_adds",
    "neuron_table",
    "output_size",
    "pair",
    "pool2d",
    "pool2d_gradient",
    "pool2d_with_indices",
    "receptive_field",
    "relu",
    "relu_gradient",
    "softmax_cross_entropy",
    "standardised",
    "threshold_range",
    "trace",
    "training_memory",
    "training_steps",
    "training_time",
    "two_layer_table",
    "window",
]
