"""The idx format, in which MNIST comes. Source: LeCun, Cortes, Burges, The MNIST database of handwritten digits, 1998.

Two zero bytes, one byte for the type of the numbers and one for the number of axes; the length of each axis in four bytes,
big-endian; then the numbers.
"""

import math
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autograder.datasets.layouts import Layout, Split, content
from common.errors import UserError

UNSIGNED_BYTE = 8
FILES = {split: (f"{prefix}-images-idx3-ubyte", f"{prefix}-labels-idx1-ubyte") for split, prefix in
         (("train", "train"), ("test", "t10k"))}  # fmt: skip


def layout(folder: str, sums: dict[str, str]) -> Layout:
    """Return a data set's layout as idx files. sums: the SHA-256 of the files, unpacked."""
    return Layout("idx files", folder, {split: (files,) for split, files in FILES.items()}, sums, read, gzipped=True)


def read(images: Path, labels: Path) -> Split:
    """Return images, (N, 1, height, width), and labels, (N,)."""
    return array(images)[:, None], array(labels)


def array(path: Path) -> NDArray[np.uint8]:
    """Return the uint8 array in an idx file: memory-mapped and read-only, or a copy if the file is gzipped.

    Raises UserError for any other file, and for an incomplete one.
    """
    try:
        with content(path) as stream:
            head = stream.read(4)
            axes = head[3] if head[:3] == bytes((0, 0, UNSIGNED_BYTE)) and len(head) == 4 else 0
            lengths = stream.read(4 * axes)
            shape = tuple(int.from_bytes(lengths[at : at + 4], "big") for at in range(0, len(lengths), 4))
            start, size = 4 + 4 * axes, math.prod(shape)
            numbers = stream.read(size + 1) if path.suffix == ".gz" else b""
        whole = len(numbers) == size if path.suffix == ".gz" else path.stat().st_size == start + size
        if not axes or len(lengths) != 4 * axes or not whole:
            raise UserError(f"{path} is not an idx file of bytes, or incomplete")
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"{path} cannot be read: {error}") from None
    if path.suffix == ".gz":
        return np.frombuffer(numbers, np.uint8).reshape(shape)
    return np.memmap(path, np.uint8, "r", offset=start, shape=shape)
