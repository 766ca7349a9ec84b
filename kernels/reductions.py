"""What becomes of one pooling window: plain functions that Numba compiles for the CPU and for the GPU alike.

Each takes images (N, C, H, W), the image n, the channel c, the window's top and left, its height and width. A window with a
NaN gives NaN.
"""


def largest(images, n, c, top, left, height, width):
    """Return the window's maximum."""
    best = images[n, c, top, left]
    for row in range(top, top + height):
        for column in range(left, left + width):
            value = images[n, c, row, column]
            if value > best or value != value:
                best = value
    return best


def smallest(images, n, c, top, left, height, width):
    """Return the window's minimum."""
    best = images[n, c, top, left]
    for row in range(top, top + height):
        for column in range(left, left + width):
            value = images[n, c, row, column]
            if value < best or value != value:
                best = value
    return best


def average(images, n, c, top, left, height, width):
    """Return the window's mean."""
    total = images[n, c, top, left]
    for row in range(top, top + height):
        for column in range(left, left + width):
            if row > top or column > left:
                total += images[n, c, row, column]
    return total / (height * width)


def median(images, n, c, top, left, height, width):
    """Return the middle value, or the mean of the two in the middle.

    A value belongs at place k of the sorted window when at most k are smaller and more than k are not larger: counting
    needs no memory, so every thread can afford it for any window.
    """
    upper_place = height * width // 2
    lower_place = (height * width - 1) // 2
    lower = upper = images[n, c, top, left]
    for row in range(top, top + height):
        for column in range(left, left + width):
            value = images[n, c, row, column]
            if value != value:
                return value
            smaller = 0
            not_larger = 0
            for other_row in range(top, top + height):
                for other_column in range(left, left + width):
                    other = images[n, c, other_row, other_column]
                    smaller += other < value
                    not_larger += other <= value
            if smaller <= lower_place < not_larger:
                lower = value
            if smaller <= upper_place < not_larger:
                upper = value
    return lower if lower_place == upper_place else (lower + upper) / 2


REDUCTIONS = {"max": largest, "min": smallest, "average": average, "median": median}
