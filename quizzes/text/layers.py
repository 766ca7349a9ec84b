"""Layers of a network, the dicts of kernels/network.py, in words and as a table."""

from collections.abc import Sequence
from typing import Any

import kernels
from kernels.network import Layer
from quizzes.text.writing import table

NOTHING = "–"


def names(layers: Sequence[Layer]) -> list[str]:
    """Return a name for each layer: "conv 1", "pool 1", "conv 2", "flatten", "dense 1"."""
    met: dict[str, int] = {}
    listed = []
    for layer in layers:
        kind = layer["type"]
        met[kind] = met.get(kind, 0) + 1
        listed.append(f"{kind} {met[kind]}" if kind in ("conv", "pool", "dense") else kind)
    return listed


def architecture(layers: Sequence[Layer]) -> str:
    """Return the layers as a table, without the columns that no layer has."""
    rows = [[name, *_cells(layer)] for name, layer in zip(names(layers), layers)]
    headings = ["Layer", "Window", "Kernels", "Stride", "Padding", "Units"]
    kept = [column for column in range(len(headings)) if any(row[column] != NOTHING for row in rows)]
    return table([headings[column] for column in kept], [[row[column] for column in kept] for row in rows])


def by(height: int, width: int) -> str:
    """Return "5 × 3"."""
    return f"{height} × {width}"


def _cells(layer: Layer) -> list[Any]:
    if layer["type"] not in ("conv", "pool"):
        return [NOTHING] * 4 + [layer.get("units", NOTHING)]
    size, stride, padding = kernels.window(layer)
    widened = _pair(padding) if layer["type"] == "conv" else NOTHING
    return [by(*size), layer.get("out_channels", NOTHING), _pair(stride), widened, NOTHING]


def _pair(both: tuple[int, int]) -> str:
    return str(both[0]) if both[0] == both[1] else f"({both[0]}, {both[1]})"
