"""Wrong ways to compute the height and width of a feature map.

Each takes four pairs (vertical, horizontal), size, kernel, stride and padding, and returns ((height, width),).
"""

from collections.abc import Callable
from functools import partial, wraps

from kernels import output_size
from kernels.types import Size
from misconceptions.bank import about, misconception
from misconceptions.types import Table

_shape = partial(misconception, "output_shape")


def _on_each_axis(answer: Callable[[int, int, int, int], int]) -> Callable[[Size, Size, Size, Size], Table]:
    @wraps(answer)
    def on_each_axis(size: Size, kernel: Size, stride: Size, padding: Size) -> Table:
        return (tuple(map(answer, size, kernel, stride, padding)),)

    return on_each_axis


_shape_of = _on_each_axis(output_size)

for _one in about("output_size"):  # a belief about one axis is one about both
    _shape(says=_one.sentence, tags=_one.tags)(_on_each_axis(_one.answer))


@_shape(says="height and width of the feature map are swapped.", tags={"order"})
def height_and_width_swapped(size: Size, kernel: Size, stride: Size, padding: Size) -> Table:
    return _shape_of(size[::-1], kernel[::-1], stride[::-1], padding[::-1])


@_shape(says="height and width of the kernel are swapped. The vertical number comes first.")
def sides_of_the_kernel_swapped(size: Size, kernel: Size, stride: Size, padding: Size) -> Table:
    return _shape_of(size, kernel[::-1], stride, padding)


@_shape(says="vertical and horizontal stride are swapped. The vertical number comes first.")
def strides_swapped(size: Size, kernel: Size, stride: Size, padding: Size) -> Table:
    return _shape_of(size, kernel, stride[::-1], padding)


@_shape(says="vertical and horizontal padding are swapped. The vertical number comes first.")
def paddings_swapped(size: Size, kernel: Size, stride: Size, padding: Size) -> Table:
    return _shape_of(size, kernel, stride, padding[::-1])


@_shape(says="the vertical numbers are used for both axes. The second numbers are the horizontal ones.")
def vertical_numbers_on_both_axes(size: Size, kernel: Size, stride: Size, padding: Size) -> Table:
    return _shape_of(size, *((vertical, vertical) for vertical, _ in (kernel, stride, padding)))
