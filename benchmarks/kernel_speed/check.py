"""Check a result before its time counts. PyTorch in float64, without cuDNN and oneDNN, computes the right answer."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch

from benchmarks.kernel_speed import pytorch
from benchmarks.kernel_speed.layers import Convolution, Dense, Gradient, Layer, Loss, Pool, Relu

EPS = 2.0**-23  # float32
OTHERS_MOST = 1e-5  # of a library in float32 that may sum up by Winograd's or Fourier's transform; TF32 has 3e-4
Data = dict[str, torch.Tensor]
Result = torch.Tensor | np.ndarray | Sequence[torch.Tensor | np.ndarray]


class Part(NamedTuple):
    """One array of the right answer, and how far an honest float32 result may be from it."""

    exact: torch.Tensor
    tolerance: torch.Tensor | float


class Right:
    """The right answer: one array or several."""

    def __init__(self, *parts: Part) -> None:
        self.parts = parts

    def fault(self, result: Result) -> str | None:
        """Return what is wrong with our result, if anything: every value must lie within the tolerance."""
        outside = [
            ~((each.double() - part.exact).abs() <= part.tolerance)  # so that NaN is outside
            for each, part in zip(arrays(result), self.parts, strict=True)
        ]
        count = sum(int(each.sum()) for each in outside)
        return f"{count} of {sum(each.numel() for each in outside)} values are wrong" if count else None

    def distance(self, result: Result) -> float:
        """Return the error relative to the answer, as norms: for libraries whose algorithm we do not know."""
        return max(
            float((each.double() - part.exact).norm() / part.exact.norm())
            for each, part in zip(arrays(result), self.parts, strict=True)
        )


def arrays(result: Result) -> list[torch.Tensor]:
    """Return all arrays of a result, as tensors."""
    return [torch.as_tensor(each) for each in (result if isinstance(result, (tuple, list)) else (result,))]


def right(layer: Layer, data: Data) -> Right:
    """Return the right answer of a layer. Sums may be off as in the autograder: by (8 + 2 sqrt(n)) eps those of |x|."""
    match layer:
        case Convolution():
            return sums(layer, data, [data["kernels"][0].numel()])
        case Gradient(Convolution()):
            each, over_maps = data["kernels"][:, 0].numel() // layer.of.groups, data["upstream"][:, 0].numel()
            return sums(layer, data, [each, over_maps, over_maps])
        case Dense(_, _, inputs, _):
            return sums(layer, data, [inputs])
        case Gradient(Dense(_, batch, _, neurons)):
            return sums(layer, data, [neurons, batch, batch])
        case Relu():
            return Right(Part(data["values"].double().clamp(min=0), 0.0))
        case Gradient(Relu()):
            return Right(Part(torch.where(data["values"] > 0, data["upstream"], 0).double(), 0.0))
        case Loss():
            return loss(layer, data)
        case Pool():
            return pool(layer, data["images"])
        case Gradient(Pool()):
            return pool_gradient(layer.of, data)
        case _:
            raise ValueError(f"no check knows what {layer} should return")


def exactly(layer: Layer, data: Data, prepare: Callable[[torch.Tensor], torch.Tensor]) -> list[torch.Tensor]:
    """Return what PyTorch computes in float64 from prepared data, without cuDNN."""
    before, torch.backends.cudnn.enabled = torch.backends.cudnn.enabled, False
    try:
        double = {name: prepare(each.double()) if each.is_floating_point() else each for name, each in data.items()}
        compute = pytorch.run(layer, double)
        assert compute is not None
        return arrays(compute())
    finally:
        torch.backends.cudnn.enabled = before


def sums(layer: Layer, data: Data, terms: list[int]) -> Right:
    """Return the right answer of a layer that adds up so many products for each value of its arrays."""
    exact, scales = exactly(layer, data, as_is), exactly(layer, data, torch.abs)
    parts = zip(exact, scales, terms, strict=True)
    return Right(*(Part(each, scale.mul_((8 + 2 * count**0.5) * EPS)) for each, scale, count in parts))


def loss(layer: Loss, data: Data) -> Right:
    """Return the right loss and gradient: a softmax is a few roundings from right, and its exponent's |logit| more."""
    mean, gradient = exactly(layer, data, as_is)
    rounded = (16 + 2 * data["logits"].double().abs().amax(dim=1, keepdim=True)) * EPS
    return Right(Part(mean, float(rounded.max()) * (1 + mean)), Part(gradient, rounded / len(gradient)))


def windows(layer: Pool, images: torch.Tensor) -> torch.Tensor:
    """Return the values of all windows, in reading order: (N, C, OH, OW, values)."""
    (height, width), (down, right) = layer.size, layer.stride
    return images.unfold(2, height, down).unfold(3, width, right).reshape(*layer.output, -1)


def makers(layer: Pool, images: torch.Tensor) -> list[torch.Tensor]:
    """Return which values of each window make its output, by their numbers: one, or the median's two."""
    order = windows(layer, images).sort(dim=-1, stable=True, descending=layer.mode == "max").indices
    count = order.shape[-1]
    match layer.mode:
        case "max" | "min":
            places = [0]
        case "median":
            places = sorted({(count - 1) // 2, count // 2})
        case unknown:
            raise ValueError(f"no check knows what a pool by {unknown} should return")
    return [order[..., place] for place in places]


def indices(layer: Pool, images: torch.Tensor) -> list[torch.Tensor]:
    """Return the place in its plane of each value that makes an output."""
    (_, _, rows, columns), (down, right), width = layer.output, layer.stride, images.shape[3]
    corners = torch.arange(rows)[:, None] * down * width + torch.arange(columns) * right
    numbers = makers(layer, images)
    return [corners.to(each.device) + each // layer.size[1] * width + each % layer.size[1] for each in numbers]


def pool(layer: Pool, images: torch.Tensor) -> Right:
    """Return the right pooled maps: all except averages are exact."""
    if layer.mode == "average":
        exact, scale = (windows(layer, each).double().mean(dim=-1) for each in (images, images.abs()))
        return Right(Part(exact, scale.mul_((8 + 2 * (layer.size[0] * layer.size[1]) ** 0.5) * EPS)))
    values = windows(layer, images)
    chosen = [values.gather(-1, each[..., None])[..., 0] for each in makers(layer, images)]
    exact = chosen[0] if len(chosen) == 1 else (chosen[0] + chosen[1]) / 2
    return Right(Part(exact.double(), 0.0), *(Part(each.double(), 0.0) for each in indices(layer, images) if layer.indices))


def pool_gradient(layer: Pool, data: Data) -> Right:
    """Return the right gradient of a pool: each pixel adds up the gradients from its windows."""
    upstream, planes = data["upstream"].double(), data["images"][:, :, 0, 0].numel()
    if layer.mode == "average":
        (exact,), (scale,) = exactly(Gradient(layer), data, as_is), exactly(Gradient(layer), data, torch.abs)
    else:
        places = indices(layer, data["images"])
        exact, scale = torch.zeros((2, *layer.images), dtype=torch.float64, device=upstream.device)
        for each in places:
            for total, share in ((exact, upstream), (scale, upstream.abs())):
                flat = share.reshape(planes, -1) / len(places)
                total.view(planes, -1).scatter_add_(1, each.reshape(planes, -1), flat)
    terms = -(-layer.size[0] // layer.stride[0]) * -(-layer.size[1] // layer.stride[1])
    return Right(Part(exact, scale.mul_((8 + 2 * terms**0.5) * EPS)))


def as_is(tensor: torch.Tensor) -> torch.Tensor:
    """Return the same."""
    return tensor
