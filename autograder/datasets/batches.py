"""CIFAR-10 in its official layout: Python batches of 10,000 images.

Source: Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009; https://www.cs.toronto.edu/~kriz/cifar.html
"""

import pickletools
from itertools import islice
from pathlib import Path

import numpy as np

from autograder.datasets.layouts import Layout, Split

IMAGES, SHAPE = 10_000, (3, 32, 32)
HEAD = 64 * 1024  # bytes: the images begin within these, after the labels
TRAIN = tuple(f"data_batch_{index}" for index in range(1, 6))
TEST = "test_batch"


def layout(sums: dict[str, str]) -> Layout:
    """Return CIFAR-10's official layout. sums: the SHA-256 of the batches."""
    parts: dict[str, tuple[tuple[str, ...], ...]] = {"train": tuple((name,) for name in TRAIN), "test": ((TEST,),)}
    return Layout("official batches", "cifar-10-batches-py", parts, sums, read)


def read(batch: Path) -> Split:
    """Return the images of a batch, memory-mapped and read-only, and their labels. The file must be the official one.

    A batch is a pickle. Unpickling would copy the images twice and could run code, so only the opcodes are read. The labels
    are the first small integers. The images are one string: a T, its length in four bytes, then the array's bytes.
    """
    with batch.open("rb") as stream:
        head = stream.read(HEAD)
    integers = (number for opcode, number, _ in pickletools.genops(head) if opcode.name == "BININT1")
    labels = np.fromiter(islice(integers, IMAGES), np.uint8)
    length = IMAGES * int(np.prod(SHAPE))
    start = head.index(b"T" + length.to_bytes(4, "little")) + 5
    return np.memmap(batch, np.uint8, "r", offset=start, shape=(IMAGES, *SHAPE)), labels
