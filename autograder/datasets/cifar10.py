"""CIFAR-10 in its official form: Python batches of 10,000 images. Source: Krizhevsky, Learning Multiple Layers of Features
from Tiny Images, 2009; https://www.cs.toronto.edu/~kriz/cifar.html
"""

import hashlib
import os
import pickle
from pathlib import Path

import numpy as np

from autograder.verdicts import UserError

FOLDER = "cifar-10-batches-py"
SHAPE = (3, 32, 32)
TRAIN = tuple(f"data_batch_{index}" for index in range(1, 6))
TEST = ("test_batch",)
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
# A batch is a pickle, which can run code: it is opened only if it is, byte for byte, the official one.
SHA256 = {
    "data_batch_1": "54636561a3ce25bd3e19253c6b0d8538147b0ae398331ac4a2d86c6d987368cd",
    "data_batch_2": "766b2cef9fbc745cf056b3152224f7cf77163b330ea9a15f9392beb8b89bc5a8",
    "data_batch_3": "0f00d98ebfb30b3ec0ad19f9756dc2630b89003e10525f5e148445e82aa6a1f9",
    "data_batch_4": "3f7bb240661948b8f4d53e36ec720d8306f5668bd0071dcb4e6c947f78e9682b",
    "data_batch_5": "d91802434d8376bbaeeadf58a737e3a1b12ac839077e931237e0dcd43adcb154",
    "test_batch": "f53d8d457504f7cff4ea9e021afcf0e0ad8e24a91f3fc42091b8adef61157831",
}


def find() -> Path | None:
    """Return the folder of the batches: $CONVGRADE_DATA/cifar-10-batches-py, or the same in the working folder."""
    places = [os.environ.get("CONVGRADE_DATA"), "."]
    for place in places:
        folder = Path(place, FOLDER) if place else None
        if folder and all((folder / name).is_file() for name in TEST):
            return folder
    return None


def has_train(folder: Path) -> bool:
    """Tell whether the training images are there too."""
    return all((folder / name).is_file() for name in TRAIN)


def load_train(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return the 50,000 training images, uint8 (N, 3, 32, 32), and their labels, uint8 (N,)."""
    return _load(folder, TRAIN)


def load_test(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return the 10,000 test images, uint8 (N, 3, 32, 32), and their labels, uint8 (N,)."""
    return _load(folder, TEST)


def _load(folder: Path, names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Load batches; raises UserError, before anything is unpickled, if one is missing or not the official file."""
    images, labels = [], []
    for name in names:
        try:
            content = (folder / name).read_bytes()
        except OSError as error:
            raise UserError(f"{folder / name} cannot be read: {error.strerror}") from None
        if hashlib.sha256(content).hexdigest() != SHA256[name]:
            raise UserError(f"{folder / name} is not the official file of CIFAR-10 (its checksum differs): copy it anew")
        batch = pickle.loads(content, encoding="latin1")
        images.append(batch["data"].reshape(-1, *SHAPE))
        labels.append(np.array(batch["labels"], np.uint8))
    return np.concatenate(images), np.concatenate(labels)
