"""A data set drawn by the package: ten classes of 32x32 colour images, for machines that do not have CIFAR-10.

Ten shapes and textures stand at random places, in random sizes and colours, on a noisy background. A convolutional
network learns them in seconds, so the training loop of a submission can be tried anywhere.
"""

import numpy as np

CLASSES = ("disc", "square", "triangle", "cross", "ring", "horizontal stripes", "vertical stripes", "checkerboard",
           "diagonal stripes", "dots")  # fmt: skip


def draw(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw count images: uint8 (count, 3, 32, 32) and their classes, uint8 (count,), as evenly spread as can be.

    The same seed gives the same images.
    """
    random = np.random.default_rng(seed)
    labels = random.permutation(np.arange(count) % len(CLASSES)).astype(np.uint8)
    masks = np.stack([_mask(CLASSES[label], random) for label in labels]) if count else np.zeros((0, 32, 32), bool)
    background = random.uniform(0, 255, (count, 3, 1, 1))
    # At least one colour channel of the shape lies far from the background, so that every shape can be seen.
    foreground = (background + random.choice([-1, 1], (count, 3, 1, 1)) * random.uniform(80, 175, (count, 3, 1, 1))) % 255
    images = np.where(masks[:, None], foreground, background) + random.normal(0, 12, (count, 3, 32, 32))
    return images.clip(0, 255).astype(np.uint8), labels


def _mask(name: str, random: np.random.Generator) -> np.ndarray:
    """Return the pixels of one shape, bool (32, 32)."""
    vertical, horizontal = np.mgrid[0:32, 0:32] - random.uniform(11, 20, (2, 1, 1))
    size = random.uniform(6, 10)
    period = random.uniform(3, 5)
    wave_down, wave_right = np.sin(np.pi * vertical / period) > 0, np.sin(np.pi * horizontal / period) > 0
    distance = np.hypot(vertical, horizontal)
    inside = np.maximum(abs(vertical), abs(horizontal)) < size
    match name:
        case "disc":
            return distance < size
        case "square":
            return inside
        case "triangle":
            return (vertical < size) & (abs(horizontal) < (vertical + size) / 2)
        case "cross":
            return inside & (np.minimum(abs(vertical), abs(horizontal)) < size / 4)
        case "ring":
            return (distance < size) & (distance > size * 0.6)
        case "horizontal stripes":
            return wave_down
        case "vertical stripes":
            return wave_right
        case "checkerboard":
            return wave_down ^ wave_right
        case "diagonal stripes":
            return np.sin(np.pi * (vertical + horizontal) / (1.4 * period)) > 0
        case "dots":
            return np.hypot((vertical % 8) - 4, (horizontal % 8) - 4) < 2.2
    raise ValueError(f"no shape is called {name!r}")
