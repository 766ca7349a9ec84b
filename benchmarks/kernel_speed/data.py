"""The arrays that a layer is measured with, under the parameter names of kernels' functions."""

import torch

from benchmarks.kernel_speed.layers import Convolution, Dense, Gradient, Layer, Loss, Pool, Relu


def draw(layer: Layer, device: str = "cpu") -> dict[str, torch.Tensor]:
    """Return normal random numbers, and random labels, as what goes into the layer."""

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(shape, device=device)

    match layer:
        case Convolution():
            return {"images": normal(*layer.images), "kernels": normal(*layer.kernels), "bias": normal(layer.filters)}
        case Pool():
            return {"images": normal(*layer.images)}
        case Dense(_, batch, inputs, neurons):
            return {"inputs": normal(batch, inputs), "weights": normal(neurons, inputs), "bias": normal(neurons)}
        case Relu():
            return {"values": normal(layer.values)}
        case Loss(_, batch, classes):
            return {"logits": normal(batch, classes), "labels": torch.randint(classes, (batch,), device=device)}
        case Gradient(Convolution() | Pool() as of):
            known = draw(of, device) | {"upstream": normal(*of.output)}
            if isinstance(of, Pool) and of.indices:
                sign = 1 if of.mode == "max" else -1
                chosen = torch.nn.functional.max_pool2d(sign * known["images"], of.size, of.stride, return_indices=True)
                known["indices"] = chosen[1]
            return {name: tensor for name, tensor in known.items() if name != "bias"}
        case Gradient(Dense() as of):
            known = draw(of, device) | {"upstream": normal(of.batch, of.neurons)}
            return {name: tensor for name, tensor in known.items() if name != "bias"}
        case Gradient(Relu() as of):
            return draw(of, device) | {"upstream": normal(of.values)}
        case _:
            raise ValueError(f"nothing says what goes into {layer}")
