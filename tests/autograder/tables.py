"""Submissions that hold no network: they know the published images by heart."""

import hashlib

TABLE = """
import hashlib, torch
from torch import nn

LABELS = {labels!r}

class Table(nn.Module):
    def load_state_dict(self, weights):
        pass
    def forward(self, images):
        images = (images * 255).round().to(torch.uint8).numpy()
        known = [LABELS.get(hashlib.sha256(image.tobytes()).hexdigest()[:8], 0) for image in images]
        return nn.functional.one_hot(torch.tensor(known), 10).float()

def build_model():
    return Table()
"""


def of_hashes(images, labels):
    """Return the source of a submission that knows the labels of these very images, by a hash of each."""
    table = {hashlib.sha256(image.tobytes()).hexdigest()[:8]: int(label) for image, label in zip(images, labels)}
    return TABLE.format(labels=table)
