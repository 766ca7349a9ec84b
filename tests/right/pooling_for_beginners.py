"""pooling.py
style: a beginner's: one variable for each thing, one function for each mode, no tricks
"""

import numpy as np


def find_max(values):
    biggest = values[0]
    for value in values:
        if value > biggest:
            biggest = value
    return biggest


def find_min(values):
    smallest = values[0]
    for value in values:
        if value < smallest:
            smallest = value
    return smallest


def find_average(values):
    total = 0.0
    for value in values:
        total = total + value
    return total / len(values)


def find_median(values):
    values = sorted(values)
    number_of_values = len(values)
    if number_of_values % 2 == 0:
        left_of_middle = values[number_of_values // 2 - 1]
        right_of_middle = values[number_of_values // 2]
        return (left_of_middle + right_of_middle) / 2
    else:
        return values[(number_of_values - 1) // 2]


def pool2d(images, size=2, stride=None, mode="max"):
    if isinstance(size, tuple):
        window_height = size[0]
        window_width = size[1]
    else:
        window_height = size
        window_width = size
    if stride is None:
        step_down = window_height
        step_right = window_width
    elif isinstance(stride, tuple):
        step_down = stride[0]
        step_right = stride[1]
    else:
        step_down = stride
        step_right = stride

    number_of_images, number_of_channels, image_height, image_width = images.shape
    # // leaves out windows that are not complete
    new_height = (image_height - window_height) // step_down + 1
    new_width = (image_width - window_width) // step_right + 1
    new_images = np.zeros((number_of_images, number_of_channels, new_height, new_width))

    for image in range(number_of_images):
        for channel in range(number_of_channels):
            for row in range(new_height):
                for column in range(new_width):
                    # collect what is in the window
                    values = []
                    for y in range(row * step_down, row * step_down + window_height):
                        for x in range(column * step_right, column * step_right + window_width):
                            values.append(float(images[image, channel, y, x]))
                    if mode == "max":
                        kept = find_max(values)
                    if mode == "min":
                        kept = find_min(values)
                    if mode == "average":
                        kept = find_average(values)
                    if mode == "median":
                        kept = find_median(values)
                    new_images[image, channel, row, column] = kept
    return new_images
