"""What a photo can go through and still show the same: shifts, flips, noise, another light. All on uint8 (N, C, H, W)."""

import numpy as np

MOST_SHIFT = 1  # pixels
MOST_LIGHT = 0.3  # the logarithm of the factor by which all of a view is brighter, up to 1.35, or darker
SLOPE = 0.3  # the same for the middle of one of its edges, as if the light came from that side
GRAIN = 2  # of 255 steps
DIRECTIONS = ((0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1))


def draw(images: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return of each image one view: flipped or not, moved, brighter or darker, lit from one side, noisy.

    A table of images remembers exact pixels or coarse shades. Moving an image changes the first, light the second; what the
    image shows, and so what a network has learned to see, changes with neither.
    """
    count = len(images)
    turned = np.where(random.random((count, 1, 1, 1)) < 0.5, flipped(images), images)
    return noisy(lit_from_a_side(moved(turned, _offsets(count, random)), random), GRAIN, random)


def nudged(images: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return a view of each image that is noisy and, in half of all cases, moved: enough where white lines stand on black.

    A small table holds coarse shades, which change as such lines move. So do the answers of an honest network that has
    never seen an image moved: with every image moved it would make twice as many mistakes, with half of them half as many
    more.
    """
    move = random.random((len(images), 1)) < 0.5
    return noisy(moved(images, move * _offsets(len(images), random)), GRAIN, random)


def _offsets(count: int, random: np.random.Generator) -> np.ndarray:
    return random.integers(-MOST_SHIFT, MOST_SHIFT + 1, (count, 2))


def lit_from_a_side(images: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return each image brighter or darker as a whole, and brighter towards one side of its own."""
    height, width = images.shape[-2:]
    down, right = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)
    light = random.uniform(-MOST_LIGHT, MOST_LIGHT, (len(images), 1, 1))
    side = random.uniform(0, 2 * np.pi, (len(images), 1, 1))
    light = light + SLOPE * (np.sin(side) * down + np.cos(side) * right)
    return in_light(images, np.exp(light, dtype=np.float32)[:, None])


def moved(images: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Return each image moved by its own offset, (N, 2), in pixels; what comes in mirrors what was at the edge."""
    most = int(abs(offsets).max(initial=0))
    padded = np.pad(images, ((0, 0), (0, 0), (most, most), (most, most)), mode="reflect")
    height, width = images.shape[-2:]
    result = np.empty_like(images)
    for image, (down, right) in enumerate(offsets + most):
        result[image] = padded[image, :, down : down + height, right : right + width]
    return result


def shifted(images: np.ndarray, pixels: int, random: np.random.Generator) -> np.ndarray:
    """Return each image moved by so many pixels, in one of eight directions."""
    return moved(images, random.choice(DIRECTIONS, len(images)) * pixels)


def flipped(images: np.ndarray) -> np.ndarray:
    """Return images with left and right exchanged."""
    return images[..., ::-1]


def upside_down(images: np.ndarray) -> np.ndarray:
    """Return images with top and bottom exchanged."""
    return images[..., ::-1, :]


def noisy(images: np.ndarray, most: int, random: np.random.Generator) -> np.ndarray:
    """Return images with each number changed by up to so many of its 255 steps."""
    noise = random.integers(-most, most + 1, images.shape, dtype=np.int16)
    return (images + noise).clip(0, 255).astype(np.uint8)


def in_light(images: np.ndarray, factor: float | np.ndarray) -> np.ndarray:
    """Return images as much brighter, or darker, as the factor says: one for all, or one for each pixel."""
    return (images * np.asarray(factor, np.float32)).clip(0, 255).astype(np.uint8)
