"""What the benchmarks of networks share: a submission's file as a module, and a data set as tensors."""

from pathlib import Path
from types import ModuleType

import numpy as np
import torch

ROOT = Path(__file__).resolve().parent.parent
HONEST, SOLUTION, VISION = ROOT / "tests" / "honest", ROOT / "solutions" / "cnn", ROOT / "solutions" / "vision"


def module(source: str) -> ModuleType:
    """Return the text of a student's file as a module; its `if __name__ == "__main__"` does not run."""
    found = ModuleType("submission")
    exec(source, found.__dict__)
    return found


def submission(folder: Path, file: str = "cifar10.py") -> ModuleType:
    """Return a file of a folder as a module."""
    return module((folder / file).read_text())


def tensors(split: tuple[np.ndarray, np.ndarray], device: str | torch.device = "cpu") -> tuple[torch.Tensor, torch.Tensor]:
    """Return images as float32 in [0, 1] and labels as int64, from a split as `datasets` loads it."""
    images, labels = split
    return torch.tensor(images, device=device).float() / 255, torch.tensor(labels, device=device).long()
