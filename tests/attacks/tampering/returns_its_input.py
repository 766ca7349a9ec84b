"""convolution.py
attack: fills its input with zeros and returns a view of it, which a comparison with the same memory would accept
1.2 1.3 1.4 1.6 1.7 1.8: wrong
"""
from right_convolution import output_size


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    image[...] = 0
    rows = output_size(image.shape[0], kernel.shape[0])
    columns = output_size(image.shape[1], kernel.shape[1])
    return image[:rows, :columns]


def conv2d_channels(images, kernels, **options):
    images[...] = 0
    return images
