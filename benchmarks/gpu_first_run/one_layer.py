"""Launch one large layer on every rung that takes it, twice each, for a profiler."""

import numpy as np

from benchmarks.kernel_speed.layers import same
from kernels.cuda.convolution import LADDER
from kernels.cuda.device import cuda

LAYER = same("VGG", 8, 256, 56, 256)


def main() -> None:
    """Launch the rungs, in the ladder's order."""
    random = np.random.default_rng(0)
    images, kernels, bias = (
        cuda.to_device(random.standard_normal(shape, np.float32)) for shape in (LAYER.images, LAYER.kernels, LAYER.filters)
    )
    output = cuda.device_array(LAYER.output, np.float32)
    for rung in LADDER:
        if rung.takes(LAYER.images, LAYER.kernels, LAYER.geometry, output.dtype):
            for _ in range(2):
                rung.launch(images, kernels, bias, LAYER.geometry, np.float32(0), output)
    cuda.synchronize()


if __name__ == "__main__":
    main()
