"""lenet.py
1.1 1.3: wrong
says: different logits
"""

import right_lenet
from right_lenet import *


class Dropped(nn.Sequential):
    def forward(self, images):
        return super().forward(F.dropout(images, 0.2))


def build_model():
    return Dropped(*right_lenet.build_model())
