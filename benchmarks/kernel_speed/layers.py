"""The layers that are measured, and the least that each must compute and move: pure arithmetic."""

from dataclasses import asdict, dataclass, replace
from math import prod

from kernels import MODES, output_size
from kernels.shapes import Geometry

BYTES = 4  # of a float32
Two = tuple[int, int]


@dataclass(frozen=True)
class Convolution:
    """A convolution of images (N, C, H, W) with a number of filters; each sees the channels of its group."""

    group: str
    images: tuple[int, int, int, int]
    filters: int
    size: Two
    stride: Two = (1, 1)
    padding: Two = (0, 0)
    dilation: Two = (1, 1)
    groups: int = 1

    @property
    def geometry(self) -> Geometry:
        """Return the geometry of the kernels over the images."""
        return Geometry(self.stride, self.padding, self.dilation)

    @property
    def kernels(self) -> tuple[int, int, int, int]:
        """Return the shape of the kernels, (K, C / groups, KH, KW)."""
        return self.filters, self.images[1] // self.groups, *self.size

    @property
    def output(self) -> tuple[int, int, int, int]:
        """Return the shape of the feature maps, (N, K, OH, OW)."""
        return self.images[0], self.filters, *map(output_size, self.images[2:], self.size, *self.geometry)

    @property
    def flop(self) -> int:
        """Count a multiplication and an addition for each weight of each output; those with padding count, too."""
        return 2 * prod(self.output) * prod(self.kernels[1:])

    @property
    def moved(self) -> int:
        """Count the bytes of all arrays, each moved once: images, kernels, bias, feature maps."""
        return BYTES * (prod(self.images) + prod(self.kernels) + self.filters + prod(self.output))

    @property
    def gradient_flop(self) -> int:
        """Count the product for the images and that for the kernels."""
        return 2 * self.flop

    @property
    def gradient_moved(self) -> int:
        """Count the bytes of images, kernels and the output's gradient, which are read, and of three gradients."""
        return BYTES * (2 * prod(self.images) + 2 * prod(self.kernels) + self.filters + prod(self.output))

    @property
    def name(self) -> str:
        """Return the layer's name in tables."""
        batch, channels, height, width = self.images
        step = "" if self.stride == (1, 1) else f" /{self.stride[0]}"
        apart = "" if self.dilation == (1, 1) else f", dilation {self.dilation[0]}"
        dealt = "" if self.groups == 1 else f", {self.groups} groups"
        return f"{batch}×{channels}×{height}×{width}, {self.filters} of {self.size[0]}×{self.size[1]}{step}{apart}{dealt}"


@dataclass(frozen=True)
class Pool:
    """A pool over images (N, C, H, W), which may save the indices of what it chose, in int64."""

    group: str
    images: tuple[int, int, int, int]
    mode: str
    size: Two
    stride: Two
    indices: bool = False

    @property
    def output(self) -> tuple[int, int, int, int]:
        """Return the shape of the pooled maps, (N, C, OH, OW)."""
        return *self.images[:2], *map(output_size, self.images[2:], self.size, self.stride)

    @property
    def flop(self) -> int:
        """Count a comparison or an addition for each value of each window; the median needs more."""
        return prod(self.output) * prod(self.size)

    @property
    def moved(self) -> int:
        """Count the bytes of all arrays, each moved once."""
        return BYTES * (prod(self.images) + prod(self.output) * (3 if self.indices else 1))

    @property
    def gradient_flop(self) -> int:
        """Count an addition for each output, or for each value of each window of an average; and the search, if any."""
        searched = 0 if self.indices or self.mode == "average" else self.flop
        return searched + prod(self.output) * (prod(self.size) if self.mode == "average" else 1)

    @property
    def gradient_moved(self) -> int:
        """Count the bytes of the output's gradient and the images', and of what tells where it goes: indices or images."""
        read = 0 if self.mode == "average" else 2 * prod(self.output) if self.indices else prod(self.images)
        return BYTES * (read + prod(self.output) + prod(self.images))

    @property
    def name(self) -> str:
        """Return the layer's name in tables."""
        batch, channels, height, width = self.images
        chosen = " with indices" if self.indices else ""
        return f"{batch}×{channels}×{height}×{width}, {self.mode} {self.size[0]}×{self.size[1]} /{self.stride[0]}{chosen}"


