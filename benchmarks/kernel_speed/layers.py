"""Which layers are measured, and what each must at least compute and move: arithmetic alone, no machine."""

from dataclasses import asdict, dataclass
from math import prod

from kernels import MODES, output_size
from kernels.shapes import Geometry

BYTES = 4  # of a float32
Two = tuple[int, int]


@dataclass(frozen=True)
class Convolution:
    """A convolution of images (N, C, H, W) with so many filters; each sees the channels of its group."""

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
        """Return how the kernels lie over the images."""
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
    def name(self) -> str:
        """Return how tables call the layer."""
        batch, channels, height, width = self.images
        step = "" if self.stride == (1, 1) else f" /{self.stride[0]}"
        apart = "" if self.dilation == (1, 1) else f", dilation {self.dilation[0]}"
        dealt = "" if self.groups == 1 else f", {self.groups} groups"
        return f"{batch}×{channels}×{height}×{width}, {self.filters} of {self.size[0]}×{self.size[1]}{step}{apart}{dealt}"


@dataclass(frozen=True)
class Pool:
    """A pool over images (N, C, H, W)."""

    group: str
    images: tuple[int, int, int, int]
    mode: str
    size: Two
    stride: Two

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
        """Count the bytes of both arrays, each moved once."""
        return BYTES * (prod(self.images) + prod(self.output))

    @property
    def name(self) -> str:
        """Return how tables call the layer."""
        batch, channels, height, width = self.images
        return f"{batch}×{channels}×{height}×{width}, {self.mode} {self.size[0]}×{self.size[1]} /{self.stride[0]}"


Layer = Convolution | Pool


def intensity(layer: Layer) -> float:
    """Return the operations for each byte that must be moved."""
    return layer.flop / layer.moved


def floor(layer: Layer, peak: float, bandwidth: float) -> float:
    """Return the seconds that a machine of so many FLOP and bytes per second needs at least."""
    return max(layer.flop / peak, layer.moved / bandwidth)


def stored(layer: Layer) -> dict:
    """Return the layer as JSON holds it."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(layer).items()}


def read(found: dict) -> Layer:
    """Return the layer that JSON holds."""
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}
    return Pool(**values) if "mode" in values else Convolution(**values)


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


HOMEWORK = [Convolution("homework", (1, 1, side, side), 1, (3, 3)) for side in (8, 16, 28)]


def layers(machine: str) -> list[Layer]:
    """Return what is measured on "cpu" or "gpu", the most important first: a run may be cut off."""
    if machine == "cpu":
        cifar = [same("CIFAR", batch, *shape) for batch in (64, 512) for shape in CIFAR]
        vgg = [same("VGG", 1, *shape) for shape in VGG]
        return [*cifar, *lenet(1), *lenet(512), *pools(64, 1), *vgg, *strided(1), *HOMEWORK]
    cifar = [same("CIFAR", batch, *shape) for batch in (512, 64, 2048) for shape in CIFAR]
    vgg = [same("VGG", 32, *shape) for shape in VGG]
    return [*cifar, *vgg, *pools(2048, 32), *strided(32), *lenet(2048), *lenet(1), *HOMEWORK]


def few(machine: str) -> list[Layer]:
    """Return one layer of each kind, for a quick look."""
    chosen: dict[tuple, Layer] = {}
    for layer in layers(machine):
        chosen.setdefault((layer.group, getattr(layer, "mode", "")), layer)
    return list(chosen.values())
