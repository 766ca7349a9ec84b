"""Where data sets are on this machine: below $CONVGRADE_DATA, else below the working folder."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autograder.datasets.forms import Form, Split
from autograder.datasets.known import DATASETS, DataSet
from common.errors import UserError

VARIABLE = "CONVGRADE_DATA"


@dataclass(frozen=True)
class Stored:
    """A data set in one of its forms, in a folder. Its files are there; what they hold is checked when they are loaded."""

    data: DataSet
    form: Form
    folder: Path

    def has(self, split: str) -> bool:
        """Tell whether the folder holds this split, "train" or "test": Gradescope gets test images only."""
        return self.form.has(self.folder, split)

    def load(self, split: str) -> Split:
        """Return images, uint8 (N, channels, height, width), and labels, uint8 (N,), of a split.

        The images are a read-only map of the file, so that the machine keeps one copy however many processes look. Only
        those that lie in several files (CIFAR-10's official training batches) or gzipped (MNIST's) are a copy.
        Raises UserError, before a byte is interpreted, if a file is missing or not the official one.
        """
        parts = self.form.load_parts(self.folder, split)
        if len(parts) == 1:
            return parts[0]
        images, labels = zip(*parts)
        return np.concatenate(images), np.concatenate(labels)


def places() -> list[Path]:
    """Return the folders in which the folders of data sets are looked for, whether they exist or not."""
    named = os.environ.get(VARIABLE)
    here = Path().resolve()
    return list(dict.fromkeys([Path(named).resolve(), here] if named else [here]))


def candidates(data: DataSet) -> Iterator[Stored]:
    """Yield every form in every place, whether it is there or not, in the order in which they are preferred."""
    for place in places():
        for form in data.forms:
            yield Stored(data, form, place / form.folder)


def find(name: str, split: str = "test") -> Stored | None:
    """Return the data set of this name, "cifar10" or "mnist", from the first place that holds the split, or None.

    Where only a part of the split is anywhere, that is returned, and `load` says what is missing. Raises UserError for
    an unknown name.
    """
    if name not in DATASETS:
        raise UserError(f"unknown data set {name!r}; available: {', '.join(DATASETS)}")
    there = [each for each in candidates(DATASETS[name]) if each.form.has_any(each.folder, split)]
    return next((each for each in there if each.has(split)), there[0] if there else None)


def here(names: Iterable[str]) -> tuple[str, ...]:
    """Return those of the data sets, by name, whose test images are on this machine.

    Names are enough: no file is ever used but the official one, byte for byte.
    """
    return tuple(name for name in names if find(name))


def titles(names: Iterable[str]) -> str:
    """Return what data sets are called, for a sentence."""
    return " and ".join(DATASETS[name].title for name in sorted(names))


def advice(name: str) -> str:
    """Return what to do where a data set is not here."""
    data = DATASETS[name]
    return (
        f"`convgrade data fetch {name}` (students: `python check.pyz data fetch {name}`) brings {data.title} into this "
        f"folder; or set {VARIABLE} to the folder that holds it, as {' or '.join(form.folder for form in data.forms)}."
    )


def files(data: DataSet) -> Iterator[tuple[Path, str]]:
    """Yield each file of each form of which anything is there, and its state: "official", "damaged" or "missing"."""
    for each in candidates(data):
        paths = {name: each.form.path(each.folder, name) for name in each.form.sums}
        if any(path.is_file() for path in paths.values()):
            yield from ((path, each.form.state(each.folder, name)) for name, path in paths.items())
