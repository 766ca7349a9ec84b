"""Which pixels of the image a value of a feature map depends on."""

from collections.abc import Sequence
from typing import NamedTuple

from kernels.network import Layer, window


class Field(NamedTuple):
    """The pixels that the values of a feature map see, along one axis."""

    size: int  # how many pixels a value sees, those in the padding included
    jump: int  # the distance in pixels between what two neighbours see
    start: int  # the first pixel that the first value sees; negative in the padding

    def pixels(self, position: int) -> tuple[int, int]:
        """Return the first and the last pixel that the value at this position sees, counted from 0."""
        first = self.start + position * self.jump
        return first, first + self.size - 1


def receptive_field(layers: Sequence[Layer], axis: int = 0) -> list[Field]:
    """Return the receptive field before the first layer and after each one; axis 0 is vertical, 1 horizontal.

    A kernel of k values sees k - 1 jumps further than a single value; a stride multiplies the jump of what comes after it.
    Raises ValueError at a flatten or dense layer: each of its outputs sees the whole image.
    """
    fields = [Field(size=1, jump=1, start=0)]
    for position, layer in enumerate(layers, start=1):
        size, jump, start = fields[-1]
        match layer["type"]:
            case "relu":
                fields.append(fields[-1])
            case "conv" | "pool":
                kernel, stride, padding = (both[axis] for both in window(layer))
                fields.append(Field(size + (kernel - 1) * jump, jump * stride, start - padding * jump))
            case other:
                raise ValueError(f"layer {position} ({other}): a receptive field needs rows and columns")
    return fields
