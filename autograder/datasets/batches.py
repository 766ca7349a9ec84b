"""CIFAR-10 in its official form: Python batches of 10,000 images. Source: Krizhevsky, Learning Multiple Layers of Features
from Tiny Images, 2009; https://www.cs.toronto.edu/~kriz/cifar.html
"""

import pickletools
from itertools import islice
from pathlib import Path

import numpy as np

from autograder.datasets.forms import Form, Split

IMAGES, SHAPE = 10_000, (3, 32, 32)
BEFORE_IMAGES = 64 * 1024  # bytes in which the images begin: only the labels come before them
TRAIN = tuple(f"data_batch_{index}" for index in range(1, 6))
TEST = "test_batch"


def form(sums: dict[str, str]) -> Form:
    """Return this form. sums: the SHA-256 of the batches."""
    parts: dict[str, tuple[tuple[str, ...], ...]] = {"train": tuple((name,) for name in TRAIN), "test": ((TEST,),)}
    return Form("official batches", "cifar-10-batches-py", parts, sums, read)


def read(batch: Path) -> Split:
    """Return the images of a batch as a read-only map of the file, and their labels. The file must be official.

    A batch is a pickle. To open it would copy the images twice, and could run code; so its opcodes are only looked at. The
    labels are its first small integers. The images are one string: a T, its length in four bytes, then the array's bytes.
    """
    with batch.open("rb") as stream:
        head = stream.read(BEFORE_IMAGES)
    integers = (number for opcode, number, _ in pickletools.genops(head) if opcode.name == "BININT1")
    labels = np.fromiter(islice(integers, IMAGES), np.uint8)
    length = IMAGES * int(np.prod(SHAPE))
    start = head.index(b"T" + length.to_bytes(4, "little")) + 5
    return np.memmap(batch, np.uint8, "r", offset=start, shape=(IMAGES, *SHAPE)), labels