@dataclass(frozen=True)
class Dense:
    """A dense layer: (N, inputs) -> (N, neurons)."""

    group: str
    batch: int
    inputs: int
    neurons: int

    @property
    def flop(self) -> int:
        """Count a multiplication and an addition for each weight, for each of the batch."""
        return 2 * self.batch * self.inputs * self.neurons

    @property
    def moved(self) -> int:
        """Count the bytes of all arrays, each moved once: inputs, weights, bias, outputs."""
        return BYTES * (self.batch * (self.inputs + self.neurons) + (self.inputs + 1) * self.neurons)

    @property
    def gradient_flop(self) -> int:
        """Count the product for the inputs and that for the weights."""
        return 2 * self.flop

    @property
    def gradient_moved(self) -> int:
        """Count the bytes of inputs, weights and the output's gradient, which are read, and of three gradients."""
        return BYTES * (self.batch * (2 * self.inputs + self.neurons) + (2 * self.inputs + 1) * self.neurons)

    @property
    def name(self) -> str:
        """Return the layer's name in tables."""
        return f"{self.batch}×{self.inputs} to {self.neurons}"


@dataclass(frozen=True)
class Relu:
    """ReLU of a number of values."""

    group: str
    values: int

    @property
    def flop(self) -> int:
        """Count a comparison for each value."""
        return self.values

    @property
    def moved(self) -> int:
        """Count the bytes of both arrays."""
        return 2 * BYTES * self.values

    @property
    def gradient_flop(self) -> int:
        """Count a comparison for each value."""
        return self.values

    @property
    def gradient_moved(self) -> int:
        """Count the bytes of the values, the output's gradient and the values' gradient."""
        return 3 * BYTES * self.values

    @property
    def name(self) -> str:
        """Return the layer's name in tables."""
        return f"{self.values:,} values"


@dataclass(frozen=True)
class Loss:
    """Softmax and cross-entropy of logits (N, classes): the mean loss and its gradient at once."""

    group: str
    batch: int
    classes: int

    @property
    def flop(self) -> int:
        """Count for each logit a comparison, a subtraction, an exponential, an addition and a division."""
        return 5 * self.batch * self.classes

    @property
    def moved(self) -> int:
        """Count the bytes of logits, gradient and losses, and of the labels in int64."""
        return BYTES * (2 * self.batch * self.classes + self.batch) + 8 * self.batch

    @property
    def name(self) -> str:
        """Return the layer's name in tables."""
        return f"{self.batch}×{self.classes} logits"


@dataclass(frozen=True)
class Gradient:
    """The gradients of a loss by all that goes into a layer, given the one by its output."""

    of: Convolution | Pool | Dense | Relu

    @property
    def group(self) -> str:
        """Return the layer's group."""
        return self.of.group

    @property
    def flop(self) -> int:
        """Count the layer's operations on the way back."""
        return self.of.gradient_flop

    @property
    def moved(self) -> int:
        """Count the bytes of all arrays, each moved once."""
        return self.of.gradient_moved

    @property
    def name(self) -> str:
        """Return the layer's name in tables."""
        return f"back from {self.of.name}"


Layer = Convolution | Pool | Dense | Relu | Loss | Gradient
KINDS = {kind.__name__.lower(): kind for kind in (Convolution, Pool, Dense, Relu, Loss, Gradient)}


def intensity(layer: Layer) -> float:
    """Return the operations for each byte that must be moved."""
    return layer.flop / layer.moved


def floor(layer: Layer, peak: float, bandwidth: float) -> float:
    """Return the least seconds that a machine with these FLOP and bytes per second needs."""
    return max(layer.flop / peak, layer.moved / bandwidth)


def stored(layer: Layer) -> dict:
    """Return the layer as JSON holds it."""
    kind = {"kind": type(layer).__name__.lower()}
    if isinstance(layer, Gradient):
        return kind | {"of": stored(layer.of)}
    return kind | {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(layer).items()}


def read(found: dict) -> Layer:
    """Return the layer that JSON holds."""
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in found.items() if name != "kind"}
    if "of" in values:
        values["of"] = read(values["of"])
    return KINDS[found["kind"]](**values)


CIFAR = ((3, 32, 32), (32, 16, 64), (64, 8, 128))  # channels, side, filters; 3×3, padding 1
VGG = (
    (3, 224, 64), (64, 224, 64), (64, 112, 128), (128, 112, 128), (128, 56, 256),
    (256, 56, 256), (256, 28, 512), (512, 28, 512), (512, 14, 512),
)  # fmt: skip


def same(group: str, batch: int, channels: int, side: int, filters: int) -> Convolution:
    """Return a convolution of 3×3 kernels that keeps the size of its square images."""
    return Convolution(group, (batch, channels, side, side), filters, (3, 3), padding=(1, 1))


def lenet(batch: int) -> list[Convolution]:
    """Return LeNet's two convolutions on 28×28 digits. Source: LeCun et al., 1998."""
    return [
        Convolution("LeNet", (batch, 1, 28, 28), 6, (5, 5), padding=(2, 2)),
        Convolution("LeNet", (batch, 6, 14, 14), 16, (5, 5)),
    ]


