"""Wrong ways to work out what a value of a feature map sees.

Those about receptive_field take the arguments of `kernels.receptive_field` and return such rows: size, jump, start.
"""

from collections.abc import Callable
from functools import partial

import kernels
from kernels import Field
from kernels.types import Size
from misconceptions.bank import misconception
from misconceptions.types import Layers, Table

_field = partial(misconception, "receptive_field")
_size = partial(misconception, "receptive_field", "field_size")  # those that change how much is seen
_seen = partial(misconception, "pixels_seen")
_depth = partial(misconception, "depth_to_see")


@_size(says="the sizes of the kernels are added. Each further layer adds one pixel less than its kernel, times the jump.")
def sum_of_kernels(layers: Layers, axis: int = 0) -> list[Field]:
    return _followed(layers, axis, size=lambda field, kernel, stride: field.size + kernel, first=0)


@_size(says="the sizes of the kernels are multiplied. Each further layer adds pixels.")
def product_of_kernels(layers: Layers, axis: int = 0) -> list[Field]:
    return _followed(layers, axis, size=lambda field, kernel, stride: field.size * kernel)


@_size(says="only the layer's own kernel is counted. Each of its values sees what the layers below it see.")
def last_kernel_only(layers: Layers, axis: int = 0) -> list[Field]:
    return _followed(layers, axis, size=lambda field, kernel, stride: kernel)


@_size(says="strides are ignored. After a stride of 2, neighbouring fields are 2 pixels apart.")
def strides_below_ignored(layers: Layers, axis: int = 0) -> list[Field]:
    return _followed(layers, axis, jump=lambda field, stride: 1)


@_size(says="a stride is applied one layer too early. It moves the kernel of its own layer and widens the layers above.")
def stride_one_layer_too_early(layers: Layers, axis: int = 0) -> list[Field]:
    return _followed(layers, axis, size=lambda field, kernel, stride: field.size + (kernel - 1) * field.jump * stride)


@_size(says="strides are added. Each one multiplies the jump.")
def strides_added(layers: Layers, axis: int = 0) -> list[Field]:
    return _followed(layers, axis, jump=lambda field, stride: field.jump + stride - 1)


@_size(says="the jump is only the stride of the last layer. It is the product of all strides so far.")
def last_stride_only(layers: Layers, axis: int = 0) -> list[Field]:
    return _followed(layers, axis, jump=lambda field, stride: stride)


@_size(says="each layer adds its whole kernel. It adds one less, since its first value was counted before.")
def whole_kernels_added(layers: Layers, axis: int = 0) -> list[Field]:
    return _followed(layers, axis, size=lambda field, kernel, stride: field.size + kernel * field.jump)


@_size(says="the rule that works backwards from the last layer is used from the first layer on.")
def rule_from_the_wrong_end(layers: Layers, axis: int = 0) -> list[Field]:
    return _followed(layers, axis, size=lambda field, kernel, stride: (field.size - 1) * stride + kernel)


@_size(says="pools widen nothing. A pool's window sees more than one value, as a kernel does.")
def pools_see_one_value(layers: Layers, axis: int = 0) -> list[Field]:
    return _followed(layers, axis, pool=False)


@_field(says="the padding widens the field. It moves the field, but a kernel sees no further for it.")
def padding_widens(layers: Layers, axis: int = 0) -> list[Field]:
    fields, wider = kernels.receptive_field(layers, axis), 0
    widened = [fields[0]]
    for layer, before, field in zip(layers, fields, fields[1:]):
        wider += 2 * kernels.window(layer)[2][axis] * before.jump if layer["type"] == "conv" else 0
        widened.append(field._replace(size=field.size + wider))
    return widened


@_field(says="the padding is forgotten. With padding, the first field begins before the image.")
def padding_moves_nothing(layers: Layers, axis: int = 0) -> list[Field]:
    return [field._replace(start=0) for field in kernels.receptive_field(layers, axis)]


@_field(says="paddings are added as they are. A value of padding after a stride is as wide as the jump.")
def padding_without_jump(layers: Layers, axis: int = 0) -> list[Field]:
    return _followed(layers, axis, start=lambda field, padding: field.start - padding)


@_field(says="the padding moves the field the wrong way. With padding before the image, a value sees less of it.")
def padding_moves_inwards(layers: Layers, axis: int = 0) -> list[Field]:
    return _followed(layers, axis, start=lambda field, padding: field.start + padding * field.jump)


@_seen(says="pixels outside the image are counted. What a value sees there is padding.")
def padding_seen_as_pixels(image: Size, layers: Layers, place: Size) -> Table:
    return _pixels(image, layers, place, cut=False)


@_seen(says="pixels are counted from 0. The first row and the first column are 1.")
def pixels_counted_from_zero(image: Size, layers: Layers, place: Size) -> Table:
    return [[first - 1, last - 1] for first, last in _pixels(image, layers, place)]


