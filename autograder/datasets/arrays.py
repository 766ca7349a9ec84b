"""Data sets as plain .npy files: without pickles, and easy to map with np.load(path, mmap_mode="r")."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autograder.datasets.layouts import SPLITS, Layout, Split
from common.files import write_whole


def names(split: str) -> tuple[str, str]:
    """Return the names of the files of a split."""
    return f"{split}_images.npy", f"{split}_labels.npy"


def layout(name: str, sums: dict[str, str]) -> Layout:
    """Return a data set's layout as arrays. sums: the SHA-256 of the files that `write` writes."""
    return Layout("arrays", name, {split: (names(split),) for split in SPLITS}, sums, read)


def read(images: Path, labels: Path) -> Split:
    """Return images and labels, memory-mapped and read-only."""
    return np.load(images, mmap_mode="r", allow_pickle=False), np.load(labels, mmap_mode="r", allow_pickle=False)


def write(folder: Path, split: str, parts: Sequence[Split]) -> None:
    """Write the files of a split, each atomically; raises UserError if that fails."""
    for name, arrays in zip(names(split), zip(*parts)):
        write_whole(folder / name, npy(arrays), "--to")


def npy(arrays: Sequence[NDArray[np.uint8]]) -> Iterator[bytes | memoryview]:
    """Yield the bytes of one .npy file with all of these uint8 arrays, one after the other."""
    shape = (sum(map(len, arrays)), *arrays[0].shape[1:])
    header = io.BytesIO()
    described = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(header, described)  # type: ignore[no-untyped-call]  # NumPy gives it no types
    yield header.getvalue()
    for array in arrays:
        yield np.ascontiguousarray(array).data
