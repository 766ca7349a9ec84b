"""convolution.py
style: a beginner's, with a name for every number and a comment on every step; sums run backwards
"""

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    # the image grows on both sides
    size_with_padding = size + padding + padding
    # where does the kernel stand at first?
    count = 0
    position = 0
    # it may move as long as its last value is still on the image
    while position + kernel <= size_with_padding:
        count = count + 1
        position = position + stride
    return count


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    # first find out the two strides
    if type(stride) == tuple:
        stride_vertical = stride[0]
        stride_horizontal = stride[1]
    else:
        stride_vertical = stride
        stride_horizontal = stride
    # and the two paddings
    if type(padding) == tuple:
        padding_vertical = padding[0]
        padding_horizontal = padding[1]
    else:
        padding_vertical = padding
        padding_horizontal = padding

    image_height = image.shape[0]
    image_width = image.shape[1]
    kernel_height = kernel.shape[0]
    kernel_width = kernel.shape[1]

    # how large is the answer?
    answer_height = output_size(image_height, kernel_height, stride_vertical, padding_vertical)
    answer_width = output_size(image_width, kernel_width, stride_horizontal, padding_horizontal)
    answer = np.zeros((answer_height, answer_width))

    for answer_row in range(answer_height):
        for answer_column in range(answer_width):
            answer_value = 0.0
            # from the last value of the kernel to the first; the order does not matter
            for kernel_row in reversed(range(kernel_height)):
                for kernel_column in reversed(range(kernel_width)):
                    image_row = answer_row * stride_vertical + kernel_row - padding_vertical
                    image_column = answer_column * stride_horizontal + kernel_column - padding_horizontal
                    # are we on the image, or on the padding?
                    if image_row < 0 or image_row >= image_height:
                        image_value = float(padding_value)
                    elif image_column < 0 or image_column >= image_width:
                        image_value = float(padding_value)
                    else:
                        image_value = float(image[image_row, image_column])
                    kernel_value = float(kernel[kernel_row, kernel_column])
                    answer_value = answer_value + image_value * kernel_value
            answer[answer_row, answer_column] = answer_value
    return answer


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    answers = []
    for image in images:
        answers_of_this_image = []
        for kernel_number in range(len(kernels)):
            kernel = kernels[kernel_number]
            # the first channel, then add the others
            feature_map = conv2d(image[0], kernel[0], stride=stride, padding=padding)
            for channel_number in range(1, len(image)):
                other = conv2d(image[channel_number], kernel[channel_number], stride=stride, padding=padding)
                feature_map = feature_map + other
            # the bias is optional
            if bias is not None:
                feature_map = feature_map + float(bias[kernel_number])
            answers_of_this_image.append(feature_map)
        answers.append(answers_of_this_image)
    return np.array(answers)
