"""Pictures of a wrong output: its window and the expected output."""

import numpy as np

from autograder.authoring import Picture, Sliding, Wrong, grid, place_in_words, shown_whole

AXES = ("feature map", "row", "column")


def of_convolution(wrong: Wrong, images, kernels, bias, padding) -> Picture:
    """Draw the window of the first wrong output: images (C, H, W), kernels (K, C, KH, KW), bias (K,)."""
    which, row, column = wrong.first
    size, around = kernels.shape[2:], [(0, 0), (padding, padding), (padding, padding)]
    title = "Image with its padding" if padding else "Image"
    cells = _cells(row, column, size)
    planes = [grid(f"{title}, channel {c}", plane, cells) for c, plane in enumerate(np.pad(images, around))]
    weights = [grid(f"Kernel {which}, channel {c}", kernel) for c, kernel in enumerate(kernels[which])]
    sliding = Sliding(
        images=images.astype(np.float64),
        kernels=kernels[which].astype(np.float64),
        bias=float(bias[which]),
        padding=(padding, padding),
        size=size,
        channels=_channels(images),
        **_outputs(wrong),
    )
    return Picture(place_in_words(wrong.first, AXES), "", shown_whole([*planes, *weights, *wrong.grids()]), sliding)


def of_pool(wrong: Wrong, images) -> Picture:
    """Draw the window of the first wrong output of max_pool: images (C, H, W)."""
    channel, row, column = wrong.first
    planes = [grid(f"Image, channel {channel}", images[channel], _cells(2 * row, 2 * column, (3, 3)))]
    sliding = Sliding(
        images=images[channel : channel + 1].astype(np.float64),
        stride=(2, 2),
        pool="max",
        size=(3, 3),
        channels=_channels(images)[channel : channel + 1],
        **_outputs(wrong),
    )
    return Picture(place_in_words(wrong.first, ("channel", *AXES[1:])), "", shown_whole([*planes, *wrong.grids()]), sliding)


def _cells(top, left, size):
    """Return the cells of a window, for a grid to mark."""
    return [(row, column) for row in range(top, top + size[0]) for column in range(left, left + size[1])]


def _channels(images):
    return [f"channel {channel}" for channel in range(len(images))]


def _outputs(wrong):
    """Return the outputs of the feature map, or the channel, that holds the first wrong one."""
    plane = wrong.first[0]
    return {"expected": wrong.expected[plane], "received": wrong.received[plane], "wrong": wrong.places[plane]}
