"""Pass networks to the student's functions of part 2."""

import copy
from importlib.util import find_spec

import numpy as np

if find_spec("torch"):  # only first_kernels needs it
    from .networks import holding


def first_kernels(student, kind, kernels):
    """Build a network with these kernels, (K, C, KH, KW), in its first convolution, and ask for them.

    Returns the answer, and the network's kernels after it was overwritten; "ValueError" if that was raised.
    """
    first, network = holding(kernels, kind)
    try:
        answer = student.first_kernels(network)
    except ValueError:
        return "ValueError"
    kept = copy.deepcopy(answer)
    if isinstance(answer, np.ndarray) and answer.flags.writeable:
        answer.fill(0)
    return kept, first.weight.detach().numpy()
