"""The idx format, in which MNIST comes. Source: LeCun, Cortes, Burges, The MNIST database of handwritten digits, 1998.

Two zero bytes, one for the type of the numbers, one for the count of axes; the length of each axis in four bytes, the
highest first; then the numbers.
"""

import math
import zlib
from pathlib import Path

import numpy as np

from autograder.datasets.forms import Form, Split, content
from common.errors import UserError

UNSIGNED_BYTE = 8
FILES = {split: (f"{prefix}-images-idx3-ubyte", f"{prefix}-labels-idx1-ubyte") for split, prefix in
         (("train", "train"), ("test", "t10k"))}  # fmt: skip


def form(folder: str, sums: dict[str, str]) -> Form:
    """Return this form of a data set. sums: the SHA-256 of the files, unpacked."""
    return Form("idx files", folder, {split: (files,) for split, files in FILES.items()}, sums, read, gzipped=True)


def read(images: Path, labels: Path) -> Split:
    """Return images, (N, 1, height, width), and labels, (N,)."""
    return array(images)[:, None], array(labels)


def array(path: Path) -> np.ndarray:
    """Return the uint8 array in an idx file: a read-only map of the file, or a copy if it is gzipped.

    Raises UserError for a file that is none, or not a whole one.
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
            raise UserError(f"{path} is no idx file of bytes, or not a whole one")
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"{path} cannot be read: {error}") from None
    if path.suffix == ".gz":
        return np.frombuffer(numbers, np.uint8).reshape(shape)
    return np.memmap(path, np.uint8, "r", offset=start, shape=shape)
