"""Describe values in a few words."""

from collections.abc import Sequence

import numpy as np
import torch

MOST_NAMED = 3


def described(value: object, depth: int = 2) -> str:
    """Describe a value in a few words."""
    kind = type(value).__name__
    if value is None:
        return "None"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return f"{'a tensor' if isinstance(value, torch.Tensor) else 'a NumPy array'} of shape {tuple(value.shape)}"
    if isinstance(value, (list, tuple)):
        inner = ", ".join(described(each, depth - 1) for each in value[:MOST_NAMED]) if depth else ""
        return f"{_a(kind)} of {len(value)}" + (f" ({inner}{', ...' if len(value) > MOST_NAMED else ''})" if inner else "")
    if isinstance(value, dict):
        return f"{_a(kind)} with {some([repr(key)[:40] for key in value])}" if value else f"an empty {kind}"
    if isinstance(value, float):
        return f"the float {value:.4g}"
    return f"the {kind} {value!r:.40}" if isinstance(value, (int, str)) else _a(kind)


def _a(kind: str) -> str:
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"


def some(names: Sequence[str]) -> str:
    """Name the first few, and say how many more there are."""
    more = len(names) - MOST_NAMED
    return ", ".join(map(str, names[:MOST_NAMED])) + (f" and {more} more" if more > 0 else "")
