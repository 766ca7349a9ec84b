"""convolution.py
style: MATLAB's habits: indices from 1 to the end, through a helper; the result is in Fortran's order
"""

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    return len(one_to(size + 2 * padding - kernel + 1, stride))


def one_to(last, step=1):
    """1:step:last"""
    return range(1, last + 1, step)


def get(A, r1, r2, c1, c2):
    """A(r1:r2, c1:c2)"""
    return A[r1 - 1 : r2, c1 - 1 : c2]


def padarray(A, p, v):
    [m, n] = A.shape
    B = v * np.ones((m + 2 * p[0], n + 2 * p[1]), order="F")
    B[p[0] : p[0] + m, p[1] : p[1] + n] = A
    return B


def to_pair(x):
    if isinstance(x, tuple):
        return x
    return (x, x)


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    A = padarray(image.astype(float), to_pair(padding), float(padding_value))
    K = kernel.astype(float)
    [M, N] = A.shape
    [m, n] = K.shape
    [dr, dc] = to_pair(stride)
    C = np.zeros((output_size(M, m, dr), output_size(N, n, dc)), order="F")
    r = 0
    for i in one_to(M - m + 1, dr):
        r = r + 1
        c = 0
        for j in one_to(N - n + 1, dc):
            c = c + 1
            C[r - 1, c - 1] = np.sum(np.sum(get(A, i, i + m - 1, j, j + n - 1) * K, 0))
    return C


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    [N, C, _, _] = images.shape
    K = kernels.shape[0]
    cells = {}
    for n in one_to(N):
        for k in one_to(K):
            S = 0
            for c in one_to(C):
                S = S + conv2d(images[n - 1, c - 1], kernels[k - 1, c - 1], stride, padding)
            if bias is not None:
                S = S + bias[k - 1]
            cells[n, k] = S
    result = np.zeros((N, K) + cells[1, 1].shape, order="F")
    for n, k in cells:
        result[n - 1, k - 1, :, :] = cells[n, k]
    return result
