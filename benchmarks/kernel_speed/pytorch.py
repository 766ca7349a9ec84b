"""What PyTorch runs for each layer, on any machine: forward and back, without the bookkeeping of autograd."""

from collections.abc import Callable
from functools import partial

import torch
from torch.nn import functional as F

from benchmarks.kernel_speed.layers import Convolution, Dense, Gradient, Layer, Loss, Pool, Relu

aten = torch.ops.aten
Tensors = tuple[torch.Tensor, ...]


def run(layer: Layer, data: dict[str, torch.Tensor]) -> Callable[[], torch.Tensor | Tensors] | None:
    """Return a function that computes the layer from its data; None where PyTorch has none: pools by min and median."""
    match layer:
        case Convolution():
            return partial(F.conv2d, data["images"], data["kernels"], data["bias"], *layer.geometry, layer.groups)
        case Pool(mode="max"):
            return partial(F.max_pool2d, data["images"], layer.size, layer.stride, return_indices=layer.indices)
        case Pool(mode="average"):
            return partial(F.avg_pool2d, data["images"], layer.size, layer.stride)
        case Dense():
            return partial(F.linear, data["inputs"], data["weights"], data["bias"])
        case Relu():
            return partial(F.relu, data["values"])
        case Loss():
            return partial(loss, data["logits"], data["labels"], torch.ones_like(data["logits"][0, 0]))
        case Gradient(Convolution() as of):
            (stride, padding, dilation), zero = of.geometry, (0, 0)
            options = [of.filters], stride, padding, dilation, False, zero, of.groups, (True, True, True)
            return partial(aten.convolution_backward, data["upstream"], data["images"], data["kernels"], *options)
        case Gradient(Pool(mode="max") as of):
            images, window = data["images"], (of.size, of.stride, (0, 0))
            indices = data["indices"] if of.indices else F.max_pool2d(images, of.size, of.stride, return_indices=True)[1]
            return partial(aten.max_pool2d_with_indices_backward, data["upstream"], images, *window, (1, 1), False, indices)
        case Gradient(Pool(mode="average") as of):
            window = of.size, of.stride, (0, 0)
            return partial(aten.avg_pool2d_backward, data["upstream"], data["images"], *window, False, True, None)
        case Gradient(Dense()):
            return partial(dense_gradients, data["inputs"], data["weights"], data["upstream"])
        case Gradient(Relu()):
            return partial(aten.threshold_backward, data["upstream"], data["values"], 0)
        case Pool() | Gradient(Pool()):
            return None
        case _:
            raise ValueError(f"nothing says what PyTorch runs for {layer}")


def loss(logits: torch.Tensor, labels: torch.Tensor, one: torch.Tensor) -> Tensors:
    """Return the mean cross-entropy and its gradient, by the operations that autograd starts for them."""
    logarithms = aten._log_softmax(logits, 1, False)
    mean, weight = aten.nll_loss_forward(logarithms, labels, None, 1, -100)
    back = aten.nll_loss_backward(one, logarithms, labels, None, 1, -100, weight)
    return mean, aten._log_softmax_backward_data(back, logarithms, 1, logits.dtype)


def dense_gradients(inputs: torch.Tensor, weights: torch.Tensor, upstream: torch.Tensor) -> Tensors:
    """Return the gradients by inputs, weights and bias, by the operations that autograd starts for them."""
    return upstream @ weights, upstream.t() @ inputs, upstream.sum(0)
