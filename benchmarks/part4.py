"""What the benchmarks of part 4 share: a submission's cifar10.py as a module, and a data set as PyTorch wants it."""

from pathlib import Path
from types import ModuleType

import torch

ROOT = Path(__file__).resolve().parent.parent
HONEST, SOLUTION = ROOT / "tests" / "honest", ROOT / "solutions" / "cnn"


def module(source: str) -> ModuleType:
    """Return the text of a cifar10.py as a module; its `if __name__ == "__main__"` does not run."""
    found = ModuleType("cifar10")
    exec(source, found.__dict__)
    return found


def submission(folder: Path) -> ModuleType:
    """Return the cifar10.py of a folder."""
    return module((folder / "cifar10.py").read_text())


def tensors(split, device: str | torch.device = "cpu") -> tuple[torch.Tensor, torch.Tensor]:
    """Return images as float32 in [0, 1] and labels as int64, of a split as `datasets` loads it."""
    images, labels = split
    return torch.tensor(images, device=device).float() / 255, torch.tensor(labels, device=device).long()
