"""Find data sets on this machine: below $CONVGRADE_DATA, then below the working folder."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autograder.datasets.layouts import Layout, Split
from autograder.datasets.registry import DATASETS, DataSet
from common.errors import UserError

VARIABLE = "CONVGRADE_DATA"


@dataclass(frozen=True)
class Stored:
    """A data set in one of its layouts, in a folder. The files exist; loading them checks their content."""

    data: DataSet
    layout: Layout
    folder: Path

    def has(self, split: str) -> bool:
        """Return whether the folder holds this split, "train" or "test"; Gradescope gets test images only."""
        return self.layout.has(self.folder, split)

    def load(self, split: str) -> Split:
        """Return images, uint8 (N, channels, height, width), and labels, uint8 (N,), of a split.

        The images are memory-mapped and read-only, so that all processes share one copy in memory. Only those in several
        files (CIFAR-10's official training batches) or gzipped files (MNIST's) are copied.
        Raises UserError if a file is missing or not the official one, before any of it is interpreted.
        """
        parts = self.layout.load_parts(self.folder, split)
        if len(parts) == 1:
            return parts[0]
        images, labels = zip(*parts)
        return np.concatenate(images), np.concatenate(labels)


def places() -> list[Path]:
    """Return the folders in which data sets are searched for, whether they exist or not."""
    named = os.environ.get(VARIABLE)
    here = Path().resolve()
    return list(dict.fromkeys([Path(named).resolve(), here] if named else [here]))


def candidates(data: DataSet) -> Iterator[Stored]:
    """Yield every layout in every place, the preferred ones first, whether they exist or not."""
    for place in places():
        for layout in data.layouts:
            yield Stored(data, layout, place / layout.folder)


def find(name: str, split: str = "test") -> Stored | None:
    """Return the data set of this name, "cifar10" or "mnist", from the first place that holds the split, or None.

    If no place holds all of it, return the first with a part of it; `load` then says what is missing. Raises UserError for
    an unknown name.
    """
    if name not in DATASETS:
        raise UserError(f"unknown data set {name!r}; available: {', '.join(DATASETS)}")
    there = [each for each in candidates(DATASETS[name]) if each.layout.has_any(each.folder, split)]
    return next((each for each in there if each.has(split)), there[0] if there else None)


def here(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of those data sets whose test images are on this machine.

    Names are enough to compare two machines: only the official files are ever used.
    """
    return tuple(name for name in names if find(name))


def titles(names: Iterable[str]) -> str:
    """Return the titles of data sets, for a sentence."""
    return " and ".join(DATASETS[name].title for name in sorted(names))


def advice(name: str) -> str:
    """Return what to do about a missing data set."""
    data = DATASETS[name]
    return (
        f"`convgrade data fetch {name}` (students: `python check.pyz data fetch {name}`) fetches {data.title} into this "
        f"folder. Or set {VARIABLE} to the folder that holds it in {' or '.join(layout.folder for layout in data.layouts)}."
    )


def files(data: DataSet) -> Iterator[tuple[Path, str]]:
    """Yield the files of each layout that is at least partly there, and whether each is official, damaged or missing."""
    for each in candidates(data):
        paths = {name: each.layout.path(each.folder, name) for name in each.layout.sums}
        if any(path.is_file() for path in paths.values()):
            yield from ((path, each.layout.state(each.folder, name)) for name, path in paths.items())
