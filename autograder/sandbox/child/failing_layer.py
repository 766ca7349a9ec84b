"""Which of PyTorch's layers raised an error, and what it got."""

import contextlib
import math
import traceback
from collections.abc import Iterator

import torch
from torch import nn

# The attribute in which a layer keeps its input size, and the axis of its input that must have that size.
EXPECTS = {"in_features": -1, "in_channels": 1, "num_features": 1}


@contextlib.contextmanager
def layers_named() -> Iterator[None]:
    """Extend an error raised in one of PyTorch's layers with the name of the layer and what it got."""
    try:
        yield
    except Exception as error:
        if said := _about_layer(error):
            error.args = (f"{str(error).rstrip('.')}. {said}",)
        raise


def _about_layer(error: Exception) -> str:
    layer: object = error
    came: object = None
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_name == "forward" and isinstance(frame.f_locals.get("self"), nn.Module):
            layer, came = frame.f_locals["self"], frame.f_locals.get("input")  # the innermost call stays
    if not isinstance(layer, nn.Module) or not isinstance(came, torch.Tensor):
        return ""
    if not type(layer).__module__.startswith("torch.nn.modules") or any(layer.children()):
        return ""  # what failed is a line of the student's own
    said = f"{layer} got a tensor of shape {tuple(came.shape)}."
    for name, axis in EXPECTS.items():
        expected = getattr(layer, name, None)
        if isinstance(expected, int) and came.ndim > 1 and came.shape[axis] != expected:
            if axis == -1 and came.ndim > 2 and math.prod(came.shape[1:]) == expected:
                return f"{said} Flatten it first: nn.Flatten(), or x.flatten(1)."
            return f"{said} Its {name} is {expected}, but {came.shape[axis]} arrive."
    return said
