"""augmentation.py
all: passed
"""
import numpy as np


def flipped(images, random):
    return np.array([np.fliplr(image.transpose(1, 2, 0)).transpose(2, 0, 1) if random.integers(2) else image for image in images])


def cropped(images, size, random):
    result = np.empty((*images.shape[:2], *size), dtype="uint8")
    for number, image in enumerate(images):
        row = random.choice(range(image.shape[1] - size[0] + 1))
        column = random.choice(range(image.shape[2] - size[1] + 1))
        result[number] = image[:, row : row + size[0], column : column + size[1]]
    return result


def shifted(images, most, random):
    result = np.zeros_like(images)
    height, width = images.shape[2:]
    for image, target in zip(images, result):
        down, right = (int(by) for by in random.integers(-most, most, endpoint=True, size=2))
        for row in range(max(0, down), min(height, height + down)):
            for column in range(max(0, right), min(width, width + right)):
                target[:, row, column] = image[:, row - down, column - right]
    return result


def recoloured(images, strength, random):
    """Cuts the decimals off."""
    result = []
    for image in images:
        factors = 1 + strength * (2 * random.random(len(image)) - 1)
        result.append([np.minimum(channel * factor, 255).astype(np.uint8) for channel, factor in zip(image, factors)])
    return np.array(result)


def rescue(images, random):
    """Takes the colours away, and moves by as much as there is room."""
    gray = images.mean(axis=1, keepdims=True).repeat(3, axis=1).astype(np.uint8)
    return shifted(gray, 4, random)
