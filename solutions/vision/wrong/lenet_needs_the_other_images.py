"""lenet.py
1.1 1.3: wrong
says: logits must depend on their own image only
"""

import right_lenet
from right_lenet import *


class Leaking(nn.Sequential):
    """Subtracts what all images of a batch have in common, as a normalisation does that is never in evaluation mode."""

    def forward(self, images):
        return super().forward(images - images.mean(dim=0))


def build_model():
    return Leaking(*right_lenet.build_model())
