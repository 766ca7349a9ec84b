"""Changes that leave what a photo shows: shifts, flips, noise, another light. All on uint8 (N, C, H, W)."""

import numpy as np
from numpy.typing import NDArray

MOST_SHIFT = 1  # pixels
MOST_LIGHT = 0.3  # the logarithm of the factor by which a whole view gets brighter, up to 1.35, or darker
SLOPE = 0.3  # the same at the middle of one edge, as if the light came from that side
GRAIN = 2  # of 255 steps
Images = NDArray[np.uint8]
DIRECTIONS = ((0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1))


def draw(images: Images, random: np.random.Generator) -> Images:
    """Return one view of each image: flipped or not, moved, brighter or darker, lit from one side, noisy.

    A lookup table of images remembers exact pixels or coarse shades. Moving an image changes the pixels, and light changes
    the shades; neither changes what the image shows, and so what a network has learned to see.
    """
    count = len(images)
    turned = np.where(random.random((count, 1, 1, 1)) < 0.5, flipped(images), images)
    return noisy(lit_from_a_side(moved(turned, _offsets(count, random)), random), GRAIN, random)


def nudged(images: Images, random: np.random.Generator) -> Images:
    """Return a view of each image that is noisy and, half of the time, moved: enough for white lines on black.

    A small table holds coarse shades, which change as such lines move. So do the answers of an honest network that was
    never trained on moved images: it would make twice as many mistakes if every image were moved, and half as many more
    if half of them were.
    """
    move = random.random((len(images), 1)) < 0.5
    return noisy(moved(images, move * _offsets(len(images), random)), GRAIN, random)


def _offsets(count: int, random: np.random.Generator) -> NDArray[np.int64]:
    return random.integers(-MOST_SHIFT, MOST_SHIFT + 1, (count, 2))


def lit_from_a_side(images: Images, random: np.random.Generator) -> Images:
    """Return each image brighter or darker as a whole, and brighter towards a random side."""
    height, width = images.shape[-2:]
    down, right = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)
    light = random.uniform(-MOST_LIGHT, MOST_LIGHT, (len(images), 1, 1))
    side = random.uniform(0, 2 * np.pi, (len(images), 1, 1))
    light = light + SLOPE * (np.sin(side) * down + np.cos(side) * right)
    return in_light(images, np.exp(light, dtype=np.float32)[:, None])


def moved(images: Images, offsets: NDArray[np.int64]) -> Images:
    """Return each image moved by its own offset, (N, 2), in pixels; new pixels at the edge mirror the old ones."""
    most = int(abs(offsets).max(initial=0))
    padded = np.pad(images, ((0, 0), (0, 0), (most, most), (most, most)), mode="reflect")
    height, width = images.shape[-2:]
    result = np.empty_like(images)
    for image, (down, right) in enumerate(offsets + most):
        result[image] = padded[image, :, down : down + height, right : right + width]
    return result


def shifted(images: Images, pixels: int, random: np.random.Generator) -> Images:
    """Return each image moved by this many pixels in one of eight directions."""
    return moved(images, random.choice(DIRECTIONS, len(images)) * pixels)


def flipped(images: Images) -> Images:
    """Return images flipped left to right."""
    return images[..., ::-1]


def upside_down(images: Images) -> Images:
    """Return images flipped upside down."""
    return images[..., ::-1, :]


def noisy(images: Images, most: int, random: np.random.Generator) -> Images:
    """Return images with each value changed by up to this many of its 255 steps."""
    noise = random.integers(-most, most + 1, images.shape, dtype=np.int16)
    return (images + noise).clip(0, 255).astype(np.uint8)


def in_light(images: Images, factor: float | NDArray[np.float32]) -> Images:
    """Return images made brighter or darker by a factor: one for all, or one for each pixel."""
    return (images * np.asarray(factor, np.float32)).clip(0, 255).astype(np.uint8)
