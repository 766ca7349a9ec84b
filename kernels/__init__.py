"""The right answers: convolution, pooling and counting of weights, as the lecture defines them.

Numbers in, numbers out; this folder knows no homework and no files. Each operation is one function in front and four
backends behind it, which agree:

    cuda        Numba CUDA kernels, one thread per output        kernels/cuda
    simulator   the same source, run by Numba's CUDA simulator   kernels/cuda
    cpu         Numba on all cores                               kernels/cpu
    numpy       NumPy alone, instant to import                   kernels/plain
"""

from kernels.backends import BACKENDS
from kernels.errors import BackendUnavailable
from kernels.network import count_conv, count_dense, count_network, trace
from kernels.operations import MODES, conv2d, pool2d
from kernels.shapes import output_size, pair

__all__ = [
    "BACKENDS",
    "MODES",
    "BackendUnavailable",
    "conv2d",
    "count_conv",
    "count_dense",
    "count_network",
    "output_size",
    "pair",
    "pool2d",
    "trace",
]
