"""Whether a result is right, before its time counts. PyTorch in float64 says what is right, without cuDNN and oneDNN."""

import torch
from torch.nn import functional as F

from benchmarks.kernel_speed.layers import Convolution, Pool

EPS = 2.0**-23  # float32
OTHERS_MOST = 1e-5  # of a library in float32 that may sum up by Winograd's or Fourier's transform; TF32 has 3e-4
TORCH_POOLS = {"max": F.max_pool2d, "average": F.avg_pool2d}  # those of PyTorch, by mode


class Right:
    """The right answer and how far an honest float32 result may be from it."""

    def __init__(self, exact: torch.Tensor, tolerance: torch.Tensor | float):
        self.exact, self.tolerance = exact, tolerance

    def fault(self, result: torch.Tensor) -> str | None:
        """Return what is wrong with our result, if anything: every value must lie within the tolerance."""
        outside = ~((result.double() - self.exact).abs() <= self.tolerance)  # so that NaN is outside
        count = int(outside.sum())
        return f"{count} of {outside.numel()} values are wrong" if count else None

    def distance(self, result: torch.Tensor) -> float:
        """Return the error relative to the answer, as norms: for libraries whose algorithm we do not know."""
        return float((result.double() - self.exact).norm() / self.exact.norm())


def convolution(layer: Convolution, images, kernels, bias) -> Right:
    """Return the right feature maps; the tolerance is that of the autograder: (8 + 2 sqrt(n)) eps conv(|x|, |w|)."""
    before, torch.backends.cudnn.enabled = torch.backends.cudnn.enabled, False
    try:
        exact = F.conv2d(images.double(), kernels.double(), bias.double(), *layer.geometry, layer.groups)
        scale = F.conv2d(images.double().abs(), kernels.double().abs(), bias.double().abs(), *layer.geometry, layer.groups)
    finally:
        torch.backends.cudnn.enabled = before
    terms = kernels[0].numel()
    return Right(exact, scale.mul_((8 + 2 * terms**0.5) * EPS))


def pool(layer: Pool, images) -> Right:
    """Return the right pooled maps: all but the average are exact."""
    if layer.mode == "average":
        exact = F.avg_pool2d(images.double(), layer.size, layer.stride)
        scale = F.avg_pool2d(images.double().abs(), layer.size, layer.stride)
        return Right(exact, scale.mul_((8 + 2 * (layer.size[0] * layer.size[1]) ** 0.5) * EPS))
    if layer.mode == "median":
        windows = images.unfold(2, layer.size[0], layer.stride[0]).unfold(3, layer.size[1], layer.stride[1])
        values = windows.reshape(*layer.output, -1).sort(dim=-1).values
        count = values.shape[-1]
        return Right(((values[..., (count - 1) // 2] + values[..., count // 2]) / 2).double(), 0.0)
    if layer.mode in ("max", "min"):
        sign = 1 if layer.mode == "max" else -1
        return Right(sign * F.max_pool2d(sign * images, layer.size, layer.stride).double(), 0.0)
    raise ValueError(f"no check knows what a pool by {layer.mode} should return")