@_seen(says="the last pixel is one too far: first plus size is the first one that is not seen.")
def one_pixel_too_far(image: Size, layers: Layers, place: Size) -> Table:
    return _pixels(image, layers, place, longer=1)


@_seen(says="rows and columns are swapped. The row comes first.")
def rows_and_columns_swapped(image: Size, layers: Layers, place: Size) -> Table:
    return _pixels(image, layers, place)[::-1]


@_seen(says="the value's own position is mistaken for the first pixel. Each position moves the field by the jump.")
def place_taken_for_a_pixel(image: Size, layers: Layers, place: Size) -> Table:
    return _pixels(image, layers, place, field=lambda field: field._replace(jump=1))


@_seen(says="the padding is forgotten. With padding, the first field begins before the image.")
def seen_without_padding(image: Size, layers: Layers, place: Size) -> Table:
    return _pixels(image, layers, place, field=lambda field: field._replace(start=0))


@_seen(says="all strides are ignored.")
def seen_without_strides(image: Size, layers: Layers, place: Size) -> Table:
    return _pixels(image, [{**layer, "stride": 1} for layer in layers], place)


@_seen(says="the field is centred on the pixel at jump times position. It begins where the first kernel begins.")
def field_around_a_pixel(image: Size, layers: Layers, place: Size) -> Table:
    return _pixels(image, layers, place, field=lambda field: field._replace(start=-(field.size // 2)))


@_seen(says="only the last layer is followed. Its values see what the layers below it see.")
def last_layer_only(image: Size, layers: Layers, place: Size) -> Table:
    return _pixels(image, layers[-1:], place)


@_depth(says="each layer adds its whole kernel. The first adds all of it, each further one a pixel less.")
def whole_kernel_in_each_layer(pixels: int, kernel: int, stride: int, pool: int) -> int:
    return _layers(pixels, kernel + pool, stride * (1 + pool), first=0)


@_depth(says="the pixel that is seen without any layer is forgotten.")
def pixel_of_no_layer_forgotten(pixels: int, kernel: int, stride: int, pool: int) -> int:
    return _layers(pixels, kernel - 1 + pool, stride * (1 + pool), first=0)


@_depth(says="the number of layers is rounded down. A field that is too small by a pixel is too small.")
def rounded_down(pixels: int, kernel: int, stride: int, pool: int) -> int:
    return _layers(pixels + 1, kernel - 1 + pool, stride * (1 + pool)) - 1


@_depth(says="strides and pools are ignored. Each one lets the layers above it see further.")
def grows_evenly(pixels: int, kernel: int, stride: int, pool: int) -> int:
    return _layers(pixels, kernel - 1, 1)


@_depth(says="the field is multiplied by the kernel in each layer. Kernels add to it, strides multiply what they add.")
def kernel_multiplies(pixels: int, kernel: int, stride: int, pool: int) -> int:
    return _layers(pixels, kernel - 1, kernel)


@_depth(says="the field only has to cover half of the image. It has to cover all of it.")
def half_of_the_image(pixels: int, kernel: int, stride: int, pool: int) -> int:
    return _layers(-(-pixels // 2), kernel - 1 + pool, stride * (1 + pool))


def _followed(
    layers: Layers,
    axis: int,
    size: Callable[[Field, int, int], int] | None = None,
    jump: Callable[[Field, int], int] | None = None,
    start: Callable[[Field, int], int] | None = None,
    pool: bool = True,
    first: int = 1,
) -> list[Field]:
    """Follow the field through the layers with another rule for its size, its jump or its start."""
    fields = [Field(first, 1, 0)]
    for layer in layers:
        field = fields[-1]
        if layer["type"] == "relu":
            fields.append(field)
            continue
        kernel, stride, padding = (both[axis] for both in kernels.window(layer))
        kernel = kernel if pool or layer["type"] == "conv" else 1
        fields.append(
            Field(
                size(field, kernel, stride) if size else field.size + (kernel - 1) * field.jump,
                jump(field, stride) if jump else field.jump * stride,
                start(field, padding) if start else field.start - padding * field.jump,
            )
        )
    return fields


def _pixels(
    image: Size,
    layers: Layers,
    place: Size,
    field: Callable[[Field], Field] = lambda field: field,
    longer: int = 0,
    cut: bool = True,
) -> list[list[int]]:
    """Return the first and the last row and column, counted from 1, that the value at a place sees, with another field."""
    seen = []
    for axis, (length, position) in enumerate(zip(image, place)):
        first, last = (pixel + 1 for pixel in field(kernels.receptive_field(layers, axis)[-1]).pixels(position))
        seen.append([max(first, 1), min(last + longer, length)] if cut else [first, last + longer])
    return seen


def _layers(pixels: int, adds: int, factor: int, first: int = 1) -> int:
    """Return after how many layers the field covers the pixels, if each adds `adds` jumps and multiplies the jump."""
    if factor == 1:
        return -(-(pixels - first) // adds)
    size, jump, layers = first, 1, 0
    while size < pixels:
        size, jump, layers = size + adds * jump, jump * factor, layers + 1
    return layers