def strided(batch: int) -> list[Convolution]:
    """Return layers of ResNet-50 whose kernels are not 3×3 or that leave pixels out. Source: He et al., 2015."""
    return [
        Convolution("strides", (batch, 3, 224, 224), 64, (7, 7), (2, 2), (3, 3)),
        Convolution("strides", (batch, 128, 56, 56), 128, (3, 3), (2, 2), (1, 1)),
        Convolution("strides", (batch, 256, 56, 56), 64, (1, 1)),
        Convolution("strides", (batch, 256, 56, 56), 512, (1, 1), (2, 2)),
    ]


def pools(cifar: int, vgg: int) -> list[Pool]:
    """Return pools of all modes over the first maps of both networks, for batches of these sizes."""
    return [
        Pool("pools", images, mode, size, (2, 2))
        for images in ((cifar, 64, 32, 32), (vgg, 64, 224, 224))
        for size in ((2, 2), (3, 3))
        for mode in MODES
    ]


def grouped(batch: int) -> list[Convolution]:
    """Return layers of MobileNet, ResNeXt and DeepLab, whose kernels see one channel, some channels, or wider apart.

    Source: Howard et al., 2017; Xie et al., 2016; Chen et al., 2017.
    """
    return [
        Convolution("groups", (batch, 32, 112, 112), 32, (3, 3), padding=(1, 1), groups=32),
        Convolution("groups", (batch, 64, 112, 112), 64, (3, 3), (2, 2), (1, 1), groups=64),
        Convolution("groups", (batch, 512, 14, 14), 512, (3, 3), padding=(1, 1), groups=512),
        Convolution("groups", (batch, 128, 56, 56), 128, (3, 3), padding=(1, 1), groups=32),
        Convolution("groups", (batch, 64, 56, 56), 64, (3, 3), padding=(2, 2), dilation=(2, 2)),
        Convolution("groups", (batch, 256, 28, 28), 256, (3, 3), padding=(4, 4), dilation=(4, 4)),
    ]


def dense_layers(*batches: int) -> list[Dense]:
    """Return LeNet's dense layers, one behind CIFAR's convolutions, and VGG's second."""
    shapes = ((400, 120), (120, 84), (84, 10), (2048, 128), (4096, 4096))
    return [Dense("dense", batch, *shape) for batch in batches for shape in shapes]


HOMEWORK = [Convolution("homework", (1, 1, side, side), 1, (3, 3)) for side in (8, 16, 28)]
SMALL_POOL = Pool("homework", (1, 1, 28, 28), "max", (2, 2), (2, 2))
RELUS = [Relu("ReLU", 10**power) for power in range(3, 8)]
LOSSES = [Loss("loss", *shape) for shape in ((1, 10), (64, 10), (512, 10), (512, 1000))]


def chosen(pools: list[Pool]) -> list[Pool]:
    """Return the pools by max and min again, now with indices."""
    return [replace(pool, indices=True) for pool in pools if pool.mode in ("max", "min")]


def gradients(layers: list) -> list[Gradient]:
    """Return the backward pass of each of the layers."""
    return [Gradient(layer) for layer in layers]


def layers(machine: str) -> list[Layer]:
    """Return what is measured on "cpu" or "gpu", the most important first: a run may be cut off."""
    if machine == "cpu":
        cifar = [same("CIFAR", batch, *shape) for batch in (64, 512) for shape in CIFAR]
        vgg = [same("VGG", 1, *shape) for shape in VGG]
        maps, dense = pools(64, 1), dense_layers(1, 64, 512)
        forward = [*cifar, *lenet(1), *lenet(512), *maps, *vgg, *strided(1), *grouped(1), *HOMEWORK, SMALL_POOL]
        small = [*chosen(maps), *dense, *RELUS, *LOSSES]
        back = [*cifar[:3], *lenet(512), *vgg[3:], *strided(1), *grouped(1), *maps, *chosen(maps), *dense, *RELUS]
        return [*forward, *small, *gradients(back)]
    cifar = [same("CIFAR", batch, *shape) for batch in (512, 64, 2048) for shape in CIFAR]
    vgg = [same("VGG", 32, *shape) for shape in VGG]
    maps, dense = pools(2048, 32), dense_layers(64, 512, 2048)
    forward = [*cifar, *vgg, *maps, *strided(32), *grouped(32), *lenet(2048), *lenet(1), *HOMEWORK]
    small = [*chosen(maps), *dense, *RELUS, *LOSSES]
    back = [*cifar, *vgg, *strided(32), *grouped(32), *maps, *chosen(maps), *dense, *RELUS]
    return [*forward, *small, *gradients(back)]


def few(machine: str) -> list[Layer]:
    """Return one layer of each kind, for a quick look."""
    chosen: dict[tuple, Layer] = {}
    for layer in layers(machine):
        inside = layer.of if isinstance(layer, Gradient) else layer
        mode = (inside.mode, inside.indices) if isinstance(inside, Pool) else ()
        chosen.setdefault((type(layer), type(inside), layer.group, mode), layer)
    return list(chosen.values())
