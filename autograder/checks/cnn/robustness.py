"""What a photo can go through and still show the same: shifts, flips, noise, another light. All on uint8 (N, C, H, W)."""

from collections.abc import Callable

import numpy as np

DIRECTIONS = ((0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1))


def shifted(images: np.ndarray, pixels: int, random: np.random.Generator) -> np.ndarray:
    """Return each image moved by so many pixels, in one of eight directions; what comes in mirrors what was at the edge."""
    padded = np.pad(images, ((0, 0), (0, 0), (pixels, pixels), (pixels, pixels)), mode="reflect")
    height, width = images.shape[-2:]
    moved = np.empty_like(images)
    for image, (down, right) in enumerate(random.choice(DIRECTIONS, len(images)) * pixels + pixels):
        moved[image] = padded[image, :, down : down + height, right : right + width]
    return moved


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


def in_light(images: np.ndarray, factor: float) -> np.ndarray:
    """Return images as much brighter, or darker, as the factor says."""
    return (images * np.float32(factor)).clip(0, 255).astype(np.uint8)


Change = Callable[[np.ndarray, np.random.Generator], np.ndarray]
UNCHANGED = "as they are"
# A network that has learned what the images show, not the images, knows these as well.
HARMLESS: dict[str, Change] = {
    "shifted by 1 pixel": lambda images, random: shifted(images, 1, random),
    "shifted by 2 pixels": lambda images, random: shifted(images, 2, random),
    "flipped left to right": lambda images, random: flipped(images),
}
CHANGES: dict[str, Change] = {
    UNCHANGED: lambda images, random: images,
    **HARMLESS,
    "shifted by 3 pixels": lambda images, random: shifted(images, 3, random),
    "shifted by 4 pixels": lambda images, random: shifted(images, 4, random),
    "upside down": lambda images, random: upside_down(images),
    "with noise": lambda images, random: noisy(images, 40, random),
    "darker": lambda images, random: in_light(images, 0.6),
    "brighter": lambda images, random: in_light(images, 1.4),
}
