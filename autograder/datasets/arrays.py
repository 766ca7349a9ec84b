"""Data sets as plain .npy files: they hold no pickle, and anyone maps them with np.load(path, mmap_mode="r")."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from autograder.datasets.forms import SPLITS, Form, Split
from common.files import write_whole


def names(split: str) -> tuple[str, str]:
    """Return the names of the files of a split."""
    return f"{split}_images.npy", f"{split}_labels.npy"


def form(name: str, sums: dict[str, str]) -> Form:
    """Return this form of a data set. sums: the SHA-256 of the files as `write` writes them."""
    return Form("arrays", name, {split: (names(split),) for split in SPLITS}, sums, read)


def read(images: Path, labels: Path) -> Split:
    """Return both as read-only maps of the files."""
    return np.load(images, mmap_mode="r", allow_pickle=False), np.load(labels, mmap_mode="r", allow_pickle=False)


def write(folder: Path, split: str, parts: Sequence[Split]) -> None:
    """Write a split, each file at once and whole; raises UserError where that cannot be done."""
    for name, arrays in zip(names(split), zip(*parts)):
        write_whole(folder / name, npy(arrays), "--to")


def npy(arrays: Sequence[np.ndarray]) -> Iterator[bytes | memoryview]:
    """Yield the bytes of one .npy file with all of these uint8 arrays, one after another."""
    shape = (sum(map(len, arrays)), *arrays[0].shape[1:])
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": shape})
    yield header.getvalue()
    for array in arrays:
        yield np.ascontiguousarray(array).data
